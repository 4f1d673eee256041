/**
 * How many pods a budget has to reckon with: the sum of what their controllers want, whoever they are.
 *
 * @source kubernetes pkg/controller/disruption/disruption.go (getExpectedPodCount, getExpectedScale, finders)
 */
import { quote } from '#engine/api/field-error';
import { scaledValue } from '#engine/api/int-or-string';
import { controllerOf } from '#engine/api/meta';
import type { KubeObject, OwnerReference, Pod, PodDisruptionBudget } from '#engine/api/types';
import type { ReadAnswer, View } from '#engine/client/plan';
import { mappingOf } from '../scale-mapping';

export type Expected =
  | { readonly pods: number; readonly desiredHealthy: number; readonly unmanaged: readonly string[] }
  /** Paths of what has to be read first. */
  | { readonly reads: readonly string[] }
  | { readonly error: string };

type Scale =
  Extract<Expected, { error: string }> | { readonly read: string } | { uid: string; replicas: number } | null;

export function expectedPods(
  { spec = {} }: PodDisruptionBudget,
  pods: readonly Pod[],
  view: View,
  answers: readonly ReadAnswer[],
): Expected {
  const { minAvailable, maxUnavailable } = spec;
  const unmanaged: readonly string[] = [];
  if (maxUnavailable === undefined && minAvailable === undefined) return { pods: 0, desiredHealthy: 0, unmanaged };
  if (maxUnavailable === undefined && typeof minAvailable === 'number')
    return { pods: pods.length, desiredHealthy: minAvailable, unmanaged };
  const scale = expectedScale(pods, view, answers);
  if (!('pods' in scale)) return scale;
  const share = scaledValue(maxUnavailable ?? minAvailable ?? 0, scale.pods, 'up');
  if (!share.ok) return { error: share.error };
  const desiredHealthy = maxUnavailable === undefined ? share.value : Math.max(0, scale.pods - share.value);
  return { ...scale, desiredHealthy };
}

function expectedScale(pods: readonly Pod[], view: View, answers: readonly ReadAnswer[]): Expected {
  const scales = new Map<string, number>();
  const unmanaged: string[] = [];
  const reads = new Set<string>();
  for (const pod of pods) {
    const controller = controllerOf(pod);
    if (controller === undefined) unmanaged.push(pod.metadata.name);
    else if (!scales.has(controller.uid)) {
      const scale = scaleOf(controller, pod.metadata.namespace ?? '', view, answers);
      if (scale === null) return { error: `found no controllers for pod ${quote(pod.metadata.name)}` };
      if ('error' in scale) return scale;
      if ('read' in scale) reads.add(scale.read);
      else scales.set(scale.uid, scale.replicas);
    }
  }
  if (reads.size > 0) return { reads: [...reads] };
  const sum = [...scales.values()].reduce((so, replicas) => so + replicas, 0);
  return { pods: sum, desiredHealthy: 0, unmanaged };
}

type Owner = KubeObject & { readonly spec?: { readonly replicas?: number } };

const groupOf = (apiVersion: string): string => apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')));
const is = (reference: OwnerReference, kind: string, ...groups: readonly string[]): boolean =>
  reference.kind === kind && groups.includes(groupOf(reference.apiVersion));
const found = (owner: Owner | undefined, uid: string): Scale =>
  owner?.metadata.uid === uid ? { uid, replicas: owner.spec?.replicas ?? 1 } : null;

/** What the controller of a pod wants: the Deployment's word counts before that of its ReplicaSet. */
function scaleOf(reference: OwnerReference, namespace: string, view: View, answers: readonly ReadAnswer[]): Scale {
  const { name, uid } = reference;
  let known: Scale = null;
  if (is(reference, 'ReplicationController', ''))
    known = found(view.get('ReplicationController', namespace, name), uid);
  else if (is(reference, 'StatefulSet', 'apps')) known = found(view.get('StatefulSet', namespace, name), uid);
  else if (is(reference, 'ReplicaSet', 'apps', 'extensions')) {
    const set = view.get('ReplicaSet', namespace, name);
    const above = set?.metadata.uid === uid ? controllerOf(set) : undefined;
    if (above?.kind !== 'Deployment') known = found(set, uid);
    else if (is(above, 'Deployment', 'apps', 'extensions'))
      known = found(view.get('Deployment', namespace, above.name), above.uid);
  }
  return known ?? scaleRead(reference, namespace, view, answers);
}

/** By the scale subresource, which every kind may have. */
function scaleRead(reference: OwnerReference, namespace: string, view: View, answers: readonly ReadAnswer[]): Scale {
  const { apiVersion, kind, name, uid } = reference;
  const mapping = mappingOf(reference, namespace, view);
  if (mapping === null) return { error: `no matches for kind ${quote(kind)} in version ${quote(apiVersion)}` };
  if (!mapping.hasScale) return { error: `${mapping.resource} does not implement the scale subresource` };
  const path = `${mapping.path}/${name}/scale`;
  const answer = answers.find((each) => each.path === path);
  if (answer === undefined) return { read: path };
  if (answer.code === 404) return null;
  if (answer.code !== 200) return { error: (answer.body as { readonly message?: string }).message ?? '' };
  return found(answer.body as Owner, uid);
}
