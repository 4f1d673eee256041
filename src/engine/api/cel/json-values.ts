/**
 * Objects of the API as values. Nothing is copied: a field is looked at when an expression asks for it.
 *
 * @source kubernetes apiserver/pkg/cel/common/values.go, apiserver/pkg/cel/{escaping,format}.go
 */
import { decodeBytes } from '../base64';
import { type JsonObject, type JsonValue, sortedKeys } from '../json';
import { KEYWORDS } from './lexer';
import { parseDuration, parseMoment } from './time';
import { DYN, listOf, type Type } from './types';
import { Bytes, Duration, EvaluationError, List, listValue, type Value, ValueMap } from './values';

/** A value of JSON. A number without fraction is an `int` where the type does not say that it is a `double`. */
export function valueOf(json: JsonValue | undefined, type: Type = DYN): Value {
  if (json === null || json === undefined) return null;
  if (typeof json === 'boolean') return json;
  if (typeof json === 'number') return Number.isInteger(json) && type.kind !== 'double' ? BigInt(json) : json;
  if (typeof json === 'string') return textValue(json, type);
  return Array.isArray(json)
    ? new JsonList(json as readonly JsonValue[], type.kind === 'list' ? type : DYNAMIC)
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

const DYNAMIC = listOf(DYN);

class JsonList extends List {
  override readonly nameOf: List['nameOf'];
  readonly #items: readonly JsonValue[];
  readonly #type: Type;
  constructor(items: readonly JsonValue[], { params, items: named }: Type) {
    super();
    this.#items = items;
    this.#type = params[0]!;
    this.nameOf = named === undefined ? null : named === 'set' ? (item) => item : keysOf(named);
  }
  get size(): number {
    return this.#items.length;
  }
  at(index: number): Value {
    return valueOf(this.#items[index], this.#type);
  }
}

/** The values of the keys of an item. */
const keysOf =
  (names: readonly string[]) =>
  (item: Value): Value =>
    listValue(names.map((name) => (item instanceof ValueMap ? (item.get(escapeName(name)) ?? null) : null)));

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
    // A field that is null is one that is not there.
    if (json === undefined || (json === null && this.object !== null)) return undefined;
    return valueOf(json, type);
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

/** Whether expressions can say a name at all, once it is escaped. */
export const isEscapable = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(escapeName(name));

function unescapeName(name: string): string {
  if (name.startsWith('__') && name.endsWith('__') && KEYWORDS.has(name.slice(2, -2))) return name.slice(2, -2);
  return name.replace(
    /__(underscores|dot|dash|slash)__/g,
    (_, word: string) => ESCAPES.find(([, to]) => to === `__${word}__`)![0],
  );
}
