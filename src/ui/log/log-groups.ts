/** Rows gathered by what they are about. Pure. */
import type { LogRow, Severity } from './log-row';

/** What is drawn in one line: a row, or the head of a group. */
export type LogLine =
  | { readonly type: 'row'; readonly row: LogRow }
  | {
      readonly type: 'group';
      readonly key: string;
      readonly last: LogRow;
      readonly size: number;
      readonly worst: Severity;
    };

const RANK: Readonly<Record<Severity, number>> = { normal: 0, warning: 1, error: 2 };

/** Rows about the same thing have the same key. */
export const groupKey = ({ object, namespace }: LogRow): string => `${namespace}/${object}`;

interface Group {
  readonly rows: LogRow[];
  worst: Severity;
}

/**
 * One line for each thing, and the rows of those that are open below theirs.
 *
 * @param rows - oldest first
 * @param newestFirst - the things, and the rows of each, with the latest in front
 */
export function groupedLines(
  rows: readonly LogRow[],
  open: ReadonlySet<string>,
  newestFirst: boolean,
): readonly LogLine[] {
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const key = groupKey(row);
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = { rows: [], worst: 'normal' }));
    group.rows.push(row);
    if (RANK[row.severity] > RANK[group.worst]) group.worst = row.severity;
  }
  const sign = newestFirst ? -1 : 1;
  const sorted = [...groups].sort(([, a], [, b]) => sign * (a.rows.at(-1)!.at - b.rows.at(-1)!.at));
  return sorted.flatMap(([key, { rows: own, worst }]): LogLine[] => {
    const head: LogLine = { type: 'group', key, last: own.at(-1)!, size: own.length, worst };
    if (!open.has(key)) return [head];
    const shown = newestFirst ? own.toReversed() : own;
    return [head, ...shown.map((row): LogLine => ({ type: 'row', row }))];
  });
}
