import { expect, it } from 'vitest';
import { harmless } from './harmless';

it.each([
  ['plain\ttext\r\n', 'plain\ttext\r\n'],
  ['\u001B[1;31mred\u001B[0m', '\u001B[1;31mred\u001B[0m'],
  ['\u001B[H\u001B[2J', '\u001B[H\u001B[2J'],
  // A title, the clipboard, another screen, questions that are answered by typing, a reset, another character set.
  ['\u001B]0;title\u0007', '^[]0;title'],
  ['\u001B]52;c;cm0gLXJm\u0007', '^[]52;c;cm0gLXJm'],
  ['\u001B[?1049h', '^[[?1049h'],
  ['\u001B[6n\u001B[c', '^[[6n^[[c'],
  ['\u001Bc', '^[c'],
  ['\u000E\u0007\u009B6n', '6n'],
  ['\u001B[', '^[['],
])('%j is written as %j', (text, written) => expect(harmless(text)).toBe(written));
