/**
 * Keeps as many pods as a ReplicaSet asks for.
 *
 * Upstream creates pods in batches of 1, 2, 4, … so that a refusal is found out cheaply; a plan is written one step at a
 * time and ends at its first failure, so at most one call fails. Upstream counts awaited creations and deletions
 * ("expectations"); here the runtime does not take the key up again before the caches have seen the plan's writes.
 *
 * @source kubernetes pkg/controller/replicaset/replica_set.go (syncReplicaSet, manageReplicas)
 */
import { matchesSelector } from '#engine/api/label-selector';
import { controllerOf, isControlledBy } from '#engine/api/meta';
import { isActive, type PodStanding, standingOf } from '#engine/api/pod-standing';
import type { Pod, ReplicaSet } from '#engine/api/types';
import type { Micros } from '#engine/kernel/time';
import type { EventIntent, FailedWrite, Plan, Situation, Step, View } from '#engine/client/plan';
import { NOTHING } from '#engine/client/plan';
import { splitKey } from '../keys';
import { lateReconcilers } from '../late';
import { type Claim, claim } from '../ownership';
import { podFromTemplate } from '../pod-from-template';
import { create, normal, referenceTo, remove, updateStatus, warning } from '../steps';
import { type Observation, type ReplicaFailure, observe, statusChanged } from './status';

/** Most creations or deletions in one plan. */
export const BURST_REPLICAS = 500;

export function reconcileReplicaSet(view: View, key: string, situation: Situation): Plan {
  const { namespace, name } = splitKey(key);
  const owner = view.get('ReplicaSet', namespace, name);
  if (owner === undefined) return NOTHING;
  return replicasPlan(view, owner, claimPods(view, owner), situation, (status) => updateStatus({ ...owner, status }));
}

interface ClaimedPods extends Claim<Pod> {
  /** Of those owned, in their order, where they are at hand. */
  readonly standings?: readonly PodStanding[];
}

/** @param writeStatus - a ReplicationController is looked at as a ReplicaSet, and written as what it is */
export function replicasPlan(
  view: View,
  owner: ReplicaSet,
  claimed: ClaimedPods,
  situation: Situation,
  writeStatus: (status: ReplicaSet['status']) => Step,
): Plan {
  const { owned, standings = owned.map(standingOf) } = claimed;
  const active: Pod[] = [];
  const activeStandings: PodStanding[] = [];
  let terminating = 0;
  standings.forEach((standing, at) => {
    if (isActive(standing)) {
      active.push(owned[at]!);
      activeStandings.push(standing);
    } else if (!standing.isTerminal) terminating += 1;
  });

  const failure = failureOf(situation.failed, active.length - owner.spec.replicas);
  const observation = observe(owner, active, activeStandings, terminating, failure, situation.now);
  const replicas = replicaSteps(view, owner, active, situation.now);
  const status = statusChanged(owner.status, observation.status) ? [writeStatus(observation.status)] : [];
  // After a failure the status comes first, so that the condition is told although the next attempt fails as well.
  const steps: readonly Step[] = [
    ...claimed.patches,
    ...(failure === null ? [...replicas, ...status] : [...status, ...replicas]),
  ];
  return {
    steps,
    ...againOf(observation),
    ...(steps.length === 0 ? {} : { because: reasonOf(owner, active.length, replicas.length) }),
  };
}

/** A ReplicaSet that was never looked at before searches its namespace for orphans; later ones are offered by their own key. */
function claimPods(view: View, owner: ReplicaSet): ClaimedPods {
  const { uid, namespace = '' } = owner.metadata;
  const matches = (pod: Pod): boolean => matchesSelector(owner.spec.selector, pod.metadata.labels);
  const owned = view.ownedBy('Pod', uid);
  if (owner.status.observedGeneration !== undefined && owner.status.observedGeneration > 0) {
    const standings = view.standings(uid);
    if (isAllClaimed(owner, standings)) return { owned, standings, patches: [] };
    return claim(owner, matches, owned);
  }
  const orphans = view.orphans('Pod', namespace).filter(matches);
  return claim(owner, matches, orphans.length === 0 ? owned : [...owned, ...orphans]);
}

/** Whether these are the owner's own and what it selects, so that none is to be released. */
function isAllClaimed(
  { metadata: { uid }, spec: { selector } }: ReplicaSet,
  standings: readonly PodStanding[],
): boolean {
  const kinds = new Set(standings);
  return [...kinds].every(({ controller, labels }) => controller === uid && matchesSelector(selector, labels));
}

/** The creations or deletions that bring the number of active pods to what is asked for. */
function replicaSteps(view: View, owner: ReplicaSet, active: readonly Pod[], now: Micros): readonly Step[] {
  if (owner.metadata.deletionTimestamp !== undefined) return [];
  const surplus = active.length - owner.spec.replicas;
  if (surplus === 0) return [];
  const regarding = referenceTo(owner);
  if (surplus < 0) {
    if (view.get('Namespace', '', owner.metadata.namespace ?? '')?.status.phase === 'Terminating') return [];
    const step = create(podFromTemplate(owner, owner.spec.template), {
      onSuccess: normal(regarding, 'SuccessfulCreate', 'Created pod: {name}'),
      onFailure: warning(regarding, 'FailedCreate', 'Error creating: {error}'),
    });
    return Array<Step>(Math.min(-surplus, BURST_REPLICAS)).fill(step);
  }
  const onSuccess: EventIntent = normal(regarding, 'SuccessfulDelete', 'Deleted pod: {name}');
  const onFailure: EventIntent = warning(regarding, 'FailedDelete', 'Error deleting: {error}');
  const count = Math.min(surplus, BURST_REPLICAS);
  const { podsToDelete } = lateReconcilers.code;
  return podsToDelete(active, relatedPods(view, owner, active), count, now).map((pod) =>
    remove(pod, { onSuccess, onFailure }),
  );
}

/** The pods of all ReplicaSets with the same controller: those of one Deployment crowd a node together. */
function relatedPods(view: View, owner: ReplicaSet, active: readonly Pod[]): readonly Pod[] {
  const controller = controllerOf(owner);
  if (controller === undefined) return active;
  const siblings = view
    .ownedBy('ReplicaSet', controller.uid)
    .filter(({ metadata }) => metadata.uid !== owner.metadata.uid);
  return siblings.reduce<readonly Pod[]>(
    (pods, sibling) => [
      ...pods,
      ...view.ownedBy('Pod', sibling.metadata.uid).filter((pod) => isControlledBy(pod, sibling)),
    ],
    active,
  );
}

function failureOf(failed: readonly FailedWrite[], surplus: number): ReplicaFailure | null {
  const last = failed.find(({ step }) => step.op === 'create' || step.op === 'delete');
  if (last === undefined || surplus === 0) return null;
  return { reason: surplus < 0 ? 'FailedCreate' : 'FailedDelete', message: last.status.message ?? '' };
}

function againOf({ nextAvailable }: Observation): { readonly again?: Micros } {
  return nextAvailable === null ? {} : { again: nextAvailable };
}

function reasonOf(owner: ReplicaSet, active: number, changes: number): string {
  const wanted = owner.spec.replicas;
  const counts = `${owner.metadata.name} wants ${wanted}, sees ${active} active`;
  if (changes === 0) return `${counts}: telling its status`;
  return `${counts}: ${active < wanted ? 'creating' : 'deleting'} ${changes}`;
}
