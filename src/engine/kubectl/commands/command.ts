/** What a command is: its flags, and what it does. */
import type { Call } from '../call/context';
import type { Doing } from '../call/effects';
import type { Flag } from '../call/flags';

export interface Command {
  readonly flags: readonly Flag[];
  /** @returns the exit code */
  run(call: Call): Doing<number>;
}

/** A command of its own, or a family: `rollout status`, `config view`. */
export type Commands = { readonly [name: string]: Command | Family };

export interface Family {
  readonly commands: Commands;
  /** What it does where none of its commands is named. */
  readonly own?: Command;
}

export const isFamily = (command: Command | Family): command is Family => 'commands' in command;
