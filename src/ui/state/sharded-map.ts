/**
 * An immutable map that is cheap to replace: keys are spread over shards, and a batch of edits copies only the shards it
 * touches. So a frame that changes ten of 150,000 pods copies some thousand entries, and whoever holds the old
 * map still sees the old state.
 */
export interface ShardedMap<Value> {
  readonly shards: readonly ReadonlyMap<string, Value>[];
  readonly size: number;
}

/** Of 150,000 entries some twenty are copied with the one that changes. */
const SHARD_COUNT = 8192;

/** A map without entries. */
export function emptyShardedMap<Value>(): ShardedMap<Value> {
  const empty = new Map<string, Value>();
  return { shards: Array.from({ length: SHARD_COUNT }, () => empty), size: 0 };
}

/** FNV-1a over UTF-16 code units, folded to a shard's number. */
function shardOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % SHARD_COUNT;
}

/** The value under `key`, or undefined. */
export function shardedGet<Value>(map: ShardedMap<Value>, key: string): Value | undefined {
  return map.shards[shardOf(key)]?.get(key);
}

/** All values, in an order that depends on the keys only as far as they share a shard. */
export function* shardedValues<Value>(map: ShardedMap<Value>): Generator<Value> {
  for (const shard of map.shards) yield* shard.values();
}

/** Collects edits to a map; `done` gives the new map, or the very same one when nothing was edited. */
export interface ShardedEdit<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
  done(): ShardedMap<Value>;
}

/** Begins a batch of edits. The map it begins from is never changed. */
export function editSharded<Value>(map: ShardedMap<Value>): ShardedEdit<Value> {
  const copies = new Map<number, Map<string, Value>>();
  let size = map.size;

  const copyOf = (index: number): Map<string, Value> => {
    const known = copies.get(index);
    if (known) return known;
    const copy = new Map(map.shards[index]);
    copies.set(index, copy);
    return copy;
  };

  return {
    get(key) {
      const index = shardOf(key);
      return (copies.get(index) ?? map.shards[index])?.get(key);
    },
    set(key, value) {
      const shard = copyOf(shardOf(key));
      if (!shard.has(key)) size++;
      shard.set(key, value);
    },
    delete(key) {
      if (copyOf(shardOf(key)).delete(key)) size--;
    },
    done() {
      if (copies.size === 0) return map;
      const shards = map.shards.slice(); // copied at once; a callback for each of thousands is slow
      for (const [index, copy] of copies) shards[index] = copy;
      return { shards, size };
    },
  };
}
