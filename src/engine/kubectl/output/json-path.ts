/**
 * Templates of JSONPath: text, and actions in braces.
 *
 * @source kubernetes client-go/util/jsonpath/{parser,jsonpath}.go
 */
import { canonicalJson, isJsonArray, isJsonObject, type JsonValue, sortedKeys } from '#engine/api/json';
import { failed } from '../call/context';

type Operand =
  { readonly of: 'path'; readonly path: readonly Step[] } | { readonly of: 'value'; readonly value: JsonValue };

type Step =
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'wildcard' }
  | { readonly type: 'descend' }
  | { readonly type: 'root' }
  | {
      readonly type: 'slice';
      readonly from: number | null;
      readonly to: number | null;
      readonly step: number;
      readonly single: boolean;
    }
  | { readonly type: 'union'; readonly parts: readonly (readonly Step[])[] }
  | { readonly type: 'filter'; readonly left: Operand; readonly operator: string; readonly right: Operand | null };

type Node =
  | { readonly of: 'text'; readonly text: string }
  | { readonly of: 'path'; readonly path: readonly Step[] }
  | { readonly of: 'range'; readonly path: readonly Step[]; readonly body: readonly Node[] };

export interface Template {
  readonly source: string;
  readonly nodes: readonly Node[];
}

/** @throws Failure in the words of the parser */
export function parseTemplate(source: string, complaint = `error parsing jsonpath ${source}, `): Template {
  const wrong = (why: string): never => {
    throw failed(`${complaint}${why}`);
  };
  let at = 0;
  const until = (): Node[] => {
    const nodes: Node[] = [];
    while (at < source.length) {
      const open = source.indexOf('{', at);
      if (open < 0) {
        nodes.push({ of: 'text', text: source.slice(at) });
        at = source.length;
        break;
      }
      if (open > at) nodes.push({ of: 'text', text: source.slice(at, open) });
      const close = closingBrace(source, open);
      if (close < 0) return wrong(/\[[^\]]*$/.test(source.slice(open)) ? 'unterminated array' : 'unclosed action');
      const inside = source.slice(open + 1, close).trim();
      at = close + 1;
      if (inside === 'end') return nodes;
      const range = /^range\s+(.+)$/s.exec(inside);
      if (range !== null) nodes.push({ of: 'range', path: pathOf(range[1]!, wrong), body: until() });
      else {
        const quoted = /^(['"])([\s\S]*)\1$/.exec(inside);
        if (quoted !== null) nodes.push({ of: 'text', text: unquoted(quoted[2]!) });
        else nodes.push({ of: 'path', path: pathOf(inside, wrong) });
      }
    }
    return nodes;
  };
  return { source, nodes: until() };
}

function closingBrace(text: string, open: number): number {
  let quote = '';
  for (let at = open + 1; at < text.length; at++) {
    const letter = text[at]!;
    if (letter === '\\') at++;
    else if (quote !== '') quote = letter === quote ? '' : quote;
    else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === '}') return at;
  }
  return -1;
}

const unquoted = (text: string): string =>
  text.replace(/\\(.)/g, (_, letter: string) => ({ n: '\n', t: '\t', r: '\r' })[letter] ?? letter);

const STOPS = ' \t\n.[](){}=!<>,\'"|&*';

function pathOf(text: string, wrong: (why: string) => never): readonly Step[] {
  const steps: Step[] = [];
  let at = 0;
  while (at < text.length) {
    const letter = text[at]!;
    if (letter === '$' || letter === '@') {
      if (letter === '$') steps.push({ type: 'root' });
      at++;
    } else if (letter === '.') {
      if (text[at + 1] === '.') {
        steps.push({ type: 'descend' });
        at += 1;
        if (text[at + 1] === '[' || text[at + 1] === '*') at++;
        if (text[at] === '*') {
          steps.push({ type: 'wildcard' });
          at++;
        }
        continue;
      }
      at++;
      if (text[at] === '*') {
        steps.push({ type: 'wildcard' });
        at++;
        continue;
      }
      let name = '';
      while (at < text.length && !STOPS.includes(text[at]!)) {
        if (text[at] === '\\') at++;
        name += text[at] ?? '';
        at++;
      }
      if (name !== '') steps.push({ type: 'field', name });
    } else if (letter === '[') {
      const end = closingBracket(text, at);
      if (end < 0) wrong('unterminated array');
      steps.push(bracketed(text.slice(at + 1, end).trim(), wrong));
      at = end + 1;
    } else if (letter === ' ') at++;
    else {
      const word = /^[\w-]+/.exec(text.slice(at))?.[0];
      if (word === undefined)
        return wrong(
          `unrecognized character in action: U+${letter.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')} '${letter}'`,
        );
      if (steps.length === 0 || text[at - 1] === ' ') return wrong(`unrecognized identifier ${word}`);
      steps.push({ type: 'field', name: word });
      at += word.length;
    }
  }
  return steps;
}

function closingBracket(text: string, open: number): number {
  let depth = 0;
  let quote = '';
  for (let at = open; at < text.length; at++) {
    const letter = text[at]!;
    if (letter === '\\') at++;
    else if (quote !== '') quote = letter === quote ? '' : quote;
    else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === '[') depth++;
    else if (letter === ']' && --depth === 0) return at;
  }
  return -1;
}

function bracketed(text: string, wrong: (why: string) => never): Step {
  if (text === '*') return { type: 'wildcard' };
  if (text.startsWith('?(') && text.endsWith(')')) return filterOf(text.slice(2, -1).trim(), wrong);
  const parts = splitList(text);
  if (parts.length > 1) return { type: 'union', parts: parts.map((part) => [bracketed(part.trim(), wrong)]) };
  const quoted = /^'([^']*)'$/.exec(text);
  if (quoted !== null) {
    const fields = quoted[1]!
      .split(/(?<!\\)\./)
      .map((name) => ({ type: 'field', name: name.replace(/\\(.)/g, '$1') }) as const);
    return fields.length === 1 ? fields[0]! : { type: 'union', parts: [fields] };
  }
  const slice = /^(-?\d*)(?:(:)(-?\d*)(?::(-?\d*))?)?$/.exec(text);
  if (slice === null || text === '') return wrong(`invalid array index ${text}`);
  const number = (part: string | undefined): number | null => (part === undefined || part === '' ? null : Number(part));
  const single = slice[2] === undefined;
  return { type: 'slice', from: number(slice[1]), to: number(slice[3]), step: number(slice[4]) ?? 1, single };
}

function splitList(text: string): string[] {
  const parts: string[] = [''];
  let quote = '';
  for (const letter of text) {
    if (quote !== '') quote = letter === quote ? '' : quote;
    else if (letter === '"' || letter === "'") quote = letter;
    if (letter === ',' && quote === '') parts.push('');
    else parts[parts.length - 1] += letter;
  }
  return parts;
}

function filterOf(text: string, wrong: (why: string) => never): Step {
  const [, left = '', operator = 'exists', right] =
    /^((?:'[^']*'|"[^"]*"|[^'"=!<>])+?)\s*(?:(==|!=|<=|>=|<|>)\s*([\s\S]+))?$/.exec(text) ?? [];
  if (left === '') return wrong('unterminated filter');
  return {
    type: 'filter',
    left: operandOf(left.trim(), wrong),
    operator,
    right: right === undefined ? null : operandOf(right.trim(), wrong),
  };
}

function operandOf(text: string, wrong: (why: string) => never): Operand {
  const quoted = /^(['"])([\s\S]*)\1$/.exec(text);
  if (quoted !== null) return { of: 'value', value: unquoted(quoted[2]!) };
  if (/^-?\d+(\.\d+)?$/.test(text)) return { of: 'value', value: Number(text) };
  if (text === 'true' || text === 'false') return { of: 'value', value: text === 'true' };
  return { of: 'path', path: pathOf(text, wrong) };
}

interface Lookup {
  readonly root: JsonValue;
  readonly allowMissing: boolean;
}

export class JsonPathError extends Error {}

function follow(step: Step, values: readonly JsonValue[], lookup: Lookup): readonly JsonValue[] {
  switch (step.type) {
    case 'root':
      return [lookup.root];
    case 'field':
      return values.flatMap((value) => {
        if (isJsonObject(value) && Object.hasOwn(value, step.name)) return [value[step.name]!];
        if (isJsonArray(value))
          return value.flatMap((item) =>
            isJsonObject(item) && Object.hasOwn(item, step.name) ? [item[step.name]!] : [],
          );
        if (!lookup.allowMissing) throw new JsonPathError(`${step.name} is not found`);
        return [];
      });
    case 'wildcard':
      return values.flatMap((value) =>
        isJsonArray(value) ? value : isJsonObject(value) ? sortedKeys(value).map((key) => value[key]!) : [],
      );
    case 'descend':
      return values.flatMap(descendants);
    case 'slice':
      return values.flatMap((value) => sliced(step, value, lookup));
    case 'union':
      return step.parts.flatMap((part) => walk(part, values, lookup));
    case 'filter':
      return values.flatMap((value) => (isJsonArray(value) ? value.filter((item) => holds(step, item, lookup)) : []));
  }
}

/** Maps below a value, with it; lists are looked through. */
const descendants = (value: JsonValue): readonly JsonValue[] => {
  if (isJsonArray(value)) return value.flatMap(descendants);
  if (!isJsonObject(value)) return [];
  return [value, ...sortedKeys(value).flatMap((key) => descendants(value[key]!))];
};

function sliced(step: Extract<Step, { type: 'slice' }>, value: JsonValue, lookup: Lookup): readonly JsonValue[] {
  if (!isJsonArray(value)) {
    if (value === null || lookup.allowMissing) return [];
    throw new JsonPathError('is not array or slice');
  }
  if (step.single) {
    const index = step.from ?? 0;
    const at = index < 0 ? index + value.length : index;
    if (at < 0 || at >= value.length) {
      if (value.length === 0 && lookup.allowMissing) return [];
      throw new JsonPathError(`array index out of bounds: index ${index}, length ${value.length}`);
    }
    return [value[at]!];
  }
  const bound = (given: number | null, otherwise: number): number =>
    given === null ? otherwise : given < 0 ? given + value.length : given;
  const [from, to] = [bound(step.from, 0), Math.min(bound(step.to, value.length), value.length)];
  return value.slice(from, to).filter((_, index) => index % Math.max(1, step.step) === 0);
}

function holds({ left, operator, right }: Extract<Step, { type: 'filter' }>, item: JsonValue, lookup: Lookup): boolean {
  const of = (operand: Operand | null): readonly JsonValue[] =>
    operand === null
      ? []
      : operand.of === 'value'
        ? [operand.value]
        : walk(operand.path, [item], { ...lookup, allowMissing: true });
  const [a] = of(left);
  if (right === null) return a !== undefined;
  const [b] = of(right);
  if (a === undefined || b === undefined) return false;
  if (operator === '==' || operator === '!=') {
    if (typeof a !== typeof b) throw new JsonPathError('incompatible types for comparison');
    return (canonicalJson(a) === canonicalJson(b)) === (operator === '==');
  }
  if (typeof a !== typeof b || typeof a === 'object') throw new JsonPathError('incompatible types for comparison');
  const order = a < b! ? -1 : a > b! ? 1 : 0;
  return operator === '<' ? order < 0 : operator === '<=' ? order <= 0 : operator === '>' ? order > 0 : order >= 0;
}

const walk = (path: readonly Step[], values: readonly JsonValue[], lookup: Lookup): readonly JsonValue[] =>
  path.reduce((found, step) => follow(step, found, lookup), values);

const shown = (value: JsonValue): string => (typeof value === 'string' ? value : canonicalJson(value));

/** The text that a template makes of a value. @throws JsonPathError */
export function templateText({ nodes }: Template, root: JsonValue, allowMissing: boolean): string {
  const write = (node: Node, current: JsonValue): string => {
    if (node.of === 'text') return node.text;
    const found = walk(node.path, [current], { root, allowMissing });
    if (node.of === 'path') return found.map(shown).join(' ');
    return found.map((item) => node.body.map((inner) => write(inner, item)).join('')).join('');
  };
  return nodes.map((node) => write(node, root)).join('');
}

/** All that the actions of a template lead to. */
export const templateValues = ({ nodes }: Template, root: JsonValue, allowMissing = true): readonly JsonValue[] =>
  nodes.flatMap((node) => (node.of === 'path' ? walk(node.path, [root], { root, allowMissing }) : []));

/** `x.y`, `.x.y` and `{.x.y}` are the same. @source kubectl/pkg/cmd/get/customcolumn.go (RelaxedJSONPathExpression) */
export function relaxedPath(text: string): string {
  if (text === '') return '';
  const found = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(text);
  if (found === null)
    throw failed(
      `unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`,
    );
  return `{.${found[1] ?? found[2]}}`;
}
