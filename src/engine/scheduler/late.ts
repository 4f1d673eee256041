/** What the scheduler does to make room for a pod that fits nowhere; `late-scheduler.ts` fills it. */
import { LateCode } from '#engine/api/late-code';
import type { preempt, preemptionAnswered } from './preempt';

export interface LateScheduler {
  readonly preempt: typeof preempt;
  readonly preemptionAnswered: typeof preemptionAnswered;
}

export const lateScheduler = new LateCode<LateScheduler>('making room for a pod');
