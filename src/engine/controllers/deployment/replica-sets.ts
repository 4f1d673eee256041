/**
 * The ReplicaSets of a Deployment: which is new, which are old, and how many pods they have together.
 *
 * @source kubernetes pkg/controller/deployment/util/deployment_util.go
 */
import { semanticEqual, byteOrder } from '#engine/api/json';
import { without } from '#engine/api/structural-sharing';
import { parseTimestamp } from '#engine/api/timestamp';
import type { Deployment, PodTemplateSpec, ReplicaSet } from '#engine/api/types';

export const POD_TEMPLATE_HASH = 'pod-template-hash';

/** The ReplicaSets of one Deployment, sorted out. `all` is the old ones and then the new one, if there is one. */
export interface Generations {
  readonly newSet: ReplicaSet | null;
  readonly oldSets: readonly ReplicaSet[];
  readonly all: readonly ReplicaSet[];
}

export function generationsOf(newSet: ReplicaSet | null, oldSets: readonly ReplicaSet[]): Generations {
  return { newSet, oldSets, all: newSet === null ? oldSets : [...oldSets, newSet] };
}

/** The new ReplicaSet is the oldest whose template is the Deployment's. */
export function sortOut(deployment: Deployment, sets: readonly ReplicaSet[]): Generations {
  const newSet =
    [...sets].sort(olderFirst).find(({ spec }) => templatesEqual(spec.template, deployment.spec.template)) ?? null;
  return generationsOf(
    newSet,
    sets.filter((set) => set !== newSet),
  );
}

const hashless = new WeakMap<PodTemplateSpec, PodTemplateSpec>();

/** Whether two pod templates are the same but for the label `pod-template-hash`. */
export function templatesEqual(a: PodTemplateSpec, b: PodTemplateSpec): boolean {
  return semanticEqual(withoutHash(a), withoutHash(b));
}

function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  const labels = template.metadata?.labels;
  if (template.metadata === undefined || labels?.[POD_TEMPLATE_HASH] === undefined) return template;
  const known = hashless.get(template);
  if (known !== undefined) return known;
  const bare = { ...template, metadata: { ...template.metadata, labels: without(labels, POD_TEMPLATE_HASH) } };
  hashless.set(template, bare);
  return bare;
}

export function activeSets(sets: readonly ReplicaSet[]): readonly ReplicaSet[] {
  return sets.filter((set) => set.spec.replicas > 0);
}

/** By creation, then name. */
export function olderFirst(a: ReplicaSet, b: ReplicaSet): number {
  const difference = parseTimestamp(a.metadata.creationTimestamp) - parseTimestamp(b.metadata.creationTimestamp);
  return difference || byteOrder(a.metadata.name, b.metadata.name);
}

/** Pods asked for. */
export function specReplicas(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, { spec }) => sum + spec.replicas, 0);
}

/** Pods counted. */
export function statusReplicas(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, { status }) => sum + status.replicas, 0);
}

export function availableReplicas(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, { status }) => sum + (status.availableReplicas ?? 0), 0);
}
