/**
 * What a Deployment notes on its ReplicaSets: revision and history, and the sizes by which it notices that it was scaled.
 *
 * @source kubernetes pkg/controller/deployment/util/deployment_util.go (SetNewReplicaSetAnnotations, SetReplicasAnnotations)
 */
import type { Deployment, ReplicaSet } from '#engine/api/types';
import { maxSurge } from './fenceposts';

export const REVISION = 'deployment.kubernetes.io/revision';
export const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';
const NOT_COPIED: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  'deprecated.deployment.rollback.to',
]);
const MAX_HISTORY_CHARACTERS = 2000;
const WHOLE_NUMBER = /^-?[0-9]{1,18}$/;

export type Annotations = Readonly<Record<string, string>>;

/** The number in an annotation; `null` when absent or none. */
export function numberIn(annotations: Annotations | undefined, name: string): number | null {
  const text = annotations?.[name];
  return text !== undefined && WHOLE_NUMBER.test(text) ? Number(text) : null;
}

/** The greatest revision among ReplicaSets; 0 when none has one. */
export function maxRevision(sets: readonly ReplicaSet[]): number {
  return sets.reduce((most, { metadata }) => Math.max(most, numberIn(metadata.annotations, REVISION) ?? 0), 0);
}

/**
 * The annotations of the ReplicaSet that is to be the newest: those of the Deployment, its revision, and the revisions that
 * it had before when an old template comes back. Answers `annotations` itself when nothing changes.
 *
 * @param annotations - those that the ReplicaSet has; `undefined` for one that is about to be created
 * @param revision - one more than the greatest of the old ReplicaSets
 */
export function newestAnnotations(
  deployment: Deployment,
  annotations: Annotations | undefined,
  revision: number,
): Annotations {
  let next = withCopied(annotations ?? {}, deployment.metadata.annotations ?? {});
  const text = next[REVISION];
  const own = numberIn(next, REVISION);
  if (text !== undefined && text !== '' && own === null) return next;
  if ((own ?? 0) < revision) {
    const history = text === undefined ? null : historyWith(next[REVISION_HISTORY] ?? '', text);
    next = { ...next, [REVISION]: String(revision), ...(history === null ? {} : { [REVISION_HISTORY]: history }) };
  }
  return annotations === undefined ? withSizes(next, deployment) : next;
}

/** Notes how many replicas the Deployment wanted, and at most had, when it last sized this ReplicaSet. */
export function withSizes(annotations: Annotations, deployment: Deployment): Annotations {
  const desired = String(deployment.spec.replicas);
  const most = String(deployment.spec.replicas + maxSurge(deployment));
  if (annotations[DESIRED_REPLICAS] === desired && annotations[MAX_REPLICAS] === most) return annotations;
  return { ...annotations, [DESIRED_REPLICAS]: desired, [MAX_REPLICAS]: most };
}

function withCopied(annotations: Annotations, from: Annotations): Annotations {
  const missing = Object.keys(from).filter((name) => !NOT_COPIED.has(name) && annotations[name] !== from[name]);
  if (missing.length === 0) return annotations;
  return { ...annotations, ...Object.fromEntries(missing.map((name) => [name, from[name] ?? ''])) };
}

/** The oldest revisions are dropped when the list gets too long; `null` when not even the new one fits. */
function historyWith(history: string, revision: string): string | null {
  if (history === '') return revision;
  const revisions = history.split(',');
  let length = history.length + revision.length + 1;
  let start = 0;
  while (length > MAX_HISTORY_CHARACTERS && start < revisions.length) {
    length -= (revisions[start] ?? '').length + 1;
    start += 1;
  }
  return length <= MAX_HISTORY_CHARACTERS ? [...revisions.slice(start), revision].join(',') : null;
}
