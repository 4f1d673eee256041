/** @source rancher/local-path-provisioner provisioner.go; what it answers to others is from reports of its users */
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '#engine/api/types';
import type { Change } from '#engine/client/plan';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { at, meta } from '../testing/builders';
import { situation, viewOfObjects } from '../testing/view';
import { localPathProvisioner as controller, storageClassInstaller } from './controller';

const object = (kind: string, name: string, more: object = {}, over: object = {}): KubeObject => ({
  apiVersion: kind === 'StorageClass' ? 'storage.k8s.io/v1' : 'v1',
  kind,
  metadata: { ...meta(kind === 'PersistentVolumeClaim' ? kind : 'Node', name, { uid: `u-${name}` }), ...over },
  ...more,
});

const TOLD = { 'volume.kubernetes.io/storage-provisioner': 'rancher.io/local-path' };
const CHOSEN = { ...TOLD, 'volume.kubernetes.io/selected-node': 'node-1' };
const standard = (more: object = {}): KubeObject =>
  object('StorageClass', 'standard', {
    provisioner: 'rancher.io/local-path',
    volumeBindingMode: 'WaitForFirstConsumer',
    reclaimPolicy: 'Delete',
    ...more,
  });
const node = object('Node', 'node-1', {}, { labels: { 'kubernetes.io/hostname': 'host-1' } });
const claim = (annotations: object, spec: object = {}): KubeObject =>
  object(
    'PersistentVolumeClaim',
    'data',
    {
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '1Gi' } },
        storageClassName: 'standard',
        ...spec,
      },
      status: { phase: 'Pending' },
    },
    { annotations },
  );
const stepsFor = (key: string, ...objects: readonly KubeObject[]) =>
  controller.reconcile(viewOfObjects(objects), key, situation()).steps;
const said = (...objects: readonly KubeObject[]): readonly string[] =>
  stepsFor('default/data', ...objects).map((step) =>
    step.op === 'event' ? `${step.event.type} ${step.event.reason} ${step.event.message}` : step.op,
  );
const BEGAN = 'Normal Provisioning External provisioner is provisioning volume for claim "default/data"';

describe('a volume for a claim', () => {
  it('is a directory of the chosen node, bound to the claim', () => {
    const [began, made] = stepsFor('default/data', standard(), node, claim(CHOSEN));
    expect(began?.op === 'event' && began.event.message).toContain('claim "default/data"');
    expect(made).toMatchObject({
      op: 'create',
      object: {
        metadata: { name: 'pvc-u-data', annotations: { 'pv.kubernetes.io/provisioned-by': 'rancher.io/local-path' } },
        spec: {
          capacity: { storage: '1Gi' },
          claimRef: { namespace: 'default', name: 'data', uid: 'u-data' },
          hostPath: { path: '/var/local-path-provisioner/pvc-u-data_default_data', type: 'DirectoryOrCreate' },
          nodeAffinity: {
            required: {
              nodeSelectorTerms: [
                { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['host-1'] }] },
              ],
            },
          },
          persistentVolumeReclaimPolicy: 'Delete',
          storageClassName: 'standard',
        },
      },
      onSuccess: { reason: 'ProvisioningSucceeded', message: 'Successfully provisioned volume pvc-u-data' },
    });
  });

  it.each<[string, readonly KubeObject[], readonly string[]]>([
    ['waits for the scheduler', [standard(), node, claim(TOLD)], []],
    ['is of another class', [standard({ provisioner: 'example.com/disk' }), node, claim(CHOSEN)], []],
    ['is there', [standard(), node, claim(CHOSEN), object('PersistentVolume', 'pvc-u-data')], []],
    ['is bound', [standard(), node, claim(CHOSEN, { volumeName: 'v' })], []],
    [
      'would be for many nodes',
      [standard(), node, claim(CHOSEN, { accessModes: ['ReadWriteMany'] })],
      [
        BEGAN,
        'Warning ProvisioningFailed failed to provision volume with StorageClass "standard": NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes',
      ],
    ],
    [
      'would be a block device',
      [standard(), node, claim(CHOSEN, { volumeMode: 'Block' })],
      ['Warning ProvisioningFailed rancher.io/local-path does not support block volume provisioning'],
    ],
    [
      'would be anywhere',
      [standard({ volumeBindingMode: 'Immediate' }), node, claim(TOLD)],
      [
        BEGAN,
        'Warning ProvisioningFailed failed to provision volume with StorageClass "standard": configuration error, no node was specified',
      ],
    ],
    [
      'would be on a node that is gone: the scheduler is to choose again',
      [standard(), claim(CHOSEN)],
      [BEGAN, 'Warning ProvisioningFailed failed to get target node: node "node-1" not found', 'update'],
    ],
  ])('%s', (_, objects, expected) => expect(said(...objects)).toEqual(expected));

  it.each<[phase: string, policy: string, by: string, steps: number]>([
    ['Released', 'Delete', 'rancher.io/local-path', 1],
    ['Released', 'Retain', 'rancher.io/local-path', 0],
    ['Released', 'Delete', 'example.com/disk', 0],
    ['Bound', 'Delete', 'rancher.io/local-path', 0],
  ])('%s, %s, by %s: deleted %i', (phase, policy, by, steps) => {
    const volume = object(
      'PersistentVolume',
      'v',
      { spec: { persistentVolumeReclaimPolicy: policy }, status: { phase } },
      { annotations: { 'pv.kubernetes.io/provisioned-by': by } },
    );
    expect(stepsFor('v', volume)).toHaveLength(steps);
    const keys = controller.keysFor(
      { kind: 'PersistentVolume', type: 'updated', object: volume } as Change,
      viewOfObjects([]),
    );
    expect(keys).toEqual(phase === 'Released' ? ['v'] : []);
  });

  it('is asked for when its provisioner is told', () => {
    const keys = (told: KubeObject): readonly string[] =>
      controller.keysFor({ kind: 'PersistentVolumeClaim', type: 'updated', object: told } as Change, viewOfObjects([]));
    expect([keys(claim(TOLD)), keys(claim({})), keys(claim(TOLD, { volumeName: 'v' }))]).toEqual([
      ['default/data'],
      [],
      [],
    ]);
  });
});

describe('the class standard', () => {
  const system = object('Namespace', 'kube-system', {}, { creationTimestamp: at(0) });
  const stepsAt = (now: number, ...objects: readonly KubeObject[]) =>
    storageClassInstaller.reconcile(viewOfObjects(objects), 'standard', situation({ now, memory: 0 })).steps;

  it('is installed half a minute after the start', () => {
    const plan = storageClassInstaller.reconcile(
      viewOfObjects([system]),
      'standard',
      situation({ now: 7, memory: null }),
    );
    expect(plan).toEqual({ steps: [], memory: 7, again: 30 * SECOND });
    expect(stepsAt(MINUTE, system)).toMatchObject([
      { op: 'create', object: { provisioner: 'rancher.io/local-path', volumeBindingMode: 'WaitForFirstConsumer' } },
    ]);
  });

  it('stays as it is, and stays away from a cluster whose users have deleted it', () => {
    expect([stepsAt(MINUTE, system, standard()), stepsAt(6 * MINUTE, system)]).toEqual([[], []]);
  });
});
