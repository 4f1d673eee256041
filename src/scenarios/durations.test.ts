import { describe, expect, it } from 'vitest';
import { formatClock, formatDuration, parseDuration } from './durations';

describe('durations', () => {
  it.each([
    ['10m', 600_000_000],
    ['90s', 90_000_000],
    ['1h5m', 3_900_000_000],
    ['1.5s', 1_500_000],
    ['200ms', 200_000],
    ['-5s', -5_000_000],
    ['1m30s500ms', 90_500_000],
    ['0', 0],
    ['7us', 7],
  ])('%s is %d µs', (text, micros) => expect(parseDuration(text)).toBe(micros));

  it.each(['', '10', '5 m', 's', '1x', 'm5', '1h-5m', 'soon', '1'.repeat(80)])('"%s" is none', (text) =>
    expect(parseDuration(text)).toBeNull(),
  );

  it.each([
    [3_900_000_000, '1h5m'],
    [1_500_000, '1.5s'],
    [0, '0s'],
    [-60_000_000, '-1m'],
  ])('%d µs are written %s', (micros, text) => expect(formatDuration(micros)).toBe(text));

  it('shows a moment as a clock does', () => expect(formatClock(3_725_123_999)).toBe('01:02:05.123'));
});
