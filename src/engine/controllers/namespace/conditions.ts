/**
 * The conditions by which a namespace says how far its deletion has come.
 *
 * @source kubernetes pkg/controller/namespace/deletion/status_condition_utils.go
 */
import { conditionOf } from '#engine/api/meta';
import { byteOrder } from '#engine/api/json';
import { timestamp } from '#engine/api/timestamp';
import type { Namespace } from '#engine/api/types';
import type { Micros } from '#engine/kernel/time';

type Condition = NonNullable<Namespace['status']['conditions']>[number];
type Conditions = readonly Condition[];
type Saying = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/** What is left in a namespace: how many of each resource (`pods.`, `replicasets.apps`), and of each finalizer. */
export interface Remaining {
  readonly resources: ReadonlyMap<string, number>;
  readonly finalizers: ReadonlyMap<string, number>;
}

/** In this order. Discovery, parsing and deletion cannot fail by themselves here: there is one registry. */
const ALL_WELL: readonly Saying[] = [
  {
    type: 'NamespaceDeletionDiscoveryFailure',
    status: 'False',
    reason: 'ResourcesDiscovered',
    message: 'All resources successfully discovered',
  },
  {
    type: 'NamespaceDeletionGroupVersionParsingFailure',
    status: 'False',
    reason: 'ParsedGroupVersions',
    message: 'All legacy kube types successfully parsed',
  },
  {
    type: 'NamespaceDeletionContentFailure',
    status: 'False',
    reason: 'ContentDeleted',
    message: 'All content successfully deleted, may be waiting on finalization',
  },
  {
    type: 'NamespaceContentRemaining',
    status: 'False',
    reason: 'ContentRemoved',
    message: 'All content successfully removed',
  },
  {
    type: 'NamespaceFinalizersRemaining',
    status: 'False',
    reason: 'ContentHasNoFinalizers',
    message: 'All content-preserving finalizers finished',
  },
];

/**
 * The conditions now; those given when they say it already.
 *
 * @param failures - messages of deletions that were refused
 */
export function deletionConditions(
  conditions: Conditions,
  remaining: Remaining,
  failures: readonly string[],
  now: Micros,
): Conditions {
  const news = [contentFailure(failures), contentRemaining(remaining), finalizersRemaining(remaining)];
  let next = conditions;
  for (const well of ALL_WELL) {
    const saying = news.find((each) => each?.type === well.type) ?? well;
    const old = conditionOf(next, well.type);
    if (old === undefined) next = [...next, { ...saying, lastTransitionTime: timestamp(now) }];
    else if (old.status !== saying.status || old.reason !== saying.reason || old.message !== saying.message) {
      const since = old.status === saying.status ? old.lastTransitionTime : timestamp(now);
      const changed: Condition = { ...saying, ...(since === undefined ? {} : { lastTransitionTime: since }) };
      next = next.map((each) => (each === old ? changed : each));
    }
  }
  return next;
}

function contentFailure(failures: readonly string[]): Saying | null {
  if (failures.length === 0) return null;
  const message = `Failed to delete all resource types, ${failures.length} remaining: ${failures.join(', ')}`;
  return { type: 'NamespaceDeletionContentFailure', status: 'True', reason: 'ContentDeletionFailed', message };
}

function contentRemaining({ resources }: Remaining): Saying | null {
  if (resources.size === 0) return null;
  const message = `Some resources are remaining: ${counted(resources, 'has')}`;
  return { type: 'NamespaceContentRemaining', status: 'True', reason: 'SomeResourcesRemain', message };
}

function finalizersRemaining({ finalizers }: Remaining): Saying | null {
  if (finalizers.size === 0) return null;
  const message = `Some content in the namespace has finalizers remaining: ${counted(finalizers, 'in')}`;
  return { type: 'NamespaceFinalizersRemaining', status: 'True', reason: 'SomeFinalizersRemain', message };
}

function counted(counts: ReadonlyMap<string, number>, word: string): string {
  return [...counts]
    .map(([name, count]) => `${name} ${word} ${count} resource instances`)
    .toSorted(byteOrder)
    .join(', ');
}
