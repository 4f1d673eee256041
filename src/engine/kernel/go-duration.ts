import type { Micros } from './time';

/** A duration as Go prints it, rounded down to milliseconds: `350ms`, `1.2s`, `1m2.5s`. */
export function goMilliseconds(span: Micros): string {
  const total = Math.floor(span / 1_000);
  if (total < 1_000) return total === 0 ? '0s' : `${total}ms`;
  const minutes = Math.floor(total / 60_000);
  const rest = (total % 60_000) / 1_000;
  return `${minutes > 0 ? `${minutes}m` : ''}${rest}s`;
}
