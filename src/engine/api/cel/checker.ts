/**
 * Finds the type of every part of an expression, and what is wrong with it.
 *
 * @source cel-go checker/{checker,errors,env}.go
 */
import type { Call, Comprehension, CreateList, CreateMap, Expr, Select } from './ast';
import type { Environment, Overload } from './environment';
import { qualifiedName } from './builder';
import type { SourceError } from './source';
import {
  assignable,
  assignableAll,
  type Bindings,
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  ERROR,
  formatType,
  INT,
  isDyn,
  isOptional,
  listOf,
  mapOf,
  mostGeneral,
  NULL,
  optionalOf,
  sameType,
  STRING,
  substitute,
  TIMESTAMP,
  type Type,
  typeOf,
  typeParam,
  UINT,
} from './types';
import { Bytes, Uint, type Value } from './values';

/** What is known of an expression once it is checked; by `id`. */
export interface Checked {
  readonly types: ReadonlyMap<number, Type>;
  /** Of calls: the overloads that fit. */
  readonly overloads: ReadonlyMap<number, readonly Overload[]>;
  /** Selections that are a variable with dots in its name, and identifiers of variables and types. */
  readonly names: ReadonlyMap<number, string>;
}

const TYPE_NAMES: ReadonlyMap<string, Type> = new Map([
  ...[BOOL, BYTES, DOUBLE, DURATION, INT, STRING, TIMESTAMP, UINT].map((type) => [type.name, typeOf(type)] as const),
  ['dyn', typeOf(DYN)],
  ['null_type', typeOf(NULL)],
  ['list', typeOf(listOf(DYN))],
  ['map', typeOf(mapOf(DYN, DYN))],
  ['type', typeOf(typeOf(DYN))],
  ['optional_type', typeOf(optionalOf(DYN))],
]);

export const isTypeName = (name: string): boolean => TYPE_NAMES.has(name);

export function literalType(value: Value): Type {
  if (typeof value === 'boolean') return BOOL;
  if (typeof value === 'bigint') return INT;
  if (typeof value === 'number') return DOUBLE;
  if (typeof value === 'string') return STRING;
  if (value instanceof Uint) return UINT;
  return value instanceof Bytes ? BYTES : NULL;
}

export function check(expr: Expr, environment: Environment): Checked & { readonly errors: readonly SourceError[] } {
  const checker = new Checker(environment);
  checker.check(expr);
  const types = new Map([...checker.types].map(([id, type]) => [id, substitute(type, checker.bindings, true)]));
  return { types, overloads: checker.overloads, names: checker.names, errors: checker.errors };
}

interface Scope {
  readonly name: string;
  readonly type: Type;
}

class Checker {
  readonly errors: SourceError[] = [];
  readonly types = new Map<number, Type>();
  readonly overloads = new Map<number, readonly Overload[]>();
  readonly names = new Map<number, string>();
  bindings: Bindings = new Map();
  readonly #environment: Environment;
  readonly #scopes: Scope[] = [];
  #free = 0;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  #report(offset: number, message: string): Type {
    this.errors.push({ offset, message });
    return ERROR;
  }

  #undeclared = (offset: number, name: string): Type =>
    this.#report(offset, `undeclared reference to '${name}' (in container '')`);

  #freeType = (): Type => typeParam(`_var${this.#free++}`);

  #shown = (type: Type): string => formatType(substitute(type, this.bindings));

  check(expr: Expr): Type {
    const type = this.#typeOf(expr);
    this.types.set(expr.id, type);
    return type;
  }

  #typeOf(expr: Expr): Type {
    switch (expr.type) {
      case 'literal':
        return literalType(expr.value);
      case 'ident':
        return this.#named(expr.id, expr.name) ?? this.#undeclared(expr.offset, expr.name);
      case 'select':
        return this.#select(expr);
      case 'call':
        return this.#call(expr);
      case 'list':
        return this.#list(expr);
      case 'map':
        return this.#map(expr);
      case 'object':
        return this.#undeclared(expr.offset, expr.name);
      case 'comprehension':
        return this.#comprehension(expr);
    }
  }

  #named(id: number, name: string): Type | null {
    for (let at = this.#scopes.length - 1; at >= 0; at--) {
      const scope = this.#scopes[at]!;
      if (scope.name === name) return scope.type;
    }
    const type = this.#environment.variables.get(name) ?? TYPE_NAMES.get(name);
    if (type === undefined) return null;
    this.names.set(id, name);
    return type;
  }

  #select(expr: Select): Type {
    const name = expr.testOnly ? null : qualifiedName(expr);
    if (name !== null && !this.#isLocal(name.slice(0, name.indexOf('.')))) {
      const named = this.#named(expr.id, name);
      if (named !== null) return named;
    }
    const operand = substitute(this.check(expr.operand), this.bindings);
    const type = isOptional(operand)
      ? optionalOf(this.#fieldOf(expr, operand.params[0]!, expr.field))
      : this.#fieldOf(expr, operand, expr.field);
    return expr.testOnly ? BOOL : type;
  }

  #isLocal = (name: string): boolean => this.#scopes.some((scope) => scope.name === name);

  #fieldOf({ offset }: Expr, operand: Type, field: string): Type {
    switch (operand.kind) {
      case 'error':
      case 'dyn':
        return DYN;
      case 'map':
        return operand.params[1]!;
      case 'object':
        return operand.fields?.get(field) ?? this.#report(offset, `undefined field '${field}'`);
      case 'param':
        this.bindings = new Map(this.bindings).set(operand.name, DYN);
        return DYN;
      default:
        return this.#report(offset, `type '${this.#shown(operand)}' does not support field selection`);
    }
  }

  #call(expr: Call): Type {
    const { name, target, args, offset } = expr;
    if (name === '_?._') return this.#optionalSelect(expr);
    const types = args.map((arg) => this.check(arg));
    const { functions } = this.#environment;
    if (target === null) {
      const overloads = functions.get(name);
      return overloads === undefined ? this.#undeclared(offset, name) : this.#resolve(expr, overloads, types, false);
    }
    const qualified = qualifiedName(target);
    const global = qualified === null ? undefined : functions.get(`${qualified}.${name}`);
    if (global !== undefined) {
      this.names.set(expr.id, `${qualified}.${name}`);
      return this.#resolve({ ...expr, name: `${qualified}.${name}` }, global, types, false);
    }
    const receiver = this.check(target);
    const overloads = functions.get(name);
    if (overloads === undefined) return this.#undeclared(offset, name);
    return this.#resolve(expr, overloads, [receiver, ...types], true);
  }

  #optionalSelect(expr: Call): Type {
    const [operand, field] = expr.args as [Expr, Extract<Expr, { type: 'literal' }>];
    this.types.set(field.id, STRING);
    const type = substitute(this.check(operand), this.bindings);
    const found = this.#fieldOf(expr, isOptional(type) ? type.params[0]! : type, field.value as string);
    return isOptional(found) ? found : optionalOf(found);
  }

  #resolve(expr: Call, overloads: readonly Overload[], args: readonly Type[], hasReceiver: boolean): Type {
    const fitting: Overload[] = [];
    let result: Type | null = null;
    for (const overload of overloads) {
      if (overload.hasReceiver !== hasReceiver) continue;
      let { params, result: type } = overload;
      if (overload.typeParams.length > 0) {
        const fresh = new Map(overload.typeParams.map((name) => [name, this.#freeType()]));
        params = params.map((param) => substitute(param, fresh));
        type = substitute(type, fresh);
      }
      const next = assignableAll(args, params, this.bindings);
      if (next === null) continue;
      this.bindings = next;
      fitting.push(overload);
      const own = substitute(type, this.bindings);
      if (result === null) result = own;
      else if (!isDyn(result) && !sameType(result, own)) result = DYN;
    }
    if (result === null) {
      const shown = args.map((arg) => formatType(substitute(arg, this.bindings, true)));
      const signature = hasReceiver ? `${shown[0]}.(${shown.slice(1).join(', ')})` : `(${shown.join(', ')})`;
      return this.#report(expr.offset, `found no matching overload for '${expr.name}' applied to '${signature}'`);
    }
    this.overloads.set(expr.id, fitting);
    return result;
  }

  #list({ elements, optional }: CreateList): Type {
    let joined: Type | null = null;
    for (const [at, element] of elements.entries()) {
      const type = this.check(element);
      joined = this.#join(element, joined, optional.has(at) ? this.#inOptional(element, type) : type);
    }
    return listOf(joined ?? this.#freeType());
  }

  #map({ entries }: CreateMap): Type {
    let [keys, values]: [Type | null, Type | null] = [null, null];
    for (const { key, value, optional } of entries) {
      keys = this.#join(key, keys, this.check(key));
      const type = this.check(value);
      values = this.#join(value, values, optional ? this.#inOptional(value, type) : type);
    }
    return mapOf(keys ?? this.#freeType(), values ?? this.#freeType());
  }

  #inOptional(expr: Expr, given: Type): Type {
    const type = substitute(given, this.bindings);
    if (isOptional(type)) return type.params[0]!;
    if (!isDyn(type)) this.#mismatch(expr, optionalOf(type), type);
    return type;
  }

  #mismatch = (expr: Expr, wanted: Type, found: Type): Type =>
    this.#report(expr.offset, `expected type '${this.#shown(wanted)}' but found '${this.#shown(found)}'`);

  /** All elements of a literal are of one type. */
  #join(expr: Expr, before: Type | null, type: Type): Type {
    if (before === null) return type;
    const next = assignable(type, before, this.bindings) ?? assignable(before, type, this.bindings);
    if (next === null) return this.#mismatch(expr, before, type);
    this.bindings = next;
    return mostGeneral(before, type);
  }

  #assert(expr: Expr, type: Type, wanted: Type): void {
    const next = assignable(type, wanted, this.bindings);
    if (next === null) this.#mismatch(expr, wanted, type);
    else this.bindings = next;
  }

  #comprehension(expr: Comprehension): Type {
    const range = substitute(this.check(expr.range), this.bindings);
    const accumulator = this.check(expr.init);
    const [first, second] = this.#ranged(expr, range);
    this.#scopes.push({ name: expr.accumulator, type: accumulator });
    this.#scopes.push({ name: expr.variable, type: first });
    if (expr.second !== '') this.#scopes.push({ name: expr.second, type: second });
    this.#assert(expr.condition, this.check(expr.condition), BOOL);
    this.#assert(expr.step, this.check(expr.step), accumulator);
    this.#scopes.length -= expr.second === '' ? 1 : 2;
    const result = this.check(expr.result);
    this.#scopes.pop();
    return substitute(result, this.bindings);
  }

  /** The types of the variables of a loop. */
  #ranged({ range: { offset }, second }: Comprehension, range: Type): readonly [Type, Type] {
    const two = second !== '';
    switch (range.kind) {
      case 'list':
        return two ? [INT, range.params[0]!] : [range.params[0]!, ERROR];
      case 'map':
        return [range.params[0]!, range.params[1]!];
      case 'param':
        this.bindings = new Map(this.bindings).set(range.name, DYN);
        return [DYN, DYN];
      case 'dyn':
      case 'error':
        return [DYN, DYN];
      default: {
        const text = `expression of type '${this.#shown(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`;
        return [this.#report(offset, text), ERROR];
      }
    }
  }
}
