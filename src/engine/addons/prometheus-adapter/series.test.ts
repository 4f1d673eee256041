import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { exposedIn } from './exposition';
import type { PodSeries } from './prometheus-adapter';
import { metricName, nextSeries, valueOf } from './series';

describe('what a program tells Prometheus', () => {
  // prometheus/docs content/docs/instrumenting/exposition_formats.md has these forms.
  it.each([
    ['http_requests_total 1027', { http_requests_total: { type: 'counter', value: 1_027_000 } }],
    ['# TYPE jobs counter\njobs 3', { jobs: { type: 'counter', value: 3_000 } }],
    ['# TYPE queue_total gauge\nqueue_total 3', { queue_total: { type: 'gauge', value: 3_000 } }],
    [
      'http_requests_total{method="post",code="200"} 1027 1395066363000\nhttp_requests_total{method="post",code="400"}    3',
      { http_requests_total: { type: 'counter', value: 1_030_000 } },
    ],
    ['temperature -1.5e1', { temperature: { type: 'gauge', value: -15_000 } }],
    ['something_weird{problem="division by zero"} +Inf -3982045', {}],
    ['empty NaN\n# a comment\n\n<html>no metrics</html>', {}],
  ])('is read from %j', (text, expected) => {
    expect(Object.fromEntries(exposedIn(text))).toEqual(expected);
  });
});

const told = (...values: readonly (readonly [seconds: number, text: string])[]): PodSeries['series'] =>
  values.reduce<PodSeries['series']>(
    (series, [seconds, text]) => nextSeries(series, exposedIn(text), seconds * SECOND),
    new Map(),
  );

describe('the rate of a counter', () => {
  it('is the increase per second', () => {
    const series = told([0, 'a_total 10'], [15, 'a_total 40'], [30, 'a_total 40']).get('a_total');
    expect(valueOf(series!)).toEqual({ at: 30 * SECOND, value: 1000 });
  });

  it('takes two samples', () => {
    expect(valueOf(told([0, 'a_total 10']).get('a_total')!)).toBeNull();
  });

  it('counts on where the program was started anew', () => {
    expect(valueOf(told([0, 'a_total 100'], [10, 'a_total 5']).get('a_total')!)?.value).toBe(500);
  });

  it('knows nothing of what was more than two minutes ago', () => {
    const series = told([0, 'a_total 0'], [60, 'a_total 600'], [125, 'a_total 600']).get('a_total')!;
    expect(series.samples[0]?.at).toBe(MINUTE);
    expect(valueOf(series)?.value).toBe(0);
  });

  it('has the name without its end', () => {
    expect(metricName('http_requests_total', { type: 'counter', samples: [] })).toBe('http_requests');
    expect(metricName('queue_length', { type: 'gauge', samples: [] })).toBe('queue_length');
  });
});

describe('a gauge', () => {
  it('is its last value', () => {
    expect(valueOf(told([0, 'depth 7'], [15, 'depth 4']).get('depth')!)?.value).toBe(4000);
  });

  it('is forgotten when the program does not tell it any more', () => {
    expect(told([0, 'depth 7'], [15, 'other 1']).has('depth')).toBe(false);
  });
});
