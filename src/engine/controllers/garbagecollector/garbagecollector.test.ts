import '../late-controllers';
import { describe, expect, it } from 'vitest';
import { ownerReference } from '#engine/api/meta';
import type { Kind, KubeObject, ObjectMeta, OwnerReference } from '#engine/api/types';
import { seconds } from '#engine/kernel/time';
import { applyPlan, world } from '../testing/apply';
import { at, configMap, node, pod, podOf, replicaSet } from '../testing/builders';
import { situation, viewOfObjects } from '../testing/view';
import { garbageCollector as controller } from './controller';
import { itemKey as keyOfItem } from './keys';
import type { Item } from './owners';
import { unblockPatch } from './reconcile';

const itemOf = (object: KubeObject): Item => ({ collection: object.kind as Kind, object });
const itemKey = (object: KubeObject, goneOwner?: string): string => keyOfItem(itemOf(object), goneOwner);
const NOW = seconds(1000);
const reconcile = (objects: readonly KubeObject[], item: KubeObject, goneOwner?: string) =>
  controller.reconcile(viewOfObjects(objects), itemKey(item, goneOwner), situation({ now: NOW }));
const withMeta = <T extends KubeObject>(object: T, over: Partial<ObjectMeta>): T => ({
  ...object,
  metadata: { ...object.metadata, ...over },
});
const web = replicaSet('web');
const foreground = withMeta(web, { deletionTimestamp: at(900), finalizers: ['foregroundDeletion'] });

describe('garbage collector', () => {
  // garbagecollector_test.go, TestAttemptToDeleteItem (there: GET owner 404, GET pod, DELETE pod)
  it('deletes a dependent whose only owner is gone, in the background and by uid', () => {
    const orphaned = podOf(web, 'web-a');
    expect(reconcile([orphaned], orphaned).steps).toEqual([
      {
        op: 'delete',
        target: { kind: 'Pod', namespace: 'default', name: 'web-a' },
        uid: orphaned.metadata.uid,
        propagationPolicy: 'Background',
      },
    ]);
  });

  it('takes up the dependents of what was deleted', () => {
    const dependent = podOf(web, 'web-a');
    const view = viewOfObjects([dependent]);
    const [key = ''] = controller.keysFor({ kind: 'ReplicaSet', type: 'deleted', object: web }, view);
    expect(controller.reconcile(view, key, situation({ now: 0 })).steps).toHaveLength(1);
  });

  it('waits before it believes that a never seen owner of a young object does not exist', () => {
    const young = withMeta(podOf(web, 'web-a'), { creationTimestamp: at(998) });
    expect(reconcile([young], young)).toEqual({ steps: [], again: seconds(3) });
    expect(reconcile([young], young, web.metadata.uid).steps).toHaveLength(1);
  });

  it('takes a namesake with another uid for no owner', () => {
    const dependent = podOf(web, 'web-a');
    expect(reconcile([withMeta(web, { uid: 'another' }), dependent], dependent).steps).toHaveLength(1);
  });

  it('keeps what has an owner left, and drops the references to the others', () => {
    const gone = replicaSet('gone');
    const shared = withMeta(pod('web-a'), { ownerReferences: [ownerReference(web), ownerReference(gone, false)] });
    const { steps } = reconcile([web, shared], shared);
    expect(steps).toMatchObject([
      { op: 'patch', patch: { metadata: { ownerReferences: [{ $patch: 'delete', uid: gone.metadata.uid }] } } },
    ]);
    expect(applyPlan(world(shared), { steps }).objects[0]?.metadata.ownerReferences).toEqual([ownerReference(web)]);
  });

  it('keeps what is owned by a kind that nobody knows', () => {
    const stranger: OwnerReference = { apiVersion: 'example.com/v1', kind: 'Widget', name: 'w', uid: 'w' };
    const dependent = configMap('c', { ownerReferences: [stranger] });
    expect(reconcile([dependent], dependent).steps).toEqual([]);
  });

  it('deletes dependents of an owner in foreground deletion, then lets the owner go', () => {
    const dependent = podOf(foreground, 'web-a');
    expect(reconcile([foreground, dependent], dependent).steps).toMatchObject([
      { op: 'delete', propagationPolicy: 'Background' },
    ]);
    expect(reconcile([foreground, dependent], foreground).steps).toEqual([]);
    expect(reconcile([foreground], foreground).steps).toMatchObject([
      { op: 'patch', patch: { metadata: { finalizers: [] } } },
    ]);
  });

  it('goes on in the foreground where the dependent has dependents of its own', () => {
    const inner = replicaSet('inner', { meta: { ownerReferences: [ownerReference(foreground)] } });
    const leaf = podOf(inner, 'leaf');
    expect(reconcile([foreground, inner, leaf], inner).steps).toMatchObject([
      { op: 'delete', propagationPolicy: 'Foreground' },
    ]);
  });

  it('wakes owner and dependents when a foreground deletion begins and when a dependent is gone', () => {
    const dependent = podOf(foreground, 'web-a');
    const view = viewOfObjects([foreground, dependent]);
    expect(controller.keysFor({ kind: 'ReplicaSet', type: 'updated', object: foreground, old: web }, view)).toEqual([
      itemKey(foreground),
      itemKey(dependent),
    ]);
    expect(
      controller.keysFor({ kind: 'Pod', type: 'deleted', object: dependent }, viewOfObjects([foreground])),
    ).toEqual([itemKey(foreground)]);
  });

  it('lets go of dependents in an orphaning deletion', () => {
    const owner = withMeta(web, { deletionTimestamp: at(900), finalizers: ['orphan'] });
    const dependent = podOf(owner, 'web-a');
    const { steps } = reconcile([owner, dependent], owner);
    expect(steps.map(({ op }) => op)).toEqual(['patch', 'patch']);
    const after = applyPlan(world(owner, dependent), { steps }).objects;
    expect(after.map(({ metadata }) => [metadata.finalizers, metadata.ownerReferences])).toEqual([
      [[], undefined],
      [undefined, []],
    ]);
  });

  // garbagecollector_test.go, TestUnblockOwnerReference
  it('unblocks only those references that block', () => {
    const references: OwnerReference[] = [
      { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: '1', blockOwnerDeletion: true },
      { apiVersion: 'v1', kind: 'ConfigMap', name: 'b', uid: '2', blockOwnerDeletion: false },
      { apiVersion: 'v1', kind: 'ConfigMap', name: 'c', uid: '3' },
    ];
    const patch = unblockPatch(itemOf(configMap('d', { ownerReferences: references })));
    expect(patch).toMatchObject({
      patch: {
        metadata: {
          ownerReferences: [
            { uid: '1', blockOwnerDeletion: false },
            { uid: '2', blockOwnerDeletion: false },
            { uid: '3' },
          ],
        },
      },
    });
    expect(unblockPatch(itemOf(configMap('d', { ownerReferences: references.slice(1) })))).toBeNull();
  });

  it('says when an owner lives in another namespace, and takes it for absent', () => {
    const elsewhere = withMeta(web, { namespace: 'other' });
    const dependent = podOf(web, 'web-a');
    expect(reconcile([elsewhere, dependent], dependent).steps).toMatchObject([
      {
        op: 'event',
        event: {
          type: 'Warning',
          reason: 'OwnerRefInvalidNamespace',
          message:
            'ownerRef [apps/v1/ReplicaSet, namespace: default, name: web, uid: uid-replicaset-web] does not exist in namespace "default"',
        },
      },
      { op: 'delete' },
    ]);
  });

  it('finds on start what lost its owner while nobody watched', () => {
    const kept = podOf(web, 'web-a');
    const lost = podOf(replicaSet('gone'), 'gone-a');
    expect(controller.initialKeys?.(viewOfObjects([web, kept, lost, node('node-1')]))).toEqual([itemKey(lost)]);
  });
});
