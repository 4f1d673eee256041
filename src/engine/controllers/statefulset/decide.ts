/**
 * What happens to the pods of a StatefulSet now. An OrderedReady set does one thing at a time and waits until all below are healthy.
 *
 * @source kubernetes pkg/controller/statefulset/stateful_set_control.go (processReplica, processCondemned, updateStatefulSet)
 */
import type { Pod, PodTemplateSpec, StatefulSet } from '#engine/api/types';
import type { Step, View } from '#engine/client/plan';
import { type Micros, SECOND } from '#engine/kernel/time';
import { referenceTo, remove, update, create, normal, record, warning } from '../steps';
import {
  claimsOf,
  isAvailable,
  isHealthy,
  isOver,
  isRunningAndReady,
  isStale,
  isTerminating,
  ordinalOf,
  ownersOfClaim,
  podAt,
  podNameAt,
  revisionOf,
  specOf,
  withIdentity,
} from './identity';

/** A pod or a gap for each ordinal from `start` on, and the pods beyond, the highest ordinal first. */
export interface Ordinals {
  readonly start: number;
  readonly replicas: readonly (Pod | null)[];
  readonly condemned: readonly Pod[];
}

export interface Subject {
  readonly set: StatefulSet;
  readonly view: View;
  readonly now: Micros;
  readonly ordinals: Ordinals;
  readonly templates: { readonly current: PodTemplateSpec; readonly update: PodTemplateSpec };
  readonly revisions: { readonly current: string; readonly update: string };
}

export interface Decision {
  readonly steps: readonly Step[];
  /** Why; null when there is nothing to do. */
  readonly because: string | null;
  readonly again: Micros | null;
}

interface Draft {
  readonly steps: Step[];
  readonly reasons: string[];
  again: Micros | null;
}

/** While a claim of a pod that was there before goes away. */
const CLAIM_GOES: Micros = SECOND;

export function decidePods(subject: Subject): Decision {
  const { set } = subject;
  const draft: Draft = { steps: [], reasons: [], again: null };
  if (set.metadata.deletionTimestamp === undefined) decide(subject, draft);
  const { steps, reasons, again } = draft;
  const { name } = set.metadata;
  return { steps, again, because: reasons.length === 0 ? null : `${name}: ${reasons.join(', ')}` };
}

function decide(subject: Subject, draft: Draft): void {
  const { set, ordinals } = subject;
  const { replicas, condemned } = ordinals;
  const monotonic = specOf(set).podManagementPolicy !== 'Parallel';
  for (const [index, pod] of replicas.entries())
    if (processReplica(subject, draft, index + ordinals.start, pod, monotonic)) return;
  for (const pod of condemned) fixClaims(subject, draft, pod, true);
  const isFine = (pod: Pod | null): boolean => pod !== null && isHealthy(pod);
  const firstUnhealthy = replicas.find((pod) => !isFine(pod)) ?? condemned.findLast((pod) => !isHealthy(pod));
  for (const pod of condemned) if (processCondemned(subject, draft, pod, monotonic, firstUnhealthy)) return;
  if (specOf(set).updateStrategy?.type !== 'RollingUpdate') return;
  rollOn(subject, draft);
}

/** @returns whether nothing else may happen now */
function processReplica(subject: Subject, draft: Draft, ordinal: number, pod: Pod | null, monotonic: boolean): boolean {
  const { set, now } = subject;
  if (pod === null) return createPod(subject, draft, ordinal) || monotonic;
  const { name } = pod.metadata;
  if (isOver(pod)) {
    if (!isTerminating(pod)) removePod(set, draft, pod, `${name} has ended: it is deleted and made anew`);
    return true;
  }
  if (pod.status.phase === 'Pending') createClaims(subject, draft, ordinal);
  if (isTerminating(pod) && monotonic) return true;
  if (!isRunningAndReady(pod) && monotonic) return true;
  if (!isAvailable(pod, set, now) && monotonic) return true;
  const named = withIdentity(set, pod);
  if (named !== pod) {
    draft.steps.push(update(named, podEvents(set, name, 'Update')));
    draft.reasons.push(`${name} gets its identity back`);
  }
  fixClaims(subject, draft, pod, false);
  return false;
}

/** @returns whether nothing else may happen now: a claim of the pod's predecessor is still there */
function createPod(subject: Subject, draft: Draft, ordinal: number): boolean {
  const { set, view, templates, revisions } = subject;
  const name = podNameAt(set, ordinal);
  const namespace = set.metadata.namespace ?? '';
  const claims = [...claimsOf(set, ordinal).values()].map(({ metadata }) =>
    view.get('PersistentVolumeClaim', namespace, metadata?.name ?? ''),
  );
  if (claims.some((claim) => claim !== undefined && isStale(claim, undefined, name))) {
    draft.again = CLAIM_GOES;
    return true;
  }
  const going = claims.find((claim) => claim?.metadata.deletionTimestamp !== undefined);
  if (going !== undefined) {
    const error = `pvc ${going.metadata.name} is being deleted`;
    const message = `Create Pod ${name} in StatefulSet ${set.metadata.name} failed error: ${error}`;
    draft.steps.push(record(warning(referenceTo(set), 'FailedCreate', message)));
    draft.again = CLAIM_GOES;
    return true;
  }
  createClaims(subject, draft, ordinal);
  const isCurrent = needsCurrent(set, ordinal);
  const template = isCurrent ? templates.current : templates.update;
  const revision = isCurrent ? revisions.current : revisions.update;
  draft.steps.push(create(podAt(set, template, revision, ordinal), podEvents(set, name, 'Create')));
  draft.reasons.push(`${name} is missing`);
  return false;
}

/** Below the partition, or while the set grows into its first revision, pods are of the current one. */
function needsCurrent(set: StatefulSet, ordinal: number): boolean {
  const { updateStrategy, ordinals } = specOf(set);
  if (updateStrategy?.type !== 'RollingUpdate') return false;
  const start = ordinals?.start ?? 0;
  if (updateStrategy.rollingUpdate === undefined) return ordinal < start + (set.status?.currentReplicas ?? 0);
  return ordinal < start + (updateStrategy.rollingUpdate.partition ?? 0);
}

function createClaims({ set, view }: Subject, draft: Draft, ordinal: number): void {
  const pod = podNameAt(set, ordinal);
  const regarding = referenceTo(set);
  for (const claim of claimsOf(set, ordinal).values()) {
    const name = claim.metadata?.name ?? '';
    if (view.get('PersistentVolumeClaim', set.metadata.namespace ?? '', name) !== undefined) continue;
    const made = `Create Claim ${name} Pod ${pod} in StatefulSet ${set.metadata.name} success`;
    const failed = `Create Claim ${name} for Pod ${pod} in StatefulSet ${set.metadata.name} failed error: {error}`;
    draft.steps.push(
      create(claim, {
        onSuccess: normal(regarding, 'SuccessfulCreate', made),
        onFailure: warning(regarding, 'FailedCreate', failed),
      }),
    );
  }
}

/** Gives the claims of a pod the owners that the retention policy asks for. */
function fixClaims({ set, view }: Subject, draft: Draft, pod: Pod, isCondemned: boolean): void {
  for (const wanted of claimsOf(set, ordinalOf(pod)).values()) {
    const claim = view.get('PersistentVolumeClaim', set.metadata.namespace ?? '', wanted.metadata?.name ?? '');
    const owners = claim === undefined ? null : ownersOfClaim(set, claim, pod, isCondemned);
    if (owners === null) continue;
    const metadata = { ...claim!.metadata, ownerReferences: [...owners] };
    draft.steps.push(update({ ...claim!, metadata }, { optional: true }));
    draft.reasons.push(`${claim!.metadata.name} gets the owner that the retention policy says`);
  }
}

/** @returns whether nothing else may happen now */
function processCondemned(
  { set, now }: Subject,
  draft: Draft,
  pod: Pod,
  monotonic: boolean,
  firstUnhealthy: Pod | null | undefined,
): boolean {
  if (isTerminating(pod)) return monotonic;
  if (monotonic && pod !== firstUnhealthy && (!isRunningAndReady(pod) || !isAvailable(pod, set, now))) return true;
  removePod(set, draft, pod, `${pod.metadata.name} is one too many`);
  return monotonic;
}

/** From the highest ordinal down to the partition: the first pod of another revision goes, if all above it are available. */
function rollOn({ set, now, ordinals, revisions }: Subject, draft: Draft): void {
  const { replicas } = ordinals;
  const least = specOf(set).updateStrategy?.rollingUpdate?.partition ?? 0;
  for (let index = replicas.length - 1; index >= least; index--) {
    const pod = replicas[index] ?? null;
    if (pod === null) return;
    if (revisionOf(pod) !== revisions.update && !isTerminating(pod))
      return removePod(set, draft, pod, `${pod.metadata.name} is of ${revisionOf(pod) || 'no revision'}`);
    if (!isHealthy(pod) || !isAvailable(pod, set, now)) return;
  }
}

function removePod(set: StatefulSet, draft: Draft, pod: Pod, why: string): void {
  draft.steps.push(remove(pod, podEvents(set, pod.metadata.name, 'Delete')));
  draft.reasons.push(why);
}

function podEvents(set: StatefulSet, pod: string, verb: 'Create' | 'Delete' | 'Update') {
  const regarding = referenceTo(set);
  const what = `${verb} Pod ${pod} in StatefulSet ${set.metadata.name}`;
  return {
    onSuccess: normal(regarding, `Successful${verb}`, `${what} successful`),
    onFailure: warning(regarding, `Failed${verb}`, `${what} failed error: {error}`),
  };
}
