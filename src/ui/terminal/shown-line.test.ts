import { describe, expect, it } from 'vitest';
import { shownLine } from './shown-line';

describe('where a line stands in ten columns, behind a prompt of three', () => {
  it.each([
    ['', 0, { rows: 0, cursorRow: 0, cursorColumn: 3, wraps: false }],
    ['abc', 1, { rows: 0, cursorRow: 0, cursorColumn: 4, wraps: false }],
    ['abcdefg', 7, { rows: 1, cursorRow: 1, cursorColumn: 0, wraps: true }],
    ['abcdefgh', 8, { rows: 1, cursorRow: 1, cursorColumn: 1, wraps: false }],
    ['abcdefgh', 2, { rows: 1, cursorRow: 0, cursorColumn: 5, wraps: false }],
    ['a\nbc', 4, { rows: 1, cursorRow: 1, cursorColumn: 4, wraps: false }],
    ['容器', 2, { rows: 0, cursorRow: 0, cursorColumn: 7, wraps: false }],
    ['abcdef容', 7, { rows: 1, cursorRow: 1, cursorColumn: 2, wraps: false }],
  ])('%j, cursor after %i', (text, cursor, shown) => expect(shownLine(3, text, cursor, 10)).toEqual(shown));
});
