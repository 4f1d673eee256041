/** The words of kubectl's pod columns. @source kubernetes pkg/printers/internalversion/printers.go (printPod) */
import { humanDuration } from './duration';
import { hasCondition, podCondition } from './meta';
import { isSidecar } from './pod-resources';
import { parseTimestamp } from './timestamp';
import type { ContainerStatus, Pod } from './types';

export interface PodSummary {
  /** The STATUS column, e.g. `Running`, `CrashLoopBackOff`, `Init:0/2`, `Terminating`. */
  readonly status: string;
  readonly ready: number;
  readonly total: number;
  readonly restarts: number;
  /** When a counted container last ended, in virtual microseconds. */
  readonly lastRestart?: number;
}

const summaries = new WeakMap<Pod, PodSummary>();

/** Status, readiness and restarts of a pod, computed once per object. */
export function podSummary(pod: Pod): PodSummary {
  const known = summaries.get(pod);
  if (known !== undefined) return known;
  const summary = summarise(pod);
  summaries.set(pod, summary);
  return summary;
}

/** The word in kubectl's STATUS column. */
export const podStatusWord = (pod: Pod): string => podSummary(pod).status;

/** `READY`, e.g. `1/2`. */
export const podReadyText = (pod: Pod): string => `${podSummary(pod).ready}/${podSummary(pod).total}`;

/** `RESTARTS`, e.g. `0`, `4 (20s ago)`. @param now - virtual microseconds */
export function podRestartsText(pod: Pod, now: number): string {
  const { restarts, lastRestart } = podSummary(pod);
  return restarts === 0 || lastRestart === undefined
    ? String(restarts)
    : `${restarts} (${humanDuration(now - lastRestart)} ago)`;
}

/** Restarts and the latest end among some containers. */
class RestartCount {
  restarts = 0;
  last = Number.NEGATIVE_INFINITY;

  add(status: ContainerStatus): void {
    this.restarts += status.restartCount ?? 0;
    const finished = status.lastState?.terminated?.finishedAt;
    if (finished) this.last = Math.max(this.last, parseTimestamp(finished));
  }
}

function summarise(pod: Pod): PodSummary {
  const { spec } = pod;
  const status = pod.status ?? {};
  const sidecars = new Set((spec.initContainers ?? []).filter(isSidecar).map((container) => container.name));
  const total = spec.containers.length + sidecars.size;
  let word = status.reason || status.phase || '';
  if (podCondition(pod, 'PodScheduled')?.reason === 'SchedulingGated') word = 'SchedulingGated';

  const all = new RestartCount();
  const sidecarRestarts = new RestartCount();
  let ready = 0;
  let initialising = false;
  for (const [index, container] of (status.initContainerStatuses ?? []).entries()) {
    const sidecar = sidecars.has(container.name);
    all.add(container);
    if (sidecar) sidecarRestarts.add(container);
    const { terminated, waiting } = container.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (sidecar && container.started === true) {
      if (container.ready) ready++;
      continue;
    }
    if (terminated) word = `Init:${endWord(terminated)}`;
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') word = `Init:${waiting.reason}`;
    else word = `Init:${index}/${(spec.initContainers ?? []).length}`;
    initialising = true;
    break;
  }

  let counted = all;
  if (!initialising || hasCondition(status.conditions, 'Initialized')) {
    counted = sidecarRestarts;
    let running = false;
    let failure: string | undefined;
    for (const container of (status.containerStatuses ?? []).toReversed()) {
      counted.add(container);
      const { waiting, terminated } = container.state ?? {};
      if (waiting?.reason) word = waiting.reason;
      else if (terminated) {
        word = endWord(terminated);
        if (terminated.exitCode !== 0) failure = word;
      } else if (container.ready && container.state?.running) {
        running = true;
        ready++;
      }
    }
    if (word === 'Completed') word = completedWord(pod, running, failure);
  }
  if (pod.metadata.deletionTimestamp !== undefined) {
    if (status.reason === 'NodeLost') word = 'Unknown';
    else if (status.phase !== 'Failed' && status.phase !== 'Succeeded') word = 'Terminating';
  }
  return {
    status: word,
    ready,
    total,
    restarts: counted.restarts,
    ...(Number.isFinite(counted.last) ? { lastRestart: counted.last } : {}),
  };
}

const endWord = (ended: { reason?: string; signal?: number; exitCode: number }): string =>
  ended.reason || (ended.signal ? `Signal:${ended.signal}` : `ExitCode:${ended.exitCode}`);

/** The first container says Completed, but others may not have. */
function completedWord(pod: Pod, running: boolean, failure: string | undefined): string {
  if (running && hasCondition(pod.status.conditions, 'Ready')) return 'Running';
  if (failure !== undefined) return failure;
  return running ? 'NotReady' : 'Completed';
}
