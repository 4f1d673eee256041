// long: one family of objects, whose builders all of its tables share
import { describe, expect, it } from 'vitest';
import type { KubeObject, Node, Pod } from '#engine/api/types';
import { aCache, aCycle, aFramework, aNode, aPod, aProfile, aView, firstChoice } from '../../testing';
import { scheduleOne } from '../../schedule-one';
import { podInfo } from '../../pod-info';
import type { EventObject } from '../../registered-event';
import { volumeBinding } from './volume-binding';
import { volumeHint } from './volume-hints';

type Volume = NonNullable<Pod['spec']['volumes']>[number];

const object = (apiVersion: string, kind: string, name: string, more: object, meta: object = {}): KubeObject =>
  ({
    apiVersion,
    kind,
    metadata: { name, namespace: 'default', uid: `${kind}-${name}`, ...meta },
    ...more,
  }) as unknown as KubeObject;
const claim = (name: string, spec: object = {}, meta: object = {}, status: object = {}): KubeObject =>
  object(
    'v1',
    'PersistentVolumeClaim',
    name,
    {
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
      status,
    },
    meta,
  );
const COMPLETED = { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } };
const boundTo = (volumeName: string, spec: object = {}): KubeObject =>
  claim('data', { volumeName, ...spec }, COMPLETED);
const volume = (name: string, spec: object = {}, meta: object = {}): KubeObject =>
  object(
    'v1',
    'PersistentVolume',
    name,
    {
      spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], ...spec },
      status: { phase: 'Available' },
    },
    { namespace: '', ...meta },
  );
const storageClass = (name: string, more: object = {}): KubeObject =>
  object(
    'storage.k8s.io/v1',
    'StorageClass',
    name,
    { provisioner: 'example.com/csi', volumeBindingMode: 'WaitForFirstConsumer', ...more },
    { namespace: '' },
  );
const onNode = (...names: string[]): object => ({
  nodeAffinity: {
    required: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: names }] }],
    },
  },
});

const DATA: Volume = { name: 'data', persistentVolumeClaim: { claimName: 'data' } };
const using = (...volumes: Volume[]): Pod => aPod('new', { spec: { volumes }, metadata: { uid: 'new' } });
const NODES = [
  aNode('a', { labels: { 'topology.kubernetes.io/zone': 'z1' } }),
  aNode('b', { labels: { 'topology.kubernetes.io/zone': 'z2' } }),
];

/** Where the pod goes, or the first sentence of why it goes nowhere. */
function attempt(
  pod: Pod,
  objects: readonly KubeObject[],
  pods: readonly Pod[] = [],
  nodes: readonly Node[] = NODES,
): string {
  const cycle = aCycle(aCache(nodes, pods), pod, aProfile(), aView(...objects));
  const decision = scheduleOne(aFramework(), cycle, { nextStartNodeIndex: 0 }, () => firstChoice);
  if (decision.outcome === 'unschedulable') return decision.message.split(' preemption:')[0]!;
  return decision.filtered.feasibleCount === nodes.length ? 'anywhere' : decision.node.name;
}

const late = { storageClassName: 'late' };
const gce = (pdName: string, readOnly = false): Volume => ({ name: pdName, gcePersistentDisk: { pdName, readOnly } });
const rbd = (monitors: string[], readOnly = false): Volume => ({
  name: 'rbd',
  rbd: { monitors, image: 'i', readOnly },
});
const iscsi = (iqn: string, readOnly = false): Volume => ({
  name: 'iscsi',
  iscsi: { targetPortal: '10.0.0.1', iqn, lun: 0, readOnly },
});
const ebs = (volumeID: string): Volume => ({ name: 'ebs', awsElasticBlockStore: { volumeID } });

// kubernetes pkg/scheduler/framework/plugins/volumebinding/volume_binding_test.go, volumezone/volume_zone_test.go,
// volumerestrictions/volume_restrictions_test.go, nodevolumelimits/csi_test.go
describe('a pod with volumes', () => {
  const nowhere = (reason: string): string => `0/2 nodes are available: ${reason}.`;
  const loaded = (name: string, handle: string): KubeObject[] => [
    boundTo('pv'),
    volume('pv', { csi: { driver: 'example.com/csi', volumeHandle: 'h0' } }),
    claim(name, { volumeName: `pv-${name}` }, COMPLETED),
    volume(`pv-${name}`, { csi: { driver: 'example.com/csi', volumeHandle: handle } }),
    ...['a', 'b'].map((node) =>
      object(
        'storage.k8s.io/v1',
        'CSINode',
        node,
        { spec: { drivers: [{ name: 'example.com/csi', nodeID: node, allocatable: { count: 1 } }] } },
        { namespace: '' },
      ),
    ),
  ];
  const attachment = (volumeName: string, nodeName: string): KubeObject =>
    object('storage.k8s.io/v1', 'VolumeAttachment', `${volumeName}-${nodeName}`, {
      spec: { attacher: 'example.com/csi', nodeName, source: { persistentVolumeName: volumeName } },
    });
  const tellsCapacity = object(
    'storage.k8s.io/v1',
    'CSIDriver',
    'example.com/csi',
    { spec: { storageCapacity: true } },
    { namespace: '' },
  );
  const room = (zone: string, capacity: string, maximumVolumeSize = capacity): KubeObject =>
    object('storage.k8s.io/v1', 'CSIStorageCapacity', `room-${zone}`, {
      storageClassName: 'late',
      nodeTopology: { matchLabels: { 'topology.kubernetes.io/zone': zone } },
      capacity,
      maximumVolumeSize,
    });
  const other = (claimName: string, node: string): Pod =>
    aPod('other', { node, spec: { volumes: [{ name: 'v', persistentVolumeClaim: { claimName } }] } });

  it.each<{ name: string; pod?: Pod; objects: KubeObject[]; pods?: Pod[]; expected: string }>([
    { name: 'of no claim', pod: using({ name: 'tmp', emptyDir: {} }), objects: [], expected: 'anywhere' },
    { name: 'missing', objects: [], expected: nowhere('persistentvolumeclaim "data" not found') },
    {
      name: 'missing, of the pod itself',
      pod: using({ name: 'scratch', ephemeral: {} }),
      objects: [],
      expected: nowhere('waiting for ephemeral volume controller to create the persistentvolumeclaim "new-scratch"'),
    },
    {
      name: 'of another pod',
      pod: using({ name: 'scratch', ephemeral: {} }),
      objects: [claim('new-scratch')],
      expected: nowhere('PVC default/new-scratch was not created for pod default/new (pod is not owner)'),
    },
    {
      name: 'unbound',
      objects: [claim('data')],
      expected: nowhere('pod has unbound immediate PersistentVolumeClaims'),
    },
    {
      name: 'unbound, of a class that binds at once',
      objects: [claim('data', late), storageClass('late', { volumeBindingMode: 'Immediate' })],
      expected: nowhere('pod has unbound immediate PersistentVolumeClaims'),
    },
    {
      name: 'unbound, for a volume that it names',
      objects: [claim('data', { ...late, volumeName: 'pv' }), storageClass('late')],
      expected: nowhere('pod has unbound immediate PersistentVolumeClaims'),
    },
    {
      name: 'lost',
      objects: [claim('data', { volumeName: 'pv' }, COMPLETED, { phase: 'Lost' })],
      expected: nowhere('persistentvolumeclaim "data" bound to non-existent persistentvolume "pv"'),
    },
    {
      name: 'being deleted',
      objects: [claim('data', {}, { deletionTimestamp: '2026-01-01T00:00:00Z' })],
      expected: nowhere('persistentvolumeclaim "data" is being deleted'),
    },
    { name: 'bound', objects: [boundTo('pv'), volume('pv')], expected: 'anywhere' },
    { name: 'bound, on one node', objects: [boundTo('pv'), volume('pv', onNode('b'))], expected: 'b' },
    {
      name: 'bound, elsewhere',
      objects: [boundTo('pv'), volume('pv', onNode('c'))],
      expected: nowhere("2 node(s) didn't match PersistentVolume's node affinity"),
    },
    {
      name: 'bound, gone',
      objects: [boundTo('pv')],
      expected: nowhere('2 node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)'),
    },
    { name: 'to be made', objects: [claim('data', late), storageClass('late')], expected: 'anywhere' },
    {
      name: 'to be made in one zone',
      objects: [
        claim('data', late),
        storageClass('late', {
          allowedTopologies: [{ matchLabelExpressions: [{ key: 'topology.kubernetes.io/zone', values: ['z2'] }] }],
        }),
      ],
      expected: 'b',
    },
    {
      name: 'to be made where another node was chosen before',
      objects: [
        claim('data', late, { annotations: { 'volume.kubernetes.io/selected-node': 'b' } }),
        storageClass('late'),
      ],
      expected: 'b',
    },
    {
      name: 'that nobody makes',
      objects: [claim('data', late), storageClass('late', { provisioner: 'kubernetes.io/no-provisioner' })],
      expected: nowhere("2 node(s) didn't find available persistent volumes to bind"),
    },
    {
      name: 'local, on one node, large enough',
      objects: [
        claim('data', late),
        storageClass('late', { provisioner: 'kubernetes.io/no-provisioner' }),
        volume('small', { ...late, ...onNode('a'), capacity: { storage: '500Mi' } }),
        volume('large', { ...late, ...onNode('b') }),
      ],
      expected: 'b',
    },
    {
      name: 'of one zone',
      objects: [boundTo('pv'), volume('pv', {}, { labels: { 'topology.kubernetes.io/zone': 'z2' } })],
      expected: 'b',
    },
    {
      name: 'of several zones, by the old label',
      objects: [boundTo('pv'), volume('pv', {}, { labels: { 'failure-domain.beta.kubernetes.io/zone': 'z1__z2' } })],
      expected: 'anywhere',
    },
    {
      name: 'of another zone',
      objects: [boundTo('pv'), volume('pv', {}, { labels: { 'topology.kubernetes.io/zone': 'z3' } })],
      expected: nowhere('2 node(s) had no available volume zone'),
    },
    {
      name: 'for one pod, which has it',
      objects: [boundTo('pv', { accessModes: ['ReadWriteOncePod'] }), volume('pv')],
      pods: [other('data', 'a')],
      expected: nowhere(
        '2 node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
      ),
    },
    {
      name: 'shared by pods, when it may be',
      objects: [boundTo('pv'), volume('pv')],
      pods: [other('data', 'a')],
      expected: 'anywhere',
    },
    { name: 'one too many', objects: loaded('theirs', 'h1'), pods: [other('theirs', 'a')], expected: 'b' },
    {
      name: 'that is attached already',
      objects: loaded('theirs', 'h0'),
      pods: [other('theirs', 'a')],
      expected: 'anywhere',
    },
    {
      name: 'too many everywhere',
      objects: loaded('theirs', 'h1'),
      pods: [other('theirs', 'a'), other('theirs', 'b')],
      expected: nowhere('2 node(s) exceed max volume count'),
    },
    {
      name: 'attached to the node already, whatever pods are there',
      objects: [...loaded('theirs', 'h1'), attachment('pv-theirs', 'a')],
      expected: 'b',
    },
    {
      name: 'attached itself to the node',
      objects: [...loaded('theirs', 'h1'), attachment('pv', 'a')],
      expected: 'anywhere',
    },
    {
      name: 'room where the node can reach it',
      objects: [claim('data', late), storageClass('late'), tellsCapacity, room('z1', '5Gi')],
      expected: 'a',
    },
    {
      name: 'room that is too small',
      objects: [
        claim('data', late),
        storageClass('late'),
        tellsCapacity,
        room('z1', '5Gi', '512Mi'),
        room('z2', '1Mi'),
      ],
      expected: nowhere('2 node(s) did not have enough free storage'),
    },
    {
      name: 'a driver that does not tell of room',
      objects: [claim('data', late), storageClass('late')],
      expected: 'anywhere',
    },
  ])('$name', ({ pod = using(DATA), objects, pods, expected }) => {
    expect(attempt(pod, objects, pods)).toBe(expected);
  });

  it.each([
    { name: 'a disk', wanted: gce('d'), there: gce('d'), fits: false },
    { name: 'a disk that both read', wanted: gce('d', true), there: gce('d', true), fits: true },
    { name: 'a disk that one writes', wanted: gce('d', true), there: gce('d'), fits: false },
    { name: 'another disk', wanted: gce('d'), there: gce('e'), fits: true },
    { name: 'an EBS volume', wanted: ebs('v'), there: ebs('v'), fits: false },
    { name: 'an iSCSI target that both read', wanted: iscsi('t', true), there: iscsi('t', true), fits: true },
    { name: 'an iSCSI target', wanted: iscsi('t'), there: iscsi('t', true), fits: false },
    { name: 'an image of overlapping monitors', wanted: rbd(['m1', 'm2']), there: rbd(['m2']), fits: false },
    { name: 'an image of other monitors', wanted: rbd(['m1']), there: rbd(['m2']), fits: true },
  ])('$name is there already: fits $fits', ({ wanted, there, fits }) => {
    const taken = attempt(using(wanted), [], [aPod('other', { node: 'a', spec: { volumes: [there] } })]);
    expect(taken).toBe(fits ? 'anywhere' : 'b');
  });

  it('reserves the volume, or tells the provisioner the node, before the pod is bound', () => {
    const cycle = (...objects: KubeObject[]): ReturnType<typeof aCycle> =>
      aCycle(aCache(NODES), using(DATA), aProfile(), aView(claim('data', late), storageClass('late'), ...objects));
    expect(volumeBinding.preBind(cycle(), 'a')).toMatchObject([
      {
        method: 'PUT',
        path: '/api/v1/namespaces/default/persistentvolumeclaims/data',
        body: { metadata: { annotations: { 'volume.kubernetes.io/selected-node': 'a' } } },
      },
    ]);
    expect(volumeBinding.preBind(cycle(volume('local', { ...late, ...onNode('a') })), 'a')).toMatchObject([
      {
        method: 'PUT',
        path: '/api/v1/persistentvolumes/local',
        body: { spec: { claimRef: { name: 'data', namespace: 'default' } } },
      },
    ]);
  });

  it('keeps a volume from others while a pod is on its way to it', () => {
    const objects = [
      claim('data', late),
      claim('other', late),
      storageClass('late', { provisioner: 'kubernetes.io/no-provisioner' }),
      volume('local', { ...late, ...onNode('a') }),
    ];
    const cache = aCache(NODES);
    const first = aCycle(cache, using(DATA), aProfile(), aView(...objects));
    const second = aCycle(
      cache,
      using({ name: 'other', persistentVolumeClaim: { claimName: 'other' } }),
      aProfile(),
      aView(...objects),
    );
    const rivals = { ...second, pod: { ...second.pod, uid: 'rival' } };
    const mayHave = (cycle: typeof first): boolean => {
      const found = volumeBinding.check(cycle);
      return found !== null && 'check' in found && found.check(cache.nodes.get('a')!) === null;
    };
    expect([mayHave(first), mayHave(rivals)]).toEqual([true, true]);
    volumeBinding.reserve(first, 'a');
    expect([mayHave(first), mayHave(rivals)]).toEqual([true, false]);
  });

  it('sends whoever shares the claim to the node for which its volume is being made', () => {
    const cache = aCache(NODES);
    const view = aView(claim('data', late), storageClass('late'));
    const first = aCycle(cache, using(DATA), aProfile(), view);
    volumeBinding.reserve(first, 'b');
    const cycle = { ...first, pod: { ...first.pod, uid: 'second' } };
    const decision = scheduleOne(aFramework(), cycle, { nextStartNodeIndex: 0 }, () => firstChoice);
    expect(decision).toMatchObject({ outcome: 'fits', node: { name: 'b' } });
  });

  // kubernetes pkg/scheduler/framework/plugins/volumebinding/binder_test.go (TestCheckBindings)
  describe('is prepared', () => {
    const selected = (node: string, version: string, spec: object = {}, meta: object = {}): KubeObject =>
      claim(
        'data',
        { ...late, ...spec },
        {
          resourceVersion: version,
          annotations: { 'volume.kubernetes.io/selected-node': node, ...meta },
        },
      );
    const COMPLETE = { 'pv.kubernetes.io/bind-completed': 'yes' };
    const FAR = 'binding volumes: pv "pv" node affinity doesn\'t match node "a": no matching NodeSelectorTerms';

    it.each<{ name: string; now: KubeObject[]; expected: boolean | string }>([
      { name: 'not before the write is seen', now: [claim('data', late)], expected: false },
      { name: 'not before the claim is bound', now: [selected('a', '2')], expected: false },
      {
        name: 'when it is bound',
        now: [selected('a', '2', { volumeName: 'pv' }, COMPLETE), volume('pv')],
        expected: true,
      },
      {
        name: 'never on a node that the volume does not reach',
        now: [selected('a', '2', { volumeName: 'pv' }, COMPLETE), volume('pv', onNode('b'))],
        expected: FAR,
      },
      {
        name: 'never when the provisioner gives up',
        now: [claim('data', late, { resourceVersion: '3', annotations: { other: 'x' } })],
        expected: 'binding volumes: provisioning failed for PVC "data"',
      },
      {
        name: 'never when the claim is gone',
        now: [],
        expected: 'binding volumes: failed to check provisioning: persistentvolumeclaim "data" not found',
      },
    ])('$name', ({ now, expected }) => {
      const before = aCycle(aCache(NODES), using(DATA), aProfile(), aView(claim('data', late), storageClass('late')));
      volumeBinding.reserve(before, 'a');
      expect(volumeBinding.isPrepared({ ...before, view: aView(...now, storageClass('late')) }, 'a')).toBe(expected);
    });

    it('when a volume that was there is bound, and not once somebody took it away', () => {
      const local = (claimRef: object | undefined, resourceVersion: string): KubeObject =>
        volume('local', { ...late, ...onNode('a'), ...(claimRef && { claimRef }) }, { resourceVersion });
      const objects = [claim('data', late), storageClass('late')];
      const before = aCycle(aCache(NODES), using(DATA), aProfile(), aView(...objects, local(undefined, '1')));
      volumeBinding.reserve(before, 'a');
      const after = (...now: KubeObject[]): boolean | string =>
        volumeBinding.isPrepared({ ...before, view: aView(storageClass('late'), ...now) }, 'a');
      const reserved = local({ name: 'data', namespace: 'default', uid: 'u' }, '2');
      expect(after(claim('data', late), local(undefined, '1'))).toBe(false);
      expect(after(claim('data', late), reserved)).toBe(false);
      expect(after(boundTo('local', late), reserved)).toBe(true);
      expect(after(claim('data', late), local(undefined, '3'))).toBe(
        'binding volumes: ClaimRef got reset for pv "local"',
      );
    });
  });

  // kubernetes pkg/scheduler/framework/plugins/{volumebinding,volumezone,volumerestrictions,nodevolumelimits}: isSchedulableAfter…
  it.each<{ plugin: Parameters<typeof volumeHint>[0]; old?: KubeObject; now?: KubeObject; helps: boolean }>([
    { plugin: 'VolumeBinding', now: claim('data'), helps: true },
    { plugin: 'VolumeBinding', now: claim('other'), helps: false },
    { plugin: 'VolumeBinding', now: volume('pv'), helps: true },
    { plugin: 'VolumeBinding', now: storageClass('late'), helps: true },
    { plugin: 'VolumeBinding', old: storageClass('late'), now: storageClass('late'), helps: false },
    {
      plugin: 'VolumeBinding',
      old: storageClass('late', { allowedTopologies: [] }),
      now: storageClass('late', { allowedTopologies: [{ matchLabelExpressions: [] }] }),
      helps: true,
    },
    { plugin: 'VolumeBinding', old: room('z1', '1Gi'), now: room('z1', '2Gi'), helps: true },
    { plugin: 'VolumeBinding', old: room('z1', '2Gi'), now: room('z1', '1Gi'), helps: false },
    { plugin: 'VolumeBinding', old: tellsCapacity, now: tellsCapacity, helps: false },
    { plugin: 'VolumeRestrictions', old: other('data', 'a'), helps: true },
    { plugin: 'VolumeRestrictions', old: other('theirs', 'a'), helps: false },
    { plugin: 'NodeVolumeLimits', old: other('theirs', 'a'), helps: true },
    { plugin: 'NodeVolumeLimits', old: aPod('plain', { node: 'a' }), helps: false },
    { plugin: 'NodeVolumeLimits', old: loaded('t', 'h')[4]!, now: loaded('t', 'h')[4]!, helps: false },
    { plugin: 'VolumeZone', now: storageClass('now', { volumeBindingMode: 'Immediate' }), helps: false },
    { plugin: 'VolumeZone', old: volume('pv'), now: volume('pv'), helps: false },
    {
      plugin: 'VolumeZone',
      old: volume('pv'),
      now: volume('pv', {}, { labels: { 'topology.kubernetes.io/zone': 'z1' } }),
      helps: true,
    },
  ])('$plugin is asked of $old.kind and $now.kind: helps $helps', ({ plugin, old, now, helps }) => {
    const resource = (now ?? old)!.kind === 'Pod' ? 'AssignedPod' : ((now ?? old)!.kind as 'CSINode');
    const objects = { ...(old && { old: old as EventObject }), ...(now && { now: now as EventObject }) };
    expect(volumeHint(plugin, resource, podInfo(using(DATA)), objects)).toBe(helps);
  });
});
