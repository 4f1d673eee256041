/** `sed`: its commands `s`, `d`, `p`, `q`, `a`, `i`, `c`, `=` with addresses of lines and patterns. @source POSIX sed */
import { compileRegExp } from '#engine/api/regexp/regexp';

type Address = number | 'last' | ((line: string) => boolean);

interface Instruction {
  readonly from: Address | null;
  readonly to: Address | null;
  readonly negated: boolean;
  readonly name: string;
  /** Of `s`: what stands for a match; of `a`, `i`, `c`: the text. */
  readonly text: string;
  readonly change: ((line: string) => string | null) | null;
  readonly prints: boolean;
}

class Problem extends Error {}

export interface Script {
  /** @param quiet - lines are not printed by themselves */
  run(lines: readonly string[], quiet: boolean): string[];
}

/** @param extended - converts a pattern of this sed to Go's. @returns the script, or what is wrong with it */
export function readScript(text: string, convert: (pattern: string) => string): Script | string {
  try {
    const instructions = new Reader(text, convert).all();
    return { run: (lines, quiet) => run(instructions, lines, quiet) };
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
}

class Reader {
  readonly #text: string;
  readonly #convert: (pattern: string) => string;
  #at = 0;

  constructor(text: string, convert: (pattern: string) => string) {
    this.#text = text;
    this.#convert = convert;
  }

  all(): Instruction[] {
    const found: Instruction[] = [];
    for (;;) {
      while (/[\s;]/.test(this.#text[this.#at] ?? '')) this.#at++;
      if (this.#at >= this.#text.length) return found;
      found.push(this.#instruction());
    }
  }

  #instruction(): Instruction {
    const from = this.#address();
    let to: Address | null = null;
    if (from !== null && this.#text[this.#at] === ',') {
      this.#at++;
      to = this.#address();
      if (to === null) throw new Problem("unexpected `,'");
    }
    const negated = this.#text[this.#at] === '!';
    if (negated) this.#at++;
    const name = this.#text[this.#at++] ?? '';
    const plain = { from, to, negated, name, text: '', change: null, prints: false };
    if (name === '') throw new Problem('missing command');
    if ('dpq='.includes(name)) return plain;
    if ('aic'.includes(name)) {
      const end = this.#text.indexOf('\n', this.#at);
      const rest = this.#text.slice(this.#at, end < 0 ? undefined : end);
      this.#at = end < 0 ? this.#text.length : end;
      return { ...plain, text: rest.replace(/^\\?\s*/, '') };
    }
    if (name !== 's') throw new Problem(`unknown command: \`${name}'`);
    const sign = this.#text[this.#at++] ?? '';
    const pattern = this.#until(sign);
    const replacement = this.#until(sign);
    const flags = /^[gpiI\d]*/.exec(this.#text.slice(this.#at))?.[0] ?? '';
    this.#at += flags.length;
    const compiled = this.#compiled(pattern, /[iI]/.test(flags));
    const nth = Number(/\d+/.exec(flags)?.[0] ?? '1');
    return {
      ...plain,
      text: replacement,
      prints: flags.includes('p'),
      change: (line) => {
        const codes = Array.from(line, (letter) => letter.codePointAt(0)!);
        const spans = compiled.spans(codes, flags.includes('g') ? -1 : nth).slice(nth - 1);
        if (spans.length === 0) return null;
        const part = (start: number, end?: number): string =>
          codes
            .slice(start, end)
            .map((code) => String.fromCodePoint(code))
            .join('');
        let done = '';
        let at = 0;
        for (const [start, end] of spans) {
          done += part(at, start) + filled(replacement, part(start, end));
          at = end;
        }
        return done + part(at);
      },
    };
  }

  #compiled(pattern: string, ignoresCase: boolean) {
    const compiled = compileRegExp(`${ignoresCase ? '(?i)' : ''}${this.#convert(pattern)}`);
    if (!compiled.ok) throw new Problem(compiled.error);
    return compiled.value;
  }

  #address(): Address | null {
    const rest = this.#text.slice(this.#at);
    const number = /^\d{1,9}/.exec(rest)?.[0];
    if (number !== undefined) {
      this.#at += number.length;
      return Number(number);
    }
    if (rest.startsWith('$')) {
      this.#at++;
      return 'last';
    }
    if (!rest.startsWith('/')) return null;
    this.#at++;
    const compiled = this.#compiled(this.#until('/'), false);
    return (line) => compiled.matches(line);
  }

  /** Text up to a sign; a backslash before the sign makes it a letter. */
  #until(sign: string): string {
    let text = '';
    for (; this.#at < this.#text.length; this.#at++) {
      const letter = this.#text[this.#at]!;
      if (letter === sign) {
        this.#at++;
        return text;
      }
      const next = this.#text[this.#at + 1];
      if (letter === '\\' && next !== undefined) {
        text += next === sign ? next : letter + next;
        this.#at++;
      } else text += letter;
    }
    throw new Problem("unterminated `s' command");
  }
}

/** `&` is the match, `\n` a line break. */
function filled(replacement: string, match: string): string {
  return replacement.replace(/\\(.)|&/g, (whole, escaped: string | undefined) => {
    if (whole === '&') return match;
    if (/\d/.test(escaped ?? '')) throw new Problem('references to groups are not known here');
    return escaped === 'n' ? '\n' : escaped === 't' ? '\t' : (escaped ?? '');
  });
}

function run(instructions: readonly Instruction[], lines: readonly string[], quiet: boolean): string[] {
  const out: string[] = [];
  /** Instructions whose range has begun. */
  const begun = new Set<Instruction>();
  const meets = (address: Address, line: string, number: number): boolean =>
    address === 'last' ? number === lines.length : typeof address === 'number' ? address === number : address(line);
  const applies = (one: Instruction, line: string, number: number): boolean => {
    const { from, to } = one;
    if (from === null) return true;
    if (to === null) return meets(from, line, number);
    if (begun.has(one)) {
      if (meets(to, line, number) || (typeof to === 'number' && number >= to)) begun.delete(one);
      return true;
    }
    if (!meets(from, line, number)) return false;
    if (!(typeof to === 'number' && to <= number)) begun.add(one);
    return true;
  };
  for (const [index, original] of lines.entries()) {
    let line = original;
    let gone = false;
    const after: string[] = [];
    let ends = false;
    for (const one of instructions) {
      if (applies(one, line, index + 1) === one.negated) continue;
      if (one.name === 's') {
        const changed = one.change?.(line) ?? null;
        if (changed === null) continue;
        line = changed;
        if (one.prints) out.push(line);
      } else if (one.name === 'p') out.push(line);
      else if (one.name === '=') out.push(String(index + 1));
      else if (one.name === 'i') out.push(one.text);
      else if (one.name === 'a') after.push(one.text);
      else if (one.name === 'c') {
        out.push(one.text);
        gone = true;
        break;
      } else if (one.name === 'd') {
        gone = true;
        break;
      } else {
        ends = true;
        break;
      }
    }
    if (!gone && !quiet) out.push(line);
    out.push(...after);
    if (ends) break;
  }
  return out;
}
