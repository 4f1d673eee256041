import { describe, expect, it } from 'vitest';
import type { Key } from './keys';
import { newPager, type Pager, pagerScreen, pressPager } from './pager';

const ROWS = 11; // ten of text
const HUNDRED = Array.from({ length: 100 }, (_, index) => `line ${index}\n`).join('');
const text = (letters: string): Key => ({ key: 'text', text: letters });

/** What it comes to by keys; null: it was left. */
function after(keys: readonly Key[], content = HUNDRED): Pager | null {
  let pager: Pager | null = newPager(content);
  for (const key of keys) if (pager !== null) pager = pressPager(pager, key, ROWS);
  return pager;
}

describe('less', () => {
  it.each<readonly [string, readonly Key[], number]>([
    ['a page down', [text(' ')], 10],
    ['pages down and one up', [text('fff'), text('b')], 20],
    ['half a page', [text('d')], 5],
    ['lines', [{ key: 'down' }, { key: 'enter' }, text('j'), text('k')], 2],
    ['the end', [text('G')], 90],
    ['beyond the end', [text('G'), text(' ')], 90],
    ['before the beginning', [text('u')], 0],
    ['the end and back', [{ key: 'end' }, { key: 'home' }], 0],
    ['what is looked for', [text('/'), text('line 42'), { key: 'enter' }], 42],
    ['what is looked for in one piece', [text('/LINE'), { key: 'escape' }, text('/7'), { key: 'enter' }], 7],
    ['the next of it', [text('/7'), { key: 'enter' }, text('n')], 17],
    ['the one before', [text('/7'), { key: 'enter' }, text('n'), text('N')], 7],
    ['back from the end', [text('G?line 5'), { key: 'enter' }], 59],
  ])('goes to %s', (_what, keys, top) => {
    expect(after(keys)?.top).toBe(top);
  });

  it('is left by q, also in the middle of what was typed at once', () => {
    expect(after([text('q')])).toBeNull();
    expect(after([text('  q ')])).toBeNull();
  });

  it('takes letters for a pattern while one is typed', () => {
    expect(after([text('/q')])?.typing).toEqual({ backwards: false, text: 'q' });
    expect(after([text('/q'), { key: 'backspace' }, { key: 'backspace' }])?.typing).toBeNull();
  });

  it('says when there is nothing of it, and stays', () => {
    const pager = after([text('  '), text('/nowhere'), { key: 'enter' }])!;
    expect(pager).toMatchObject({ top: 20, message: 'Pattern not found' });
    expect(pagerScreen(pager, ROWS, 80)).toContain('\u001B[7mPattern not found\u001B[0m');
  });

  it('shows a screen of lines, and where it ends', () => {
    const screen = pagerScreen(newPager('a\nb\n'), 5, 80);
    expect(screen.replaceAll('\u001B[0m', '').split('\r\n')).toEqual([
      '\u001B[H\u001B[2Ja',
      'b',
      '~',
      '~',
      '\u001B[7m(END)',
    ]);
    const cut = pagerScreen(newPager(HUNDRED), ROWS, 80);
    expect(cut.endsWith('line 9\u001B[0m\r\n:')).toBe(true);
  });

  it('cuts what is too long, and lets no control sequence through', () => {
    const screen = pagerScreen(newPager(`${'x'.repeat(200)}\n\u001B]0;title\u0007\n`), 5, 20);
    expect(screen).toContain(`${'x'.repeat(20)}\u001B[0m`);
    expect(screen).not.toContain('\u0007');
  });

  it('goes through 100,000 lines', () => {
    const many = Array.from({ length: 100_000 }, (_, index) => `${index}`).join('\n');
    expect(after([text('G')], many)?.top).toBe(99_990);
    expect(after([text('/99999'), { key: 'enter' }], many)?.top).toBe(99_990);
  });
});
