/** Where a line that is typed stands in a window of so many columns: it wraps, may have several lines, and some letters are wide. */

/** Letters that take two columns. @source Unicode's East Asian Width (W, F), and emoji */
const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u;

const widthOf = (letter: string): number => (WIDE.test(letter) ? 2 : 1);

export interface ShownLine {
  /** Below the row of the prompt. */
  readonly rows: number;
  readonly cursorRow: number;
  readonly cursorColumn: number;
  /** It ends at the very edge: the terminal goes to the next row only with the next letter. */
  readonly wraps: boolean;
}

const CONTINUED_WIDTH = 2;

/** @param cursor - code units before it */
export function shownLine(promptWidth: number, text: string, cursor: number, columns: number): ShownLine {
  let row = Math.floor(promptWidth / columns);
  let column = promptWidth % columns;
  let at = 0;
  let cursorRow = row;
  let cursorColumn = column;
  let filled = false;
  for (const letter of text) {
    if (at === cursor) [cursorRow, cursorColumn] = [row, column];
    at += letter.length;
    filled = false;
    if (letter === '\n') {
      row++;
      column = CONTINUED_WIDTH;
      continue;
    }
    const width = widthOf(letter);
    if (column + width > columns) {
      row++;
      column = 0;
    }
    column += width;
    if (column < columns) continue;
    row++;
    column = 0;
    filled = true;
  }
  if (at === cursor) [cursorRow, cursorColumn] = [row, column];
  return { rows: row, cursorRow, cursorColumn, wraps: filled };
}

/** The text as it is written to the terminal. */
export const linesBelow = (text: string, continued: string): string => text.replaceAll('\n', `\r\n${continued}`);
