/**
 * Clears away pods that nobody else will: too many finished ones, those of nodes out of service or gone, those that were
 * deleted before they were bound. Every 20 seconds, one loop over all pods.
 *
 * @source kubernetes pkg/controller/podgc/gc_controller.go
 */
import { byteOrder } from '#engine/api/json';
import { hasCondition, isPodTerminal } from '#engine/api/meta';
import { parseTimestamp, timestamp } from '#engine/api/timestamp';
import type { Node, Pod, PodCondition } from '#engine/api/types';
import { type Micros, SECOND } from '#engine/kernel/time';
import type { Plan, Situation, Step, View } from '#engine/client/plan';
import { remove, strategicPatch, targetOf } from '../steps';
import { OUT_OF_SERVICE } from '../taints';

export const GC_CHECK_PERIOD: Micros = 20 * SECOND;
/** How long a node must be missing before its pods are orphans. */
export const QUARANTINE_TIME: Micros = 40 * SECOND;
/** `--terminated-pod-gc-threshold` */
export const TERMINATED_POD_GC_THRESHOLD = 12_500;

/** Missing nodes that pods are bound to, and since when they are missed, µs. */
export type PodGcMemory = ReadonlyMap<string, Micros>;

const NO_ORPHANS: PodGcMemory = new Map();
const LIVING: ReadonlySet<string> = new Set(['Pending', 'Running', 'Unknown']);

export function reconcilePodGc(
  view: View,
  { memory, now }: Situation<PodGcMemory>,
  threshold = TERMINATED_POD_GC_THRESHOLD,
): Plan<PodGcMemory> {
  const found = sortPods(view);
  const missed = quarantine(found.orphaned, memory, now);
  const lost = found.orphaned.filter(({ spec }) => now - (missed.get(spec.nodeName ?? '') ?? now) >= QUARANTINE_TIME);
  const surplus = surplusTerminated(found.terminated, threshold);
  const steps: Step[] = [
    ...surplus.flatMap((pod) => deletion(pod, null, now)),
    ...found.outOfService.flatMap((pod) => deletion(pod, null, now)),
    ...lost.flatMap((pod) => deletion(pod, ORPHANED, now)),
    ...found.unscheduledTerminating.flatMap((pod) => deletion(pod, null, now)),
  ];
  return {
    steps,
    memory: missed,
    again: GC_CHECK_PERIOD,
    ...(steps.length === 0
      ? {}
      : {
          because: `clearing ${surplus.length} finished pods over ${threshold}, ${found.outOfService.length} on nodes out of service, ${lost.length} of nodes that are gone, ${found.unscheduledTerminating.length} deleted before they were bound`,
        }),
  };
}

interface Found {
  readonly terminated: Pod[];
  readonly outOfService: Pod[];
  readonly orphaned: Pod[];
  readonly unscheduledTerminating: Pod[];
}

function sortPods(view: View): Found {
  const found: Found = { terminated: [], outOfService: [], orphaned: [], unscheduledTerminating: [] };
  for (const pod of view.list('Pod')) {
    const nodeName = pod.spec.nodeName ?? '';
    const deleting = pod.metadata.deletionTimestamp !== undefined;
    if (!LIVING.has(pod.status.phase ?? 'Pending')) found.terminated.push(pod);
    if (nodeName === '') {
      if (deleting) found.unscheduledTerminating.push(pod);
      continue;
    }
    const node = view.get('Node', '', nodeName);
    if (node === undefined) found.orphaned.push(pod);
    else if (deleting && isOutOfService(node)) found.outOfService.push(pod);
  }
  return found;
}

function isOutOfService({ spec, status }: Node): boolean {
  return !hasCondition(status.conditions, 'Ready') && spec.taints?.some(({ key }) => key === OUT_OF_SERVICE) === true;
}

/**
 * Upstream asks the API server for the node again once its quarantine is over; the cache of nodes has no gaps here, so
 * that a node which it has missed for 40 s is gone.
 */
function quarantine(orphaned: readonly Pod[], memory: PodGcMemory, now: Micros): PodGcMemory {
  if (orphaned.length === 0) return memory.size === 0 ? memory : NO_ORPHANS;
  return new Map(orphaned.map(({ spec: { nodeName = '' } }) => [nodeName, memory.get(nodeName) ?? now] as const));
}

/** Evicted pods go first, then the oldest, then by name. */
function surplusTerminated(terminated: readonly Pod[], threshold: number): readonly Pod[] {
  const surplus = terminated.length - threshold;
  if (threshold <= 0 || surplus <= 0) return [];
  const evicted = ({ status }: Pod): number => (status.phase === 'Failed' && status.reason === 'Evicted' ? 0 : 1);
  const created = ({ metadata }: Pod): Micros => parseTimestamp(metadata.creationTimestamp);
  return terminated
    .toSorted(
      (a, b) => evicted(a) - evicted(b) || created(a) - created(b) || byteOrder(a.metadata.name, b.metadata.name),
    )
    .slice(0, surplus);
}

const ORPHANED: PodCondition = {
  type: 'DisruptionTarget',
  status: 'True',
  reason: 'DeletionByPodGC',
  message: 'PodGC: node no longer exists',
};

/** A pod that has not ended is first said to have failed, so that whoever counts it knows; then it is deleted at once. */
function deletion(pod: Pod, condition: PodCondition | null, now: Micros): readonly Step[] {
  const gone = remove(pod, { gracePeriodSeconds: 0, optional: true });
  if (isPodTerminal(pod)) return [gone];
  const told = condition === null ? {} : { conditions: [{ ...condition, lastTransitionTime: timestamp(now) }] };
  const failed = strategicPatch(
    targetOf(pod),
    { metadata: { uid: pod.metadata.uid }, status: { phase: 'Failed', ...told } },
    { subresource: 'status', optional: true },
  );
  return [failed, gone];
}
