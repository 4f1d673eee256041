/**
 * The ordered set of the keys that exist: sorted chunks of at most 512 keys, so that an insertion moves a few hundred
 * references however many keys there are. Plain data. Order is by UTF-16 code units, which for Kubernetes' ASCII keys
 * is etcd's byte order.
 */

/** Chunks are never empty, except that an empty index has none. */
export interface KeyIndex {
  readonly chunks: string[][];
  size: number;
}

const MAX_CHUNK = 512;

export function newKeyIndex(): KeyIndex {
  return { chunks: [], size: 0 };
}

/** An index of keys that come sorted and without duplicates. */
export function indexOfSorted(keys: readonly string[]): KeyIndex {
  const chunks: string[][] = [];
  for (let from = 0; from < keys.length; from += MAX_CHUNK / 2) chunks.push(keys.slice(from, from + MAX_CHUNK / 2));
  return { chunks, size: keys.length };
}

/** Position of the first key of `chunk` that is not below `key`. */
function lowerBound(chunk: readonly string[], key: string): number {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (chunk[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The chunk in which `key` is or would be: the last one that does not begin above it. */
function chunkOf(index: KeyIndex, key: string): number {
  let low = 0;
  let high = index.chunks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (index.chunks[middle]![0]! <= key) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? 0 : low - 1;
}

/** Adds a key that is not there yet. */
export function insertKey(index: KeyIndex, key: string): void {
  index.size++;
  const at = chunkOf(index, key);
  const chunk = index.chunks[at];
  if (chunk === undefined) {
    index.chunks.push([key]);
    return;
  }
  if (chunk[chunk.length - 1]! < key) chunk.push(key);
  else chunk.splice(lowerBound(chunk, key), 0, key);
  if (chunk.length > MAX_CHUNK) index.chunks.splice(at + 1, 0, chunk.splice(MAX_CHUNK / 2));
}

/** Takes a key out that is there. */
export function removeKey(index: KeyIndex, key: string): void {
  const at = chunkOf(index, key);
  const chunk = index.chunks[at];
  if (chunk === undefined) return;
  const position = lowerBound(chunk, key);
  if (chunk[position] !== key) return;
  index.size--;
  chunk.splice(position, 1);
  if (chunk.length === 0) index.chunks.splice(at, 1);
}

/** The keys from `from` on and below `end` (`\0`: no end), at most `limit` of them (0: all), in order. */
export function keysIn(index: KeyIndex, from: string, end: string, limit: number): string[] {
  const keys: string[] = [];
  const most = limit === 0 ? Infinity : limit;
  for (let at = chunkOf(index, from); at < index.chunks.length; at++) {
    const chunk = index.chunks[at]!;
    for (let i = chunk[0]! < from ? lowerBound(chunk, from) : 0; i < chunk.length; i++) {
      const key = chunk[i]!;
      if ((end !== '\0' && key >= end) || keys.length >= most) return keys;
      keys.push(key);
    }
  }
  return keys;
}

/** How many keys lie from `from` on and below `end`. Costs a step per chunk, not per key. */
export function countIn(index: KeyIndex, from: string, end: string): number {
  let count = 0;
  for (let at = chunkOf(index, from); at < index.chunks.length; at++) {
    const chunk = index.chunks[at]!;
    const first = chunk[0]! < from ? lowerBound(chunk, from) : 0;
    if (end === '\0' || chunk[chunk.length - 1]! < end) {
      count += chunk.length - first;
      continue;
    }
    return count + Math.max(0, lowerBound(chunk, end) - first);
  }
  return count;
}
