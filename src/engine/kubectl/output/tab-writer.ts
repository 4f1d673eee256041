/**
 * Text in columns: cells end with a tab, and a column is as wide as the widest cell of the lines that have it one after the
 * other. What stands after a line's last tab belongs to no column.
 *
 * @source Go text/tabwriter
 */

interface TabStops {
  readonly least: number;
  readonly padding: number;
}

/** Of `describe` and `rollout history`. @source kubectl/pkg/describe/describe.go (tabbedString) */
export const DESCRIBED: TabStops = { least: 0, padding: 2 };
/** Of tables. @source cli-runtime/pkg/printers/tabwriter.go */
const TABLED: TabStops = { least: 6, padding: 3 };

const widthOf = (text: string): number => {
  let width = 0;
  for (const _ of text) width++;
  return width;
};

const padded = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));

/** @param text - lines with tabs; the last one ends with a line break or has none */
export function tabulated(text: string, stops: TabStops): string {
  const lines = text.split('\n').map((line) => line.split('\t'));
  const out: string[] = [];
  const widths: number[] = [];
  const write = (from: number, to: number): void => {
    for (let at = from; at < to; at++)
      out.push(
        lines[at]!.map((cell, column) => (column < widths.length ? padded(cell, widths[column]!) : cell)).join(''),
      );
  };
  const format = (from: number, to: number): void => {
    const column = widths.length;
    let written = from;
    for (let at = from; at < to; at++) {
      if (column >= lines[at]!.length - 1) continue;
      write(written, at);
      written = at;
      let width = stops.least;
      for (; at < to && column < lines[at]!.length - 1; at++)
        width = Math.max(width, widthOf(lines[at]![column]!) + stops.padding);
      widths.push(width);
      format(written, at);
      widths.pop();
      written = at;
    }
    write(written, to);
  };
  format(0, lines.length);
  return out.join('\n');
}

/**
 * Rows of a table, each cell but the last one padded. Columns never become narrower than `widths` says, which grows: rows that
 * come later stand under those that came before.
 */
export function rowsText(rows: readonly (readonly string[])[], widths: number[], trailing = false): string {
  for (const row of rows) {
    row.forEach((cell, column) => {
      if (column < row.length - 1 || trailing)
        widths[column] = Math.max(widths[column] ?? TABLED.least, widthOf(cell) + TABLED.padding);
    });
  }
  return rows
    .map(
      (row) =>
        `${row.map((cell, column) => (column < row.length - 1 || trailing ? padded(cell, widths[column]!) : cell)).join('')}\n`,
    )
    .join('');
}
