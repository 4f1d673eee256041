/** What a shell sees of its container, and what a small command gives back. */
import type { Micros } from '#engine/kernel/time';
import type { Terminal } from '../terminal';

/** What a shell sees of its container. */
export interface ShellHost {
  /** The machine's clock, for `date`. */
  readonly now: Micros;
  readonly monotonic: Micros;
  /** Paths to contents; a directory's path ends with `/`. Changed in place. */
  readonly files: Map<string, string>;
  readonly hostname: string;
  /** What it is typed at; null: nothing that is a terminal. */
  readonly terminal: Terminal | null;
  /** Which small tools exist; `unknown`: nobody knows the image, so any command may. */
  readonly tools: 'busybox' | 'debian' | 'none' | 'unknown';
  /** Whether the name is a program of the image that stays in the foreground. */
  isProgram(name: string): boolean;
  /** What a tool of the image prints; undefined when the image has no such tool. */
  toolOutput(name: string): string | undefined;
  /** What `ps` shows. */
  processes(): readonly { readonly pid: number; readonly command: string }[];
  /** Sends a signal. @returns whether there is such a process */
  kill(pid: number, signal: string): boolean;
  /** The service that those tools ask is listening. */
  readonly toolsReady: boolean;
  write(stream: 'stdout' | 'stderr', text: string): void;
}

export interface CommandResult {
  readonly status: number;
  /** Written to stderr before anything else. */
  readonly warning?: string;
  readonly out: string;
  readonly err: string;
}
