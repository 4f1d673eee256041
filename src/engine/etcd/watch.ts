/**
 * Watches of one member: who wants to hear of which keys. Watchers of the same range form a group, so that a change is
 * matched once and its list of events is shared by all of them; exact keys are found by a map, ranges by
 * binary search. Plain data.
 *
 * @source etcd server/storage/mvcc/watchable_store.go, watcher_group.go
 */
import type { ProcessId } from '#engine/kernel/process';
import type { KeyRange, KvEvent } from './wire';

export interface Watcher {
  readonly client: ProcessId;
  readonly id: number;
  /** Changes below it are none of its business. */
  readonly startRevision: number;
  readonly requireLeader: boolean;
  readonly group: string;
}

export interface WatcherGroup {
  readonly name: string;
  readonly range: KeyRange;
  readonly watchers: Map<string, Watcher>;
  /** Changes of the batch being applied. */
  pending: KvEvent[];
}

export interface Watchers {
  readonly groups: Map<string, WatcherGroup>;
  /** Groups with a `rangeEnd`, sorted by where they begin. */
  readonly ranges: WatcherGroup[];
  /** For each of `ranges`, the furthest end of it and of all before it; `\uffff` when one has no end. */
  readonly furthest: string[];
  readonly byClient: Map<ProcessId, Map<number, Watcher>>;
  /** Groups with pending changes, in order of their first change. */
  readonly touched: WatcherGroup[];
}

export interface Delivery {
  readonly watcher: Watcher;
  readonly events: readonly KvEvent[];
}

export function newWatchers(): Watchers {
  return { groups: new Map(), ranges: [], furthest: [], byClient: new Map(), touched: [] };
}

const endOf = (range: KeyRange): string => (range.rangeEnd === '\0' ? '\uffff' : (range.rangeEnd ?? ''));
const memberName = (client: ProcessId, id: number): string => `${id}@${client}`;

function indexRanges(watchers: Watchers): void {
  watchers.furthest.length = 0;
  let furthest = '';
  for (const group of watchers.ranges) {
    const end = endOf(group.range);
    if (end > furthest) furthest = end;
    watchers.furthest.push(furthest);
  }
}

/** Position of the first of `ranges` that begins above `key`. */
function upperBound(watchers: Watchers, key: string): number {
  let low = 0;
  let high = watchers.ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (watchers.ranges[middle]!.range.key <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function addWatcher(
  watchers: Watchers,
  client: ProcessId,
  id: number,
  range: KeyRange,
  startRevision: number,
  requireLeader = false,
): Watcher {
  removeWatcher(watchers, client, id);
  const name = range.rangeEnd === undefined ? range.key : `${range.key}\0${range.rangeEnd}`;
  let group = watchers.groups.get(name);
  if (group === undefined) {
    group = { name, range, watchers: new Map(), pending: [] };
    watchers.groups.set(name, group);
    if (range.rangeEnd !== undefined) {
      watchers.ranges.splice(upperBound(watchers, range.key), 0, group);
      indexRanges(watchers);
    }
  }
  const watcher: Watcher = Object.freeze({ client, id, startRevision, requireLeader, group: name });
  group.watchers.set(memberName(client, id), watcher);
  const own = watchers.byClient.get(client);
  if (own === undefined) watchers.byClient.set(client, new Map([[id, watcher]]));
  else own.set(id, watcher);
  return watcher;
}

/** Ends a watch; false when there was none. */
export function removeWatcher(watchers: Watchers, client: ProcessId, id: number): boolean {
  const own = watchers.byClient.get(client);
  const watcher = own?.get(id);
  if (own === undefined || watcher === undefined) return false;
  own.delete(id);
  if (own.size === 0) watchers.byClient.delete(client);
  const group = watchers.groups.get(watcher.group)!;
  group.watchers.delete(memberName(client, id));
  if (group.watchers.size > 0) return true;
  watchers.groups.delete(group.name);
  if (group.range.rangeEnd !== undefined) {
    watchers.ranges.splice(watchers.ranges.indexOf(group), 1);
    indexRanges(watchers);
  }
  return true;
}

/** Ends all watches of a client that is gone. */
export function removeClient(watchers: Watchers, client: ProcessId): void {
  for (const id of [...(watchers.byClient.get(client)?.keys() ?? [])]) removeWatcher(watchers, client, id);
}

function touch(watchers: Watchers, group: WatcherGroup, event: KvEvent): void {
  if (group.pending.length === 0) watchers.touched.push(group);
  group.pending.push(event);
}

/** Notes a change for all whom it concerns; `takeDeliveries` hands it out. */
export function notifyWatchers(watchers: Watchers, event: KvEvent): void {
  const key = event.kv.key;
  const exact = watchers.groups.get(key);
  if (exact !== undefined) touch(watchers, exact, event);
  for (let i = upperBound(watchers, key) - 1; i >= 0 && watchers.furthest[i]! > key; i--) {
    const group = watchers.ranges[i]!;
    if (endOf(group.range) > key) touch(watchers, group, event);
  }
}

/** What each watcher gets of the changes noted since the last time: one list a group, shared. */
export function takeDeliveries(watchers: Watchers): Delivery[] {
  const deliveries: Delivery[] = [];
  for (const group of watchers.touched) {
    const all = group.pending;
    group.pending = [];
    const first = all[0]!.kv.modRevision;
    for (const watcher of group.watchers.values()) {
      const events =
        watcher.startRevision <= first ? all : all.filter((event) => event.kv.modRevision >= watcher.startRevision);
      if (events.length > 0) deliveries.push({ watcher, events });
    }
  }
  watchers.touched.length = 0;
  return deliveries;
}
