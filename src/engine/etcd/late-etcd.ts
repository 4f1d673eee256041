/** Fills `late.ts`; importing it is enough. */
import { makeBackup } from './backup';
import { lateOperations } from './late';
import { defragment, defragmented, moveLeader, sendSnapshot } from './maintenance';
import { changeMembers } from './member-changes';

lateOperations.provide({ changeMembers, defragment, defragmented, makeBackup, moveLeader, sendSnapshot });
