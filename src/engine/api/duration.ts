/**
 * How long ago, as kubectl's AGE column says it. Parts are truncated, never rounded.
 * @source kubernetes apimachinery/pkg/util/duration/duration.go
 */
const SECOND = 1_000_000;
const DAYS_PER_YEAR = 365;

/** @param micros - virtual microseconds; more than two seconds below zero prints `<invalid>` */
export function humanDuration(micros: number): string {
  const seconds = Math.trunc(micros / SECOND);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return withRest(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return withRest(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (days < 8) return withRest(days, 'd', hours % 24, 'h');
  if (days < 2 * DAYS_PER_YEAR) return `${days}d`;
  const years = Math.floor(days / DAYS_PER_YEAR);
  if (years < 8) return withRest(years, 'y', days % DAYS_PER_YEAR, 'd');
  return `${years}y`;
}

const withRest = (count: number, unit: string, rest: number, restUnit: string): string =>
  rest === 0 ? `${count}${unit}` : `${count}${unit}${rest}${restUnit}`;
