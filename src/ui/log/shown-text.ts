/**
 * Text of strangers as it is shown: nothing in it acts. Control characters are drawn as pictures, marks that turn the
 * direction of writing are named, and what is too long is cut. Pure.
 */

const PICTURES = 0x2400;
const PICTURE_OF_DELETE = '\u2421';
/** Control characters, and those that change the direction of what follows. */
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const ACTING = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;

function picture(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(PICTURES + code);
  if (code === 0x7f) return PICTURE_OF_DELETE;
  return `\u27e8U+${code.toString(16).toUpperCase().padStart(4, '0')}\u27e9`;
}

/** Half of a pair stands for nothing. */
const whole = (text: string): string => (/[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text);

/** @param most - so many characters are shown at most */
export function shownText(text: string, most = 400): string {
  const cut = text.length > most ? `${whole(text.slice(0, most))}\u2026` : text;
  return cut.replace(ACTING, picture);
}

/** As `shownText`, with lines and tabs left as they are. */
export const shownLines = (text: string, most: number): string =>
  shownText(text.replace(/\r\n/g, '\n'), most).replaceAll('\u240a', '\n').replaceAll('\u2409', '\t');
