/**
 * Objects of the API as values. Nothing is copied: a field is looked at when an expression asks for it.
 *
 * @source kubernetes apiserver/pkg/cel/common/values.go, apiserver/pkg/cel/{escaping,format}.go
 */
import { decodeBytes } from '../base64';
import { type JsonObject, type JsonValue, sortedKeys } from '../json';
import { KEYWORDS } from './lexer';
import { parseDuration, parseMoment } from './time';
import { DYN, type Type } from './types';
import { Bytes, Duration, EvaluationError, List, type Value, ValueMap } from './values';

/** A value of JSON. A number without fraction is an `int` where the type does not say that it is a `double`. */
export function valueOf(json: JsonValue | undefined, type: Type = DYN): Value {
  if (json === null || json === undefined) return null;
  if (typeof json === 'boolean') return json;
  if (typeof json === 'number') return Number.isInteger(json) && type.kind !== 'double' ? BigInt(json) : json;
  if (typeof json === 'string') return textValue(json, type);
  return Array.isArray(json)
    ? new JsonList(json as readonly JsonValue[], type.kind === 'list' ? type.params[0]! : DYN)
    : new JsonMap(json as JsonObject, type);
}

function textValue(text: string, { kind }: Type): Value {
  if (kind === 'timestamp') return parseMoment(text.length === 10 ? `${text}T00:00:00Z` : text);
  if (kind === 'bytes') return new Bytes(decodeBytes(text) ?? []);
  if (kind !== 'duration') return text;
  const nanos = parseDuration(text);
  if (nanos === null) throw new EvaluationError(`invalid duration value: ${text}`);
  return new Duration(nanos);
}

class JsonList extends List {
  readonly #items: readonly JsonValue[];
  readonly #type: Type;
  constructor(items: readonly JsonValue[], type: Type) {
    super();
    this.#items = items;
    this.#type = type;
  }
  get size(): number {
    return this.#items.length;
  }
  at(index: number): Value {
    return valueOf(this.#items[index], this.#type);
  }
}

class JsonMap extends ValueMap {
  override readonly object: Type | null;
  readonly #json: JsonObject;
  readonly #value: Type;
  constructor(json: JsonObject, type: Type) {
    super();
    this.object = type.kind === 'object' ? type : null;
    this.#json = json;
    this.#value = type.kind === 'map' ? type.params[1]! : DYN;
  }
  get size(): number {
    return this.keys().length;
  }
  keys(): readonly Value[] {
    const names = sortedKeys(this.#json).filter((name) => this.#json[name] !== undefined);
    return this.object === null ? names : names.map(escapeName).filter((name) => this.object?.fields?.has(name));
  }
  get(key: Value): Value | undefined {
    if (typeof key !== 'string') return undefined;
    const type = this.object === null ? this.#value : this.object.fields?.get(key);
    if (type === undefined) return undefined;
    const name = this.object === null ? key : unescapeName(key);
    const json = Object.hasOwn(this.#json, name) ? this.#json[name] : undefined;
    return json === undefined ? undefined : valueOf(json, type);
  }
}

const ESCAPES: readonly (readonly [string, string])[] = [
  ['__', '__underscores__'],
  ['.', '__dot__'],
  ['-', '__dash__'],
  ['/', '__slash__'],
];

/** The name of a property as expressions write it. Names that cannot be escaped stay: no expression can say them. */
export function escapeName(name: string): string {
  if (KEYWORDS.has(name)) return `__${name}__`;
  let result = '';
  for (let at = 0; at < name.length;) {
    const escape = ESCAPES.find(([plain]) => name.startsWith(plain, at));
    result += escape?.[1] ?? name.charAt(at);
    at += escape?.[0].length ?? 1;
  }
  return result;
}

function unescapeName(name: string): string {
  if (name.startsWith('__') && name.endsWith('__') && KEYWORDS.has(name.slice(2, -2))) return name.slice(2, -2);
  return name.replace(
    /__(underscores|dot|dash|slash)__/g,
    (_, word: string) => ESCAPES.find(([, to]) => to === `__${word}__`)![0],
  );
}
