/** Finds what was meant by a few letters. Pure. */

export interface Findable {
  readonly title: string;
  /** More words that it is found by. */
  readonly words: string;
}

/**
 * Those in which every word of the query occurs, best first: the title begins with the query, a word of the title begins
 * with it, it stands somewhere in the title, only in the other words. Among equals the given order stays.
 */
export function search<Item extends Findable>(items: readonly Item[], query: string, most: number): readonly Item[] {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  const ranked: { readonly item: Item; readonly rank: number }[] = [];
  for (const item of items) {
    const title = item.title.toLowerCase();
    const all = `${title} ${item.words.toLowerCase()}`;
    if (wanted.every((word) => all.includes(word))) ranked.push({ item, rank: rankOf(title, wanted.join(' ')) });
  }
  return ranked
    .sort((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map(({ item }) => item);
}

function rankOf(title: string, query: string): number {
  const at = title.indexOf(query);
  if (at === 0) return 0;
  if (at < 0) return 3;
  return /[\s\-/:]/.test(title[at - 1] ?? '') ? 1 : 2;
}
