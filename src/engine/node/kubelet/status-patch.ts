/**
 * The strategic merge patch that leads from one pod status to another: only what differs.
 *
 * @source kubernetes pkg/util/pod/pod.go (PatchPodStatus), apimachinery strategicpatch (CreateTwoWayMergePatch)
 */
import { deepEqual } from '#engine/api/json';
import type { Pod } from '#engine/api/types';

type Fields = Readonly<Record<string, unknown>>;

/** How the API merges a list element by element. */
interface MergedList {
  readonly key: string;
  /** The directive that tells the order of the elements. */
  readonly directive: string;
  /** The last order: most pods have the same. */
  order: readonly Fields[];
}

/** All other lists are replaced as a whole. */
const MERGED: Readonly<Record<string, MergedList>> = {
  conditions: { key: 'type', directive: '$setElementOrder/conditions', order: [] },
  podIPs: { key: 'ip', directive: '$setElementOrder/podIPs', order: [] },
  hostIPs: { key: 'ip', directive: '$setElementOrder/hostIPs', order: [] },
};

/** The `status` of the patch; `null` when nothing differs. */
export function statusPatch(before: Pod['status'], after: Pod['status']): Fields | null {
  const old = before as Fields;
  const wanted = after as Fields;
  const patch: Record<string, unknown> = {};
  for (const field in wanted) {
    if (deepEqual(old[field], wanted[field])) continue;
    const list = MERGED[field];
    if (list === undefined) patch[field] = wanted[field];
    else mergeList(patch, field, list, (old[field] ?? []) as readonly Fields[], wanted[field] as readonly Fields[]);
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
  list: MergedList,
  before: readonly Fields[],
  after: readonly Fields[],
): void {
  const { key } = list;
  const changed: Fields[] = [];
  for (const item of after) {
    const old = before.find((candidate) => candidate[key] === item[key]);
    const change = old === undefined ? item : itemPatch(key, old, item);
    if (change !== null) changed.push(change);
  }
  for (const old of before)
    if (!after.some((item) => item[key] === old[key])) changed.push({ $patch: 'delete', [key]: old[key] });
  patch[list.directive] = orderOf(list, after);
  patch[field] = changed;
}

function orderOf(list: MergedList, items: readonly Fields[]): readonly Fields[] {
  const { key, order } = list;
  if (order.length !== items.length || order.some((item, index) => item[key] !== items[index]![key]))
    list.order = items.map((item) => onlyKey(key, item));
  return list.order;
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
