import type { KubeObjectInput } from '#engine/api/types';

/** An object to be created by a POST to a path. */
export interface Creation {
  readonly path: string;
  readonly body: KubeObjectInput;
}
