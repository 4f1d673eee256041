/** What the API server would make of a plan: just enough for stories of several steps, without a kernel. */
import { deepEqual } from '#engine/api/json';
import { timestamp } from '#engine/api/timestamp';
import type { KubeObject, ReplicaSet } from '#engine/api/types';
import type { Micros } from '#engine/kernel/time';
import type { EventIntent, Plan, Step, Target, WriteStep } from '#engine/client/plan';

export interface World {
  readonly objects: readonly KubeObject[];
  /** Events as `type reason message`. */
  readonly events: readonly string[];
  readonly revision: number;
}

export function world(...objects: readonly KubeObject[]): World {
  return { objects, events: [], revision: 1 };
}

/** Carries a plan out; every write succeeds. */
export function applyPlan<Memory>(before: World, plan: Plan<Memory>, now: Micros = 0): World {
  return plan.steps.reduce((current, step) => applyStep(current, step, now), before);
}

function applyStep(before: World, step: Step, now: Micros): World {
  if (step.op === 'read') throw new Error('nobody answers here');
  if (step.op === 'event') return { ...before, events: [...before.events, told(step.event, '')] };
  const revision = before.revision + 1;
  const written = write(before, step, revision, now);
  const events = step.onSuccess === undefined ? before.events : [...before.events, told(step.onSuccess, written.name)];
  return { objects: written.objects, events, revision };
}

const told = ({ type, reason, message }: EventIntent, name: string): string =>
  `${type} ${reason} ${message.replace('{name}', name)}`;

type Loose = KubeObject & { readonly spec?: unknown; readonly status?: unknown };

function write(
  before: World,
  step: WriteStep,
  revision: number,
  now: Micros,
): { name: string; objects: readonly KubeObject[] } {
  const { objects } = before;
  switch (step.op) {
    case 'create': {
      const { metadata = {} } = step.object;
      const name = metadata.name ?? `${metadata.generateName ?? ''}${revision}`;
      const stored: Loose = {
        status:
          step.object.kind === 'Pod' ? { phase: 'Pending' } : step.object.kind === 'ReplicaSet' ? { replicas: 0 } : {},
        ...step.object,
        metadata: {
          ...metadata,
          name,
          uid: `uid-${revision}`,
          resourceVersion: String(revision),
          generation: 1,
          creationTimestamp: timestamp(now),
        },
      };
      return { name, objects: [...objects, stored] };
    }
    case 'update': {
      const sent: Loose = step.object;
      const { name } = sent.metadata;
      const objectsNow = replace(objects, targetOf(sent), (stored) => {
        if (stored.metadata.resourceVersion !== sent.metadata.resourceVersion) throw new Error(`conflict on ${name}`);
        const generation = (stored.metadata.generation ?? 0) + (deepEqual(stored.spec, sent.spec) ? 0 : 1);
        return step.subresource === 'status'
          ? {
              ...stored,
              status: sent.status,
              metadata: { ...stored.metadata, ...statusMetadata(sent), resourceVersion: String(revision) },
            }
          : {
              ...sent,
              status: stored.status,
              metadata: { ...sent.metadata, generation, resourceVersion: String(revision) },
            };
      });
      return { name, objects: objectsNow };
    }
    case 'patch': {
      const objectsNow = replace(objects, step.target, (stored) => {
        const merged = merge(stored, step.patch) as Loose;
        return { ...merged, metadata: { ...merged.metadata, resourceVersion: String(revision) } };
      });
      return { name: step.target.name, objects: objectsNow.filter((object) => !isGone(object)) };
    }
    case 'delete':
      return {
        name: step.target.name,
        objects: objects.flatMap((object) => {
          if (!isTarget(object, step.target)) return [object];
          const { metadata } = object;
          const isHeld = object.kind === 'Pod' && (metadata.finalizers ?? []).length > 0;
          return isHeld ? [{ ...object, metadata: { ...metadata, deletionTimestamp: timestamp(now) } }] : [];
        }),
      };
  }
}

/** A pod that was deleted goes with its last finalizer. */
const isGone = ({ kind, metadata }: KubeObject): boolean =>
  kind === 'Pod' && metadata.deletionTimestamp !== undefined && metadata.finalizers?.length === 0;

/** A Deployment's annotations come along with its status. */
const statusMetadata = ({ kind, metadata }: KubeObject): { annotations?: Record<string, string> } =>
  kind === 'Deployment' && metadata.annotations !== undefined ? { annotations: metadata.annotations } : {};

function targetOf({ kind, metadata }: KubeObject): Target {
  return { kind: kind as Target['kind'], namespace: metadata.namespace ?? '', name: metadata.name };
}

function isTarget(object: KubeObject, target: Target): boolean {
  return (
    object.kind === target.kind &&
    object.metadata.name === target.name &&
    (object.metadata.namespace ?? '') === target.namespace
  );
}

function replace(
  objects: readonly KubeObject[],
  target: Target,
  change: (stored: Loose) => KubeObject,
): readonly KubeObject[] {
  if (!objects.some((object) => isTarget(object, target))) throw new Error(`${target.kind} ${target.name} not found`);
  return objects.map((object) => (isTarget(object, target) ? change(object) : object));
}

/** A merge patch; lists of owners and conditions are merged by uid and type, as a strategic patch does. */
function merge(old: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null) return patch;
  if (Array.isArray(patch)) return mergeLists(Array.isArray(old) ? (old as unknown[]) : [], patch);
  const result: Record<string, unknown> = { ...(typeof old === 'object' ? old : {}) };
  for (const [key, value] of Object.entries(patch)) {
    const [, field] = key.split('$deleteFromPrimitiveList/');
    if (field !== undefined)
      result[field] = ((result[field] ?? []) as unknown[]).filter((item) => !(value as unknown[]).includes(item));
    else if (value === null) delete result[key];
    else result[key] = merge(result[key], value);
  }
  return result;
}

function mergeLists(old: readonly unknown[], patch: readonly unknown[]): readonly unknown[] {
  const field = (item: unknown, name: string): unknown => (item as Record<string, unknown>)[name];
  const by = ['uid', 'type'].find(
    (name) => patch.length > 0 && patch.every((item) => typeof field(item, name) === 'string'),
  );
  if (by === undefined) return patch;
  const kept = old.filter((item) => !patch.some((each) => field(each, by) === field(item, by)));
  return [...kept, ...patch.filter((item) => field(item, '$patch') !== 'delete')];
}

/** Plays kubelet and ReplicaSet controller: every ReplicaSet has its pods, of which all but `broken` are available. */
export function settleReplicaSets(before: World, broken: (set: ReplicaSet) => number = () => 0): World {
  const objects = before.objects.map((object): KubeObject => {
    if (object.kind !== 'ReplicaSet') return object;
    const set = object as ReplicaSet;
    const { replicas } = set.spec;
    const available = Math.max(0, replicas - broken(set));
    const observedGeneration = set.metadata.generation ?? 1;
    const status: ReplicaSet['status'] = {
      replicas,
      readyReplicas: available,
      availableReplicas: available,
      observedGeneration,
    };
    return { ...set, status } as ReplicaSet;
  });
  return { ...before, objects };
}
