/** Durations as people write them (`10m`, `1h5m`, `1.5s`, `200ms`), and virtual times as reports show them. */

const UNITS: Readonly<Record<string, number>> = {
  us: 1,
  µs: 1,
  ms: 1_000,
  s: 1_000_000,
  m: 60_000_000,
  h: 3_600_000_000,
};

/**
 * Reads a duration in Go's way: numbers with a unit, one after another, optionally signed.
 *
 * @returns whole microseconds, or null when the text is no duration
 * @source Go time.ParseDuration, as kubectl's `--timeout` takes it
 */
export function parseDuration(text: string): number | null {
  const sign = text.startsWith('-') ? -1 : 1;
  let rest = text.startsWith('-') || text.startsWith('+') ? text.slice(1) : text;
  if (rest === '0') return 0;
  if (rest === '' || rest.length > 64) return null;
  let micros = 0;
  while (rest !== '') {
    const part = /^(\d{1,12}(?:\.\d{1,9})?)(us|µs|ms|s|m|h)/.exec(rest);
    if (part === null) return null;
    micros += Number(part[1]) * UNITS[part[2]!]!;
    rest = rest.slice(part[0].length);
  }
  return sign * Math.round(micros);
}

/** Microseconds as a duration without zero parts: `1h5m`, `1.5s`, `0s`. */
export function formatDuration(micros: number): string {
  const sign = micros < 0 ? '-' : '';
  const size = Math.abs(micros);
  const hours = Math.floor(size / UNITS['h']!);
  const minutes = Math.floor((size % UNITS['h']!) / UNITS['m']!);
  const seconds = (size % UNITS['m']!) / UNITS['s']!;
  const parts = [hours > 0 ? `${hours}h` : '', minutes > 0 ? `${minutes}m` : '', seconds > 0 ? `${seconds}s` : ''].join(
    '',
  );
  return parts === '' ? '0s' : sign + parts;
}

/** A moment of virtual time as a clock shows it: `00:05:50.123`. */
export function formatClock(micros: number): string {
  const milliseconds = Math.floor(micros / 1000);
  const pad = (number: number, width = 2): string => String(number).padStart(width, '0');
  const seconds = Math.floor(milliseconds / 1000);
  const hours = Math.floor(seconds / 3600);
  return `${pad(hours)}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}.${pad(milliseconds % 1000, 3)}`;
}
