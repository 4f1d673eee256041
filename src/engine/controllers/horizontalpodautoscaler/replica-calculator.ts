/**
 * How many replicas a metric asks for.
 *
 * @source kubernetes pkg/controller/podautoscaler/replica_calculator.go, metrics/utilization.go
 */
import { isSidecar } from '#engine/api/pod-resources';
import { isPodReady, podCondition } from '#engine/api/meta';
import { milliValue } from '#engine/api/quantity';
import { parseTimestamp } from '#engine/api/timestamp';
import type { Pod } from '#engine/api/types';
import { type Micros, MINUTE, SECOND } from '#engine/kernel/time';

/** What was measured of a pod. */
export interface PodMetric {
  /** Thousandths: millicores, or bytes times a thousand. */
  readonly value: number;
  readonly at: Micros;
  readonly window: Micros;
}

export type PodMetrics = ReadonlyMap<string, PodMetric>;

/** By how much a ratio may be away from 1 before something is done about it. */
export interface Tolerances {
  readonly up: number;
  readonly down: number;
}

export interface Wanted {
  readonly replicas: number;
  /** As the status tells it: percent of requests. Absent: the metric has none. */
  readonly utilization?: number;
  /** On average, in thousandths. */
  readonly value: number;
}

export type Calculated = Wanted | { readonly error: string };

/** @source kubernetes pkg/controller/podautoscaler/config/v1alpha1/defaults.go */
const CPU_INITIALIZATION: Micros = 5 * MINUTE;
const INITIAL_READINESS: Micros = 30 * SECOND;

const isWithin = ({ up, down }: Tolerances, ratio: number): boolean => 1 - down <= ratio && ratio <= 1 + up;

export interface Groups {
  readonly ready: number;
  readonly unready: ReadonlySet<string>;
  readonly missing: ReadonlySet<string>;
  readonly ignored: ReadonlySet<string>;
}

/** Which pods count, by what is known of them. */
export function groupPods(pods: readonly Pod[], metrics: PodMetrics, resource: string, now: Micros): Groups {
  const [unready, missing, ignored] = [new Set<string>(), new Set<string>(), new Set<string>()];
  let ready = 0;
  for (const pod of pods) {
    const { name, deletionTimestamp } = pod.metadata;
    const metric = metrics.get(name);
    if (deletionTimestamp !== undefined || pod.status.phase === 'Failed') ignored.add(name);
    else if (pod.status.phase === 'Pending') unready.add(name);
    else if (metric === undefined) missing.add(name);
    else if (resource === 'cpu' && isCpuUnready(pod, metric, now)) unready.add(name);
    else ready++;
  }
  return { ready, unready, missing, ignored };
}

/** Whether what a pod uses is that of its start. */
function isCpuUnready(pod: Pod, metric: PodMetric, now: Micros): boolean {
  const condition = podCondition(pod, 'Ready');
  const { startTime } = pod.status;
  if (condition === undefined || startTime === undefined) return true;
  const started = parseTimestamp(startTime);
  const since = parseTimestamp(condition.lastTransitionTime ?? startTime);
  if (started + CPU_INITIALIZATION > now) return condition.status === 'False' || metric.at < since + metric.window;
  return condition.status === 'False' && started + INITIAL_READINESS > since;
}

const without = (metrics: PodMetrics, ...names: readonly ReadonlySet<string>[]): Map<string, PodMetric> =>
  new Map([...metrics].filter(([name]) => !names.some((set) => set.has(name))));

/** What each pod's containers (or the one of this name) request, in thousandths. */
function requestsOf(pods: readonly Pod[], resource: string, container: string): ReadonlyMap<string, number> | string {
  const requests = new Map<string, number>();
  for (const { metadata, spec } of pods) {
    let sum = 0;
    const counted = [...spec.containers, ...(spec.initContainers ?? []).filter(isSidecar)];
    const whole = (spec as { readonly resources?: { readonly requests?: Readonly<Record<string, string | number>> } })
      .resources?.requests;
    if (container === '' && whole?.[resource] !== undefined) {
      requests.set(metadata.name, milliValue(whole[resource]));
      continue;
    }
    for (const { name, resources } of counted) {
      if (container !== '' && container !== name) continue;
      const request = resources?.requests?.[resource];
      if (request === undefined) return `missing request for ${resource} in container ${name} of Pod ${metadata.name}`;
      sum += milliValue(request);
    }
    requests.set(metadata.name, sum);
  }
  return requests;
}

interface Ratio {
  readonly ratio: number;
  readonly utilization?: number;
  readonly value: number;
}

/** Use by requests, of the pods of which both are known. */
function utilizationRatio(metrics: PodMetrics, requests: ReadonlyMap<string, number>, target: number): Ratio | null {
  let used = 0;
  let requested = 0;
  let count = 0;
  for (const [name, { value }] of metrics) {
    const request = requests.get(name);
    if (request === undefined) continue;
    used += value;
    requested += request;
    count++;
  }
  if (requested === 0) return null;
  const utilization = Math.trunc((used * 100) / requested);
  return { ratio: utilization / target, utilization, value: Math.trunc(used / count) };
}

/** Use on average. */
function usageRatio(metrics: PodMetrics, target: number): Ratio {
  let used = 0;
  for (const { value } of metrics.values()) used += value;
  const value = Math.trunc(used / metrics.size);
  return { ratio: value / target, value };
}

const NO_PODS = 'no pods returned by selector while calculating replica count';
const NO_METRICS = 'did not receive metrics for targeted pods (pods might be unready)';

/** For a target that is a percentage of what is requested. */
export function utilizationReplicas(
  current: number,
  target: number,
  {
    pods,
    metrics,
    resource,
    container = '',
    tolerances,
    now,
  }: Sight & { readonly resource: string; readonly container?: string },
): Calculated {
  if (pods.length === 0) return { error: NO_PODS };
  const groups = groupPods(pods, metrics, resource, now);
  const known = without(metrics, groups.ignored, groups.unready);
  if (known.size === 0) return { error: NO_METRICS };
  const requests = requestsOf(pods, resource, container);
  if (typeof requests === 'string') return { error: requests };
  const fallback = (name: string): number => Math.trunc(((requests.get(name) ?? 0) * Math.max(100, target)) / 100);
  return replicasBy(current, groups, known, tolerances, (given) => utilizationRatio(given, requests, target), fallback);
}

interface Sight {
  readonly pods: readonly Pod[];
  readonly metrics: PodMetrics;
  readonly tolerances: Tolerances;
  readonly now: Micros;
}

/** For a target that is an amount for each pod, in thousandths. */
export function averageReplicas(
  current: number,
  target: number,
  { pods, metrics, resource = '', tolerances, now }: Sight & { readonly resource?: string },
): Calculated {
  if (pods.length === 0) return { error: NO_PODS };
  const groups = groupPods(pods, metrics, resource, now);
  const known = without(metrics, groups.ignored, groups.unready);
  if (known.size === 0) return { error: NO_METRICS };
  return replicasBy(
    current,
    groups,
    known,
    tolerances,
    (given) => usageRatio(given, target),
    () => target,
  );
}

/** Pods of which nothing is known are taken for what makes the change smaller. */
function replicasBy(
  current: number,
  { ready, unready, missing }: Groups,
  known: Map<string, PodMetric>,
  tolerances: Tolerances,
  ratioOf: (metrics: PodMetrics) => Ratio | null,
  fallback: (name: string) => number,
): Calculated {
  const first = ratioOf(known);
  if (first === null) return { error: 'no metrics returned matched known pods' };
  const { ratio, utilization, value } = first;
  const told = (replicas: number): Wanted => ({
    replicas,
    value,
    ...(utilization === undefined ? null : { utilization }),
  });
  const countsUnready = unready.size > 0 && ratio > 1;
  if (!countsUnready && missing.size === 0)
    return told(isWithin(tolerances, ratio) ? current : Math.ceil(ratio * ready));
  const assumed = (amount: number): PodMetric => ({ value: amount, at: 0, window: 0 });
  for (const name of missing) {
    if (ratio < 1) known.set(name, assumed(fallback(name)));
    else if (ratio > 1) known.set(name, assumed(0));
  }
  if (countsUnready) for (const name of unready) known.set(name, assumed(0));
  const second = ratioOf(known);
  if (second === null) return { error: 'no metrics returned matched known pods' };
  const flips = (ratio < 1 && second.ratio > 1) || (ratio > 1 && second.ratio < 1);
  if (isWithin(tolerances, second.ratio) || flips) return told(current);
  const replicas = Math.ceil(second.ratio * known.size);
  const wrongWay = (second.ratio < 1 && replicas > current) || (second.ratio > 1 && replicas < current);
  return told(wrongWay ? current : replicas);
}

/** For an object's or an external metric with a target for all pods together. */
export function valueReplicas(
  current: number,
  target: number,
  usage: number,
  pods: readonly Pod[],
  tolerances: Tolerances,
): Calculated {
  const ratio = usage / target;
  if (current === 0) return { replicas: Math.ceil(ratio), value: usage };
  if (isWithin(tolerances, ratio)) return { replicas: current, value: usage };
  if (pods.length === 0)
    return { error: 'unable to calculate ready pods: no pods returned by selector while calculating replica count' };
  const ready = pods.filter((pod) => pod.status.phase === 'Running' && isPodReady(pod)).length;
  return { replicas: Math.ceil(ratio * ready), value: usage };
}

/** For an object's or an external metric with a target for each pod. @param running - replicas, as the status tells */
export function perPodReplicas(running: number, target: number, usage: number, tolerances: Tolerances): Wanted {
  const ratio = usage / (target * running);
  const replicas = isWithin(tolerances, ratio) ? running : Math.ceil(usage / target);
  return { replicas, value: running === 0 ? usage : Math.ceil(usage / running) };
}
