import { describe, expect, it } from 'vitest';
import type { KubeObject, Namespace, Pod } from '#engine/api/types';
import { type Micros, seconds } from '#engine/kernel/time';
import type { Plan, Step } from '#engine/client/plan';
import { at, configMap, namespace, pod, replicaSet } from '../testing/builders';
import { situation, viewOfObjects } from '../testing/view';
import { deletionConditions } from './conditions';
import type { NamespaceMemory } from './content';
import { estimateSeconds, reconcileNamespace } from './reconcile';

const dying = namespace('shop', { meta: { deletionTimestamp: at(0) }, phase: 'Terminating' });
const told = (): Namespace => ({
  ...dying,
  status: {
    phase: 'Terminating',
    conditions: [...deletionConditions([], { resources: new Map(), finalizers: new Map() }, [], 0)],
  },
});
const inShop = <T extends KubeObject>(object: T): T => ({
  ...object,
  metadata: { ...object.metadata, namespace: 'shop' },
});
const run = (
  objects: readonly KubeObject[],
  now: Micros,
  memory: NamespaceMemory = new Map([['shop', 0]]),
): Plan<NamespaceMemory> => reconcileNamespace(viewOfObjects(objects), 'shop', situation({ now, memory }));
const names = ({ steps }: Plan<NamespaceMemory>): readonly string[] =>
  steps.flatMap((step) => (step.op === 'delete' ? [step.target.name] : []));
const conditionsOf = ({ steps }: Plan<NamespaceMemory>): Readonly<Record<string, string>> => {
  const step = steps.find((each): each is Extract<Step, { op: 'update' }> => each.op === 'update');
  const told = step?.object as Namespace | undefined;
  return Object.fromEntries(
    (told?.status.conditions ?? []).map(({ type, status, reason, message }) => [
      type,
      `${status} ${reason} ${message}`,
    ]),
  );
};
const bound = (over: Partial<Pod['metadata']> = {}): Pod =>
  inShop(pod('web', { meta: over, spec: { terminationGracePeriodSeconds: 30 } }));

describe('a namespace that is being deleted', () => {
  it('rests for 5 s', () => {
    const first = run([dying], seconds(1), new Map());
    expect(first).toMatchObject({ steps: [], again: seconds(5) });
    expect(run([dying], seconds(4), first.memory)).toMatchObject({ steps: [], again: seconds(2) });
  });

  it('loses its pods first, and tells how many remain', () => {
    const plan = run([dying, bound(), inShop(configMap('settings'))], seconds(5));
    expect(names(plan)).toEqual(['web']);
    expect(conditionsOf(plan)).toEqual({
      NamespaceDeletionDiscoveryFailure: 'False ResourcesDiscovered All resources successfully discovered',
      NamespaceDeletionGroupVersionParsingFailure:
        'False ParsedGroupVersions All legacy kube types successfully parsed',
      NamespaceDeletionContentFailure:
        'False ContentDeleted All content successfully deleted, may be waiting on finalization',
      NamespaceContentRemaining:
        'True SomeResourcesRemain Some resources are remaining: pods. has 1 resource instances',
      NamespaceFinalizersRemaining: 'False ContentHasNoFinalizers All content-preserving finalizers finished',
    });
    // The status that it writes wakes it again, as any change of a namespace does, after 5 s.
    expect(plan.again).toBe(seconds(5));
  });

  // Derived: an estimate of 30 s is looked after in 16 s, one of 15 s in 8 s.
  it.each<[string, KubeObject, number]>([
    ['pods of 30 s', bound({ deletionTimestamp: at(5), deletionGracePeriodSeconds: 30 }), 16],
    ['finalizers', inShop(configMap('held', { deletionTimestamp: at(5), finalizers: ['example.com/hold'] })), 8],
  ])('looks after %s when half of the estimate has passed', (_, content, wait) => {
    const first = run([told(), content], seconds(5));
    const written = first.steps.find((each): each is Extract<Step, { op: 'update' }> => each.op === 'update')
      ?.object as Namespace;
    expect(run([written, content], seconds(10))).toMatchObject({ steps: [], again: seconds(wait) });
  });

  it('names the finalizers that hold it', () => {
    const held = inShop(configMap('held', { finalizers: ['example.com/hold'] }));
    expect(conditionsOf(run([dying, held, inShop(replicaSet('rs'))], seconds(5)))).toMatchObject({
      NamespaceContentRemaining:
        'True SomeResourcesRemain Some resources are remaining: configmaps. has 1 resource instances',
      NamespaceFinalizersRemaining:
        'True SomeFinalizersRemain Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
    });
  });

  it('deletes everything else at once, and looks again when that is done', () => {
    const plan = run([told(), inShop(configMap('a')), inShop(replicaSet('b'))], seconds(5));
    expect(names(plan).toSorted()).toEqual(['a', 'b']);
    expect(plan.again).toBe(0);
  });

  it('goes when it is empty, its Events last', () => {
    expect(run([told()], seconds(5)).steps).toMatchObject([
      { op: 'delete', target: { kind: 'Event', namespace: 'shop', name: '' } },
      { op: 'update', subresource: 'finalize', object: { spec: { finalizers: [] } } },
    ]);
  });

  it('is left alone while it is Active', () => {
    expect(run([namespace('shop'), bound()], seconds(5)).steps).toEqual([]);
  });

  it('counts pods by the longest grace period', () => {
    expect(estimateSeconds([bound(), bound({ deletionGracePeriodSeconds: 60 })])).toBe(60);
    expect(estimateSeconds([])).toBe(0);
  });
});
