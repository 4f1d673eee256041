/**
 * Containers' log files as they lie on a machine's disk: `var/log/pods/NAMESPACE_POD_UID/CONTAINER/ATTEMPT.log`, a record
 * for each write. What programs write is kept as the template that it was made from, so that a thousand equal containers
 * share their texts; equal writes at equal distances (a probe's access log) are one record.
 *
 * @source kubernetes pkg/kubelet/kuberuntime/logs, containerd internal/cri/io/logger.go
 */
import { dateText } from '../programs/shell/date-text';
import type { Micros } from '#engine/kernel/time';

export type LogStream = 'stdout' | 'stderr';

export interface LogRecord {
  /** By the machine's clock. */
  readonly at: Micros;
  readonly stream: LogStream;
  /** Whole lines, each with its line end. */
  readonly text: string;
  /** Set for a program's template: the image's tag. `{%H:%M}` in the text stands for the time, `{tag}` for this. */
  readonly tag?: string;
  /** More writes of the same: so many more, each so much later than the one before. */
  readonly more?: number;
  readonly every?: Micros;
}

/** Whose log it is. */
export interface LogOwner {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** All logs of a pod lie under this. */
export const podLogDirectory = ({ namespace, name, uid }: LogOwner): string =>
  `var/log/pods/${namespace}_${name}_${uid}/`;

export const logFile = (pod: LogOwner, container: string, attempt: number): string =>
  `${podLogDirectory(pod)}${container}/${attempt}.log`;

/** A write as it was read: a moment, a stream, whole lines. */
export interface LogWrite {
  readonly at: Micros;
  readonly stream: LogStream;
  readonly text: string;
}

/** How many writes a record stands for. */
export const writesIn = ({ more = 0 }: LogRecord): number => more + 1;

/** The write number `index` of a record, with its template filled in. */
export function writeOf(record: LogRecord, index: number): LogWrite {
  const { stream, text, tag, every = 0 } = record;
  const at = record.at + index * every;
  return { at, stream, text: tag === undefined ? text : filled(text, tag, at) };
}

const filled = (template: string, tag: string, at: Micros): string =>
  template.replace(/\{(%[^{}]*|tag)\}/g, (_, what: string) => (what === 'tag' ? tag : dateText(at, what)));

/** The record with one more write, when that is a repetition at the same distance; else null. */
export function repeated(record: LogRecord, next: LogRecord): LogRecord | null {
  if (record.text !== next.text || record.stream !== next.stream || record.tag !== next.tag) return null;
  const { more = 0, every = next.at - record.at } = record;
  if (every <= 0 || next.at !== record.at + (more + 1) * every) return null;
  return { ...record, more: more + 1, every };
}

/** Bytes of a timestamp, the stream's name and a tag before each line. */
const LINE_OVERHEAD = 48;

/** Bytes of the file that a write takes. */
export function writtenBytes(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return text.length + lines * LINE_OVERHEAD;
}
