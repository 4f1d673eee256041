/** `kubectl top`. @source kubernetes kubectl/pkg/cmd/top/{top,top_node,top_pod}.go, kubectl/pkg/metricsutil/{metrics_printer,metrics_sorter,metrics_resource_adder}.go */
import { byteOrder } from '#engine/api/json';
import { milliValue, type Quantity, quantityValue } from '#engine/api/quantity';
import { parseTimestamp } from '#engine/api/timestamp';
import type { Node, Pod } from '#engine/api/types';
import { SECOND } from '#engine/kernel/time';
import { type Call, failed, usage, want } from '../call/context';
import { discover } from '../call/discovery';
import { type Doing, now } from '../call/effects';
import { selectors } from '../call/targets';
import { rowsText } from '../output/tab-writer';
import type { Command, Family } from './command';

interface Usage {
  readonly cpu: Quantity;
  readonly memory: Quantity;
}

interface NodeMetrics {
  readonly metadata: { readonly name: string };
  readonly usage: Usage;
}

interface PodMetrics {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly containers: readonly { readonly name: string; readonly usage: Usage }[];
}

/** Of what a pod or a container uses: millionths of a CPU in thousands, bytes. */
interface Used {
  readonly cpu: number;
  readonly memory: number;
}

const MEBIBYTE = 1024 * 1024;
const METRICS = '/apis/metrics.k8s.io/v1beta1';
/** So long after its creation a pod may have no metrics yet. */
const METRICS_COME_WITHIN = 120 * SECOND;
const NOTHING: Used = { cpu: 0, memory: 0 };

const usedOf = ({ cpu, memory }: Usage): Used => ({ cpu: milliValue(cpu), memory: quantityValue(memory) });
const sumOf = (all: readonly Used[]): Used =>
  all.reduce((sum, one) => ({ cpu: sum.cpu + one.cpu, memory: sum.memory + one.memory }), NOTHING);
const cells = ({ cpu, memory }: Used): string[] => [`${cpu}m`, `${Math.floor(memory / MEBIBYTE)}Mi`];

/** Most first by the flag, else by name. */
const orderOf =
  (sortBy: string) =>
  (a: { readonly used: Used; readonly name: string }, b: { readonly used: Used; readonly name: string }): number => {
    if (sortBy === 'cpu') return b.used.cpu - a.used.cpu;
    if (sortBy === 'memory') return b.used.memory - a.used.memory;
    return byteOrder(a.name, b.name);
  };

function* checked(
  call: Call,
  { what, selecting }: { readonly what: string; readonly selecting: boolean },
): Doing<void> {
  const { flags, command } = call;
  const sortBy = flags.text('sort-by');
  if (flags.args.length > 1) throw usage({ command }, what);
  if (sortBy !== '' && sortBy !== 'cpu' && sortBy !== 'memory') throw failed('--sort-by accepts only cpu or memory');
  if (flags.args.length === 1 && selecting)
    throw failed(`only one of NAME or ${what.startsWith('node') ? '--selector' : 'selector'} can be provided`);
  const { apiVersions } = yield* discover(call, true);
  if (!apiVersions.includes('metrics.k8s.io/v1beta1')) throw failed('Metrics API not available');
}

const topNode: Command = {
  *run(call) {
    const { flags, kubectl } = call;
    const [name] = flags.args;
    yield* checked(call, { what: 'node [NAME | -l label]', selecting: flags.text('selector') !== '' });
    const metrics =
      name === undefined
        ? (yield* want<{ readonly items: readonly NodeMetrics[] }>(call, {
            method: 'GET',
            path: `${METRICS}/nodes`,
            query: selectors(call),
          })).items
        : [yield* want<NodeMetrics>(call, { method: 'GET', path: `${METRICS}/nodes/${name}` })];
    if (metrics.length === 0) throw failed('metrics not available yet');
    const nodes =
      name === undefined
        ? (yield* want<{ readonly items: readonly Node[] }>(call, {
            method: 'GET',
            path: '/api/v1/nodes',
            query: selectors(call),
          })).items
        : [yield* want<Node>(call, { method: 'GET', path: `/api/v1/nodes/${name}` })];
    const given = flags.on('show-capacity') ? 'capacity' : 'allocatable';
    const limits = new Map(nodes.map(({ metadata, status }) => [metadata.name, status[given] ?? {}]));
    const rows = metrics
      .map(({ metadata, usage: used }) => ({ name: metadata.name, used: usedOf(used) }))
      .toSorted(orderOf(flags.text('sort-by')))
      .map(({ name: of, used }) => {
        const { cpu, memory } = limits.get(of) ?? {};
        limits.delete(of);
        return [of, ...shareCells(used, cpu, memory)];
      });
    const missing = [...limits.keys()].map((of) => [of, '<unknown>', '<unknown>', '<unknown>', '<unknown>']);
    const head = ['NAME', 'CPU(cores)', 'CPU(%)', 'MEMORY(bytes)', 'MEMORY(%)'];
    kubectl.out(rowsText([...(flags.on('no-headers') ? [] : [head]), ...rows, ...missing], [], true));
    return 0;
  },
};

/** What is used, each beside its part of what there is. */
function shareCells(used: Used, cpu: Quantity | undefined, memory: Quantity | undefined): string[] {
  const [cores = '', bytes = ''] = cells(used);
  const share = (part: number, whole: number): string => `${whole === 0 ? 0 : Math.trunc((part / whole) * 100)}%`;
  return [
    cores,
    ...(cpu === undefined ? [] : [share(used.cpu, milliValue(cpu))]),
    bytes,
    ...(memory === undefined ? [] : [share(used.memory, quantityValue(memory))]),
  ];
}

const topPod: Command = {
  *run(call) {
    const { flags, kubectl } = call;
    const [name] = flags.args;
    const everywhere = flags.on('all-namespaces');
    const selecting = flags.text('selector') !== '' || flags.text('field-selector') !== '';
    yield* checked(call, { what: 'pod [NAME | -l label]', selecting });
    const path = everywhere ? `${METRICS}/pods` : `${METRICS}/namespaces/${call.namespace}/pods`;
    const metrics =
      name === undefined
        ? (yield* want<{ readonly items: readonly PodMetrics[] }>(call, {
            method: 'GET',
            path,
            query: selectors(call),
          })).items
        : [yield* want<PodMetrics>(call, { method: 'GET', path: `${path}/${name}` })];
    if (metrics.length === 0) {
      yield* whyNone(call, everywhere);
      kubectl.err(everywhere ? 'No resources found\n' : `No resources found in ${call.namespace} namespace.\n`);
      return 0;
    }
    kubectl.out(podRows(call, metrics, everywhere));
    return 0;
  },
};

function podRows({ flags }: Call, metrics: readonly PodMetrics[], everywhere: boolean): string {
  const order = orderOf(flags.text('sort-by'));
  const pods = metrics
    .map(({ metadata, containers }) => {
      const parts = containers.map(({ name, usage: used }) => ({ name, used: usedOf(used) }));
      return { ...metadata, parts, used: sumOf(parts.map(({ used }) => used)) };
    })
    .toSorted((a, b) =>
      everywhere && flags.text('sort-by') === '' ? byteOrder(a.namespace, b.namespace) || order(a, b) : order(a, b),
    );
  const byContainer = flags.on('containers');
  const rows = pods.flatMap(({ name, namespace, parts, used }) => {
    const front = everywhere ? [namespace] : [];
    if (!byContainer) return [[...front, name, ...cells(used)]];
    return parts.toSorted(order).map((part) => [...front, name, part.name, ...cells(part.used)]);
  });
  const head = [
    ...(everywhere ? ['NAMESPACE'] : []),
    ...(byContainer ? ['POD'] : []),
    ...['NAME', 'CPU(cores)', 'MEMORY(bytes)'],
  ];
  const headless = flags.on('no-headers');
  const before = (headless ? 3 : head.length) - 2;
  const blanks = Array.from({ length: before }, () => '');
  const total = [
    [...blanks, '________', '________'],
    [...blanks, ...cells(sumOf(pods.map(({ used }) => used)))],
  ];
  return rowsText([...(headless ? [] : [head]), ...rows, ...(flags.on('sum') ? total : [])], [], true);
}

/** There is nothing to show: for lack of pods, or because metrics are late. */
function* whyNone(call: Call, everywhere: boolean): Doing<void> {
  const path = everywhere ? '/api/v1/pods' : `/api/v1/namespaces/${call.namespace}/pods`;
  const { items } = yield* want<{ readonly items: readonly Pod[] }>(call, {
    method: 'GET',
    path,
    query: selectors(call),
  });
  if (items.length === 0) return;
  const at = yield* now();
  for (const { metadata } of items) {
    const age = at - parseTimestamp(metadata.creationTimestamp ?? '');
    if (age > METRICS_COME_WITHIN)
      throw failed(
        `Metrics not available for pod ${metadata.namespace}/${metadata.name}, age: ${goDuration(Math.floor(age / SECOND))}`,
      );
  }
  throw failed('metrics not available yet');
}

/** Seconds as Go writes a duration: `1h2m3s`. */
function goDuration(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds % 60}s`;
}

export const topCommands: Family = {
  commands: { node: topNode, nodes: topNode, no: topNode, pod: topPod, pods: topPod, po: topPod },
};
