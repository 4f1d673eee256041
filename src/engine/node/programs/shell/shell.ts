/** The shell that containers run, seen from outside. Its code comes late: no cluster needs it before somebody deploys a script. */
import { LateCode } from '#engine/late/late-code';
import type { Micros } from '#engine/kernel/time';
import type { ShellHost } from './host';
import type { ShellState } from './state';

export type ShellOutcome =
  | { readonly of: 'exited'; readonly code: number }
  /** Blocked until this monotonic time; `null`: for ever, unless a signal comes. */
  | { readonly of: 'asleep'; readonly until: Micros | null }
  | { readonly of: 'program'; readonly argv: readonly string[] }
  /** It has computed for long enough: call again soon. */
  | { readonly of: 'busy' };

export interface Shell {
  /** Whether a container has such a command. */
  commandExists(name: string, host: ShellHost): boolean;
  /** Runs on. A state that is asleep must be woken first. */
  run(state: ShellState, host: ShellHost): ShellOutcome;
  /** Ends a sleep, or a program in the foreground with its exit code. */
  wake(state: ShellState, status?: number): void;
  /** @returns whether the shell has something to do about the signal */
  signal(state: ShellState, signal: string): boolean;
  /** Something has come to its standard input; `eof`: nothing comes after it. */
  feed(state: ShellState, text: string, eof: boolean): void;
  /** Ctrl-C at its terminal. @returns false when that ends the process */
  interrupt(state: ShellState): boolean;
}

export const shell = new LateCode<Shell>('the shell of containers');
