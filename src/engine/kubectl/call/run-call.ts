/**
 * One run of kubectl: its command is a generator that is given the answers it asks for. Only its answers are kept; a generator
 * that is no longer there is made anew and given them all again, while what it says is not said twice.
 */
import {
  type Client,
  request as send,
  sendChunk,
  type StreamMessage,
  stream as openStream,
} from '#engine/client/client';
import { cancelRequest } from '#engine/client/connection';
import type { Context } from '#engine/kernel/process';
import { type Micros, SECOND } from '#engine/kernel/time';
import { absolutePath, filesBelow, readText, removeFile, writeText } from '../terminal/files';
import { dialed, listened, replied, wordsOf } from '../terminal/loopback';
import { PROGRAMS } from '../terminal/programs';
import type { CallState, Stage, StageTag, TerminalState } from '../terminal/session';
import type { Doing, Effect, Kubectl, Reply, StreamDoing, StreamEffect, StreamEvent } from './effects';

/** What carries a call out. */
export interface CallHost {
  readonly client: Client;
  readonly ctx: Context;
  readonly stage: Stage;
  readonly terminals: TerminalState;
  readonly columns: number | null;
  readonly interactive: boolean;
  readonly directory: string;
  readonly variables: Readonly<Record<string, string>>;
  tag(asked: number): StageTag;
  print(stream: 1 | 2, text: string): void;
  /** Runs small programs to their end. @returns the exit code */
  program(line: string): number;
  /** Asks the window for an editor of a file. */
  edit(path: string): void;
  end(code: number): void;
}

interface Live {
  readonly doing: Doing<number>;
  /** What is asked for. */
  effect: Effect | null;
  /** Where its words go; null: nowhere, since they were said before. */
  host: CallHost | null;
}

/** Generators of calls under way, as long as nobody has restored the run. */
const live = new WeakMap<CallState, Live>();

/** Longer than an API server takes for any request. */
const REQUEST_WITHIN: Micros = 70 * SECOND;
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

export function beginCall(host: CallHost): void {
  const [program = '', ...argv] = host.stage.argv;
  const call: CallState = {
    program,
    argv,
    columns: host.columns,
    directory: host.directory,
    variables: host.variables,
    interactive: host.interactive,
    answers: [],
    stream: null,
    timer: null,
    warned: [],
    asked: 0,
  };
  host.stage.call = call;
  const started = newLive(call);
  started.host = host;
  goOn(host, call, started, started.doing.next());
  started.host = null;
}

function newLive(call: CallState): Live {
  const made: { live: Live | null } = { live: null };
  const kubectl: Kubectl = {
    argv: call.argv,
    columns: call.columns,
    directory: call.directory,
    variables: call.variables,
    interactive: call.interactive,
    out: (text) => made.live?.host?.print(1, text),
    err: (text) => made.live?.host?.print(2, text),
  };
  const started: Live = { doing: PROGRAMS[call.program]!(kubectl), effect: null, host: null };
  made.live = started;
  live.set(call, started);
  return started;
}

/** The generator of a call, brought to where the call stands. */
function liveOf(call: CallState): Live {
  const known = live.get(call);
  if (known !== undefined) return known;
  const made = newLive(call);
  let step = made.doing.next();
  for (const answer of call.answers) step = made.doing.next(answer);
  if (step.done !== true) made.effect = step.value;
  return made;
}

/** Gives an answer, and carries out what is asked for next, until something has to be waited for. */
function answer(host: CallHost, value: unknown): void {
  const { call } = host.stage;
  if (call === null) return;
  const running = liveOf(call);
  call.answers.push(value);
  running.host = host;
  goOn(host, call, running, running.doing.next(value));
  running.host = null;
}

function goOn(host: CallHost, call: CallState, running: Live, first: IteratorResult<Effect, number>): void {
  let step = first;
  while (step.done !== true) {
    running.effect = step.value;
    call.asked++;
    const known = carryOut(host, call, step.value);
    if (known === null) return;
    // Its reader may have ended it while it spoke.
    if (host.stage.code !== null) return;
    call.answers.push(known.value);
    step = running.doing.next(known.value);
  }
  live.delete(call);
  host.end(step.value);
}

/** @returns the answer, when it is known at once */
function carryOut(host: CallHost, call: CallState, effect: Effect): { readonly value: unknown } | null {
  const { ctx, client, stage } = host;
  const path = (given: string): string => absolutePath(given, host.directory);
  switch (effect.do) {
    case 'request':
      send(client, ctx, { timeout: REQUEST_WITHIN, ...effect.request }, host.tag(call.asked));
      return null;
    case 'stream':
      beginStream(host, call, effect);
      return feedStream(host, call, effect);
    case 'sleep':
      call.timer = ctx.after(effect.span, host.tag(call.asked));
      return null;
    case 'stdin':
      return stage.inputEnded ? { value: taken(stage) } : null;
    case 'now':
      return { value: ctx.now };
    case 'random': {
      const source = ctx.random('kubectl');
      return { value: Array.from({ length: effect.letters }, () => LETTERS[source.below(LETTERS.length)]).join('') };
    }
    case 'read':
      return { value: effect.path === '/dev/null' ? '' : readText(ctx.disk, path(effect.path)) };
    case 'list': {
      const root = path(effect.folder);
      return { value: filesBelow(ctx.disk, root).map((file) => file.slice(root === '/' ? 1 : root.length + 1)) };
    }
    case 'write':
      if (effect.text === null) removeFile(ctx.disk, path(effect.path));
      else writeText(ctx.disk, path(effect.path), effect.text);
      return { value: null };
    case 'program':
      return { value: host.program(effect.line) };
    case 'edit':
      host.edit(path(effect.path));
      return null;
    case 'listen':
      return { value: listened(host, effect.address, effect.port) };
    case 'dial':
      return { value: dialed(host, effect.port) };
    case 'say':
      replied(host, effect.connection, effect.data, effect.end);
      return { value: null };
    case 'cached': {
      const known = host.terminals.cache.get(effect.name);
      return { value: known !== undefined && ctx.monotonic - known.at < effect.within ? known.value : null };
    }
    case 'cache':
      if (effect.value === null) host.terminals.cache.delete(effect.name);
      else host.terminals.cache.set(effect.name, { at: ctx.monotonic, value: effect.value });
      return { value: null };
  }
}

function taken(stage: Stage): string {
  const text = stage.input;
  stage.input = '';
  return text;
}

function beginStream(host: CallHost, call: CallState, effect: StreamEffect): void {
  const { client, ctx } = host;
  const tag = host.tag(call.asked);
  call.stream = {
    state: effect.state,
    request: effect.request === null ? null : openStream(client, ctx, effect.request, tag),
    timer: effect.within === undefined ? null : ctx.after(effect.within, tag),
    closed: false,
    carriers: new Map(),
  };
}

const doingOf = (host: CallHost, call: CallState): StreamDoing => ({
  out: (text) => host.print(1, text),
  err: (text) => host.print(2, text),
  send(channel, data, end) {
    const id = call.stream?.request ?? null;
    if (id !== null) sendChunk(host.client, host.ctx, id, { channel, data, end });
  },
  carry(connection, spec) {
    const tag = { ...host.tag(call.asked), connection };
    call.stream?.carriers.set(connection, openStream(host.client, host.ctx, spec, tag));
  },
  forward(connection, data, end) {
    const id = call.stream?.carriers.get(connection);
    if (id !== undefined) sendChunk(host.client, host.ctx, id, { channel: 0, data, end });
  },
  drop(connection) {
    const id = call.stream?.carriers.get(connection);
    if (id !== undefined && host.client.outstanding.has(id)) cancelRequest(host.client, host.ctx, id);
    call.stream?.carriers.delete(connection);
  },
  reply: (connection, data, end) => replied(host, connection, data, end),
  now: host.ctx.now,
});

/** Hands a stream what was typed. @returns its answer, when it is over */
function feedStream(host: CallHost, call: CallState, effect: StreamEffect): { readonly value: unknown } | null {
  const { stage } = host;
  if (effect.input !== true || (stage.input === '' && !stage.inputEnded) || call.stream?.closed === true) return null;
  if (stage.inputEnded) call.stream!.closed = true;
  return happened(host, call, effect, { type: 'input', text: taken(stage), end: stage.inputEnded });
}

function happened(
  host: CallHost,
  call: CallState,
  effect: StreamEffect,
  event: StreamEvent,
): { readonly value: unknown } | null {
  const { stream } = call;
  if (stream === null) return null;
  warn(host, call, event);
  if (!effect.take(stream.state as never, event, doingOf(host, call))) return null;
  endStream(host, call);
  return { value: stream.state };
}

function warn(host: CallHost, call: CallState, event: StreamEvent): void {
  if (event.type === 'said' && event.message.type === 'api/response')
    tellWarnings(host, call, event.message.warnings ?? []);
}

/** Each warning once. */
function tellWarnings(host: CallHost, call: CallState, warnings: readonly string[]): void {
  for (const text of warnings) {
    if (call.warned.includes(text)) continue;
    call.warned.push(text);
    host.print(2, `Warning: ${text}\n`);
  }
}

function endStream({ client, ctx }: CallHost, call: CallState): void {
  const { stream } = call;
  if (stream === null) return;
  for (const id of [stream.request, ...stream.carriers.values()])
    if (id !== null && client.outstanding.has(id)) cancelRequest(client, ctx, id);
  ctx.cancel(stream.timer);
  call.stream = null;
}

/** The server has answered a request. */
export function answerCall(host: CallHost, reply: Reply): void {
  const { call } = host.stage;
  if (call === null) return;
  tellWarnings(host, call, reply.warnings);
  answer(host, reply);
}

function streamHappened(host: CallHost, event: StreamEvent): void {
  const { call } = host.stage;
  if (call === null) return;
  const { effect } = liveOf(call);
  if (effect?.do !== 'stream') return;
  const over = happened(host, call, effect, event);
  if (over !== null) answer(host, over.value);
}

/** The server says something to the stream under way. */
export const streamSaid = (host: CallHost, message: StreamMessage, connection?: number): void =>
  streamHappened(host, { type: 'said', message, ...(connection === undefined ? null : { connection }) });

/** Something has come by a connection within the laptop. */
export const bytesCame = (host: CallHost, tag: StageTag): void => streamHappened(host, wordsOf(tag));

/** What was slept for, or waited for at most, is over. */
export function timedOut(host: CallHost): void {
  const { call } = host.stage;
  if (call === null) return;
  if (call.stream !== null) return streamHappened(host, { type: 'timeout' });
  call.timer = null;
  answer(host, null);
}

/** Something has come to its standard input. */
export function feedCall(host: CallHost): void {
  const { stage } = host;
  const { call } = stage;
  if (call === null) return;
  const { effect } = liveOf(call);
  if (effect?.do === 'stdin' && stage.inputEnded) return answer(host, taken(stage));
  if (effect?.do !== 'stream') return;
  const over = feedStream(host, call, effect);
  if (over !== null) answer(host, over.value);
}

/** The editor was closed. @param text - what was saved; null: nothing was */
export function editedCall(host: CallHost, text: string | null): void {
  const { call } = host.stage;
  if (call === null) return;
  const { effect } = liveOf(call);
  if (effect?.do !== 'edit') return;
  if (text !== null) writeText(host.ctx.disk, absolutePath(effect.path, host.directory), text);
  answer(host, null);
}

/** What a call that Ctrl-C ends has come to. */
export function codeOfInterrupt({ stage: { call } }: CallHost): number {
  const effect = call === null ? null : liveOf(call).effect;
  return effect?.do === 'stream' && effect.stopsCleanly === true ? 0 : 130;
}

/** Ctrl-C, or nobody reads what it prints. */
export function interruptCall(host: CallHost): void {
  const { call } = host.stage;
  if (call === null) return;
  endStream(host, call);
  host.ctx.cancel(call.timer);
  live.delete(call);
  call.asked++;
}
