/**
 * Zones of failure: how much of each is lost, and how fast its nodes may be tainted for eviction.
 *
 * @source kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go (ComputeZoneState, handleDisruption, setLimiterInZone),
 * scheduler/rate_limited_queue.go, component-helpers/node/topology/helpers.go
 */
import type { Node } from '#engine/api/types';
import { type Micros, SECOND } from '#engine/kernel/time';

export type ZoneState = 'Initial' | 'Normal' | 'PartialDisruption' | 'FullDisruption';

const UNHEALTHY_ZONE_THRESHOLD = 0.55;
const LARGE_CLUSTER_SIZE_THRESHOLD = 50;
/** µs per node at `--node-eviction-rate` (0.1/s) and at `--secondary-node-eviction-rate` (0.01/s); 0 stops evictions. */
const NORMAL_INTERVAL: Micros = 10 * SECOND;
const REDUCED_INTERVAL: Micros = 100 * SECOND;
const NEVER: Micros = 0;

/** A zone's nodes that wait for their NoExecute taint, and its limiter: a token bucket of one token. */
export interface Zone {
  readonly state: ZoneState;
  /** µs in which a token grows; 0: none ever does. */
  readonly interval: Micros;
  /** When the bucket has its token (again). */
  readonly nextAt: Micros;
  /** Names of nodes, in order of arrival. */
  readonly queue: readonly string[];
}

export function newZone(now: Micros): Zone {
  return { state: 'Initial', interval: NORMAL_INTERVAL, nextAt: now, queue: [] };
}

/** Region and zone, or the empty key of a node without both labels. */
export function zoneKey({ metadata: { labels } }: Node): string {
  const region =
    labels?.['topology.kubernetes.io/region'] ?? labels?.['failure-domain.beta.kubernetes.io/region'] ?? '';
  const zone = labels?.['topology.kubernetes.io/zone'] ?? labels?.['failure-domain.beta.kubernetes.io/zone'] ?? '';
  return region === '' && zone === '' ? '' : `${region}:\0:${zone}`;
}

/** Ready and not ready nodes of a zone that count. */
export interface Tally {
  readonly ready: number;
  readonly notReady: number;
}

export function zoneState({ ready, notReady }: Tally): ZoneState {
  if (ready === 0 && notReady > 0) return 'FullDisruption';
  if (notReady > 2 && notReady / (notReady + ready) >= UNHEALTHY_ZONE_THRESHOLD) return 'PartialDisruption';
  return 'Normal';
}

/** What a change of the zones' states means for the whole cluster. */
export interface Disruption {
  readonly zones: ReadonlyMap<string, Zone>;
  /** All zones have just become fully disrupted: every eviction taint comes off, no node is evicted. */
  readonly begins: boolean;
  /** The first zone answers again: every node's silence counts from now. */
  readonly ends: boolean;
}

/** The zones after a pass. Those without nodes that count are forgotten once nobody waits there; new ones begin as Initial. */
export function judgeZones(
  zones: ReadonlyMap<string, Zone>,
  tallies: ReadonlyMap<string, Tally>,
  now: Micros,
): Disruption {
  const waiting = [...zones].filter(([key, { queue }]) => queue.length > 0 && !tallies.has(key));
  const present = new Map([...tallies.keys()].map((key) => [key, zones.get(key) ?? newZone(now)]));
  const states = new Map([...tallies].map(([key, tally]) => [key, zoneState(tally)]));
  const allLost = states.size > 0 && [...states.values()].every((state) => state === 'FullDisruption');
  const allWereLost = present.size > 0 && [...present.values()].every(({ state }) => state === 'FullDisruption');
  if (allLost && allWereLost) return { zones: new Map([...present, ...waiting]), begins: false, ends: false };
  if (allLost) {
    const stopped = mapValues(present, (zone): Zone => ({
      ...limited(zone, NEVER, now),
      state: 'FullDisruption',
      queue: [],
    }));
    return { zones: stopped, begins: true, ends: false };
  }
  const judged = mapValues(present, (zone, key) => {
    const state = states.get(key) ?? 'Normal';
    if (state === zone.state && !allWereLost) return zone;
    const { ready, notReady } = tallies.get(key) ?? { ready: 0, notReady: 0 };
    return { ...limited(zone, intervalOf(state, ready + notReady), now), state };
  });
  return { zones: new Map([...judged, ...waiting]), begins: false, ends: allWereLost };
}

function intervalOf(state: ZoneState, size: number): Micros {
  if (state !== 'PartialDisruption') return NORMAL_INTERVAL;
  return size > LARGE_CLUSTER_SIZE_THRESHOLD ? REDUCED_INTERVAL : NEVER;
}

/** Another rate. A zone that was waiting for its token waits for the new one too. */
function limited(zone: Zone, interval: Micros, now: Micros): Zone {
  if (zone.interval === interval) return zone;
  const waiting = zone.interval === NEVER || now < zone.nextAt;
  return { ...zone, interval, nextAt: waiting ? now + interval : now };
}

/** Takes the first node out of a zone's queue if there is a token for it. */
export function takeNext(zone: Zone, now: Micros): { readonly node: string; readonly zone: Zone } | null {
  const [node, ...queue] = zone.queue;
  if (node === undefined || zone.interval === NEVER || now < zone.nextAt) return null;
  return { node, zone: { ...zone, queue, nextAt: now + zone.interval } };
}

/** µs until the next queued node may be taken; `null` when none waits, or none may. */
export function untilNext(zones: ReadonlyMap<string, Zone>, now: Micros): Micros | null {
  let soonest: Micros | null = null;
  for (const zone of zones.values()) {
    if (zone.queue.length === 0 || zone.interval === NEVER) continue;
    const wait = Math.max(0, zone.nextAt - now);
    if (soonest === null || wait < soonest) soonest = wait;
  }
  return soonest;
}

function mapValues<T>(map: ReadonlyMap<string, T>, change: (value: T, key: string) => T): ReadonlyMap<string, T> {
  return new Map([...map].map(([key, value]) => [key, change(value, key)]));
}
