/** What a terminal emulator sends for keys, as keys. @source the usual ones of readline and of xterm's control sequences */

export type KeyName =
  | 'enter'
  | 'tab'
  | 'backspace'
  | 'delete'
  | 'left'
  | 'right'
  | 'up'
  | 'down'
  | 'home'
  | 'end'
  | 'page-up'
  | 'page-down'
  | 'word-left'
  | 'word-right'
  | 'kill-to-end'
  | 'kill-to-start'
  | 'kill-word'
  | 'kill-word-right'
  | 'yank'
  | 'search'
  | 'interrupt'
  | 'end-of-input'
  | 'clear'
  | 'escape';

export type Key = { readonly key: KeyName } | { readonly key: 'text'; readonly text: string };

const SEQUENCES: Readonly<Record<string, KeyName>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\u007F': 'backspace',
  '\b': 'backspace',
  '\u0001': 'home',
  '\u0002': 'left',
  '\u0003': 'interrupt',
  '\u0004': 'end-of-input',
  '\u0005': 'end',
  '\u0006': 'right',
  '\u000B': 'kill-to-end',
  '\u000C': 'clear',
  '\u000E': 'down',
  '\u0010': 'up',
  '\u0012': 'search',
  '\u0015': 'kill-to-start',
  '\u0017': 'kill-word',
  '\u0019': 'yank',
  '\u001B[A': 'up',
  '\u001B[B': 'down',
  '\u001B[C': 'right',
  '\u001B[D': 'left',
  '\u001BOA': 'up',
  '\u001BOB': 'down',
  '\u001BOC': 'right',
  '\u001BOD': 'left',
  '\u001B[H': 'home',
  '\u001BOH': 'home',
  '\u001B[1~': 'home',
  '\u001B[F': 'end',
  '\u001BOF': 'end',
  '\u001B[4~': 'end',
  '\u001B[3~': 'delete',
  '\u001B[5~': 'page-up',
  '\u001B[6~': 'page-down',
  '\u001B[1;5D': 'word-left',
  '\u001B[1;3D': 'word-left',
  '\u001Bb': 'word-left',
  '\u001B[1;5C': 'word-right',
  '\u001B[1;3C': 'word-right',
  '\u001Bf': 'word-right',
  '\u001Bd': 'kill-word-right',
  '\u001B\u007F': 'kill-word',
  '\u001B': 'escape',
};

const LONGEST = 6;
// oxlint-disable-next-line no-control-regex -- what control sequences begin with
const OTHER_SEQUENCE = /^\u001B(?:\[[0-9;?]*[ -/]*[@-~]|O.|.)/;

/** Reads keys from what has come at once; sequences that mean nothing here are left out. Pasted text comes in one piece. */
export function keysOf(data: string): readonly Key[] {
  const keys: Key[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') keys.push({ key: 'text', text });
    text = '';
  };
  for (let at = 0; at < data.length;) {
    const letter = data[at]!;
    if (letter >= ' ' && letter !== '\u007F') {
      text += letter;
      at++;
      continue;
    }
    flush();
    let length = Math.min(LONGEST, data.length - at);
    while (length > 1 && SEQUENCES[data.slice(at, at + length)] === undefined) length--;
    const name = SEQUENCES[data.slice(at, at + length)];
    const other = name === undefined || name === 'escape' ? OTHER_SEQUENCE.exec(data.slice(at)) : null;
    if (other !== null) length = other[0].length;
    else if (name !== undefined) keys.push({ key: name });
    at += length;
  }
  flush();
  return keys;
}
