import { describe, expect, it } from 'vitest';
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '#engine/api/types';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { bootedStory, manifests, type Story } from './testing';

const database = (replicas: number, retention = ''): string => `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: ${replicas}
  serviceName: db
  selector: {matchLabels: {app: db}}
${retention === '' ? '' : `  persistentVolumeClaimRetentionPolicy: {${retention}}\n`}  template:
    metadata: {labels: {app: db}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: main
        image: busybox:1.36
        command: [sh, -c, 'cat /data/starts; echo started by $HOSTNAME >> /data/starts; sleep 36000']
        volumeMounts: [{name: data, mountPath: /data}]
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`;

const claim = (name: string, spec: string): string => `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: ${name}}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}${spec}}
`;

const pod = (name: string, volumes: string, script: string): string => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: main
    image: busybox:1.36
    command: [sh, -c, '${script}; sleep 36000']
    volumeMounts: [{name: data, mountPath: /data}]
  volumes: [{name: data, ${volumes}}]
`;

const CLAIMS = '/api/v1/namespaces/default/persistentvolumeclaims';
const itemsOf = <T>(t: Story, path: string): readonly T[] =>
  (t.request('GET', path).body as { readonly items: readonly T[] }).items;
const claims = (t: Story): readonly string[] =>
  itemsOf<PersistentVolumeClaim>(t, CLAIMS).map(({ metadata, status }) => `${metadata.name} ${status?.phase}`);
const volumes = (t: Story): readonly PersistentVolume[] => itemsOf(t, '/api/v1/persistentvolumes');
const logOf = (t: Story, name: string): unknown => t.request('GET', `/api/v1/namespaces/default/pods/${name}/log`).body;
const remove = (t: Story, path: string): void => {
  expect(t.request('DELETE', path).ok).toBe(true);
};
const ready = (t: Story, count: number): void =>
  t.until(`${count} run`, () => t.readyPodsOf('db').length === count && t.podsOf('db').length === count, 3 * MINUTE);
/** With the class that a cluster has half a minute after its start. */
function story(): Story {
  const t = bootedStory({ recorded: false });
  t.run(40 * SECOND);
  return t;
}

describe('a StatefulSet with claims', () => {
  it('has a volume for each pod; one that is deleted comes back with its claim, on its node, and finds its data', () => {
    const t = story();
    t.apply(database(2));
    ready(t, 2);
    expect(claims(t)).toEqual(['data-db-0 Bound', 'data-db-1 Bound']);
    const before = t.pod('db-1')!;
    const [first, second] = volumes(t).toSorted((a, b) => (a.spec!.claimRef!.name! < b.spec!.claimRef!.name! ? -1 : 1));
    expect(second).toMatchObject({
      spec: { storageClassName: 'standard', claimRef: { name: 'data-db-1' }, capacity: { storage: '1Gi' } },
      status: { phase: 'Bound' },
    });
    expect(first?.spec?.hostPath?.path).not.toBe(second?.spec?.hostPath?.path);
    const about = t.eventsOf('PersistentVolumeClaim', 'ProvisioningSucceeded').map(({ message }) => message);
    expect(about).toContain(`Successfully provisioned volume ${second?.metadata.name}`);
    remove(t, '/api/v1/namespaces/default/pods/db-1');
    t.until('another db-1 runs', () => t.pod('db-1')?.ready === true && t.pod('db-1')!.uid !== before.uid, MINUTE);
    expect(t.pod('db-1')!.node).toBe(before.node);
    expect(claims(t)).toEqual(['data-db-0 Bound', 'data-db-1 Bound']);
    expect([logOf(t, 'db-0'), logOf(t, 'db-1')]).toEqual([expect.not.stringContaining('started'), 'started by db-1\n']);
  });

  it('waits for the node of its data when that takes no more pods, and finds what it wrote after a loss of power', () => {
    const t = story();
    t.apply(database(1));
    ready(t, 1);
    const { node } = t.pod('db-0')!;
    const cordon = (unschedulable: boolean) =>
      t.request('PATCH', `/api/v1/nodes/${node}`, {
        contentType: 'application/merge-patch+json',
        body: { spec: { unschedulable } },
      });
    cordon(true);
    remove(t, '/api/v1/namespaces/default/pods/db-0');
    const refusals = () => t.eventsOf('Pod', 'FailedScheduling').filter(({ message }) => message.includes('affinity'));
    t.until('nobody takes it', () => refusals().length > 0, MINUTE);
    const said = refusals()[0]!.message;
    expect(said).toContain("3 node(s) didn't match PersistentVolume's node affinity");
    expect(said).toContain('1 node(s) were unschedulable');
    cordon(false);
    ready(t, 1);
    expect([t.pod('db-0')!.node, logOf(t, 'db-0')]).toEqual([node, 'started by db-0\n']);
    const off = t.fault({ type: 'power-off', machine: node! });
    t.run(20 * SECOND);
    t.heal(off);
    t.until('it runs again', () => (t.pod('db-0')?.restarts ?? 0) > 0 && t.pod('db-0')!.ready, 5 * MINUTE);
    expect(logOf(t, 'db-0')).toBe('started by db-0\nstarted by db-0\n');
  });

  it('keeps them, and its volumes, when it is scaled down, and has them again when it is scaled up', () => {
    const t = story();
    t.apply(database(2));
    ready(t, 2);
    t.apply(database(1));
    ready(t, 1);
    t.run(30 * SECOND);
    expect(claims(t)).toEqual(['data-db-0 Bound', 'data-db-1 Bound']);
    t.apply(database(2));
    ready(t, 2);
    expect(logOf(t, 'db-1')).toBe('started by db-1\n');
  });

  it('gives them up where its policy says so, and their volumes are deleted', () => {
    const t = story();
    t.apply(database(2, 'whenScaled: Delete, whenDeleted: Retain'));
    ready(t, 2);
    t.apply(database(1, 'whenScaled: Delete, whenDeleted: Retain'));
    ready(t, 1);
    t.until('the claim is gone', () => claims(t).join() === 'data-db-0 Bound', MINUTE);
    t.until('so is its volume', () => volumes(t).length === 1, MINUTE);
    remove(t, '/apis/apps/v1/namespaces/default/statefulsets/db');
    t.until('no pods', () => t.podsOf('db').length === 0, MINUTE);
    t.run(30 * SECOND);
    expect(claims(t)).toEqual(['data-db-0 Bound']);
    remove(t, `${CLAIMS}/data-db-0`);
    t.until('nothing is left', () => claims(t).length + volumes(t).length === 0, MINUTE);
  });
});

describe('a claim', () => {
  it('without a class stays Pending, and says why, until somebody makes a volume that fits', () => {
    const t = story();
    t.apply(manifests(claim('c', ', storageClassName: ""'), pod('p', 'persistentVolumeClaim: {claimName: c}', 'true')));
    t.run(30 * SECOND);
    expect([claims(t), t.pod('p')?.status]).toEqual([['c Pending'], 'Pending']);
    expect(t.eventsOf('PersistentVolumeClaim', 'FailedBinding')[0]?.message).toBe(
      'no persistent volumes available for this claim and no storage class is set',
    );
    expect(t.eventsOf('Pod', 'FailedScheduling')[0]?.message).toContain(
      'pod has unbound immediate PersistentVolumeClaims',
    );
    t.apply(`apiVersion: v1
kind: PersistentVolume
metadata: {name: disk}
spec: {capacity: {storage: 5Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /disk}}
`);
    t.until('it runs', () => t.pod('p')?.status === 'Running', 2 * MINUTE);
    expect(claims(t)).toEqual(['c Bound']);
    // In use: it goes with its last user, and its volume waits for somebody to look after the data.
    remove(t, `${CLAIMS}/c`);
    t.run(10 * SECOND);
    expect(claims(t)).toEqual(['c Bound']);
    remove(t, '/api/v1/namespaces/default/pods/p');
    t.until('it is gone', () => claims(t).length === 0, MINUTE);
    t.until('the volume is released', () => volumes(t)[0]?.status?.phase === 'Released', MINUTE);
  });

  it('that is not bound keeps the kubelet from starting a pod which names its node', () => {
    const t = story();
    const named = pod('p', 'persistentVolumeClaim: {claimName: c}', 'true').replace(
      'spec:\n',
      'spec:\n  nodeName: node-1\n',
    );
    t.apply(manifests(claim('c', ', storageClassName: ""'), named));
    t.until('the kubelet says why', () => t.eventsOf('Pod', 'FailedMount').length > 0, MINUTE);
    expect(t.eventsOf('Pod', 'FailedMount')[0]?.message).toBe(
      'Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[], failed to process volumes=[data]: error processing PVC default/c: PVC is not bound',
    );
    expect(t.object<Pod>('Pod', 'p')?.status.phase).toBe('Pending');
  });
});

describe('an ephemeral volume', () => {
  it('has a claim that comes and goes with its pod', () => {
    const t = story();
    const template = '{spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}';
    t.apply(pod('p', `ephemeral: {volumeClaimTemplate: ${template}}`, 'true'));
    t.until('it runs', () => t.pod('p')?.status === 'Running', MINUTE);
    expect(claims(t)).toEqual(['p-data Bound']);
    remove(t, '/api/v1/namespaces/default/pods/p');
    t.until('nothing is left', () => claims(t).length + volumes(t).length === 0, MINUTE);
  });
});

describe('directories of a machine', () => {
  it('are seen by all who mount them: containers of a pod, and pods of a machine', () => {
    const t = bootedStory({ recorded: false, nodes: 1 });
    const writer = pod('a', 'hostPath: {path: /shared}', 'mkdir /data/d; echo hello > /data/d/f; ls /data/d');
    t.apply(writer);
    t.until('it runs', () => t.pod('a')?.status === 'Running', MINUTE);
    t.apply(pod('b', 'hostPath: {path: /shared/d}', 'cat /data/f; ls /data; rm /data/f; ls /data'));
    t.until('the other too', () => t.pod('b')?.status === 'Running', MINUTE);
    expect([logOf(t, 'a'), logOf(t, 'b')]).toEqual(['f\n', 'hello\nf\n']);
    t.apply(`apiVersion: v1
kind: Pod
metadata: {name: two}
spec:
  initContainers:
  - {name: first, image: 'busybox:1.36', command: [sh, -c, 'echo made > /work/x'], volumeMounts: [{name: w, mountPath: /work}]}
  containers:
  - {name: main, image: 'busybox:1.36', command: [sh, -c, 'cat /sub/x; sleep 3600'], volumeMounts: [{name: w, mountPath: /sub}]}
  volumes: [{name: w, emptyDir: {}}]
`);
    t.until('it runs', () => t.pod('two')?.status === 'Running', MINUTE);
    expect(logOf(t, 'two')).toBe('made\n');
  });
});
