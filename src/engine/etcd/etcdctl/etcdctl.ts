/**
 * etcdctl and etcdutl on the laptop, as one process: a command line comes in, requests travel to members over the
 * simulated network, and what would stand on the terminal is kept for whoever shows it. Command lines are read in
 * `command.ts`, carried out in `run.ts`, printed in `print.ts`; snapshots lie on the laptop's own disk (`snapshot-file.ts`).
 */
import { type Context, defineProcess, type Message, type ProcessId } from '#engine/kernel/process';
import { newRing, type Ring } from '#engine/kernel/ring';
import type { Micros } from '#engine/kernel/time';
import type { Member } from '../wire';
import type { CommandLine } from './command';
import type { Asked, Result } from './requests';

export interface EtcdctlArgs {
  /** Members that are asked when `--endpoints` does not say otherwise; the first one that answers. */
  readonly endpoints: readonly ProcessId[];
  /** A name of the network that stands for the members of now. Absent: they stay the same. */
  readonly endpoint?: string;
}

/** What stands on the terminal when a command has come to its end; a watch gives one for every batch of changes. */
export interface EtcdctlAnswer {
  readonly ticket: string;
  readonly at: Micros;
  readonly ok: boolean;
  /** Exit code. */
  readonly code: number;
  readonly body: null;
  readonly output: string;
  readonly error: string;
  readonly positions: readonly never[];
}

/** A command line. `^C` ends the watch of the same ticket. */
export interface EtcdctlCall extends Message {
  readonly type: 'etcdctl/run';
  readonly ticket: string;
  readonly command: string;
}

export interface TimedOut extends Message {
  readonly type: 'etcdctl/timeout';
  readonly ticket: string;
}

export interface Run {
  readonly ticket: string;
  readonly line: CommandLine;
  readonly startedAt: Micros;
  readonly endpoints: readonly ProcessId[];
  /** What the members said of themselves, for commands that need it. */
  group: { readonly cluster: number; readonly members: readonly Member[] } | null;
  /** Whether what is under way asks for that. */
  asksMembers: boolean;
  /** Requests under way, by id. */
  readonly waiting: Map<number, Asked>;
  readonly results: Result[];
}

export interface EtcdctlState {
  readonly args: EtcdctlArgs;
  readonly runs: Map<string, Run>;
  readonly ticketOf: Map<number, string>;
  nextId: number;
  readonly answers: Ring<EtcdctlAnswer>;
}

const KEPT_ANSWERS = 256;

/** What it does about a message: code that comes late (decision 9), since nobody types a command before. `run.ts` fills it. */
export const etcdctlRuns: { handle: ((state: EtcdctlState, message: Message, ctx: Context) => void) | null } = {
  handle: null,
};

export const etcdctl = defineProcess<EtcdctlState, EtcdctlArgs>({
  kind: 'etcdctl',

  start: (ctx, args) => ({
    args,
    runs: new Map(),
    ticketOf: new Map(),
    nextId: ctx.monotonic + 1,
    answers: newRing(KEPT_ANSWERS),
  }),

  handle: (state, message, ctx) => etcdctlRuns.handle!(state, message, ctx),
});
