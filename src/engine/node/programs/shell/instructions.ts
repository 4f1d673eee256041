/**
 * A shell script in the form that the interpreter runs: a flat list of instructions, so that where a script stands is
 * one number, and a run can be saved in the middle of a `sleep`. Made by `compile.ts`.
 */
export type WordPart =
  | { readonly of: 'text'; readonly text: string; readonly quoted: boolean }
  | {
      readonly of: 'variable';
      readonly name: string;
      readonly quoted: boolean;
      readonly length: boolean;
      readonly operator: string;
      readonly operand: ShellWord | null;
    }
  /** The output of a command substitution, which ran before. */
  | { readonly of: 'slot'; readonly slot: number; readonly quoted: boolean }
  | { readonly of: 'arithmetic'; readonly expression: Arithmetic; readonly quoted: boolean }
  /** `{1..5}`. */
  | { readonly of: 'range'; readonly from: number; readonly to: number };

export type ShellWord = readonly WordPart[];

export type Arithmetic =
  | { readonly of: 'word'; readonly word: ShellWord; readonly name: string }
  | { readonly of: 'unary'; readonly operator: string; readonly operand: Arithmetic; readonly prefix: boolean }
  | { readonly of: 'binary'; readonly operator: string; readonly left: Arithmetic; readonly right: Arithmetic }
  | { readonly of: 'choice'; readonly test: Arithmetic; readonly then: Arithmetic; readonly otherwise: Arithmetic };

export interface ShellRedirect {
  readonly descriptor: number;
  readonly operator: string;
  readonly target: ShellWord;
}

/** An argument of `[[ … ]]`: operators stand as they are, operands are words. */
export type Test =
  | { readonly of: 'unary'; readonly operator: string; readonly operand: ShellWord }
  | { readonly of: 'binary'; readonly operator: string; readonly left: ShellWord; readonly right: ShellWord }
  | { readonly of: 'logical'; readonly operator: string; readonly operands: readonly Test[] }
  | { readonly of: 'not'; readonly operand: Test; readonly odd: boolean };

export type Instruction =
  | {
      readonly op: 'command';
      readonly assignments: readonly { readonly name: string; readonly value: ShellWord; readonly append: boolean }[];
      readonly words: readonly ShellWord[];
      readonly redirects: readonly ShellRedirect[];
      readonly background: boolean;
    }
  | { readonly op: 'test'; readonly test: Test }
  | { readonly op: 'arithmetic'; readonly expression: Arithmetic }
  | { readonly op: 'jump'; readonly to: number }
  | { readonly op: 'jump-if'; readonly succeeded: boolean; readonly to: number }
  | { readonly op: 'negate' }
  | { readonly op: 'status'; readonly status: number }
  /** `set -e`: a failed command outside conditions ends the script. */
  | { readonly op: 'check' }
  | { readonly op: 'for'; readonly words: readonly ShellWord[] | null }
  | { readonly op: 'next'; readonly name: string; readonly done: number }
  | { readonly op: 'pop' }
  | {
      readonly op: 'case';
      readonly word: ShellWord;
      readonly items: readonly { readonly patterns: readonly ShellWord[]; readonly to: number }[];
      readonly otherwise: number;
    }
  | { readonly op: 'subshell'; readonly end: number }
  | { readonly op: 'leave-subshell' }
  /** From here output is collected: for a pipe's left side or a substitution. */
  | { readonly op: 'capture' }
  | { readonly op: 'capture-to-slot'; readonly slot: number }
  | { readonly op: 'capture-to-stdin' }
  | { readonly op: 'redirect'; readonly redirects: readonly ShellRedirect[] }
  | { readonly op: 'define'; readonly name: string; readonly entry: number }
  | { readonly op: 'return' }
  | { readonly op: 'end' };

export interface Script {
  readonly instructions: readonly Instruction[];
  /** What the parser did not like; empty when all was understood. */
  readonly error: string;
  /** What it did not like is that the text ends too early. */
  readonly incomplete: boolean;
}
