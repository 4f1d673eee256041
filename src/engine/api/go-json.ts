/**
 * What Go's decoder says of bytes that are no JSON.
 *
 * @source go encoding/json scanner.go, decode.go; sigs.k8s.io/json
 */

/** Words of Go's scanner about a byte that cannot stand where it stands. */
const quoted = (char: string): string =>
  char === "'" ? `'\\''` : char === '"' ? `'"'` : `'${JSON.stringify(char).slice(1, -1)}'`;

const END = 'unexpected end of JSON input';

/** Why a text that `JSON.parse` refuses is no JSON. */
export function goJsonError(text: string): string {
  return new Scanner(text).error() ?? END;
}

const LITERALS: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' };

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  error(): string | null {
    const open: ('{' | '[')[] = [];
    let expects: 'value' | 'key' | 'first key' | 'first element' | 'after' = 'value';
    for (;;) {
      this.#space();
      const char = this.#text[this.#at];
      if (expects === 'after') {
        const inside = open.at(-1);
        if (inside === undefined) return char === undefined ? null : this.#invalid('after top-level value');
        if (char === undefined) return END;
        if (char === ',') {
          this.#at++;
          expects = inside === '{' ? 'key' : 'value';
        } else if (char === (inside === '{' ? '}' : ']')) {
          this.#at++;
          open.pop();
        } else return this.#invalid(inside === '{' ? 'after object key:value pair' : 'after array element');
        continue;
      }
      if (char === undefined) return END;
      if (expects === 'key' || expects === 'first key') {
        if (char === '}' && expects === 'first key') {
          this.#at++;
          open.pop();
          expects = 'after';
          continue;
        }
        if (char !== '"') return this.#invalid('looking for beginning of object key string');
        const wrong = this.#string();
        if (wrong !== null) return wrong;
        this.#space();
        if (this.#text[this.#at] === undefined) return END;
        if (this.#text[this.#at] !== ':') return this.#invalid('after object key');
        this.#at++;
        expects = 'value';
        continue;
      }
      if (char === ']' && expects === 'first element') {
        this.#at++;
        open.pop();
        expects = 'after';
        continue;
      }
      if (char === '{' || char === '[') {
        this.#at++;
        open.push(char);
        expects = char === '{' ? 'first key' : 'first element';
        continue;
      }
      const wrong = this.#scalar(char);
      if (wrong !== null) return wrong;
      expects = 'after';
    }
  }

  #invalid(where: string): string {
    return `invalid character ${quoted(this.#text[this.#at] ?? '')} ${where}`;
  }

  #space(): void {
    while (' \t\r\n'.includes(this.#text[this.#at] ?? 'x')) this.#at++;
  }

  #scalar(char: string): string | null {
    if (char === '"') return this.#string();
    const literal = LITERALS[char];
    if (literal !== undefined) return this.#literal(literal);
    if (char === '-' || (char >= '0' && char <= '9')) return this.#number();
    return this.#invalid('looking for beginning of value');
  }

  #literal(word: string): string | null {
    for (let i = 1; i < word.length; i++) {
      this.#at++;
      const char = this.#text[this.#at];
      if (char === undefined) return END;
      if (char !== word[i]) return this.#invalid(`in literal ${word} (expecting '${word[i]}')`);
    }
    this.#at++;
    return null;
  }

  #digits(): void {
    while (/^\d$/.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  #isDigit(): boolean {
    return /^\d$/.test(this.#text[this.#at] ?? '');
  }

  #number(): string | null {
    const wants = (where: string): string | null =>
      this.#isDigit() ? null : this.#text[this.#at] === undefined ? END : this.#invalid(where);
    if (this.#text[this.#at] === '-') this.#at++;
    const missing = wants('in numeric literal');
    if (missing !== null) return missing;
    if (this.#text[this.#at] === '0') this.#at++;
    else this.#digits();
    if (this.#text[this.#at] === '.') {
      this.#at++;
      const wrong = wants('after decimal point in numeric literal');
      if (wrong !== null) return wrong;
      this.#digits();
    }
    if (this.#text[this.#at] === 'e' || this.#text[this.#at] === 'E') {
      this.#at++;
      if (this.#text[this.#at] === '+' || this.#text[this.#at] === '-') this.#at++;
      const wrong = wants('in exponent of numeric literal');
      if (wrong !== null) return wrong;
      this.#digits();
    }
    return null;
  }

  #string(): string | null {
    for (this.#at++; ; this.#at++) {
      const char = this.#text[this.#at];
      if (char === undefined) return END;
      if (char === '"') break;
      if (char < ' ') return this.#invalid('in string literal');
      if (char !== '\\') continue;
      this.#at++;
      const escaped = this.#text[this.#at];
      if (escaped === undefined) return END;
      if (!'bfnrt\\/"u'.includes(escaped)) return this.#invalid('in string escape code');
      for (let i = 0; escaped === 'u' && i < 4; i++) {
        this.#at++;
        const digit = this.#text[this.#at];
        if (digit === undefined) return END;
        if (!/^[0-9a-fA-F]$/.test(digit)) return this.#invalid('in \\u hexadecimal character escape');
      }
    }
    this.#at++;
    return null;
  }
}
