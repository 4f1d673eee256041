/** Rates from points: metrics-server pkg/storage/{node,pod}_test.go (storage of nodes, of pods, of what has just been started). */
import { expect, it } from 'vitest';
import { SECOND } from '#engine/kernel/time';
import type { Point } from './metrics-server';
import { nodePoints, type NodePoints } from './scrape';
import { nextTracks, rateOf } from './tracks';

const CORE = 1_000_000_000;
const point = (at: number, cpu: number, start = 0): Point => ({
  at: at * SECOND,
  start: start * SECOND,
  cpu: cpu * CORE,
  memory: 1024,
});
const points = (node: Point, container = node): NodePoints => ({
  node,
  pods: new Map([['a/b', new Map([['c', container]])]]),
});

/** Rates of the node and of its container after these answers, in thousandths of a core. */
function ratesAfter(...told: readonly NodePoints[]): readonly (number | null)[] {
  let tracks: ReturnType<typeof nextTracks> | undefined;
  for (const one of told) tracks = nextTracks(tracks, one, 15 * SECOND);
  const milli = (track: Parameters<typeof rateOf>[0] | undefined): number | null =>
    track === undefined ? null : (rateOf(track)?.nanoCores ?? null);
  return [milli(tracks?.node), milli(tracks?.pods.get('a/b')?.get('c'))].map((nano) =>
    nano === null ? null : nano / 1_000_000,
  );
}

it.each<[string, readonly NodePoints[], readonly (number | null)[]]>([
  ['one answer tells no rate', [points(point(100, 10))], [null, null]],
  ['two tell one', [points(point(100, 10)), points(point(120, 20))], [500, 500]],
  ['of three the last two count', [100, 110, 120].map((at, i) => points(point(at, [10, 20, 21][i]!))), [100, 100]],
  [
    'the same answer again changes nothing',
    [100, 120, 120].map((at, i) => points(point(at, [10, 20, 20][i]!))),
    [500, 500],
  ],
  [
    'a counter that went back begins anew',
    [points(point(100, 10)), points(point(120, 1), point(120, 20))],
    [null, 500],
  ],
  [
    'a container that was restarted begins anew',
    [points(point(100, 10)), points(point(120, 12), point(120, 1, 118))],
    [100, null],
  ],
  ['one that is 12 s old is measured from its start', [points(point(100, 10), point(100, 6, 88))], [null, 500]],
  ['one that is 9 s old is not', [points(point(100, 10), point(100, 6, 91))], [null, null]],
  ['one that is older than the resolution is not', [points(point(100, 10), point(100, 6, 80))], [null, null]],
])('%s', (_, told, rates) => expect(ratesAfter(...told)).toEqual(rates));

it('reads what a kubelet tells, and leaves out pods of which a number is missing', () => {
  const text = `# HELP node_cpu_usage_seconds_total [STABLE] Cumulative cpu time
node_cpu_usage_seconds_total 4.5 1767225601000
node_memory_working_set_bytes 2.097152e+06 1767225601000
container_cpu_usage_seconds_total{container="c",namespace="a",pod="b"} 0.25 1767225600500
container_memory_working_set_bytes{container="c",namespace="a",pod="b"} 1024 1767225600500
container_start_time_seconds{container="c",namespace="a",pod="b"} 1.7672256002e+09
container_cpu_usage_seconds_total{container="c",namespace="a",pod="half"} 0.25 1767225600500
resource_scrape_error 0
`;
  expect(nodePoints(text)).toEqual({
    node: { at: SECOND, start: 0, cpu: 4.5 * CORE, memory: 2_097_152 },
    pods: new Map([['a/b', new Map([['c', { at: SECOND / 2, start: 200_000, cpu: CORE / 4, memory: 1024 }]])]]),
  });
  expect(nodePoints('resource_scrape_error 1\n')).toBeNull();
});
