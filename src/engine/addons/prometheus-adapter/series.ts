/**
 * What is remembered of each program, and the rates that this gives.
 *
 * @source kubernetes-sigs/prometheus-adapter docs/walkthrough.md (rate over two minutes; `_total` is cut off);
 *   prometheus promql/functions.go (extrapolatedRate)
 * @simplified a rate is the increase between the first and the last sample over the time between them, where PromQL
 *   extrapolates to the ends of its window
 */
import { MINUTE, type Micros, SECOND } from '#engine/kernel/time';
import type { Exposed } from './exposition';
import type { PodSeries, Sample, Series } from './prometheus-adapter';

const WINDOW: Micros = 2 * MINUTE;

/** A pod's series after it has told something at `at`. What it does not tell any more is forgotten. */
export function nextSeries(
  before: PodSeries['series'] | undefined,
  told: ReadonlyMap<string, Exposed>,
  at: Micros,
): PodSeries['series'] {
  const series = new Map<string, Series>();
  for (const [name, { type, value }] of told) {
    const kept = type === 'gauge' ? [] : (before?.get(name)?.samples ?? []).filter((sample) => sample.at > at - WINDOW);
    series.set(name, { type, samples: [...kept, { at, value }] });
  }
  return series;
}

/** The name that the API has for a series. */
export const metricName = (name: string, { type }: Series): string =>
  type === 'counter' ? name.replace(/_total$/, '') : name;

/** A metric's value now, in thousandths (of a counter: per second), and when it was read. Null: it takes two samples. */
export function valueOf({ type, samples }: Series): Sample | null {
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined) return null;
  if (type === 'gauge') return last;
  if (last.at === first.at) return null;
  let increase = 0;
  // A counter that has gone back was begun anew.
  for (const [index, { value }] of samples.entries()) {
    const before = samples[index - 1]?.value ?? value;
    increase += value < before ? value : value - before;
  }
  return { at: last.at, value: Math.round((increase * SECOND) / (last.at - first.at)) };
}
