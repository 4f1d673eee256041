/**
 * Reads what a kubelet tells at `/metrics/resource`.
 *
 * @source kubernetes-sigs/metrics-server pkg/scraper/client/resource/decode.go
 */
import { EPOCH_SECONDS } from '#engine/api/timestamp';
import type { Point } from './metrics-server';

/** What one kubelet has told. */
export interface NodePoints {
  readonly node: Point;
  /** By `namespace/name`, then by container. */
  readonly pods: ReadonlyMap<string, ReadonlyMap<string, Point>>;
}

const LINE = /^([a-z_]+)(?:\{([^}]*)\})? ([0-9.e+-]+)(?: ([0-9]+))?$/;
const NANOS = 1_000_000_000;
const MICROS = 1_000_000;

interface Partial {
  cpu?: number;
  memory?: number;
  start?: number;
  at?: number;
}

/** @returns null when the node's own numbers are missing */
export function nodePoints(text: string): NodePoints | null {
  const node: Partial = { start: 0 };
  const pods = new Map<string, Map<string, Partial>>();
  for (const line of text.split('\n')) {
    const [, name = '', labels = '', value = '', at] = line.startsWith('#') ? [] : (LINE.exec(line) ?? []);
    const of = name.startsWith('node_') ? node : name.startsWith('container_') ? containerOf(pods, labels) : null;
    if (of === null) continue;
    const number = Number(value);
    if (at !== undefined) of.at = Number(at) * 1000 - EPOCH_SECONDS * MICROS;
    if (name.endsWith('_cpu_usage_seconds_total')) of.cpu = Math.round(number * NANOS);
    else if (name.endsWith('_memory_working_set_bytes')) of.memory = number;
    else if (name.endsWith('_start_time_seconds')) of.start = Math.round((number - EPOCH_SECONDS) * MICROS);
  }
  const own = pointOf(node);
  if (own === null) return null;
  const whole = new Map<string, ReadonlyMap<string, Point>>();
  for (const [pod, containers] of pods) {
    const points = new Map<string, Point>();
    for (const [name, container] of containers) {
      const point = pointOf(container);
      if (point !== null) points.set(name, point);
    }
    // A pod of which a container is missing is left out.
    if (points.size === containers.size) whole.set(pod, points);
  }
  return { node: own, pods: whole };
}

function containerOf(pods: Map<string, Map<string, Partial>>, labels: string): Partial {
  const given = new Map(
    labels.split(',').map((label) => [label.slice(0, label.indexOf('=')), label.slice(label.indexOf('"') + 1, -1)]),
  );
  const key = `${given.get('namespace') ?? ''}/${given.get('pod') ?? ''}`;
  const containers = pods.get(key) ?? new Map<string, Partial>();
  pods.set(key, containers);
  const name = given.get('container') ?? '';
  const container = containers.get(name) ?? {};
  containers.set(name, container);
  return container;
}

/** Without memory there is no process. */
const pointOf = ({ cpu, memory = 0, start, at }: Partial): Point | null =>
  cpu === undefined || memory === 0 || start === undefined || at === undefined ? null : { at, start, cpu, memory };
