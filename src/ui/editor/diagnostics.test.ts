import { Text } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import { diagnosticsFor } from './diagnostics';
import { replacement } from './yaml-view';

const doc = Text.of(['kind: Pod', '  name web', 'spec: {}']);

describe('errors of an answer', () => {
  it.each([
    ['at its line and column', 2, 3, [12, 20]],
    ['beyond the line: at its end', 1, 99, [9, 9]],
    ['beyond the text: at its last line', 99, 1, [21, 29]],
    ['before the text: at its first line', 0, 0, [0, 9]],
  ])('%s', (_case, line, column, place) => {
    const [found] = diagnosticsFor(doc, [{ line, column, message: 'bad' }]);
    expect(found && [found.from, found.to]).toEqual(place);
    expect(found?.message).toBe('bad');
  });

  it('without places mark nothing', () => {
    expect(diagnosticsFor(doc, [])).toEqual([]);
  });
});

describe('the smallest replacement', () => {
  it.each([
    ['a: 1\nb: 2', 'a: 1\nb: 3'],
    ['same', 'same'],
    ['', 'all new'],
    ['aaa', 'aa'],
    ['abc', ''],
  ])('makes %j into %j', (before, after) => {
    const { from, to, insert } = replacement(before, after);
    expect(before.slice(0, from) + insert + before.slice(to)).toBe(after);
  });
});
