/**
 * Objects kept in order of namespace, then name, by bytes: what lists are cut from. Derived from a store, never saved.
 */
import type { KubeObject } from '#engine/api/types';

export interface Sorted {
  readonly order: KubeObject[];
  /** The place of each object, so that a search reads no object: most have long gone from the processor's cache. */
  readonly places: string[];
  /** What readers were given; null since the last change. */
  snapshot: readonly KubeObject[] | null;
  /** Objects that came or went since the last read. */
  unread: number;
}

/** Where an object stands: its namespace and name, whose order by bytes is that of the text. In one piece, as it is compared often. */
export const placeOf = ({ metadata: { namespace, name } }: KubeObject): string => [namespace ?? '', name].join('\0');

export function newSorted(objects: Iterable<KubeObject>): Sorted {
  const placed = Array.from(objects, (object) => ({ object, place: placeOf(object) }));
  placed.sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0));
  return {
    order: placed.map(({ object }) => object),
    places: placed.map(({ place }) => place),
    snapshot: null,
    unread: 0,
  };
}

/** The objects in order. Later changes do not show in it. */
export function published(sorted: Sorted): readonly KubeObject[] {
  sorted.unread = 0;
  return (sorted.snapshot ??= sorted.order.slice());
}

/** Puts an object in, in the place of the one of its name if there is one. */
export function insert(sorted: Sorted, object: KubeObject, place: string): void {
  const { order, places } = sorted;
  sorted.snapshot = null;
  const last = places.at(-1);
  if (last === undefined || last < place) {
    order.push(object);
    places.push(place);
    sorted.unread += 1;
    return;
  }
  const at = position(places, place);
  if (places[at] === place) {
    order[at] = object;
    return;
  }
  order.splice(at, 0, object);
  places.splice(at, 0, place);
  sorted.unread += 1;
}

/** Takes the object of this place out. */
export function remove(sorted: Sorted, place: string): void {
  const at = position(sorted.places, place);
  if (sorted.places[at] !== place) return;
  sorted.order.splice(at, 1);
  sorted.places.splice(at, 1);
  sorted.snapshot = null;
  sorted.unread += 1;
}

function position(places: readonly string[], place: string): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (places[middle]! < place) low = middle + 1;
    else high = middle;
  }
  return low;
}
