/**
 * A version of a resource that is not the one that is stored. Objects are converted at the rim of the API server, on their
 * way in and out; all rules, caches and admission see the stored version.
 *
 * @source kubernetes apimachinery/pkg/runtime/converter.go, pkg/apis/<group>/<version>/conversion.go
 */
import type { KubeObject, KubeObjectInput } from '../types';

export interface Conversion {
  /** The `id` of the version that is stored. */
  readonly store: string;
  /** Decoded and typed as this version; answered as the stored one. Keeps what it can. */
  toStored(object: KubeObjectInput): KubeObjectInput;
  fromStored(object: KubeObject): KubeObject;
  /** Fields by which this version selects under another name than the stored one, and that name. */
  readonly fieldNames?: Readonly<Record<string, string>>;
}
