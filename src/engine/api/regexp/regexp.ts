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
      emitRepeat(node, steps);
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

/** A way on and one past what follows: what is tried first depends on whether much or little is wanted. */
function fork(steps: Step[], greedy: boolean): () => void {
  const inside = steps.length + 1;
  const split = { op: 'split' as const, first: inside, second: inside };
  steps.push(split);
  return () => {
    if (greedy) split.second = steps.length;
    else split.first = steps.length;
  };
}

function emitRepeat({ part, min, max, greedy }: Extract<Node, { type: 'repeat' }>, steps: Step[]): void {
  for (let count = 0; count < min; count++) emit(part, steps);
  if (max === Infinity) {
    const start = steps.length;
    const join = fork(steps, greedy);
    emit(part, steps);
    steps.push({ op: 'jump', to: start });
    join();
    return;
  }
  const joins: (() => void)[] = [];
  for (let count = min; count < max; count++) {
    joins.push(fork(steps, greedy));
    emit(part, steps);
  }
  for (const join of joins) join();
}

/** A way through the expression: the step that it is at, and where in the text it began. */
interface Way {
  readonly index: number;
  readonly start: number;
}

/** A compiled expression. */
class GoRegExp {
  readonly #steps: readonly Step[];

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
  }

  /** Whether it matches anywhere in a text. */
  matches(text: string): boolean {
    return this.#run(codesOf(text), 0, true) !== null;
  }

  /** All matches that do not overlap; at most `limit` unless that is negative. */
  findAll(text: string, limit = -1): string[] {
    const codes = codesOf(text);
    return this.spans(codes, limit).map(([start, end]) => textOf(codes.slice(start, end)));
  }

  /** Where those matches begin and end in a text of code points. */
  spans(codes: readonly number[], limit = -1): (readonly [number, number])[] {
    const all: (readonly [number, number])[] = [];
    let from = 0;
    let before = -1;
    while (from <= codes.length && (limit < 0 || all.length < limit)) {
      const found = this.#run(codes, from, false);
      if (found === null) break;
      const [start, end] = found;
      // Nothing right behind another match does not count.
      if (end > start || start !== before) all.push(found);
      before = end;
      from = end > start ? end : end + 1;
    }
    return all;
  }

  /** All ways go through the text together, those that are preferred in front. Answers where a match begins and ends. */
  #run(codes: readonly number[], from: number, any: boolean): readonly [number, number] | null {
    const seen = new Uint32Array(this.#steps.length);
    let found: readonly [number, number] | null = null;
    let ways: Way[] = [];
    for (let at = from, round = 1; at <= codes.length; at++, round++) {
      const open: Way[] = [];
      for (const way of ways) this.#follow(way, codes, at, round, seen, open);
      // A match may begin at every character.
      if (found === null) this.#follow({ index: 0, start: at }, codes, at, round, seen, open);
      if (open.length === 0 && found !== null) break;
      ways = [];
      for (const { index, start } of open) {
        const step = this.#steps[index]!;
        if (step.op === 'match') {
          found = [start, at];
          if (any) return found;
          break;
        }
        if (step.op === 'char' && at < codes.length && step.accepts(codes[at]!)) ways.push({ index: index + 1, start });
      }
    }
    return found;
  }

  /** Adds the steps that a way reaches without a character: those that take one, and the match. */
  #follow(
    { index: first, start }: Way,
    codes: readonly number[],
    at: number,
    round: number,
    seen: Uint32Array,
    into: Way[],
  ): void {
    const open = [first];
    while (open.length > 0) {
      const index = open.pop()!;
      if (seen[index] === round) continue;
      seen[index] = round;
      const step = this.#steps[index]!;
      switch (step.op) {
        case 'match':
        case 'char':
          into.push({ index, start });
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
  }
}

const codesOf = (text: string): number[] => Array.from(text, (letter) => letter.codePointAt(0)!);
const textOf = (codes: readonly number[]): string => codes.map((code) => String.fromCodePoint(code)).join('');

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
