/**
 * Objects as KYAML: YAML in flow style, with all strings quoted and a comma behind everything.
 *
 * @source sigs.k8s.io/yaml kyaml/kyaml.go; KEP-5295
 */
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, sortedKeys } from '#engine/api/json';
import { numberText } from './yaml';

/** A document of its own, with the line that begins one. */
export const kyamlText = (value: JsonValue): string => `---\n${node(value, 0)}\n`;

const lead = (level: number): string => '  '.repeat(level);

function node(value: JsonValue, level: number): string {
  if (typeof value === 'string') return string(value, level + 1);
  if (isJsonArray(value)) return sequence(value, level);
  if (isJsonObject(value)) return mapping(value, level);
  return typeof value === 'number' ? numberText(value) : JSON.stringify(value);
}

function mapping(value: JsonObject, level: number): string {
  const keys = sortedKeys(value).filter((key) => value[key] !== undefined);
  if (keys.length === 0) return '{}';
  const lines = keys.map((key) => `${lead(level + 1)}${keyText(key)}: ${node(value[key]!, level + 1)},\n`);
  return `{\n${lines.join('')}${lead(level)}}`;
}

/** Objects and lists stand within the brackets of their list; other items have a line each. */
function sequence(items: readonly JsonValue[], level: number): string {
  if (items.length === 0) return '[]';
  if (items.every((item) => isJsonObject(item) || isJsonArray(item)))
    return `[${items.map((item) => node(item, level)).join(', ')}]`;
  return `[\n${items.map((item) => `${lead(level + 1)}${node(item, level + 1)},\n`).join('')}${lead(level)}]`;
}

/** Lines of a text have a line each: what ends them is written, and the break behind it does not count. */
function string(text: string, level: number): string {
  if (!text.includes('\n')) return `"${escaped(text)}"`;
  const ended = text.endsWith('\n');
  const lines = (ended ? text.slice(0, -1) : text).split('\n');
  const shown = lines.map((line, index) => {
    const end = index < lines.length - 1 || ended ? '\\n\\' : '\\';
    const mark = /^[\s\u0085]/.test(line) ? '\\' : ' '; // a blank at the beginning would be lost
    return `${lead(level)}${mark}${escaped(line)}${end}\n`;
  });
  return `"\\\n${shown.join('')}${lead(level)}"`;
}

const keyText = (key: string): string => (needsQuotes(key) ? `"${escaped(key)}"` : key);

const BARE_KEY = /^[\p{L}\p{N}_](?:[\p{L}\p{N}_./-]*[\p{L}\p{N}_])?$/u;

function needsQuotes(key: string): boolean {
  return !BARE_KEY.test(key) || isTakenForOther(key);
}

const WORDS = new Set('null ~ true t y yes on false f n no off .inf .nan inf infinity nan'.split(' '));
const WHOLE = /^(?:\d+|0[xX][\da-fA-F]+|0[bB][01]+|0[oO][0-7]+)$/;
const REAL = /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const REAL_OF_16 = /^0[xX][\da-fA-F]*\.?[\da-fA-F]*[pP][+-]?\d+$/;
const DAY = /^\d{4}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12]\d|3[01])$/;

/** Whether a reader of YAML would take it for a number, a switch, nothing, or a day. */
function isTakenForOther(key: string): boolean {
  const plain = key.replaceAll('_', '');
  return WORDS.has(key.toLowerCase()) || [WHOLE, REAL, REAL_OF_16].some((form) => form.test(plain)) || DAY.test(key);
}

const NAMED: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\u0000': '\\0',
  '\u0007': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\u001B': '\\e',
  '\u0085': '\\N',
  '\u00A0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

/** What is neither a letter, mark, number, sign, symbol nor the plain blank, and what means something between quotes. */
const TO_ESCAPE = /["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;

const escaped = (text: string): string =>
  text.replace(TO_ESCAPE, (letter) => {
    const code = letter.codePointAt(0)!;
    const digits = (count: number): string => code.toString(16).padStart(count, '0');
    if (letter in NAMED) return NAMED[letter]!;
    return code < 0x20 || code === 0x7f ? `\\x${digits(2)}` : code < 0x10000 ? `\\u${digits(4)}` : `\\U${digits(8)}`;
  });
