/**
 * Objects as YAML, as `sigs.k8s.io/yaml` writes them.
 *
 * @source go.yaml.in/yaml/v2 emitterc.go, encode.go, sorter.go
 */
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '#engine/api/json';
import { resolvePlainScalar } from '#engine/api/yaml-scalar';

/** A line is broken at the first space behind this column. */
const WIDTH = 80;

export const yamlText = (value: JsonValue): string =>
  isJsonObject(value) || isJsonArray(value) ? block(value, 0, 0) : `${scalar(value, 0, 0)}\n`;

/** @param column - where the first line begins already, behind the indentation */
function block(value: JsonObject | readonly JsonValue[], indent: number, given: number): string {
  const lead = ' '.repeat(indent);
  let first = given > 0;
  const begin = (): string => {
    const text = first ? '' : lead;
    first = false;
    return text;
  };
  if (isJsonArray(value)) {
    if (value.length === 0) return '[]\n';
    return value.map((item) => `${begin()}- ${nested(item, indent + 2, indent + 2)}`).join('');
  }
  const keys = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort(keyOrder);
  if (keys.length === 0) return '{}\n';
  return keys
    .map((key) => {
      const name = keyText(key);
      const inner = value[key]!;
      const text = `${begin()}${name}:`;
      if (isJsonObject(inner) && Object.keys(inner).length > 0) return `${text}\n${block(inner, indent + 2, 0)}`;
      if (isJsonArray(inner) && inner.length > 0) return `${text}\n${block(inner, indent, 0)}`;
      return `${text} ${nested(inner, indent + 2, indent + name.length + 2)}`;
    })
    .join('');
}

function nested(value: JsonValue, indent: number, column: number): string {
  return isJsonObject(value) || isJsonArray(value)
    ? block(value, indent, column)
    : `${scalar(value, indent, column)}\n`;
}

function keyText(key: string): string {
  const style = styleOf(key);
  return style === 'plain' ? key : style === 'single' ? single(key, 0, 0, false) : double(key, 0, 0, false);
}

function scalar(value: JsonValue, indent: number, column: number): string {
  if (typeof value !== 'string') return typeof value === 'number' ? numberText(value) : JSON.stringify(value);
  switch (styleOf(value)) {
    case 'plain':
      return folded(value, indent, column);
    case 'single':
      return single(value, indent, column, true);
    case 'double':
      return double(value, indent, column, true);
    case 'literal':
      return literal(value, indent);
  }
}

export const numberText = (value: number): string => {
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return String(value);
  return String(value).replace(
    /e\+?(-?)(\d)$/,
    (_, sign: string, digit: string) => `e${sign === '' ? '+' : '-'}0${digit}`,
  );
};

type Style = 'plain' | 'single' | 'double' | 'literal';

const TIMESTAMP = /^\d{4}-\d{1,2}-\d{1,2}(?:(?:[Tt]|[ \t]+)\d{1,2}:\d{2}:\d{2}.*)?$/;
const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;

const resolves = (text: string): boolean =>
  text === '' ||
  (text.length < 64 && (typeof resolvePlainScalar(text) !== 'string' || TIMESTAMP.test(text) || BASE_60.test(text)));

function styleOf(text: string): Style {
  if (resolves(text)) return 'double';
  const seen = analyzed(text);
  if (text.includes('\n')) return seen.blockAllowed ? 'literal' : 'double';
  if (seen.plainAllowed) return 'plain';
  return seen.singleAllowed ? 'single' : 'double';
}

const isPrintable = (code: number): boolean =>
  code === 0x0a ||
  (code >= 0x20 && code <= 0x7e) ||
  code === 0x85 ||
  (code >= 0xa0 && code < 0xd800) ||
  (code > 0xdfff && code < 0xfffe && code !== 0xfeff);

function analyzed(text: string): { plainAllowed: boolean; singleAllowed: boolean; blockAllowed: boolean } {
  let indicator = text.startsWith('---') || text.startsWith('...');
  let special = false;
  let breakSpace = false;
  let spaceBreak = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!;
    const followed = at + 1 >= text.length || ' \t\n\r'.includes(text[at + 1]!);
    const preceded = at === 0 || ' \t\n\r'.includes(text[at - 1]!);
    if (at === 0 && '#,[]{}&*!|>\'"%@`'.includes(letter)) indicator = true;
    if (at === 0 && '?-'.includes(letter) && followed) indicator = true;
    if (letter === ':' && followed) indicator = true;
    if (letter === '#' && preceded) indicator = true;
    if (!isPrintable(text.charCodeAt(at))) special = true;
    if (letter === ' ' && at > 0 && text[at - 1] === '\n') breakSpace = true;
    if (letter === '\n' && at > 0 && text[at - 1] === ' ') spaceBreak = true;
  }
  const edges = /^[ \n]|[ \n]$/.test(text);
  return {
    plainAllowed: !indicator && !special && !edges && !breakSpace && !spaceBreak && !text.includes('\n'),
    singleAllowed: !special && !breakSpace && !spaceBreak,
    blockAllowed: !special && !spaceBreak && !text.endsWith(' '),
  };
}

/** Breaks lines at single spaces behind the width. */
function folded(text: string, indent: number, column: number): string {
  if (column + text.length <= WIDTH) return text;
  let out = '';
  let at = column;
  for (let index = 0; index < text.length; index++) {
    const letter = text[index]!;
    const breaks = letter === ' ' && at > WIDTH && index > 0 && index < text.length - 1;
    if (breaks && text[index - 1] !== ' ' && text[index + 1] !== ' ') {
      out += `\n${' '.repeat(indent)}`;
      at = indent;
    } else {
      out += letter;
      at++;
    }
  }
  return out;
}

function single(text: string, indent: number, column: number, breaks: boolean): string {
  const quoted = text.replaceAll("'", "''");
  return `'${breaks ? folded(quoted, indent, column + 1) : quoted}'`;
}

const ESCAPES: Readonly<Record<number, string>> = {
  0: '\\0',
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  27: '\\e',
  34: '\\"',
  92: '\\\\',
  0x85: '\\N',
  0xa0: '\\_',
  0x2028: '\\L',
  0x2029: '\\P',
};

function double(text: string, indent: number, column: number, breaks: boolean): string {
  let out = '"';
  let at = column + 1;
  let spaces = false;
  const symbols = Array.from(text);
  symbols.forEach((symbol, index) => {
    const code = symbol.codePointAt(0)!;
    const known = ESCAPES[code];
    if (symbol === ' ' && breaks && !spaces && at > WIDTH && index > 0 && index < symbols.length - 1) {
      out += `\n${' '.repeat(indent)}${symbols[index + 1] === ' ' ? '\\' : ''}`;
      at = indent;
      spaces = true;
      return;
    }
    const hex = (digits: number): string => code.toString(16).toUpperCase().padStart(digits, '0');
    const written =
      known ??
      (isPrintable(code) && code < 0x10000
        ? symbol
        : code < 0x100
          ? `\\x${hex(2)}`
          : code < 0x10000
            ? `\\u${hex(4)}`
            : `\\U${hex(8)}`);
    out += written;
    at += written.length;
    spaces = symbol === ' ';
  });
  return `${out}"`;
}

function literal(text: string, indent: number): string {
  const hint = /^[ \n]/.test(text) ? '2' : '';
  const chomp = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : '';
  const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
  return `|${hint}${chomp}\n${lines.map((line) => (line === '' ? '' : ' '.repeat(indent) + line)).join('\n')}`;
}

const isDigit = (letter: string): boolean => letter >= '0' && letter <= '9';
const isLetter = (letter: string): boolean => letter.toLowerCase() !== letter.toUpperCase();

/** Keys with numbers in them stand in the order of the numbers. */
function keyOrder(a: string, b: string): number {
  let digits = false;
  for (let at = 0; at < a.length && at < b.length; at++) {
    const [left, right] = [a[at]!, b[at]!];
    if (left === right) {
      digits = isDigit(left);
      continue;
    }
    const [leftLetter, rightLetter] = [isLetter(left), isLetter(right)];
    if (leftLetter && rightLetter) return left < right ? -1 : 1;
    if (leftLetter || rightLetter) return (digits ? leftLetter : rightLetter) ? -1 : 1;
    const [leftDigits, rightDigits] = [digitsAt(a, at), digitsAt(b, at)];
    const [leftNumber, rightNumber] = [Number(leftDigits), Number(rightDigits)];
    if (leftNumber !== rightNumber) return leftNumber - rightNumber;
    if (leftDigits.length !== rightDigits.length) return leftDigits.length - rightDigits.length;
    return left < right ? -1 : 1;
  }
  return a.length - b.length;
}

function digitsAt(text: string, at: number): string {
  let end = at;
  while (end < text.length && isDigit(text[end]!)) end++;
  return text.slice(at, end);
}
