/** @source kubernetes pkg/controller/volume/ephemeral/controller_test.go */
import { describe, expect, it } from 'vitest';
import { ownerReference } from '#engine/api/meta';
import type { KubeObject, Pod } from '#engine/api/types';
import type { Change } from '#engine/client/plan';
import { at, meta, pod } from '../testing/builders';
import { situation, viewOfObjects } from '../testing/view';
import { ephemeralVolumeController as controller } from './controller';

const CLAIM = { spec: { accessModes: ['ReadWriteOnce'] }, metadata: { labels: { a: 'b' } } };
const withVolumes = (volumes: readonly object[], over: object = {}): Pod =>
  pod('test-pod', {
    meta: { uid: 'uidpod1', ...over },
    spec: { volumes: volumes as NonNullable<Pod['spec']['volumes']> },
  });
const own = withVolumes([{ name: 'ephemeral-volume', ephemeral: { volumeClaimTemplate: CLAIM } }]);
const claim = (over: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: meta('PersistentVolumeClaim', 'test-pod-ephemeral-volume', over),
});
const elsewhere = claim({ namespace: 'not-my-namespace' });
const mine = claim({ ownerReferences: [ownerReference(own)] });

const done = (...objects: readonly KubeObject[]): readonly string[] =>
  controller
    .reconcile(viewOfObjects(objects), 'default/test-pod', situation())
    .steps.map((step) =>
      step.op === 'create'
        ? `create ${step.object.metadata?.name}`
        : step.op === 'event'
          ? step.event.message
          : step.op,
    );

describe('the claims of ephemeral volumes (TestSyncHandler)', () => {
  it.each<[string, readonly KubeObject[], readonly string[]]>([
    ['create', [own], ['create test-pod-ephemeral-volume']],
    ['no-such-pod', [], []],
    ['pod-deleted', [withVolumes(own.spec.volumes ?? [], { deletionTimestamp: at(1) })], []],
    ['no-volumes', [withVolumes([])], []],
    ['create-with-other-PVC', [own, elsewhere], ['create test-pod-ephemeral-volume']],
    [
      'wrong-PVC-owner',
      [own, claim()],
      [
        'ephemeral volume ephemeral-volume: PVC default/test-pod-ephemeral-volume was not created for pod default/test-pod (pod is not owner)',
      ],
    ],
    ['there already', [own, mine], []],
  ])('%s', (_, objects, expected) => expect(done(...objects)).toEqual(expected));

  it('are as their template says, and go with the pod; a failure is told (create-conflict)', () => {
    expect(controller.reconcile(viewOfObjects([own]), 'default/test-pod', situation()).steps).toMatchObject([
      {
        object: {
          metadata: { labels: { a: 'b' }, ownerReferences: [{ kind: 'Pod', uid: 'uidpod1', controller: true }] },
          spec: CLAIM.spec,
        },
        onFailure: {
          reason: 'FailedBinding',
          message: 'ephemeral volume ephemeral-volume: create PVC test-pod-ephemeral-volume: {error}',
        },
      },
    ]);
  });

  it('are made again when somebody deletes them', () => {
    const keys = (change: object, ...objects: readonly KubeObject[]): readonly string[] =>
      controller.keysFor(change as Change, viewOfObjects(objects));
    expect([
      keys({ kind: 'Pod', type: 'added', object: own }),
      keys({ kind: 'Pod', type: 'added', object: withVolumes([]) }),
      keys({ kind: 'PersistentVolumeClaim', type: 'deleted', object: mine }, own),
      keys({ kind: 'PersistentVolumeClaim', type: 'updated', object: mine }, own),
    ]).toEqual([['default/test-pod'], [], ['default/test-pod'], []]);
  });
});
