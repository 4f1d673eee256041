/** What a command does. What it takes, and is called: `manual/`. */
import type { Call } from '../call/context';
import type { Doing } from '../call/effects';

export interface Command {
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
