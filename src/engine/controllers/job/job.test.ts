// long: tables of upstream's cases
import { describe, expect, it } from 'vitest';
import type { Job, KubeObject, Pod } from '#engine/api/types';
import { ownerReference } from '#engine/api/meta';
import { MINUTE, SECOND, seconds } from '#engine/kernel/time';
import type { Plan } from '#engine/client/plan';
import { applyPlan, type World, world } from '../testing/apply';
import { at, meta, pod, readyCondition } from '../testing/builders';
import { podsIn, settle, withObject, withPods } from '../testing/settle';
import { situation, viewOfObjects } from '../testing/view';
import { timeLeft } from '../ttlafterfinished/reconcile';
import { ttlAfterFinishedController } from '../ttlafterfinished/controller';
import { backOffAfter } from './back-off';
import { jobController as controller } from './controller';
import { firstPending, formatIndexes, parseIndexes } from './indexes';
import { judgeFailure, metSuccess } from './policies';
import type { JobMemory } from './reconcile';

const KEY = 'default/work';
const FINALIZER = 'batch.kubernetes.io/job-tracking';
const INDEX = 'batch.kubernetes.io/job-completion-index';
type Spec = NonNullable<Job['spec']>;
type Status = NonNullable<Job['status']>;

function work(spec: Partial<Spec> = {}, status: Status = {}, over: Partial<Job['metadata']> = {}): Job {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: meta('Job', 'work', over),
    spec: {
      parallelism: 1,
      completions: 1,
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      suspend: false,
      podReplacementPolicy: 'TerminatingOrFailed',
      selector: { matchLabels: { job: 'work' } },
      template: {
        metadata: { labels: { job: 'work' } },
        spec: { containers: [{ name: 'main', image: 'busybox' }], restartPolicy: 'Never' },
      },
      ...spec,
    },
    status,
  };
}
/** Of a work queue. */
const without = ({ completions: _completions, ...spec }: Spec, job: Job): Job => ({ ...job, spec });
const queue = (spec: Partial<Spec>): Job => {
  const job = work(spec);
  return without(job.spec!, job);
};

type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';
interface PodParts {
  readonly index?: number;
  readonly tracked?: boolean;
  readonly deleting?: boolean;
  readonly exitCode?: number;
  readonly finished?: number;
  readonly annotations?: Record<string, string>;
  readonly restarts?: number;
  readonly ready?: boolean;
}
let serial = 0;
function one(owner: Job, phase: Phase, parts: PodParts = {}): Pod {
  const { index, tracked = true, deleting = false, exitCode, finished = 0, restarts = 0, ready = false } = parts;
  const name = `work-${serial++}`;
  const over = phase === 'Succeeded' || phase === 'Failed';
  return pod(name, {
    meta: {
      labels: { job: 'work' },
      ownerReferences: [ownerReference(owner)],
      annotations: { ...(index === undefined ? {} : { [INDEX]: String(index) }), ...parts.annotations },
      ...(tracked ? { finalizers: [FINALIZER] } : {}),
      ...(deleting ? { deletionTimestamp: at(0) } : {}),
    },
    status: {
      phase,
      conditions: ready ? [readyCondition()] : [],
      containerStatuses: [
        {
          name: 'main',
          image: '',
          imageID: '',
          ready,
          restartCount: restarts,
          ...(over
            ? {
                state: { terminated: { exitCode: exitCode ?? (phase === 'Failed' ? 1 : 0), finishedAt: at(finished) } },
              }
            : {}),
        },
      ],
    },
  });
}
const many = (owner: Job, phase: Phase, count: number, parts: PodParts = {}): Pod[] =>
  Array.from({ length: count }, () => one(owner, phase, parts));

const plan = (objects: readonly KubeObject[], now = 0): Plan<JobMemory> =>
  controller.reconcile(viewOfObjects(objects), KEY, situation({ now, memory: controller.initialMemory }));
const ops = ({ steps }: Plan<JobMemory>) => ({
  created: steps.filter(({ op }) => op === 'create').length,
  deleted: steps.filter(({ op }) => op === 'delete').length,
});
const statusIn = ({ steps }: Plan<JobMemory>): Status => {
  const step = steps.find((each) => each.op === 'update');
  return step?.op === 'update' ? ((step.object as Job).status ?? {}) : {};
};
const run = (before: World, now = 0, memory = controller.initialMemory): World =>
  settle({ world: before, memory }, controller, KEY, now).world;
const stored = ({ objects }: World): Job => objects.find(({ kind }) => kind === 'Job') as Job;
const conditionsOf = (before: World): string[] =>
  (stored(before).status?.conditions ?? []).map(
    ({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`,
  );
const FAILED = 'FailureTarget=True BackoffLimitExceeded: Job has reached the specified backoff limit';

describe('one look at a Job (kubernetes job_controller_test.go, TestControllerSyncJob)', () => {
  interface Row {
    readonly job: Job;
    readonly pods?: (job: Job) => Pod[];
    readonly created?: number;
    readonly deleted?: number;
    readonly active?: number;
  }
  const rows: Record<string, Row> = {
    'job start': { job: work({ parallelism: 2, completions: 5 }), created: 2, active: 2 },
    'WQ job start': { job: queue({ parallelism: 2 }), created: 2, active: 2 },
    'pending pods': {
      job: work({ parallelism: 2, completions: 5 }),
      pods: (job) => many(job, 'Pending', 2),
      active: 2,
    },
    'correct # of pods': {
      job: work({ parallelism: 2, completions: 5 }),
      pods: (job) => many(job, 'Running', 2),
      active: 2,
    },
    'too few active pods': {
      job: work({ parallelism: 2, completions: 5 }),
      pods: (job) => [...many(job, 'Running', 1), ...many(job, 'Succeeded', 1)],
      created: 1,
      active: 2,
    },
    'too many active pods': {
      job: work({ parallelism: 2, completions: 5 }),
      pods: (job) => many(job, 'Running', 3),
      deleted: 1,
      active: 2,
    },
    'too many active pods, with deletions': {
      job: work({ parallelism: 2, completions: 5 }),
      pods: (job) => many(job, 'Running', 10),
      deleted: 8,
      active: 2,
    },
    'more active pods than parallelism, some done': {
      job: work({ parallelism: 3, completions: 4 }),
      pods: (job) => [...many(job, 'Running', 3), ...many(job, 'Succeeded', 2)],
      deleted: 1,
      active: 2,
    },
    'WQ job finished, one at work': {
      job: queue({ parallelism: 2 }),
      pods: (job) => [...many(job, 'Running', 1), ...many(job, 'Succeeded', 1)],
      active: 1,
    },
    'nothing while it is being deleted': { job: work({ parallelism: 2 }, {}, { deletionTimestamp: at(0) }) },
    suspended: {
      job: work({ parallelism: 2, completions: 4, suspend: true }),
      pods: (job) => many(job, 'Running', 2),
      deleted: 2,
    },
    'one index terminating, policy Failed': {
      job: work({ parallelism: 2, completions: 5, completionMode: 'Indexed', podReplacementPolicy: 'Failed' }),
      pods: (job) => many(job, 'Running', 1, { index: 0, deleting: true }),
      created: 1,
      active: 1,
    },
  };
  it.each(Object.entries(rows))('%s', (_, row) => {
    const found = plan([row.job, ...(row.pods?.(row.job) ?? [])], seconds(1));
    expect(ops(found)).toEqual({ created: row.created ?? 0, deleted: row.deleted ?? 0 });
    expect(statusIn(found).active ?? 0).toBe(row.active ?? 0);
  });

  it('one index terminating, policy TerminatingOrFailed: two are created, after the back-off of what counts as a failure', () => {
    const job = work({ parallelism: 2, completions: 5, completionMode: 'Indexed' });
    const objects = [job, one(job, 'Running', { index: 0, deleting: true })];
    expect(plan(objects).again).toBe(10 * SECOND);
    expect(ops(plan(objects, 10 * SECOND)).created).toBe(2);
  });
});

describe('a Job', () => {
  /** All pods end: so. */
  const end = (
    before: World,
    phase: 'Succeeded' | 'Failed',
    second = 0,
    exitCode = phase === 'Failed' ? 1 : 0,
  ): World =>
    withPods(before, ({ status }) =>
      status.phase === 'Pending' || status.phase === 'Running'
        ? {
            phase,
            containerStatuses: [
              {
                name: 'main',
                image: '',
                imageID: '',
                ready: false,
                restartCount: 0,
                state: { terminated: { exitCode, finishedAt: at(second) } },
              },
            ],
          }
        : null,
    );

  it('runs its pods, counts each once, lets them go and is complete', () => {
    let now = run(world(work({ parallelism: 2, completions: 3 })));
    expect(podsIn(now).map(({ metadata }) => metadata.finalizers)).toEqual([[FINALIZER], [FINALIZER]]);
    expect(stored(now).status).toMatchObject({ active: 2, startTime: at(0), ready: 0, terminating: 0 });
    now = run(end(now, 'Succeeded'), SECOND);
    expect(stored(now).status).toMatchObject({ active: 1, succeeded: 2, uncountedTerminatedPods: {} });
    now = run(end(now, 'Succeeded'), 2 * SECOND);
    expect(stored(now).status).toMatchObject({ succeeded: 3, completionTime: at(2), uncountedTerminatedPods: {} });
    expect(conditionsOf(now)).toEqual([
      'SuccessCriteriaMet=True CompletionsReached: Reached expected number of succeeded pods',
      'Complete=True CompletionsReached: Reached expected number of succeeded pods',
    ]);
    expect(podsIn(now).every(({ metadata }) => (metadata.finalizers ?? []).length === 0)).toBe(true);
    expect(now.events.slice(-1)).toEqual(['Normal Completed Job completed']);
  });

  it('waits longer after each failure, and fails when there were too many', () => {
    let now = run(world(work({ backoffLimit: 2 })));
    const failures = (): number => stored(now).status?.failed ?? 0;
    let stage = { world: now, memory: controller.initialMemory };
    const step = (second: number): void => {
      stage = settle(stage, controller, KEY, seconds(second));
      now = stage.world;
    };
    const fail = (second: number): void => {
      stage = { ...stage, world: end(stage.world, 'Failed', second) };
      step(second);
    };
    fail(10);
    expect([failures(), stored(now).status?.active ?? 0]).toEqual([1, 0]);
    step(19);
    expect(stored(now).status?.active ?? 0).toBe(0);
    step(20);
    expect(stored(now).status?.active).toBe(1);
    fail(30);
    step(49);
    expect(stored(now).status?.active ?? 0).toBe(0);
    step(50);
    expect(stored(now).status?.active).toBe(1);
    fail(60);
    expect(conditionsOf(now)).toEqual([FAILED, FAILED.replace('FailureTarget', 'Failed')]);
    expect(failures()).toBe(3);
    expect(now.events.slice(-1)).toEqual(['Warning BackoffLimitExceeded Job has reached the specified backoff limit']);
  });

  it('that may not fail at all fails with the first pod; what is still at work is ended first', () => {
    const job = work({ parallelism: 2, completions: 5, backoffLimit: 0 });
    const objects = [job, one(job, 'Failed'), one(job, 'Running')];
    const first = plan(objects, SECOND);
    expect(ops(first)).toEqual({ created: 0, deleted: 1 });
    expect(statusIn(first).conditions?.map(({ type }) => type)).toEqual(['FailureTarget']);
    const now = run(world(...objects), SECOND);
    expect(conditionsOf(now).map((text) => text.split(' ')[0])).toEqual(['FailureTarget=True', 'Failed=True']);
    // What was still at work counts as failed, too.
    expect(stored(now).status?.failed).toBe(2);
  });

  it('with restarts on the machine counts those', () => {
    const job = work({ backoffLimit: 2 });
    const onFailure: Job = {
      ...job,
      spec: {
        ...job.spec!,
        template: { ...job.spec!.template, spec: { ...job.spec!.template.spec!, restartPolicy: 'OnFailure' } },
      },
    };
    const restarted = (restarts: number): readonly string[] =>
      (statusIn(plan([onFailure, one(onFailure, 'Running', { restarts })])).conditions ?? []).map(
        ({ reason }) => reason ?? '',
      );
    expect(restarted(1)).toEqual([]);
    expect(restarted(2)).toEqual(['BackoffLimitExceeded']);
  });

  it('ends at its deadline, which a suspension stops', () => {
    const job = work({ activeDeadlineSeconds: 10 }, { startTime: at(0) });
    const objects = [job, one(job, 'Running')];
    expect(plan(objects, 4 * SECOND).again).toBe(6 * SECOND);
    expect(statusIn(plan(objects, 10 * SECOND)).conditions).toMatchObject([
      { type: 'FailureTarget', reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' },
    ]);
    const suspended = { ...job, spec: { ...job.spec!, suspend: true } };
    expect(plan([suspended], 10 * SECOND).again).toBeUndefined();
  });

  it('that is suspended loses its pods without counting them, and begins anew when it is resumed', () => {
    const now = run(world(work({ parallelism: 2, completions: 2 })));
    const job = stored(now);
    const suspended = run(withObject(now, { ...job, spec: { ...job.spec!, suspend: true } } as Job), SECOND);
    expect(podsIn(suspended)).toEqual([]);
    expect(stored(suspended).status?.failed ?? 0).toBe(0);
    expect(conditionsOf(suspended)).toEqual(['Suspended=True JobSuspended: Job suspended']);
    const held = stored(suspended);
    const resumed = run(withObject(suspended, { ...held, spec: { ...held.spec!, suspend: false } } as Job), MINUTE);
    expect(conditionsOf(resumed)).toEqual(['Suspended=False JobResumed: Job resumed']);
    expect(stored(resumed).status).toMatchObject({ startTime: at(60), active: 2 });
    expect(resumed.events).toEqual(
      expect.arrayContaining(['Normal Suspended Job suspended', 'Normal Resumed Job resumed']),
    );
  });

  it('of a work queue is complete when one pod succeeded and none is at work', () => {
    const job = queue({ parallelism: 2 });
    expect(conditionsOf(run(world(job, one(job, 'Succeeded'), one(job, 'Failed')), SECOND)).at(-1)).toMatch(
      /^Complete=True/,
    );
  });

  it('leaves alone what somebody else manages', () => {
    expect(plan([work({ managedBy: 'example.com/other' })]).steps).toEqual([]);
  });

  it('that is being deleted lets go of pods at work without counting them', () => {
    const going = work({ completions: 3, parallelism: 3 }, {}, { deletionTimestamp: at(0), finalizers: ['orphan'] });
    const pods = [one(going, 'Running'), one(going, 'Succeeded'), one(going, 'Failed')];
    const asked = plan([going, ...pods]);
    expect(statusIn(asked).uncountedTerminatedPods).toEqual({
      succeeded: [pods[1]!.metadata.uid],
      failed: [pods[2]!.metadata.uid],
    });
    expect(asked.steps.filter(({ op }) => op === 'patch')).toHaveLength(3);
  });

  it('that has failed counts pods at work as failed, one that has succeeded does not', () => {
    const ends = (type: string): Status['uncountedTerminatedPods'] => {
      const job = work({ completions: 3, parallelism: 3 }, { conditions: [{ type, status: 'True', reason: 'x' }] });
      return statusIn(plan([job, one(job, 'Running', { deleting: false })])).uncountedTerminatedPods;
    };
    expect(ends('FailureTarget')?.failed).toHaveLength(1);
    expect(ends('SuccessCriteriaMet')).toEqual({});
  });

  it('frees the pods of a Job that is gone', () => {
    const job = work();
    const stray = one(job, 'Running');
    const keys = controller.keysFor(
      { kind: 'Pod', type: 'updated', object: stray, old: stray },
      viewOfObjects([stray]),
    );
    expect(keys).toEqual([`orphan:default/${stray.metadata.name}`]);
    const freeing = controller.reconcile(
      viewOfObjects([stray]),
      keys[0]!,
      situation({ memory: controller.initialMemory }),
    );
    expect(podsIn(applyPlan(world(stray), freeing))[0]!.metadata.finalizers).toEqual([]);
    expect(freeing.steps).toMatchObject([
      { op: 'patch', patch: { metadata: { '$deleteFromPrimitiveList/finalizers': [FINALIZER] } } },
    ]);
  });
});

describe('an Indexed Job', () => {
  it('gives each pod its index: name, hostname, label, annotation, variable', () => {
    const found = plan([work({ parallelism: 2, completions: 3, completionMode: 'Indexed' })]);
    expect(found.steps[0]).toMatchObject({
      op: 'create',
      object: {
        metadata: { generateName: 'work-0-', labels: { [INDEX]: '0' }, annotations: { [INDEX]: '0' } },
        spec: {
          hostname: 'work-0',
          containers: [
            {
              env: [
                { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { fieldPath: `metadata.labels['${INDEX}']` } } },
              ],
            },
          ],
        },
      },
    });
  });

  it('counts indexes, not pods', () => {
    const job = work({ parallelism: 2, completions: 3, completionMode: 'Indexed' });
    const pods = [0, 1, 2].map((index) => one(job, 'Succeeded', { index }));
    const now = run(world(job, ...pods, one(job, 'Failed', { index: 1 })), SECOND);
    expect(stored(now).status).toMatchObject({ completedIndexes: '0-2', succeeded: 3, failed: 1 });
    expect(conditionsOf(now).at(-1)).toMatch(/^Complete=True/);
  });

  it('takes pods away whose index another one has, or that is none', () => {
    const job = work({ parallelism: 2, completions: 2, completionMode: 'Indexed' });
    const [first, twin, far] = [{ index: 0, ready: true }, { index: 0 }, { index: 7 }].map((parts) =>
      one(job, 'Running', parts),
    );
    const found = plan([job, first!, twin!, far!]);
    expect(found.steps.flatMap((step) => (step.op === 'delete' ? [step.target.name] : [])).sort()).toEqual(
      [twin!.metadata.name, far!.metadata.name].sort(),
    );
  });

  it('with a limit for each index gives up one index and goes on with the others', () => {
    const job = work({
      parallelism: 2,
      completions: 2,
      completionMode: 'Indexed',
      backoffLimit: 2_147_483_647,
      backoffLimitPerIndex: 1,
    });
    const once = one(job, 'Failed', { index: 0, annotations: { 'batch.kubernetes.io/job-index-failure-count': '0' } });
    const waiting = plan([job, once, one(job, 'Running', { index: 1 })], SECOND);
    expect(waiting.again).toBe(9 * SECOND);
    expect(waiting.steps.filter(({ op }) => op === 'patch')).toEqual([]);
    const again = plan([job, once, one(job, 'Running', { index: 1 })], 10 * SECOND);
    expect(again.steps[0]).toMatchObject({
      op: 'create',
      object: { metadata: { annotations: { 'batch.kubernetes.io/job-index-failure-count': '1' } } },
    });
    const twice = one(job, 'Failed', { index: 0, annotations: { 'batch.kubernetes.io/job-index-failure-count': '1' } });
    const now = run(world(job, twice, one(job, 'Succeeded', { index: 1 })), SECOND);
    expect(stored(now).status).toMatchObject({ failedIndexes: '0', completedIndexes: '1', failed: 1 });
    expect(conditionsOf(now)).toEqual([
      'FailureTarget=True FailedIndexes: Job has failed indexes',
      'Failed=True FailedIndexes: Job has failed indexes',
    ]);
  });

  it('ends early by its success policy', () => {
    const job = work({
      parallelism: 3,
      completions: 3,
      completionMode: 'Indexed',
      successPolicy: { rules: [{ succeededIndexes: '0' }] },
    });
    const now = run(world(job, one(job, 'Succeeded', { index: 0 }), one(job, 'Running', { index: 1 })), SECOND);
    expect(conditionsOf(now)).toEqual([
      'SuccessCriteriaMet=True SuccessPolicy: Matched rules at index 0',
      'Complete=True SuccessPolicy: Matched rules at index 0',
    ]);
  });
});

describe('indexes (kubernetes indexed_job_utils_test.go)', () => {
  it.each([
    ['', []],
    ['1,3-5,7', [1, 3, 4, 5, 7]],
    ['0,1', [0, 1]],
    ['0-2', [0, 1, 2]],
  ])('%s', (text, indexes) => {
    expect([...parseIndexes(text, 10)]).toEqual(indexes);
    expect(formatIndexes(new Set(indexes))).toBe(text);
  });
  it.each([
    [5, 20, [3, 5, 8], [2, 3, 4, 9], [], [0, 1, 6, 7, 10]],
    [5, 20, [3, 9], [1, 5, 9], [2, 6, 7], [0, 4, 8, 10, 11]],
    [6, 6, [6], [4, 5], [], [0, 1, 2, 3]],
  ])('first %i pending of %i', (wanted, completions, active, succeeded, failed, expected) => {
    expect(firstPending(wanted, completions, new Set(active), new Set(succeeded), new Set(failed))).toEqual(expected);
  });
});

describe('back-off (kubernetes backoff_utils_test.go)', () => {
  it.each([
    [0, 0],
    [1, 5],
    [2, 10],
    [3, 20],
    [8, 640],
    [9, 700],
  ])('%i failures: %i s', (failures, expected) => {
    expect(backOffAfter(failures, 5 * SECOND, 700 * SECOND)).toBe(expected * SECOND);
  });
});

describe('rules for failures and success', () => {
  const failedPod = one(work(), 'Failed', { exitCode: 42 });
  const rule = (action: 'FailJob' | 'Ignore' | 'Count', values: number[], operator: 'In' | 'NotIn' = 'In') => ({
    action,
    onExitCodes: { operator, values },
  });
  it.each([
    [
      'In',
      [rule('FailJob', [1, 42])],
      'FailJob',
      `Container main for pod default/${failedPod.metadata.name} failed with exit code 42 matching FailJob rule at index 0`,
    ],
    ['not In', [rule('FailJob', [1])], null, ''],
    ['NotIn', [rule('Ignore', [1], 'NotIn')], 'Ignore', expect.any(String)],
    ['the first that is met', [rule('Count', [42]), rule('FailJob', [42])], 'Count', expect.any(String)],
  ] as const)('%s', (_, rules, action, message) => {
    expect(judgeFailure({ rules: [...rules] as never }, failedPod)).toEqual({ action, message });
  });
  it('conditions of pods', () => {
    const disrupted: Pod = {
      ...failedPod,
      status: { ...failedPod.status, conditions: [{ type: 'DisruptionTarget', status: 'True' }] },
    };
    const policy = {
      rules: [{ action: 'FailJob' as const, onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }],
    };
    expect(judgeFailure(policy, disrupted).message).toBe(
      `Pod default/${failedPod.metadata.name} has condition DisruptionTarget matching FailJob rule at index 0`,
    );
  });
  // kubernetes success_policy_test.go
  it.each([
    ['all of a rule', [{ succeededIndexes: '0-2' }], '0-2', 'Matched rules at index 0'],
    ['enough of a rule', [{ succeededIndexes: '3-6', succeededCount: 2 }], '0-2,4-7', 'Matched rules at index 0'],
    ['too few of a rule', [{ succeededIndexes: '3-6', succeededCount: 2 }], '0-2,6-7', null],
    ['enough of all', [{ succeededIndexes: '9' }, { succeededCount: 2 }], '0,4', 'Matched rules at index 1'],
  ])('%s', (_, rules, done, expected) => {
    expect(metSuccess({ successPolicy: { rules }, completions: 10 }, parseIndexes(done, 10))).toBe(expected);
  });
});

describe('Jobs that go some time after they are over (kubernetes ttlafterfinished_controller_test.go)', () => {
  const over = (second: number, ttl: number | null): Job =>
    work(ttl === null ? {} : { ttlSecondsAfterFinished: ttl }, {
      conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: at(second) }],
    });
  it.each([
    ['finished now, TTL 0', over(20, 0), 0],
    ['finished now, TTL 10', over(20, 10), 10],
    ['finished 10 s ago, TTL 15', over(10, 15), 5],
    ['no TTL', over(20, null), null],
    ['not finished', work({ ttlSecondsAfterFinished: 10 }), null],
  ])('%s', (_, job, left) => {
    expect(timeLeft(job, 20 * SECOND)).toBe(left === null ? null : left * SECOND);
  });
  it('are deleted in the foreground', () => {
    const { steps } = ttlAfterFinishedController.reconcile(
      viewOfObjects([over(0, 5)]),
      KEY,
      situation({ now: 5 * SECOND }),
    );
    expect(steps).toMatchObject([{ op: 'delete', propagationPolicy: 'Foreground', uid: 'uid-job-work' }]);
  });
});
