/** The index of pods by their node, each in order of creation. Pure; a node of which nothing changed keeps its list. */
import type { PodRecord } from '#engine/cluster/records';

const NO_PODS: readonly PodRecord[] = [];

const byBirth = (a: PodRecord, b: PodRecord): number =>
  a.createdAt - b.createdAt || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** A pod that is another version of one on the same node. */
export interface ChangedPod {
  readonly before: PodRecord;
  readonly after: PodRecord;
}

function withChanged(pods: readonly PodRecord[], changed: readonly ChangedPod[]): readonly PodRecord[] {
  const result = pods.slice();
  for (const { before, after } of changed) {
    const at = result.indexOf(before);
    if (at >= 0) result[at] = after;
  }
  return result;
}

/** The index after pods have changed where they are, some have left nodes (`removed`, by uid) and some have come to nodes (`added`). */
export function rebucket(
  before: ReadonlyMap<string, readonly PodRecord[]>,
  removed: ReadonlyMap<string, ReadonlySet<string>>,
  added: ReadonlyMap<string, readonly PodRecord[]>,
  changed: ReadonlyMap<string, readonly ChangedPod[]>,
): ReadonlyMap<string, readonly PodRecord[]> {
  if (removed.size === 0 && added.size === 0 && changed.size === 0) return before;
  const result = new Map(before);
  for (const [node, pods] of changed) result.set(node, withChanged(before.get(node) ?? NO_PODS, pods));
  for (const node of new Set([...removed.keys(), ...added.keys()])) {
    const without = removed.get(node);
    const kept = (result.get(node) ?? NO_PODS).filter((pod) => !without?.has(pod.uid));
    const bucket = [...kept, ...(added.get(node) ?? NO_PODS)].sort(byBirth);
    if (bucket.length === 0) result.delete(node);
    else result.set(node, bucket);
  }
  return result;
}
