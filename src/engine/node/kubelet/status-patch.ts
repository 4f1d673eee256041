/**
 * The strategic merge patch that leads from one pod status to another: only what differs.
 *
 * @source kubernetes pkg/util/pod/pod.go (PatchPodStatus), apimachinery strategicpatch (CreateTwoWayMergePatch)
 */
import { deepEqual } from '#engine/api/json';
import type { Pod } from '#engine/api/types';

type Fields = Readonly<Record<string, unknown>>;

/** Lists that the API merges element by element, and by which key. All others are replaced as a whole. */
const MERGED: Readonly<Record<string, string>> = { conditions: 'type', podIPs: 'ip', hostIPs: 'ip' };

/** The `status` of the patch; `null` when nothing differs. */
export function statusPatch(before: Pod['status'], after: Pod['status']): Fields | null {
  const old = before as Fields;
  const wanted = after as Fields;
  const patch: Record<string, unknown> = {};
  for (const field in wanted) {
    if (deepEqual(old[field], wanted[field])) continue;
    const key = MERGED[field];
    if (key === undefined) patch[field] = wanted[field];
    else mergeList(patch, field, key, (old[field] ?? []) as readonly Fields[], wanted[field] as readonly Fields[]);
  }
  for (const field in old) if (!(field in wanted) && OWNED.includes(field)) patch[field] = null;
  for (const _ in patch) return patch;
  return null;
}

/** Fields that only a kubelet sets, so that it may take them away. */
const OWNED = ['reason', 'message', 'podIP', 'podIPs'];

function mergeList(
  patch: Record<string, unknown>,
  field: string,
  key: string,
  before: readonly Fields[],
  after: readonly Fields[],
): void {
  const changed: Fields[] = [];
  for (const item of after) {
    const old = before.find((candidate) => candidate[key] === item[key]);
    const change = old === undefined ? item : itemPatch(key, old, item);
    if (change !== null) changed.push(change);
  }
  for (const old of before)
    if (!after.some((item) => item[key] === old[key])) changed.push({ $patch: 'delete', [key]: old[key] });
  patch[`$setElementOrder/${field}`] = orderOf(field, key, after);
  patch[field] = changed;
}

/** The last order of each list: most pods have the same. */
const orders = new Map<string, readonly Fields[]>();

function orderOf(field: string, key: string, items: readonly Fields[]): readonly Fields[] {
  const last = orders.get(field);
  if (last?.length === items.length && last.every((item, index) => item[key] === items[index]![key])) return last;
  const order = items.map((item) => onlyKey(key, item));
  orders.set(field, order);
  return order;
}

function onlyKey(key: string, item: Fields): Record<string, unknown> {
  const only: Record<string, unknown> = {};
  only[key] = item[key];
  return only;
}

/** What differs in one item, its key included; null: nothing. */
function itemPatch(key: string, before: Fields, after: Fields): Fields | null {
  if (before === after) return null;
  let patch: Record<string, unknown> | null = null;
  for (const field in after)
    if (!deepEqual(before[field], after[field])) (patch ??= onlyKey(key, after))[field] = after[field];
  for (const field in before) if (!(field in after)) (patch ??= onlyKey(key, after))[field] = null;
  return patch;
}
