/**
 * The text of an expression, and the errors that point into it.
 *
 * @source cel-go common/{error,errors,source}.go
 */
export interface SourceError {
  /** Code points from the beginning. */
  readonly offset: number;
  readonly message: string;
}

const MOST_ERRORS = 100;

interface Location {
  readonly line: number;
  readonly column: number;
}

function locate(lines: readonly (readonly string[])[], offset: number): Location {
  let rest = offset;
  for (const [at, line] of lines.entries()) {
    if (rest <= line.length || at === lines.length - 1) return { line: at + 1, column: rest };
    rest -= line.length + 1;
  }
  return { line: 1, column: offset };
}

/** Errors in order of their place, each with its line of the source and a mark below. */
export function displayErrors(source: string, errors: readonly SourceError[]): string {
  const lines = source.split('\n').map((line) => Array.from(line));
  const placed = errors.map((error) => ({ ...error, ...locate(lines, error.offset) }));
  const sorted = placed.sort((a, b) => a.line - b.line || a.column - b.column);
  const shown = sorted.slice(0, MOST_ERRORS).map(({ line, column, message }) => {
    const text = (lines[line - 1] ?? []).join('').replaceAll('\t', ' ');
    const dots = (lines[line - 1] ?? []).slice(0, column).map((letter) => (isWide(letter) ? '．' : '.'));
    const mark = isWide((lines[line - 1] ?? [])[column] ?? '') ? '＾' : '^';
    const before = dots.join('').padEnd(column, '.');
    return `ERROR: <input>:${line}:${column + 1}: ${message}\n | ${text}\n | ${before}${mark}`;
  });
  const more = sorted.length - shown.length;
  return more > 0 ? `${shown.join('\n')}\n${more} more errors were truncated` : shown.join('\n');
}

/** Letters of more than one byte are marked by a wide dot. */
const isWide = (letter: string): boolean => (letter.codePointAt(0) ?? 0) > 0x7f;
