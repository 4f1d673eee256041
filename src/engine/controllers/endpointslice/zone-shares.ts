/**
 * How many endpoints each zone is to have: by the CPU of its nodes, so that no endpoint gets more than a fifth above its share.
 * Maps are in order of zones; upstream takes them as Go's maps come.
 *
 * @source kubernetes endpointslice/topologycache/topologycache.go (SetNodes, getAllocations), utils.go
 * @simplified shares are of the nodes as they are now, upstream's of the last time that one came, went, or changed zone or readiness
 */
import { byteOrder } from '#engine/api/json';
import { hasCondition } from '#engine/api/meta';
import { milliValue } from '#engine/api/quantity';
import type { Endpoint, EndpointSlice, Node } from '#engine/api/types';

/** By zone, of one; null when the nodes do not tell. */
export type Shares = ReadonlyMap<string, number>;
/** By zone. */
export type Counts = ReadonlyMap<string, number>;

export interface Allocation {
  readonly minimum: number;
  readonly maximum: number;
  readonly desired: number;
}

const OVERLOAD = 0.2;
const LEAST = 1 / (1 + OVERLOAD);
const ZONE = 'topology.kubernetes.io/zone';
const EXCLUDED = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'] as const;

export const zoneOfNode = ({ metadata }: Node): string => metadata.labels?.[ZONE] ?? '';
export const isNodeReady = ({ status }: Node): boolean => hasCondition(status.conditions, 'Ready');
export const isEndpointReady = ({ conditions }: Endpoint): boolean => conditions?.ready === true;

/** One ready node without zone or CPU is enough for none to be told; so is a single zone. */
export function cpuShares(nodes: readonly Node[]): Shares | null {
  const cpu = new Map<string, number>();
  let total = 0;
  for (const node of nodes) {
    const { labels = {} } = node.metadata;
    if (EXCLUDED.some((label) => label in labels) || !isNodeReady(node)) continue;
    const milli = milliValue(node.status.allocatable?.['cpu']);
    const zone = zoneOfNode(node);
    if (zone === '' || milli === 0) return null;
    cpu.set(zone, (cpu.get(zone) ?? 0) + milli);
    total += milli;
  }
  if (cpu.size < 2) return null;
  return new Map([...cpu].sort(([a], [b]) => byteOrder(a, b)).map(([zone, milli]) => [zone, milli / total]));
}

/** `null` when the least that the zones need is more than there is. */
export function allocationsOf(shares: Shares, endpoints: number): ReadonlyMap<string, Allocation> | null {
  const needs = [...shares].map(([zone, share]) => {
    const exact = share * endpoints;
    return { zone, exact, minimum: Math.ceil(exact * LEAST) };
  });
  const spare = endpoints - needs.reduce((sum, { minimum }) => sum + minimum, 0);
  if (spare < 0) return null;
  return new Map(
    needs.map(({ zone, exact, minimum }) => [
      zone,
      { minimum, maximum: minimum + spare, desired: Math.max(exact, minimum) },
    ]),
  );
}

/** For which zones a slice's ready endpoints are, if that can stay beside what others have taken; else `null`. */
export function hintsThatStay(
  { endpoints = [] }: Pick<EndpointSlice, 'endpoints'>,
  taken: Counts,
  allocations: ReadonlyMap<string, Pick<Allocation, 'maximum'>>,
): Counts | null {
  const counts = new Map<string, number>();
  for (const endpoint of endpoints) {
    if (!isEndpointReady(endpoint)) continue;
    const zones = endpoint.hints?.forZones ?? [];
    if (zones.length === 0) return null;
    for (const { name } of zones) {
      if (!allocations.has(name)) return null;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  for (const [zone, count] of counts) if (count + (taken.get(zone) ?? 0) > allocations.get(zone)!.maximum) return null;
  return counts;
}

/** How many endpoints each zone gives to others, and how many each gets. Parts of one move only where they are a half or more. */
export function movesBetween(
  allocations: ReadonlyMap<string, Pick<Allocation, 'desired'>>,
  hinted: Counts,
): { readonly giving: Map<string, number>; readonly receiving: Map<string, number> } {
  const surplus = new Map<string, number>();
  const want = new Map<string, number>();
  for (const [zone, { desired }] of allocations) {
    const over = (hinted.get(zone) ?? 0) - desired;
    if (over > 0) surplus.set(zone, over);
    else if (over < 0) want.set(zone, -over);
  }
  const giving = new Map<string, number>();
  const receiving = new Map<string, number>();
  for (;;) {
    const [from, extra] = mostOf(surplus);
    const [to, needed] = mostOf(want);
    if (extra < 0.5 || needed < 0.5 || (extra < 1 && needed < 1)) return { giving, receiving };
    move(giving, surplus, from);
    move(receiving, want, to);
  }
}

function move(whole: Map<string, number>, left: Map<string, number>, zone: string): void {
  whole.set(zone, (whole.get(zone) ?? 0) + 1);
  left.set(zone, left.get(zone)! - 1);
}

function mostOf(counts: Counts): readonly [string, number] {
  let most: readonly [string, number] = ['', 0];
  for (const entry of counts) if (entry[1] > most[1]) most = entry;
  return most;
}

/** Whether some zone has fewer endpoints than it needs. */
export function isOverloaded(hinted: Counts, shares: Shares | null): boolean {
  if (hinted.size === 0) return false;
  if (shares === null) return true;
  const total = [...hinted.values()].reduce((sum, count) => sum + count, 0);
  return [...shares].some(([zone, share]) => (hinted.get(zone) ?? -1) < Math.ceil(total * share * LEAST));
}
