/** `less`: a text on the whole screen, gone through by keys. Pure; `screen.ts` draws it. @source less(1) */
import { harmless } from './harmless';
import type { Key } from './keys';

export interface Pager {
  readonly lines: readonly string[];
  /** Number of the line at the top. */
  readonly top: number;
  /** Shown in the last row instead of `:`; null: nothing was asked. */
  readonly message: string | null;
  /** A pattern that is being typed, after `/` or `?`; null: none is. */
  readonly typing: { readonly backwards: boolean; readonly text: string } | null;
  /** What was looked for last. */
  readonly search: { readonly backwards: boolean; readonly text: string } | null;
}

const NOT_FOUND = 'Pattern not found';
const NOTHING_BEFORE = 'No previous regular expression';
const END = '(END)';

export function newPager(text: string): Pager {
  const lines = text.endsWith('\n') ? text.slice(0, -1).split('\n') : text.split('\n');
  return { lines, top: 0, message: null, typing: null, search: null };
}

/** Rows that show text: the last one is the prompt's. */
const bodyOf = (rows: number): number => Math.max(1, rows - 1);

const lastTop = ({ lines }: Pager, rows: number): number => Math.max(0, lines.length - bodyOf(rows));

function scrolled(pager: Pager, top: number, rows: number): Pager {
  return { ...pager, top: Math.min(Math.max(0, top), lastTop(pager, rows)), message: null };
}

/** The next line from `from` on that has the text; −1: none. Letters match whatever their case when all typed ones are small. */
function find({ lines }: Pager, text: string, from: number, step: 1 | -1): number {
  const folds = text === text.toLowerCase();
  for (let at = from; at >= 0 && at < lines.length; at += step) {
    const line = lines[at]!;
    if ((folds ? line.toLowerCase() : line).includes(text)) return at;
  }
  return -1;
}

function searched(pager: Pager, text: string, backwards: boolean, rows: number): Pager {
  const step = backwards ? -1 : 1;
  const found = find(pager, text, pager.top + step, step);
  if (found < 0) return { ...pager, message: NOT_FOUND };
  return scrolled(pager, found, rows);
}

/** What a key does. @returns null: it was left */
export function pressPager(pager: Pager, key: Key, rows: number): Pager | null {
  if (pager.typing !== null) return typed(pager, pager.typing, key, rows);
  const page = bodyOf(rows);
  switch (key.key) {
    case 'down':
    case 'enter':
      return scrolled(pager, pager.top + 1, rows);
    case 'up':
      return scrolled(pager, pager.top - 1, rows);
    case 'home':
      return scrolled(pager, 0, rows);
    case 'end':
      return scrolled(pager, Infinity, rows);
    case 'page-down':
    case 'right': // Ctrl-F
      return scrolled(pager, pager.top + page, rows);
    case 'page-up':
    case 'left': // Ctrl-B
      return scrolled(pager, pager.top - page, rows);
    case 'end-of-input': // Ctrl-D
      return scrolled(pager, pager.top + Math.ceil(page / 2), rows);
    case 'kill-to-start': // Ctrl-U
      return scrolled(pager, pager.top - Math.ceil(page / 2), rows);
    case 'text':
      break;
    default:
      return pager;
  }
  let now: Pager | null = pager;
  for (const letter of key.text) {
    if (now === null) return null;
    now =
      now.typing === null
        ? pressLetter(now, letter, rows)
        : { ...now, typing: { ...now.typing, text: now.typing.text + letter } };
  }
  return now;
}

function pressLetter(pager: Pager, letter: string, rows: number): Pager | null {
  const page = bodyOf(rows);
  switch (letter) {
    case 'q':
    case 'Q':
      return null;
    case ' ':
    case 'f':
      return scrolled(pager, pager.top + page, rows);
    case 'b':
      return scrolled(pager, pager.top - page, rows);
    case 'd':
      return scrolled(pager, pager.top + Math.ceil(page / 2), rows);
    case 'u':
      return scrolled(pager, pager.top - Math.ceil(page / 2), rows);
    case 'j':
    case 'e':
      return scrolled(pager, pager.top + 1, rows);
    case 'k':
    case 'y':
      return scrolled(pager, pager.top - 1, rows);
    case 'g':
    case '<':
      return scrolled(pager, 0, rows);
    case 'G':
    case '>':
      return scrolled(pager, Infinity, rows);
    case '/':
    case '?':
      return { ...pager, message: null, typing: { backwards: letter === '?', text: '' } };
    case 'n':
    case 'N': {
      const { search } = pager;
      if (search === null) return { ...pager, message: NOTHING_BEFORE };
      return searched(pager, search.text, search.backwards !== (letter === 'N'), rows);
    }
    default:
      return pager;
  }
}

function typed(pager: Pager, typing: NonNullable<Pager['typing']>, key: Key, rows: number): Pager {
  const idle = { ...pager, typing: null };
  switch (key.key) {
    case 'text':
      return { ...pager, typing: { ...typing, text: typing.text + key.text } };
    case 'backspace':
      return typing.text === '' ? idle : { ...pager, typing: { ...typing, text: typing.text.slice(0, -1) } };
    case 'enter': {
      const text = typing.text === '' ? (pager.search?.text ?? '') : typing.text;
      if (text === '') return { ...idle, message: NOTHING_BEFORE };
      return searched({ ...idle, search: { ...typing, text } }, text, typing.backwards, rows);
    }
    case 'escape':
    case 'interrupt':
      return idle;
    default:
      return pager;
  }
}

/** The whole screen, as control sequences. Lines that are too long are cut. */
export function pagerScreen(pager: Pager, rows: number, columns: number): string {
  const shown = pager.lines.slice(pager.top, pager.top + bodyOf(rows));
  const body = shown.map((line) => harmless(line.length > columns ? line.slice(0, columns) : line));
  while (body.length < bodyOf(rows)) body.push('~');
  return `\u001B[H\u001B[2J${body.join('\u001B[0m\r\n')}\u001B[0m\r\n${promptOf(pager, rows)}`;
}

function promptOf(pager: Pager, rows: number): string {
  const { typing, message, top } = pager;
  if (typing !== null) return `${typing.backwards ? '?' : '/'}${harmless(typing.text)}`;
  const words = message ?? (top >= lastTop(pager, rows) ? END : null);
  return words === null ? ':' : `\u001B[7m${words}\u001B[0m`;
}
