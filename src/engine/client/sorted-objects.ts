/**
 * Objects kept in order of namespace, then name, by bytes: what lists are cut from. Derived from a store, never saved.
 */
import { type PodStanding, standingOf } from '#engine/api/pod-standing';
import type { KubeObject, Pod } from '#engine/api/types';

/** They stand in blocks, so that one that comes or goes moves few others. */
export interface Sorted {
  /** At least one; none but the only one is empty. */
  readonly blocks: Block[];
  /** Whether these are pods of one owner, or of none, whose standings are kept beside them. */
  readonly hasStandings: boolean;
  /** What readers were given; null since the last change. */
  snapshot: readonly KubeObject[] | null;
  /** Objects that came or went since the last read. */
  unread: number;
}

interface Block {
  readonly objects: KubeObject[];
  /** The place of each object, so that a search reads no object: most have long gone from the processor's cache. */
  readonly places: string[];
  /** As many, or none. */
  readonly standings: PodStanding[];
}

/** A block that grows beyond it is cut in two. */
const MOST_IN_BLOCK = 512;

/** Where an object stands: its namespace and name, whose order by bytes is that of the text. In one piece, as it is compared often. */
export const placeOf = ({ metadata: { namespace, name } }: KubeObject): string => [namespace ?? '', name].join('\0');

export function newSorted(objects: Iterable<KubeObject>, hasStandings = false): Sorted {
  const placed = Array.from(objects, (object) => ({ object, place: placeOf(object) }));
  placed.sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0));
  const ordered = placed.map(({ object }) => object);
  const standings = hasStandings ? ordered.map((object) => standingOf(object as Pod)) : [];
  const block: Block = { objects: ordered, places: placed.map(({ place }) => place), standings };
  const sorted: Sorted = { blocks: [block], hasStandings, snapshot: null, unread: 0 };
  for (let at = 0; at < sorted.blocks.length; at++) cut(sorted, at);
  return sorted;
}

/** The objects in order. Later changes do not show in it. */
export function published(sorted: Sorted): readonly KubeObject[] {
  sorted.unread = 0;
  return (sorted.snapshot ??= ([] as KubeObject[]).concat(...sorted.blocks.map(({ objects }) => objects)));
}

/** The standings of the pods, in their order. */
export const standingsIn = ({ blocks }: Sorted): readonly PodStanding[] =>
  ([] as PodStanding[]).concat(...blocks.map(({ standings }) => standings));

/** Puts an object in, in the place of the one of its name if there is one. */
export function insert(sorted: Sorted, object: KubeObject, place: string): void {
  const number = Math.min(blockOf(sorted, place), sorted.blocks.length - 1);
  const { objects, places, standings } = sorted.blocks[number]!;
  const at = position(places, place);
  sorted.snapshot = null;
  const isKnown = places[at] === place;
  if (sorted.hasStandings) standings.splice(at, isKnown ? 1 : 0, standingOf(object as Pod));
  if (isKnown) {
    objects[at] = object;
    return;
  }
  objects.splice(at, 0, object);
  places.splice(at, 0, place);
  sorted.unread += 1;
  cut(sorted, number);
}

/** Takes the object of this place out. @returns whether none is left */
export function remove(sorted: Sorted, place: string): boolean {
  const { blocks } = sorted;
  const number = blockOf(sorted, place);
  const block = blocks[number];
  if (block === undefined) return false;
  const { objects, places, standings } = block;
  const at = position(places, place);
  if (places[at] !== place) return false;
  objects.splice(at, 1);
  places.splice(at, 1);
  standings.splice(at, 1);
  sorted.snapshot = null;
  sorted.unread += 1;
  if (places.length > 0) return false;
  if (blocks.length === 1) return true;
  blocks.splice(number, 1);
  return false;
}

/** The second half of a block that is too long becomes one of its own, which may be too long itself. */
function cut({ blocks }: Sorted, number: number): void {
  const { objects, places, standings } = blocks[number]!;
  if (places.length <= MOST_IN_BLOCK) return;
  const half = MOST_IN_BLOCK / 2;
  const rest = { objects: objects.splice(half), places: places.splice(half), standings: standings.splice(half) };
  blocks.splice(number + 1, 0, rest);
}

/** Number of the first block whose last place is not before this one; that of no block: all are before it. */
function blockOf({ blocks }: Sorted, place: string): number {
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const { places } = blocks[middle]!;
    if (places.length > 0 && places[places.length - 1]! < place) low = middle + 1;
    else high = middle;
  }
  return low;
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
