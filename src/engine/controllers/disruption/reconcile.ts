/**
 * What the status of a disruption budget says, and pods that were to be evicted and are still there.
 *
 * @source kubernetes pkg/controller/disruption/disruption.go, component-helpers/apps/poddisruptionbudget/helpers.go
 */
import { errorText, invalid, quote } from '#engine/api/field-error';
import { goSelectorText } from '#engine/api/go-selector';
import { deepEqual, semanticEqual } from '#engine/api/json';
import { matchesSelector, requirementsOf } from '#engine/api/label-selector';
import { conditionOf, isPodReady, isPodTerminal, keyOf, podCondition, setCondition } from '#engine/api/meta';
import { labelKeyErrors } from '#engine/api/names';
import { parseTimestamp } from '#engine/api/timestamp';
import type { LabelSelector, Pod, PodCondition, PodDisruptionBudget } from '#engine/api/types';
import { NOTHING, type Plan, type ReadAnswer, type Situation, type Step, type View } from '#engine/client/plan';
import { type Micros, MINUTE } from '#engine/kernel/time';
import { splitKey } from '../keys';
import { normal, record, referenceTo, updateStatus, warning } from '../steps';
import { budgetsOf } from './controller';
import { expectedPods } from './expected-pods';

/** From the moment that a pod was promised to be evicted until it is no longer believed that it will be. */
const DELETION_TIMEOUT: Micros = 2 * MINUTE;
/** How long a pod may say that it is about to be disrupted without being deleted. */
const STALE_AFTER: Micros = 2 * MINUTE;

type Budget = PodDisruptionBudget;
type Status = NonNullable<Budget['status']>;
type Now = Pick<Situation, 'now'>;

/** @param key - namespace and name of a budget */
export function reconcileBudget(view: View, key: string, { now, answers }: Pick<Situation, 'now' | 'answers'>): Plan {
  const { namespace, name } = splitKey(key);
  const budget = view.get('PodDisruptionBudget', namespace, name);
  if (budget === undefined) return NOTHING;
  const regarding = referenceTo(budget);
  const selector = budget.spec?.selector;
  const broken = selectorError(selector);
  if (broken !== null)
    return failSafe(budget, broken, [record(warning(regarding, 'NoPods', `Failed to get pods: ${broken}`))], now);
  const pods = view.list('Pod', namespace).filter(({ metadata }) => matchesSelector(selector, metadata.labels));
  return syncBudget(budget, pods, view, answers, now);
}

function syncBudget(
  budget: Budget,
  pods: readonly Pod[],
  view: View,
  answers: readonly ReadAnswer[],
  now: Micros,
): Plan {
  const regarding = referenceTo(budget);
  const expected = expectedPods(budget, pods, view, answers);
  if ('reads' in expected) return { steps: expected.reads.map((path) => ({ op: 'read', path })) };
  const events: Step[] = pods.length > 0 ? [] : [record(normal(regarding, 'NoPods', 'No matching pods found'))];
  if ('error' in expected) {
    const text = `Failed to calculate the number of expected pods: ${expected.error}`;
    events.push(record(warning(regarding, 'CalculateExpectedPodCountFailed', text)));
    return failSafe(budget, expected.error, events, now);
  }
  if (expected.unmanaged.length > 0) {
    const text = `Pods selected by this PodDisruptionBudget (selector: ${goSelectorText(budget.spec?.selector ?? {})}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.`;
    events.push(record(warning(regarding, 'UnmanagedPods', text)));
  }
  const promised = promisedPods(budget, pods, now);
  events.push(...promised.events);
  const currentHealthy = pods.filter(
    (pod) => pod.metadata.deletionTimestamp === undefined && !promised.soon.has(pod.metadata.name) && isPodReady(pod),
  ).length;
  const { desiredHealthy } = expected;
  const disruptionsAllowed = expected.pods <= 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy);
  const counts = { currentHealthy, desiredHealthy, expectedPods: expected.pods, disruptionsAllowed };
  const write = statusWrite(budget, counts, promised.kept, now);
  return {
    steps: write === null ? events : [...events, write],
    ...(promised.again === null ? {} : { again: promised.again }),
    ...(write === null
      ? {}
      : {
          because: `of ${expected.pods} pods of PodDisruptionBudget ${budget.metadata.name} ${desiredHealthy} have to be healthy and ${currentHealthy} are`,
        }),
  };
}

type Counts = Required<Pick<Status, 'currentHealthy' | 'desiredHealthy' | 'expectedPods' | 'disruptionsAllowed'>>;

/** The write of a status that says something new. */
function statusWrite(budget: Budget, counts: Counts, disruptedPods: Record<string, string>, now: Micros): Step | null {
  const { metadata } = budget;
  const status: Partial<Status> = budget.status ?? {};
  const observedGeneration = metadata.generation ?? 0;
  const isAllowed = counts.disruptionsAllowed > 0;
  const condition = {
    type: 'DisruptionAllowed',
    status: isAllowed ? 'True' : 'False',
    reason: isAllowed ? 'SufficientPods' : 'InsufficientPods',
    message: '',
    observedGeneration,
  };
  const known = conditionOf(status.conditions, condition.type);
  const isUpToDate =
    status.currentHealthy === counts.currentHealthy &&
    status.desiredHealthy === counts.desiredHealthy &&
    status.expectedPods === counts.expectedPods &&
    status.disruptionsAllowed === counts.disruptionsAllowed &&
    semanticEqual(status.disruptedPods ?? {}, disruptedPods) &&
    status.observedGeneration === observedGeneration &&
    known?.status === condition.status &&
    known.reason === condition.reason;
  if (isUpToDate) return null;
  const conditions = setCondition(status.conditions, condition, now);
  return updateStatus({ ...budget, status: { ...counts, disruptedPods, observedGeneration, conditions } });
}

/** Nobody may be evicted while it is not known how many there should be. */
function failSafe(budget: Budget, message: string, events: readonly Step[], now: Micros): Plan {
  const { status } = budget;
  const observedGeneration = status?.observedGeneration;
  const condition = {
    type: 'DisruptionAllowed',
    status: 'False',
    reason: 'SyncFailed',
    message,
    ...(observedGeneration === undefined ? null : { observedGeneration }),
  };
  const conditions = setCondition(status?.conditions, condition, now);
  const counts = { currentHealthy: 0, desiredHealthy: 0, expectedPods: 0, ...status, disruptionsAllowed: 0 };
  const next = { ...counts, conditions };
  const steps = deepEqual(next, status) ? events : [...events, updateStatus({ ...budget, status: next })];
  return { steps, because: `PodDisruptionBudget ${budget.metadata.name} cannot be reckoned: ${message}` };
}

interface Promised {
  /** Those that are still waited for. */
  readonly kept: Record<string, string>;
  /** Those that count as gone already. */
  readonly soon: ReadonlySet<string>;
  readonly events: readonly Step[];
  /** When the first of them has been waited for long enough. */
  readonly again: Micros | null;
}

function promisedPods(budget: Budget, pods: readonly Pod[], now: Micros): Promised {
  const promised: Readonly<Record<string, string>> = budget.status?.disruptedPods ?? {};
  const kept: Record<string, string> = {};
  const soon = new Set<string>();
  const events: Step[] = [];
  let again: Micros | null = null;
  for (const pod of pods) {
    const { name, deletionTimestamp } = pod.metadata;
    const since = Object.hasOwn(promised, name) ? promised[name] : undefined;
    if (deletionTimestamp !== undefined || since === undefined) continue;
    const left = parseTimestamp(since) + DELETION_TIMEOUT - now;
    if (left < 0) {
      const { namespace = '' } = budget.metadata;
      // Upstream prints the namespace twice.
      const text = `Pod was expected by PDB ${namespace}/${namespace} to be deleted but it wasn't`;
      events.push(record(warning(referenceTo(pod), 'NotDeleted', text)));
      continue;
    }
    kept[name] = since;
    if (left > 0) soon.add(name);
    again = Math.min(again ?? left, left);
  }
  return { kept, soon, events, again };
}

/** What upstream says of a selector that validation would have refused; null: nothing. */
function selectorError(selector: LabelSelector | undefined): string | null {
  if (selector === undefined) return null;
  const requirements = requirementsOf(selector);
  if (requirements === undefined) {
    const wrong = selector.matchExpressions?.find((each) => requirementsOf({ matchExpressions: [each] }) === undefined);
    return `${quote(wrong?.operator ?? '')} is not a valid label selector operator`;
  }
  for (const { key } of requirements) {
    const errors = labelKeyErrors(key);
    if (errors.length > 0) return errorText(invalid('key', key, errors.join('; ')));
  }
  return null;
}

/** @param key - namespace and name of a pod that says it will be disrupted, or that several budgets select */
export function reconcileDisruptedPod(view: View, key: string, { now }: Now): Plan {
  const { namespace, name } = splitKey(key);
  const pod = view.get('Pod', namespace, name);
  if (pod === undefined) return NOTHING;
  const budgets = budgetsOf(pod, view);
  const steps: Step[] = [];
  if (budgets.length > 1) {
    const text = `Pod ${quote(namespace)}/${quote(name)} matches multiple PodDisruptionBudgets.  Chose ${quote(budgets[0]?.metadata.name ?? '')} arbitrarily.`;
    steps.push(record(warning(referenceTo(pod), 'MultiplePodDisruptionBudgets', text)));
  }
  const left = staleIn(pod, now);
  if (left === null || left > 0) return { steps, ...(left === null ? {} : { again: left }) };
  const changed: Omit<PodCondition, 'lastTransitionTime'> = { type: 'DisruptionTarget', status: 'False' };
  const conditions = setCondition(pod.status.conditions, changed, now);
  return {
    steps: [...steps, updateStatus({ ...pod, status: { ...pod.status, conditions } })],
    because: `${keyOf(pod)} said two minutes ago that it would be disrupted, and is still there`,
  };
}

/** How long until what a pod says about its disruption is stale; `null`: never. */
function staleIn(pod: Pod, now: Micros): Micros | null {
  if (pod.metadata.deletionTimestamp !== undefined || isPodTerminal(pod)) return null;
  const condition = podCondition(pod, 'DisruptionTarget');
  if (condition?.status !== 'True' || condition.reason === 'TerminationByKubelet') return null;
  return Math.max(0, STALE_AFTER - (now - parseTimestamp(condition.lastTransitionTime ?? '')));
}
