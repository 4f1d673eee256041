import { describe, expect, it } from 'vitest';
import type { KubeObject } from '#engine/api/types';
import type { Change } from '#engine/client/plan';
import { SECOND } from '#engine/kernel/time';
import { at, meta, node } from '../testing/builders';
import { situation, viewOfObjects } from '../testing/view';
import { networkDiskDriver as controller } from './controller';
import { type DiskMemory, DRIVER } from './driver';

const object = (kind: string, name: string, more: object, over: object = {}): KubeObject => ({
  apiVersion: kind.startsWith('Persistent') ? 'v1' : 'storage.k8s.io/v1',
  kind,
  metadata: { ...meta(kind === 'PersistentVolumeClaim' ? kind : 'Node', name, { uid: `u-${name}` }), ...over },
  ...more,
});
const disks = object('StorageClass', 'disks', { provisioner: DRIVER, volumeBindingMode: 'Immediate' });
const claim = (spec: object = {}): KubeObject =>
  object(
    'PersistentVolumeClaim',
    'data',
    {
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '1Gi' } },
        storageClassName: 'disks',
        ...spec,
      },
    },
    { annotations: { 'volume.kubernetes.io/storage-provisioner': DRIVER } },
  );
const attachment = (nodeName: string, status: object = {}, over: object = {}): KubeObject =>
  object(
    'VolumeAttachment',
    `va-${nodeName}`,
    { spec: { attacher: DRIVER, nodeName, source: { persistentVolumeName: 'v' } }, status },
    over,
  );
const HELD = { finalizers: ['external-attacher/pd-csi-kubarium-dev'] };
const plan = (key: string, objects: readonly KubeObject[], now = 0, memory: DiskMemory = {}) =>
  controller.reconcile(viewOfObjects(objects), key, situation({ now, memory }));

describe('the driver of network disks', () => {
  it('comes with the first class that names it, and is on each node', () => {
    const keys = (changed: KubeObject, type = 'added', objects: readonly KubeObject[] = []): readonly string[] =>
      controller.keysFor({ kind: changed.kind, type, object: changed } as Change, viewOfObjects(objects));
    expect(keys(disks)).toEqual(['driver:']);
    expect(keys(object('StorageClass', 'other', { provisioner: 'example.com' }))).toEqual([]);
    const driver = object('CSIDriver', DRIVER, { spec: {} });
    expect(plan('driver:', []).steps).toMatchObject([{ op: 'create', object: { spec: { attachRequired: true } } }]);
    expect(plan('driver:', [driver]).steps).toEqual([]);
    const nodes = [node('node-1'), node('node-2')];
    expect(keys(driver, 'added', nodes)).toEqual(['node:node-1', 'node:node-2']);
    expect([keys(nodes[0]!), keys(nodes[0]!, 'added', [driver]), keys(nodes[0]!, 'updated', [driver])]).toEqual([
      [],
      ['node:node-1'],
      [],
    ]);
    expect(plan('node:node-1', nodes).steps).toMatchObject([
      {
        op: 'create',
        object: {
          metadata: { name: 'node-1', ownerReferences: [{ kind: 'Node', name: 'node-1' }] },
          spec: { drivers: [{ name: DRIVER, nodeID: 'node-1', allocatable: { count: 16 } }] },
        },
      },
    ]);
    const other = object('CSINode', 'node-1', { spec: { drivers: [{ name: 'other', nodeID: 'x' }] } });
    expect(plan('node:node-1', [...nodes, other]).steps).toMatchObject([
      { op: 'update', object: { spec: { drivers: [{ name: 'other' }, { name: DRIVER }] } } },
    ]);
  });

  it('makes a disk in the zone of the chosen node, or in any', () => {
    const zones = ['a', 'b'].map((zone) => node(`node-${zone}`, { zone }));
    const [, made] = plan('volume:default/data', [disks, claim(), ...zones]).steps;
    expect(made).toMatchObject({
      op: 'create',
      object: {
        spec: {
          csi: { driver: DRIVER, volumeHandle: expect.stringMatching(/^zones\/[ab]\/disks\/pvc-u-data$/) as string },
        },
      },
    });
    const refused = plan('volume:default/data', [disks, claim({ accessModes: ['ReadWriteMany'] }), ...zones]).steps;
    expect(refused.map((step) => step.op === 'event' && step.event.message).at(-1)).toBe(
      'failed to provision volume with StorageClass "disks": rpc error: code = InvalidArgument desc = VolumeCapabilities is invalid: specified multi writer with mount access type',
    );
  });

  it('keeps a disk as long as it is attached', () => {
    const released = object(
      'PersistentVolume',
      'v',
      { spec: { persistentVolumeReclaimPolicy: 'Delete' }, status: { phase: 'Released' } },
      { annotations: { 'pv.kubernetes.io/provisioned-by': DRIVER } },
    );
    const held = plan('volume:v', [released, attachment('node-1')]);
    expect(held).toMatchObject({
      again: 15 * SECOND,
      steps: [
        { event: { reason: 'VolumeFailedDelete', message: 'persistentvolume v is still attached to node node-1' } },
      ],
    });
    expect(plan('volume:v', [released]).steps).toMatchObject([{ op: 'delete' }]);
  });

  it('holds an attachment, has the cloud attach, and lets go when the cloud has detached', () => {
    const key = 'attachment:va-node-1';
    expect(plan(key, [attachment('node-1')]).steps).toMatchObject([{ op: 'update', object: { metadata: HELD } }]);
    const asked = plan(key, [attachment('node-1', {}, HELD)], 5);
    expect(asked).toEqual({ steps: [], again: 2 * SECOND, memory: { 'va-node-1': { what: 'attach', since: 5 } } });
    const done = plan(key, [attachment('node-1', {}, HELD)], 5 + 2 * SECOND, asked.memory ?? {});
    expect(done).toMatchObject({
      memory: {},
      steps: [{ subresource: 'status', object: { status: { attached: true } } }],
    });
    const going = attachment('node-1', { attached: true }, { ...HELD, deletionTimestamp: at(9) });
    const leaving = plan(key, [going], 9 * SECOND);
    expect(leaving.steps).toEqual([]);
    expect(plan(key, [going], 11 * SECOND, leaving.memory ?? {}).steps).toMatchObject([
      { op: 'update', object: { metadata: { finalizers: [] } } },
    ]);
    expect(plan(key, [], 12 * SECOND, leaving.memory ?? {})).toEqual({ steps: [], memory: {} });
  });

  it('does not attach a disk that another machine has', () => {
    const begun: DiskMemory = { 'va-node-2': { what: 'attach', since: 0 } };
    const both = [attachment('node-1', { attached: true }, HELD), attachment('node-2', {}, HELD)];
    expect(plan('attachment:va-node-2', both, 2 * SECOND, begun).steps).toMatchObject([
      {
        object: { status: { attached: false, attachError: { message: expect.stringContaining('node-1') as string } } },
      },
    ]);
  });
});
