/** Terminals on the laptop as plain data: what was typed, which programs run, what they have printed. What they do comes late (`run.ts`). */
import { LateCode } from '#engine/late/late-code';
import type { Client, Delivery } from '#engine/client/client';
import type { Context, EventId, Message } from '#engine/kernel/process';
import { newRing, type Ring } from '#engine/kernel/ring';
import type { Micros } from '#engine/kernel/time';
import type { KubectlAnswer } from '../invocation';

/** A line of a shell on the laptop; a session begins with its first line. While a program of the session reads, the line is its input. */
export interface ShellCall extends Message {
  readonly type: 'kubectl/shell';
  readonly session: string;
  /** Names the answer. */
  readonly ticket: string;
  readonly line: string;
  /** Width of the window in letters; absent: what it prints goes to no terminal. */
  readonly columns?: number;
}

/** What is typed while a program runs: text for its standard input, its end, or Ctrl-C. */
export interface ShellInputCall extends Message {
  readonly type: 'kubectl/shell-input';
  readonly session: string;
  readonly text?: string;
  readonly end?: boolean;
  readonly interrupt?: boolean;
  /** The editor, or the pager, that a program has asked for was closed: the file's new text; null: it was not saved. */
  readonly edited?: string | null;
}

/** A file of the laptop is written; null: it is removed. */
export interface FileCall extends Message {
  readonly type: 'kubectl/file';
  readonly path: string;
  readonly text: string | null;
}

export type TerminalCall = ShellCall | ShellInputCall | FileCall;

/** What stands on a terminal, as it comes. */
export interface Printed {
  readonly session: string;
  readonly ticket: string;
  readonly at: Micros;
  /** 1 or 2, as descriptors; null: the command has ended. */
  readonly stream: 1 | 2 | null;
  readonly text: string;
  /** The program asks for an editor of the file at this path, and waits until it is closed. `text` is what it holds. */
  readonly edits?: string;
  /** The program shows `text` a page at a time, and waits until it is left as an editor is closed. */
  readonly pages?: true;
  /** Exit code, when it has ended. */
  readonly code?: number;
}

/** How far a call of kubectl has come: its answers so far, in the order in which it asked. */
export interface CallState {
  /** `kubectl`, or another program that is a generator. */
  readonly program: string;
  readonly argv: readonly string[];
  readonly columns: number | null;
  readonly directory: string;
  /** Words like `KUBE_EDITOR=…` that stood before the command. */
  readonly variables: Readonly<Record<string, string>>;
  /** True: somebody may type. */
  readonly interactive: boolean;
  readonly answers: unknown[];
  /** What the stream under way has come to; null: none is. */
  stream: {
    readonly state: object;
    request: number | null;
    timer: EventId | null;
    closed: boolean;
    /** Requests that carry connections to this program's ports, by connection. */
    readonly carriers: Map<number, number>;
  } | null;
  /** The timer that is waited for. */
  timer: EventId | null;
  /** Warnings of the server that were told. */
  readonly warned: string[];
  /** The question under way. */
  asked: number;
}

/** A program of a pipeline. */
export interface Stage {
  readonly argv: readonly string[];
  readonly redirects: readonly Redirect[];
  /** Null: it is a small tool. */
  call: CallState | null;
  /** What a small tool remembers between two pieces of its input. */
  memory: Record<string, unknown>;
  /** Came and was not read. */
  input: string;
  inputEnded: boolean;
  /** Null while it runs. */
  code: number | null;
}

/** Where a descriptor goes, or comes from. */
export interface Redirect {
  readonly from: 0 | 1 | 2;
  /** `>`, `>>`, `<`; `&`: to another descriptor; `text`: a here-document. */
  readonly kind: '>' | '>>' | '<' | '&' | 'text';
  readonly to: string;
}

/** A command line under way. */
export interface Job {
  readonly ticket: string;
  readonly columns: number | null;
  /** What is left to do, as text; the first is under way. */
  readonly pipelines: readonly Pipeline[];
  position: number;
  stages: Stage[];
  readonly output: string[];
  readonly errors: string[];
  /** Letters that were printed. */
  kept: number;
}

export interface Pipeline {
  /** What the one before must have come to: `&&`, `||`, or anything. */
  readonly after: '&&' | '||' | ';';
  readonly commands: readonly Command[];
}

export interface Command {
  readonly variables: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
  readonly redirects: readonly Redirect[];
}

export interface Session {
  directory: string;
  readonly variables: Record<string, string>;
  /** `$?` */
  status: number;
  job: Job | null;
  /** Lines typed ahead. */
  readonly waiting: ShellCall[];
  /** Numbers jobs, so that answers to one that is gone find nobody. */
  jobs: number;
}

/** A program of a session. */
export interface StagePlace {
  readonly session: string;
  readonly job: number;
  readonly stage: number;
}

/** TCP within the laptop: who listens on `localhost`, and the connections. */
export interface Loopback {
  readonly listeners: { readonly address: string; readonly port: number; readonly by: StagePlace }[];
  readonly connections: Map<number, { readonly client: StagePlace; readonly server: StagePlace }>;
  next: number;
}

export interface TerminalState {
  /** Absent: nobody has listened yet. */
  loopback?: Loopback;
  readonly sessions: Map<string, Session>;
  readonly printed: Ring<Printed>;
  /** What kubectl keeps below `~/.kube/cache`, by name. */
  readonly cache: Map<string, { readonly at: Micros; readonly value: unknown }>;
}

const KEPT_PRINTED = 2048;

export const newTerminals = (): TerminalState => ({
  sessions: new Map(),
  printed: newRing(KEPT_PRINTED),
  cache: new Map(),
});

/** What the code that comes late sees of the process. */
export interface Laptop {
  readonly client: Client;
  readonly terminals: TerminalState;
  readonly answers: Ring<KubectlAnswer>;
}

/** An answer is for a terminal: its tag says for whom. */
export interface StageTag extends Message {
  readonly type: 'kubectl/stage';
  readonly session: string;
  readonly job: number;
  readonly stage: number;
  readonly asked: number;
  /** The connection to a port of the program that the answer is for. */
  readonly connection?: number;
  /** Bytes that have come by a connection within the laptop. */
  readonly bytes?: { readonly data: string; readonly end: boolean; readonly port?: number };
}

/** What terminals do. `run.ts` fills it. */
export const terminals = new LateCode<{
  handle(laptop: Laptop, message: TerminalCall | StageTag, ctx: Context): void;
  deliver(laptop: Laptop, delivery: Delivery, tag: StageTag, ctx: Context): void;
}>('the terminals of the laptop');
