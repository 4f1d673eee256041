/**
 * When a pod fits nowhere: would it fit if less important pods went (`make-room.ts`)? While they go, the pod waits.
 *
 * @source kubernetes pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go
 */
import { LateCode } from '#engine/late/late-code';
import { definePlugin } from '../plugin';
import { unresolvable } from '../status';
import type { makeRoom } from './make-room';

const NAME = 'DefaultPreemption';
const UNDER_WAY = unresolvable(NAME, 'waiting for the preemption for this pod to be finished');

/** `late-scheduler.ts` fills it. */
export const roomMaker = new LateCode<typeof makeRoom>('preemption');

export const defaultPreemption = definePlugin({
  name: NAME,
  preEnqueue: ({ uid }, preempting) => (preempting.has(uid) ? UNDER_WAY : null),
  postFilter: (cycle, failure, random) => roomMaker.code(cycle, failure, random),
});
