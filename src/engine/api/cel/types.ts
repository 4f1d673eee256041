/**
 * The types of the Common Expression Language: what they are called, and which may stand for which.
 *
 * @source cel-go checker/{types,format}.go, common/types/types.go
 */
export type Kind =
  | 'dyn'
  | 'error'
  | 'null'
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'duration'
  | 'timestamp'
  | 'list'
  | 'map'
  | 'type'
  | 'object'
  | 'opaque'
  | 'param';

export interface Type {
  readonly kind: Kind;
  /** As error texts show it, without parameters. */
  readonly name: string;
  readonly params: readonly Type[];
  /** Of a list of which the order does not count: what names an item, itself or these of its fields. */
  readonly items?: 'set' | readonly string[];
  /** Of an object: its fields by the names that expressions use. */
  readonly fields?: ReadonlyMap<string, Type>;
}

const simple = (kind: Kind, name: string = kind): Type => Object.freeze({ kind, name, params: [] });

export const DYN = simple('dyn');
export const ERROR = simple('error', '!error!');
export const NULL = simple('null');
export const BOOL = simple('bool');
export const INT = simple('int');
export const UINT = simple('uint');
export const DOUBLE = simple('double');
export const STRING = simple('string');
export const BYTES = simple('bytes');
export const DURATION = simple('duration', 'google.protobuf.Duration');
export const TIMESTAMP = simple('timestamp', 'google.protobuf.Timestamp');

export const listOf = (element: Type): Type => ({ kind: 'list', name: 'list', params: [element] });
export const mapOf = (key: Type, value: Type): Type => ({ kind: 'map', name: 'map', params: [key, value] });
export const typeOf = (of: Type): Type => ({ kind: 'type', name: 'type', params: [of] });
export const opaque = (name: string, ...params: Type[]): Type => ({ kind: 'opaque', name, params });
export const optionalOf = (of: Type): Type => opaque('optional_type', of);
export const typeParam = (name: string): Type => ({ kind: 'param', name, params: [] });
export const objectType = (name: string, fields: ReadonlyMap<string, Type>): Type => ({
  kind: 'object',
  name,
  params: [],
  fields,
});

export const isOptional = (type: Type): boolean => type.kind === 'opaque' && type.name === 'optional_type';
export const isDyn = ({ kind }: Type): boolean => kind === 'dyn' || kind === 'error';

/** As errors of the type checker show it: `list(int)`, `map(string, dyn)`. */
export const formatType = ({ name, params }: Type): string =>
  params.length === 0 ? name : `${name}(${params.map(formatType).join(', ')})`;

/** As what an expression comes to is shown. */
export const outputName = (type: Type): string =>
  type.kind === 'null'
    ? 'null_type'
    : type.params.length === 0
      ? type.name
      : `${type.name}(${type.params.map(outputName).join(', ')})`;

/** Parameters of types, by name, and what they have been found to be. */
export type Bindings = ReadonlyMap<string, Type>;

/** Puts what is bound in the place of parameters; those that are free become `dyn` when `close` says so. */
export function substitute(type: Type, bindings: Bindings, close = false): Type {
  if (type.kind === 'param') {
    const bound = bindings.get(type.name);
    if (bound !== undefined) return substitute(bound, bindings, close);
    return close ? DYN : type;
  }
  if (type.params.length === 0) return type;
  return { ...type, params: type.params.map((param) => substitute(param, bindings, close)) };
}

export const sameType = (a: Type, b: Type): boolean =>
  a === b ||
  (a.kind === b.kind &&
    a.name === b.name &&
    a.params.length === b.params.length &&
    a.params.every((param, at) => sameType(param, b.params[at]!)));

const NULLABLE: ReadonlySet<Kind> = new Set(['null', 'object', 'duration', 'timestamp', 'opaque']);

function occurs(name: string, type: Type, bindings: Bindings): boolean {
  if (type.kind !== 'param') return type.params.some((param) => occurs(name, param, bindings));
  if (type.name === name) return true;
  const bound = bindings.get(type.name);
  return bound !== undefined && occurs(name, bound, bindings);
}

/** Whether a value of type `from` may stand where `to` is wanted. Answers the bindings with what that has shown; null: it may not. */
export function assignable(from: Type, to: Type, bindings: Bindings): Bindings | null {
  if (to.kind === 'param') return bind(to, from, bindings, (bound) => assignable(from, bound, bindings));
  if (from.kind === 'param') return bind(from, to, bindings, (bound) => assignable(bound, to, bindings));
  if (isDyn(from) || isDyn(to)) return bindings;
  if (from.kind === 'null') return NULLABLE.has(to.kind) ? bindings : null;
  if (from.kind !== to.kind || from.name !== to.name) return null;
  return from.kind === 'type' ? bindings : assignableAll(from.params, to.params, bindings);
}

function bind(
  param: Type,
  other: Type,
  bindings: Bindings,
  withBound: (bound: Type) => Bindings | null,
): Bindings | null {
  if (other.kind === 'param' && other.name === param.name) return bindings;
  const bound = bindings.get(param.name);
  if (bound !== undefined) {
    const next = withBound(bound);
    if (next === null) return null;
    // The more general of the two counts from here on.
    return isMoreGeneral(other, bound) ? new Map(next).set(param.name, other) : next;
  }
  if (occurs(param.name, other, bindings)) return null;
  return new Map(bindings).set(param.name, other);
}

export function assignableAll(from: readonly Type[], to: readonly Type[], bindings: Bindings): Bindings | null {
  if (from.length !== to.length) return null;
  let found: Bindings | null = bindings;
  for (const [at, type] of from.entries()) {
    found = assignable(type, to[at]!, found);
    if (found === null) return null;
  }
  return found;
}

function isMoreGeneral(a: Type, b: Type): boolean {
  if (a.kind === 'param' || b.kind === 'param') return false;
  if (isDyn(a)) return !isDyn(b);
  if (b.kind === 'null') return a.kind !== 'null' && NULLABLE.has(a.kind);
  if (a.kind !== b.kind || a.name !== b.name || a.params.length !== b.params.length) return false;
  return a.params.some((param, at) => isMoreGeneral(param, b.params[at]!));
}

/** Of two types of which one may stand for the other: the one that says less. */
export const mostGeneral = (a: Type, b: Type): Type => (isMoreGeneral(b, a) ? b : a);
