/**
 * Keeps the pods of a StatefulSet: one of each ordinal, with its own name and claims, one after the other unless it is Parallel.
 *
 * @source kubernetes pkg/controller/statefulset/stateful_set_control.go, stateful_pod_control.go
 */
import { podTemplateHash } from '#engine/api/hash';
import { matchesSelector } from '#engine/api/label-selector';
import type { ControllerRevision, Pod, PodTemplateSpec, StatefulSet } from '#engine/api/types';
import type { Plan, Situation, Step, View } from '#engine/client/plan';
import { NOTHING } from '#engine/client/plan';
import { seconds } from '#engine/kernel/time';
import { splitKey } from '../keys';
import { claim } from '../ownership';
import {
  isSameRevision,
  newRevision,
  nextRevision,
  revisionData,
  revisionName,
  revisionsOf,
  surplusRevisions,
} from '../revisions';
import { create, remove, update, updateStatus } from '../steps';
import { type Ordinals, decidePods } from './decide';
import { isMember, ordinalOf, replicasOf, revisionOf, specOf, startOrdinal, templateOf } from './identity';
import { statusOf } from './status';

export function reconcileStatefulSet(view: View, key: string, { now, failed }: Situation): Plan {
  const { namespace, name } = splitKey(key);
  const set = view.get('StatefulSet', namespace, name);
  if (set === undefined) return NOTHING;
  const { selector } = specOf(set);
  const orphans = view.orphans('Pod', namespace);
  const matches = (pod: Pod): boolean => isMember(set, pod) && matchesSelector(selector, pod.metadata.labels);
  const claimed = claim(set, matches, [...view.ownedBy('Pod', set.metadata.uid), ...orphans]);

  const revisions = revisionsOf(view, set, selector);
  const { owned } = revisions;
  const data = revisionData(templateOf(set));
  const equal = owned.findLast((revision) => isSameRevision(revision, data));
  if (equal === undefined) return beginRevision(set, owned, data, failed);
  if (equal !== owned[owned.length - 1]) {
    const again = { ...equal, revision: nextRevision(owned) };
    return { steps: [update(again)], because: `${name} goes back to the template of ${equal.metadata.name}` };
  }
  const current = owned.find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? equal;

  const ordinals = sortOut(set, claimed.owned);
  const wanted = { current: templateOfRevision(current), update: templateOf(set) };
  const names = { current: current.metadata.name, update: equal.metadata.name };
  const decision = decidePods({ set, view, now, ordinals, templates: wanted, revisions: names });
  const status = statusOf(set, claimed.owned, names, now);
  const steps: readonly Step[] = [
    ...revisions.patches,
    ...claimed.patches,
    ...decision.steps,
    ...(status.changed ? [updateStatus({ ...set, status: status.status })] : []),
    ...truncated(set, owned, claimed.owned, names).map((revision) => remove(revision)),
  ];
  const minReady = specOf(set).minReadySeconds ?? 0;
  const waits = minReady > 0 && status.status.availableReplicas !== replicasOf(set) ? [seconds(minReady)] : [];
  const times = [...waits, ...(decision.again === null ? [] : [decision.again])];
  return {
    steps,
    ...(times.length === 0 ? {} : { again: Math.min(...times) }),
    ...(steps.length === 0 ? {} : { because: decision.because ?? `${name}: telling its status` }),
  };
}

/** Keeps the template of now as a revision; the pods come when it is there. */
function beginRevision(
  set: StatefulSet,
  revisions: readonly ControllerRevision[],
  data: object,
  failed: Situation['failed'],
): Plan {
  const { name, annotations } = set.metadata;
  const isTaken = failed.some(({ step, status }) => step.op === 'create' && status.reason === 'AlreadyExists');
  if (isTaken) {
    const collisionCount = (set.status?.collisionCount ?? 0) + 1;
    return {
      steps: [updateStatus({ ...set, status: { ...set.status!, collisionCount } })],
      because: `a revision of another template has the name that ${name} would give its own`,
    };
  }
  const hash = podTemplateHash(data, set.status?.collisionCount);
  const parts = {
    name: revisionName(name, hash),
    labels: { ...templateOf(set).metadata?.labels, 'controller.kubernetes.io/hash': hash },
    ...(annotations === undefined ? {} : { annotations }),
    data,
    revision: nextRevision(revisions),
  };
  return { steps: [create(newRevision(set, parts))], because: `${name} has a new template: keeping it as a revision` };
}

/** The template that a revision keeps. */
function templateOfRevision({ data }: ControllerRevision): PodTemplateSpec {
  const { spec } = data as unknown as { readonly spec: { readonly template: PodTemplateSpec & { $patch?: string } } };
  const { $patch: _patch, ...template } = spec.template;
  return template;
}

/** Who stands where: one place for each ordinal that is asked for, and those that are too many, the highest first. */
function sortOut(set: StatefulSet, pods: readonly Pod[]): Ordinals {
  const start = startOrdinal(set);
  const replicas = Array<Pod | null>(replicasOf(set)).fill(null);
  const condemned: Pod[] = [];
  for (const pod of pods) {
    const at = ordinalOf(pod) - start;
    if (at >= 0 && at < replicas.length) replicas[at] = pod;
    else if (ordinalOf(pod) >= 0) condemned.push(pod);
  }
  return { start, replicas, condemned: condemned.sort((a, b) => ordinalOf(b) - ordinalOf(a)) };
}

/** Revisions over the limit that nobody needs, the oldest first. */
function truncated(
  set: StatefulSet,
  revisions: readonly ControllerRevision[],
  pods: readonly Pod[],
  names: { readonly current: string; readonly update: string },
): readonly ControllerRevision[] {
  const live = new Set([names.current, names.update, ...pods.map(revisionOf)]);
  const history = revisions.filter(({ metadata }) => !live.has(metadata.name));
  return surplusRevisions(history, specOf(set).revisionHistoryLimit ?? 10, () => false);
}
