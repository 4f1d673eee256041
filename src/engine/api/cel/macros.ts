/**
 * Macros: calls that are written out before anything is checked.
 *
 * @source cel-go parser/macro.go, cel/library.go (optMap, optFlatMap), ext/comprehensions.go
 */
import type { Expr } from './ast';
import type { Builder } from './builder';

const RESULT = '@result';
type Part = (offset: number) => Expr;

interface Loop {
  readonly init: Expr;
  readonly condition: Expr;
  readonly step: Expr;
  readonly result: Expr;
}

/** Answers null when it is no macro. */
export function expandMacro(
  make: Builder,
  offset: number,
  target: Expr | null,
  name: string,
  args: readonly Expr[],
): Expr | null {
  if (target === null) return name === 'has' && args.length === 1 ? has(make, offset, args[0]!) : null;
  if ((name === 'optMap' || name === 'optFlatMap') && args.length === 2)
    return optMap(make, offset, target, name, args);
  return single(make, offset, target, name, args) ?? double(make, offset, target, name, args);
}

function has(make: Builder, offset: number, arg: Expr): Expr {
  if (arg.type === 'select') return make.select(offset, arg.operand, arg.field, true);
  make.report(arg.offset, 'invalid argument to has() macro');
  return make.literal(offset, false);
}

function variableOf(make: Builder, arg: Expr): string | null {
  if (arg.type !== 'ident') {
    make.report(arg.offset, 'argument must be a simple name');
    return null;
  }
  if (arg.name !== RESULT && arg.name !== '__result__') return arg.name;
  make.report(arg.offset, 'iteration variable overwrites accumulator variable');
  return null;
}

const comprehension = (
  make: Builder,
  offset: number,
  range: Expr,
  variable: string,
  second: string,
  { init, condition, step, result }: Loop,
): Expr => ({
  type: 'comprehension',
  id: make.id(),
  offset,
  range,
  variable,
  second,
  accumulator: RESULT,
  init,
  condition,
  step,
  result,
});

/** Names and calls that loops are made of. */
function parts(make: Builder, offset: number) {
  const accumulator = (): Expr => make.ident(offset, RESULT);
  const one = (): Expr => make.literal(offset, 1n);
  const always = (): Expr => make.literal(offset, true);
  const whether = (condition: Expr, then: Expr): Expr => make.call(offset, '_?_:_', condition, then, accumulator());
  const append = (element: Expr): Expr => make.call(offset, '_+_', accumulator(), make.list(offset, [element]));
  return { accumulator, one, always, whether, append };
}

/** What decides about all elements at once. */
function deciding(make: Builder, offset: number, name: string, predicate: Expr): Loop | null {
  const { accumulator, one, whether, always } = parts(make, offset);
  const strictly = (expr: Expr): Expr => make.call(offset, '@not_strictly_false', expr);
  switch (name) {
    case 'all':
      return {
        init: make.literal(offset, true),
        condition: strictly(accumulator()),
        step: make.call(offset, '_&&_', accumulator(), predicate),
        result: accumulator(),
      };
    case 'exists':
      return {
        init: make.literal(offset, false),
        condition: strictly(make.call(offset, '!_', accumulator())),
        step: make.call(offset, '_||_', accumulator(), predicate),
        result: accumulator(),
      };
    case 'exists_one':
    case 'existsOne':
      return {
        init: make.literal(offset, 0n),
        condition: always(),
        step: whether(predicate, make.call(offset, '_+_', accumulator(), one())),
        result: make.call(offset, '_==_', accumulator(), one()),
      };
    default:
      return null;
  }
}

/** Macros with one variable. */
function single(make: Builder, offset: number, target: Expr, name: string, args: readonly Expr[]): Expr | null {
  const [first, second, third] = args;
  const count = args.length;
  if (first === undefined || second === undefined || count > 3) return null;
  const { accumulator, always, whether, append } = parts(make, offset);
  const gathering = (step: Part): Loop => ({
    init: make.list(offset, []),
    condition: always(),
    step: step(offset),
    result: accumulator(),
  });
  const run = (loop: () => Loop): Expr => {
    const variable = variableOf(make, first);
    return variable === null ? make.literal(offset, false) : comprehension(make, offset, target, variable, '', loop());
  };
  if (name === 'map' && count === 2) return run(() => gathering(() => append(second)));
  if (name === 'map' && third !== undefined) return run(() => gathering(() => whether(second, append(third))));
  if (count !== 2) return null;
  if (name === 'filter') return run(() => gathering(() => whether(second, append(first))));
  if (['all', 'exists', 'exists_one', 'existsOne'].includes(name))
    return run(() => deciding(make, offset, name, second)!);
  return null;
}

/** Macros with an index or key, and a value. */
function double(make: Builder, offset: number, target: Expr, name: string, args: readonly Expr[]): Expr | null {
  const [first, second, third, fourth] = args;
  if (first === undefined || second === undefined || third === undefined || args.length > 4) return null;
  const { accumulator, always, whether, append } = parts(make, offset);
  const run = (loop: () => Loop): Expr => {
    const variable = variableOf(make, first);
    const value = variableOf(make, second);
    if (variable === null || value === null) return make.literal(offset, false);
    if (variable === value) {
      make.report(second.offset, `duplicate variable name: ${variable}`);
      return make.literal(offset, false);
    }
    return comprehension(make, offset, target, variable, value, loop());
  };
  if (args.length === 3 && ['all', 'exists', 'existsOne'].includes(name))
    return run(() => deciding(make, offset, name, third)!);
  const insert = (...what: Expr[]): Expr => make.call(offset, 'cel.@mapInsert', accumulator(), ...what);
  const steps: Readonly<Record<string, (transform: Expr) => Expr>> = {
    transformList: append,
    transformMap: (transform) => insert(make.ident(offset, (first as { readonly name: string }).name), transform),
    transformMapEntry: (transform) => insert(transform),
  };
  const stepOf = Object.hasOwn(steps, name) ? steps[name] : undefined;
  if (stepOf === undefined) return null;
  return run(() => ({
    init: name === 'transformList' ? make.list(offset, []) : make.map(offset, []),
    condition: always(),
    step: fourth === undefined ? stepOf(third) : whether(third, stepOf(fourth)),
    result: accumulator(),
  }));
}

/** `target.optMap(v, e)`: what is in the optional is called `v`, and `e` becomes what is in the next. */
function optMap(make: Builder, offset: number, target: Expr, name: string, args: readonly Expr[]): Expr {
  const variable = variableOf(make, args[0]!);
  if (variable === null) return make.literal(offset, false);
  const body: Expr = {
    type: 'comprehension',
    id: make.id(),
    offset,
    range: make.list(offset, []),
    variable: '#unused',
    second: '',
    accumulator: variable,
    init: make.memberCall(offset, target, 'value', []),
    condition: make.literal(offset, false),
    step: make.ident(offset, variable),
    result: args[1]!,
  };
  return make.call(
    offset,
    '_?_:_',
    make.memberCall(offset, target, 'hasValue', []),
    name === 'optMap' ? make.call(offset, 'optional.of', body) : body,
    make.call(offset, 'optional.none'),
  );
}
