/**
 * More functions of strings, and patterns in them.
 *
 * @source cel-go ext/{strings,formatting}.go (version 2), kubernetes apiserver/pkg/cel/library/regex.go
 */
import { type Declarations, patternCost, traversal } from '../environment';
import { compileRegExp } from '../../regexp/regexp';
import { durationText, timestampText } from '../time';
import {
  Bytes,
  compareText,
  Duration,
  fail,
  List,
  listValue,
  sizeOf,
  Timestamp,
  typeName,
  TypeValue,
  Uint,
  type Value,
  ValueMap,
} from '../values';
import { utf8Bytes, utf8Text } from '../../base64';
import { doubleText } from './standard';

const letters = (text: string): string[] => Array.from(text);

function charAt(text: string, index: bigint): string {
  const all = letters(text);
  if (index < 0n || index > BigInt(all.length)) return fail(`index out of range: ${index}`);
  return all[Number(index)] ?? '';
}

function matchesAt(text: readonly string[], part: readonly string[], at: number): boolean {
  return part.every((letter, offset) => text[at + offset] === letter);
}

function indexOf(source: string, substring: string, offset = 0n): bigint {
  if (substring === '') return offset;
  const [text, part] = [letters(source), letters(substring)];
  if (offset < 0n) return fail(`index out of range: ${offset}`);
  for (let at = Number(offset); at <= text.length - part.length; at++) if (matchesAt(text, part, at)) return BigInt(at);
  return -1n;
}

function lastIndexOf(source: string, substring: string, offset?: bigint): bigint {
  const [text, part] = [letters(source), letters(substring)];
  if (substring === '') return offset ?? BigInt(text.length);
  if (offset !== undefined && (offset < 0n || offset >= BigInt(text.length)))
    return fail(`index out of range: ${offset}`);
  const last = text.length - part.length;
  for (let at = Math.min(Number(offset ?? last), last); at >= 0; at--) if (matchesAt(text, part, at)) return BigInt(at);
  return -1n;
}

const ascii =
  (from: string, to: string, shift: number) =>
  (text: string): string =>
    letters(text)
      .map((letter) => (letter >= from && letter <= to ? String.fromCharCode(letter.charCodeAt(0) + shift) : letter))
      .join('');

/** As Go's strings.Replace: nothing is found between all letters. */
function replace(text: string, old: string, by: string, limit = -1n): string {
  let left = limit < 0n ? Number.POSITIVE_INFINITY : Number(limit);
  if (old !== '') return pieces(text, old, left + 1).join(by);
  const all = letters(text);
  let result = '';
  for (let at = 0; at <= all.length; at++) {
    if (left-- > 0) result += by;
    result += all[at] ?? '';
  }
  return result;
}

function pieces(text: string, separator: string, most: number): string[] {
  const parts: string[] = [];
  let rest = text;
  while (parts.length + 1 < most) {
    const at = rest.indexOf(separator);
    if (at < 0) break;
    parts.push(rest.slice(0, at));
    rest = rest.slice(at + separator.length);
  }
  return [...parts, rest];
}

function split(text: string, separator: string, limit = -1n): List {
  if (limit === 0n) return listValue([]);
  const most = limit < 0n ? Number.POSITIVE_INFINITY : Number(limit);
  if (separator !== '') return listValue(pieces(text, separator, most));
  const all = letters(text);
  if (all.length <= most) return listValue(all);
  return listValue([...all.slice(0, most - 1), all.slice(most - 1).join('')]);
}

function substring(text: string, start: bigint, end?: bigint): string {
  const all = letters(text);
  const last = BigInt(all.length);
  if (start < 0n || start > last) return fail(`index out of range: ${start}`);
  if (end !== undefined && (end < 0n || end > last)) return fail(`index out of range: ${end}`);
  if (end !== undefined && start > end) return fail(`invalid substring range. start: ${start}, end: ${end}`);
  return all.slice(Number(start), Number(end ?? last)).join('');
}

const SPACES = '\t\n\v\f\r \u0085\u00a0\u1680\u2028\u2029\u202f\u205f\u3000';
const isSpace = (letter: string): boolean => SPACES.includes(letter) || (letter >= '\u2000' && letter <= '\u200a');

function trim(text: string): string {
  const all = letters(text);
  let [from, to] = [0, all.length];
  while (from < to && isSpace(all[from]!)) from++;
  while (to > from && isSpace(all[to - 1]!)) to--;
  return all.slice(from, to).join('');
}

const QUOTED: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};
const quote = (text: string): string =>
  `"${letters(text)
    .map((letter) => QUOTED[letter] ?? letter)
    .join('')}"`;

const join = (list: List, separator = ''): string =>
  [...list].map((item) => (typeof item === 'string' ? item : fail('no such overload'))).join(separator);

/** What `%s` makes of a value. */
function shown(value: Value): string {
  if (typeof value === 'string') return value;
  if (value === null) return 'null';
  if (typeof value === 'number') return doubleText(value).replace('+Inf', 'Infinity').replace('-Inf', '-Infinity');
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Bytes) return utf8Text(value.bytes);
  if (value instanceof Duration) return durationText(value);
  if (value instanceof Timestamp) return timestampText(value);
  if (value instanceof TypeValue) return value.name;
  if (value instanceof List) return `[${[...value].map(shown).join(', ')}]`;
  if (value instanceof ValueMap) {
    const entries = value.keys().map((key) => [shown(key), shown(value.get(key)!)] as const);
    return `{${entries
      .toSorted((a, b) => compareText(a[0], b[0]))
      .map((entry) => entry.join(': '))
      .join(', ')}}`;
  }
  return fail(
    `string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps, was given ${typeName(value)}`,
  );
}

const whole = (value: Value): bigint | null =>
  typeof value === 'bigint' ? value : value instanceof Uint ? value.value : null;

const hex = (bytes: readonly number[]): string => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');

function clause(letter: string, precision: number, value: Value): string {
  const number = whole(value);
  switch (letter) {
    case 's':
      return shown(value);
    case 'd':
      if (number !== null) return String(number);
      if (typeof value === 'number') return doubleText(value);
      return fail(`decimal clause can only be used on integers, was given ${typeName(value)}`);
    case 'f':
    case 'e': {
      if (number === null && typeof value !== 'number')
        return fail(
          `${letter === 'f' ? 'fixed-point' : 'scientific'} clause can only be used on doubles, was given ${typeName(value)}`,
        );
      const double = number === null ? (value as number) : Number(number);
      if (!Number.isFinite(double)) return Number.isNaN(double) ? 'NaN' : double > 0 ? 'Infinity' : '-Infinity';
      if (letter === 'f') return double.toFixed(precision);
      const [digits = '', exponent = '0'] = double.toExponential(precision).split('e');
      const power = Number(exponent);
      return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
    }
    case 'b':
      if (typeof value === 'boolean') return value ? '1' : '0';
      return number === null
        ? fail(`only integers and bools can be formatted as binary, was given ${typeName(value)}`)
        : number.toString(2);
    case 'x':
    case 'X': {
      const text =
        number !== null
          ? number.toString(16)
          : typeof value === 'string'
            ? hex(utf8Bytes(value))
            : value instanceof Bytes
              ? hex(value.bytes)
              : fail(`only integers, byte buffers, and strings can be formatted as hex, was given ${typeName(value)}`);
      return letter === 'X' ? text.toUpperCase() : text;
    }
    case 'o':
      return number === null
        ? fail(`octal clause can only be used on integers, was given ${typeName(value)}`)
        : number.toString(8);
    default:
      return fail(`could not parse formatting clause: unrecognized formatting clause "${letter}"`);
  }
}

function format(text: string, args: List): string {
  let result = '';
  let used = 0;
  const all = letters(text);
  for (let at = 0; at < all.length; at++) {
    if (all[at] !== '%') {
      result += all[at]!;
      continue;
    }
    if (all[at + 1] === '%') {
      result += '%';
      at++;
      continue;
    }
    if (used >= args.size) return fail(`index ${used} out of range`);
    let digits = '';
    at++;
    if (all[at] === '.') while (/^\d$/.test(all[at + 1] ?? '') && digits.length < 3) digits += all[++at]!;
    if (digits !== '') at++;
    if (all[at] === undefined) return fail('unexpected end of string');
    result += clause(all[at]!, digits === '' ? 6 : Number(digits), args.at(used++));
  }
  return result;
}

function found(text: string, source: string, limit?: bigint): string[] {
  const compiled = compileRegExp(source);
  if (!compiled.ok) return fail(`Illegal regex: ${compiled.error}`);
  return compiled.value.findAll(text, limit === undefined ? -1 : Number(limit));
}

export const strings: Declarations = {
  'string -> charAt(int): string': charAt,
  'string -> indexOf(string): int': [indexOf, traversal()],
  'string -> indexOf(string, int): int': [indexOf, traversal()],
  'string -> lastIndexOf(string): int': [lastIndexOf, traversal()],
  'string -> lastIndexOf(string, int): int': [lastIndexOf, traversal()],
  'list<string> -> join(): string': [join, joined],
  'list<string> -> join(string): string': [join, joined],
  'string -> lowerAscii(): string': [ascii('A', 'Z', 32), traversal()],
  'string -> upperAscii(): string': [ascii('a', 'z', -32), traversal()],
  'string -> replace(string, string): string': [replace, traversal(2)],
  'string -> replace(string, string, int): string': [replace, traversal(2)],
  'string -> split(string): list<string>': [split, traversal(2)],
  'string -> split(string, int): list<string>': [split, traversal(2)],
  'string -> substring(int): string': [substring, traversal()],
  'string -> substring(int, int): string': [substring, traversal()],
  'string -> trim(): string': [trim, traversal()],
  'string -> format(list<dyn>): string': format,
  'strings.quote(string): string': quote,
  'string -> find(string): string': [(text: string, source: string) => found(text, source, 1n)[0] ?? '', patternCost],
  'string -> findAll(string): list<string>': [
    (text: string, source: string) => listValue(found(text, source)),
    patternCost,
  ],
  'string -> findAll(string, int): list<string>': [
    (text: string, source: string, limit: bigint) => listValue(found(text, source, limit)),
    patternCost,
  ],
};

function joined(_: readonly Value[], result: Value): number {
  return Math.ceil(sizeOf(result) * 0.2);
}
