/**
 * Objects kept in order of namespace, then name, by bytes: what lists are cut from. Derived from a store, never saved.
 */
import type { KubeObject } from '#engine/api/types';

export interface Sorted {
  readonly order: KubeObject[];
  /** What readers were given; null since the last change. */
  snapshot: readonly KubeObject[] | null;
  /** Objects that came or went since the last read. */
  unread: number;
}

export function newSorted(objects: Iterable<KubeObject>): Sorted {
  return { order: [...objects].sort(byNamespaceAndName), snapshot: null, unread: 0 };
}

/** The objects in order. Later changes do not show in it. */
export function published(sorted: Sorted): readonly KubeObject[] {
  sorted.unread = 0;
  return (sorted.snapshot ??= sorted.order.slice());
}

/** Puts an object in, in the place of the one of its name if there is one. */
export function insert(sorted: Sorted, object: KubeObject): void {
  const { order } = sorted;
  sorted.snapshot = null;
  const last = order.at(-1);
  if (last === undefined || byNamespaceAndName(last, object) < 0) {
    order.push(object);
    sorted.unread += 1;
    return;
  }
  const at = position(order, object);
  const there = order[at];
  if (there !== undefined && byNamespaceAndName(there, object) === 0) {
    order[at] = object;
    return;
  }
  order.splice(at, 0, object);
  sorted.unread += 1;
}

/** Takes the object of this namespace and name out. */
export function remove(sorted: Sorted, object: KubeObject): void {
  const at = position(sorted.order, object);
  const there = sorted.order[at];
  if (there === undefined || byNamespaceAndName(there, object) !== 0) return;
  sorted.order.splice(at, 1);
  sorted.snapshot = null;
  sorted.unread += 1;
}

function position(order: readonly KubeObject[], object: KubeObject): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const there = order[middle];
    if (there !== undefined && byNamespaceAndName(there, object) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function byNamespaceAndName(a: KubeObject, b: KubeObject): number {
  const left = a.metadata.namespace ?? '';
  const right = b.metadata.namespace ?? '';
  if (left !== right) return left < right ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : a.metadata.name > b.metadata.name ? 1 : 0;
}
