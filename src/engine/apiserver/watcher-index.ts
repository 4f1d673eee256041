/**
 * Who watches a resource, found by what a change can concern: one object, one node's pods, one namespace, or all. A
 * change costs a few look-ups however many watch elsewhere. Plain data.
 */
import type { Form } from './form';
import type { ProcessId } from '#engine/kernel/process';
import type { EventId } from '#engine/kernel/process';
import type { Selection } from './selection';
import type { WatchEvent } from './wire';

export interface Watcher {
  readonly client: ProcessId;
  readonly id: number;
  readonly resource: string;
  readonly selection: Selection;
  readonly bookmarks: boolean;
  /** Events come as Tables; the first carries the columns. */
  /** What objects are told as; null: as they are. */
  readonly form: Form | null;
  /** Of a Table: what a row carries of its object. */
  readonly include: string;
  tableStarted: boolean;
  /** Changes up to here have been sent or are none of its business. */
  revision: number;
  /** What gathers during a batch. */
  outgoing: WatchEvent[];
  /** Fires when its time is over. */
  timer: EventId | null;
  /** The last bookmark before its end was sent. */
  ending: boolean;
}

type Group = Map<string, Watcher>;

export interface WatcherIndex {
  readonly byKey: Map<string, Group>;
  readonly byNode: Map<string, Group>;
  readonly byNamespace: Map<string, Group>;
  readonly all: Group;
  size: number;
}

export function newWatcherIndex(): WatcherIndex {
  return { byKey: new Map(), byNode: new Map(), byNamespace: new Map(), all: new Map(), size: 0 };
}

const nameOf = (watcher: Watcher): string => `${watcher.id}@${watcher.client}`;

/** The one map of groups a watcher belongs to, and its name there; null: to all. */
function placeOf(
  index: WatcherIndex,
  { selection }: Watcher,
): { readonly groups: Map<string, Group>; readonly name: string } | null {
  if (selection.key !== null) return { groups: index.byKey, name: selection.key };
  if (selection.node !== null) return { groups: index.byNode, name: selection.node };
  if (selection.namespace !== '') return { groups: index.byNamespace, name: selection.namespace };
  return null;
}

export function addToIndex(index: WatcherIndex, watcher: Watcher): void {
  index.size++;
  const place = placeOf(index, watcher);
  if (place === null) {
    index.all.set(nameOf(watcher), watcher);
    return;
  }
  const group = place.groups.get(place.name);
  if (group === undefined) place.groups.set(place.name, new Map([[nameOf(watcher), watcher]]));
  else group.set(nameOf(watcher), watcher);
}

export function removeFromIndex(index: WatcherIndex, watcher: Watcher): void {
  const place = placeOf(index, watcher);
  const group = place === null ? index.all : place.groups.get(place.name);
  if (group === undefined || !group.delete(nameOf(watcher))) return;
  index.size--;
  if (place !== null && group.size === 0) place.groups.delete(place.name);
}

/** Calls `visit` for every watcher whom a change of this object may concern, in the same order in every run. */
export function visitWatchers(
  index: WatcherIndex,
  key: string,
  namespace: string,
  nodes: readonly [string, string] | null,
  visit: (watcher: Watcher) => void,
): void {
  for (const watcher of index.all.values()) visit(watcher);
  if (index.byNamespace.size > 0) index.byNamespace.get(namespace)?.forEach(visit);
  if (index.byKey.size > 0) index.byKey.get(key)?.forEach(visit);
  if (nodes === null || index.byNode.size === 0) return;
  index.byNode.get(nodes[0])?.forEach(visit);
  if (nodes[1] !== nodes[0]) index.byNode.get(nodes[1])?.forEach(visit);
}

/** All watchers of a resource. */
export function allWatchers(index: WatcherIndex): Watcher[] {
  const watchers = [...index.all.values()];
  for (const groups of [index.byNamespace, index.byKey, index.byNode]) {
    for (const group of groups.values()) watchers.push(...group.values());
  }
  return watchers;
}
