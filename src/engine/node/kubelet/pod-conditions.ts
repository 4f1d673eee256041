/**
 * The conditions that a kubelet gives a pod, in their order.
 *
 * @source kubernetes pkg/kubelet/status/generate.go, pkg/kubelet/kubelet_pods.go
 */
import { isSidecar } from '#engine/api/pod-resources';
import { timestamp } from '#engine/api/timestamp';
import type { ContainerStatus, Pod, PodCondition } from '#engine/api/types';
import type { Micros } from '#engine/kernel/time';

interface Verdict {
  readonly status: 'True' | 'False';
  readonly reason?: string;
  readonly message?: string;
}

/** What the conditions follow from. */
export interface ConditionFacts {
  readonly phase: string;
  readonly hasSandbox: boolean;
  readonly init: readonly ContainerStatus[];
  readonly regular: readonly ContainerStatus[];
}

const TRUE: Verdict = { status: 'True' };

const CONDITION_ORDER = [
  'PodReadyToStartContainers',
  'Initialized',
  'Ready',
  'ContainersReady',
  'PodScheduled',
] as const;

/** Whether it is one of those that a kubelet writes again when somebody else has changed it. */
export const isOwn = ({ type }: PodCondition): boolean => (CONDITION_ORDER as readonly string[]).includes(type);

/** All five, with transition times kept where the status did not change. `before` are the conditions until now. */
export function podConditions(
  pod: Pod,
  facts: ConditionFacts,
  before: readonly PodCondition[],
  now: Micros,
): PodCondition[] {
  const containersReady = containersReadyVerdict(pod, facts);
  const verdicts: Readonly<Record<(typeof CONDITION_ORDER)[number], Verdict>> = {
    PodReadyToStartContainers: facts.hasSandbox ? TRUE : { status: 'False' },
    Initialized: initializedVerdict(pod, facts),
    Ready: readyVerdict(pod, containersReady, before),
    ContainersReady: containersReady,
    PodScheduled: TRUE,
  };
  const observedGeneration = pod.metadata.generation;
  return CONDITION_ORDER.map((type) => {
    const old = before.find((condition) => condition.type === type);
    const verdict = verdicts[type];
    if (old !== undefined && isSame(old, verdict, observedGeneration)) return old;
    const lastTransitionTime = old?.status === verdict.status ? old.lastTransitionTime : timestamp(now);
    const condition: PodCondition =
      observedGeneration === undefined
        ? { type, status: verdict.status }
        : { type, observedGeneration, status: verdict.status };
    if (lastTransitionTime !== undefined) condition.lastTransitionTime = lastTransitionTime;
    if (verdict.reason !== undefined) condition.reason = verdict.reason;
    if (verdict.message !== undefined) condition.message = verdict.message;
    return condition;
  });
}

const isSame = (old: PodCondition, { status, reason, message }: Verdict, generation: number | undefined): boolean =>
  old.status === status && old.reason === reason && old.message === message && old.observedGeneration === generation;

export function initializedVerdict(pod: Pod, facts: ConditionFacts): Verdict {
  const inits = pod.spec.initContainers;
  if (facts.phase === 'Succeeded') return { status: 'True', reason: 'PodCompleted' };
  if (inits === undefined) return TRUE;
  const unknown: string[] = [];
  const incomplete: string[] = [];
  for (const container of inits) {
    const status = facts.init.find(({ name }) => name === container.name);
    if (status === undefined) unknown.push(container.name);
    else if (isSidecar(container) ? status.started !== true : !status.ready) incomplete.push(container.name);
  }
  if (unknown.length + incomplete.length > 0 && facts.regular.some(hasStarted)) return TRUE;
  if (facts.phase === 'Failed' && incomplete.length > 0) return { status: 'False', reason: 'PodFailed' };
  return statusVerdict(unknown, incomplete, 'incomplete', 'ContainersNotInitialized') ?? TRUE;
}

const hasStarted = (status: ContainerStatus): boolean =>
  status.state?.running !== undefined ||
  status.state?.terminated !== undefined ||
  status.lastState?.terminated !== undefined;

export function containersReadyVerdict(pod: Pod, facts: ConditionFacts): Verdict {
  const unknown: string[] = [];
  const unready: string[] = [];
  const judge = (name: string, statuses: readonly ContainerStatus[]): void => {
    const status = statuses.find((candidate) => candidate.name === name);
    if (status === undefined) unknown.push(name);
    else if (!status.ready) unready.push(name);
  };
  for (const container of pod.spec.initContainers ?? []) if (isSidecar(container)) judge(container.name, facts.init);
  for (const container of pod.spec.containers) judge(container.name, facts.regular);
  if (facts.phase === 'Succeeded' && unknown.length === 0) return { status: 'False', reason: 'PodCompleted' };
  if (facts.phase === 'Failed' && unknown.length === 0) return { status: 'False', reason: 'PodFailed' };
  return statusVerdict(unknown, unready, 'unready', 'ContainersNotReady') ?? TRUE;
}

function readyVerdict(pod: Pod, containersReady: Verdict, before: readonly PodCondition[]): Verdict {
  const { readinessGates } = pod.spec;
  if (containersReady.status !== 'True' || readinessGates === undefined) return containersReady;
  const complaints = readinessGates.flatMap(({ conditionType }) => {
    const condition =
      pod.status.conditions?.find(({ type }) => type === conditionType) ??
      before.find(({ type }) => type === conditionType);
    if (condition === undefined)
      return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    return condition.status === 'True'
      ? []
      : [`the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`];
  });
  return complaints.length === 0
    ? TRUE
    : { status: 'False', reason: 'ReadinessGatesNotReady', message: complaints.join(', ') };
}

function statusVerdict(
  unknown: readonly string[],
  bad: readonly string[],
  word: string,
  reason: string,
): Verdict | null {
  const parts: string[] = [];
  if (unknown.length > 0) parts.push(`containers with unknown status: [${unknown.join(' ')}]`);
  if (bad.length > 0) parts.push(`containers with ${word} status: [${bad.join(' ')}]`);
  return parts.length === 0 ? null : { status: 'False', reason, message: parts.join(', ') };
}
