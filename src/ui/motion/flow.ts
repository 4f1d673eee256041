/**
 * When things move faster than an eye can follow, their paths show how many there are: a rate for each path, forgotten within
 * seconds, and what it looks like. Times are real milliseconds. Pure.
 */

/** How often something happens: an average that forgets. */
export interface Rate {
  /** At `atMs`; less from then on. */
  readonly perSecond: number;
  readonly atMs: number;
}

/** After so long a rate has gone down to a third. */
const FORGOTTEN_MS = 1_200;
/** More moves a second than this are not followed one by one; fewer than `UNTIL` are again. */
const FLOW_FROM = 24;
const FLOW_UNTIL = 8;

/** Things a second, `nowMs`. */
export const rateAt = (rate: Rate | undefined, nowMs: number): number =>
  rate === undefined ? 0 : rate.perSecond * Math.exp((rate.atMs - nowMs) / FORGOTTEN_MS);

/** The rate after so many more have happened at once. */
export const withMore = (rate: Rate | undefined, count: number, nowMs: number): Rate => ({
  perSecond: rateAt(rate, nowMs) + (count * 1_000) / FORGOTTEN_MS,
  atMs: nowMs,
});

/** Whether what moves is shown as a flow. It does not change to and fro. */
export const isFlow = (wasFlow: boolean, perSecond: number): boolean => perSecond > (wasFlow ? FLOW_UNTIL : FLOW_FROM);

export interface FlowLook {
  /** In pixels of the stage's own coordinates. */
  readonly width: number;
  readonly alpha: number;
}

/** Below so many a second a path is quiet. */
export const QUIET = 0.4;

/** A path by its rate: each doubling is as much thicker and brighter as the one before, up to what stays calm. */
export function flowLook(perSecond: number): FlowLook | null {
  if (perSecond < QUIET) return null;
  const doublings = Math.min(6, Math.log2(1 + perSecond));
  return { width: 1.5 + 0.9 * doublings, alpha: 0.2 + 0.1 * doublings };
}
