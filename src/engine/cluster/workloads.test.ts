import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { bootedStory, type Story } from './testing';

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
  it('has a pod on each worker, also on one that joins, and keeps off the control plane', () => {
    const t = bootedStory({ recorded: false });
    expect(t.apply(daemonSet())).toMatchObject({ ok: true });
    t.until('it runs', () => t.readyPodsOf('agent').length === 4, MINUTE);
    expect(placed(t)).toEqual(WORKERS);
    t.act({ type: 'add-machine' });
    t.until('on the new one too', () => t.readyPodsOf('agent').length === 5, MINUTE);
    expect(placed(t)).toEqual([...WORKERS, 'node-5']);
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
  it('starts its pods one after the other; a deleted one comes back with its name', () => {
    const t = bootedStory({ recorded: false });
    expect(t.apply(statefulSet(3))).toMatchObject({ ok: true });
    t.until('it runs', () => t.readyPodsOf('db').length === 3, MINUTE);
    expect(names(t, 'db')).toEqual(['db-0', 'db-1', 'db-2']);
    const started = ['db-0', 'db-1', 'db-2'].map((name) => t.pod(name)!.createdAt);
    expect(started).toEqual([...started].sort((a, b) => a - b));
    expect(new Set(started).size).toBe(3);
    const { uid } = t.pod('db-1')!;
    t.request('DELETE', '/api/v1/namespaces/default/pods/db-1');
    t.until('db-1 is back', () => t.pod('db-1')?.uid !== uid && t.readyPodsOf('db').length === 3, MINUTE);
    expect(names(t, 'db')).toEqual(['db-0', 'db-1', 'db-2']);
  });

  it('under a dead node stays Terminating until somebody says that the node is out of service', () => {
    const t = bootedStory({ recorded: false });
    t.apply(statefulSet(2));
    t.until('it runs', () => t.readyPodsOf('db').length === 2, MINUTE);
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
    t.until('db-1 runs elsewhere', () => t.pod('db-1')?.uid !== uid && t.readyPodsOf('db').length === 2, 3 * MINUTE);
    expect(t.pod('db-1')!.node).not.toBe(node);
    t.run(SECOND);
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
  it('starts a Job each minute, one at a time, and keeps three that are done', () => {
    const t = bootedStory({ recorded: false });
    const cron = `apiVersion: batch/v1
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
              command: [sleep, "5"]
`;
    expect(t.apply(cron)).toMatchObject({ ok: true });
    t.run(5 * MINUTE + 30 * SECOND);
    const jobs = t.request('GET', '/apis/batch/v1/namespaces/default/jobs').body as {
      readonly items: readonly { readonly status: JobStatus }[];
    };
    expect(jobs.items.map(({ status }) => status.succeeded)).toEqual([1, 1, 1]);
    expect(t.eventsOf('CronJob', 'SawCompletedJob')).toHaveLength(5);
  });
});
