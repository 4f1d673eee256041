/** Fills the scheduler's places of late code; importing it is enough. */
import { lateScheduler } from './late';
import { roomMaker } from './plugins/default-preemption';
import { makeRoom } from './plugins/make-room';
import { preempt, preemptionAnswered } from './preempt';

roomMaker.provide(makeRoom);
lateScheduler.provide({ preempt, preemptionAnswered });
