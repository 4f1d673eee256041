/**
 * Hints by the annotation `service.kubernetes.io/topology-mode: Auto`: every zone gets endpoints by its share of the CPU, its own
 * first; where a zone has too many of them, some are for another.
 *
 * @source kubernetes endpointslice/topologycache/topologycache.go (AddHints), sliceinfo.go, utils.go, event.go
 */
import { TOPOLOGY_AWARE_HINTS, TOPOLOGY_MODE } from '#engine/api/traffic-hints';
import { keyOf } from '#engine/api/meta';
import type { Endpoint, EndpointSlice, Service } from '#engine/api/types';
import type { Change, View } from '#engine/client/plan';
import { CONTROLLER_NAME, MANAGED_BY } from './slices';
import {
  allocationsOf,
  type Counts,
  cpuShares,
  hintsThatStay,
  isEndpointReady,
  isNodeReady,
  isOverloaded,
  movesBetween,
  type Shares,
  zoneOfNode,
} from './zone-shares';

/** The older name goes first. */
export function isTopologyAware({ metadata: { annotations = {} } }: Service): boolean {
  const mode = annotations[TOPOLOGY_AWARE_HINTS] ?? annotations[TOPOLOGY_MODE];
  return mode === 'Auto' || mode === 'auto';
}

/** Endpoints of slices, with hints: of those that are written in any case, and of the others that must be. */
export interface Spread {
  readonly written: readonly (readonly Endpoint[])[];
  readonly changed: ReadonlyMap<EndpointSlice, readonly Endpoint[]>;
}

/**
 * @param written - the endpoints of slices that are written in any case
 * @param others - slices that could stay as they are
 * @returns why there can be no hints, if that is so
 */
export function spreadOverZones(
  shares: Shares | null,
  written: readonly (readonly Endpoint[])[],
  others: readonly EndpointSlice[],
): Spread | string {
  if (shares === null)
    return 'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes';
  const all = [...written, ...others.map(({ endpoints = [] }) => endpoints)];
  const ready = all.flat().filter(isEndpointReady).length;
  const counts = `(${ready} endpoints, ${shares.size} zones)`;
  if (shares.size > ready) return `Insufficient number of endpoints ${counts}`;
  const allocations = allocationsOf(shares, ready);
  if (allocations === null)
    return `Unable to allocate minimum required endpoints to each zone without exceeding overload threshold ${counts}`;

  const hinted = new Map<string, number>();
  const moved: EndpointSlice[] = [];
  for (const slice of others) {
    const stay = hintsThatStay(slice, hinted, allocations);
    if (stay === null) moved.push(slice);
    else for (const [zone, count] of stay) hinted.set(zone, (hinted.get(zone) ?? 0) + count);
  }
  const open = [...written, ...moved.map(({ endpoints = [] }) => endpoints)];
  for (const endpoint of open.flat()) {
    if (!isEndpointReady(endpoint)) continue;
    const { zone = '' } = endpoint;
    if (zone === '') return 'One or more endpoints do not have a zone specified';
    hinted.set(zone, (hinted.get(zone) ?? 0) + 1);
  }
  const { giving, receiving } = movesBetween(allocations, hinted);
  const spread = open.map((endpoints) => endpoints.map((endpoint) => forItsZone(endpoint, giving, receiving)));
  return {
    written: spread.slice(0, written.length),
    changed: new Map(moved.map((slice, index) => [slice, spread[written.length + index]!])),
  };
}

/** For its own zone, or, where that gives, for the first that gets; what is given is taken off. */
function forItsZone(endpoint: Endpoint, giving: Map<string, number>, receiving: Map<string, number>): Endpoint {
  if (!isEndpointReady(endpoint)) return endpoint;
  const own = endpoint.zone!;
  const [to] = receiving.keys();
  const gives = giving.has(own) && to !== undefined;
  if (gives) {
    takeOne(giving, own);
    takeOne(receiving, to);
  }
  return { ...endpoint, hints: { forZones: [{ name: gives ? to : own }] } };
}

function takeOne(counts: Map<string, number>, zone: string): void {
  const left = counts.get(zone)! - 1;
  if (left === 0) counts.delete(zone);
  else counts.set(zone, left);
}

/** Services that a node's coming, going or change of zone or readiness leaves with too few endpoints for some zone. */
export function overloadedServices({ object, old }: Change<'Node'>, view: View): readonly string[] {
  const isSame =
    old !== undefined && isNodeReady(old) === isNodeReady(object) && zoneOfNode(old) === zoneOfNode(object);
  if (isSame) return [];
  const shares = cpuShares(view.list('Node'));
  return view
    .list('Service')
    .filter(
      (service) => isTopologyAware(service) && hintsOf(service, view).some((hints) => isOverloaded(hints, shares)),
    )
    .map(keyOf);
}

/** For how many endpoints each zone is hinted, by family of addresses. */
function hintsOf({ metadata }: Service, view: View): readonly Counts[] {
  const families = new Map<string, Map<string, number>>();
  for (const { addressType, endpoints = [], metadata: own } of view.ownedBy('EndpointSlice', metadata.uid)) {
    if (own.labels?.[MANAGED_BY] !== CONTROLLER_NAME) continue;
    const counts = families.get(addressType) ?? new Map<string, number>();
    families.set(addressType, counts);
    for (const endpoint of endpoints)
      for (const { name } of isEndpointReady(endpoint) ? (endpoint.hints?.forZones ?? []) : [])
        counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...families.values()];
}
