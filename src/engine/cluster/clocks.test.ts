/** Every clock that is told ends when that happens which it tells of. */
import { describe, expect, it } from 'vitest';
import { MILLISECOND, MINUTE, SECOND } from '#engine/kernel/time';
import type { CountdownRecord } from './records';
import { bootedStory, deployment, type Story } from './testing';

const clocksOf = (t: Story, what: CountdownRecord['what']): readonly CountdownRecord[] =>
  t.look().countdowns.filter((clock) => clock.what === what);

/** The first clock of a kind, once there is one. */
function clockOf(t: Story, what: CountdownRecord['what'], name?: string): CountdownRecord {
  let found: CountdownRecord | undefined;
  t.until(`a clock of ${what}`, () => {
    found = clocksOf(t, what).find(({ subject }) => name === undefined || subject.name === name);
    return found !== undefined;
  });
  return found!;
}

const JOB = (name: string, command: string, more = ''): string => `apiVersion: batch/v1
kind: Job
metadata: {name: ${name}}
spec:
${more}
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: busybox, command: [sh, -c, '${command}']}]
`;

describe('a clock', () => {
  it('of a pull runs with the bytes that come', () => {
    const t = bootedStory({ recorded: false });
    t.apply(deployment('big', { replicas: 1, image: 'postgres:16' }));
    const pull = clockOf(t, 'image-pull');
    expect(pull.subject.name).toMatch(/^big-/);
    expect(pull.endsAt - pull.startedAt).toBeCloseTo((pull.bytes! / 40_000_000) * SECOND, 0);
    t.run(pull.endsAt - t.now - 10 * MILLISECOND);
    expect(t.eventsOf('Pod', 'Pulled').filter(({ regarding }) => regarding.name === pull.subject.name)).toEqual([]);
    t.run(3 * SECOND);
    expect(clocksOf(t, 'image-pull')).toEqual([]);
    const [pulled] = t.eventsOf('Pod', 'Pulled').filter(({ regarding }) => regarding.name === pull.subject.name);
    expect(pulled?.message).toContain(`Image size: ${pull.bytes} bytes.`);
  });

  it('of an image that cannot be pulled is that of its back-off, not of a pull', () => {
    const t = bootedStory({ recorded: false });
    t.apply(deployment('broken', { replicas: 1, image: 'no-such-image:1' }));
    const clock = clockOf(t, 'image-back-off');
    expect(clock.endsAt - clock.startedAt).toBe(10 * SECOND);
  });

  it('of a Job tells when it must be done, when its next pod comes, and when it goes', () => {
    const t = bootedStory({ recorded: false });
    t.apply(JOB('failing', 'exit 1', '  backoffLimit: 6'));
    const backOff = clockOf(t, 'job-back-off', 'failing');
    expect(backOff.endsAt - backOff.startedAt).toBe(10 * SECOND);
    const pods = t.podsOf('failing').length;
    t.run(backOff.endsAt - t.now - 10 * MILLISECOND);
    expect(t.podsOf('failing')).toHaveLength(pods);
    t.run(SECOND);
    expect(t.podsOf('failing')).toHaveLength(pods + 1);

    t.apply(JOB('slow', 'sleep 1000', '  activeDeadlineSeconds: 40\n  ttlSecondsAfterFinished: 30'));
    const deadline = clockOf(t, 'active-deadline', 'slow');
    t.run(deadline.endsAt - t.now - SECOND);
    const leaving = () => t.podsOf('slow').filter(({ deletionAt }) => deletionAt !== null).length;
    expect(leaving()).toBe(0);
    t.run(2 * SECOND);
    expect(leaving()).toBe(1);

    const kept = clockOf(t, 'ttl', 'slow');
    expect(kept.endsAt - kept.startedAt).toBe(30 * SECOND);
    t.run(kept.endsAt - t.now - SECOND);
    expect(t.object('Job', 'slow')).not.toBeNull();
    t.run(3 * SECOND);
    expect(t.object('Job', 'slow')).toBeNull();
  });

  it('of a CronJob ends with its next run, and begins anew', () => {
    const t = bootedStory({ recorded: false });
    t.apply(`apiVersion: batch/v1
kind: CronJob
metadata: {name: every}
spec:
  schedule: '*/2 * * * *'
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: busybox, command: [sh, -c, 'true']}]}}}}
`);
    const first = clockOf(t, 'next-run');
    expect(first.endsAt % (2 * MINUTE)).toBe(0);
    t.run(first.endsAt - t.now - 10 * MILLISECOND);
    expect(t.eventsOf('CronJob', 'SuccessfulCreate')).toEqual([]);
    t.run(2 * SECOND);
    expect(t.eventsOf('CronJob', 'SuccessfulCreate')).toHaveLength(1);
    expect(clockOf(t, 'next-run')).toMatchObject({ startedAt: first.endsAt, endsAt: first.endsAt + 2 * MINUTE });
  });

  it('of a pod that fits nowhere is that of the scheduler, which tries it anew when it ends', () => {
    const t = bootedStory({ recorded: false });
    t.apply(deployment('large', { replicas: 1, cpu: '40' }));
    const clock = clockOf(t, 'unschedulable');
    expect(clock.endsAt - clock.startedAt).toBe(5 * MINUTE);
    t.run(clock.endsAt - t.now + 31 * SECOND);
    expect(clockOf(t, 'unschedulable').startedAt).toBeGreaterThanOrEqual(clock.endsAt);
  });

  it('of a rollout that gets nowhere ends with ProgressDeadlineExceeded', () => {
    const t = bootedStory({ recorded: false });
    t.apply(
      deployment('stuck', { replicas: 1, cpu: '40' }).replace(
        'replicas: 1',
        'replicas: 1\n  progressDeadlineSeconds: 30',
      ),
    );
    const clock = clockOf(t, 'progress-deadline', 'stuck');
    const reason = () => t.deployment('stuck').conditions.find(({ type }) => type === 'Progressing')?.reason;
    t.run(clock.endsAt - t.now - SECOND);
    expect(reason()).not.toBe('ProgressDeadlineExceeded');
    t.run(3 * SECOND);
    expect(reason()).toBe('ProgressDeadlineExceeded');
  });

  it('of a Lease that nobody renews ends as another takes it, that of an election as a member stands for it', () => {
    const t = bootedStory({ recorded: false, controlPlanes: 3, nodes: 1 });
    const leading = ({ election }: { election: { phase: string } | null }): boolean => election?.phase === 'leading';
    const holder = ['control-plane-1', 'control-plane-2', 'control-plane-3'].find((name) =>
      t.machine(name).processes.some((process) => process.name === 'kube-scheduler' && leading(process)),
    )!;
    t.fault({ type: 'pause-process', process: `${holder}/kube-scheduler` });
    const lease = clockOf(t, 'lease');
    expect(lease.subject).toMatchObject({ kind: 'Process', name: expect.stringMatching(/kube-scheduler$/) });
    expect(lease.endsAt - lease.startedAt).toBe(15 * SECOND);
    t.run(8 * SECOND + lease.endsAt - t.now);
    expect(clocksOf(t, 'lease')).toEqual([]);

    const leader = ['control-plane-1', 'control-plane-2', 'control-plane-3'].find((name) =>
      t.machine(name).processes.some(({ raft }) => raft?.role === 'leader'),
    )!;
    t.fault({ type: 'kill-process', process: `${leader}/etcd` });
    let clock: CountdownRecord | undefined;
    t.until('a clock', () => (clock = clocksOf(t, 'election')[0]) !== undefined, 5 * SECOND, 50 * MILLISECOND);
    expect(clock!.endsAt - clock!.startedAt).toBeGreaterThanOrEqual(SECOND);
    expect(clock!.endsAt - clock!.startedAt).toBeLessThan(2 * SECOND);
  });
});

it('an observer is told of each answer to a probe once', () => {
  const t = bootedStory({ recorded: false });
  t.apply(`apiVersion: v1
kind: Pod
metadata: {name: probed}
spec:
  containers:
  - name: main
    image: nginx:1.27
    readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 5}
    livenessProbe: {exec: {command: ['false']}, periodSeconds: 7, failureThreshold: 100}
`);
  t.until('it runs', () => t.pod('probed')?.ready === true);
  const told: string[] = [];
  const end = t.now + 35 * SECOND;
  while (t.now < end) {
    t.engine.run(t.now + 100 * MILLISECOND, { events: Infinity });
    for (const { pod, probe, ok } of t.look().probes) if (pod === t.pod('probed')?.uid) told.push(`${probe} ${ok}`);
  }
  expect(told.filter((one) => one === 'readiness true')).toHaveLength(7);
  expect(told.filter((one) => one === 'liveness false')).toHaveLength(5);
});
