/**
 * What expressions may name: variables and functions with their overloads. A function is declared by its signature as text:
 * `size(string): int`, with a receiver `string -> size(): int`. Single capitals are parameters of types.
 */
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  NULL,
  opaque,
  optionalOf,
  STRING,
  TIMESTAMP,
  type Type,
  typeOf,
  typeParam,
  UINT,
} from './types';
import { sizeOf, type Value } from './values';

/** The cost of a call once its arguments are known. */
type CallCost = (args: readonly Value[], result: Value) => number;
type Run = (...args: never[]) => Value;

export interface Overload {
  /** Its signature. */
  readonly id: string;
  readonly hasReceiver: boolean;
  /** The receiver first. */
  readonly params: readonly Type[];
  readonly result: Type;
  /** Names of its parameters of types. */
  readonly typeParams: readonly string[];
  readonly run: (...args: Value[]) => Value;
  readonly cost: CallCost;
}

/** By signature: what it does, or that with its cost. */
export type Declarations = Readonly<Record<string, Run | readonly [Run, CallCost]>>;

const NAMED: Readonly<Record<string, Type>> = {
  dyn: DYN,
  null: NULL,
  bool: BOOL,
  int: INT,
  uint: UINT,
  double: DOUBLE,
  string: STRING,
  bytes: BYTES,
  duration: DURATION,
  timestamp: TIMESTAMP,
};

function readType(text: string): Type {
  const open = text.indexOf('<');
  if (open < 0) return NAMED[text] ?? (/^[A-Z]$/.test(text) ? typeParam(text) : opaque(text));
  const params = splitTypes(text.slice(open + 1, -1)).map(readType);
  const [first = DYN, second = DYN] = params;
  switch (text.slice(0, open)) {
    case 'list':
      return listOf(first);
    case 'map':
      return mapOf(first, second);
    case 'type':
      return typeOf(first);
    default:
      return optionalOf(first);
  }
}

function splitTypes(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    const c = text[at];
    if (c === '<') depth++;
    else if (c === '>') depth--;
    else if ((c === ',' && depth === 0) || c === undefined) {
      const part = text.slice(start, at).trim();
      if (part !== '') parts.push(part);
      start = at + 1;
    }
  }
  return parts;
}

const ONE: CallCost = () => 1;

function overload(signature: string, declared: Declarations[string]): [string, Overload] {
  const arrow = signature.indexOf(' -> ');
  const call = arrow < 0 ? signature : signature.slice(arrow + 4);
  const open = call.indexOf('(');
  const close = call.lastIndexOf('): ');
  const params = splitTypes(call.slice(open + 1, close)).map(readType);
  if (arrow >= 0) params.unshift(readType(signature.slice(0, arrow)));
  const [run, cost] = typeof declared === 'function' ? [declared, ONE] : declared;
  return [
    call.slice(0, open),
    {
      id: signature,
      hasReceiver: arrow >= 0,
      params,
      result: readType(call.slice(close + 3)),
      typeParams: [...new Set(signature.match(/\b[A-Z]\b/g) ?? [])],
      run: run as Overload['run'],
      cost,
    },
  ];
}

export class Environment {
  readonly variables: ReadonlyMap<string, Type>;
  readonly functions: ReadonlyMap<string, readonly Overload[]>;

  constructor(variables: Environment['variables'], functions: Environment['functions']) {
    this.variables = variables;
    this.functions = functions;
  }

  withVariables(variables: Readonly<Record<string, Type>>): Environment {
    return new Environment(new Map([...this.variables, ...Object.entries(variables)]), this.functions);
  }
}

export function declare(libraries: readonly Declarations[]): Environment {
  const functions = new Map<string, Overload[]>();
  for (const library of libraries) {
    for (const [signature, declared] of Object.entries(library)) {
      const [name, made] = overload(signature, declared);
      const known = functions.get(name);
      if (known === undefined) functions.set(name, [made]);
      else known.push(made);
    }
  }
  return new Environment(new Map(), functions);
}

/** A text is gone through ten characters at a time. @source cel-go common/cost.go (StringTraversalCostFactor) */
export const traversed = (size: number): number => Math.ceil(size * 0.1);

/** The first argument is gone through `times` times. */
export const traversal =
  (times = 1): CallCost =>
  ([first = null]) =>
    Math.ceil(sizeOf(first) * 0.1 * times);

/** Of a search for a pattern. @source cel-go interpreter/runtimecost.go (MatchesString), common/cost.go */
export const patternCost: CallCost = ([text = null, pattern = null]) =>
  traversed(1 + sizeOf(text)) * Math.ceil(sizeOf(pattern) * 0.25);
