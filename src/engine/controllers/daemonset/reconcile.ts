/**
 * Keeps one pod of a DaemonSet on each node that it is for.
 *
 * @source kubernetes pkg/controller/daemon/daemon_controller.go (syncDaemonSet, manage, podsShouldBeOnNode), update.go
 *   (constructHistory, cleanupHistory)
 */
import { podTemplateHash } from '#engine/api/hash';
import { matchesSelector } from '#engine/api/label-selector';
import { isPodReady } from '#engine/api/meta';
import type { ControllerRevision, DaemonSet, Node, Pod } from '#engine/api/types';
import type { Plan, Situation, Step, View } from '#engine/client/plan';
import { NOTHING } from '#engine/client/plan';
import { type Micros, MINUTE, SECOND, seconds } from '#engine/kernel/time';
import { isPodAvailable } from '../availability';
import { splitKey } from '../keys';
import { claim } from '../ownership';
import { podFromTemplate } from '../pod-from-template';
import {
  isSameRevision,
  newRevision,
  nextRevision,
  REVISION_HASH,
  revisionData,
  revisionsOf,
  surplusRevisions,
} from '../revisions';
import { create, normal, record, referenceTo, remove, update, updateStatus, warning } from '../steps';
import { pinned, templateOf, verdictOn } from './placement';
import { assignedThenOldest, isUpdated, type PodsByNode, podsByNode, revisionLabels } from './pods';
import { statusOf } from './status';
import { allowsSurge, nextOfUpdate } from './update';

/** Most creations, and most deletions, in one plan. */
const BURST = 250;
const FIRST_BACK_OFF = SECOND;
const LONGEST_BACK_OFF = 15 * MINUTE;

/** When the last failed pod of a set was found on a node, and how long the next one is left lying. */
interface BackOff {
  readonly since: Micros;
  readonly wait: Micros;
}

/** By the set's uid and the node. */
export type DaemonMemory = ReadonlyMap<string, BackOff>;

export function reconcileDaemonSet(
  view: View,
  key: string,
  { now, memory, failed }: Situation<DaemonMemory>,
): Plan<DaemonMemory> {
  const { namespace, name } = splitKey(key);
  const set = view.get('DaemonSet', namespace, name);
  if (set === undefined) return NOTHING;
  const { selector } = set.spec ?? {};
  if (Object.keys(selector?.matchLabels ?? {}).length + (selector?.matchExpressions ?? []).length === 0) {
    const message = 'This daemon set is selecting all pods. A non-empty selector is required.';
    return { steps: [record(warning(referenceTo(set), 'SelectingAll', message))] };
  }
  if (set.metadata.deletionTimestamp !== undefined) return NOTHING;

  const revisions = revisionsOf(view, set, selector);
  const data = revisionData(templateOf(set));
  const current = revisions.owned.findLast((revision) => isSameRevision(revision, data));
  if (current === undefined) return beginRevision(set, revisions.owned, data, failed);
  const others = revisions.owned.filter((revision) => revision !== current);
  const newest = others[others.length - 1];
  if (newest !== undefined && newest.revision > current.revision) {
    const again = { ...current, revision: nextRevision(revisions.owned) };
    return { steps: [update(again)], because: `${name} goes back to the template of ${current.metadata.name}` };
  }

  const orphans = view.orphans('Pod', namespace);
  const matches = (pod: Pod): boolean => matchesSelector(selector, pod.metadata.labels);
  const claimed = claim(set, matches, [...view.ownedBy('Pod', set.metadata.uid), ...orphans]);
  const byNode = podsByNode(claimed.owned);
  const nodes = view.list('Node');
  const hash = current.metadata.labels?.[REVISION_HASH] ?? '';
  const managed = manage(set, nodes, byNode, hash, now, memory);
  // A rolling update begins when every node has what it should have.
  const isUpdate = managed.createOn.length === 0 && managed.remove.length === 0;
  const rolling =
    isUpdate && set.spec?.updateStrategy?.type === 'RollingUpdate'
      ? nextOfUpdate(set, nodes, byNode, hash, now)
      : { remove: managed.remove, createOn: managed.createOn };
  const status = statusOf(set, nodes, byNode, hash, now);
  const pods = podSteps(set, rolling.createOn, rolling.remove, hash);
  const steps: readonly Step[] = [
    ...revisions.patches,
    ...claimed.patches,
    ...managed.events,
    ...pods,
    ...surplusOf(set, others, claimed.owned).map((revision) => remove(revision)),
    ...(status === null ? [] : [updateStatus({ ...set, status })]),
  ];
  return {
    steps,
    ...againOf(set, byNode, managed.again, now),
    ...(managed.memory === memory ? {} : { memory: managed.memory }),
    ...(steps.length === 0 ? {} : { because: reasonOf(set, rolling, isUpdate) }),
  };
}

/** Keeps the template of now as a revision; the pods come when it is there. */
function beginRevision(
  set: DaemonSet,
  revisions: readonly ControllerRevision[],
  data: object,
  failed: Situation['failed'],
): Plan<DaemonMemory> {
  const { name, annotations } = set.metadata;
  const isTaken = failed.some(({ step, status }) => step.op === 'create' && status.reason === 'AlreadyExists');
  if (isTaken) {
    const collisionCount = (set.status?.collisionCount ?? 0) + 1;
    return {
      steps: [updateStatus({ ...set, status: { ...set.status!, collisionCount } })],
      because: `a revision of another template has the name that ${name} would give its own`,
    };
  }
  const hash = podTemplateHash(templateOf(set), set.status?.collisionCount);
  const parts = {
    name: `${name}-${hash}`,
    labels: { ...templateOf(set).metadata?.labels, [REVISION_HASH]: hash },
    ...(annotations === undefined ? {} : { annotations }),
    data,
    revision: nextRevision(revisions),
  };
  return { steps: [create(newRevision(set, parts))], because: `${name} has a new template: keeping it as a revision` };
}

interface Managed {
  readonly createOn: readonly string[];
  readonly remove: readonly Pod[];
  readonly events: readonly Step[];
  readonly memory: DaemonMemory;
  readonly again: Micros | null;
}

/** What is missing on nodes, and what is too much. */
function manage(
  set: DaemonSet,
  nodes: readonly Node[],
  byNode: PodsByNode,
  hash: string,
  now: Micros,
  before: DaemonMemory,
): Managed {
  const regarding = referenceTo(set);
  const createOn: string[] = [];
  const removed: Pod[] = [];
  const events: Step[] = [];
  let memory = before;
  let again: Micros | null = null;

  for (const node of nodes) {
    const { name } = node.metadata;
    const { shouldRun, shouldContinue } = verdictOn(node, set);
    const there = byNode.get(name);
    if (there === undefined) {
      if (shouldRun) createOn.push(name);
      continue;
    }
    const living = there.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    if (!shouldContinue) {
      removed.push(...living);
      continue;
    }
    const running: Pod[] = [];
    for (const pod of living) {
      const shown = `${pod.metadata.namespace ?? ''}/${pod.metadata.name} on node ${name}`;
      if (pod.status.phase === 'Failed') {
        const backOffKey = `${set.metadata.uid}/${name}`;
        const known = memory.get(backOffKey);
        const left = known === undefined ? 0 : known.since + known.wait - now;
        if (left > 0) {
          again = Math.min(again ?? left, left);
          continue;
        }
        const isFresh = known === undefined || now - known.since > 2 * LONGEST_BACK_OFF;
        const wait = isFresh ? FIRST_BACK_OFF : Math.min(2 * known.wait, LONGEST_BACK_OFF);
        memory = new Map(memory).set(backOffKey, { since: now, wait });
        const message = `Found failed daemon pod ${shown}, will try to kill it`;
        events.push(record(warning(regarding, 'FailedDaemonPod', message)));
        removed.push(pod);
      } else if (pod.status.phase === 'Succeeded') {
        const message = `Found succeeded daemon pod ${shown}, will try to delete it`;
        events.push(record(normal(regarding, 'SucceededDaemonPod', message)));
        removed.push(pod);
      } else running.push(pod);
    }
    removed.push(...surplusOn(set, running.sort(assignedThenOldest), hash, now));
  }
  const known = new Set(nodes.map(({ metadata }) => metadata.name));
  for (const [node, pods] of byNode)
    if (!known.has(node)) removed.push(...pods.filter((pod) => (pod.spec.nodeName ?? '') === '' && isLiving(pod)));
  return { createOn, remove: removed, events, memory, again };
}

const isLiving = ({ metadata }: Pod): boolean => metadata.deletionTimestamp === undefined;

/** Pods of a node beyond the one, or with surge the two, that belong there. @param running - the first to be kept first */
function surplusOn(set: DaemonSet, running: readonly Pod[], hash: string, now: Micros): readonly Pod[] {
  if (running.length <= 1) return [];
  if (!allowsSurge(set)) return running.slice(1);
  const updated = running.find((pod) => isUpdated(pod, set, hash));
  const old = running.find((pod) => !isUpdated(pod, set, hash));
  const surplus = running.filter((pod) => pod !== updated && pod !== old);
  if (updated === undefined || old === undefined) return surplus;
  const isReplaced = !isPodReady(old) || isPodAvailable(updated, set.spec?.minReadySeconds ?? 0, now);
  return isReplaced ? [...surplus, old] : surplus;
}

function podSteps(set: DaemonSet, createOn: readonly string[], removed: readonly Pod[], hash: string): readonly Step[] {
  const regarding = referenceTo(set);
  const template = templateOf(set);
  const labelled = {
    ...template,
    metadata: { ...template.metadata, labels: { ...template.metadata?.labels, ...revisionLabels(set, hash) } },
  };
  const created = createOn.slice(0, BURST).map((node) =>
    create(podFromTemplate(set, { ...labelled, spec: pinned(template.spec ?? { containers: [] }, node) }), {
      onSuccess: normal(regarding, 'SuccessfulCreate', 'Created pod: {name}'),
      onFailure: warning(regarding, 'FailedCreate', 'Error creating: {error}'),
    }),
  );
  const deleted = removed.slice(0, BURST).map((pod) =>
    remove(pod, {
      onSuccess: normal(regarding, 'SuccessfulDelete', 'Deleted pod: {name}'),
      onFailure: warning(regarding, 'FailedDelete', 'Error deleting: {error}'),
    }),
  );
  return [...created, ...deleted];
}

/** Revisions over the limit of which no pod is left. */
function surplusOf(
  set: DaemonSet,
  others: readonly ControllerRevision[],
  pods: readonly Pod[],
): readonly ControllerRevision[] {
  const live = new Set(pods.map(({ metadata }) => metadata.labels?.[REVISION_HASH]));
  return surplusRevisions(others, set.spec?.revisionHistoryLimit ?? 10, ({ metadata }) =>
    live.has(metadata.labels?.[REVISION_HASH]),
  );
}

/** Ready pods become available with time, and a failed one may go after its back-off. */
function againOf(set: DaemonSet, byNode: PodsByNode, again: Micros | null, now: Micros): { readonly again?: Micros } {
  const minReady = set.spec?.minReadySeconds ?? 0;
  const waits = [...byNode.values()].flat().some((pod) => isPodReady(pod) && !isPodAvailable(pod, minReady, now));
  const times = [...(again === null ? [] : [again]), ...(waits ? [seconds(minReady)] : [])];
  return times.length === 0 ? {} : { again: Math.min(...times) };
}

function reasonOf(
  { metadata }: DaemonSet,
  { createOn, remove: removed }: { readonly createOn: readonly string[]; readonly remove: readonly Pod[] },
  isUpdate: boolean,
): string {
  const parts = [
    ...(createOn.length === 0 ? [] : [`a pod for ${createOn.join(', ')}`]),
    ...(removed.length === 0 ? [] : [`without ${removed.map((pod) => pod.metadata.name).join(', ')}`]),
  ];
  if (parts.length === 0) return `${metadata.name}: telling its status`;
  return `${metadata.name}${isUpdate ? ' rolls its update out' : ''}: ${parts.join(', ')}`;
}
