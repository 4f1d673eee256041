/** Which keys of a controller of workloads a change touches: those of the workload itself and of whoever owns what changed. */
import { matchesSelector } from '#engine/api/label-selector';
import { controllerOf, keyOf } from '#engine/api/meta';
import type { KubeObject, LabelSelector } from '#engine/api/types';
import type { Change, View } from '#engine/client/plan';

type Workload = 'CronJob' | 'DaemonSet' | 'Job' | 'ReplicationController' | 'StatefulSet';

/** @param kind - of the workloads, whose keys are `namespace/name` */
export function workloadKeys(kind: Workload, change: Change, view: View): readonly string[] {
  const { type, object, old } = change;
  if (change.kind === kind) return [keyOf(object)];
  const owner = ownerKey(kind, object, view);
  const former = old === undefined ? null : ownerKey(kind, old, view);
  const keys = former === null || former === owner ? [] : [former];
  if (owner !== null) return [...keys, owner];
  const isOrphan = type !== 'deleted' && change.kind === 'Pod' && controllerOf(object) === undefined;
  return isOrphan && object.metadata.deletionTimestamp === undefined
    ? [...keys, ...adopters(kind, object, view)]
    : keys;
}

function ownerKey(kind: Workload, object: KubeObject, view: View): string | null {
  const reference = controllerOf(object);
  if (reference === undefined || reference.kind !== kind) return null;
  const owner = view.get(kind, object.metadata.namespace ?? '', reference.name);
  return owner?.metadata.uid === reference.uid ? keyOf(owner) : null;
}

/** Those whose selectors match an orphan. */
function adopters(kind: Workload, { metadata }: KubeObject, view: View): readonly string[] {
  if (metadata.labels === undefined) return [];
  return view
    .list(kind, metadata.namespace)
    .filter((owner) => matchesSelector(selectorOf(owner), metadata.labels))
    .map(keyOf);
}

type Selector = LabelSelector | Record<string, string>;

function selectorOf(owner: KubeObject): LabelSelector | undefined {
  const { selector } = (owner as { readonly spec?: { readonly selector?: Selector } }).spec ?? {};
  return owner.kind === 'ReplicationController' ? { matchLabels: selector as Record<string, string> } : selector;
}
