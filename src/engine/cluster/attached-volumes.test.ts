import { describe, expect, it } from 'vitest';
import type { CSINode, Node, PersistentVolume, VolumeAttachment } from '#engine/api/types';
import { type Micros, MINUTE, SECOND } from '#engine/kernel/time';
import { bootedStory, manifests, type Story } from './testing';

const CLASS = `apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: network-disk}
provisioner: pd.csi.kubarium.dev
volumeBindingMode: WaitForFirstConsumer
`;
const CLAIM = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], storageClassName: network-disk, resources: {requests: {storage: 10Gi}}}
`;
const DATABASE = `apiVersion: apps/v1
kind: Deployment
metadata: {name: db}
spec:
  replicas: 1
  strategy: {type: Recreate}
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: main
        image: busybox:1.36
        command: [sleep, '36000']
        volumeMounts: [{name: data, mountPath: /data}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
`;

const itemsOf = <T>(t: Story, path: string): readonly T[] =>
  (t.request('GET', path).body as { readonly items: readonly T[] }).items;
const attachments = (t: Story): readonly string[] =>
  itemsOf<VolumeAttachment>(t, '/apis/storage.k8s.io/v1/volumeattachments').map(
    ({ spec, status }) => `${spec.nodeName} ${status?.attached}`,
  );
const nodeOf = (t: Story, name: string): Node => t.object<Node>('Node', name, '')!;
const listedBy = (t: Story, name: string): readonly (readonly string[])[] => {
  const { volumesInUse = [], volumesAttached = [] } = nodeOf(t, name).status;
  return [volumesInUse, volumesAttached.map((each) => each.name)];
};

/** A pod with a disk of the network runs. */
function running(recorded: boolean): { t: Story; node: string; volume: string; unique: string } {
  const t = bootedStory({ recorded, nodes: 3, zones: 1 });
  t.apply(manifests(CLASS, CLAIM, DATABASE));
  t.until('it runs', () => t.readyPodsOf('db').length === 1, 2 * MINUTE);
  const [pv] = itemsOf<PersistentVolume>(t, '/api/v1/persistentvolumes');
  const unique = `kubernetes.io/csi/pd.csi.kubarium.dev^${pv!.spec?.csi?.volumeHandle}`;
  return { t, node: t.podsOf('db')[0]!.node!, volume: pv!.metadata.name, unique };
}

describe('a disk of the network', () => {
  it('is attached to the node of its pod before the pod starts, and detached when the pod is gone', () => {
    const { t, node, volume, unique } = running(false);
    expect(attachments(t)).toEqual([`${node} true`]);
    expect(listedBy(t, node)).toEqual([[unique], [unique]]);
    expect(t.eventsOf('Pod', 'SuccessfulAttachVolume').map(({ message }) => message)).toEqual([
      `AttachVolume.Attach succeeded for volume "${volume}" `,
    ]);
    expect(t.object<CSINode>('CSINode', node, '')?.spec.drivers[0]).toMatchObject({ name: 'pd.csi.kubarium.dev' });
    t.scale('db', 0);
    t.until('it is detached', () => attachments(t).length === 0, MINUTE);
    expect(listedBy(t, node)).toEqual([[], []]);
    t.request('DELETE', '/api/v1/namespaces/default/persistentvolumeclaims/data');
    t.until('nothing is left', () => itemsOf(t, '/api/v1/persistentvolumes').length === 0, MINUTE);
  });

  it('of a node that has died is had elsewhere six minutes after its pod was forced away, as the golden transcript tells', async () => {
    const { t, node, volume, unique } = running(true);
    t.run(20 * SECOND);
    t.forget();
    const [old] = t.podsOf('db');
    t.fault({ type: 'power-off', machine: node });
    t.until(
      'another pod is to run',
      () => t.podsOf('db').some((pod) => pod.node !== node && pod.node !== null),
      10 * MINUTE,
    );
    const next = t.podsOf('db').find((pod) => pod.node !== node)!;
    t.run(30 * SECOND);
    const errors = (): readonly string[] => t.eventsOf('Pod', 'FailedAttachVolume').map(({ message }) => message);
    expect(errors()).toEqual([
      `Multi-Attach error for volume "${volume}" Volume is already used by pod(s) ${old!.name}`,
    ]);
    expect(t.pod(next.name)).toMatchObject({ status: 'ContainerCreating' });
    t.run(7 * MINUTE);
    // The API believes that the old pod runs: nobody takes its disk away.
    expect(attachments(t)).toEqual([`${node} true`]);
    t.request('DELETE', `/api/v1/namespaces/default/pods/${old!.name}`, { body: { gracePeriodSeconds: 0 } });
    const forced: Micros = t.now;
    expect(listedBy(t, node)).toEqual([[unique], [unique]]);
    t.until('it runs elsewhere', () => t.readyPodsOf('db').length === 1, 10 * MINUTE);
    expect(t.now - forced).toBeGreaterThan(6 * MINUTE);
    expect(t.now - forced).toBeLessThan(6 * MINUTE + 30 * SECOND);
    expect(attachments(t)).toEqual([`${next.node} true`]);
    expect(listedBy(t, node)).toEqual([[unique], []]);
    await expect(t.transcript).toMatchFileSnapshot('transcripts/forced-detach.txt');
  });

  it('of a node that is out of service is had elsewhere at once', () => {
    const { t, node } = running(false);
    t.fault({ type: 'power-off', machine: node });
    t.until('it is given up', () => t.podsOf('db').length === 2, 10 * MINUTE);
    const { taints = [] } = nodeOf(t, node).spec;
    const body = { spec: { taints: [...taints, { key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }] } };
    t.request('PATCH', `/api/v1/nodes/${node}`, { contentType: 'application/merge-patch+json', body });
    const told = t.now;
    t.until('it runs elsewhere', () => t.readyPodsOf('db').length === 1, 2 * MINUTE);
    // The collector of pods passes every 20 s, the kubelet tells each 10 s what it waits for.
    expect(t.now - told).toBeLessThan(45 * SECOND);
  });
});
