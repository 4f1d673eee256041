/**
 * Whether a text is like a pattern: `*` stands for any run of characters, `?` for one, everything else for itself.
 * Takes time in proportion to the product of both lengths at worst.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let at = 0;
  let patternAt = 0;
  let starAt = -1;
  let resumeAt = 0;
  while (at < text.length) {
    const symbol = pattern[patternAt];
    if (symbol === '*') {
      starAt = patternAt++;
      resumeAt = at;
    } else if (symbol === '?' || symbol === text[at]) {
      patternAt++;
      at++;
    } else if (starAt >= 0) {
      patternAt = starAt + 1;
      at = ++resumeAt;
    } else return false;
  }
  while (pattern[patternAt] === '*') patternAt++;
  return patternAt === pattern.length;
}

export const isGlob = (text: string): boolean => text.includes('*') || text.includes('?');
