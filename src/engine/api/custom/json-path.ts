/**
 * Paths into an object, as columns name them: `.spec.replicas`, `.status.conditions[?(@.type=="Ready")].status`.
 *
 * @source kubernetes client-go/util/jsonpath/{parser,jsonpath}.go
 * @simplified of all that JSONPath knows: fields, indexes, slices, wildcards, unions of indexes, filters with one comparison
 */
import { canonicalJson, deepEqual, isJsonArray, isJsonObject, type JsonValue, sortedKeys } from '../json';

type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'exists';

type Step =
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'wildcard' }
  | { readonly type: 'descend' }
  | { readonly type: 'slice'; readonly from: number | null; readonly to: number | null; readonly step: number }
  | { readonly type: 'index'; readonly indexes: readonly number[] }
  | { readonly type: 'filter'; readonly left: JsonPath; readonly operator: Operator; readonly right: JsonValue };

export type JsonPath = readonly Step[];

/** Names after a dot; a backslash keeps the next character, be it a dot. */
const NAME = /^(?:\\.|[^.[\]\\\s{}()=<>!,'"|&])+/;
const FILTER = /^@?((?:\.|\[).*?)\s*(?:(==|!=|<=|>=|<|>)\s*(.+))?$/;
const SLICE = /^(-?\d*):(-?\d*)(?::(-?\d+))?$/;

/** Reads a path; null when it is none. */
export function parseJsonPath(text: string): JsonPath | null {
  const steps: Step[] = [];
  for (let rest = text; rest !== '';) {
    if (rest.startsWith('..')) {
      steps.push({ type: 'descend' });
      rest = rest.slice(2);
      if (!rest.startsWith('[')) rest = `.${rest}`;
      continue;
    }
    if (rest.startsWith('.*')) {
      steps.push({ type: 'wildcard' });
      rest = rest.slice(2);
      continue;
    }
    if (rest.startsWith('.')) {
      const name = NAME.exec(rest.slice(1))?.[0] ?? '';
      if (name === '' && rest.length > 1 && rest[1] !== '[') return null;
      if (name !== '') steps.push({ type: 'field', name: name.replace(/\\(.)/g, '$1') });
      rest = rest.slice(1 + name.length);
      continue;
    }
    const end = rest.startsWith('[') ? closing(rest) : -1;
    if (end < 0) return null;
    const step = bracketed(rest.slice(1, end));
    if (step === null) return null;
    steps.push(step);
    rest = rest.slice(end + 1);
  }
  return steps;
}

/** Where the bracket ends that a text begins with. */
function closing(text: string): number {
  let depth = 0;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!;
    if (quote !== '') {
      if (letter === '\\') at++;
      else if (letter === quote) quote = '';
    } else if (letter === "'" || letter === '"') quote = letter;
    else if (letter === '[') depth++;
    else if (letter === ']' && --depth === 0) return at;
  }
  return -1;
}

function bracketed(inside: string): Step | null {
  const text = inside.trim();
  if (text === '*') return { type: 'wildcard' };
  const quoted = /^(['"])(.*)\1$/s.exec(text);
  if (quoted !== null) return { type: 'field', name: quoted[2]!.replace(/\\(.)/g, '$1') };
  if (text.startsWith('?(') && text.endsWith(')')) return filter(text.slice(2, -1).trim());
  const slice = SLICE.exec(text);
  const number = (part: string | undefined): number | null => (part === undefined || part === '' ? null : Number(part));
  if (slice !== null)
    return { type: 'slice', from: number(slice[1]), to: number(slice[2]), step: number(slice[3]) ?? 1 };
  const indexes = text.split(',').map((part) => part.trim());
  return indexes.every((part) => /^-?\d+$/.test(part)) ? { type: 'index', indexes: indexes.map(Number) } : null;
}

function filter(text: string): Step | null {
  const [, path = '', operator = 'exists', value = 'null'] = FILTER.exec(text) ?? [];
  const left = path === '' ? null : parseJsonPath(path);
  const right = literal(value.trim());
  return left === null || right === undefined ? null : { type: 'filter', left, operator: operator as Operator, right };
}

function literal(text: string): JsonValue | undefined {
  const quoted = /^(['"])(.*)\1$/s.exec(text);
  if (quoted !== null) return quoted[2]!;
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null') return null;
  return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** All that a path leads to, in order. */
export function findJsonPath(path: JsonPath, value: JsonValue): readonly JsonValue[] {
  let found: readonly JsonValue[] = [value];
  for (const step of path) found = found.flatMap((one) => follow(step, one));
  return found;
}

const membersOf = (value: JsonValue): readonly JsonValue[] =>
  isJsonArray(value) ? value : isJsonObject(value) ? sortedKeys(value).map((name) => value[name]!) : [];

function follow(step: Step, value: JsonValue): readonly JsonValue[] {
  switch (step.type) {
    case 'field':
      return isJsonObject(value) && Object.hasOwn(value, step.name) ? [value[step.name]!] : [];
    case 'wildcard':
      return membersOf(value);
    case 'descend':
      return [value, ...membersOf(value).flatMap((member) => follow(step, member))];
    case 'index':
      return isJsonArray(value) ? step.indexes.flatMap((index) => value.slice(index).slice(0, 1)) : [];
    case 'slice':
      return isJsonArray(value)
        ? value
            .slice(step.from ?? 0, step.to ?? value.length)
            .filter((_, index) => index % Math.max(step.step, 1) === 0)
        : [];
    case 'filter':
      return isJsonArray(value) ? value.filter((item) => holds(step, item)) : [];
  }
}

function holds({ left, operator, right }: Extract<Step, { type: 'filter' }>, item: JsonValue): boolean {
  const [found] = findJsonPath(left, item);
  if (found === undefined) return false;
  switch (operator) {
    case 'exists':
      return true;
    case '==':
      return deepEqual(found, right);
    case '!=':
      return !deepEqual(found, right);
    default:
      return typeof found === typeof right && compared(operator, found as number, right as number);
  }
}

function compared(operator: Operator, left: number, right: number): boolean {
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    default:
      return left >= right;
  }
}

/** A value as a path prints it: texts as they are, all else as JSON. */
export const printedValue = (value: JsonValue): string => (typeof value === 'string' ? value : canonicalJson(value));
