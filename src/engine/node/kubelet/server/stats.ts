/**
 * What a node, its pods and their containers use, as the kubelet tells it: `/metrics/resource` in Prometheus' text form and
 * `/stats/summary` as JSON.
 *
 * @source kubernetes pkg/kubelet/metrics/collectors/resource_metrics.go, pkg/kubelet/server/stats/{handler,summary}.go,
 *   staging/src/k8s.io/kubelet/pkg/apis/stats/v1alpha1/types.go
 * @simplified the numbers are those of the moment in which they are asked for; cAdvisor has looked up to 10 s before
 */
import { EPOCH_SECONDS, timestamp } from '#engine/api/timestamp';
import type { HttpResponse } from '#engine/apiserver/stream-wire';
import type { Context } from '#engine/kernel/process';
import type { ContainerStats, CriAnswer, CriResult, Usage } from '../../runtime/cri';
import { allocatableOf } from '../node-object';
import { askRuntime } from '../runtime-link';
import type { KubeletState } from '../state';
import { respond } from './sessions';
import type { ServerPeer, StatsAsk } from './state';

type Stats = Extract<CriResult, { readonly of: 'stats' }>;

export function serveStats(state: KubeletState, ctx: Context, peer: ServerPeer, path: string): void {
  const form = path === '/metrics/resource' ? 'resource' : path === '/stats/summary' ? 'summary' : null;
  if (form === null) return respond(ctx, peer, 404, '404 page not found\n');
  if (state.runtimeState !== 'ready') return respond(ctx, peer, 500, 'container runtime is down');
  askRuntime(state, ctx, { type: 'cri/list-container-stats' }, { what: 'stats', peer, form });
}

export function statsAnswered(state: KubeletState, ctx: Context, { result }: CriAnswer, ask: StatsAsk): void {
  const { peer, form } = ask;
  if (result?.of !== 'stats') return respond(ctx, peer, 500, 'container runtime is down');
  const body = form === 'resource' ? resourceMetrics(result) : JSON.stringify(summary(state, result), null, 1);
  const contentType =
    form === 'resource' ? 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores' : 'application/json';
  const response: HttpResponse = { type: 'http/response', id: peer.id, code: 200, body, contentType };
  ctx.send(peer.process, response);
}

/** The pods of these containers, each with the sums of its containers. */
function podsOf({ containers }: Stats): readonly {
  readonly of: ContainerStats['pod'];
  readonly usage: Usage;
  readonly containers: readonly ContainerStats[];
}[] {
  const byUid = new Map<string, ContainerStats[]>();
  for (const container of containers) {
    const known = byUid.get(container.pod.uid);
    if (known === undefined) byUid.set(container.pod.uid, [container]);
    else known.push(container);
  }
  return [...byUid.values()].map((own) => ({
    of: own[0]!.pod,
    containers: own,
    usage: {
      cpu: own.reduce((sum, { cpu }) => sum + cpu, 0),
      milliCpu: own.reduce((sum, { milliCpu }) => sum + milliCpu, 0),
      memory: own.reduce((sum, { memory }) => sum + memory, 0),
    },
  }));
}

interface Sample {
  readonly labels: string;
  readonly value: number;
}

/** Go's shortest form of a float, with an exponent of two digits at least, as Prometheus' encoder writes it. */
function goFloat(value: number): string {
  if (value !== 0 && (Math.abs(value) >= 1e21 || Math.abs(value) < 1e-4)) return exponential(value);
  return Math.abs(value) >= 1_000_000 && value !== 0 ? exponential(value) : String(value);
}

function exponential(value: number): string {
  const [mantissa = '0', exponent = '+0'] = value.toExponential().split('e');
  return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
}

const family = (name: string, type: string, help: string, samples: readonly Sample[], at: string): string =>
  samples.length === 0
    ? ''
    : `# HELP ${name} [STABLE] ${help}\n# TYPE ${name} ${type}\n${samples.map(({ labels, value }) => `${name}${labels} ${goFloat(value)}${at}\n`).join('')}`;

/** CPU time in core-seconds, to the microsecond. */
const coreSeconds = (cpu: number): number => Math.round(cpu) / 1_000_000;

function resourceMetrics(stats: Stats): string {
  const at = ` ${EPOCH_SECONDS * 1000 + Math.floor(stats.at / 1000)}`;
  const byName = (a: Sample, b: Sample): number => (a.labels < b.labels ? -1 : a.labels > b.labels ? 1 : 0);
  const ofContainers = (value: (container: ContainerStats) => number): Sample[] =>
    stats.containers
      .map((each) => ({
        labels: `{container="${each.name}",namespace="${each.pod.namespace}",pod="${each.pod.name}"}`,
        value: value(each),
      }))
      .sort(byName);
  const ofPods = (value: (usage: Usage) => number): Sample[] =>
    podsOf(stats)
      .map(({ of, usage }) => ({ labels: `{namespace="${of.namespace}",pod="${of.name}"}`, value: value(usage) }))
      .sort(byName);
  const { node } = stats;
  const counter = 'counter';
  const gauge = 'gauge';
  return [
    family(
      'container_cpu_usage_seconds_total',
      counter,
      'Cumulative cpu time consumed by the container in core-seconds',
      ofContainers(({ cpu }) => coreSeconds(cpu)),
      at,
    ),
    family(
      'container_memory_working_set_bytes',
      gauge,
      'Current working set of the container in bytes',
      ofContainers(({ memory }) => memory),
      at,
    ),
    family(
      'container_start_time_seconds',
      gauge,
      'Start time of the container since unix epoch in seconds',
      ofContainers(({ startedAt }) => EPOCH_SECONDS + startedAt / 1_000_000),
      '',
    ),
    family(
      'node_cpu_usage_seconds_total',
      counter,
      'Cumulative cpu time consumed by the node in core-seconds',
      [{ labels: '', value: coreSeconds(node.cpu) }],
      at,
    ),
    family(
      'node_memory_working_set_bytes',
      gauge,
      'Current working set of the node in bytes',
      [{ labels: '', value: node.memory }],
      at,
    ),
    family(
      'pod_cpu_usage_seconds_total',
      counter,
      'Cumulative cpu time consumed by the pod in core-seconds',
      ofPods(({ cpu }) => coreSeconds(cpu)),
      at,
    ),
    family(
      'pod_memory_working_set_bytes',
      gauge,
      'Current working set of the pod in bytes',
      ofPods(({ memory }) => memory),
      at,
    ),
    family(
      'resource_scrape_error',
      gauge,
      '1 if there was an error while getting container metrics, 0 otherwise',
      [{ labels: '', value: 0 }],
      '',
    ),
  ].join('');
}

/** @simplified nothing of the network, of file systems, swap, PSI and page faults */
function summary(state: KubeletState, stats: Stats): unknown {
  const time = timestamp(stats.at);
  const numbers = ({ cpu, milliCpu, memory }: Usage): object => ({
    cpu: { time, usageNanoCores: Math.round(milliCpu * 1_000_000), usageCoreNanoSeconds: Math.round(cpu) * 1000 },
    memory: { time, usageBytes: memory, workingSetBytes: memory, rssBytes: memory },
  });
  const { name } = state.args.node;
  const free = allocatableOf(state.args.node).memory - stats.node.memory;
  const node = numbers(stats.node) as { readonly cpu: object; readonly memory: object };
  return {
    node: { nodeName: name, cpu: node.cpu, memory: { ...node.memory, availableBytes: Math.max(0, free) } },
    pods: podsOf(stats).map(({ of, usage, containers }) => ({
      podRef: { name: of.name, namespace: of.namespace, uid: of.uid },
      startTime: state.workers.get(of.uid)?.startTime,
      containers: containers.map((each) => ({
        name: each.name,
        startTime: timestamp(each.startedAt),
        ...numbers(each),
      })),
      ...numbers(usage),
    })),
  };
}
