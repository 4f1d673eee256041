/** A claim of its own for each generic ephemeral volume of a pod: it goes with the pod. @source kubernetes pkg/controller/volume/ephemeral/controller.go */
import { isControlledBy, keyOf, ownerReference } from '#engine/api/meta';
import type { Pod } from '#engine/api/types';
import { type Change, NOTHING, type Plan, type Step, type View } from '#engine/client/plan';
import { SECOND } from '#engine/kernel/time';
import { splitKey } from '../keys';
import { create, record, referenceTo, warning } from '../steps';

/** A name that is taken may become free. */
const RETRY = 10 * SECOND;

const isOne = ({ metadata, spec }: Pod): boolean =>
  metadata.deletionTimestamp === undefined && spec.volumes?.some(({ ephemeral }) => ephemeral !== undefined) === true;

/** Pods with such volumes, and those of which a claim is gone. */
export function ephemeralKeys({ kind, type, object }: Change, view: View): readonly string[] {
  if (kind === 'Pod') return type !== 'deleted' && isOne(object as Pod) ? [keyOf(object)] : [];
  if (type !== 'deleted') return [];
  const owner = object.metadata.ownerReferences?.find((reference) => reference.kind === 'Pod');
  const pod = owner === undefined ? undefined : view.get('Pod', object.metadata.namespace ?? '', owner.name);
  return pod !== undefined && isOne(pod) ? [keyOf(pod)] : [];
}

export function reconcileEphemeralVolumes(view: View, key: string): Plan {
  const { namespace, name: podName } = splitKey(key);
  const pod = view.get('Pod', namespace, podName);
  if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return NOTHING;
  const about = referenceTo(pod);
  const steps: Step[] = [];
  let taken = false;
  for (const { name: volume, ephemeral } of pod.spec.volumes ?? []) {
    if (ephemeral === undefined) continue;
    const name = `${podName}-${volume}`;
    const failed = (why: string) => warning(about, 'FailedBinding', `ephemeral volume ${volume}: ${why}`);
    const claim = view.get('PersistentVolumeClaim', namespace, name);
    if (claim !== undefined) {
      if (isControlledBy(claim, pod)) continue;
      steps.push(record(failed(`PVC ${namespace}/${name} was not created for pod ${key} (pod is not owner)`)));
      taken = true;
      continue;
    }
    const { metadata, spec } = ephemeral.volumeClaimTemplate ?? {};
    const { labels, annotations } = metadata ?? {};
    const made = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        name,
        namespace,
        ...(labels === undefined ? {} : { labels }),
        ...(annotations === undefined ? {} : { annotations }),
        ownerReferences: [ownerReference(pod)],
      },
      ...(spec === undefined ? {} : { spec }),
    };
    steps.push(create(made, { onFailure: failed(`create PVC ${name}: {error}`) }));
  }
  if (steps.length === 0) return NOTHING;
  return { steps, ...(taken ? { again: RETRY } : {}), because: `${podName} has ephemeral volumes without a claim` };
}
