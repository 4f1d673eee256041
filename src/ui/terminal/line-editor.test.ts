import { describe, expect, it } from 'vitest';
import { keysOf } from './keys';
import { type LineEffect, type LineState, newLine, press, remembered } from './line-editor';

/** What becomes of a line when a terminal sends this; `|` is the cursor. */
function typed(data: string, history: readonly string[] = [], from?: LineState): [string, LineEffect, LineState] {
  let line = from ?? newLine(history);
  let last: LineEffect = 'none';
  for (const key of keysOf(data)) {
    const { line: next, effect } = press(line, key);
    line = next;
    last = effect;
  }
  return [`${line.text.slice(0, line.cursor)}|${line.text.slice(line.cursor)}`, last, line];
}

const LEFT = '\u001B[D';
const UP = '\u001B[A';
const DOWN = '\u001B[B';

describe('a line is edited', () => {
  it.each([
    ['text', 'kubectl', 'kubectl|'],
    ['in the middle', `kuctl${LEFT.repeat(3)}be`, 'kube|ctl'],
    ['backspace', 'kubectll\u007F', 'kubectl|'],
    ['backspace over a letter of two units', 'a🐳\u007F', 'a|'],
    ['left over a letter of two units', `a🐳b${LEFT}${LEFT}`, 'a|🐳b'],
    ['delete', `ab${LEFT}\u001B[3~`, 'a|'],
    ['home and end', 'b\u0001a\u0005c', 'abc|'],
    ['Ctrl-W takes the word that blanks set apart', 'get pods/web-1 \u0017', 'get |'],
    ['Alt-D takes the word to the right', 'get pods\u0001\u001Bd', '| pods'],
    ['Ctrl-U and Ctrl-Y', 'get pods\u0015kubectl \u0019', 'kubectl get pods|'],
    ['Ctrl-K', `get pods${LEFT.repeat(5)}\u000B`, 'get|'],
    ['Alt-B and Alt-F', 'get pods\u001Bb\u001Bb\u001Bf', 'get| pods'],
    ['Ctrl-D takes the letter under the cursor', `ab${LEFT}\u0004`, 'a|'],
    ['other sequences are left out', 'a\u001B[200;3zb\u001B[15~c', 'abc|'],
  ])('%s', (_name, data, shown) => expect(typed(data)[0]).toBe(shown));

  it.each([
    ['\r', 'enter'],
    ['\t', 'complete'],
    ['ab\u0003', 'interrupt'],
    ['\u0004', 'end-of-input'],
    ['ab\u000C', 'clear'],
  ])('%j is told of', (data, effect) => expect(typed(data)[1]).toBe(effect));
});

describe('the history', () => {
  const history = ['get pods', 'get nodes', 'describe pod web'];

  it.each([
    ['up shows the last line', UP, 'describe pod web|'],
    ['up stops at the oldest', UP.repeat(5), 'get pods|'],
    ['down comes back to what was begun', `top${UP}${UP}${DOWN}${DOWN}`, 'top|'],
    ['Ctrl-R finds the newest that has it', '\u0012get', 'get nodes|'],
    ['Ctrl-R again finds an older one', '\u0012get\u0012', 'get pods|'],
    ['Backspace in a search looks again', '\u0012get p\u007F\u007F', 'get nodes|'],
    ['what is found can be edited', '\u0012nodes\u0005 -w', 'get nodes -w|'],
    ['Ctrl-C leaves the search', '\u0012get\u0003', '|'],
  ])('%s', (_name, data, shown) => expect(typed(data, history)[0]).toBe(shown));

  it('has no blank lines and no repetitions', () => {
    expect(remembered(['a'], 'a')).toEqual(['a']);
    expect(remembered(['a'], '  ')).toEqual(['a']);
    expect(remembered(['a', 'b'], 'a')).toEqual(['a', 'b', 'a']);
  });
});
