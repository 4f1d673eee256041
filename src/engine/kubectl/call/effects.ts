/**
 * What a command can do to the world. A command is a generator: it yields an effect and is given its answer. Answers are kept
 * in order, so that a command that was saved is found again by running it anew with the answers it has had; nothing that it
 * says or does is done twice. It may look at nothing but its call and its answers.
 */
import type { Status } from '#engine/api/types';
import type { RequestSpec, StreamMessage } from '#engine/client/client';
import type { Micros } from '#engine/kernel/time';

/** What happens to a stream, one after the other. */
export type StreamEvent =
  /** `connection`: it was said to the request that carries this connection. */
  | { readonly type: 'said'; readonly message: StreamMessage; readonly connection?: number }
  /** Somebody on the laptop has connected to a port that the program listens on. */
  | { readonly type: 'connected'; readonly connection: number; readonly port: number }
  /** Bytes (each character is one) of a connection within the laptop; `end`: no more will come. */
  | { readonly type: 'received'; readonly connection: number; readonly data: string; readonly end: boolean }
  /** Something was typed, or came through the pipe. */
  | { readonly type: 'input'; readonly text: string; readonly end: boolean }
  | { readonly type: 'timeout' };

/** What a reducer may do. */
export interface StreamDoing {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Sends on a channel of the stream. */
  readonly send: (channel: number, data: string, end: boolean) => void;
  /** Opens a request that carries a connection. */
  readonly carry: (connection: number, request: RequestSpec) => void;
  /** Sends on channel 0 of the request that carries a connection. */
  readonly forward: (connection: number, data: string, end: boolean) => void;
  /** Ends the request that carries a connection. */
  readonly drop: (connection: number) => void;
  /** Sends bytes to the other end of a connection within the laptop. */
  readonly reply: (connection: number, data: string, end: boolean) => void;
  readonly now: Micros;
}

export interface StreamEffect {
  readonly do: 'stream';
  /** Null: only input and time are waited for. */
  readonly request: RequestSpec | null;
  /** Plain data, changed in place by `take`. */
  readonly state: object;
  /** @returns whether it is over */
  readonly take: (state: never, event: StreamEvent, doing: StreamDoing) => boolean;
  /** µs until it is told of a timeout. */
  readonly within?: Micros | undefined;
  /** It wants to hear what is typed. */
  readonly input?: boolean;
  /** Ctrl-C is how one ends it: the exit code is 0. */
  readonly stopsCleanly?: boolean;
}

export type Effect =
  | { readonly do: 'request'; readonly request: RequestSpec }
  | StreamEffect
  | { readonly do: 'sleep'; readonly span: Micros }
  /** All that comes through the pipe or is typed, to its end. */
  | { readonly do: 'stdin' }
  | { readonly do: 'now' }
  /** So many letters of names that are generated. */
  | { readonly do: 'random'; readonly letters: number }
  /** A file's text; null: there is none. */
  | { readonly do: 'read'; readonly path: string }
  /** Paths of files below a folder. */
  | { readonly do: 'list'; readonly folder: string }
  | { readonly do: 'write'; readonly path: string; readonly text: string | null }
  /** Runs small programs of the shell, to their end. */
  | { readonly do: 'program'; readonly line: string }
  /** Somebody changes a file in the editor of the window. */
  | { readonly do: 'edit'; readonly path: string }
  /** Listens on an address of the laptop; port 0: any that is free. Answers the port, or why not. */
  | { readonly do: 'listen'; readonly address: string; readonly port: number }
  /** Connects to a port of the laptop. Answers the connection's number; null: nobody listens. */
  | { readonly do: 'dial'; readonly port: number }
  /** Sends bytes by a connection within the laptop. */
  | { readonly do: 'say'; readonly connection: number; readonly data: string; readonly end: boolean }
  | { readonly do: 'cached'; readonly name: string; readonly within: Micros }
  | { readonly do: 'cache'; readonly name: string; readonly value: unknown };

export type Doing<T> = Generator<Effect, T, unknown>;

export interface Reply {
  readonly ok: boolean;
  /** HTTP status; 0 when the server could not be reached. */
  readonly code: number;
  readonly body: unknown;
  readonly warnings: readonly string[];
}

/** One run of kubectl, as its commands see it. */
export interface Kubectl {
  /** What stands after `kubectl`. */
  readonly argv: readonly string[];
  readonly columns: number | null;
  readonly directory: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly interactive: boolean;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** A command ends here: what it says on stderr, and its exit code. */
export class Failure extends Error {
  readonly code: number;
  /** The refusal of the server that it tells. */
  readonly status: Status | null;
  /** What it had printed by then. */
  readonly output: string;
  constructor(text: string, code = 1, status: Status | null = null, output = '') {
    super(text);
    this.code = code;
    this.status = status;
    this.output = output;
  }
}

export function* request(spec: RequestSpec): Doing<Reply> {
  return (yield { do: 'request', request: spec }) as Reply;
}
export function* stream<State extends object>(
  spec: RequestSpec | null,
  state: State,
  take: (state: State, event: StreamEvent, doing: StreamDoing) => boolean,
  more: Pick<StreamEffect, 'within' | 'input' | 'stopsCleanly'> = {},
): Doing<State> {
  return (yield { do: 'stream', request: spec, state, take: take, ...more }) as State;
}
export function* sleep(span: Micros): Doing<void> {
  yield { do: 'sleep', span };
}
export function* stdin(): Doing<string> {
  return (yield { do: 'stdin' }) as string;
}
export function* now(): Doing<Micros> {
  return (yield { do: 'now' }) as Micros;
}
export function* random(letters: number): Doing<string> {
  return (yield { do: 'random', letters }) as string;
}
export function* readFile(path: string): Doing<string | null> {
  return (yield { do: 'read', path }) as string | null;
}
export function* filesIn(folder: string): Doing<readonly string[]> {
  return (yield { do: 'list', folder }) as readonly string[];
}
export function* writeFile(path: string, text: string | null): Doing<void> {
  yield { do: 'write', path, text };
}
/** @returns the exit code */
export function* program(line: string): Doing<number> {
  return (yield { do: 'program', line }) as number;
}
export function* edit(path: string): Doing<void> {
  yield { do: 'edit', path };
}
export function* cached(name: string, within: Micros): Doing<unknown> {
  return yield { do: 'cached', name, within };
}
export function* cache(name: string, value: unknown): Doing<void> {
  yield { do: 'cache', name, value };
}
export function* listen(address: string, port: number): Doing<number | string> {
  return (yield { do: 'listen', address, port }) as number | string;
}
export function* dial(port: number): Doing<number | null> {
  return (yield { do: 'dial', port }) as number | null;
}
export function* say(connection: number, data: string, end = false): Doing<void> {
  yield { do: 'say', connection, data, end };
}
