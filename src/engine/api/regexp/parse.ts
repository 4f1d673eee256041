/** Reads Go's regular expressions into a tree. @source Go regexp/syntax/parse.go */
import { type Accepts, anyOf, between, DIGIT, folded, not, POSIX, SPACE, unicodeClass, WORD } from './characters';

export type Node =
  | { readonly type: 'empty' }
  | { readonly type: 'char'; readonly accepts: Accepts }
  | { readonly type: 'assert'; readonly holds: Assertion }
  | { readonly type: 'sequence'; readonly parts: readonly Node[] }
  | { readonly type: 'choice'; readonly parts: readonly Node[] }
  | {
      readonly type: 'repeat';
      readonly part: Node;
      readonly min: number;
      readonly max: number;
      /** As often as it can; else as rarely. */
      readonly greedy: boolean;
    };

export type Assertion = 'line-start' | 'line-end' | 'text-start' | 'text-end' | 'boundary' | 'no-boundary';

interface Flags {
  readonly fold: boolean;
  readonly dotAll: boolean;
  readonly multiline: boolean;
  readonly ungreedy: boolean;
}

export class PatternError extends Error {}

const fail = (what: string, at: string): never => {
  throw new PatternError(`error parsing regexp: ${what}: \`${at}\``);
};

/** Most that a counted repetition may say, and all that are nested together. */
const MAX_REPEAT = 1000;
const MAX_DEPTH = 1000;

const CONTROLS: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

class Parser {
  readonly #pattern: string;
  /** The pattern's characters, each a whole code point. */
  readonly #text: readonly string[];
  #at = 0;
  #depth = 0;
  #flags: Flags = { fold: false, dotAll: false, multiline: false, ungreedy: false };

  constructor(pattern: string) {
    this.#pattern = pattern;
    this.#text = Array.from(pattern);
  }

  parse(): Node {
    const node = this.#choice();
    if (this.#at < this.#text.length) fail('unexpected )', this.#pattern);
    return node;
  }

  #choice(): Node {
    if (++this.#depth > MAX_DEPTH) fail('expression nests too deeply', this.#pattern);
    const flags = this.#flags;
    const parts = [this.#sequence()];
    while (this.#text[this.#at] === '|') {
      this.#at++;
      parts.push(this.#sequence());
    }
    this.#flags = flags;
    this.#depth--;
    return parts.length === 1 ? parts[0]! : { type: 'choice', parts };
  }

  #sequence(): Node {
    const parts: Node[] = [];
    while (this.#at < this.#text.length) {
      const next = this.#text[this.#at]!;
      if (next === '|' || next === ')') break;
      const part = this.#atom();
      if (part !== null) parts.push(this.#repeated(part));
    }
    return parts.length === 1 ? parts[0]! : parts.length === 0 ? { type: 'empty' } : { type: 'sequence', parts };
  }

  #repeated(atom: Node): Node {
    let node = atom;
    let before: string | null = null;
    for (;;) {
      const start = this.#at;
      const bounds = this.#quantifier();
      if (bounds === null) return node;
      const lazy = this.#text[this.#at] === '?';
      if (lazy) this.#at++;
      const written = this.#text.slice(start, this.#at).join('');
      if (before !== null) fail('invalid nested repetition operator', before + written);
      before = written;
      if (bounds.min > MAX_REPEAT || (bounds.max !== Infinity && bounds.max > MAX_REPEAT) || bounds.max < bounds.min)
        fail('invalid repeat count', written);
      node = { type: 'repeat', part: node, ...bounds, greedy: lazy === this.#flags.ungreedy };
      if (repeatsOf(node) > MAX_REPEAT) fail('invalid repeat count', written);
    }
  }

  /** What is repeated and how often; null where nothing is. A brace that counts nothing is a brace. */
  #quantifier(): { readonly min: number; readonly max: number } | null {
    switch (this.#text[this.#at]) {
      case '*':
        this.#at++;
        return { min: 0, max: Infinity };
      case '+':
        this.#at++;
        return { min: 1, max: Infinity };
      case '?':
        this.#at++;
        return { min: 0, max: 1 };
      case '{': {
        const end = this.#text.indexOf('}', this.#at);
        const inside = end < 0 ? '' : this.#text.slice(this.#at + 1, end).join('');
        const counts = /^(\d{1,9})(?:(,)(\d{0,9}))?$/.exec(inside);
        if (counts === null) return null;
        this.#at = end + 1;
        const min = Number(counts[1]);
        return { min, max: counts[2] === undefined ? min : counts[3] === '' ? Infinity : Number(counts[3]) };
      }
      default:
        return null;
    }
  }

  /** One character, class, group or assertion; null for flags that hold from here on. */
  #atom(): Node | null {
    const next = this.#text[this.#at]!;
    const { multiline } = this.#flags;
    switch (next) {
      case '(':
        return this.#group();
      case '[':
        return this.#char(this.#class());
      case '.': {
        this.#at++;
        const { dotAll } = this.#flags;
        return { type: 'char', accepts: (code) => dotAll || code !== 10 };
      }
      case '^':
        this.#at++;
        return { type: 'assert', holds: multiline ? 'line-start' : 'text-start' };
      case '$':
        this.#at++;
        return { type: 'assert', holds: multiline ? 'line-end' : 'text-end' };
      case '*':
      case '+':
      case '?':
        return fail('missing argument to repetition operator', next);
      case '\\':
        return this.#escaped();
      default:
        if (this.#quantifierHere()) return fail('missing argument to repetition operator', this.#rest());
        this.#at++;
        return this.#literal(next);
    }
  }

  #quantifierHere(): boolean {
    const at = this.#at;
    const found = this.#quantifier() !== null;
    if (!found) this.#at = at;
    return found;
  }

  #rest(): string {
    return this.#text.slice(this.#at).join('');
  }

  #literal(letter: string): Node {
    const wanted = letter.codePointAt(0)!;
    return this.#char((code) => code === wanted);
  }

  #char(accepts: Accepts): Node {
    return { type: 'char', accepts: this.#flags.fold ? folded(accepts) : accepts };
  }

  #group(): Node | null {
    this.#at++;
    const outer = this.#flags;
    if (this.#text[this.#at] === '?') {
      const rest = this.#rest();
      const named = /^\?P?<(\w+)>/.exec(rest);
      if (named !== null) this.#at += Array.from(named[0]).length;
      else {
        const flags = /^\?([imsU]*)(?:-([imsU]+))?([:)])/.exec(rest);
        if (flags === null || (flags[1] === '' && flags[2] === undefined && flags[3] === ')'))
          return fail('invalid or unsupported Perl syntax', `(${Array.from(rest).slice(0, 2).join('')}`);
        this.#at += flags[0].length;
        const has = (letter: string, before: boolean): boolean =>
          (before || flags[1]!.includes(letter)) && flags[2]?.includes(letter) !== true;
        this.#flags = {
          fold: has('i', outer.fold),
          dotAll: has('s', outer.dotAll),
          multiline: has('m', outer.multiline),
          ungreedy: has('U', outer.ungreedy),
        };
        if (flags[3] === ')') return null;
      }
    }
    const node = this.#choice();
    if (this.#text[this.#at] !== ')') fail('missing closing )', this.#pattern);
    this.#at++;
    this.#flags = outer;
    return node;
  }

  #escaped(): Node {
    const letter = this.#text[this.#at + 1];
    if (letter === undefined) return fail('trailing backslash at end of expression', '');
    switch (letter) {
      case 'A':
        this.#at += 2;
        return { type: 'assert', holds: 'text-start' };
      case 'z':
        this.#at += 2;
        return { type: 'assert', holds: 'text-end' };
      case 'b':
        this.#at += 2;
        return { type: 'assert', holds: 'boundary' };
      case 'B':
        this.#at += 2;
        return { type: 'assert', holds: 'no-boundary' };
      case 'Q': {
        this.#at += 2;
        const parts: Node[] = [];
        while (this.#at < this.#text.length) {
          if (this.#text[this.#at] === '\\' && this.#text[this.#at + 1] === 'E') {
            this.#at += 2;
            break;
          }
          parts.push(this.#literal(this.#text[this.#at++]!));
        }
        return { type: 'sequence', parts };
      }
      default:
        return this.#char(this.#named() ?? this.#exactly(this.#code()));
    }
  }

  #exactly(wanted: number): Accepts {
    return (code) => code === wanted;
  }

  /** A class with a name behind a backslash; null: it is none. */
  #named(): Accepts | null {
    const letter = this.#text[this.#at + 1] ?? '';
    const known = { d: DIGIT, w: WORD, s: SPACE }[letter.toLowerCase()];
    if (known !== undefined && 'dwsDWS'.includes(letter)) {
      this.#at += 2;
      return letter === letter.toLowerCase() ? known : not(known);
    }
    if (letter !== 'p' && letter !== 'P') return null;
    const found = /^\\[pP](?:\{(\^?)(\w+)\}|(\w))/.exec(this.#rest());
    if (found === null) return fail('invalid character class range', this.#rest());
    const name = found[2] ?? found[3]!;
    this.#at += found[0].length;
    const accepts = unicodeClass(name);
    if (accepts === null) return fail('invalid character class range', found[0]);
    return (letter === 'P') !== (found[1] === '^') ? not(accepts) : accepts;
  }

  /** The character that an escape stands for. */
  #code(): number {
    const letter = this.#text[this.#at + 1];
    if (letter === undefined) return fail('trailing backslash at end of expression', '');
    const control = CONTROLS[letter];
    if (control !== undefined) {
      this.#at += 2;
      return control;
    }
    const hex = /^\\x(?:\{([0-9A-Fa-f]{1,8})\}|([0-9A-Fa-f]{2}))/.exec(this.#rest());
    const octal = /^\\(0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(this.#rest());
    if (hex !== null) {
      this.#at += hex[0].length;
      const code = Number.parseInt(hex[1] ?? hex[2]!, 16);
      return code > 0x10ffff ? fail('invalid escape sequence', hex[0]) : code;
    }
    if (octal !== null) {
      this.#at += octal[0].length;
      return Number.parseInt(octal[1]!, 8);
    }
    if (/[0-9A-Za-z]/.test(letter)) return fail('invalid escape sequence', `\\${letter}`);
    this.#at += 2;
    return letter.codePointAt(0)!;
  }

  #class(): Accepts {
    const start = this.#at++;
    const whole = (): string => this.#text.slice(start).join('');
    const negated = this.#text[this.#at] === '^';
    if (negated) this.#at++;
    const parts: Accepts[] = [];
    for (let first = true; first || this.#text[this.#at] !== ']'; first = false) {
      if (this.#at >= this.#text.length) return fail('missing closing ]', whole());
      const posix = this.#text[this.#at] === '[' ? /^\[:(\^?)(\w+):\]/.exec(this.#rest()) : null;
      if (posix !== null) {
        const named = POSIX[posix[2]!];
        if (named === undefined) return fail('invalid character class range', posix[0]);
        this.#at += posix[0].length;
        parts.push(posix[1] === '^' ? not(named) : named);
        continue;
      }
      const named = this.#text[this.#at] === '\\' ? this.#named() : null;
      if (named !== null) {
        parts.push(named);
        continue;
      }
      const from = this.#at;
      const low = this.#classCode(whole);
      let high = low;
      if (this.#text[this.#at] === '-' && this.#text[this.#at + 1] !== ']' && this.#at + 1 < this.#text.length) {
        this.#at++;
        high = this.#classCode(whole);
        if (high < low) return fail('invalid character class range', this.#text.slice(from, this.#at).join(''));
      }
      parts.push(between(low, high));
    }
    this.#at++;
    const accepts = this.#flags.fold ? folded(anyOf(parts)) : anyOf(parts);
    return negated ? not(accepts) : accepts;
  }

  #classCode(whole: () => string): number {
    const letter = this.#text[this.#at];
    if (letter === undefined) return fail('missing closing ]', whole());
    if (letter === '\\') return this.#code();
    this.#at++;
    return letter.codePointAt(0)!;
  }
}

/** How often the innermost part of nested repetitions is there. */
function repeatsOf(node: Node): number {
  switch (node.type) {
    case 'repeat': {
      const count = node.max === Infinity ? Math.max(node.min, 1) : Math.max(node.max, 1);
      return count * repeatsOf(node.part);
    }
    case 'sequence':
    case 'choice':
      return node.parts.reduce((most, part) => Math.max(most, repeatsOf(part)), 1);
    default:
      return 1;
  }
}

/** The tree of a pattern. @throws PatternError with Go's words */
export const parsePattern = (pattern: string): Node => new Parser(pattern).parse();
