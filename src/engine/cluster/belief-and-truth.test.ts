/** What an observer who looks closer is told of containers and volumes: what the API says, and what machines do. */
import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { bootedStory, deployment, type Story } from './testing';

const containerOf = (t: Story, app: string) => {
  const [pod] = t.podsOf(app);
  return t.engine.look({ type: 'containers', nodes: [pod!.node!] })[pod!.uid]![0]!;
};

describe('a container', () => {
  it('is told of as its machine has it beside what the API says', () => {
    const t = bootedStory({ recorded: false });
    t.apply(deployment('web', { replicas: 1 }));
    t.until('it runs', () => t.readyPodsOf('web').length === 1, MINUTE);
    expect(containerOf(t, 'web')).toMatchObject({ state: 'running', really: 'running' });
    const [pod] = t.podsOf('web');
    const pause = t.fault({ type: 'pause-process', pod: pod!.name });
    t.run(SECOND);
    expect(containerOf(t, 'web')).toMatchObject({ state: 'running', really: 'paused' });
    const sandbox = () => t.machine(pod!.node!).sandboxes.find(({ name }) => name === pod!.name);
    expect(sandbox()).toMatchObject({ running: 1, paused: 1 });
    t.heal(pause);
    t.run(SECOND);
    expect(sandbox()).not.toHaveProperty('paused');
    t.fault({ type: 'power-off', machine: pod!.node! });
    t.run(SECOND);
    expect(containerOf(t, 'web')).toMatchObject({ state: 'running', really: 'absent' });
  });

  it('of a static pod is found, though its uid is another one in the API', () => {
    const t = bootedStory({ recorded: false });
    t.fault({ type: 'pause-process', process: 'control-plane-1/kube-scheduler' });
    const scheduler = t.systemPods.find(({ name }) => name === 'kube-scheduler-control-plane-1')!;
    const found = t.engine.look({ type: 'containers', nodes: ['control-plane-1'] })[scheduler.uid]!;
    expect(found[0]).toMatchObject({ name: 'kube-scheduler', state: 'running', really: 'paused' });
  });
});

const DISK = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], storageClassName: network-disk, resources: {requests: {storage: 10Gi}}}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: network-disk}
provisioner: pd.csi.kubarium.dev
volumeBindingMode: WaitForFirstConsumer
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: db}
spec:
  replicas: 1
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers:
      - name: main
        image: busybox:1.36
        command: [sleep, '36000']
        volumeMounts: [{name: data, mountPath: /data}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
`;

describe('a volume', () => {
  it('is mounted where a container has it, also on a machine that the API has given up', () => {
    const t = bootedStory({ nodes: 3, zones: 1, recorded: false });
    t.apply(DISK);
    t.until('it runs', () => t.readyPodsOf('db').length === 1, 2 * MINUTE);
    const claim = () => t.engine.look({ type: 'structure' }).claims[0]!;
    const [old] = t.podsOf('db');
    const first = old!.node!;
    expect(claim()).toMatchObject({ believed: [first], mounted: [first] });
    const cut = t.fault({ type: 'cut-cable', machine: first });
    t.until('it is given up', () => t.podsOf('db').length === 2, 10 * MINUTE);
    t.request('DELETE', `/api/v1/namespaces/default/pods/${old!.name}`, { body: { gracePeriodSeconds: 0 } });
    t.until('it runs elsewhere', () => t.readyPodsOf('db').length === 1, 10 * MINUTE);
    const second = t.readyPodsOf('db')[0]!.node!;
    // Nobody has told the machine that is cut off: two write to one disk.
    expect(claim()).toMatchObject({ believed: [second], mounted: [first, second].sort() });
    t.heal(cut);
    t.until('it lets go', () => claim().mounted.length === 1, 5 * MINUTE);
    expect(claim()).toMatchObject({ believed: [second], mounted: [second] });
  });
});

describe('the names of all that the API holds', () => {
  it('are those of every kind, also of one that was defined here; pods and Nodes are told of otherwise', () => {
    const t = bootedStory({ recorded: false });
    t.apply(`apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: crontabs.stable.example.com}
spec:
  group: stable.example.com
  scope: Namespaced
  names: {plural: crontabs, singular: crontab, kind: CronTab}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
`);
    t.run(5 * SECOND);
    const body = { apiVersion: 'stable.example.com/v1', kind: 'CronTab', metadata: { name: 'mine' } };
    t.request('POST', '/apis/stable.example.com/v1/namespaces/default/crontabs', { body });
    const names = t.engine.look({ type: 'names' });
    expect(names).toContainEqual({ kind: 'CronTab', namespace: 'default', name: 'mine' });
    expect(names).toContainEqual({ kind: 'Namespace', namespace: '', name: 'kube-system' });
    expect(names.some(({ kind }) => ['Pod', 'Node', 'Event', 'Lease'].includes(kind))).toBe(false);
  });
});
