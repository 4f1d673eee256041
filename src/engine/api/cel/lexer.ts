/**
 * Words of an expression.
 *
 * @source cel-go parser/gen/CEL.g4, parser/unescape.go; cel-spec doc/langdef.md (Syntax)
 */
import { utf8Bytes } from '../base64';
import type { SourceError } from './source';
import { Bytes, Uint, type Value } from './values';

export interface Token {
  readonly type: 'ident' | 'escaped' | 'literal' | 'op' | 'end';
  /** As the source has it; of the end `<EOF>`. */
  readonly text: string;
  /** Code points from the beginning. */
  readonly offset: number;
  readonly value?: Value;
}

/** What may be no variable. */
export const RESERVED: ReadonlySet<string> = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(' '),
);
/** The same, and what is a word of the language itself: no name of a field. */
export const KEYWORDS: ReadonlySet<string> = new Set([...RESERVED, 'true', 'false', 'null', 'in']);

const OPERATORS: readonly string[] = [
  ...['==', '!=', '<=', '>=', '&&', '||'],
  ...['<', '>', '+', '-', '*', '/', '%', '!', '?', ':', '.', ',', '(', ')', '[', ']', '{', '}'],
];

const isLetter = (c: string | undefined): boolean => c !== undefined && /^[A-Za-z_]$/.test(c);
const isDigit = (c: string | undefined): boolean => c !== undefined && c >= '0' && c <= '9';
const isHex = (c: string | undefined): boolean => c !== undefined && /^[0-9a-fA-F]$/.test(c);

const MAX_INT = (1n << 63n) - 1n;
const MAX_UINT = (1n << 64n) - 1n;

export class Lexer {
  readonly errors: SourceError[] = [];
  readonly #source: readonly string[];
  #at = 0;

  constructor(source: string) {
    this.#source = Array.from(source);
  }

  #slice = (from: number, to = this.#at): string => this.#source.slice(from, to).join('');

  tokens(): Token[] {
    const tokens: Token[] = [];
    for (;;) {
      const token = this.#next();
      if (token !== null) tokens.push(token);
      if (token?.type === 'end') return tokens;
    }
  }

  #next(): Token | null {
    const source = this.#source;
    const start = this.#at;
    const c = source[start];
    if (c === undefined) return { type: 'end', text: '<EOF>', offset: start };
    if (' \t\r\n\f'.includes(c)) {
      this.#at++;
      return null;
    }
    if (c === '/' && source[start + 1] === '/') {
      while (this.#at < source.length && source[this.#at] !== '\n') this.#at++;
      return null;
    }
    const quoted = /^(?:[bB]?[rR]?|[rR][bB])(["'])/.exec(this.#slice(start, start + 3));
    if (quoted !== null) return this.#quoted(start, quoted[0].slice(0, -1).toLowerCase(), quoted[1]!);
    if (isLetter(c)) return this.#word(start);
    if (isDigit(c) || (c === '.' && isDigit(source[start + 1]))) return this.#number(start);
    if (c === '`') return this.#escaped(start);
    for (const text of OPERATORS) {
      if (this.#slice(start, start + text.length) !== text) continue;
      this.#at += text.length;
      return { type: 'op', text, offset: start };
    }
    // What could have become a longer operator is told with the letter that spoilt it.
    this.#at += '=&|'.includes(c) && start + 1 < source.length ? 2 : 1;
    return this.#unknown(start);
  }

  #unknown(start: number): null {
    const text = this.#slice(start).replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r');
    this.errors.push({ offset: start, message: `Syntax error: token recognition error at: '${text}'` });
    return null;
  }

  #word(start: number): Token {
    while (isLetter(this.#source[this.#at]) || isDigit(this.#source[this.#at])) this.#at++;
    const text = this.#slice(start);
    if (text === 'true' || text === 'false') return { type: 'literal', text, offset: start, value: text === 'true' };
    if (text === 'null') return { type: 'literal', text, offset: start, value: null };
    return { type: text === 'in' ? 'op' : 'ident', text, offset: start };
  }

  /** A field's name in backquotes. */
  #escaped(start: number): Token | null {
    this.#at++;
    while (/^[A-Za-z0-9_.\-/ ]$/.test(this.#source[this.#at] ?? '')) this.#at++;
    if (this.#source[this.#at] !== '`' || this.#at === start + 1) return this.#unknown(start);
    this.#at++;
    return { type: 'escaped', text: this.#slice(start), offset: start };
  }

  #digits(): void {
    while (isDigit(this.#source[this.#at])) this.#at++;
  }

  #number(start: number): Token {
    const source = this.#source;
    const hex = source[start] === '0' && source[start + 1] === 'x' && isHex(source[start + 2]);
    if (hex) {
      this.#at += 2;
      while (isHex(source[this.#at])) this.#at++;
    } else {
      this.#digits();
      let double = false;
      if (source[this.#at] === '.' && isDigit(source[this.#at + 1])) {
        double = true;
        this.#at++;
        this.#digits();
      }
      if (source[this.#at] === 'e' || source[this.#at] === 'E') {
        const sign = source[this.#at + 1] === '+' || source[this.#at + 1] === '-' ? 1 : 0;
        if (isDigit(source[this.#at + 1 + sign])) {
          double = true;
          this.#at += 1 + sign;
          this.#digits();
        }
      }
      if (double)
        return { type: 'literal', text: this.#slice(start), offset: start, value: Number(this.#slice(start)) };
    }
    const digits = this.#slice(start);
    if (source[this.#at] === 'u' || source[this.#at] === 'U') {
      this.#at++;
      const value = BigInt(digits);
      if (value > MAX_UINT) this.errors.push({ offset: start, message: 'invalid uint literal' });
      return { type: 'literal', text: this.#slice(start), offset: start, value: new Uint(value) };
    }
    const value = BigInt(digits);
    // The least int has its sign in front: the parser looks at that.
    if (value > MAX_INT + 1n) this.errors.push({ offset: start, message: 'invalid int literal' });
    return { type: 'literal', text: digits, offset: start, value };
  }

  #quoted(start: number, prefix: string, quote: string): Token | null {
    const source = this.#source;
    const raw = prefix.includes('r');
    const bytes = prefix.includes('b');
    this.#at += prefix.length;
    const triple = this.#slice(this.#at, this.#at + 3) === quote.repeat(3);
    const mark = triple ? 3 : 1;
    this.#at += mark;
    const from = this.#at;
    for (;;) {
      const c = source[this.#at];
      if (c === undefined || (!triple && (c === '\n' || c === '\r'))) return this.#unknown(start);
      if (c === '\\' && !raw) this.#at++;
      else if (c === quote && (!triple || this.#slice(this.#at, this.#at + 3) === quote.repeat(3))) break;
      this.#at++;
    }
    const inside = source.slice(from, this.#at);
    this.#at += mark;
    const text = this.#slice(start);
    const value = raw
      ? bytes
        ? new Bytes(utf8Bytes(inside.join('')))
        : inside.join('')
      : this.#unescape(inside, bytes, start);
    return { type: 'literal', text, offset: start, value };
  }

  #unescape(letters: readonly string[], asBytes: boolean, start: number): Value {
    const bytes: number[] = [];
    let text = '';
    const add = (code: number, isByte: boolean): void => {
      if (!asBytes) text += String.fromCodePoint(code);
      else if (isByte) bytes.push(code & 255);
      else bytes.push(...utf8Bytes(String.fromCodePoint(code)));
    };
    const wrong = (what: string): Value => {
      this.errors.push({ offset: start, message: what });
      return asBytes ? new Bytes([]) : '';
    };
    for (let at = 0; at < letters.length; at++) {
      const c = letters[at]!;
      if (c !== '\\') {
        add(c.codePointAt(0)!, false);
        continue;
      }
      const kind = letters[++at] ?? '';
      const plain = SIMPLE[kind];
      if (plain !== undefined) {
        add(plain.codePointAt(0)!, false);
        continue;
      }
      const length = kind === 'x' || kind === 'X' ? 2 : kind === 'u' ? 4 : kind === 'U' ? 8 : 0;
      if (length > 0) {
        const digits = letters.slice(at + 1, at + 1 + length).join('');
        if (digits.length < length || !/^[0-9a-fA-F]+$/.test(digits) || (asBytes && length > 2))
          return wrong('Syntax error: unable to unescape string');
        const code = Number.parseInt(digits, 16);
        if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return wrong('invalid unicode code point');
        add(code, true);
        at += length;
        continue;
      }
      const octal = letters.slice(at, at + 3).join('');
      if (!/^[0-3][0-7]{2}$/.test(octal)) return wrong('unable to unescape string');
      add(Number.parseInt(octal, 8), true);
      at += 2;
    }
    return asBytes ? new Bytes(bytes) : text;
  }
}

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '`': '`',
  '?': '?',
};
