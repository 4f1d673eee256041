/** The log's rows as files for other tools: CSV for spreadsheets, JSON for programs. Pure. */
import { SECOND, type Micros } from '#engine/kernel/time';
import { formatVirtualTime } from '../text/virtual-time';
import type { LogRow } from './log-row';
import { shownLines } from './shown-text';

/** Which run rows are of. */
export interface RunName {
  readonly seed: number;
  readonly scenario: string;
}

const COLUMNS = [
  'time',
  'at_us',
  'source',
  'severity',
  'from',
  'reason',
  'namespace',
  'object',
  'message',
  'count',
] as const;

/** What a spreadsheet holds in one cell. */
const MOST_IN_CELL = 32_000;
/** A cell that begins so is a formula to a spreadsheet. */
const FORMULA = /^[\s'"]*[=+\-@|%\uff0b\uff0d\uff1d\uff20]/;

/**
 * A cell of text. What a spreadsheet would run as a formula gets an apostrophe in front, as spreadsheets themselves write
 * text; control characters are pictures.
 *
 * @source RFC 4180 section 2; OWASP "CSV Injection"
 */
export function csvCell(text: string): string {
  const shown = shownLines(text, MOST_IN_CELL);
  const safe = FORMULA.test(shown) ? `'${shown}` : shown;
  return /[",\n\r\t';]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** `HH:MM:SS.uuuuuu`. */
const exactTime = (at: Micros): string =>
  `${formatVirtualTime(at).split('.', 1)[0]}.${String(at % SECOND).padStart(6, '0')}`;

/** The rows as CSV, with a head and lines that end in CRLF. */
export function csvOf(rows: readonly LogRow[]): string {
  const lines = rows.map(({ at, source, severity, from, reason, namespace, object, message, count }) =>
    [
      exactTime(at),
      String(at),
      source,
      severity,
      csvCell(from),
      csvCell(reason),
      csvCell(namespace),
      csvCell(object),
      csvCell(message),
      String(count),
    ].join(','),
  );
  return [COLUMNS.join(','), ...lines, ''].join('\r\n');
}

/** The rows as JSON: one object a row, one row a line. Times are virtual microseconds. */
export function jsonOf(rows: readonly LogRow[], run: RunName): string {
  const lines = rows.map(({ id: _id, self: _self, ...row }) => JSON.stringify(row));
  return `{"format":"kubarium-log/1","run":${JSON.stringify(run)},"rows":[\n${lines.join(',\n')}\n]}\n`;
}
