/**
 * Merges of lists that were made lately. A thousand pods of one template go through the same changes of the same conditions:
 * what comes of them is one list, which whoever looks at it later knows again.
 */
import { type JsonValue, writtenAlike } from '../json';
import type { PatchSchema } from './strategies';

type List = readonly JsonValue[];

/** All that a merge of items by a key depends on, besides the list before. */
interface Merge {
  readonly items: List;
  readonly order: JsonValue | undefined;
  readonly key: string;
  readonly schema: PatchSchema;
}

interface MergeMade extends Merge {
  readonly merged: List;
}

/** By the list before. */
const made = new Map<List, MergeMade[]>();
const MAX_LISTS = 64;
const MAX_OF_ONE = 4;

/** What came of such a merge the last time. */
export function mergedBefore(before: List, { items, order, key, schema }: Merge): List | undefined {
  const known = made.get(before);
  if (known === undefined) return undefined;
  for (const merge of known) {
    if (merge.schema !== schema || merge.key !== key) continue;
    if (writtenAlike(merge.items, items) && writtenAlike(merge.order, order)) return merge.merged;
  }
  return undefined;
}

export function rememberMerge(before: List, merge: Merge, merged: List): void {
  let known = made.get(before);
  if (known === undefined) {
    if (made.size >= MAX_LISTS) made.clear();
    made.set(before, (known = []));
  } else if (known.length >= MAX_OF_ONE) known.shift();
  known.push({ ...merge, merged });
}
