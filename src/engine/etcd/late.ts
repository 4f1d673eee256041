/** What operators ask of a member, and backups: `late-etcd.ts` fills it. */
import { LateCode } from '#engine/late/late-code';
import type { makeBackup } from './backup';
import type { defragment, defragmented, moveLeader, sendSnapshot } from './maintenance';
import type { changeMembers } from './member-changes';

export const lateOperations = new LateCode<{
  readonly changeMembers: typeof changeMembers;
  readonly defragment: typeof defragment;
  readonly defragmented: typeof defragmented;
  readonly makeBackup: typeof makeBackup;
  readonly moveLeader: typeof moveLeader;
  readonly sendSnapshot: typeof sendSnapshot;
}>('the operation of etcd');
