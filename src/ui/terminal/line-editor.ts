/** The line under the cursor of a shell: editing, history and its search, as a pure function of keys. */
import type { Key } from './keys';

export interface LineState {
  readonly text: string;
  /** Letters before the cursor. */
  readonly cursor: number;
  /** Lines that were entered, oldest first. */
  readonly history: readonly string[];
  /** Which of them is shown; its length: the new line. */
  readonly place: number;
  /** The new line while an older one is shown. */
  readonly draft: string;
  /** What was cut last. */
  readonly killed: string;
  /** What is looked for in the history; null: nothing. */
  readonly search: string | null;
}

/** What is to be done beyond showing the line. */
export type LineEffect = 'none' | 'enter' | 'complete' | 'interrupt' | 'end-of-input' | 'clear';

export interface Pressed {
  readonly line: LineState;
  readonly effect: LineEffect;
}

const MAX_HISTORY = 500;

export const newLine = (history: readonly string[]): LineState => ({
  text: '',
  cursor: 0,
  history,
  place: history.length,
  draft: '',
  killed: '',
  search: null,
});

/** The history with one line more; blank lines and repetitions of the last are left out. */
export function remembered(history: readonly string[], line: string): readonly string[] {
  if (line.trim() === '' || history.at(-1) === line) return history;
  return [...history, line].slice(-MAX_HISTORY);
}

const isWordLetter = (letter: string | undefined): boolean => letter !== undefined && /[\p{L}\p{N}]/u.test(letter);

function wordStart(text: string, cursor: number): number {
  let at = cursor;
  while (at > 0 && !isWordLetter(text[at - 1])) at--;
  while (at > 0 && isWordLetter(text[at - 1])) at--;
  return at;
}

function wordEnd(text: string, cursor: number): number {
  let at = cursor;
  while (at < text.length && !isWordLetter(text[at])) at++;
  while (at < text.length && isWordLetter(text[at])) at++;
  return at;
}

/** Where the word before the cursor begins that blanks set apart. */
function blankStart(text: string, cursor: number): number {
  let at = cursor;
  while (at > 0 && text[at - 1] === ' ') at--;
  while (at > 0 && text[at - 1] !== ' ') at--;
  return at;
}

/** Letters outside the first plane are two code units. */
const before = (text: string, cursor: number): number =>
  cursor - (cursor >= 2 && text.codePointAt(cursor - 2)! > 0xffff ? 2 : Math.min(1, cursor));
const after = (text: string, cursor: number): number =>
  Math.min(text.length, cursor + ((text.codePointAt(cursor) ?? 0) > 0xffff ? 2 : 1));

const put = (line: LineState, text: string, cursor: number): LineState => ({ ...line, text, cursor });

/** Takes `from` to `to` out, to be put back by Ctrl-Y. */
function kill(line: LineState, from: number, to: number): LineState {
  const killed = line.text.slice(from, to);
  if (killed === '') return line;
  return { ...put(line, line.text.slice(0, from) + line.text.slice(to), from), killed };
}

export function insert(line: LineState, text: string): LineState {
  const { cursor } = line;
  return put(line, line.text.slice(0, cursor) + text + line.text.slice(cursor), cursor + text.length);
}

function show(line: LineState, place: number): LineState {
  if (place < 0 || place > line.history.length || place === line.place) return line;
  const draft = line.place === line.history.length ? line.text : line.draft;
  const text = line.history[place] ?? draft;
  return { ...put(line, text, text.length), place, draft };
}

/** The newest line before `place` in which the search stands. */
function found(line: LineState, search: string, place: number): LineState {
  for (let at = place - 1; at >= 0; at--) {
    if (search === '' || !line.history[at]!.includes(search)) continue;
    return { ...show(line, at), search };
  }
  return { ...line, search };
}

function searched(line: LineState, search: string, key: Key): Pressed {
  if (key.key === 'text') return none(found(line, search + key.text, line.history.length));
  if (key.key === 'backspace') return none(found(line, search.slice(0, -1), line.history.length));
  if (key.key === 'search') return none(found(line, search, line.place));
  if (key.key === 'interrupt') return none({ ...newLine(line.history), killed: line.killed });
  const chosen = { ...line, search: null };
  return key.key === 'escape' ? none(chosen) : press(chosen, key);
}

const none = (line: LineState): Pressed => ({ line, effect: 'none' });

/** One key. */
export function press(line: LineState, key: Key): Pressed {
  const { text, cursor, search } = line;
  if (search !== null) return searched(line, search, key);
  switch (key.key) {
    case 'text':
      return none(insert(line, key.text));
    case 'enter':
      return { line, effect: 'enter' };
    case 'tab':
      return { line, effect: 'complete' };
    case 'interrupt':
      return { line, effect: 'interrupt' };
    case 'clear':
      return { line, effect: 'clear' };
    case 'end-of-input':
      if (text === '') return { line, effect: 'end-of-input' };
      return none(put(line, text.slice(0, cursor) + text.slice(after(text, cursor)), cursor));
    case 'backspace':
      return none(put(line, text.slice(0, before(text, cursor)) + text.slice(cursor), before(text, cursor)));
    case 'delete':
      return none(put(line, text.slice(0, cursor) + text.slice(after(text, cursor)), cursor));
    case 'left':
      return none(put(line, text, before(text, cursor)));
    case 'right':
      return none(put(line, text, after(text, cursor)));
    case 'home':
      return none(put(line, text, 0));
    case 'end':
      return none(put(line, text, text.length));
    case 'word-left':
      return none(put(line, text, wordStart(text, cursor)));
    case 'word-right':
      return none(put(line, text, wordEnd(text, cursor)));
    case 'up':
      return none(show(line, line.place - 1));
    case 'down':
      return none(show(line, line.place + 1));
    case 'kill-to-end':
      return none(kill(line, cursor, text.length));
    case 'kill-to-start':
      return none(kill(line, 0, cursor));
    case 'kill-word':
      return none(kill(line, blankStart(text, cursor), cursor));
    case 'kill-word-right':
      return none(kill(line, cursor, wordEnd(text, cursor)));
    case 'yank':
      return none(insert(line, line.killed));
    case 'search':
      return none({ ...line, search: '' });
    case 'page-up':
    case 'page-down':
    case 'escape':
      return none(line);
  }
}
