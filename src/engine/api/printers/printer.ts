/** What the printers of all kinds are made of: columns, ages, lists. @source kubernetes pkg/printers/internalversion/printers.go */
import { humanDuration } from '../duration';
import { parseTimestamp } from '../timestamp';
import type { Kinds, KubeObject, ObjectMeta, PodTemplateSpec } from '../types';

export interface TableColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly format: string;
  readonly description?: string;
  /** 0 is always shown, 1 with `-o wide` only. */
  readonly priority: number;
}

export type Cell = string | number | boolean;

export interface TableRow {
  /** Null: nothing is known. */
  readonly cells: readonly (Cell | null)[];
  readonly conditions?: readonly { type: string; status: string; reason: string; message: string }[];
  readonly object: KubeObject;
}

export interface KindTable {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly TableRow[];
}

export interface Printer<T> {
  readonly columns: readonly TableColumn[];
  cells(object: T, now: number): readonly Cell[];
  /** The order of a list's rows, where it is not that of its objects. */
  order?(a: T, b: T): number;
}

/** The printers of some kinds, by kind. */
export type Printers = { readonly [K in keyof Kinds]?: Printer<Kinds[K]> };

export const NONE = '<none>';
export const UNKNOWN = '<unknown>';
export const UNSET = '<unset>';
const MAX_LISTED = 3;

/** A column by its text: `Name`, `Desired:integer`, `IP+` (wide only). */
function column(text: string): TableColumn {
  const wide = text.endsWith('+');
  const [name = '', type = 'string'] = (wide ? text.slice(0, -1) : text).split(':');
  return {
    name,
    type: type as TableColumn['type'],
    format: name === 'Name' ? 'name' : '',
    priority: wide ? 1 : 0,
  };
}

/** Columns by their texts, joined by commas. */
export const columns = (texts: string): readonly TableColumn[] => texts.split(',').map(column);

/** How long ago a moment is, as the AGE column says it. */
export const sinceText = (moment: string | null | undefined, now: number): string =>
  moment ? humanDuration(now - parseTimestamp(moment)) : UNKNOWN;

export const ageText = ({ creationTimestamp }: ObjectMeta, now: number): string => sinceText(creationTimestamp, now);

/** What is an object's controller, owner or parent: `statefulset.apps/web`. */
export const groupedName = (group: string, resource: string, name: string): string =>
  `${resource}${group === '' ? '' : `.${group}`}`.toLowerCase() + `/${name}`;

export const namesAndImages = (template: PodTemplateSpec | undefined): readonly [string, string] => {
  const containers = template?.spec?.containers ?? [];
  return [containers.map(({ name }) => name).join(','), containers.map(({ image }) => image ?? '').join(',')];
};

/** The first few, and how many more there are. */
export const listed = (items: readonly string[], separator = ',', limit = MAX_LISTED): string =>
  items.length <= limit
    ? items.join(separator)
    : `${items.slice(0, limit).join(separator)} + ${items.length - limit} more...`;
