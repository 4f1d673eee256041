/** Vectors: kubernetes pkg/controller/volume/attachdetach/reconciler/reconciler_test.go */
import { describe, expect, it } from 'vitest';
import type { KubeObject, Node, Pod, VolumeAttachment } from '#engine/api/types';
import type { Change, Step } from '#engine/client/plan';
import { type Micros, MINUTE, SECOND } from '#engine/kernel/time';
import { at, meta, node, pod } from '../testing/builders';
import { situation, viewOfObjects } from '../testing/view';
import { attachDetachController as controller } from './controller';
import { type AttachMemory, attachmentName, uniqueName } from './reconcile';

const CSI = { driver: 'example.com', volumeHandle: 'disk-1' };
const UNIQUE = uniqueName(CSI);

const object = (kind: string, name: string, more: object, over: object = {}): KubeObject => ({
  apiVersion: kind.startsWith('Persistent') ? 'v1' : 'storage.k8s.io/v1',
  kind,
  metadata: { ...meta(kind === 'PersistentVolumeClaim' ? kind : 'Node', name, { uid: `u-${name}` }), ...over },
  ...more,
});
const disk = (...accessModes: readonly string[]): KubeObject[] => [
  object('PersistentVolume', 'disk', {
    spec: { accessModes, csi: CSI, claimRef: { namespace: 'default', name: 'data' } },
    status: { phase: 'Bound' },
  }),
  object('PersistentVolumeClaim', 'data', { spec: { accessModes, volumeName: 'disk' }, status: { phase: 'Bound' } }),
];
const user = (name: string, nodeName: string, over: Partial<Pod> = {}): Pod => ({
  ...pod(name, { spec: { nodeName, volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] } }),
  ...over,
});
interface Machine {
  readonly ready?: 'True' | 'Unknown';
  readonly inUse?: boolean;
  readonly attached?: boolean;
  readonly out?: boolean;
}
function machine(name: string, { ready = 'True', inUse = false, attached = false, out = false }: Machine = {}): Node {
  const made = node(name, {
    ready,
    meta: { annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' } },
    taints: out ? [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }] : [],
  });
  const status = {
    ...made.status,
    ...(inUse ? { volumesInUse: [UNIQUE] } : {}),
    ...(attached ? { volumesAttached: [{ name: UNIQUE, devicePath: '' }] } : {}),
  };
  return { ...made, status };
}
const attachment = (nodeName: string, status: object = { attached: true }, over: object = {}): KubeObject =>
  object(
    'VolumeAttachment',
    attachmentName(CSI, nodeName),
    { spec: { attacher: CSI.driver, nodeName, source: { persistentVolumeName: 'disk' } }, status },
    over,
  );

const told = (step: Step): string => {
  if (step.op === 'event') return `${step.event.regarding.name}: ${step.event.reason} ${step.event.message}`;
  if (step.op === 'create') return `attach to ${(step.object as unknown as VolumeAttachment).spec.nodeName}`;
  if (step.op === 'delete') return 'detach';
  if (step.op !== 'update') return step.op;
  const { volumesAttached = [] } = (step.object as Node).status;
  return `${step.object.metadata.name} lists ${volumesAttached.length}`;
};
const look = (objects: readonly KubeObject[], now: Micros = 0, memory: AttachMemory = {}) =>
  controller.reconcile(viewOfObjects(objects), 'disk', situation({ now, memory }));
const steps = (objects: readonly KubeObject[], now?: Micros, memory?: AttachMemory): readonly string[] =>
  look(objects, now, memory).steps.map(told);

const RWO = disk('ReadWriteOnce');
const ATTACHED = { inUse: true, attached: true };
/** Since minute one nobody wants it on node-1. */
const UNWANTED: AttachMemory = { disk: { unwanted: { 'node-1': MINUTE }, told: {} } };
const SIX: Micros = 7 * MINUTE + 1;

describe('a volume', () => {
  it.each<[title: string, objects: readonly KubeObject[], expected: readonly string[], now?: Micros]>([
    ['of nobody is left alone', [...RWO, machine('node-1')], []],
    ['of a pod is attached to its node', [...RWO, machine('node-1'), user('a', 'node-1')], ['attach to node-1']],
    ['of a pod without a node waits', [...RWO, machine('node-1'), user('a', '')], []],
    [
      'of a pod on a node whose kubelet attaches by itself is not ours',
      [...RWO, node('node-1'), user('a', 'node-1')],
      [],
    ],
    [
      'of a driver that attaches nothing is not attached',
      [
        ...RWO,
        object('CSIDriver', 'example.com', { spec: { attachRequired: false } }),
        machine('node-1'),
        user('a', 'node-1'),
      ],
      [],
    ],
    [
      'of a pod that has ended is not needed',
      [...RWO, machine('node-1'), user('a', 'node-1', { status: { phase: 'Succeeded' } })],
      [],
    ],
    [
      'that is attached is listed by its node, and its pods are told',
      [...RWO, machine('node-1', { inUse: true }), user('a', 'node-1'), attachment('node-1')],
      ['node-1 lists 1', 'a: SuccessfulAttachVolume AttachVolume.Attach succeeded for volume "disk" '],
    ],
    [
      'that nobody wants and no kubelet uses is detached, after the node no longer lists it',
      [...RWO, machine('node-1', { attached: true }), attachment('node-1')],
      ['node-1 lists 0', 'detach'],
    ],
    [
      'that a healthy node still uses stays, however long',
      [...RWO, machine('node-1', ATTACHED), attachment('node-1')],
      [],
      SIX,
    ],
    [
      'that a silent node may still use stays for six minutes',
      [...RWO, machine('node-1', { ...ATTACHED, ready: 'Unknown' }), attachment('node-1')],
      [],
      7 * MINUTE,
    ],
    [
      'and is then taken away from it',
      [...RWO, machine('node-1', { ...ATTACHED, ready: 'Unknown' }), attachment('node-1')],
      ['node-1 lists 0', 'detach'],
      SIX,
    ],
    [
      'of a node that is out of service is taken away at once',
      [...RWO, machine('node-1', { ...ATTACHED, ready: 'Unknown', out: true }), attachment('node-1')],
      ['node-1 lists 0', 'detach'],
    ],
    ['of a node that is gone is detached', [...RWO, attachment('node-1')], ['detach']],
    [
      'that is being detached is waited for',
      [
        ...RWO,
        machine('node-1'),
        attachment('node-1', {}, { deletionTimestamp: at(0) }),
        machine('node-2'),
        user('b', 'node-2'),
      ],
      [
        'b: FailedAttachVolume Multi-Attach error for volume "disk" Volume is already exclusively attached to one node and can\'t be attached to another',
      ],
    ],
    [
      'for one node is had by the first of two',
      [...RWO, machine('node-1'), machine('node-2'), user('a', 'node-1'), user('b', 'node-2')],
      [
        'attach to node-1',
        'b: FailedAttachVolume Multi-Attach error for volume "disk" Volume is already used by pod(s) a',
      ],
    ],
    [
      'for many nodes is attached to each',
      [...disk('ReadWriteMany'), machine('node-1'), machine('node-2'), user('a', 'node-1'), user('b', 'node-2')],
      ['attach to node-1', 'attach to node-2'],
    ],
    [
      'that the driver could not attach: its pods are told',
      [
        ...RWO,
        machine('node-1'),
        user('a', 'node-1'),
        attachment('node-1', { attached: false, attachError: { message: 'no', time: at(1) } }),
      ],
      ['a: FailedAttachVolume AttachVolume.Attach failed for volume "disk" : no'],
    ],
    [
      'whose driver says nothing for two minutes: its pods are told',
      [...RWO, machine('node-1'), user('a', 'node-1'), attachment('node-1', {})],
      [
        'a: FailedAttachVolume AttachVolume.Attach failed for volume "disk" : timed out waiting for external-attacher of example.com CSI driver to attach volume disk-1',
      ],
      2 * MINUTE,
    ],
  ])('%s', (_, objects, expected, now = MINUTE) => expect(steps(objects, now, UNWANTED)).toEqual(expected));

  it('is looked at again when its time is up', () => {
    const silent = [...RWO, machine('node-1', { ...ATTACHED, ready: 'Unknown' }), attachment('node-1')];
    const plan = look(silent, 3 * MINUTE);
    expect(plan).toMatchObject({ again: 6 * MINUTE + 1, memory: { disk: { unwanted: { 'node-1': 3 * MINUTE } } } });
    const wanted = look([...silent, user('a', 'node-1')], 4 * MINUTE, plan.memory ?? {});
    // Wanted again: the time begins anew when it is not.
    expect(wanted.memory).toEqual({ disk: { unwanted: {}, told: {} } });
    expect(look([...RWO], 5 * MINUTE, UNWANTED).memory).toEqual({});
  });

  it('is told of once', () => {
    const objects = [...RWO, machine('node-1', ATTACHED), attachment('node-1'), machine('node-2'), user('b', 'node-2')];
    const first = look(objects, SECOND);
    expect(first.steps).toHaveLength(1);
    expect(look(objects, 2 * SECOND, first.memory ?? {}).steps).toEqual([]);
  });
});

it('changes touch the volumes that they are about', () => {
  const objects = [...RWO, machine('node-1'), attachment('node-1')];
  const view = viewOfObjects(objects);
  const keys = (changed: KubeObject): readonly string[] =>
    controller.keysFor({ kind: changed.kind, type: 'updated', object: changed } as Change, view);
  expect([...objects, user('a', 'node-1')].map(keys)).toEqual([['disk'], ['disk'], ['disk'], ['disk'], ['disk']]);
  expect([pod('plain'), machine('node-2'), object('CSIDriver', 'other', {})].map(keys)).toEqual([[], [], []]);
  expect(keys(object('CSIDriver', 'example.com', {}))).toEqual(['disk']);
});

/** @source kubernetes pkg/volume/csi/csi_attacher.go (getAttachmentName): `csi-` and the SHA-256 of handle, driver and node */
it('an attachment is named by volume, driver and node', () => {
  expect(attachmentName({ driver: 'b', volumeHandle: 'a' }, 'c')).toBe(
    'csi-ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});
