/**
 * Eviction under pressure: one pod at a time, the first in rank, until the node has enough again.
 *
 * @source kubernetes pkg/kubelet/eviction/eviction_manager.go (synchronize, Admit, waitForPodsCleanup)
 * @simplified hard thresholds alone, as kubeadm leaves them: no soft ones, no minimum reclaim
 */
import { specRequests } from '#engine/api/pod-resources';
import { qosClass } from '#engine/api/qos-class';
import { tolerationsOf, untoleratedTaint } from '#engine/api/taints';
import type { Pod } from '#engine/api/types';
import type { Context } from '#engine/kernel/process';
import { SECOND } from '#engine/kernel/time';
import type { ContainerStats, CriAnswer } from '../../runtime/cri';
import type { Rejection } from '../admission';
import { podEnd } from '../late';
import { nodeEvent } from '../node-event';
import { EVICTION_MEMORY } from '../node-object';
import { podEvent } from '../pod-events';
import { isMemoryLow } from '../pressure';
import { askRuntime } from '../runtime-link';
import type { KubeletState, PodWorker } from '../state';
import { evictionMessage, type Shortage } from './message';
import { type Candidate, rankForEviction } from './ranking';

const LONGEST_CLEANUP = 30 * SECOND;
const LOOK_EVERY = SECOND;
/** A pod that goes gets so many seconds. */
const GRACE = 1;
/** @source kubernetes pkg/apis/scheduling/types.go (SystemCriticalPriority) */
const CRITICAL_PRIORITY = 2_000_000_000;

/** Static pods and those that the cluster cannot do without. @source kubernetes pkg/kubelet/types/pod_update.go (IsCriticalPod) */
const isCritical = (pod: Pod, isStatic: boolean): boolean => isStatic || (pod.spec.priority ?? 0) >= CRITICAL_PRIORITY;

export function evict(state: KubeletState, ctx: Context): void {
  if (state.node.eviction !== null || state.runtimeState !== 'ready' || !state.podsStarted) return;
  state.node.eviction = { uid: null, until: ctx.monotonic };
  askRuntime(state, ctx, { type: 'cri/list-container-stats' }, { what: 'usage' });
}

export function statsAnswered(state: KubeletState, { result }: CriAnswer, ctx: Context): void {
  state.node.eviction = null;
  if (result?.of !== 'stats' || !isMemoryLow(ctx)) return;
  nodeEvent(state, ctx, 'Warning', 'EvictionThresholdMet', 'Attempting to reclaim memory');
  const ranked = rankForEviction(candidatesOf(state, result.containers));
  const victim = ranked.find(({ worker }) => !isCritical(worker.pod, worker.mirror !== undefined));
  if (victim === undefined) return;
  const { worker, containers } = victim;
  const shortage: Shortage = { resource: 'memory', threshold: EVICTION_MEMORY, available: ctx.memory().free };
  const { spec } = worker.pod;
  const { message, annotations } = evictionMessage(
    shortage,
    [...spec.containers, ...(spec.initContainers ?? [])],
    new Map(containers.map(({ name, memory }) => [name, memory])),
  );
  podEvent(state, worker.pod, ctx, 'Warning', 'Evicted', message, annotations);
  worker.failure = { reason: 'Evicted', message, isDisruption: true };
  podEnd.code.terminate(state, worker, GRACE, 'The node is low on memory, and this pod is the first to go', ctx);
  state.node.eviction = { uid: worker.uid, until: ctx.monotonic + LONGEST_CLEANUP };
  ctx.after(LOOK_EVERY, { type: 'kubelet/eviction' });
}

interface RankedPod extends Candidate {
  readonly worker: PodWorker;
  readonly containers: readonly ContainerStats[];
}

function candidatesOf(state: KubeletState, stats: readonly ContainerStats[]): readonly RankedPod[] {
  return [...state.workers.values()].flatMap((worker) => {
    if (worker.state !== 'sync') return [];
    const containers = stats.filter(({ pod }) => pod.uid === worker.uid);
    const usage = worker.sandbox === null ? null : containers.reduce((sum, { memory }) => sum + memory, 0);
    const { spec } = worker.pod;
    return [{ worker, containers, usage, request: specRequests(spec).memory, priority: spec.priority ?? 0 }];
  });
}

/** The next one follows when the last one is gone, or does not go. */
export function evictionDue(state: KubeletState, ctx: Context): void {
  const { eviction } = state.node;
  if (eviction === null || eviction.uid === null) return;
  const worker = state.workers.get(eviction.uid);
  if (worker !== undefined && worker.state !== 'terminated' && ctx.monotonic < eviction.until) {
    ctx.after(LOOK_EVERY, { type: 'kubelet/eviction' });
    return;
  }
  state.node.eviction = null;
  if (isMemoryLow(ctx)) evict(state, ctx);
}

/** Who is not let in: under memory pressure pods that ask for nothing, else all but critical ones. */
export function refusal(
  pod: Pod,
  { memoryPressure, diskPressure }: { readonly memoryPressure: boolean; readonly diskPressure: boolean },
): Rejection | null {
  if (isCritical(pod, pod.metadata.annotations?.['kubernetes.io/config.source'] === 'file')) return null;
  if (!diskPressure) {
    const taint = { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' } as const;
    if (qosClass(pod) !== 'BestEffort' || untoleratedTaint([taint], tolerationsOf(pod)) === null) return null;
  }
  const conditions = [...(memoryPressure ? ['MemoryPressure'] : []), ...(diskPressure ? ['DiskPressure'] : [])];
  return { reason: 'Evicted', message: `The node had condition: [${conditions.join(' ')}]. ` };
}
