/**
 * The difference of two texts in unified form, as Go's difflib finds and prints it: three lines of context, no header of files.
 *
 * @source github.com/pmezard/go-difflib/difflib (a port of Python's), apimachinery/pkg/util/diff/diff.go
 */

/** Lines of `a` from `a1` on that are those of `b` from `b1` on. */
interface Match {
  readonly a: number;
  readonly b: number;
  readonly size: number;
}

interface Change {
  readonly kind: 'same' | 'other';
  readonly a: readonly [from: number, to: number];
  readonly b: readonly [from: number, to: number];
}

const CONTEXT = 3;
/** From so many lines on, lines that are found all over are no place to begin a match. */
const MANY = 200;

function placesOf(lines: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  for (const [index, line] of lines.entries()) {
    const known = places.get(line);
    if (known === undefined) places.set(line, [index]);
    else known.push(index);
  }
  if (lines.length < MANY) return places;
  const most = Math.floor(lines.length / 100) + 1;
  return new Map([...places].filter(([, all]) => all.length <= most));
}

class Matcher {
  readonly #a: readonly string[];
  readonly #b: readonly string[];
  readonly #places: ReadonlyMap<string, readonly number[]>;

  constructor(a: readonly string[], b: readonly string[]) {
    this.#a = a;
    this.#b = b;
    this.#places = placesOf(b);
  }

  /** The longest run of equal lines in these bounds; of several the first. */
  #longest([aFrom, aTo]: Change['a'], [bFrom, bTo]: Change['b']): Match {
    let best: Match = { a: aFrom, b: bFrom, size: 0 };
    let lengths = new Map<number, number>();
    for (let at = aFrom; at < aTo; at++) {
      const next = new Map<number, number>();
      for (const place of this.#places.get(this.#a[at] ?? '') ?? []) {
        if (place < bFrom) continue;
        if (place >= bTo) break;
        const size = (lengths.get(place - 1) ?? 0) + 1;
        next.set(place, size);
        if (size > best.size) best = { a: at - size + 1, b: place - size + 1, size };
      }
      lengths = next;
    }
    let { a, b, size } = best;
    while (a > aFrom && b > bFrom && this.#a[a - 1] === this.#b[b - 1]) {
      a--;
      b--;
      size++;
    }
    while (a + size < aTo && b + size < bTo && this.#a[a + size] === this.#b[b + size]) size++;
    return { a, b, size };
  }

  #matches(a: Change['a'], b: Change['b']): readonly Match[] {
    const match = this.#longest(a, b);
    if (match.size === 0) return [];
    return [
      ...this.#matches([a[0], match.a], [b[0], match.b]),
      match,
      ...this.#matches([match.a + match.size, a[1]], [match.b + match.size, b[1]]),
    ];
  }

  changes(): readonly Change[] {
    const changes: Change[] = [];
    const [aEnd, bEnd] = [this.#a.length, this.#b.length];
    let [a, b] = [0, 0];
    for (const match of [...this.#matches([0, aEnd], [0, bEnd]), { a: aEnd, b: bEnd, size: 0 }]) {
      if (a < match.a || b < match.b) changes.push({ kind: 'other', a: [a, match.a], b: [b, match.b] });
      [a, b] = [match.a + match.size, match.b + match.size];
      const last = changes.at(-1);
      if (match.size === 0) continue;
      // Runs that touch are one.
      if (last?.kind === 'same' && last.a[1] === match.a && last.b[1] === match.b)
        changes[changes.length - 1] = { kind: 'same', a: [last.a[0], a], b: [last.b[0], b] };
      else changes.push({ kind: 'same', a: [match.a, a], b: [match.b, b] });
    }
    return changes;
  }
}

/** Changes that are near each other, with the lines around them. */
function hunks(changes: readonly Change[]): readonly (readonly Change[])[] {
  const groups: Change[][] = [];
  let group: Change[] = [];
  for (const [index, change] of changes.entries()) {
    const { kind, a, b } = change;
    if (kind === 'other') {
      group.push(change);
      continue;
    }
    const length = a[1] - a[0];
    const isFirst = index === 0;
    const isLast = index === changes.length - 1;
    const before = isFirst ? 0 : CONTEXT;
    const after = isLast ? 0 : CONTEXT;
    if (length <= before + after && !isFirst && !isLast) {
      group.push(change);
      continue;
    }
    const head = Math.min(length, before);
    if (head > 0) group.push({ kind, a: [a[0], a[0] + head], b: [b[0], b[0] + head] });
    if (group.length > 0) groups.push(group);
    const tail = Math.min(length, after);
    group = tail > 0 ? [{ kind, a: [a[1] - tail, a[1]], b: [b[1] - tail, b[1]] }] : [];
  }
  if (group.some(({ kind }) => kind === 'other')) groups.push(group);
  return groups;
}

function rangeText(from: number, to: number): string {
  const length = to - from;
  if (length === 1) return String(from + 1);
  return `${length === 0 ? from : from + 1},${length}`;
}

/** @returns lines that each end with a line break; nothing when the texts are the same */
export function unifiedDiff(before: string, after: string): string {
  const [a, b] = [before.split('\n'), after.split('\n')];
  const changes = new Matcher(a, b).changes();
  if (changes.every(({ kind }) => kind === 'same')) return '';
  const lines: string[] = [];
  for (const hunk of hunks(changes)) {
    const [first, last] = [hunk[0]!, hunk.at(-1)!];
    lines.push(`@@ -${rangeText(first.a[0], last.a[1])} +${rangeText(first.b[0], last.b[1])} @@`);
    for (const { kind, a: ofA, b: ofB } of hunk) {
      if (kind === 'same') lines.push(...a.slice(...ofA).map((line) => ` ${line}`));
      else {
        lines.push(...a.slice(...ofA).map((line) => `-${line}`), ...b.slice(...ofB).map((line) => `+${line}`));
      }
    }
  }
  return lines.map((line) => `${line}\n`).join('');
}
