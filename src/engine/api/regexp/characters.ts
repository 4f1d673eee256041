/** Classes of characters in Go's regular expressions. @source Go regexp/syntax/{parse,perl_groups}.go */

/** Whether a character (its code point) may stand here. */
export type Accepts = (code: number) => boolean;

export const between =
  (low: number, high: number): Accepts =>
  (code) =>
    code >= low && code <= high;
export const anyOf =
  (parts: readonly Accepts[]): Accepts =>
  (code) =>
    parts.some((part) => part(code));
export const not =
  (part: Accepts): Accepts =>
  (code) =>
    !part(code);

export const DIGIT = between(48, 57);
export const WORD = anyOf([DIGIT, between(65, 90), between(97, 122), (code) => code === 95]);
export const SPACE: Accepts = (code) => code === 32 || (code >= 9 && code <= 13 && code !== 11);

export const POSIX: Readonly<Record<string, Accepts>> = {
  alnum: anyOf([DIGIT, between(65, 90), between(97, 122)]),
  alpha: anyOf([between(65, 90), between(97, 122)]),
  ascii: between(0, 127),
  blank: (code) => code === 9 || code === 32,
  cntrl: anyOf([between(0, 31), (code) => code === 127]),
  digit: DIGIT,
  graph: between(33, 126),
  lower: between(97, 122),
  print: between(32, 126),
  punct: anyOf([between(33, 47), between(58, 64), between(91, 96), between(123, 126)]),
  space: anyOf([between(9, 13), (code) => code === 32]),
  upper: between(65, 90),
  word: WORD,
  xdigit: anyOf([DIGIT, between(65, 70), between(97, 102)]),
};

/** Accepts a letter in either case. */
export function folded(accepts: Accepts): Accepts {
  return (code) => {
    if (accepts(code)) return true;
    const letter = String.fromCodePoint(code);
    return accepts(letter.toLowerCase().codePointAt(0)!) || accepts(letter.toUpperCase().codePointAt(0)!);
  };
}

const unicodeClasses = new Map<string, Accepts | null>();

/** `L`, `Lu`, `Greek`; null when there is no such class. */
export function unicodeClass(name: string): Accepts | null {
  let known = unicodeClasses.get(name);
  if (known === undefined) {
    known = null;
    for (const property of [name, `Script=${name}`]) {
      try {
        const one = new RegExp(`^\\p{${property}}$`, 'u');
        known ??= (code) => one.test(String.fromCodePoint(code));
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
      }
    }
    unicodeClasses.set(name, known);
  }
  return known;
}
