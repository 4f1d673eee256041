/** @source kubernetes pkg/controller/volume/pvcprotection/pvc_protection_controller_test.go, pkg/controller/volume/pvprotection/pv_protection_controller_test.go */
import { describe, expect, it } from 'vitest';
import type { KubeObject, Pod } from '#engine/api/types';
import type { Change } from '#engine/client/plan';
import { at, meta, pod } from '../testing/builders';
import { viewOfObjects } from '../testing/view';
import { claimProtection, volumeProtection } from './controller';
import { reconcileClaim, reconcileVolume } from './reconcile';

const deleted = { deletionTimestamp: at(5) };
const claim = (more: object = {}, finalizers = ['kubernetes.io/pvc-protection']): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: meta('PersistentVolumeClaim', 'data', { finalizers, ...more }),
});
const volume = (phase: string, more: object = {}, finalizers = ['kubernetes.io/pv-protection']): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { ...meta('PersistentVolume', 'v', { namespace: '', finalizers, ...more }) },
    status: { phase },
  }) as unknown as KubeObject;
const using = (volumes: readonly object[], nodeName = 'node-1'): Pod =>
  pod('web', { spec: { volumes: volumes as Pod['spec']['volumes'], nodeName } as Partial<Pod['spec']> });
const CLAIM = [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }];

const finalizersAfter = (...objects: readonly KubeObject[]): readonly string[] | undefined => {
  const [step] = reconcileClaim(viewOfObjects(objects), 'default/data').steps;
  return step?.op === 'update' ? step.object.metadata.finalizers : undefined;
};

describe('claim protection', () => {
  it.each<[name: string, objects: readonly KubeObject[], after: readonly string[] | undefined]>([
    ['adds what is missing', [claim({}, ['a'])], ['a', 'kubernetes.io/pvc-protection']],
    ['leaves what is there', [claim()], undefined],
    ['lets an unused claim go', [claim(deleted, ['a', 'kubernetes.io/pvc-protection'])], ['a']],
    ['keeps one that a pod uses', [claim(deleted), using(CLAIM)], undefined],
    ['lets one go that only a pod of no node names', [claim(deleted), using(CLAIM, '')], []],
    ['lets one go that another pod does not use', [claim(deleted), using([{ name: 'v', emptyDir: {} }])], []],
    ['adds nothing to what is to go', [claim(deleted, ['a'])], undefined],
  ])('%s', (_, objects, after) => expect(finalizersAfter(...objects)).toEqual(after));

  it('knows the claims of generic ephemeral volumes', () => {
    const own: KubeObject = { ...claim(deleted), metadata: { ...claim(deleted).metadata, name: 'web-scratch' } };
    const view = viewOfObjects([own, using([{ name: 'scratch', ephemeral: {} }])]);
    expect(reconcileClaim(view, 'default/web-scratch').steps).toEqual([]);
  });

  it('looks again when a pod is gone', () => {
    const keys = (change: unknown): readonly string[] => claimProtection.keysFor(change as Change, viewOfObjects([]));
    expect(keys({ kind: 'Pod', type: 'deleted', object: using(CLAIM) })).toEqual(['default/data']);
    expect(keys({ kind: 'Pod', type: 'updated', object: using(CLAIM) })).toEqual([]);
    expect(keys({ kind: 'PersistentVolumeClaim', type: 'updated', object: claim(deleted) })).toEqual(['default/data']);
    expect(keys({ kind: 'PersistentVolumeClaim', type: 'added', object: claim() })).toEqual([]);
  });
});

describe('volume protection', () => {
  it.each<[KubeObject, number]>([
    [volume('Bound', deleted), 0],
    [volume('Released', deleted), 1],
    [volume('Available', {}, []), 1],
    [volume('Available'), 0],
  ])('%j: %i steps', (object, steps) =>
    expect(reconcileVolume(viewOfObjects([object]), 'v').steps).toHaveLength(steps),
  );

  it('looks at what needs it', () => {
    const keys = (object: KubeObject): readonly string[] =>
      volumeProtection.keysFor({ kind: 'PersistentVolume', type: 'updated', object } as Change, viewOfObjects([]));
    expect([keys(volume('Bound', deleted)), keys(volume('Bound'))]).toEqual([['v'], []]);
  });
});
