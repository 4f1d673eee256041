/**
 * The last two points of everything, by which rates are told.
 *
 * @source kubernetes-sigs/metrics-server pkg/storage/{node,pod}.go
 */
import { type Micros, SECOND } from '#engine/kernel/time';
import type { NodeTracks, Point, Track } from './metrics-server';
import type { NodePoints } from './scrape';

/** A container that has just been started needs so much time before its start counts as a point. */
const FRESH: Micros = 10 * SECOND;

export function nextTracks(before: NodeTracks | undefined, points: NodePoints, resolution: Micros): NodeTracks {
  const pods = new Map<string, ReadonlyMap<string, Track>>();
  for (const [pod, containers] of points.pods) {
    const tracks = new Map<string, Track>();
    for (const [name, point] of containers)
      tracks.set(name, containerTrack(before?.pods.get(pod)?.get(name), point, resolution));
    pods.set(pod, tracks);
  }
  return { node: nodeTrack(before?.node, points.node), pods };
}

/** A counter that has gone back was begun anew. */
function nodeTrack(before: Track | undefined, last: Point): Track {
  if (before === undefined || last.cpu < before.last.cpu) return { last, previous: null };
  return last.at > before.last.at ? { last, previous: before.last } : { last, previous: before.previous };
}

function containerTrack(before: Track | undefined, last: Point, resolution: Micros): Track {
  if (before !== undefined && last.start < before.last.at)
    return last.at > before.last.at ? { last, previous: before.last } : { last, previous: before.previous };
  const age = last.at - last.start;
  const previous = age < resolution && age > FRESH ? { ...last, at: last.start, cpu: 0 } : null;
  return { last, previous };
}

/** A rate and what it is of; null: there is none yet. */
export interface Rate {
  /** Of the last point. */
  readonly at: Micros;
  readonly window: Micros;
  /** Billionths of a core. */
  readonly nanoCores: number;
  readonly memory: number;
}

export function rateOf({ last, previous }: Track): Rate | null {
  if (previous === null || last.at <= previous.at || last.cpu < previous.cpu) return null;
  const window = last.at - previous.at;
  return {
    at: last.at,
    window,
    nanoCores: Math.round(((last.cpu - previous.cpu) / window) * SECOND),
    memory: last.memory,
  };
}
