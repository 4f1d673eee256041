/** The steps of a plan as requests to the API, and in short for the record. */
import { objectKey } from '#engine/api/meta';
import type { Kind } from '#engine/api/types';
import type { Credentials } from '#engine/apiserver/wire';
import { collectionPath, objectPath } from './paths';
import type { Collection, Step, Target, WriteStep } from './plan';
import type { RequestSpec } from './state';

const PATCH_TYPES = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
} as const;

/** What a step writes to. The name of an object to be created may not be known yet: then it is its `generateName`. */
export function targetOfStep(step: WriteStep): Target {
  if (step.op === 'patch' || step.op === 'delete') return step.target;
  const { metadata } = step.object;
  return {
    // Controllers write objects of kinds that the registry knows.
    kind: step.object.kind as Kind,
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? metadata?.generateName ?? '',
  };
}

export function requestOfStep(step: WriteStep, bucket: string, credentials: Credentials): RequestSpec {
  const { kind, namespace, name } = targetOfStep(step);
  switch (step.op) {
    case 'create':
      return { method: 'POST', path: collectionPath(kind, namespace), body: step.object, bucket, credentials };
    case 'update':
      return {
        method: 'PUT',
        path: step.path ?? objectPath(kind, namespace, name, step.subresource),
        body: step.object,
        bucket,
        credentials,
      };
    case 'patch':
      return {
        method: 'PATCH',
        path: objectPath(kind, namespace, name, step.subresource),
        contentType: PATCH_TYPES[step.patchType],
        body: step.patch,
        bucket,
        credentials,
      };
    case 'delete':
      return {
        method: 'DELETE',
        path: name === '' ? collectionPath(kind, namespace) : objectPath(kind, namespace, name),
        body: {
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          ...(step.gracePeriodSeconds === undefined ? null : { gracePeriodSeconds: step.gracePeriodSeconds }),
          ...(step.propagationPolicy === undefined ? null : { propagationPolicy: step.propagationPolicy }),
          ...(step.uid === undefined ? null : { preconditions: { uid: step.uid } }),
        },
        bucket,
        credentials,
      };
  }
}

/** A custom resource is known by its plural. */
const kindText = (kind: Collection): string => kind.slice(kind.lastIndexOf('/') + 1);

/** A step in one line of plain data: `{ op: 'patch', object: 'Node node-1', subresource: 'status' }`. */
export interface StepInShort {
  readonly op: Step['op'];
  readonly object: string;
  readonly subresource?: string;
}

const MOST_STEPS_IN_SHORT = 20;

/** The first steps of a plan, in short. */
export function stepsInShort(steps: readonly Step[]): readonly StepInShort[] {
  return steps.slice(0, MOST_STEPS_IN_SHORT).map((step) => {
    if (step.op === 'event') {
      const { kind, name } = step.event.regarding;
      return { op: step.op, object: `${kind ?? ''} ${name ?? ''}` };
    }
    if (step.op === 'read') return { op: step.op, object: step.path };
    const { kind, namespace, name } = targetOfStep(step);
    const object = `${kindText(kind)} ${objectKey(namespace, name)}`;
    const subresource = step.op === 'update' || step.op === 'patch' ? step.subresource : undefined;
    return subresource === undefined ? { op: step.op, object } : { op: step.op, object, subresource };
  });
}

/** `create 3 Pod, update 1 ReplicaSet`. */
export function summaryOf(steps: readonly Step[]): string {
  const counts = new Map<string, number>();
  const order: { readonly op: string; readonly kind: string }[] = [];
  for (const step of steps) {
    const kind = step.op === 'event' ? 'Event' : step.op === 'read' ? step.path : kindText(targetOfStep(step).kind);
    const op = step.op === 'event' ? 'record' : step.op;
    const known = counts.get(`${op} ${kind}`);
    if (known === undefined) order.push({ op, kind });
    counts.set(`${op} ${kind}`, (known ?? 0) + 1);
  }
  return order.map(({ op, kind }) => `${op} ${counts.get(`${op} ${kind}`) ?? 0} ${kind}`).join(', ');
}
