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
  patch[`$setElementOrder/${field}`] = after.map((item) => ({ [key]: item[key] }));
  patch[field] = changed;
}

/** What differs in one item, its key included; null: nothing. */
function itemPatch(key: string, before: Fields, after: Fields): Fields | null {
  if (before === after) return null;
  let patch: Record<string, unknown> | null = null;
  for (const field in after)
    if (!deepEqual(before[field], after[field])) (patch ??= { [key]: after[key] })[field] = after[field];
  for (const field in before) if (!(field in after)) (patch ??= { [key]: after[key] })[field] = null;
  return patch;
}
