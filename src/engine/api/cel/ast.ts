/** Expressions as they are parsed, with macros already written out. */
import type { Value } from './values';

interface Node {
  /** The same expression may stand in several places of what a macro writes. */
  readonly id: number;
  /** Where errors point to: code points from the beginning. */
  readonly offset: number;
}

export interface Literal extends Node {
  readonly type: 'literal';
  readonly value: Value;
}

export interface Ident extends Node {
  readonly type: 'ident';
  readonly name: string;
}

export interface Select extends Node {
  readonly type: 'select';
  readonly operand: Expr;
  readonly field: string;
  /** Of `has(operand.field)`. */
  readonly testOnly: boolean;
}

export interface Call extends Node {
  readonly type: 'call';
  /** `_+_`, `size`. */
  readonly name: string;
  readonly target: Expr | null;
  readonly args: readonly Expr[];
}

export interface CreateList extends Node {
  readonly type: 'list';
  readonly elements: readonly Expr[];
  /** Indices of elements written `?e`. */
  readonly optional: ReadonlySet<number>;
}

export interface Entry {
  readonly offset: number;
  readonly key: Expr;
  readonly value: Expr;
  readonly optional: boolean;
}

export interface CreateMap extends Node {
  readonly type: 'map';
  readonly entries: readonly Entry[];
}

export interface CreateObject extends Node {
  readonly type: 'object';
  readonly name: string;
}

export interface Comprehension extends Node {
  readonly type: 'comprehension';
  readonly range: Expr;
  /** The element, or the index or key where there are two. */
  readonly variable: string;
  /** Empty: there is one variable only. */
  readonly second: string;
  readonly accumulator: string;
  readonly init: Expr;
  readonly condition: Expr;
  readonly step: Expr;
  readonly result: Expr;
}

export type Expr = Literal | Ident | Select | Call | CreateList | CreateMap | CreateObject | Comprehension;
