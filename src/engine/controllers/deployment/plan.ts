/**
 * The writes of a Deployment's plan. Each object is written at most once per plan, since a second conditional write of the
 * same object would meet a newer resourceVersion than it knows.
 *
 * @source kubernetes pkg/controller/deployment/sync.go
 */
import { podTemplateHash } from '#engine/api/hash';
import { ownerReference } from '#engine/api/meta';
import { deepEqual } from '#engine/api/json';
import type { Deployment, KubeObjectInput, LabelSelector, ReplicaSet } from '#engine/api/types';
import type { Step } from '#engine/client/plan';
import { normal, record, referenceTo, remove, update, updateStatus } from '../steps';
import { REVISION, maxRevision, newestAnnotations, numberIn, withSizes } from './annotations';
import { POD_TEMPLATE_HASH, type Generations } from './replica-sets';
import { type Resize, newSetSize } from './scaling';

export interface ReplicaSetInput extends KubeObjectInput {
  readonly metadata: NonNullable<KubeObjectInput['metadata']> & { readonly name: string };
  readonly spec: ReplicaSet['spec'];
}

/** The ReplicaSet of the Deployment's present template, at the size that the rollout lets it begin with. */
export function newReplicaSet(deployment: Deployment, oldSets: readonly ReplicaSet[]): ReplicaSetInput {
  const { metadata, spec, status } = deployment;
  const hash = podTemplateHash(spec.template, status.collisionCount);
  const labels = { ...spec.template.metadata?.labels, [POD_TEMPLATE_HASH]: hash };
  const selector: LabelSelector = {
    ...spec.selector,
    matchLabels: { ...spec.selector.matchLabels, [POD_TEMPLATE_HASH]: hash },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: replicaSetName(metadata.name, hash),
      namespace: metadata.namespace ?? '',
      labels,
      annotations: { ...newestAnnotations(deployment, undefined, maxRevision(oldSets) + 1) },
      ownerReferences: [ownerReference(deployment)],
    },
    spec: {
      replicas: newSetSize(deployment, oldSets, 0),
      ...(spec.minReadySeconds === undefined ? {} : { minReadySeconds: spec.minReadySeconds }),
      selector,
      template: { ...spec.template, metadata: { ...spec.template.metadata, labels } },
    },
  };
}

/** `<deployment>-<hash>`; a long name gives way so that it stays a valid one of at most 253 characters. */
function replicaSetName(name: string, hash: string): string {
  return `${name.slice(0, 253 - 1 - hash.length)}-${hash}`;
}

/** Brings annotations and minReadySeconds of the new ReplicaSet up to date; `null` when they are. */
export function refreshNewSet(deployment: Deployment, { newSet, oldSets }: Generations): Step | null {
  if (newSet === null) return null;
  const stored = newSet.metadata.annotations ?? {};
  const annotations = newestAnnotations(deployment, stored, maxRevision(oldSets) + 1);
  const minReadySeconds = deployment.spec.minReadySeconds ?? 0;
  if (annotations === stored && (newSet.spec.minReadySeconds ?? 0) === minReadySeconds) return null;
  return update({
    ...newSet,
    metadata: { ...newSet.metadata, annotations: { ...annotations } },
    spec: { ...newSet.spec, minReadySeconds },
  });
}

/** Writes sizes and the annotations that go with them, one PUT per ReplicaSet and one Event per change of its size. */
export function resizeSteps(deployment: Deployment, resizes: readonly Resize[]): readonly Step[] {
  const regarding = referenceTo(deployment);
  const steps: Step[] = [];
  for (const set of new Set(resizes.map((resize) => resize.set))) {
    const own = resizes.filter((resize) => resize.set === set);
    const replicas = own.at(-1)?.to ?? set.spec.replicas;
    const stored = set.metadata.annotations ?? {};
    const annotations = withSizes(stored, deployment);
    if (replicas === set.spec.replicas && annotations === stored) continue;
    const [first, ...more] = own
      .filter(({ from, to }) => from !== to)
      .map(({ from, to }) => normal(regarding, 'ScalingReplicaSet', scaledMessage(set.metadata.name, from, to)));
    const resized: ReplicaSet = {
      ...set,
      metadata: { ...set.metadata, annotations: { ...annotations } },
      spec: { ...set.spec, replicas },
    };
    steps.push(update(resized, first === undefined ? {} : { onSuccess: first }), ...more.map(record));
  }
  return steps;
}

export function scaledMessage(name: string, from: number, to: number): string {
  return `Scaled ${from < to ? 'up' : 'down'} replica set ${name} from ${from} to ${to}`;
}

/** The ReplicaSets as they will be once the resizes are written. */
export function resized(sets: Generations, resizes: readonly Resize[]): Generations {
  if (resizes.length === 0) return sets;
  const after = (set: ReplicaSet): ReplicaSet => {
    const last = resizes.findLast((resize) => resize.set === set);
    return last === undefined ? set : { ...set, spec: { ...set.spec, replicas: last.to } };
  };
  const newSet = sets.newSet === null ? null : after(sets.newSet);
  const oldSets = sets.oldSets.map(after);
  return { newSet, oldSets, all: newSet === null ? oldSets : [...oldSets, newSet] };
}

/** Deletes the oldest revisions above `revisionHistoryLimit`, as far as they are empty and observed. */
export function cleanupSteps({ spec }: Deployment, oldSets: readonly ReplicaSet[]): readonly Step[] {
  const limit = spec.revisionHistoryLimit;
  if (limit === undefined || limit === 2_147_483_647) return [];
  const living = oldSets.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const surplus = living.length - limit;
  if (surplus <= 0) return [];
  const revisionOf = ({ metadata }: ReplicaSet): number => numberIn(metadata.annotations, REVISION) ?? 0;
  return living
    .toSorted((a, b) => revisionOf(a) - revisionOf(b))
    .slice(0, surplus)
    .filter(
      ({ metadata, spec: { replicas }, status }) =>
        status.replicas === 0 && replicas === 0 && (metadata.generation ?? 0) <= (status.observedGeneration ?? 0),
    )
    .map((set) => remove(set));
}

/** Tells this status; nothing when it is as stored. */
export function statusSteps(deployment: Deployment, status: Deployment['status']): readonly Step[] {
  return deepEqual(deployment.status, status) ? [] : [updateStatus({ ...deployment, status })];
}

/** Notes the revision of the newest ReplicaSet on the Deployment, along with its status; nothing when it is noted. */
export function revisionSteps(deployment: Deployment, { metadata }: ReplicaSet): readonly Step[] {
  const revision = metadata.annotations?.[REVISION];
  if (revision === undefined || deployment.metadata.annotations?.[REVISION] === revision) return [];
  const annotations = { ...deployment.metadata.annotations, [REVISION]: revision };
  return [updateStatus({ ...deployment, metadata: { ...deployment.metadata, annotations } })];
}
