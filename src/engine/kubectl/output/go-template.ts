/**
 * Go's text/template over JSON: fields, variables, range, if, with, pipelines and the functions that people use with kubectl.
 *
 * @source Go text/template; kubernetes cli-runtime/pkg/printers/template.go
 */
import { decodeBase64, utf8Bytes } from '#engine/api/base64';
import {
  canonicalJson,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  sortedKeys,
} from '#engine/api/json';
import { asText, failed } from '../call/context';
import { Failure } from '../call/effects';

type Value = JsonValue | undefined;

/** The text of a pipeline and where it begins in its template. */
interface Pipe {
  readonly text: string;
  readonly at: number;
}

type Node =
  | { readonly of: 'text'; readonly text: string }
  | { readonly of: 'action'; readonly pipe: Pipe }
  | {
      readonly of: 'block';
      readonly word: 'if' | 'range' | 'with';
      readonly pipe: Pipe;
      readonly body: Node[];
      readonly otherwise: Node[];
    };

class TemplateError extends Error {
  /** Where it is: a part of the template, and what it said. */
  readonly place: Pipe | null;
  constructor(message: string, place: Pipe | null = null) {
    super(message);
    this.place = place;
  }
}

/** The text that a template makes of a value. */
export function goTemplateText(source: string, value: JsonObject, allowMissing: boolean): string {
  let nodes: Node[];
  try {
    nodes = parse(source);
  } catch (error) {
    if (error instanceof TemplateError)
      throw failed(`error parsing template ${source}, template: output:1: ${error.message}`);
    throw error;
  }
  const done: string[] = [];
  try {
    execute(nodes, value, { variables: new Map([['$', value]]), allowMissing, write: (text) => void done.push(text) });
    return done.join('');
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const why = `template: output:${placeText(source, error)}${error.message}`;
    const told = `Error executing template: ${why}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${source}\n\traw data was:\n\t\t${canonicalJson(value)}\n\tobject given to template engine was:\n\t\t${printed(value)}\n\n`;
    throw new Failure(
      `error: error executing template ${JSON.stringify(source)}: ${why}`,
      1,
      null,
      `${done.join('')}${told}`,
    );
  }
}

/** `1:7: executing "output" at <.spec>: `: line, and letters before it on its line. */
function placeText(source: string, { place }: TemplateError): string {
  if (place === null) return '1: ';
  const before = source.slice(0, place.at);
  return `${before.split('\n').length}:${before.length - before.lastIndexOf('\n') - 1}: executing "output" at <${place.text}>: `;
}

function parse(source: string): Node[] {
  const root: Node[] = [];
  const open: { readonly node: Extract<Node, { of: 'block' }>; into: Node[] }[] = [];
  let into = root;
  let at = 0;
  let trims = false;
  while (at <= source.length) {
    const start = source.indexOf('{{', at);
    let text = source.slice(at, start < 0 ? undefined : start);
    if (trims) text = text.trimStart();
    if (start >= 0 && source.startsWith('{{- ', start)) text = text.trimEnd();
    if (text !== '') into.push({ of: 'text', text });
    if (start < 0) break;
    const end = actionEnd(source, start + 2);
    if (end < 0) {
      // Names are looked at as they come, before the end is missed.
      const [, name] = /^(?:- )?\s*([A-Za-z]\w*)/.exec(source.slice(start + 2)) ?? [];
      if (name !== undefined && !WORDS.includes(name) && !(name in FUNCTIONS)) throw notDefined(name);
      throw new TemplateError('unclosed action');
    }
    let inside = source.slice(start + 2, end);
    trims = inside.endsWith(' -');
    inside = inside.replace(/^- /, '').replace(/ -$/, '').trim();
    const placed = (text: string): Pipe => ({ text, at: source.indexOf(text, start + 2) });
    at = end + 2;
    const [, word = '', rest = ''] = /^(if|range|with|else|end)\b\s*([\s\S]*)$/.exec(inside) ?? [];
    if (inside.startsWith('/*')) continue;
    if (word === 'if' || word === 'range' || word === 'with') {
      const node = { of: 'block', word, pipe: placed(rest), body: [], otherwise: [] } as Extract<Node, { of: 'block' }>;
      into.push(node);
      open.push({ node, into });
      into = node.body;
    } else if (word === 'else') {
      const last = open.at(-1);
      if (last === undefined) throw new TemplateError('unexpected {{else}}');
      into = last.node.otherwise;
      const chained = /^(if|with)\s+([\s\S]*)$/.exec(rest);
      if (chained !== null) {
        const node = {
          of: 'block',
          word: chained[1],
          pipe: placed(chained[2]!),
          body: [],
          otherwise: [],
        } as unknown as Extract<Node, { of: 'block' }>;
        into.push(node);
        open[open.length - 1] = { node, into: last.into };
        into = node.body;
      }
    } else if (word === 'end') {
      const last = open.pop();
      if (last === undefined) throw new TemplateError('unexpected {{end}}');
      into = last.into;
    } else into.push({ of: 'action', pipe: placed(inside) });
  }
  if (open.length > 0) throw new TemplateError('unexpected EOF');
  return root;
}

function actionEnd(source: string, from: number): number {
  let quote = '';
  for (let at = from; at < source.length; at++) {
    const letter = source[at]!;
    if (quote !== '') {
      if (letter === '\\' && quote === '"') at++;
      else if (letter === quote) quote = '';
    } else if (letter === '"' || letter === '`') quote = letter;
    else if (letter === '}' && source[at + 1] === '}') return at;
  }
  return -1;
}

interface Scope {
  readonly variables: Map<string, Value>;
  readonly allowMissing: boolean;
  readonly write: (text: string) => void;
}

const WORDS = ['if', 'range', 'with', 'else', 'end', 'true', 'false', 'nil'];
const notDefined = (name: string): TemplateError => new TemplateError(`function ${JSON.stringify(name)} not defined`);

const isTrue = (value: Value): boolean =>
  value !== undefined &&
  value !== null &&
  value !== false &&
  value !== 0 &&
  value !== '' &&
  !(isJsonArray(value) && value.length === 0) &&
  !(isJsonObject(value) && Object.keys(value).length === 0);

function execute(nodes: readonly Node[], dot: Value, scope: Scope): void {
  for (const node of nodes) {
    if (node.of === 'text') {
      scope.write(node.text);
      continue;
    }
    const inner: Scope = node.of === 'block' ? { ...scope, variables: new Map(scope.variables) } : scope;
    const declared = /^((?:\$\w*\s*,\s*)?\$\w*)\s*:?=\s*([\s\S]*)$/.exec(node.pipe.text);
    const names = declared === null ? [] : declared[1]!.split(',').map((name) => name.trim());
    const { text, at } = node.pipe;
    const pipe = declared === null ? node.pipe : { text: declared[2]!, at: at + text.length - declared[2]!.length };
    const value = pipeline(pipe, dot, inner);
    if (node.of === 'action') {
      if (declared === null) scope.write(printed(value));
      else scope.variables.set(names[0]!, value);
      continue;
    }
    if (node.word === 'range') {
      const items: (readonly [Value, Value])[] = isJsonArray(value)
        ? value.map((item, index) => [index, item])
        : isJsonObject(value)
          ? sortedKeys(value).map((key) => [key, value[key]])
          : [];
      if (items.length === 0) execute(node.otherwise, dot, inner);
      for (const [key, item] of items) {
        const each: Scope = { ...inner, variables: new Map(inner.variables) };
        if (names.length === 1) each.variables.set(names[0]!, item);
        if (names.length === 2) each.variables.set(names[0]!, key).set(names[1]!, item);
        execute(node.body, item, each);
      }
      continue;
    }
    if (names.length === 1) inner.variables.set(names[0]!, value);
    if (isTrue(value)) execute(node.body, node.word === 'with' ? value : dot, inner);
    else execute(node.otherwise, dot, inner);
  }
}

/** Numbers are Go's float64. */
export function printed(value: Value): string {
  if (value === undefined || value === null) return '<no value>';
  if (typeof value === 'number') return floatText(value);
  if (isJsonArray(value)) return `[${value.map(printedInside).join(' ')}]`;
  if (isJsonObject(value))
    return `map[${sortedKeys(value)
      .map((key) => `${key}:${printedInside(value[key])}`)
      .join(' ')}]`;
  return String(value);
}

const printedInside = (value: Value): string => (value === null || value === undefined ? '<nil>' : printed(value));

/** `%v` of a float64: with an exponent from 21 digits on. */
function floatText(value: number): string {
  const text = String(value);
  return /e\+\d$/.test(text) ? text.replace('e+', 'e+0') : text;
}

const TOKEN =
  /\s*("(?:[^"\\]|\\.)*"|`[^`]*`|\(|\)|\||-?\d+(?:\.\d+)?|\$\w*(?:\.[\w-]+)*|\.(?:[\w-]+(?:\.[\w-]+)*)?|[A-Za-z]\w*)/y;

interface Token {
  readonly text: string;
  /** Where it ends in its pipeline. */
  readonly end: number;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(text);
    if (found === null) throw new TemplateError(`unexpected ${JSON.stringify(text.slice(at).trim())} in command`);
    tokens.push({ text: found[1]!, end: TOKEN.lastIndex });
  }
  return tokens;
}

function pipeline(pipe: Pipe, dot: Value, scope: Scope): Value {
  const tokens = tokensOf(pipe.text);
  let at = 0;
  const textAt = (index: number): string | undefined => tokens[index]?.text;
  /** Does something; what goes wrong there is told with what stands from one token to the next that was not taken. */
  const within = <T>(from: number, act: () => T): T => {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof TemplateError) || error.place !== null) throw error;
      const begin = tokens[from]!.end - tokens[from]!.text.length;
      const text = pipe.text.slice(begin, tokens[at - 1]!.end);
      throw new TemplateError(error.message, { text, at: pipe.at + begin });
    }
  };
  const commands = (): Value => {
    let value: Value;
    let first = true;
    for (;;) {
      const words: (Value | { readonly call: string })[] = [];
      const begun = at;
      while (at < tokens.length && textAt(at) !== '|' && textAt(at) !== ')') words.push(operand());
      value = within(begun, () => run(words, first ? [] : [value]));
      first = false;
      if (textAt(at) !== '|') return value;
      at++;
    }
  };
  const operand = (): Value | { readonly call: string } => {
    const begun = at;
    const token = tokens[at++]!.text;
    if (token === '(') {
      const value = commands();
      at++;
      const next = textAt(at);
      if (next?.startsWith('.') !== true || next.length === 1) return value;
      at++;
      return within(begun, () => fieldsOf(value, next.slice(1), scope));
    }
    if (token.startsWith('"')) return JSON.parse(token) as string;
    if (token.startsWith('`')) return token.slice(1, -1);
    if (/^-?\d/.test(token)) return Number(token);
    if (token === 'true' || token === 'false') return token === 'true';
    if (token === 'nil') return null;
    if (token === '.') return dot;
    if (token.startsWith('.')) return within(begun, () => fieldsOf(dot, token.slice(1), scope));
    if (token.startsWith('$')) {
      const [name = '', ...fields] = token.split('.');
      if (!scope.variables.has(name)) throw new TemplateError(`undefined variable ${JSON.stringify(name)}`);
      const value = scope.variables.get(name);
      return fields.length === 0 ? value : within(begun, () => fieldsOf(value, fields.join('.'), scope));
    }
    return { call: token };
  };
  return commands();
}

function fieldsOf(value: Value, path: string, { allowMissing }: Scope): Value {
  let found = value;
  for (const name of path.split('.')) {
    if (found === undefined || found === null) {
      if (allowMissing) return undefined;
      throw new TemplateError(`nil data; no entry for key ${JSON.stringify(name)}`);
    }
    if (!isJsonObject(found)) throw new TemplateError(`can't evaluate field ${name} in type interface {}`);
    if (!Object.hasOwn(found, name) && !allowMissing)
      throw new TemplateError(`map has no entry for key ${JSON.stringify(name)}`);
    found = found[name];
  }
  return found;
}

type Word = Value | { readonly call: string };

const isCall = (word: Word): word is { readonly call: string } =>
  typeof word === 'object' && word !== null && !Array.isArray(word) && Object.keys(word).length === 1 && 'call' in word;

function run(words: readonly Word[], piped: readonly Value[]): Value {
  const [first, ...rest] = words;
  if (first === undefined && piped.length > 0) throw new TemplateError('missing value for command');
  if (!isCall(first)) return first;
  const args = [...rest.map((word) => (isCall(word) ? run([word], []) : word)), ...piped];
  const called = FUNCTIONS[first.call];
  if (called === undefined) throw notDefined(first.call);
  return called(args);
}

const same = (a: Value, b: Value): boolean => JSON.stringify(a) === JSON.stringify(b);
const less = (a: Value, b: Value): boolean => (a as string) < (b as string);

const FUNCTIONS: Readonly<Record<string, (args: readonly Value[]) => Value>> = {
  eq: ([first, ...others]) => others.some((other) => same(first, other)),
  ne: ([a, b]) => !same(a, b),
  lt: ([a, b]) => less(a, b),
  le: ([a, b]) => !less(b, a),
  gt: ([a, b]) => less(b, a),
  ge: ([a, b]) => !less(a, b),
  and: (args) => args.find((arg) => !isTrue(arg)) ?? args.at(-1),
  or: (args) => args.find(isTrue) ?? args.at(-1),
  not: ([arg]) => !isTrue(arg),
  len: ([arg]) => {
    if (typeof arg === 'string') return utf8Bytes(arg).length;
    if (isJsonArray(arg)) return arg.length;
    if (isJsonObject(arg)) return Object.keys(arg).length;
    const type = typeof arg === 'number' ? 'float64' : 'bool';
    throw new TemplateError(
      `error calling len: ${arg === undefined || arg === null ? 'reflect: call of reflect.Value.Type on zero Value' : `len of type ${type}`}`,
    );
  },
  index: ([value, ...keys]) => {
    let found = value;
    for (const key of keys) {
      if (isJsonArray(found)) {
        if (typeof key !== 'number' || key < 0 || key >= found.length)
          throw new TemplateError(`error calling index: index out of range: ${asText(key)}`);
        found = found[key];
      } else found = isJsonObject(found) ? found[asText(key)] : undefined;
    }
    return found;
  },
  print: (args) => args.map(printed).join(''),
  println: (args) => `${args.map(printed).join(' ')}\n`,
  printf: ([format = '', ...values]) => {
    let at = 0;
    return asText(format).replace(/%(-?\d*)([svdq%])/g, (_, width: string, verb: string) => {
      if (verb === '%') return '%';
      const value = values[at++];
      const text = verb === 'q' ? JSON.stringify(printed(value)) : printed(value);
      return width.startsWith('-') ? text.padEnd(Number(width.slice(1))) : text.padStart(Number(width));
    });
  },
  base64decode: ([text]) => decodeBase64(asText(text)) ?? '',
  exists: ([value, ...keys]) => {
    let found = value;
    for (const key of keys) {
      if (isJsonObject(found) && Object.hasOwn(found, asText(key))) found = found[asText(key)];
      else if (isJsonArray(found) && typeof key === 'number' && key < found.length) found = found[key];
      else return false;
    }
    return true;
  },
};
