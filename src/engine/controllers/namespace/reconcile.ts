/**
 * Empties a namespace that is being deleted, pods first, and then lets it go.
 *
 * @source kubernetes pkg/controller/namespace/namespace_controller.go, deletion/namespaced_resources_deleter.go
 * @simplified upstream deletes collections and lists what remains; here each object but the Events is deleted by itself, and
 * what remains is read from the caches at the next look
 */
import { byteOrder } from '#engine/api/json';
import { isPodTerminal } from '#engine/api/meta';
import { resourceOf } from '#engine/api/registry';
import type { Kind, KubeObject, Namespace, Pod } from '#engine/api/types';
import { type Micros, SECOND, seconds } from '#engine/kernel/time';
import { isCustom } from '#engine/client/paths';
import { type Collection, NOTHING, type Plan, type Situation, type Step, type View } from '#engine/client/plan';
import { remove, update, updateStatus } from '../steps';
import { customKinds, resourceName } from '../custom-resources';
import { type Remaining, deletionConditions } from './conditions';
import { CONTENT_KINDS, type NamespaceMemory } from './content';

const KUBERNETES = 'kubernetes';
/** How long a change of a namespace rests before it is acted on: other API servers of a real cluster may not know yet. */
export const NAMESPACE_DELETION_GRACE_PERIOD: Micros = 5 * SECOND;
/** What finalizers are expected to take. */
const FINALIZER_ESTIMATE_SECONDS = 15;

/** An object in the namespace, and what it is one of. */
interface Item {
  readonly collection: Collection;
  readonly object: KubeObject;
}

export function reconcileNamespace(
  view: View,
  name: string,
  situation: Situation<NamespaceMemory>,
): Plan<NamespaceMemory> {
  const { memory, now } = situation;
  const namespace = view.get('Namespace', '', name);
  if (namespace === undefined)
    return memory.has(name) ? { steps: [], memory: lookAt(memory, name, null) } : { steps: [] };
  if (namespace.metadata.deletionTimestamp === undefined) return NOTHING;
  if (namespace.spec.finalizers?.includes(KUBERNETES) !== true) return NOTHING;

  const due = memory.get(name) ?? now + NAMESPACE_DELETION_GRACE_PERIOD;
  if (now < due) return { steps: [], again: due - now, memory: lookAt(memory, name, due) };
  return empty(view, namespace, situation);
}

function empty(
  view: View,
  namespace: Namespace,
  { memory, now, failed }: Situation<NamespaceMemory>,
): Plan<NamespaceMemory> {
  const { name } = namespace.metadata;
  const unread = customCollections(view).flatMap((collection) => view.unread(collection) ?? []);
  if (unread.includes('')) return { steps: [], again: SECOND };
  const content = contentOf(view, name);
  const deletions = content.filter(({ object }) => object.metadata.deletionTimestamp === undefined);
  const remaining = remainingOf(content.filter(staysAfterDeletion));
  const refused = failed.filter(({ step }) => step.op === 'delete').map(({ status }) => status.message ?? '');
  const failures = [...refused, ...unread].toSorted(byteOrder);
  const stored = namespace.status.conditions ?? [];
  const conditions = deletionConditions(stored, remaining, failures, now);
  const told: readonly Step[] =
    conditions === stored && namespace.status.phase === 'Terminating'
      ? []
      : [
          updateStatus({
            ...namespace,
            status: { ...namespace.status, phase: 'Terminating', conditions: [...conditions] },
          }),
        ];

  if (content.length === 0 && told.length === 0 && unread.length === 0) {
    const events: Step = { op: 'delete', target: { kind: 'Event', namespace: name, name: '' } };
    return { steps: [events, finalize(namespace)], because: `namespace ${name} is empty: letting it go` };
  }
  const estimate = estimateSeconds(content.filter(staysAfterDeletion).map(({ object }) => object));
  // What is deleted at once is gone by the next look; what takes time is looked for when half of it has passed.
  const wait =
    failures.length > 0 || (estimate > 0 && told.length > 0)
      ? NAMESPACE_DELETION_GRACE_PERIOD
      : estimate > 0
        ? seconds(Math.floor(estimate / 2) + 1)
        : content.length > 0 && deletions.length === 0
          ? SECOND
          : 0;
  return {
    steps: [
      ...deletions.map(({ collection, object }): Step =>
        remove(object, { propagationPolicy: 'Background', optional: true }, collection),
      ),
      ...told,
    ],
    again: wait,
    memory: lookAt(memory, name, now + wait),
    because: `namespace ${name} has ${content.length} objects to lose: deleting ${deletions.length}`,
  };
}

/** The pods; once there are none, everything else. */
function contentOf(view: View, namespace: string): readonly Item[] {
  const objectsOf = (collection: Collection): readonly Item[] =>
    view.list(collection, namespace).map((object) => ({ collection, object }));
  const pods = objectsOf('Pod');
  return pods.length > 0 ? pods : [...CONTENT_KINDS, ...customCollections(view)].flatMap(objectsOf);
}

const customCollections = (view: View): readonly Collection[] =>
  customKinds(view.list('CustomResourceDefinition'))
    .filter(({ namespaced }) => namespaced)
    .map(({ collection }) => collection);

/** A bound pod lives on until its kubelet has ended it, and whatever has finalizers until they are done. */
function staysAfterDeletion({ object }: Item): boolean {
  if ((object.metadata.finalizers ?? []).length > 0) return true;
  if (!isPod(object)) return false;
  return (
    (object.spec.nodeName ?? '') !== '' &&
    !isPodTerminal(object) &&
    (object.metadata.deletionGracePeriodSeconds ?? 1) > 0
  );
}

function isPod(object: KubeObject): object is Pod {
  return object.kind === 'Pod';
}

function remainingOf(items: readonly Item[]): Remaining {
  const counts = new Map<string, number>();
  const finalizers = new Map<string, number>();
  for (const { collection, object } of items) {
    const name = isCustom(collection) ? resourceName(collection) : builtInName(collection);
    counts.set(name, (counts.get(name) ?? 0) + 1);
    for (const finalizer of object.metadata.finalizers ?? [])
      finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1);
  }
  return { resources: counts, finalizers };
}

/** `pods.` and `replicasets.apps`, as upstream prints a resource and its group. */
function builtInName(kind: Kind): string {
  const { resource, group } = resourceOf(kind);
  return `${resource}.${group}`;
}

/** Seconds until what remains is expected to be gone; 0 when nothing remains. */
export function estimateSeconds(objects: readonly KubeObject[]): number {
  let graceful = 0;
  for (const object of objects) {
    if (!isPod(object) || isPodTerminal(object)) continue;
    graceful = Math.max(
      graceful,
      object.metadata.deletionGracePeriodSeconds ?? object.spec.terminationGracePeriodSeconds ?? 30,
    );
  }
  if (graceful > 0) return graceful;
  return objects.length > 0 ? FINALIZER_ESTIMATE_SECONDS : 0;
}

function finalize(namespace: Namespace): Step {
  const finalizers = (namespace.spec.finalizers ?? []).filter((finalizer) => finalizer !== KUBERNETES);
  return { ...update({ ...namespace, spec: { ...namespace.spec, finalizers } }), subresource: 'finalize' };
}

function lookAt(memory: NamespaceMemory, name: string, due: Micros | null): NamespaceMemory {
  if (memory.get(name) === due) return memory;
  const next = new Map(memory);
  if (due === null) next.delete(name);
  else next.set(name, due);
  return next;
}
