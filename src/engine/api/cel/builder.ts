/** Makes expressions. */
import type { Entry, Expr } from './ast';
import type { SourceError } from './source';

/** Makes expressions; macros write theirs with it too. */
export class Builder {
  readonly errors: SourceError[] = [];
  #id = 0;

  id = (): number => ++this.#id;

  literal = (offset: number, value: Extract<Expr, { type: 'literal' }>['value']): Expr => ({
    type: 'literal',
    id: this.id(),
    offset,
    value,
  });
  ident = (offset: number, name: string): Expr => ({ type: 'ident', id: this.id(), offset, name });
  call = (offset: number, name: string, ...args: Expr[]): Expr => this.memberCall(offset, null, name, args);
  memberCall = (offset: number, target: Expr | null, name: string, args: readonly Expr[]): Expr => ({
    type: 'call',
    id: this.id(),
    offset,
    name,
    target,
    args,
  });
  select = (offset: number, operand: Expr, field: string, testOnly = false): Expr => ({
    type: 'select',
    id: this.id(),
    offset,
    operand,
    field,
    testOnly,
  });
  list = (offset: number, elements: readonly Expr[], optional: ReadonlySet<number> = NO_INDICES): Expr => ({
    type: 'list',
    id: this.id(),
    offset,
    elements,
    optional,
  });
  map = (offset: number, entries: readonly Entry[]): Expr => ({ type: 'map', id: this.id(), offset, entries });

  report(offset: number, message: string): void {
    this.errors.push({ offset, message });
  }
}

const NO_INDICES: ReadonlySet<number> = new Set();

/** `a.b.c` as one name; null when it is anything else. */
export function qualifiedName(expr: Expr): string | null {
  if (expr.type === 'ident') return expr.name;
  if (expr.type !== 'select' || expr.testOnly) return null;
  const left = qualifiedName(expr.operand);
  return left === null ? null : `${left}.${expr.field}`;
}
