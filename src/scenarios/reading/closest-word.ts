/** The word that somebody probably meant. */

/** @returns the nearest of the known words, or null when none is near */
export function closestWord(word: string, known: readonly string[]): string | null {
  const plain = word.toLowerCase();
  let best: string | null = null;
  let least = Math.min(4, Math.ceil(word.length / 3) + 2); // two letters changed places: 2
  for (const candidate of known) {
    const distance = editDistance(plain, candidate.toLowerCase());
    if (distance < least) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

/** ` (did you mean "x"?)`, or nothing. */
export function hint(word: string, known: readonly string[]): string {
  const closest = closestWord(word, known);
  return closest === null ? '' : ` (did you mean "${closest}"?)`;
}

/** Insertions, deletions and replacements that turn one word into the other. Words beyond 64 letters count as far away. */
function editDistance(a: string, b: string): number {
  if (a.length > 64 || b.length > 64) return Infinity;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
