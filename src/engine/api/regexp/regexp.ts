/**
 * Regular expressions as Go's package regexp reads them (RE2), matched in time linear in the text: patterns come from users,
 * and JavaScript's own engine tries ways back for minutes where it is given a bad one.
 *
 * @source Go regexp/syntax/parse.go
 */

import { type Accepts, WORD } from './characters';
import { type Assertion, type Node, parsePattern, PatternError } from './parse';

type Step =
  | { readonly op: 'char'; readonly accepts: Accepts }
  | { readonly op: 'assert'; readonly holds: Assertion }
  | { op: 'split'; first: number; second: number }
  | { op: 'jump'; to: number }
  | { readonly op: 'match' };

const MAX_STEPS = 20_000;

function emit(node: Node, steps: Step[]): void {
  if (steps.length > MAX_STEPS) throw new PatternError('error parsing regexp: expression too large');
  switch (node.type) {
    case 'empty':
      return;
    case 'char':
      steps.push({ op: 'char', accepts: node.accepts });
      return;
    case 'assert':
      steps.push({ op: 'assert', holds: node.holds });
      return;
    case 'sequence':
      for (const part of node.parts) emit(part, steps);
      return;
    case 'choice':
      emitChoice(node.parts, steps);
      return;
    case 'repeat':
      emitRepeat(node.part, node.min, node.max, steps);
  }
}

function emitChoice(parts: readonly Node[], steps: Step[]): void {
  const ends: { op: 'jump'; to: number }[] = [];
  parts.forEach((part, index) => {
    const split = { op: 'split' as const, first: steps.length + 1, second: 0 };
    const last = index === parts.length - 1;
    if (!last) steps.push(split);
    emit(part, steps);
    if (last) return;
    const end = { op: 'jump' as const, to: 0 };
    steps.push(end);
    ends.push(end);
    split.second = steps.length;
  });
  for (const end of ends) end.to = steps.length;
}

function emitRepeat(part: Node, min: number, max: number, steps: Step[]): void {
  for (let count = 0; count < min; count++) emit(part, steps);
  if (max === Infinity) {
    const split = { op: 'split' as const, first: steps.length + 1, second: 0 };
    const start = steps.length;
    steps.push(split);
    emit(part, steps);
    steps.push({ op: 'jump', to: start });
    split.second = steps.length;
    return;
  }
  const splits: { second: number }[] = [];
  for (let count = min; count < max; count++) {
    const split = { op: 'split' as const, first: steps.length + 1, second: 0 };
    steps.push(split);
    splits.push(split);
    emit(part, steps);
  }
  for (const split of splits) split.second = steps.length;
}

/** A compiled expression. */
class GoRegExp {
  readonly #steps: readonly Step[];

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
  }

  /** Whether it matches anywhere in a text. */
  matches(text: string): boolean {
    const codes = Array.from(text, (letter) => letter.codePointAt(0)!);
    let current: number[] = [];
    const seen = new Uint32Array(this.#steps.length);
    for (let at = 0, round = 1; at <= codes.length; at++, round++) {
      // A match may begin at every character.
      if (this.#follow(0, codes, at, round, seen, current)) return true;
      if (at === codes.length) return false;
      const next: number[] = [];
      for (const index of current) {
        const step = this.#steps[index]!;
        if (step.op !== 'char' || !step.accepts(codes[at]!)) continue;
        if (this.#follow(index + 1, codes, at + 1, round + 1, seen, next)) return true;
      }
      current = next;
    }
    return false;
  }

  /** Adds what can be reached without a character. Answers whether that is a match. */
  #follow(
    from: number,
    codes: readonly number[],
    at: number,
    round: number,
    seen: Uint32Array,
    into: number[],
  ): boolean {
    const open = [from];
    while (open.length > 0) {
      const index = open.pop()!;
      if (seen[index] === round) continue;
      seen[index] = round;
      const step = this.#steps[index]!;
      switch (step.op) {
        case 'match':
          return true;
        case 'char':
          into.push(index);
          break;
        case 'jump':
          open.push(step.to);
          break;
        case 'split':
          open.push(step.second, step.first);
          break;
        case 'assert':
          if (holds(step.holds, codes, at)) open.push(index + 1);
      }
    }
    return false;
  }
}

function holds(assertion: Assertion, codes: readonly number[], at: number): boolean {
  const word = (index: number): boolean => index >= 0 && index < codes.length && WORD(codes[index]!);
  switch (assertion) {
    case 'text-start':
      return at === 0;
    case 'text-end':
      return at === codes.length;
    case 'line-start':
      return at === 0 || codes[at - 1] === 10;
    case 'line-end':
      return at === codes.length || codes[at] === 10;
    case 'boundary':
      return word(at - 1) !== word(at);
    case 'no-boundary':
      return word(at - 1) === word(at);
  }
}

type Compiled = { readonly ok: true; readonly value: GoRegExp } | { readonly ok: false; readonly error: string };

const compiled = new Map<string, Compiled>();
const MAX_COMPILED = 512;

/** Reads a pattern. The error is Go's, e.g. ``error parsing regexp: missing closing ): `(` ``. */
export function compileRegExp(pattern: string): Compiled {
  let known = compiled.get(pattern);
  if (known === undefined) {
    known = compile(pattern);
    if (compiled.size >= MAX_COMPILED) compiled.clear();
    compiled.set(pattern, known);
  }
  return known;
}

function compile(pattern: string): Compiled {
  try {
    const steps: Step[] = [];
    emit(parsePattern(pattern), steps);
    steps.push({ op: 'match' });
    return { ok: true, value: new GoRegExp(steps) };
  } catch (error) {
    if (error instanceof PatternError) return { ok: false, error: error.message };
    throw error;
  }
}
