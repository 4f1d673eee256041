/** Where a shell stands: plain data, changed in place by the interpreter, saved between any two instructions. */
import type { Micros } from '#engine/kernel/time';

export type Frame =
  | { readonly of: 'for'; readonly items: readonly string[]; index: number }
  | { readonly of: 'capture'; text: string }
  | { readonly of: 'stdin'; readonly text: string }
  | { readonly of: 'redirect'; readonly outputs: Outputs }
  | { readonly of: 'subshell'; readonly variables: Record<string, string>; readonly cwd: string; readonly end: number }
  /** A function, a trap, or (`process`) a shell of its own, whose variables end with it. */
  | {
      readonly of: 'call';
      readonly script: string;
      readonly pc: number;
      readonly positional: readonly string[];
      readonly process: { readonly variables: Record<string, string>; readonly cwd: string } | null;
    };

/** Where descriptors 1 and 2 go: a path, `''` for where they went before. */
export interface Outputs {
  readonly stdout: string;
  readonly stderr: string;
}

export interface ShellState {
  /** The text being run; `pc` counts its instructions. */
  script: string;
  pc: number;
  /** `$?` */
  status: number;
  variables: Record<string, string>;
  /** `$0`, `$1`, … */
  positional: readonly string[];
  stack: Frame[];
  /** Outputs of command substitutions. */
  slots: string[];
  /** Functions: where they begin, and in which text. */
  functions: Record<string, { readonly script: string; readonly entry: number }>;
  /** Signal → command. */
  traps: Record<string, string>;
  /** Signals that came and whose trap has not run. */
  pending: string[];
  cwd: string;
  errexit: boolean;
  /** When the background jobs end, by `ctx.monotonic`; `null` is never. */
  jobs: (Micros | null)[];
  blocked: Blocked | null;
  /** What comes to its standard input from outside; null: nothing ever does. */
  input: ShellInput | null;
  /** It reads its commands from that; null: it runs a script. */
  console: ShellConsole | null;
  /** The stream for the next command of a pipe. */
  stdin: string | null;
}

export interface ShellInput {
  /** Not read yet. */
  text: string;
  /** Nothing comes after it; at a terminal one may go on typing. */
  eof: boolean;
  readonly tty: boolean;
}

export interface ShellConsole {
  /** `\\w` is the working directory, `\\h` the host; empty: none is shown. */
  readonly prompt: string;
  /** Lines of a command that is not complete yet. */
  command: string;
  prompted: boolean;
}

export type Blocked =
  /** For something to read. */
  | { readonly on: 'input' }
  | { readonly on: 'sleep'; readonly until: Micros | null }
  | { readonly on: 'wait'; readonly until: Micros | null }
  /** A foreground program; `replaces`: by `exec`, so that signals are its own. */
  | { readonly on: 'program'; readonly argv: readonly string[]; readonly replaces: boolean };

/** A shell at the beginning of `script`. */
export function newShell(
  script: string,
  variables: Readonly<Record<string, string>>,
  cwd: string,
  positional: readonly string[],
): ShellState {
  return {
    script,
    pc: 0,
    status: 0,
    variables: { ...variables },
    positional,
    stack: [],
    slots: [],
    functions: {},
    traps: {},
    pending: [],
    cwd,
    errexit: false,
    jobs: [],
    blocked: null,
    input: null,
    console: null,
    stdin: null,
  };
}
