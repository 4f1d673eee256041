/**
 * Rolls a Deployment's pods from one template to the next by sizing its ReplicaSets.
 *
 * @source kubernetes pkg/controller/deployment/deployment_controller.go (syncDeployment), rolling.go, recreate.go, sync.go
 * @simplified the annotation `deprecated.deployment.rollback.to` does nothing: rolling back is kubectl's
 */
import { conditionOf, isPodTerminal } from '#engine/api/meta';
import { matchesSelector } from '#engine/api/label-selector';
import { templatesEqual, sortOut, statusReplicas, activeSets, type Generations } from './replica-sets';
import type { Deployment, ReplicaSet } from '#engine/api/types';
import type { FailedWrite, Plan, Situation, Step, View } from '#engine/client/plan';
import { NOTHING } from '#engine/client/plan';
import { splitKey } from '../keys';
import { lateReconcilers } from '../late';
import { type Claim, claim } from '../ownership';
import { create, normal, record, referenceTo, updateStatus, warning } from '../steps';
import { hasProgressDeadline, newCondition, statusWith, withCondition } from './conditions';
import { isRollingUpdate } from './fenceposts';
import {
  cleanupSteps,
  newReplicaSet,
  refreshNewSet,
  resizeSteps,
  resized,
  revisionSteps,
  scaledMessage,
  statusSteps,
} from './plan';
import { type Resize, isScalingEvent, resizeNew, resizeOld } from './scaling';
import { calculateStatus, isComplete, rolloutStatus, untilDeadline } from './status';

export function reconcileDeployment(view: View, key: string, situation: Situation): Plan {
  const { namespace, name } = splitKey(key);
  const deployment = view.get('Deployment', namespace, name);
  if (deployment === undefined) return NOTHING;
  if (selectsEverything(deployment)) return refuseEmptySelector(deployment);

  const claimed = claimSets(view, deployment);
  // What is adopted or released counts from the next look on, when the caches show it.
  if (claimed.patches.length > 0) {
    return {
      steps: claimed.patches,
      because: `${name} adopts or releases ${claimed.patches.length} replica sets by its selector`,
    };
  }
  const sets = sortOut(deployment, claimed.owned);
  if (deployment.metadata.deletionTimestamp !== undefined) return statusOnly(deployment, sets, situation);
  const pausing = pausedSteps(deployment, situation);
  if (pausing !== null) return pausing;
  if (deployment.spec.paused === true || isScalingEvent(deployment, sets)) return scale(deployment, sets, situation);
  return isRollingUpdate(deployment)
    ? rollOut(deployment, sets, view, situation)
    : recreate(deployment, sets, view, situation);
}

function selectsEverything({ spec: { selector } }: Deployment): boolean {
  return Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;
}

function refuseEmptySelector(deployment: Deployment): Plan {
  const message = 'This deployment is selecting all pods. A non-empty selector is required.';
  const observedGeneration = deployment.metadata.generation ?? 0;
  const seen = (deployment.status.observedGeneration ?? 0) >= observedGeneration;
  return {
    steps: [
      record(warning(referenceTo(deployment), 'SelectingAll', message)),
      ...(seen ? [] : [updateStatus({ ...deployment, status: { ...deployment.status, observedGeneration } })]),
    ],
    because: `${deployment.metadata.name} has an empty selector: refusing to act`,
  };
}

/** A Deployment that was never looked at before searches its namespace for orphans; later ones come by their own key. */
function claimSets(view: View, deployment: Deployment): Claim<ReplicaSet> {
  const matches = (set: ReplicaSet): boolean => matchesSelector(deployment.spec.selector, set.metadata.labels);
  const owned = view.ownedBy('ReplicaSet', deployment.metadata.uid);
  if ((deployment.status.observedGeneration ?? 0) > 0) return claim(deployment, matches, owned);
  const orphans = view.orphans('ReplicaSet', deployment.metadata.namespace ?? '').filter(matches);
  return claim(deployment, matches, [...owned, ...orphans]);
}

function statusOnly(deployment: Deployment, sets: Generations, { now }: Situation): Plan {
  return {
    steps: statusSteps(deployment, calculateStatus(deployment, sets, now)),
    because: `${deployment.metadata.name} is being deleted: telling its status only`,
  };
}

/** Notes in the Progressing condition that a Deployment was paused or resumed, so that it does not time out meanwhile. */
function pausedSteps(deployment: Deployment, { now }: Situation): Plan | null {
  if (!hasProgressDeadline(deployment)) return null;
  const condition = conditionOf(deployment.status.conditions, 'Progressing');
  if (condition?.reason === 'ProgressDeadlineExceeded') return null;
  const paused = deployment.spec.paused === true;
  if (paused === (condition?.reason === 'DeploymentPaused')) return null;
  const [reason, message] = paused
    ? (['DeploymentPaused', 'Deployment is paused'] as const)
    : (['DeploymentResumed', 'Deployment is resumed'] as const);
  const conditions = withCondition(
    deployment.status.conditions ?? [],
    newCondition('Progressing', 'Unknown', reason, message, now),
  );
  return {
    steps: [updateStatus({ ...deployment, status: statusWith(deployment.status, conditions) })],
    because: `${deployment.metadata.name} was ${paused ? 'paused' : 'resumed'}`,
  };
}

/** Sizes ReplicaSets after `spec.replicas` changed, or while the Deployment is paused, without rolling anything. */
function scale(deployment: Deployment, sets: Generations, situation: Situation): Plan {
  const refresh = refreshPlan(deployment, sets, situation);
  if (refresh !== null) return refresh;
  const resizes = lateReconcilers.code.resizeAll(deployment, sets);
  const cleanup = deployment.spec.paused === true ? cleanupSteps(deployment, sets.oldSets) : [];
  const status = calculateStatus(deployment, resized(sets, resizes), situation.now);
  return {
    steps: [...resizeSteps(deployment, resizes), ...cleanup, ...statusSteps(deployment, status)],
    ...explained(deployment, sets, resizes),
  };
}

function rollOut(deployment: Deployment, sets: Generations, view: View, situation: Situation): Plan {
  const begun = beginRollout(deployment, sets, view, situation);
  if (begun !== null) return begun;
  const up = resizeNew(deployment, sets);
  const resizes = up === null ? resizeOld(deployment, sets) : [up];
  return goOn(deployment, sets, resizes, situation);
}

/** All old pods go, and are waited for, before the first new one comes. */
function recreate(deployment: Deployment, sets: Generations, view: View, situation: Situation): Plan {
  const refresh = refreshPlan(deployment, sets, situation);
  if (refresh !== null) return refresh;
  const downs = activeSets(sets.oldSets).map((set): Resize => ({ set, from: set.spec.replicas, to: 0 }));
  if (downs.length > 0 || oldPodsRunning(sets.oldSets, view)) return goOn(deployment, sets, downs, situation);
  const begun = beginRollout(deployment, sets, view, situation);
  if (begun !== null) return begun;
  const { newSet } = sets;
  const { replicas } = deployment.spec;
  const ups =
    newSet === null || newSet.spec.replicas === replicas
      ? []
      : [{ set: newSet, from: newSet.spec.replicas, to: replicas }];
  return goOn(deployment, sets, ups, situation);
}

function oldPodsRunning(oldSets: readonly ReplicaSet[], view: View): boolean {
  if (statusReplicas(oldSets) > 0) return true;
  return oldSets.some((set) => view.ownedBy('Pod', set.metadata.uid).some((pod) => !isPodTerminal(pod)));
}

/** Resizes, tidies up what a finished rollout left, tells the status, and comes back when the deadline is due. */
function goOn(deployment: Deployment, sets: Generations, resizes: readonly Resize[], { now }: Situation): Plan {
  const status = rolloutStatus(deployment, resized(sets, resizes), now);
  const cleanup =
    resizes.length === 0 && isComplete(deployment, deployment.status) ? cleanupSteps(deployment, sets.oldSets) : [];
  const telling = statusSteps(deployment, status);
  const deadline = telling.length === 0 ? untilDeadline(deployment, status, now) : null;
  return {
    steps: [...resizeSteps(deployment, resizes), ...cleanup, ...telling],
    ...(deadline === null ? {} : { again: deadline }),
    ...explained(deployment, sets, resizes),
  };
}

function explained(
  { metadata, spec }: Deployment,
  { all }: Generations,
  resizes: readonly Resize[],
): { readonly because: string } {
  const changes = resizes.filter(({ from, to }) => from !== to);
  const sizes = all.map(
    (set) => `${set.metadata.name} ${set.spec.replicas} (${set.status.availableReplicas ?? 0} available)`,
  );
  const present = `${metadata.name} wants ${spec.replicas}, has ${sizes.join(', ') || 'no replica set'}`;
  const scaling = changes.map(({ set, from, to }) => `${set.metadata.name} from ${from} to ${to}`);
  return {
    because: changes.length === 0 ? `${present}: telling its status` : `${present}: scaling ${scaling.join(', ')}`,
  };
}

/** Makes sure that the new ReplicaSet exists, is marked as the newest, and that the Deployment says so; `null` when all is. */
function beginRollout(deployment: Deployment, sets: Generations, view: View, situation: Situation): Plan | null {
  return sets.newSet === null
    ? createNewSet(deployment, sets, view, situation)
    : refreshPlan(deployment, sets, situation);
}

/** Upkeep of the new ReplicaSet's annotations, and of the Deployment's revision and first Progressing condition. */
function refreshPlan(deployment: Deployment, sets: Generations, { now }: Situation): Plan | null {
  const { newSet } = sets;
  if (newSet === null) return null;
  const { name } = newSet.metadata;
  const refresh = refreshNewSet(deployment, sets);
  if (refresh !== null)
    return { steps: [refresh], because: `${name} is the newest replica set of ${deployment.metadata.name}: noting it` };
  const revision = revisionSteps(deployment, newSet);
  if (revision.length > 0)
    return {
      steps: revision,
      because: `${name} is the newest replica set of ${deployment.metadata.name}: noting its revision`,
    };
  if (!hasProgressDeadline(deployment) || conditionOf(deployment.status.conditions, 'Progressing') !== undefined)
    return null;
  const found = newCondition('Progressing', 'True', 'FoundNewReplicaSet', `Found new replica set "${name}"`, now);
  const status = statusWith(deployment.status, withCondition(deployment.status.conditions ?? [], found));
  return {
    steps: statusSteps(deployment, status),
    because: `${deployment.metadata.name} found its new replica set ${name}`,
  };
}

/** Creates the new ReplicaSet, or deals with the name being taken and with a refusal. */
function createNewSet(deployment: Deployment, sets: Generations, view: View, { now, failed }: Situation): Plan {
  const wanted = newReplicaSet(deployment, sets.oldSets);
  const { name, namespace = '' } = wanted.metadata;
  if (view.get('Namespace', '', namespace)?.status.phase === 'Terminating') return NOTHING;
  const failure = failed.find(({ step }) => step.op === 'create');
  if (failure?.status.reason === 'AlreadyExists') {
    const taken = view.get('ReplicaSet', namespace, name);
    if (taken !== undefined && !isOurs(deployment, taken)) return countCollision(deployment, name);
  }
  const regarding = referenceTo(deployment);
  const creation = create(wanted, {
    ...(wanted.spec.replicas > 0
      ? { onSuccess: normal(regarding, 'ScalingReplicaSet', scaledMessage(name, 0, wanted.spec.replicas)) }
      : {}),
  });
  const because = `${deployment.metadata.name} has no replica set of its template: creating ${name} with ${wanted.spec.replicas}`;
  const refused = failure === undefined ? null : refusal(deployment, name, failure, now);
  if (refused !== null) return { steps: [...refused, creation], because };
  const conditions = hasProgressDeadline(deployment)
    ? withCondition(
        deployment.status.conditions ?? [],
        newCondition('Progressing', 'True', 'NewReplicaSetCreated', `Created new replica set "${name}"`, now),
      )
    : (deployment.status.conditions ?? []);
  const told = statusSteps(deployment, statusWith(deployment.status, conditions));
  return { steps: [creation, ...told], because };
}

function isOurs(deployment: Deployment, set: ReplicaSet): boolean {
  const controller = set.metadata.ownerReferences?.find((reference) => reference.controller === true);
  return controller?.uid === deployment.metadata.uid && templatesEqual(set.spec.template, deployment.spec.template);
}

/** Another ReplicaSet has the name: the next hash counts one collision more. */
function countCollision(deployment: Deployment, name: string): Plan {
  const collisionCount = (deployment.status.collisionCount ?? 0) + 1;
  return {
    steps: [updateStatus({ ...deployment, status: { ...deployment.status, collisionCount } })],
    because: `the name ${name} is taken by a replica set with another template: collision ${collisionCount}`,
  };
}

/** Tells of a creation that was refused, in an Event and a condition; nothing is said of a name that was taken. */
function refusal(deployment: Deployment, name: string, { status }: FailedWrite, now: number): readonly Step[] | null {
  if (status.reason === 'AlreadyExists') return null;
  const message = `Failed to create new replica set "${name}": ${status.message ?? ''}`;
  const conditions = deployment.status.conditions ?? [];
  const next = hasProgressDeadline(deployment)
    ? withCondition(conditions, newCondition('Progressing', 'False', 'ReplicaSetCreateError', message, now))
    : conditions;
  return [
    record(warning(referenceTo(deployment), 'ReplicaSetCreateError', message)),
    ...(next === conditions ? [] : [updateStatus({ ...deployment, status: statusWith(deployment.status, next) })]),
  ];
}
