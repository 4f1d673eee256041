/**
 * Evaluates checked expressions and counts what that costs.
 *
 * @source cel-go interpreter/{interpretable,attributes,planner,runtimecost}.go
 */
import type { Call, Comprehension, Expr, Select } from './ast';
import { type Checked, isTypeName } from './checker';
import { fits, noSuchOverload } from './dispatch';
import type { Overload } from './environment';
import { entryOf } from './library/standard';
import {
  EntryMap,
  EvaluationError,
  fail,
  GrowingList,
  GrowingMap,
  keyOf,
  keyText,
  List,
  listValue,
  NONE,
  Optional,
  typeName,
  TypeValue,
  type Value,
  ValueMap,
} from './values';

/** Values of variables by name; a function works one out when it is asked for. */
export type Variables = Readonly<Record<string, Value | undefined>>;

/** Ends an evaluation whatever stands around the part that was too expensive. */
export class CostExceeded extends Error {}

const COST = { ident: 1, select: 1, list: 10, map: 30 } as const;

interface Local {
  readonly name: string;
  /** An accumulator may hold an error that a later element makes up for. */
  value: Value | EvaluationError;
}

/** @throws EvaluationError, CostExceeded */
export class Evaluation {
  cost = 0;
  readonly #checked: Checked;
  readonly #variables: Variables;
  readonly #limit: number;
  readonly #locals: Local[] = [];

  constructor(checked: Checked, variables: Variables, limit: number) {
    this.#checked = checked;
    this.#variables = variables;
    this.#limit = limit;
  }

  #spend(cost: number): void {
    this.cost += cost;
    if (this.cost > this.#limit) throw new CostExceeded('operation cancelled: actual cost limit exceeded');
  }

  run(expr: Expr): Value {
    switch (expr.type) {
      case 'literal':
        return expr.value;
      case 'ident':
        this.#spend(COST.ident);
        return this.#named(expr.name);
      case 'select':
        return this.#select(expr);
      case 'call':
        return this.#call(expr);
      case 'list':
        return this.#list(expr);
      case 'map':
        return this.#map(expr);
      case 'object':
        return fail(`unknown type: ${expr.name}`);
      case 'comprehension':
        return this.#comprehension(expr);
    }
  }

  #named(name: string): Value {
    for (let at = this.#locals.length - 1; at >= 0; at--) {
      const local = this.#locals[at]!;
      if (local.name !== name) continue;
      if (local.value instanceof EvaluationError) throw local.value;
      return local.value;
    }
    const value = Object.hasOwn(this.#variables, name) ? this.#variables[name] : undefined;
    if (value !== undefined) return value;
    return isTypeName(name) ? new TypeValue(name) : fail(`no such attribute(s): ${name}`);
  }

  #select(expr: Select): Value {
    const name = this.#checked.names.get(expr.id);
    if (name !== undefined) {
      this.#spend(COST.ident);
      return this.#named(name);
    }
    const operand = this.#operand(expr.operand, expr.testOnly);
    if (expr.testOnly) return this.#has(operand, expr.field);
    this.#spend(COST.select);
    return this.#field(operand, expr.field);
  }

  /** What a field or an index is taken of. That is one step of its own when it is no path of names. */
  #operand(expr: Expr, tested = false): Value {
    const isPath = expr.type === 'ident' || expr.type === 'select' || (expr.type === 'call' && isIndex(expr));
    const before = this.cost;
    const value = this.run(expr);
    // Whether a field is there costs as much as the fields on the way.
    if (tested && isPath && this.cost > before) this.cost--;
    else if (!isPath && !tested) this.#spend(COST.ident);
    return value;
  }

  #has(operand: Value, field: string): boolean {
    const value = operand instanceof Optional ? operand.value : operand;
    if (value === undefined) return false;
    return value instanceof ValueMap ? value.get(field) !== undefined : fail('no such overload');
  }

  #field(operand: Value, field: string): Value {
    if (operand instanceof Optional) return this.#optionalField(operand, field);
    if (operand instanceof ValueMap) return entryOf(operand, field);
    if (operand instanceof List) return fail(`unsupported index type 'string' in list`);
    return fail('no such overload');
  }

  #optionalField(operand: Value, key: Value): Value {
    const value = operand instanceof Optional ? operand.value : operand;
    if (value === undefined) return NONE;
    if (value instanceof ValueMap) {
      const found = value.get(key);
      if (found instanceof Optional) return found;
      return found === undefined ? NONE : new Optional(found);
    }
    if (value instanceof List) {
      const at = typeof key === 'bigint' ? Number(key) : -1;
      return at >= 0 && at < value.size ? new Optional(value.at(at)) : NONE;
    }
    return fail('no such overload');
  }

  #call(expr: Call): Value {
    switch (expr.name) {
      case '_&&_':
        return this.#absorbing(expr, false);
      case '_||_':
        return this.#absorbing(expr, true);
      case '_?_:_': {
        const condition = this.run(expr.args[0]!);
        if (typeof condition !== 'boolean') return fail('no such overload');
        return this.run(expr.args[condition ? 1 : 2]!);
      }
      case '@not_strictly_false':
        return this.#notStrictlyFalse(expr.args[0]!);
      case '_?._':
      case '_[?_]':
        return this.#optionalIndex(expr);
      case '_[_]':
        return this.#index(expr);
    }
    const lazy = expr.target !== null && (expr.name === 'or' || expr.name === 'orValue');
    return lazy ? this.#orElse(expr) : this.#function(expr);
  }

  /** `&&` and `||`: what decides on one side makes up for an error on the other. */
  #absorbing({ args }: Call, deciding: boolean): boolean {
    let problem: EvaluationError | null = null;
    for (const arg of args) {
      try {
        const value = this.run(arg);
        if (value === deciding) return deciding;
        if (typeof value !== 'boolean') problem ??= new EvaluationError('no such overload');
      } catch (error) {
        if (!(error instanceof EvaluationError)) throw error;
        problem ??= error;
      }
    }
    if (problem !== null) throw problem;
    return !deciding;
  }

  #notStrictlyFalse(arg: Expr): boolean {
    let value: Value = true;
    try {
      value = this.run(arg);
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
    }
    this.#spend(1);
    return value !== false;
  }

  #index(expr: Call): Value {
    const [operand, key] = expr.args as [Expr, Expr];
    const value = this.#operand(operand);
    const index = this.#qualifier(key);
    this.#spend(COST.select);
    if (value instanceof Optional) return this.#optionalField(value, index);
    return this.#apply(expr, [value, index]).value;
  }

  #optionalIndex({ args }: Call): Value {
    const value = this.#operand(args[0]!);
    const index = this.#qualifier(args[1]!);
    this.#spend(COST.select);
    return this.#optionalField(value, index);
  }

  /** A path in brackets costs no more than its use. */
  #qualifier(expr: Expr): Value {
    const before = this.cost;
    const value = this.run(expr);
    if (expr.type === 'ident' || expr.type === 'select') this.cost = before;
    return value;
  }

  #orElse(expr: Call): Value {
    const first = this.run(expr.target!);
    this.#spend(1);
    if (!(first instanceof Optional)) return fail('no such overload');
    if (first.value === undefined) return this.run(expr.args[0]!);
    return expr.name === 'or' ? first : first.value;
  }

  #function(expr: Call): Value {
    const isGlobal = expr.target === null || this.#checked.names.has(expr.id);
    const args = isGlobal ? [] : [this.run(expr.target)];
    for (const arg of expr.args) args.push(this.run(arg));
    const { value, overload } = this.#apply(expr, args);
    if (!isFolded(expr)) this.#spend(overload.cost(args, value));
    return value;
  }

  #apply(expr: Call, args: readonly Value[]): { readonly value: Value; readonly overload: Overload } {
    const overloads = this.#checked.overloads.get(expr.id) ?? [];
    for (const overload of overloads) {
      if (overload.params.length !== args.length || !overload.params.every((type, at) => fits(type, args[at]!)))
        continue;
      return { value: overload.run(...args), overload };
    }
    return fail(noSuchOverload(this.#checked.names.get(expr.id) ?? expr.name, args));
  }

  #list({ elements, optional }: Extract<Expr, { type: 'list' }>): Value {
    const items: Value[] = [];
    for (const [at, element] of elements.entries()) {
      const value = this.run(element);
      if (!optional.has(at)) items.push(value);
      else if (value instanceof Optional && value.value !== undefined) items.push(value.value);
    }
    if (elements.length === 0 || !elements.every(isConstant)) this.#spend(COST.list);
    return listValue(items);
  }

  #map(expr: Extract<Expr, { type: 'map' }>): Value {
    const entries: EntryMap['entries'] = new Map();
    for (const { key: keyExpr, value: valueExpr, optional } of expr.entries) {
      const key = this.run(keyExpr);
      const value = this.run(valueExpr);
      const name = keyOf(key) ?? fail(`unsupported key type: ${typeName(key)}`);
      if (entries.has(name)) fail(`Failed with repeated key: ${keyText(key)}`);
      if (!optional) entries.set(name, { key, value });
      else if (value instanceof Optional && value.value !== undefined) entries.set(name, { key, value: value.value });
    }
    if (!isConstant(expr)) this.#spend(COST.map);
    return new EntryMap(entries);
  }

  #comprehension(expr: Comprehension): Value {
    const range = this.run(expr.range);
    const accumulator: Local = { name: expr.accumulator, value: this.#initial(expr.init) };
    this.#locals.push(accumulator);
    const first: Local = { name: expr.variable, value: null };
    const second: Local = { name: expr.second, value: null };
    for (const [key, value] of elementsOf(range, expr.second !== '')) {
      first.value = key;
      second.value = value;
      this.#locals.push(first, second);
      const goesOn = this.run(expr.condition);
      if (goesOn !== false) accumulator.value = this.#attempt(expr.step);
      this.#locals.length -= 2;
      if (goesOn === false) break;
    }
    const gathered = accumulator.value;
    if (gathered instanceof GrowingList) accumulator.value = listValue(gathered.items);
    else if (gathered instanceof GrowingMap) accumulator.value = new EntryMap(gathered.entries);
    const result = this.run(expr.result);
    this.#locals.pop();
    return result;
  }

  /** An empty list or map at the start is one that grows. */
  #initial(init: Expr): Value | EvaluationError {
    const value = this.#attempt(init);
    if (init.type === 'list' && value instanceof List && value.size === 0) return new GrowingList([]);
    if (init.type === 'map' && value instanceof EntryMap && value.size === 0) return new GrowingMap(new Map());
    return value;
  }

  #attempt(expr: Expr): Value | EvaluationError {
    const depth = this.#locals.length;
    try {
      return this.run(expr);
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      this.#locals.length = depth;
      return error;
    }
  }
}

const isIndex = ({ name }: Call): boolean => name === '_[_]' || name === '_[?_]' || name === '_?._';

/** Constants are put together once, when the expression is compiled, and cost nothing then. */
function isConstant(expr: Expr): boolean {
  if (expr.type === 'literal') return true;
  if (expr.type === 'list') return expr.optional.size === 0 && expr.elements.every(isConstant);
  if (expr.type === 'map')
    return expr.entries.every(({ key, value, optional }) => !optional && isConstant(key) && isConstant(value));
  return expr.type === 'call' && isFolded(expr);
}

const CONVERSIONS: ReadonlySet<string> = new Set(
  'bool bytes double duration dyn int string timestamp type uint'.split(' '),
);

/** Conversions of constants, and a search in a list of constants. @source cel-go interpreter/decorators.go (decOptimize) */
function isFolded({ name, target, args }: Call): boolean {
  if (target !== null) return false;
  if (name === '@in') return args[1]!.type === 'list' && args[1]!.elements.length > 0 && isConstant(args[1]!);
  return args.length === 1 && CONVERSIONS.has(name) && args[0]!.type === 'literal';
}

function* elementsOf(range: Value, two: boolean): Generator<readonly [Value, Value]> {
  if (range instanceof List) {
    let at = 0n;
    for (const item of range) yield two ? [at++, item] : [item, null];
  } else if (range instanceof ValueMap && range.object === null) {
    for (const key of range.keys()) yield [key, two ? range.get(key)! : null];
  } else fail('no such overload');
}
