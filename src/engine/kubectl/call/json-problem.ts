/**
 * What Go says of a text that is no JSON: how many bytes it had read, and what it did not expect.
 *
 * @source Go encoding/json scanner.go; kubernetes apimachinery/pkg/util/yaml/decoder.go (JSONSyntaxError)
 */

/** What is expected next. */
type State = 'value' | 'first key' | 'key' | 'colon' | 'after member' | 'first item' | 'after item' | 'end';

const BLANK = ' \t\r\n';
const CONTEXT: Readonly<Record<Exclude<State, 'end'>, string>> = {
  value: 'looking for beginning of value',
  'first key': 'looking for beginning of object key string',
  key: 'looking for beginning of object key string',
  colon: 'after object key',
  'after member': 'after object key:value pair',
  'first item': 'looking for beginning of value',
  'after item': 'after array element',
};

/** Go's `%q` of one character. */
const quoted = (letter: string): string =>
  letter === "'" ? String.raw`'\''` : letter === '"' ? `'"'` : `'${JSON.stringify(letter).slice(1, -1)}'`;

const bytesOf = (text: string): number => {
  let bytes = 0;
  for (const letter of text) {
    const code = letter.codePointAt(0)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
};

/** @returns e.g. `json: offset 30: invalid character '"' after object key`; null: it is JSON */
export function jsonProblem(text: string): string | null {
  const stack: ('object' | 'array')[] = [];
  let state: State = 'value';
  let at = 0;
  const wrong = (context: string): string =>
    `json: offset ${bytesOf(text.slice(0, at)) + 1}: invalid character ${quoted(text[at]!)} ${context}`;
  const valueEnded = (): State =>
    stack.length === 0 ? 'end' : stack.at(-1) === 'object' ? 'after member' : 'after item';
  const closes = (letter: string): boolean =>
    (letter === '}' && (state === 'first key' || state === 'after member')) ||
    (letter === ']' && (state === 'first item' || state === 'after item'));
  /** Goes behind a string. @returns what is wrong with it */
  const string = (): string | null => {
    for (at++; at < text.length; at++) {
      const letter = text[at]!;
      if (letter === '"') return null;
      if (letter < ' ') return wrong('in string literal');
      if (letter !== '\\') continue;
      const sign = text[++at];
      if (sign === undefined) return 'unexpected EOF';
      if (!'bfnrt\\/"u'.includes(sign)) return wrong('in string escape code');
      for (let digit = 0; sign === 'u' && digit < 4; digit++)
        if (!/^[\da-fA-F]$/.test(text[++at] ?? ''))
          return at < text.length ? wrong(String.raw`in \u hexadecimal character escape`) : 'unexpected EOF';
    }
    return 'unexpected EOF';
  };
  for (; at < text.length; at++) {
    const letter = text[at]!;
    if (BLANK.includes(letter)) continue;
    if (state === 'end') state = 'value'; // another document begins
    if (closes(letter)) {
      stack.pop();
      state = valueEnded();
    } else if ((state === 'after member' || state === 'after item') && letter === ',') {
      state = state === 'after member' ? 'key' : 'value';
    } else if (state === 'colon' && letter === ':') state = 'value';
    else if ((state === 'first key' || state === 'key') && letter === '"') {
      const problem = string();
      if (problem !== null) return problem;
      state = 'colon';
    } else if (state === 'value' || state === 'first item') {
      if (letter === '{' || letter === '[') {
        stack.push(letter === '{' ? 'object' : 'array');
        state = letter === '{' ? 'first key' : 'first item';
      } else if (letter === '"') {
        const problem = string();
        if (problem !== null) return problem;
        state = valueEnded();
      } else {
        const plain = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/.exec(text.slice(at, at + 400));
        if (plain === null) return wrong(CONTEXT[state]);
        at += plain[0].length - 1;
        state = valueEnded();
      }
    } else return wrong(CONTEXT[state]);
  }
  return state === 'end' || text.trim() === '' ? null : 'unexpected EOF';
}
