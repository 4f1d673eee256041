import { describe, expect, it } from 'vitest';
import type { CronJob, Job, KubeObject, Pod } from '#engine/api/types';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { bootedStory, deployment, manifests, type Story } from './testing';
import { unsettled } from './testing-invariants';

const MANAGER = 'control-plane-1/kube-controller-manager';

const template = (app: string, indent = '  ', command = ''): string =>
  [
    'template:',
    `  metadata: {labels: {app: ${app}}}`,
    '  spec:',
    '    containers:',
    `    - {name: main, image: "nginx:1.27"${command}}`,
  ]
    .map((line) => `${indent}${line}\n`)
    .join('');

const replicaSet = (name: string, replicas: number, app: string): string =>
  `apiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {name: ${name}}\nspec:\n  replicas: ${replicas}\n  selector: {matchLabels: {app: ${app}}}\n${template(app)}`;

const stray = (name: string, app: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, labels: {app: ${app}}}\nspec:\n  containers:\n  - {name: main, image: "nginx:1.27"}\n`;

const ownersOf = (t: Story): Record<string, string> =>
  Object.fromEntries(t.pods.map(({ name, owner }) => [name, owner?.name ?? '']));

const countBy = (t: Story, owner: string): number => t.pods.filter((pod) => pod.owner?.name === owner).length;

describe('selectors that overlap', () => {
  it('of two ReplicaSets: each keeps its own pods, and neither counts the other‘s', () => {
    const t = bootedStory({ recorded: false });
    t.apply(manifests(replicaSet('one', 2, 'web'), replicaSet('two', 3, 'web')));
    t.run(30 * SECOND);
    expect([countBy(t, 'one'), countBy(t, 'two'), t.pods.length]).toEqual([2, 3, 5]);
    const before = ownersOf(t);
    t.run(5 * MINUTE);
    expect(ownersOf(t)).toEqual(before);
  });

  it('of a Deployment and a pod that nobody made: the pod is no ReplicaSet‘s, whose selector has the hash', () => {
    const t = bootedStory({ recorded: false });
    t.apply(manifests(deployment('web', { replicas: 2 }), stray('mine', 'web')));
    t.run(MINUTE);
    expect(t.pod('mine')).toMatchObject({ owner: null, status: 'Running' });
    expect(t.readyPodsOf('web')).toHaveLength(2);
  });
});

describe('a pod that nobody owns', () => {
  it('is adopted by the ReplicaSet whose selector it matches, which then has one too many', () => {
    const t = bootedStory({ recorded: false });
    t.apply(replicaSet('web', 2, 'web'));
    t.until('it runs', () => t.pods.filter(({ ready }) => ready).length === 2, MINUTE);
    const old = Object.keys(ownersOf(t)).sort();
    t.apply(stray('mine', 'web'));
    t.run(30 * SECOND);
    // The youngest goes: the pod that is not Ready yet.
    expect(Object.keys(ownersOf(t)).sort()).toEqual(old);
  });

  it('is adopted before a new one is made when the ReplicaSet comes later', () => {
    const t = bootedStory({ recorded: false });
    t.apply(manifests(stray('mine', 'web'), stray('other', 'else')));
    t.run(10 * SECOND);
    t.apply(replicaSet('web', 1, 'web'));
    t.run(20 * SECOND);
    expect(ownersOf(t)).toEqual({ mine: 'web', other: '' });
    expect(t.eventsOf('ReplicaSet', 'SuccessfulCreate')).toEqual([]);
  });
});

interface InPlan {
  readonly what: string;
  readonly manifest: string;
  /** Whether the write is done, one of several of its plan, after which the controller manager ends. */
  readonly done: (t: Story) => boolean;
  /** How many pods there are to be, ever. */
  readonly pods: number;
}

const JOB = `apiVersion: batch/v1
kind: Job
metadata: {name: work}
spec:
  completions: 4
  parallelism: 4
  template:
    spec:
      restartPolicy: Never
      containers:
      - {name: main, image: "busybox:1.37", command: [sleep, "3"]}
`;
const DB = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: 3
  serviceName: db
  podManagementPolicy: Parallel
  selector: {matchLabels: {app: db}}
${template('db')}  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`;
const AGENT = `apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: agent}\nspec:\n  selector: {matchLabels: {app: agent}}\n${template('agent')}`;

const IN_PLAN: readonly InPlan[] = [
  {
    what: 'a StatefulSet after its first claim',
    manifest: DB,
    done: (t) => t.object('PersistentVolumeClaim', 'data-db-0') !== null,
    pods: 3,
  },
  { what: 'a StatefulSet after its second pod', manifest: DB, done: (t) => t.pod('db-1') !== undefined, pods: 3 },
  { what: 'a DaemonSet after its first pod', manifest: AGENT, done: (t) => t.pods.length === 1, pods: 4 },
  { what: 'a Job after its first pod', manifest: JOB, done: (t) => t.pods.length === 1, pods: 4 },
  {
    what: 'a Deployment after its ReplicaSet',
    manifest: deployment('web'),
    done: (t) => [...t.records.values()].some(({ kind }) => kind === 'ReplicaSet'),
    pods: 3,
  },
];

describe('the controller manager killed between two writes of a plan', () => {
  it.each(IN_PLAN.map((row) => [row.what, row] as const))(
    '%s: goes on where it was, nothing is made twice',
    (_, { manifest, done, pods }) => {
      const t = bootedStory({ recorded: false });
      t.run(30 * SECOND);
      const made = new Set<string>();
      const look = (): void => {
        for (const { kind, uid, namespace } of t.records.values())
          if (namespace === 'default' && (kind === 'Pod' || kind === 'ReplicaSet')) made.add(`${kind} ${uid}`);
      };
      t.apply(manifest);
      t.until('the write', done, MINUTE);
      const before = t.pods.length;
      t.fault({ type: 'kill-process', process: MANAGER });
      const restarted = t.now + 90 * SECOND;
      t.until('it goes on', () => (look(), t.now > restarted), 2 * MINUTE);
      expect(before).toBeLessThan(pods);
      expect([...made].filter((one) => one.startsWith('Pod'))).toHaveLength(pods);
      expect([...made].filter((one) => one.startsWith('ReplicaSet')).length).toBeLessThanOrEqual(1);
      expect(t.pods.filter(({ ready, phase }) => ready || phase === 'Succeeded')).toHaveLength(pods);
      expect(t.object<Job>('Job', 'work')?.status?.succeeded ?? pods).toBe(pods);
    },
  );
});

describe('clocks that are wrong', () => {
  it('of the control plane: a CronJob goes by them, starts each of its times once, and goes on when they are put right', () => {
    const t = bootedStory({ recorded: false });
    t.apply(`apiVersion: batch/v1
kind: CronJob
metadata: {name: tick}
spec:
  schedule: "* * * * *"
  successfulJobsHistoryLimit: 100
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
          - {name: main, image: "busybox:1.37", command: [sleep, "1"]}
`);
    t.run(90 * SECOND);
    const fault = t.fault({ type: 'clock-skew', machine: 'control-plane-1', by: 10 * MINUTE });
    t.run(3 * MINUTE);
    const scheduled = (): string[] =>
      (t.request('GET', '/apis/batch/v1/namespaces/default/jobs').body as { items: Job[] }).items.map(
        ({ metadata }) => metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp'] ?? '',
      );
    const ahead = scheduled();
    expect(new Set(ahead).size).toBe(ahead.length);
    t.heal(fault);
    t.run(4 * MINUTE);
    // Its last time lies ahead: nothing is due until the clock has come there.
    expect(scheduled()).toEqual(ahead);
    const last = t.object<CronJob>('CronJob', 'tick')?.status?.lastScheduleTime;
    t.run(9 * MINUTE);
    expect(t.object<CronJob>('CronJob', 'tick')?.status?.lastScheduleTime).not.toBe(last);
    const all = scheduled();
    expect(new Set(all).size).toBe(all.length);
  });

  it('of a machine: its node stays Ready, since nobody compares clocks, and its pods stay', () => {
    const t = bootedStory({ recorded: false });
    t.apply(deployment('web', { replicas: 4 }));
    t.until('it runs', () => t.readyPodsOf('web').length === 4, MINUTE);
    const before = ownersOf(t);
    t.fault({ type: 'clock-skew', machine: 'node-1', by: -20 * MINUTE });
    t.fault({ type: 'clock-skew', machine: 'node-2', by: 20 * MINUTE });
    t.run(10 * MINUTE);
    expect(ownersOf(t)).toEqual(before);
    expect(t.nodes.map(({ ready }) => ready)).toEqual(['True', 'True', 'True', 'True', 'True']);
    expect(unsettled(t, { web: 4 })).toEqual([]);
  });
});

describe('a cache that lags behind', () => {
  it('of a controller manager whose API server hears nothing of etcd for a while: no pod is made twice', () => {
    const t = bootedStory({ recorded: false, controlPlanes: 3 });
    t.apply(deployment('web', { replicas: 3 }));
    t.until('it runs', () => t.readyPodsOf('web').length === 3, MINUTE);
    const leader = t
      .object<KubeObject & { readonly spec: { readonly holderIdentity: string } }>(
        'Lease',
        'kube-controller-manager',
        'kube-system',
      )!
      .spec.holderIdentity.split('_')[0]!;
    t.scale('web', 12);
    const fault = t.fault({ type: 'pause-process', process: `${leader}/kube-apiserver` });
    t.run(8 * SECOND);
    t.heal(fault);
    t.run(2 * MINUTE);
    expect(t.eventsOf('ReplicaSet', 'SuccessfulDelete')).toEqual([]);
    expect(unsettled(t, { web: 12 })).toEqual([]);
  });
});

describe('an owner that is deleted', () => {
  it('while the garbage collector is away: its pods go when that is back', () => {
    const t = bootedStory({ recorded: false });
    t.apply(replicaSet('web', 2, 'web'));
    t.until('it runs', () => t.pods.filter(({ ready }) => ready).length === 2, MINUTE);
    const fault = t.fault({ type: 'pause-process', process: MANAGER });
    t.request('DELETE', '/apis/apps/v1/namespaces/default/replicasets/web', { body: {} });
    t.run(5 * SECOND);
    expect(t.pods.filter(({ deletionAt }) => deletionAt === null)).toHaveLength(2);
    t.heal(fault);
    t.run(2 * MINUTE);
    expect(t.pods.map(({ name }) => t.object<Pod>('Pod', name))).toEqual([]);
  });
});
