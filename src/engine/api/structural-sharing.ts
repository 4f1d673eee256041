/**
 * New objects from old ones, sharing all that stays. Each function answers the very object it was given when there
 * is nothing to change, so that "has this changed?" is a comparison of references.
 */

/** Adds those of `defaults` whose key the object lacks. */
export function withDefaults<T extends object>(object: T, defaults: Partial<T>): T {
  for (const key in defaults) {
    if (object[key] === undefined) return { ...defaults, ...object };
  }
  return object;
}

/** The object with `changes` on top; a change to `undefined` removes the key. */
export function withChanges<T extends object>(object: T, changes: { [K in keyof T]?: T[K] | undefined }): T {
  let result: T | undefined;
  let gone: (keyof T)[] | undefined;
  for (const key in changes) {
    if (object[key] === changes[key]) continue;
    result ??= { ...object };
    if (changes[key] === undefined) (gone ??= []).push(key);
    else result[key] = changes[key];
  }
  if (result === undefined) return object;
  return gone === undefined ? result : (without(result, ...gone) as T);
}

/** The object without some keys. */
export function without<T extends object, K extends keyof T>(object: T, ...keys: readonly K[]): Omit<T, K> {
  if (!keys.some((key) => key in object)) return object;
  const result = { ...object };
  for (const key of keys) delete result[key];
  return result;
}

/** Maps a list; answers the list itself when every item maps to itself. */
export function mapShared<T>(list: T[], map: (item: T, index: number) => T): T[];
export function mapShared<T>(list: readonly T[], map: (item: T, index: number) => T): readonly T[];
export function mapShared<T>(list: readonly T[], map: (item: T, index: number) => T): readonly T[] {
  let result: T[] | undefined;
  for (const [index, item] of list.entries()) {
    const mapped = map(item, index);
    if (mapped !== item) result ??= list.slice();
    if (result) result[index] = mapped;
  }
  return result ?? list;
}

/** What is kept of each object at most: a thousand pods of one template may go to as many nodes. */
const MOST_DERIVED = 1_024;

/**
 * Objects made of others: what is made of the same object in the same way is the same object, so that a thousand pods of
 * one template share their spec, and what was found out about it once holds for all of them.
 */
export class Derived<From extends object, To extends object> {
  readonly #made = new WeakMap<From, Map<string, To>>();

  /** @param way - all that `make` depends on besides `from` */
  of(from: From, way: string, make: () => To): To {
    let ways = this.#made.get(from);
    if (ways === undefined) this.#made.set(from, (ways = new Map()));
    let made = ways.get(way);
    if (made === undefined) {
      if (ways.size >= MOST_DERIVED) ways.clear();
      ways.set(way, (made = Object.freeze(make())));
    }
    return made;
  }
}
