/**
 * What of a container's log somebody asked for, as text.
 *
 * @source kubernetes staging/src/k8s.io/cri-client/pkg/logs/logs.go (ReadLogs, logWriter), tail.go (FindTailLineStartIndex)
 */
import { bytesOf } from '#engine/api/bytes';
import { microTimestamp, parseTimestamp } from '#engine/api/timestamp';
import { type Micros, seconds } from '#engine/kernel/time';
import { type LogRecord, type LogWrite, writeOf, writesIn } from '../../runtime/log-record';

export interface LogOptions {
  /** Lines from the end; null: all. */
  readonly tail: number | null;
  /** Only what was written at this time (of the machine's clock) or later. */
  readonly since: Micros;
  readonly timestamps: boolean;
  /** Bytes that may be sent; null: any number. */
  readonly limit: number | null;
  readonly follow: boolean;
  readonly previous: boolean;
}

const isTrue = (text: string | undefined): boolean => text === 'true' || text === '1';
const numberOf = (text: string | undefined): number | null => (text === undefined || text === '' ? null : Number(text));

/** The options of a request's query, which the API server has looked at. @param now - of the machine's clock */
export function logOptionsOf(query: Readonly<Record<string, string>>, now: Micros): LogOptions {
  const age = numberOf(query['sinceSeconds']);
  const moment = parseTimestamp(query['sinceTime'] ?? '');
  return {
    tail: numberOf(query['tailLines']),
    since: age !== null ? now - seconds(age) : Number.isNaN(moment) ? -Infinity : moment,
    timestamps: isTrue(query['timestamps']),
    limit: numberOf(query['limitBytes']),
    follow: isTrue(query['follow']),
    previous: isTrue(query['previous']),
  };
}

/** The lines of some records that were asked for. */
export function logText(records: readonly LogRecord[], options: LogOptions): string {
  const { tail } = options;
  const picked = tail === null ? records.flatMap(writesOf) : lastWrites(records, tail);
  return picked.map((write) => writeText(write, options)).join('');
}

const writesOf = (record: LogRecord): LogWrite[] =>
  Array.from({ length: writesIn(record) }, (_, index) => writeOf(record, index));

/** Writes that hold the last lines, the first of them cut. */
function lastWrites(records: readonly LogRecord[], tail: number): LogWrite[] {
  const found: LogWrite[] = [];
  let missing = tail;
  for (let at = records.length - 1; at >= 0 && missing > 0; at--) {
    const record = records[at]!;
    for (let index = writesIn(record) - 1; index >= 0 && missing > 0; index--) {
      const write = writeOf(record, index);
      const lines = write.text.split('\n').slice(0, -1);
      found.push(lines.length <= missing ? write : { ...write, text: joined(lines.slice(-missing)) });
      missing -= Math.min(missing, lines.length);
    }
  }
  return found.reverse();
}

const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

function writeText({ at, text }: LogWrite, { since, timestamps }: LogOptions): string {
  if (at < since) return '';
  if (!timestamps) return text;
  const stamp = `${microTimestamp(at).slice(0, -1)}000Z `;
  return joined(
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => stamp + line),
  );
}

/** A text as bytes, no more than there may be. */
export const limited = (text: string, limit: number | null): string =>
  limit === null ? bytesOf(text) : bytesOf(text).slice(0, Math.max(0, limit));
