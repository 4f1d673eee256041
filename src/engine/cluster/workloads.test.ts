import { describe, expect, it } from 'vitest';
import type { ObjectMeta, PersistentVolumeClaim } from '#engine/api/types';
import { type Micros, MINUTE, SECOND } from '#engine/kernel/time';
import { bootedStory, deployment, manifests, type Story } from './testing';

const template = (app: string, image: string): string => `
  selector:
    matchLabels:
      app: ${app}
  template:
    metadata:
      labels:
        app: ${app}
    spec:
      containers:
        - name: main
          image: ${image}
`;
const daemonSet = (image = 'nginx:1.27'): string =>
  `apiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  name: agent\nspec:${template('agent', image)}`;
const statefulSet = (replicas: number, image = 'nginx:1.27'): string =>
  `apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: db\nspec:\n  replicas: ${replicas}\n  serviceName: db${template('db', image)}`;
/** More lines of `statefulSet`: a volume for each pod. */
const CLAIM_TEMPLATE = `  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`;

/** As creation is stamped. */
const wholeSeconds = (at: Micros): Micros => Math.floor(at / SECOND) * SECOND;

const placed = (t: Story): string[] =>
  t
    .podsOf('agent')
    .filter(({ deletionAt }) => deletionAt === null)
    .map(({ node }) => node ?? '')
    .sort();
const names = (t: Story, app: string): string[] =>
  t
    .podsOf(app)
    .map(({ name }) => name)
    .sort();
const WORKERS = ['node-1', 'node-2', 'node-3', 'node-4'];

describe('a DaemonSet', () => {
  it('has a pod on each worker, and on one that joins when it is Ready, as the golden transcript tells', async () => {
    const t = bootedStory({ nodes: 2 });
    expect(t.apply(daemonSet())).toMatchObject({ ok: true });
    t.until('it runs', () => t.readyPodsOf('agent').length === 2, MINUTE);
    expect(placed(t)).toEqual(['node-1', 'node-2']);
    t.act({ type: 'add-machine' });
    const untainted: Micros[] = [];
    t.until(
      'on the new one too',
      () => {
        const joined = t.nodes.find(({ name }) => name === 'node-3');
        if (joined?.ready === 'True' && joined.taints.length === 0) untainted.push(t.now);
        return t.readyPodsOf('agent').length === 3;
      },
      MINUTE,
    );
    expect(placed(t)).toEqual(['node-1', 'node-2', 'node-3']);
    // Its pods tolerate not-ready:NoExecute, not the NoSchedule that a node has until it is Ready.
    const { createdAt } = t.podsOf('agent').find(({ node }) => node === 'node-3')!;
    expect(createdAt).toBeGreaterThanOrEqual(wholeSeconds(untainted[0]!));
    expect(createdAt).toBeLessThan(untainted[0]! + SECOND);
    await expect(t.transcript).toMatchFileSnapshot('transcripts/daemonset-joining-node.txt');
  });

  it('rolls a new image out with one pod missing at most', () => {
    const t = bootedStory({ recorded: false });
    t.apply(daemonSet());
    t.until('it runs', () => t.readyPodsOf('agent').length === 4, MINUTE);
    t.apply(daemonSet('nginx:1.28'));
    let fewest = 4;
    t.until(
      'all are new',
      () => {
        fewest = Math.min(fewest, t.readyPodsOf('agent').length);
        return t.readyPodsOf('agent').filter(({ images }) => images.join() === 'nginx:1.28').length === 4;
      },
      5 * MINUTE,
    );
    expect(fewest).toBe(3);
  });

  it('stays on a node whose power is cut, and is there again when it is back', () => {
    const t = bootedStory({ recorded: false });
    t.apply(daemonSet());
    t.until('it runs', () => t.readyPodsOf('agent').length === 4, MINUTE);
    const fault = t.fault({ type: 'power-off', machine: 'node-2' });
    t.run(8 * MINUTE);
    // Its pods tolerate not-ready and unreachable for ever: nobody evicts them.
    expect(placed(t)).toEqual(WORKERS);
    expect(t.readyPodsOf('agent')).toHaveLength(3);
    t.heal(fault);
    t.until('it runs everywhere', () => t.readyPodsOf('agent').length === 4, MINUTE);
  });
});

describe('a StatefulSet', () => {
  it('starts its pods one after the other; a deleted one has its name and claim again, as the golden transcript tells', async () => {
    const t = bootedStory();
    t.run(30 * SECOND);
    t.forget();
    expect(t.apply(statefulSet(3) + CLAIM_TEMPLATE)).toMatchObject({ ok: true });
    const readyAt = new Map<string, Micros>();
    t.until(
      'it runs',
      () => {
        for (const { name } of t.readyPodsOf('db')) if (!readyAt.has(name)) readyAt.set(name, t.now);
        return readyAt.size === 3;
      },
      MINUTE,
    );
    expect(names(t, 'db')).toEqual(['db-0', 'db-1', 'db-2']);
    for (const [before, after] of [
      ['db-0', 'db-1'],
      ['db-1', 'db-2'],
    ] as const)
      expect(t.pod(after)!.createdAt).toBeGreaterThanOrEqual(wholeSeconds(readyAt.get(before)!));
    const claim = () => t.object<PersistentVolumeClaim>('PersistentVolumeClaim', 'data-db-1')!;
    const held = claim();
    const { uid, node } = t.pod('db-1')!;
    t.request('DELETE', '/api/v1/namespaces/default/pods/db-1');
    t.until('db-1 is back', () => t.pod('db-1')?.uid !== uid && t.readyPodsOf('db').length === 3, MINUTE);
    expect(names(t, 'db')).toEqual(['db-0', 'db-1', 'db-2']);
    expect(claim().metadata.uid).toBe(held.metadata.uid);
    expect(claim().spec?.volumeName).toBe(held.spec?.volumeName);
    expect(t.pod('db-1')!.node).toBe(node);
    const said = t.eventsOf('StatefulSet', 'SuccessfulCreate').map(({ message, count }) => `${message} x${count}`);
    expect(said.toSorted()).toEqual([
      'Create Claim data-db-0 Pod db-0 in StatefulSet db success x1',
      'Create Claim data-db-1 Pod db-1 in StatefulSet db success x1',
      'Create Claim data-db-2 Pod db-2 in StatefulSet db success x1',
      'Create Pod db-0 in StatefulSet db successful x1',
      'Create Pod db-1 in StatefulSet db successful x2',
      'Create Pod db-2 in StatefulSet db successful x1',
    ]);
    await expect(t.transcript).toMatchFileSnapshot('transcripts/statefulset.txt');
  });

  it('under a dead node stays Terminating until the node is out of service, as the golden transcript tells', async () => {
    const t = bootedStory({ nodes: 2, zones: 1 });
    t.apply(statefulSet(2));
    t.until('it runs', () => t.readyPodsOf('db').length === 2, MINUTE);
    t.run(10 * SECOND);
    t.forget();
    const { node, uid } = t.pod('db-1')!;
    t.fault({ type: 'power-off', machine: node! });
    t.run(15 * MINUTE);
    // At most one: whether the old one still runs cannot be known.
    expect(t.pod('db-1')).toMatchObject({ uid, status: 'Terminating' });
    const taints = [
      { key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoExecute' },
      { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' },
      { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' },
    ];
    const patched = t.request('PATCH', `/api/v1/nodes/${node}`, {
      body: { spec: { taints } },
      contentType: 'application/merge-patch+json',
    });
    expect(patched).toMatchObject({ ok: true });
    const freed = t.now;
    t.until('the old one is gone', () => t.pod('db-1')?.uid !== uid, MINUTE);
    // The collector of pods passes every 20 s.
    expect(t.now - freed).toBeLessThanOrEqual(21 * SECOND);
    t.until('db-1 runs elsewhere', () => t.readyPodsOf('db').length === 2, MINUTE);
    expect(t.pod('db-1')!.node).not.toBe(node);
    await expect(t.transcript).toMatchFileSnapshot('transcripts/out-of-service.txt');
  });
});

const job = (name: string, spec: string, command: string): string => `apiVersion: batch/v1
kind: Job
metadata:
  name: ${name}
spec:
${spec}
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.37
          command: [sh, -c, ${JSON.stringify(command)}]
`;
interface JobStatus {
  readonly succeeded?: number;
  readonly failed?: number;
  readonly completedIndexes?: string;
  readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason: string }[];
}
const jobStatus = (t: Story, name: string): JobStatus =>
  (t.request('GET', `/apis/batch/v1/namespaces/default/jobs/${name}`).body as { readonly status: JobStatus }).status;
const isOver = (t: Story, name: string): boolean =>
  jobStatus(t, name).conditions?.some(({ type }) => type === 'Complete' || type === 'Failed') === true;

describe('a Job', () => {
  it('runs until as many pods have succeeded as it asks for; they stay to be looked at, and go with it', () => {
    const t = bootedStory({ recorded: false });
    expect(t.apply(job('work', '  completions: 3\n  parallelism: 2\n', 'sleep 3'))).toMatchObject({ ok: true });
    t.until('it is over', () => isOver(t, 'work'), 2 * MINUTE);
    expect(jobStatus(t, 'work')).toMatchObject({
      succeeded: 3,
      conditions: [{ type: 'SuccessCriteriaMet' }, { type: 'Complete', status: 'True', reason: 'CompletionsReached' }],
    });
    expect(t.podsOf('work').map(({ status }) => status)).toEqual(['Completed', 'Completed', 'Completed']);
    t.request('DELETE', '/apis/batch/v1/namespaces/default/jobs/work', { body: { propagationPolicy: 'Background' } });
    t.until('its pods are gone', () => t.podsOf('work').length === 0, MINUTE);
  });

  it('that fails waits longer each time and gives up', () => {
    const t = bootedStory({ recorded: false });
    t.apply(job('work', '  backoffLimit: 2\n', 'exit 3'));
    t.until('it is over', () => isOver(t, 'work'), 3 * MINUTE);
    expect(jobStatus(t, 'work')).toMatchObject({
      failed: 3,
      conditions: [{}, { type: 'Failed', reason: 'BackoffLimitExceeded' }],
    });
    const [first = 0, second = 0, third = 0] = t.podsOf('work').map(({ createdAt }) => createdAt / SECOND);
    expect(second - first).toBeGreaterThanOrEqual(10);
    expect(third - second).toBeGreaterThanOrEqual(20);
  });

  it('with indexes tells each pod its own', () => {
    const t = bootedStory({ recorded: false });
    t.apply(
      job(
        'work',
        '  completions: 3\n  parallelism: 3\n  completionMode: Indexed\n',
        'test $JOB_COMPLETION_INDEX -lt 3',
      ),
    );
    t.until('it is over', () => isOver(t, 'work'), MINUTE);
    expect(jobStatus(t, 'work')).toMatchObject({ succeeded: 3, completedIndexes: '0-2' });
    expect(
      t
        .podsOf('work')
        .map(({ name }) => name.slice(0, 7))
        .sort(),
    ).toEqual(['work-0-', 'work-1-', 'work-2-']);
  });
});

describe('a CronJob', () => {
  const cronJob = (seconds: number): string => `apiVersion: batch/v1
kind: CronJob
metadata:
  name: tick
spec:
  schedule: "* * * * *"
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: main
              image: busybox:1.37
              command: [sleep, "${seconds}"]
`;
  interface JobOf {
    readonly metadata: ObjectMeta;
    readonly status: JobStatus & { readonly startTime: string; readonly completionTime?: string };
  }
  const jobsOf = (t: Story): readonly JobOf[] =>
    (t.request('GET', '/apis/batch/v1/namespaces/default/jobs').body as { readonly items: readonly JobOf[] }).items;

  it('starts a Job each minute and keeps three that are done', () => {
    const t = bootedStory({ recorded: false });
    expect(t.apply(cronJob(5))).toMatchObject({ ok: true });
    t.run(5 * MINUTE + 30 * SECOND);
    expect(jobsOf(t).map(({ status }) => status.succeeded)).toEqual([1, 1, 1]);
    expect(t.eventsOf('CronJob', 'SawCompletedJob')).toHaveLength(5);
  });

  it('with Forbid skips runs while one is on, and begins the last one missed when it ends, as the golden transcript tells', async () => {
    const t = bootedStory({ nodes: 1, zones: 1 });
    t.apply(cronJob(90));
    let most = 0;
    t.until(
      'two are done',
      () => {
        most = Math.max(most, t.pods.filter(({ phase }) => phase === 'Pending' || phase === 'Running').length);
        return t.eventsOf('CronJob', 'SawCompletedJob').length === 2;
      },
      5 * MINUTE,
    );
    expect(most).toBe(1);
    const refusals = t.eventsOf('CronJob', 'JobAlreadyActive');
    expect(new Set(refusals.map(({ message }) => message))).toEqual(
      new Set(['Not starting job because prior execution is running and concurrency policy is Forbid']),
    );
    // At each minute, and whenever the Job that runs changes.
    const minutes = t.lines
      .filter((line) => line.includes('JobAlreadyActive'))
      .map((line) => line.slice(0, '00:00:00'.length));
    expect(minutes).toEqual(expect.arrayContaining(['00:02:00', '00:03:00', '00:04:00']));
    t.run(5 * SECOND);
    const [first, second, third] = jobsOf(t);
    const minuteOf = ({ metadata }: JobOf): number => Number(metadata.name.slice('tick-'.length));
    // 90 s each: the run of minute 2 begins late, that of minute 3 never, that of minute 4 late.
    expect(minuteOf(second!) - minuteOf(first!)).toBe(1);
    expect(minuteOf(third!) - minuteOf(first!)).toBe(3);
    expect(second!.status.startTime >= first!.status.completionTime!).toBe(true);
    expect(third!.status.startTime >= second!.status.completionTime!).toBe(true);
    await expect(t.transcript).toMatchFileSnapshot('transcripts/cronjob-forbid.txt');
  });
});

describe('a quota that is hit in mid roll-out', () => {
  it('holds it up in words, takes nothing away, and lets it go on when it is raised, as the golden transcript tells', async () => {
    const t = bootedStory({ nodes: 2, zones: 1 });
    const quota = (pods: number): string =>
      `apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: few}\nspec: {hard: {pods: "${pods}"}}\n`;
    const web = (image: string): string =>
      deployment('web', {
        replicas: 3,
        image,
        spec: '  strategy: {rollingUpdate: {maxSurge: 2, maxUnavailable: 0}}\n',
      });
    t.apply(manifests(quota(4), web('nginx:1.27')));
    t.until('web runs', () => t.readyPodsOf('web').length === 3, MINUTE);
    t.run(10 * SECOND);
    t.forget();
    t.apply(web('nginx:1.28'));
    let fewest = 3;
    let most = 3;
    const watch = (): void => {
      fewest = Math.min(fewest, t.readyPodsOf('web').length);
      most = Math.max(most, t.podsOf('web').length);
    };
    t.until(
      'all are new',
      () => (watch(), t.readyPodsOf('web').every(({ images }) => images.join() === 'nginx:1.28')),
      3 * MINUTE,
    );
    // Two more were wanted at a time; the quota let one.
    expect({ fewest, most }).toEqual({ fewest: 3, most: 4 });
    t.run(30 * SECOND);
    t.scale('web', 6);
    t.run(MINUTE);
    expect(t.readyPodsOf('web')).toHaveLength(4);
    expect(t.deployment('web').conditions).toContainEqual(
      expect.objectContaining({ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate' }),
    );
    const refusals = t.eventsOf('ReplicaSet', 'FailedCreate').map(({ message }) => message);
    expect(refusals.length).toBeGreaterThan(0);
    for (const message of refusals)
      expect(message).toMatch(
        /^(\(combined from similar events\): )?Error creating: pods "web-\w+-\w+" is forbidden: exceeded quota: few, requested: pods=1, used: pods=4, limited: pods=4$/,
      );
    t.apply(quota(10));
    t.until('six run', () => t.readyPodsOf('web').length === 6, 5 * MINUTE);
    t.run(10 * SECOND);
    expect(t.deployment('web').conditions.map(({ type }) => type)).not.toContain('ReplicaFailure');
    await expect(t.transcript).toMatchFileSnapshot('transcripts/quota.txt');
  });
});
