import { describe, expect, it } from 'vitest';
import { humanDuration } from './duration';
import { EPOCH, microTimestamp, microTimestampError, parseTimestamp, timestamp, timestampError } from './timestamp';

const S = 1_000_000;
const MIN = 60 * S;
const H = 60 * MIN;
const D = 24 * H;
const Y = 365 * D;
const MS = 1000;

// kubernetes apimachinery/pkg/util/duration/duration_test.go (A1 to A3)
describe('humanDuration', () => {
  it.each([
    [70 * S, '70s'],
    [190 * S, '3m10s'],
    [70 * MIN, '70m'],
    [47 * H, '47h'],
    [49 * H, '2d1h'],
    [8 * D + 2 * H, '8d'],
    [367 * D, '367d'],
    [2 * Y + 25 * H, '2y1d'],
    [8 * Y + 2 * H, '8y'],
    [-2 * S, '<invalid>'],
    [-2 * S + 1, '0s'],
    [2 * MIN - MS, '119s'],
    [2 * MIN, '2m'],
    [10 * MIN - MS, '9m59s'],
    [10 * MIN + S, '10m'],
    [3 * H - MS, '179m'],
    [8 * H - MS, '7h59m'],
    [8 * H + 59 * MIN, '8h'],
    [48 * H - MS, '47h'],
    [8 * D - MS, '7d23h'],
    [2 * Y - MS, '729d'],
    [8 * Y - MS, '7y364d'],
    [0, '0s'],
  ])('says %i µs as %s', (micros, text) => expect(humanDuration(micros)).toBe(text));
});

describe('timestamps', () => {
  it.each([
    [0, EPOCH],
    [12 * S + 900_000, '2026-01-01T00:00:12Z'],
    [59 * D, '2026-03-01T00:00:00Z'],
    [(365 + 365 + 31 + 28) * D, '2028-02-29T00:00:00Z'],
    [-1 * S, '2025-12-31T23:59:59Z'],
    [27_028 * D, '2100-01-01T00:00:00Z'],
  ])('writes %i µs as %s and reads it back', (micros, text) => {
    expect(timestamp(micros)).toBe(text);
    expect(parseTimestamp(text)).toBe(Math.floor(micros / S) * S);
  });

  it('agrees with the calendar on every 97th day of 400 years', () => {
    for (let day = -80_000; day < 80_000; day += 97) {
      const text = new Date(Date.UTC(2026, 0, 1) + day * 86_400_000).toISOString().replace('.000', '');
      expect(timestamp(day * D)).toBe(text);
    }
  });

  it('writes and reads six digits', () => {
    expect(microTimestamp(1_000_042)).toBe('2026-01-01T00:00:01.000042Z');
    expect(parseTimestamp('2026-01-01T00:00:01.000042Z')).toBe(1_000_042);
    expect(microTimestampError('2026-01-01T00:00:01.000042Z')).toBeUndefined();
    expect(microTimestampError('2026-01-01T00:00:01Z')).toContain('cannot parse "Z" as ".000000"');
  });

  it('reads offsets', () => expect(parseTimestamp('2026-01-01T02:30:00+02:30')).toBe(0));

  it('refuses in the words of Go', () => {
    expect(timestampError('2026-01-02')).toBe(
      'parsing time "2026-01-02" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T"',
    );
    expect(timestampError('2026-13-02T00:00:00Z')).toBe('parsing time "2026-13-02T00:00:00Z": month out of range');
    expect(parseTimestamp('yesterday')).toBeNaN();
  });
});
