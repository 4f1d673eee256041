/**
 * Evictions: deletions that disruption budgets have to allow. Taking from a budget is a write of its own, which comes first.
 *
 * @source kubernetes pkg/registry/core/pod/storage/eviction.go
 */
import { matchesSelector } from '#engine/api/label-selector';
import { isPodReady, setCondition } from '#engine/api/meta';
import type { ResourceInfo } from '#engine/api/registry';
import { failure, forbidden, notFound, success, tooManyRequests } from '#engine/api/status-error';
import { timestamp } from '#engine/api/timestamp';
import type { KubeObject, LabelSelector, Pod, PodCondition } from '#engine/api/types';
import { validateSubresource } from './admission/admission';
import { type Decision, DISRUPTION, refused, respond } from './decision';
import { decideDelete } from './deletion';
import type { Current, Operation } from './state';
import type { Surroundings } from './surroundings';

export const BUDGETS = 'poddisruptionbudgets.policy';
const EVICTION = { group: 'policy', version: 'v1', kind: 'Eviction' } as const;
const BUDGET = { group: 'policy', resource: 'poddisruptionbudget' };

/** What of a PodDisruptionBudget counts here. */
interface Budget extends KubeObject {
  readonly spec?: { readonly selector?: LabelSelector; readonly unhealthyPodEvictionPolicy?: string };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly disruptionsAllowed: number;
    readonly currentHealthy: number;
    readonly desiredHealthy: number;
    readonly disruptedPods?: Readonly<Record<string, string>>;
    readonly conditions?: readonly PodCondition[];
  };
}

const DENIED = "Cannot evict pod as it would violate the pod's disruption budget.";
/** Pods that may be on their way out of one budget. */
const MAX_DISRUPTED = 2000;

export function decideEviction(
  operation: Operation,
  info: ResourceInfo,
  current: Current,
  around: Surroundings,
): Decision {
  const done = { ...success(), code: 201 };
  if (operation.taken === null) {
    const request = {
      operation,
      verb: 'create',
      info,
      namespace: operation.namespace,
      shownName: operation.name,
      subresource: 'eviction',
      takes: EVICTION,
    } as const;
    const allowed = validateSubresource(request, operation.body as KubeObject, around);
    if (allowed.type === 'refuse') return refused(allowed.status);
  }
  const object = current.object;
  if (object === null) return refused(notFound(info, operation.name));
  const pod = object as Pod;
  if (pod.metadata.deletionTimestamp !== undefined) {
    const again = decideDelete(operation, info, current, around);
    return again.type === 'respond' && again.code < 400 ? respond(201, done) : again;
  }
  const asked = operation.taken !== null ? null : budgetOf(pod, around);
  if (asked === SEVERAL)
    return refused(
      failure({
        code: 500,
        reason: '',
        message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      }),
    );
  if (asked !== null) {
    const body = { pod: operation.name };
    return { type: 'first', resource: BUDGETS, name: asked.metadata.name, subresource: DISRUPTION, body };
  }
  const conditions = setCondition(pod.status?.conditions, EVICTED, around.now);
  const marked = { ...pod, status: { ...pod.status, conditions } } as Pod;
  const decision = decideDelete(operation, info, { object: marked, fresh: current.fresh }, around);
  if (decision.type === 'write' || decision.type === 'remove') return { ...decision, answer: done, code: 201 };
  return decision;
}

const SEVERAL = 'several';
const OVER: readonly (string | undefined)[] = ['Succeeded', 'Failed', 'Pending'];

/** The budget that has to allow the eviction; null: none has. */
function budgetOf(pod: Pod, around: Surroundings): Budget | typeof SEVERAL | null {
  if (OVER.includes(pod.status?.phase)) return null;
  const budgets = around.all(BUDGETS, pod.metadata.namespace).filter((object) => {
    const selector = (object as Budget).spec?.selector;
    return selector !== undefined && matchesSelector(selector, pod.metadata.labels);
  }) as Budget[];
  if (budgets.length > 1) return SEVERAL;
  const budget = budgets[0];
  if (budget === undefined || isPodReady(pod)) return budget ?? null;
  if (budget.spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return null;
  const { currentHealthy = 0, desiredHealthy = 0 } = budget.status ?? {};
  return currentHealthy >= desiredHealthy && desiredHealthy > 0 ? null : budget;
}

/** Takes one disruption from a budget, for the pod that the operation's body names. */
export function decideDisruption(operation: Operation, current: Current, around: Surroundings): Decision {
  const budget: Budget | null = current.object;
  // A budget that is gone allows everything.
  if (budget === null) return respond(200, null);
  const { name, generation = 0 } = budget.metadata;
  const { status } = budget;
  const cause = (message: string) => [{ reason: 'DisruptionBudget', message }];
  if (status === undefined || (status.observedGeneration ?? 0) < generation)
    return refused(
      tooManyRequests(DENIED, 10, cause(`The disruption budget ${name} is still being processed by the server.`)),
    );
  const { disruptionsAllowed, desiredHealthy, currentHealthy, disruptedPods = {} } = status;
  if (disruptionsAllowed < 0) return refused(forbidden(BUDGET, name, 'pdb disruptions allowed is negative'));
  if (Object.keys(disruptedPods).length > MAX_DISRUPTED)
    return refused(
      forbidden(BUDGET, name, 'DisruptedPods map too big - too many evictions not confirmed by PDB controller'),
    );
  if (disruptionsAllowed === 0)
    return refused(
      tooManyRequests(
        DENIED,
        0,
        cause(`The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`),
      ),
    );
  const left = disruptionsAllowed - 1;
  const { pod } = operation.body as { readonly pod: string };
  const conditions =
    left > 0 ? status.conditions : setCondition(status.conditions, exhausted(status.observedGeneration), around.now);
  const next = {
    ...budget,
    status: {
      ...status,
      disruptionsAllowed: left,
      disruptedPods: { ...disruptedPods, [pod]: timestamp(around.now) },
      ...(conditions === undefined ? null : { conditions }),
    },
  };
  return { type: 'write', object: next, code: 200 };
}

const exhausted = (observedGeneration: number | undefined): Omit<PodCondition, 'lastTransitionTime'> => ({
  type: 'DisruptionAllowed',
  status: 'False',
  reason: 'InsufficientPods',
  message: '',
  ...(observedGeneration === undefined ? null : { observedGeneration }),
});

const EVICTED = Object.freeze({
  type: 'DisruptionTarget',
  status: 'True',
  reason: 'EvictionByEvictionAPI',
  message: 'Eviction API: evicting',
} as const);
