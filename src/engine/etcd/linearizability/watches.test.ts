import { describe, expect, it } from 'vitest';
import type { KeyValue, KvEvent } from '../wire';
import { checkRanges, checkWatches, checkWrites, revisionOf, type WatchStream } from './watches';

const kv = (key: string, value: number, modRevision: number, createRevision: number, version: number): KeyValue => ({
  key,
  value,
  bytes: 1,
  createRevision,
  modRevision,
  version,
  lease: 0,
  cause: -1,
});
const put = (now: KeyValue, prev: KeyValue | null = null): KvEvent => ({ type: 'put', kv: now, prev });
const drop = (prev: KeyValue, revision: number): KvEvent => ({
  type: 'delete',
  kv: { ...kv(prev.key, 0, revision, 0, 0), value: null },
  prev,
});
const a2 = kv('a', 1, 2, 2, 1);
const a3 = kv('a', 2, 3, 2, 2);
const b4 = kv('b', 3, 4, 4, 1);
const a4 = kv('a', 4, 4, 2, 3);
const a6 = kv('a', 5, 6, 6, 1);
const EVENTS = { two: put(a2), three: put(a3, a2), four: put(a4, a3), fourB: put(b4), five: drop(a4, 5), six: put(a6) };
const { two, three, four, fourB, five, six } = EVENTS;

const stream = (from: number, ...messages: readonly (readonly KvEvent[] | number)[]): WatchStream => ({
  name: `from ${from}`,
  range: { key: 'a', rangeEnd: 'c' },
  from,
  items: messages.map((message) =>
    typeof message === 'number' ? { type: 'progress', revision: message } : { type: 'events', events: message },
  ),
});
const WHOLE = stream(1, [two], [three], [four, fourB], [five], 5, [six], 7);
const wrong = (...streams: WatchStream[]): string => checkWatches(streams).violations.join('\n');

describe('the watch guarantees', () => {
  it('hold of a stream that tells all, in one message or several, from the start or later', () => {
    expect(wrong(WHOLE, stream(1, [two, three, four, fourB, five, six]), stream(4, [four, fourB], 4))).toBe('');
    expect(revisionOf(WHOLE)).toBe(7);
    expect(revisionOf(stream(4))).toBe(3);
  });

  it.each([
    ['ordered', stream(1, [three], [two]), 'revision 2 comes after 3'],
    ['ordered within a message', stream(1, [three, two]), 'revision 2 comes after 3 in one message'],
    ['unique', stream(1, [two], [two]), 'revision 2 comes after 2'],
    ['unique within a message', stream(1, [two, two]), 'a changes twice at 2'],
    ['atomic', stream(4, [four], [fourB]), 'revision 4 comes after 4'],
    ['reliable', stream(1, [two], [four, fourB]), 'never told of put a=2@3'],
    ['reliable up to a bookmark', stream(1, [two], 3), 'never told of put a=2@3'],
    ['resumable: nothing from before the start', stream(3, [two]), 'revision 2 comes after 2'],
    ['bookmarkable: nothing from before the bookmark', stream(1, 2, [two]), 'revision 2 comes after 2'],
    ['the value before it', stream(1, [two], [put(a3, null)]), 'but it was a=1@2'],
    ['the value before it, after a deletion', stream(5, [five], [put(a6, a4)]), 'but it was nothing'],
    ['creation', stream(6, [put({ ...a6, createRevision: 2 })]), 'version or creation is wrong'],
    ['the filter', stream(2, [put(kv('c', 1, 2, 2, 1))]), 'c was not asked for'],
    ['the same everywhere', stream(2, [put({ ...a2, value: 9 })]), 'another of put a=1@2'],
  ])('%s', (_, told, words) => {
    expect(wrong(WHOLE, told)).toContain(words);
  });

  it('a deletion may be told without what it deleted where the history was compacted, and nowhere else', () => {
    const told = stream(4, [four], [{ ...five, prev: null }]);
    expect(checkWatches([WHOLE, { ...told, range: { key: 'a' } }], new Set([5])).violations).toEqual([]);
    expect(checkWatches([{ ...told, range: { key: 'a' } }, WHOLE], new Set([5])).violations).toEqual([]);
    expect(wrong(told)).toContain('but it was a=4@4');
  });

  it('ranges show all keys as they were at one revision', () => {
    const { history } = checkWatches([WHOLE]);
    const range = { key: 'a', rangeEnd: 'c' };
    expect(checkRanges(history, [{ range, revision: 4, kvs: [a4, b4] }])).toEqual([]);
    expect(checkRanges(history, [{ range, revision: 5, kvs: [b4] }])).toEqual([]);
    expect(checkRanges(history, [{ range, revision: 4, kvs: [a3, b4] }])).toHaveLength(1);
    expect(checkRanges(history, [{ range, revision: 4, kvs: [a4] }])).toHaveLength(1);
  });

  it('acknowledged writes are there', () => {
    const { history } = checkWatches([WHOLE]);
    expect(checkWrites(history, [{ key: 'b', value: 3, revision: 4 }])).toEqual([]);
    expect(checkWrites(history, [{ key: 'b', value: 3, revision: 5 }])).toHaveLength(1);
    expect(checkWrites(history, [{ key: 'b', value: 4, revision: 4 }])).toHaveLength(1);
  });
});
