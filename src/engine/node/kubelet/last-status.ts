/** A place for code that comes late: what the last status of a pod adds. */
import { LateCode } from '#engine/late/late-code';
import type { ContainerStatus } from '#engine/api/types';

type Statuses = readonly ContainerStatus[];

/** Says of containers without a known end that they have failed; `late-termination.ts` fills it. */
export const lastStatus = new LateCode<
  (
    init: Statuses,
    regular: Statuses,
    initialized: boolean,
  ) => { readonly init: ContainerStatus[]; readonly regular: ContainerStatus[] }
>('the last status of pods');
