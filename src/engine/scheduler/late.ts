/** What the scheduler needs only for pods that fit nowhere, or have volumes; `late-scheduler.ts` fills it. */
import { LateCode } from '#engine/late/late-code';
import type { argsOf } from './configured-profiles';
import type { startedBy } from './started-by';
import type { preempt, preemptionAnswered } from './preempt';

export interface LateScheduler {
  readonly preempt: typeof preempt;
  readonly argsOf: typeof argsOf;
  readonly startedBy: typeof startedBy;
  readonly preemptionAnswered: typeof preemptionAnswered;
}

export const lateScheduler = new LateCode<LateScheduler>('the rest of the scheduler');
