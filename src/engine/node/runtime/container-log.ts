/** Writes what a container's processes say into its log file, rotates it, and tells those who follow it. */
import type { Context, ProcessId } from '#engine/kernel/process';
import { onTerminal } from '../programs/terminal';
import type { LogWritten, ReadLog } from './cri';
import { logFile, type LogRecord, type LogStream, repeated, writeOf, writtenBytes } from './log-record';
import { answer, askerOf, NOTHING_RESULT } from './messages';
import { showOutput } from './running';
import type { ContainerdState, ContainerLog, ContainerRecord } from './state';

/** @source kubernetes pkg/kubelet/apis/config/v1beta1/defaults.go (containerLogMaxSize, containerLogMaxFiles) */
const MAX_BYTES = 10 * 1024 * 1024;
const MAX_FILES = 5;
/** Records that are kept of a file at least, and at most. */
const KEPT_RECORDS = 2048;
/** How much smaller a rotated file is once it is compressed. */
const COMPRESSION = 10;

function logOf(state: ContainerdState, container: ContainerRecord): ContainerLog {
  if (container.log !== null) return container.log;
  const { sandboxId, name, attempt } = container.status;
  const pod = state.sandboxes.get(sandboxId)?.status.pod ?? { namespace: '', name: '', uid: container.status.podUid };
  container.log = {
    file: logFile(pod, name, attempt),
    bytes: 0,
    records: 0,
    pending: null,
    open: null,
    rotated: null,
    followers: null,
  };
  return container.log;
}

/** Something that a process has written: whole lines go to the file, the rest waits for its line end. */
export function writeText(
  state: ContainerdState,
  container: ContainerRecord,
  from: LogStream,
  said: string,
  ctx: Context,
): void {
  showOutput(container, from, said, ctx);
  const log = logOf(state, container);
  // A terminal has one output.
  const stream = container.terminal === null ? from : 'stdout';
  const text = container.terminal === null ? said : onTerminal(said);
  const whole = (log.open?.[stream] ?? '') + text;
  const end = whole.lastIndexOf('\n') + 1;
  if (end < whole.length) (log.open ??= {})[stream] = whole.slice(end);
  else if (log.open !== null) delete log.open[stream];
  if (end > 0) write(log, { at: ctx.now, stream, text: whole.slice(0, end) }, ctx);
}

/** A program's template: lines with `{%H:%M}` for the time. */
export function writeTemplate(
  state: ContainerdState,
  container: ContainerRecord,
  stream: LogStream,
  text: string,
  ctx: Context,
): void {
  const own = text.includes('{host}') ? text.replaceAll('{host}', container.hostname) : text;
  const record = { at: ctx.now, stream, text: own, tag: versionOf(container.status.imageRef) };
  if (container.attached !== null) showOutput(container, stream, writeOf(record, 0).text, ctx);
  write(logOf(state, container), record, ctx);
}

/** `docker.io/library/nginx:1.27-alpine` → `1.27` */
export function versionOf(imageRef: string): string {
  const from = imageRef.lastIndexOf(':') + 1;
  const dash = imageRef.indexOf('-', from);
  return imageRef.slice(from, dash < 0 ? undefined : dash);
}

function write(log: ContainerLog, record: LogRecord, ctx: Context): void {
  if (log.followers !== null) {
    flush(log, ctx);
    store(log, record, ctx);
    return tell(log, record, false, ctx);
  }
  const again = log.pending === null ? null : repeated(log.pending, record);
  if (again === null) flush(log, ctx);
  log.pending = again ?? record;
  log.bytes += writtenBytes(record.text);
  if (log.bytes > MAX_BYTES) rotate(log, ctx);
}

/** Puts what is pending into the file. */
function flush(log: ContainerLog, ctx: Context): void {
  const record = log.pending;
  if (record === null) return;
  log.pending = null;
  append(log, record, ctx);
}

function store(log: ContainerLog, record: LogRecord, ctx: Context): void {
  log.bytes += writtenBytes(record.text);
  append(log, record, ctx);
  if (log.bytes > MAX_BYTES) rotate(log, ctx);
}

function append(log: ContainerLog, record: LogRecord, ctx: Context): void {
  // What finds no room is lost, what is there stays.
  if (ctx.disk.isFull()) return;
  ctx.disk.append(log.file, record, writtenBytes(record.text) * ((record.more ?? 0) + 1));
  log.records += 1;
  if (log.records < 2 * KEPT_RECORDS) return;
  const kept = ctx.disk.read(log.file).slice(-KEPT_RECORDS) as readonly LogRecord[];
  ctx.disk.remove(log.file);
  log.records = kept.length;
  for (const one of kept) ctx.disk.append(log.file, one, writtenBytes(one.text) * ((one.more ?? 0) + 1));
}

/** The file is full: it is set aside, compressed, and a new one begins. Nobody reads rotated files over the API. */
function rotate(log: ContainerLog, ctx: Context): void {
  if (ctx.disk.isFull()) return;
  flush(log, ctx);
  ctx.disk.remove(log.file);
  const name = `${log.file}.${String(ctx.event)}.gz`;
  ctx.disk.append(name, null, Math.round(log.bytes / COMPRESSION));
  log.rotated ??= [];
  log.rotated.push(name);
  if (log.rotated.length >= MAX_FILES) ctx.disk.remove(log.rotated.shift() ?? '');
  log.bytes = 0;
  log.records = 0;
}

function tell(log: ContainerLog, record: LogRecord | null, ended: boolean, ctx: Context): void {
  for (const { to, id } of log.followers ?? []) {
    const told: LogWritten = { type: 'cri/log-written', id, record, ended };
    ctx.send(to, told);
  }
}

/** The container has ended: what had no line end is written, and its followers hear that nothing more comes. */
export function endLog(container: ContainerRecord, ctx: Context): void {
  const { log } = container;
  if (log === null) return;
  for (const stream of ['stdout', 'stderr'] as const) {
    const rest = log.open?.[stream];
    if (rest !== undefined) write(log, { at: ctx.now, stream, text: `${rest}\n` }, ctx);
  }
  log.open = null;
  flush(log, ctx);
  tell(log, null, true, ctx);
  log.followers = null;
}

/** The container is removed, and its log with it. */
export function removeLog(container: ContainerRecord, ctx: Context): void {
  if (container.log === null) return;
  ctx.disk.remove(container.log.file);
  for (const name of container.log.rotated ?? []) ctx.disk.remove(name);
}

/** Somebody is about to read the file, and perhaps wants to hear what is written from then on. */
export function readLog(state: ContainerdState, request: ReadLog, ctx: Context): void {
  const container = state.containers.get(request.containerId);
  if (container !== undefined && container.log !== null) flush(container.log, ctx);
  const asker = askerOf(request, ctx);
  answer(asker, NOTHING_RESULT, ctx);
  if (!request.follow) return;
  if (container?.status.state !== 'running') {
    const told: LogWritten = { type: 'cri/log-written', id: request.id, record: null, ended: true };
    return ctx.send(asker.from, told);
  }
  const log = logOf(state, container);
  log.followers ??= [];
  log.followers.push({ to: asker.from, id: request.id });
  ctx.monitor(asker.from);
}

/** A follower has gone: this one, or (null) all of a process. */
export function unfollow(state: ContainerdState, from: ProcessId, id: number | null): void {
  for (const { log } of state.containers.values()) {
    if (log === null || log.followers === null) continue;
    log.followers = log.followers.filter((one) => one.to !== from || (id !== null && one.id !== id));
    if (log.followers.length === 0) log.followers = null;
  }
}
