// long: the estimates of one grammar, node by node and function by function
/**
 * What an expression may cost at most, given how large things may be.
 *
 * @source cel-go checker/cost.go, kubernetes apiserver/pkg/cel/library/cost.go (EstimateCallCost)
 */
import type { Call, Comprehension, Expr, Select } from './ast';
import type { Checked } from './checker';
import type { Overload } from './environment';
import type { Program } from './program';
import type { Declared } from './schema-types';
import { isOptional, type Type } from './types';
import { Bytes, codePoints } from './values';

/** From here on it is more than can be counted. */
const MOST = 2 ** 64;
const TRAVERSAL = 0.1;
const PATTERN = 0.25;

interface Range {
  readonly min: number;
  readonly max: number;
}

const fixed = (value: number): Range => ({ min: value, max: value });
const ZERO = fixed(0);
const ONE = fixed(1);
const UNKNOWN: Range = { min: 0, max: MOST };

const capped = (value: number): number => Math.min(value, MOST);
const sum = (...ranges: readonly Range[]): Range => ({
  min: capped(ranges.reduce((total, { min }) => total + min, 0)),
  max: capped(ranges.reduce((total, { max }) => total + max, 0)),
});
const product = (a: Range, b: Range): Range => ({ min: capped(a.min * b.min), max: capped(a.max * b.max) });
const times = ({ min, max }: Range, factor: number): Range => ({
  min: capped(Math.ceil(min * factor)),
  max: capped(Math.ceil(max * factor)),
});
const union = (a: Range, b: Range): Range => ({ min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) });

/** What is known of the elements of a list or map. */
interface Entries {
  readonly key: Range;
  readonly value: Range;
}

/** A way from a variable through the types: names of fields, `@items`, `@values`, `@keys`. */
type Path = readonly string[] | null;

interface Local {
  readonly name: string;
  readonly path: Path;
  readonly size: Range | null;
  readonly entries: Entries | null;
}

interface CallEstimate {
  readonly cost: Range;
  readonly size?: Range | undefined;
}

/** @param root - the type of `self` and `oldSelf` */
export const estimatedCost = ({ expr, checked }: Program, root: Declared): number =>
  new Estimate(checked, root).cost(expr).max;

class Estimate {
  readonly #checked: Checked;
  readonly #root: Declared;
  readonly #paths = new Map<number, Path>();
  readonly #sizes = new Map<number, Range>();
  readonly #entries = new Map<number, Entries>();
  readonly #locals: Local[] = [];

  constructor(checked: Checked, root: Declared) {
    this.#checked = checked;
    this.#root = root;
  }

  cost(expr: Expr): Range {
    switch (expr.type) {
      case 'literal':
      case 'object':
        return ZERO;
      case 'ident': {
        const local = this.#local(expr.name);
        this.#paths.set(expr.id, local === undefined ? [expr.name] : local.path);
        return ONE;
      }
      case 'select':
        return this.#select(expr);
      case 'call':
        return this.#call(expr);
      case 'list': {
        const costs = expr.elements.map((element) => this.cost(element));
        const start = expr.elements.length === 0 ? ZERO : { min: MOST, max: 0 };
        const value = expr.elements.reduce((all, element) => union(all, this.#sizeOf(element)), start);
        this.#entries.set(expr.id, { key: ONE, value });
        return sum(...costs, fixed(10));
      }
      case 'map': {
        const costs = expr.entries.flatMap(({ key, value }) => [this.cost(key), this.cost(value)]);
        const start = expr.entries.length === 0 ? ZERO : { min: MOST, max: 0 };
        this.#entries.set(expr.id, {
          key: expr.entries.reduce((all, entry) => union(all, this.#sizeOf(entry.key)), start),
          value: expr.entries.reduce((all, entry) => union(all, this.#sizeOf(entry.value)), start),
        });
        return sum(...costs, fixed(30));
      }
      case 'comprehension':
        return this.#comprehension(expr);
    }
  }

  #local = (name: string): Local | undefined => this.#locals.findLast((local) => local.name === name);

  #typeOf = ({ id }: Expr): Type | undefined => this.#checked.types.get(id);

  #pathOf(expr: Expr): Path {
    if (expr.type === 'ident') {
      const local = this.#local(expr.name);
      if (local !== undefined) return local.path;
    }
    return this.#paths.get(expr.id) ?? null;
  }

  #select(expr: Select): Range {
    const operand = this.cost(expr.operand);
    if (expr.testOnly) return operand;
    const path = this.#pathOf(expr.operand);
    this.#paths.set(expr.id, path && [...path, expr.field]);
    const kind = this.#typeOf(expr.operand)?.kind;
    return kind === 'map' || kind === 'object' || kind === 'param' ? sum(operand, ONE) : operand;
  }

  /** What is known of a size without looking at the schema, then by the schema, then by the type. */
  #computed(expr: Expr): Range | null {
    const known = this.#sizes.get(expr.id) ?? literalSize(expr) ?? this.#declaredSize(this.#pathOf(expr));
    if (known !== null) return known;
    const type = this.#typeOf(expr);
    if (type !== undefined && isScalar(type)) return ONE;
    return expr.type === 'ident' ? (this.#local(expr.name)?.size ?? null) : null;
  }

  #sizeOf = (expr: Expr): Range => this.#computed(expr) ?? UNKNOWN;

  #declared(path: Path): Declared | null {
    if (path === null || (path[0] !== 'self' && path[0] !== 'oldSelf')) return null;
    let at: Declared | undefined = this.#root;
    for (const name of path.slice(1))
      at = name === '@items' || name === '@values' ? at?.element : name === '@keys' ? KEY : at?.fields?.get(name);
    return at ?? null;
  }

  #declaredSize(path: Path): Range | null {
    const declared = this.#declared(path);
    return declared === null ? null : { min: 0, max: declared.maxElements };
  }

  #entriesOf(expr: Expr): Entries | null {
    const known = this.#entries.get(expr.id);
    if (known !== undefined) return known;
    return expr.type === 'ident' ? (this.#local(expr.name)?.entries ?? null) : null;
  }

  #call(expr: Call): Range {
    const { target, args } = expr;
    const costs = args.map((arg) => this.cost(arg));
    if (expr.name === 'dyn' && target === null) {
      const [arg] = args;
      this.#copy(expr, arg!);
      return sum(ONE, costs[0]!);
    }
    const overloads = this.#checked.overloads.get(expr.id) ?? [];
    const isMember = target !== null && !this.#checked.names.has(expr.id);
    const before = isMember ? this.cost(target) : ZERO;
    if (expr.name === '_?._') return this.#optionalSelect(expr, costs[0]!);
    let all: Range = { min: MOST, max: 0 };
    let size: Range | undefined;
    for (const overload of overloads) {
      const estimate = this.#functionCost(expr, overload, isMember ? target : null, costs);
      all = union(all, estimate.cost);
      if (estimate.size !== undefined) size = size === undefined ? estimate.size : union(size, estimate.size);
      if (expr.name === '_[_]') {
        const path = this.#pathOf(args[0]!);
        const step = overload.params[0]?.kind === 'list' ? '@items' : '@values';
        size = this.#entriesOf(args[0]!)?.value;
        this.#paths.set(expr.id, path && [...path, step]);
      }
    }
    if (overloads.length === 0) return ZERO;
    size ??= this.#computed(expr) ?? undefined;
    if (size !== undefined) this.#sizes.set(expr.id, size);
    return sum(before, all);
  }

  #optionalSelect(expr: Call, operand: Range): Range {
    const [of, field] = expr.args as [Expr, Expr];
    const path = this.#pathOf(of);
    const name = field.type === 'literal' && typeof field.value === 'string' ? field.value : '';
    this.#paths.set(expr.id, path && [...path, name]);
    return sum(operand, ONE);
  }

  #copy(to: Expr, from: Expr): void {
    const size = this.#computed(from);
    const entries = this.#entriesOf(from);
    if (size !== null) this.#sizes.set(to.id, size);
    if (entries !== null) this.#entries.set(to.id, entries);
  }

  #comprehension(expr: Comprehension): Range {
    const { range, init, accumulator, variable, second, condition, step, result } = expr;
    const [rangeCost, initCost] = [this.cost(range), this.cost(init)];
    const gathered: Local = {
      name: accumulator,
      path: this.#pathOf(init),
      size: this.#computed(init),
      entries: this.#entriesOf(init),
    };
    this.#locals.push(gathered);
    if (isBinding(expr)) {
      const cost = sum(rangeCost, initCost, this.cost(result));
      this.#locals.pop();
      this.#copy(expr, result);
      return cost;
    }
    const entries = this.#entriesOf(range);
    const path = this.#pathOf(range);
    const isList = this.#typeOf(range)?.kind === 'list';
    const local = (name: string, what: string, size: Range | null): Local => ({
      name,
      path: path && [...path, what],
      size,
      entries: null,
    });
    const key = local(variable, isList ? '@indices' : '@keys', entries?.key ?? null);
    const value = (name: string): Local => local(name, isList ? '@items' : '@values', entries?.value ?? null);
    if (second !== '') this.#locals.push(key, value(second));
    else this.#locals.push(isList ? value(variable) : key);
    const each = sum(this.cost(condition), this.cost(step));
    this.#locals.length -= second === '' ? 1 : 2;
    const resultCost = this.cost(result);
    this.#locals.pop();
    const count = this.#sizeOf(range);
    if (init.type === 'literal') this.#sizes.set(expr.id, this.#sizeOf(init));
    else if (init.type === 'list' || init.type === 'map') {
      this.#sizes.set(expr.id, count);
      const made = this.#entriesOf(step);
      if (made !== null) this.#entries.set(expr.id, made);
    }
    return sum(rangeCost, initCost, resultCost, product(count, each));
  }

  #functionCost(expr: Call, overload: Overload, target: Expr | null, costs: readonly Range[]): CallEstimate {
    const { args } = expr;
    const spent = sum(...costs);
    const own = this.#libraryCost(expr.name, overload, target, args);
    if (own !== null) return { ...own, cost: sum(own.cost, spent) };
    const name = this.#checked.names.get(expr.id) ?? expr.name;
    const size = (at: number): Range => this.#sizeOf(args[at]!);
    const by = (cost: Range, result?: Range): CallEstimate => ({ cost: sum(cost, spent), size: result });
    const first = overload.params[0]?.kind;
    switch (name) {
      case 'bytes':
        if (first === 'string')
          return by(times(size(0), TRAVERSAL), { min: size(0).min, max: capped(size(0).max * 4) });
        break;
      case 'string':
        if (first === 'bytes')
          return by(times(size(0), TRAVERSAL), { min: Math.floor(size(0).min / 4), max: size(0).max });
        break;
      case 'strings.quote':
        return by(times(size(0), TRAVERSAL), { min: size(0).min + 2, max: capped(size(0).max * 2 + 2) });
      case 'format':
        return by(times(this.#sizeOf(target!), TRAVERSAL));
      case 'startsWith':
      case 'endsWith':
        return by(times(size(0), TRAVERSAL));
      case '@in':
        if (overload.params[1]?.kind === 'list') return by(size(1));
        break;
      case 'matches':
        if (target !== null)
          return by(product(times(sum(this.#sizeOf(target), ONE), TRAVERSAL), times(size(0), PATTERN)));
        break;
      case 'contains':
        return by(product(times(this.#sizeOf(target!), TRAVERSAL), times(size(0), TRAVERSAL)));
      case '_&&_':
      case '_||_':
        return { cost: { min: costs[0]!.min, max: sum(costs[0]!, costs[1]!).max } };
      case '_?_:_': {
        const [yes, no] = [this.#entriesOf(args[1]!), this.#entriesOf(args[2]!)];
        if (yes !== null && no !== null) this.#entries.set(expr.id, unionOfEntries(yes, no));
        return { cost: sum(costs[0]!, union(costs[1]!, costs[2]!)), size: union(size(1), size(2)) };
      }
      case '_+_':
        if (first === 'string' || first === 'bytes' || first === 'list') {
          const result = sum(size(0), size(1));
          const [left, right] = [this.#entriesOf(args[0]!), this.#entriesOf(args[1]!)];
          if (left !== null && right !== null) this.#entries.set(expr.id, unionOfEntries(left, right));
          return by(first === 'list' ? ONE : times(result, TRAVERSAL), result);
        }
        break;
      default:
        if (COMPARISONS.has(name) && (first === 'string' || first === 'bytes' || first === 'param')) {
          const max = Math.min(size(0).max, size(1).max);
          return by(times({ min: max > 0 ? 1 : 0, max }, TRAVERSAL));
        }
    }
    return by(ONE);
  }

  /** What Kubernetes says of its own libraries and of the strings'. */
  #libraryCost(name: string, { params }: Overload, target: Expr | null, args: readonly Expr[]): CallEstimate | null {
    const size = (expr: Expr): Range => this.#sizeOf(expr);
    const of = target === null ? null : size(target);
    switch (name) {
      case 'check':
        return { cost: fixed(350_000) };
      case 'isSorted':
      case 'sum':
      case 'max':
      case 'min':
      case 'indexOf':
      case 'lastIndexOf':
        if (of === null) return null;
        if (params[0]?.kind !== 'list') return { cost: times(of, TRAVERSAL) };
        return { cost: product(of, this.#elementCost(target!)) };
      case 'url':
      case 'cidr':
      case 'isIP':
      case 'isCIDR':
      case 'quantity':
      case 'isQuantity':
        return { cost: times(size(args[0]!), TRAVERSAL) };
      case 'ip':
        return { cost: target === null ? times(size(args[0]!), TRAVERSAL) : ONE };
      case 'isCanonical':
        return { cost: times(size(args[0]!), 2 * TRAVERSAL) };
      case 'lowerAscii':
      case 'upperAscii':
      case 'substring':
      case 'trim':
        return of && { cost: times(of, TRAVERSAL), size: of };
      case 'replace':
        return of && { cost: times(of, 2 * TRAVERSAL), size: replacedSize(of, size(args[0]!), size(args[1]!)) };
      case 'split':
        return of && { cost: times(of, 2 * TRAVERSAL), size: { min: 0, max: of.max } };
      case 'join': {
        if (of === null) return null;
        const separators = { min: Math.max(of.min - 1, 0), max: Math.max(of.max - 1, 0) };
        const [separator] = args;
        const texts = product(of, this.#elementSize(target!));
        const result = separator === undefined ? texts : sum(texts, product(size(separator), separators));
        return { cost: times(result, TRAVERSAL), size: result };
      }
      case 'find':
      case 'findAll':
        return (
          of && {
            cost: product(times(sum(of, ONE), TRAVERSAL), times(size(args[0]!), PATTERN)),
            size: { min: 0, max: of.max },
          }
        );
      case 'containsIP':
      case 'containsCIDR': {
        const address: Range = { min: 4, max: 16 };
        const parts = [times(sum(address, address), TRAVERSAL)];
        if (name === 'containsCIDR') parts.push(times(address, TRAVERSAL), ONE);
        if (params[1]?.kind === 'string') parts.push(times(size(args[0]!), TRAVERSAL));
        return { cost: sum(...parts) };
      }
      case 'validate':
        return of && { cost: sum(of, ONE) };
      default:
        return null;
    }
  }

  #elementSize(list: Expr): Range {
    const path = this.#pathOf(list);
    return this.#entriesOf(list)?.value ?? this.#declaredSize(path && [...path, '@items']) ?? UNKNOWN;
  }

  #elementCost(list: Expr): Range {
    const kind = this.#typeOf(list)?.params[0]?.kind;
    return kind === 'string' || kind === 'bytes' ? sum(ONE, times(this.#elementSize(list), TRAVERSAL)) : ONE;
  }
}

const KEY: Declared = { type: { kind: 'string', name: 'string', params: [] }, maxElements: 0, minSize: 2 };
const COMPARISONS: ReadonlySet<string> = new Set(['_<_', '_<=_', '_>_', '_>=_', '_==_', '_!=_']);

const unionOfEntries = (a: Entries, b: Entries): Entries => ({
  key: union(a.key, b.key),
  value: union(a.value, b.value),
});

/** What optMap writes: a value that has a name. */
const isBinding = ({ range, condition, accumulator }: Comprehension): boolean =>
  range.type === 'list' &&
  range.elements.length === 0 &&
  condition.type === 'literal' &&
  condition.value === false &&
  accumulator !== '@result';

function literalSize(expr: Expr): Range | null {
  if (expr.type === 'list') return fixed(expr.elements.length);
  if (expr.type === 'map') return fixed(expr.entries.length);
  if (expr.type !== 'literal') return null;
  const { value } = expr;
  return fixed(typeof value === 'string' ? codePoints(value) : value instanceof Bytes ? value.bytes.length : 1);
}

const isScalar = (type: Type): boolean =>
  ['bool', 'double', 'duration', 'int', 'timestamp', 'uint'].includes(type.kind) ||
  (isOptional(type) && isScalar(type.params[0]!));

/** How long a text may be after a replacement. */
function replacedSize(size: Range, old: Range, by: Range): Range {
  const most =
    old.min === 0
      ? capped((size.max + 1) * by.max + size.max)
      : by.max <= old.min
        ? size.max
        : capped(Math.ceil(size.max / old.min) * by.max);
  const least =
    old.max === 0
      ? (size.min + 1) * by.min + size.min
      : old.max <= by.min
        ? size.min
        : Math.ceil(size.min / old.max) * by.min;
  return { min: capped(least), max: most };
}
