/**
 * What etcd promises of a watch, checked on what watchers were told: ordered, unique, atomic, reliable, resumable,
 * bookmarkable; with each event the value before it, its creation, and nothing but the keys that were asked for.
 *
 * @source etcd.io/docs learning/api_guarantees (Watch APIs)
 */
import { inRange } from '../mvcc';
import type { KeyRange, KeyValue, KvEvent } from '../wire';

type StreamItem =
  | { readonly type: 'events'; readonly events: readonly KvEvent[] }
  /** A member said that all up to `revision` was told. */
  | { readonly type: 'progress'; readonly revision: number };

/** All that one watcher was told, at whichever member it resumed where it had come to. */
export interface WatchStream {
  readonly name: string;
  readonly range: KeyRange;
  /** The first revision it asked for. */
  readonly from: number;
  readonly items: StreamItem[];
}

/** The last revision that a watcher knows all of: it resumes behind it. */
export function revisionOf({ from, items }: WatchStream): number {
  let revision = from - 1;
  for (const item of items) {
    const reached = item.type === 'progress' ? item.revision : (item.events.at(-1)?.kv.modRevision ?? 0);
    revision = Math.max(revision, reached);
  }
  return revision;
}

/** What happened, by revision and key, as all streams together tell it. */
export type History = ReadonlyMap<number, ReadonlyMap<string, KvEvent>>;

const kvText = (kv: KeyValue): string =>
  `${kv.key}=${String(kv.value)}@${kv.modRevision} c${kv.createRevision} v${kv.version} l${kv.lease}`;
const eventText = ({ type, kv, prev }: KvEvent): string =>
  `${type} ${kvText(kv)} was ${prev === null ? 'nothing' : kvText(prev)}`;

/**
 * @param compacted - revisions at which the history was compacted: a deletion there may be told without what it deleted
 * @returns what is wrong, a sentence each, and the history that the streams tell
 */
export function checkWatches(
  streams: readonly WatchStream[],
  compacted: ReadonlySet<number> = new Set(),
): { violations: string[]; history: History } {
  const isForgotten = ({ type, kv, prev }: KvEvent): boolean =>
    type === 'delete' && prev === null && compacted.has(kv.modRevision);
  const violations: string[] = [];
  const told = new Map<number, Map<string, KvEvent>>();
  for (const stream of streams) {
    const say = (text: string): void => void violations.push(`${stream.name}: ${text}`);
    checkOrder(stream, say);
    checkValues(stream, isForgotten, say);
    for (const event of eventsOf(stream)) {
      const { key, modRevision } = event.kv;
      const at = told.get(modRevision) ?? new Map<string, KvEvent>();
      told.set(modRevision, at);
      const other = at.get(key);
      if (other === undefined || isForgotten(other)) at.set(key, event);
      else if (!isForgotten(event) && eventText(other) !== eventText(event)) {
        say(`tells of ${eventText(event)}, another of ${eventText(other)}`);
      }
    }
  }
  const history = new Map([...told].sort(([a], [b]) => a - b));
  for (const stream of streams) {
    checkReliable(stream, history, (text) => void violations.push(`${stream.name}: ${text}`));
  }
  return { violations, history };
}

const eventsOf = ({ items }: WatchStream): KvEvent[] =>
  items.flatMap((item) => (item.type === 'events' ? item.events : []));

/** Ordered, unique, atomic, bookmarkable: a message holds whole revisions, all above what was told before. */
function checkOrder({ range, from, items }: WatchStream, say: (text: string) => void): void {
  let reached = from - 1;
  for (const item of items) {
    if (item.type === 'progress') {
      reached = Math.max(reached, item.revision);
      continue;
    }
    let last = 0;
    const keys = new Set<string>();
    for (const { kv } of item.events) {
      if (!inRange(range, kv.key)) say(`${kv.key} was not asked for`);
      if (kv.modRevision <= reached) say(`revision ${kv.modRevision} comes after ${reached}`);
      if (kv.modRevision < last) say(`revision ${kv.modRevision} comes after ${last} in one message`);
      if (kv.modRevision > last) keys.clear();
      if (keys.has(kv.key)) say(`${kv.key} changes twice at ${kv.modRevision}`);
      keys.add(kv.key);
      last = kv.modRevision;
    }
    reached = Math.max(reached, last);
  }
}

/** Previous value and creation: each event of a key begins with what the one before it left. */
function checkValues(stream: WatchStream, isForgotten: (event: KvEvent) => boolean, say: (text: string) => void): void {
  const known = new Map<string, KeyValue | null>();
  for (const event of eventsOf(stream)) {
    const { type, kv, prev } = event;
    const before = isForgotten(event) ? undefined : known.get(kv.key);
    if (before !== undefined && (before === null ? prev !== null : prev === null || kvText(prev) !== kvText(before))) {
      say(`${eventText(event)}, but it was ${before === null ? 'nothing' : kvText(before)}`);
    }
    known.set(kv.key, type === 'put' ? kv : null);
    if (isForgotten(event)) continue;
    const fits =
      type === 'delete'
        ? prev !== null && kv.version === 0
        : prev === null
          ? kv.version === 1 && kv.createRevision === kv.modRevision
          : kv.version === prev.version + 1 && kv.createRevision === prev.createRevision;
    if (!fits) say(`version or creation is wrong: ${eventText(event)}`);
  }
}

/** Reliable and resumable: of all that happened between its first and its last revision nothing is missing. */
function checkReliable(stream: WatchStream, history: History, say: (text: string) => void): void {
  const until = revisionOf(stream);
  const own = new Set(eventsOf(stream).map(({ kv }) => `${kv.modRevision} ${kv.key}`));
  for (const [revision, events] of history) {
    if (revision < stream.from || revision > until) continue;
    for (const [key, event] of events) {
      if (inRange(stream.range, key) && !own.has(`${revision} ${key}`)) say(`never told of ${eventText(event)}`);
    }
  }
}

/** What a range read answered, at which revision. */
export interface RangeSeen {
  readonly range: KeyRange;
  readonly revision: number;
  readonly kvs: readonly KeyValue[];
}

/** Range reads are atomic: each shows all keys as they were at its revision. The history must be whole. */
export function checkRanges(history: History, ranges: readonly RangeSeen[]): string[] {
  const violations: string[] = [];
  const held = new Map<string, KeyValue>();
  const changes = [...history];
  let at = 0;
  for (const { range, revision, kvs } of [...ranges].sort((a, b) => a.revision - b.revision)) {
    for (; at < changes.length && changes[at]![0] <= revision; at++) {
      for (const { type, kv } of changes[at]![1].values()) {
        if (type === 'put') held.set(kv.key, kv);
        else held.delete(kv.key);
      }
    }
    const expected = [...held.values()].filter(({ key }) => inRange(range, key)).map(kvText);
    const seen = kvs.map(kvText);
    if (expected.sort().join() !== seen.sort().join()) {
      violations.push(`a range at revision ${revision} holds ${seen.join(', ')} in place of ${expected.join(', ')}`);
    }
  }
  return violations;
}

/** A write that was acknowledged. */
export interface AcknowledgedWrite {
  readonly key: string;
  readonly value: unknown;
  readonly revision: number;
}

/** Durability: every acknowledged write is in the history, at the revision that its answer named. */
export function checkWrites(history: History, writes: readonly AcknowledgedWrite[]): string[] {
  return writes.flatMap(({ key, value, revision }) => {
    const event = history.get(revision)?.get(key);
    if (event?.type === 'put' && event.kv.value === value) return [];
    const found = event === undefined ? 'nothing' : eventText(event);
    return [`acknowledged ${key}=${String(value)} at revision ${revision}: there is ${found}`];
  });
}
