/** Virtual time: whole microseconds since the cluster was switched on. A plain number; the name carries the unit. */
export type Micros = number;

export const MILLISECOND: Micros = 1_000;
export const SECOND: Micros = 1_000_000;
export const MINUTE: Micros = 60 * SECOND;
export const HOUR: Micros = 60 * MINUTE;

/** Whole microseconds in so many seconds. */
export const seconds = (count: number): Micros => Math.round(count * SECOND);
