import { describe, expect, it } from 'vitest';
import { parseTimestamp } from '#engine/api/timestamp';
import { SECOND } from '#engine/kernel/time';
import { COMBINED_PREFIX, type Correlated, type Observation, correlate, newCorrelator } from './event-correlator';
import { nanosecondsHex } from './event-name';

const about = (name: string): Observation['regarding'] => ({
  kind: 'Pod',
  name,
  namespace: 'my-ns',
  uid: `uid-${name}`,
  apiVersion: 'v1',
});
const seen = (message: string, reason = 'similar', name = 'my-pod'): Observation => ({
  regarding: about(name),
  type: 'Warning',
  reason,
  message,
});

/** Tells one after another, `interval` seconds apart; answers what became of the last. */
function tell(observations: readonly Observation[], interval: number): Correlated | null {
  const correlator = newCorrelator();
  let last: Correlated | null = null;
  observations.forEach((observation, index) => {
    last = correlate(correlator, observation, index * interval * SECOND, `name.${index}`);
  });
  return last;
}

const times = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const similar = (count: number): readonly Observation[] => times(count, (i) => seen(`similar message ${i}`));

describe('event correlator (client-go tools/record/events_cache_test.go TestEventCorrelator)', () => {
  it.each<[string, readonly Observation[], number, Partial<Correlated>]>([
    ['a single event is created', [seen('first')], 5, { count: 1, isNew: true, message: 'first' }],
    [
      'the same event just counts',
      times(2, () => seen('duplicate')),
      5,
      { count: 2, isNew: false, message: 'duplicate' },
    ],
    [
      'the same event just counts even more than ten times',
      times(11, () => seen('duplicate')),
      5,
      { count: 11, message: 'duplicate' },
    ],
    [
      'unique events are created',
      [...times(20, (i) => seen('message', `reason ${i}`)), seen('snow-flake', 'unique')],
      5,
      { count: 1, isNew: true, message: 'snow-flake' },
    ],
    [
      'the tenth similar event is combined',
      similar(10),
      5,
      { count: 1, isNew: true, message: `${COMBINED_PREFIX}similar message 9` },
    ],
    [
      'more similar events count the combined one',
      similar(11),
      5,
      { count: 2, isNew: false, message: `${COMBINED_PREFIX}similar message 10` },
    ],
    [
      'similar events further apart than 600 s are not combined',
      similar(10),
      601,
      { count: 1, isNew: true, message: 'similar message 9' },
    ],
  ])('%s', (_, observations, interval, expected) => {
    expect(tell(observations, interval)).toMatchObject(expected);
  });

  it('keeps name and first time of an event that is seen again', () => {
    expect(
      tell(
        times(3, () => seen('duplicate')),
        5,
      ),
    ).toMatchObject({ name: 'name.0', firstAt: 0, count: 3 });
  });

  it('silences a source about one object after 25 events, with one more each 300 s (TestEventSpamFilter)', () => {
    const correlator = newCorrelator();
    const at = (second: number, name = 'my-pod'): boolean =>
      correlate(correlator, seen('again', 'reason', name), second * SECOND, 'n') !== null;
    expect(times(25, () => at(0)).every(Boolean)).toBe(true);
    expect([at(0), at(0, 'other-pod'), at(299), at(300), at(301)]).toEqual([false, true, false, true, false]);
  });

  it('remembers 4096 objects, and of each a bounded number of events', () => {
    const correlator = newCorrelator();
    for (let i = 0; i < 5000; i++) correlate(correlator, seen('m', 'r', `pod-${i}`), 0, 'n');
    expect([...correlator.subjects.keys()]).toHaveLength(4096);
    expect(correlator.subjects.has('uid-pod-903')).toBe(false);
    expect(correlator.subjects.has('uid-pod-904')).toBe(true);
    for (let i = 0; i < 1000; i++) correlate(correlator, seen(`m${i}`, 'r', 'p'), i * 601 * SECOND, 'n');
    const lengths = new Set<number>();
    for (let i = 0; i < 1000; i++) {
      correlate(correlator, seen('m', `r${i}`, 'p'), 0, 'n');
      let length = 0;
      for (let one = correlator.subjects.get('uid-p') ?? null; one !== null; one = one.before) length++;
      lengths.add(length);
    }
    expect(Math.max(...lengths)).toBe(128);
  });
});

describe('event name', () => {
  it.each([
    ['1970-01-01T00:00:00.000001Z', 0, '3e8'],
    ['2026-01-01T00:00:00Z', 0, (1767225600n * 1_000_000_000n).toString(16)],
    ['2026-03-04T05:06:07.123456Z', 789, (1772600767123456n * 1000n + 789n).toString(16)],
  ])('is the Unix time in nanoseconds: %s', (text, offset, hex) => {
    const micros = parseTimestamp(text) - parseTimestamp('1970-01-01T00:00:00Z');
    expect(nanosecondsHex(micros, offset).replace(/^0+/, '')).toBe(hex);
  });
});
