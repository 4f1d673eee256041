/** The index of pods by their node, each in order of creation. Pure; a node of which nothing changed keeps its list. */
import type { PodRecord } from '#engine/cluster/records';

const NO_PODS: readonly PodRecord[] = [];

const byBirth = (a: PodRecord, b: PodRecord): number =>
  a.createdAt - b.createdAt || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** The pods of a node of which some have changed and none has come or gone; null: some have. */
function withReplaced(
  pods: readonly PodRecord[],
  without: ReadonlySet<string> | undefined,
  changed: readonly PodRecord[],
): readonly PodRecord[] | null {
  if (without?.size !== changed.length) return null;
  const result = [...pods];
  for (const pod of changed) {
    const at = pods.findIndex(({ uid }) => uid === pod.uid);
    if (at < 0 || pods[at]?.createdAt !== pod.createdAt) return null;
    result[at] = pod;
  }
  return result;
}

/** The index after some pods have left nodes (`removed`, by uid) and some have come to nodes, or to the same ones changed (`added`). */
export function rebucket(
  before: ReadonlyMap<string, readonly PodRecord[]>,
  removed: ReadonlyMap<string, ReadonlySet<string>>,
  added: ReadonlyMap<string, readonly PodRecord[]>,
): ReadonlyMap<string, readonly PodRecord[]> {
  if (removed.size === 0 && added.size === 0) return before;
  const result = new Map(before);
  for (const node of new Set([...removed.keys(), ...added.keys()])) {
    const without = removed.get(node);
    const stay = withReplaced(before.get(node) ?? NO_PODS, without, added.get(node) ?? NO_PODS);
    if (stay) {
      result.set(node, stay);
      continue;
    }
    const kept = (before.get(node) ?? NO_PODS).filter((pod) => !without?.has(pod.uid));
    const bucket = [...kept, ...(added.get(node) ?? NO_PODS)].sort(byBirth);
    if (bucket.length === 0) result.delete(node);
    else result.set(node, bucket);
  }
  return result;
}
