import { expect, it } from 'vitest';
import { piecesOf } from './pieces';

it.each([
  ['', 4, ['']],
  ['abc', 4, ['abc']],
  ['a\nb\nc\n', 4, ['a\nb\n', 'c\n']],
  ['abcdefgh\nij\nk', 4, ['abcdefgh\n', 'ij\nk']],
  ['abcdefgh', 4, ['abcdefgh']],
  ['ab\ncdefgh', 4, ['ab\n', 'cdefgh']],
])('%j in pieces of %d letters', (text, letters, pieces) => expect(piecesOf(text, letters)).toEqual(pieces));

it('loses nothing of a hundred thousand lines', () => {
  const text = Array.from({ length: 100_000 }, (_, index) => `line ${index}\n`).join('');
  const pieces = piecesOf(text);
  expect(pieces.join('')).toBe(text);
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(8_192);
});
