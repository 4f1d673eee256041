/** What the controllers do with kinds of which a starting cluster has no object; `late-controllers.ts` fills it. */
import { LateCode } from '#engine/api/late-code';
import type { Plan, Situation, View } from '#engine/client/plan';
import type { NamespaceMemory } from './namespace/content';
import type { Lists } from './resourcequota/reconcile';

type Now = Pick<Situation, 'now'>;
type Answered = Pick<Situation, 'now' | 'answers'>;

export interface LateReconcilers {
  approveRequest(view: View, name: string, situation: Now): Plan;
  signRequest(view: View, name: string, situation: Now): Plan;
  reconcileNamespace(view: View, name: string, situation: Situation<NamespaceMemory>): Plan<NamespaceMemory>;
  reconcileBudget(view: View, key: string, situation: Answered): Plan;
  reconcileDisruptedPod(view: View, key: string, situation: Now): Plan;
  reconcileQuota(view: View, key: string, situation: Now): Plan;
  isSameList(a: Lists, b: Lists): boolean;
  reconcileClaim(view: View, key: string): Plan;
  reconcileVolume(view: View, name: string): Plan;
}

export const lateReconcilers = new LateCode<LateReconcilers>('the rest of the controllers');
