/**
 * Packs endpoints of one set of ports into slices, changing as few slices as it can: slices that change anyway are filled
 * first, fullest first; then the unchanged slice into which the rest fits best; then new ones. Slices are not rebalanced.
 *
 * @source kubernetes endpointslice/reconciler.go (reconcileByPortMapping), utils.go (getSliceToFill)
 */
import { deepEqual } from '#engine/api/json';
import type { Endpoint, EndpointSlice } from '#engine/api/types';
import { endpointKey } from './endpoints';

/** `--max-endpoints-per-slice` */
export const MAX_ENDPOINTS_PER_SLICE = 100;

/** What becomes of the slices. Those that are not named stay as they are. */
export interface Packing {
  /** Endpoints of each new slice. */
  readonly creates: readonly (readonly Endpoint[])[];
  readonly updates: ReadonlyMap<EndpointSlice, readonly Endpoint[]>;
  readonly deletes: readonly EndpointSlice[];
}

/**
 * @param existing - the slices of these ports
 * @param desired - the endpoints that there are to be
 * @param isStale - slices that must be written whatever their endpoints (their labels are out of date)
 * @param isSame - whether a stored endpoint can stay as it is
 */
export function pack(
  existing: readonly EndpointSlice[],
  desired: readonly Endpoint[],
  isStale: (slice: EndpointSlice) => boolean,
  maxPerSlice = MAX_ENDPOINTS_PER_SLICE,
  isSame: (next: Endpoint, stored: Endpoint) => boolean = deepEqual,
): Packing {
  const wanted = new Map(desired.map((endpoint) => [endpointKey(endpoint), endpoint]));
  const updates = new Map<EndpointSlice, Endpoint[]>();
  const unchanged = new Set<EndpointSlice>();
  const deletes: EndpointSlice[] = [];
  for (const slice of existing) {
    const { kept, changed } = keepWanted(slice, wanted, isSame);
    if (changed && kept.length === 0) deletes.push(slice);
    else if (changed || isStale(slice)) updates.set(slice, kept);
    else unchanged.add(slice);
  }

  const rest = [...wanted.values()];
  let taken = 0;
  const fill = (endpoints: Endpoint[]): Endpoint[] => {
    const room = Math.max(0, maxPerSlice - endpoints.length);
    const filled = [...endpoints, ...rest.slice(taken, taken + room)];
    taken = Math.min(rest.length, taken + room);
    return filled;
  };
  for (const [slice, endpoints] of [...updates].sort(([, a], [, b]) => b.length - a.length)) {
    if (taken < rest.length) updates.set(slice, fill(endpoints));
  }
  const creates: Endpoint[][] = [];
  while (taken < rest.length) {
    const left = rest.length - taken;
    const slice = left < maxPerSlice ? bestFit(unchanged, left, maxPerSlice) : null;
    if (slice === null) {
      creates.push(fill([]));
    } else {
      updates.set(slice, fill([...(slice.endpoints ?? [])]));
      unchanged.delete(slice);
    }
  }
  return { creates, updates, deletes };
}

/** The slice's endpoints that are still wanted, as they are to be; they are taken out of `wanted`. */
function keepWanted(
  slice: EndpointSlice,
  wanted: Map<string, Endpoint>,
  isSame: (next: Endpoint, stored: Endpoint) => boolean,
): { readonly kept: Endpoint[]; readonly changed: boolean } {
  const kept: Endpoint[] = [];
  const endpoints = slice.endpoints ?? [];
  let changed = false;
  for (const endpoint of endpoints) {
    const key = endpointKey(endpoint);
    const next = wanted.get(key);
    if (next === undefined) continue;
    wanted.delete(key);
    kept.push(next);
    if (!isSame(next, endpoint)) changed = true;
  }
  return { kept, changed: changed || kept.length !== endpoints.length };
}

/** The fullest slice that has room for so many more. */
function bestFit(slices: ReadonlySet<EndpointSlice>, count: number, maxPerSlice: number): EndpointSlice | null {
  let best: EndpointSlice | null = null;
  for (const slice of slices) {
    const size = slice.endpoints?.length ?? 0;
    if (size + count > maxPerSlice) continue;
    if (best === null || size > (best.endpoints?.length ?? 0)) best = slice;
  }
  return best;
}
