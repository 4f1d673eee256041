import { describe, expect, it } from 'vitest';
import { ownerReference } from '#engine/api/meta';
import { EPOCH_SECONDS, timestamp } from '#engine/api/timestamp';
import type { CronJob, Job } from '#engine/api/types';
import { zoneOffset } from '#engine/api/zone-offsets';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { world, type World } from '../testing/apply';
import { meta } from '../testing/builders';
import { settle, withObject } from '../testing/settle';
import { situation, viewOfObjects } from '../testing/view';
import { cronJobController as controller } from './controller';
import { mostRecentDue, untilNext } from './due';
import { rfc1123z } from './rfc1123';
import { scheduleOf } from './schedule';

const UTC = (): number => 0;
/** Thursday 2016-05-19 10:00 UTC, in seconds since 1970. */
const T = 1_463_652_000;
const MIN = 60;
const HOUR = 60 * MIN;
const DAY = 24 * HOUR;

describe('the latest run that is due (kubernetes pkg/controller/cronjob/utils_test.go, TestMostRecentScheduleTime)', () => {
  it.each([
    ['now before next schedule', '0 * * * *', T, null, T + 30, null, 'none'],
    ['now just after next schedule', '0 * * * *', T, null, T + 61 * MIN, T + 60 * MIN, 'none'],
    ['missed 5 schedules', '0 * * * *', T + 10, null, T + 301 * MIN, T + 300 * MIN, 'few'],
    ['complex schedule', '30 6-16/4 * * 1-5', T + 30 * MIN, null, T + DAY + 31 * MIN, T + DAY + 30 * MIN, 'few'],
    [
      'another complex schedule',
      '30 6-16/4 * * 1-5',
      T + 30 * MIN,
      null,
      T + 4 * DAY + 31 * MIN,
      T + 4 * DAY + 30 * MIN,
      'few',
    ],
    ['@every schedule', '@every 1h', T + MIN, 10, T + 7 * DAY, T + 6 * DAY + 23 * HOUR + MIN, 'many'],
  ] as const)('%s', (_, text, earliest, startingDeadline, now, at, missed) => {
    const clock = { earliest, startingDeadline, schedule: scheduleOf(text, UTC) };
    expect(mostRecentDue(clock, now, false)).toMatchObject({ at, missed, error: null });
  });
  it('is none of a schedule that never comes', () => {
    const clock = { earliest: T, startingDeadline: null, schedule: scheduleOf('59 23 31 2 *', UTC) };
    expect(mostRecentDue(clock, T + HOUR, false).error).toBe(
      'time difference between two schedules is less than 1 second',
    );
  });
  it('looks no further back than the starting deadline', () => {
    const clock = { earliest: T, startingDeadline: 10 * MIN, schedule: scheduleOf('0 * * * *', UTC) };
    expect(mostRecentDue(clock, T + 5 * HOUR + 30 * MIN, true).at).toBeNull();
  });
});

describe('when it is worth while to look again (kubernetes cronjob_controllerv2_test.go, TestControllerV2SyncCronJob, TestNextScheduleTimeDuration)', () => {
  it.each([
    [
      'complex schedule, two missed, next in 3 h 59 m',
      '30 6-16/4 * * 1-5',
      T + 30 * MIN,
      T + DAY + 31 * MIN,
      3 * HOUR + 59 * MIN,
    ],
    ['over the weekend', '30 10,11,12 * * 1-5', T + 30 * MIN, T + 30 * HOUR + 30 * MIN, 66 * HOUR],
    ['weekly', '0 12 * * 4', T + 2 * HOUR, T + 19 * DAY + HOUR + 30 * MIN, 48 * HOUR + 30 * MIN],
  ])('%s', (_, text, earliest, now, expected) => {
    expect(untilNext({ earliest, startingDeadline: null, schedule: scheduleOf(text, UTC) }, now)).toBeCloseTo(
      expected + 0.1,
      3,
    );
  });
});

describe('schedules (robfig/cron v3 spec_test.go)', () => {
  const at = (text: string): number =>
    EPOCH_SECONDS + Date.parse(`${text}Z`) / 1000 - Date.parse('2026-01-01T00:00:00Z') / 1000;
  const shown = (seconds: number | null): string | null =>
    seconds === null ? null : timestamp((seconds - EPOCH_SECONDS) * SECOND);
  it.each([
    ['0/15 * * * *', '2026-07-09T14:45:30', '2026-07-09T15:00:00Z'],
    ['20-35/15 * * * *', '2026-07-09T15:45:00', '2026-07-09T16:20:00Z'],
    ['15/35 20-35/15 * * *', '2026-07-09T20:45:00', '2026-07-09T20:50:00Z'],
    ['0 0 9 apr-oct ?', '2026-07-09T23:35:00', '2026-08-09T00:00:00Z'],
    ['0 0 * feb mon', '2026-07-09T23:35:00', '2027-02-01T00:00:00Z'],
    ['0 0 29 feb ?', '2026-07-09T23:35:00', '2028-02-29T00:00:00Z'],
    ['0 0 13 * fri', '2026-07-09T23:35:00', '2026-07-10T00:00:00Z'],
    ['0 0 30 feb ?', '2026-07-09T23:35:00', null],
    ['@monthly', '2026-07-09T23:35:00', '2026-08-01T00:00:00Z'],
    ['@weekly', '2026-07-09T23:35:00', '2026-07-12T00:00:00Z'],
    ['@every 90m', '2026-07-09T23:35:00', '2026-07-10T01:05:00Z'],
  ])('%s after %s', (text, after, expected) => {
    expect(shown(scheduleOf(text, UTC)(at(after)))).toBe(expected);
  });

  it.each([
    ['30 2 * * *', 'America/New_York', '2026-03-07T12:00:00', '2026-03-09T06:30:00Z'], // 02:30 is left out on the 8th
    ['0 9 * * *', 'America/New_York', '2026-03-07T12:00:00', '2026-03-07T14:00:00Z'],
    ['0 9 * * *', 'America/New_York', '2026-03-08T00:00:00', '2026-03-08T13:00:00Z'],
    ['0 9 * * *', 'Asia/Shanghai', '2026-07-09T00:00:00', '2026-07-09T01:00:00Z'],
    ['0 9 * * *', 'Asia/Kolkata', '2026-07-09T00:00:00', '2026-07-09T03:30:00Z'],
    ['0 9 * * *', 'Europe/Berlin', '2026-10-25T00:00:00', '2026-10-25T08:00:00Z'],
    ['0 9 * * *', 'Europe/Berlin', '2026-10-24T00:00:00', '2026-10-24T07:00:00Z'],
  ])('%s in %s after %s', (text, zone, after, expected) => {
    expect(shown(scheduleOf(text, zoneOffset(zone)!)(at(after)))).toBe(expected);
  });
  it('of a zone that the database does not have', () => {
    expect(zoneOffset('Europe/Nowhere')).toBeUndefined();
  });
});

it('dates as Go writes them', () => {
  expect(rfc1123z((T - EPOCH_SECONDS) * SECOND)).toBe('Thu, 19 May 2016 10:00:00 +0000');
});

type Spec = NonNullable<CronJob['spec']>;
const KEY = 'default/tick';
const tick = (spec: Partial<Spec> = {}, status: CronJob['status'] = {}): CronJob => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: meta('CronJob', 'tick', { creationTimestamp: timestamp(0) }),
  spec: {
    schedule: '*/5 * * * *',
    concurrencyPolicy: 'Allow',
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
    jobTemplate: {
      metadata: { labels: { made: 'by-tick' } },
      spec: { template: { spec: { containers: [{ name: 'main', image: 'busybox' }], restartPolicy: 'Never' } } },
    },
    ...spec,
  },
  status,
});
const run = (before: World, now: number): World => settle({ world: before, memory: null }, controller, KEY, now).world;
const jobsIn = ({ objects }: World): Job[] => objects.filter((object): object is Job => object.kind === 'Job');
const stored = ({ objects }: World): CronJob => objects.find(({ kind }) => kind === 'CronJob') as CronJob;
const nameAt = (minute: number): string => `tick-${EPOCH_SECONDS / 60 + minute}`;
/** All Jobs that are at work end so. */
const end = (before: World, type: 'Complete' | 'Failed', minute: number): World =>
  jobsIn(before)
    .filter(({ status }) => status?.conditions === undefined)
    .reduce(
      (now, job) =>
        withObject(now, {
          ...job,
          status: {
            startTime: timestamp(minute * MINUTE),
            ...(type === 'Complete' ? { completionTime: timestamp(minute * MINUTE) } : {}),
            conditions: [{ type, status: 'True' }],
          },
        } as Job),
      before,
    );

describe('a CronJob', () => {
  it('starts a Job when it is due, remembers it while it runs, and says how it ended', () => {
    expect(controller.reconcile(viewOfObjects([tick()]), KEY, situation({ now: MINUTE })).again).toBe(
      4 * MINUTE + SECOND / 10,
    );
    let now = run(world(tick()), 5 * MINUTE);
    expect(jobsIn(now).map(({ metadata }) => metadata)).toMatchObject([
      {
        name: nameAt(5),
        labels: { made: 'by-tick' },
        annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-01-01T00:05:00Z' },
        ownerReferences: [ownerReference(tick())],
      },
    ]);
    expect(stored(now).status).toMatchObject({
      active: [{ kind: 'Job', name: nameAt(5) }],
      lastScheduleTime: timestamp(5 * MINUTE),
    });
    expect(now.events).toEqual([`Normal SuccessfulCreate Created job ${nameAt(5)}`]);
    now = run(end(now, 'Complete', 6), 6 * MINUTE);
    expect(stored(now).status).toEqual({
      lastScheduleTime: timestamp(5 * MINUTE),
      lastSuccessfulTime: timestamp(6 * MINUTE),
    });
    expect(now.events.at(-1)).toBe(`Normal SawCompletedJob Saw completed job: ${nameAt(5)}, condition: Complete`);
  });

  it('Forbid skips a run while the last one goes on; Replace ends it; Allow lets both run', () => {
    const twice = (concurrencyPolicy: 'Allow' | 'Forbid' | 'Replace'): World =>
      run(run(world(tick({ concurrencyPolicy })), 5 * MINUTE), 10 * MINUTE);
    expect(jobsIn(twice('Allow')).map(({ metadata }) => metadata.name)).toEqual([nameAt(5), nameAt(10)]);
    expect(jobsIn(twice('Replace')).map(({ metadata }) => metadata.name)).toEqual([nameAt(10)]);
    const objects = [...run(world(tick({ concurrencyPolicy: 'Forbid' })), 5 * MINUTE).objects];
    const { steps } = controller.reconcile(viewOfObjects(objects), KEY, situation({ now: 10 * MINUTE }));
    expect(steps).toMatchObject([
      {
        op: 'event',
        event: {
          reason: 'JobAlreadyActive',
          message: 'Not starting job because prior execution is running and concurrency policy is Forbid',
        },
      },
    ]);
  });

  it('starts nothing while it is suspended, and the latest missed run afterwards', () => {
    const now = run(world(tick({ suspend: true })), 32 * MINUTE);
    expect(jobsIn(now)).toEqual([]);
    const resumed = run(withObject(now, tick()), 32 * MINUTE);
    expect(jobsIn(resumed).map(({ metadata }) => metadata.name)).toEqual([nameAt(30)]);
  });

  it('does not start what is due for longer than the starting deadline', () => {
    const late = tick({ schedule: '0 * * * *', startingDeadlineSeconds: 60 });
    expect(jobsIn(run(world(late), 61 * MINUTE - SECOND))).toHaveLength(1);
    expect(jobsIn(run(world(late), 62 * MINUTE))).toEqual([]);
  });

  it('keeps as many finished Jobs as it is told to', () => {
    let now = world(tick({ successfulJobsHistoryLimit: 2 }));
    for (let minute = 5; minute <= 25; minute += 5)
      now = run(end(run(now, minute * MINUTE), minute === 15 ? 'Failed' : 'Complete', minute), minute * MINUTE);
    expect(jobsIn(now).map(({ metadata }) => metadata.name)).toEqual([nameAt(15), nameAt(20), nameAt(25)]);
    expect(now.events).toContain(`Normal SuccessfulDelete Deleted job ${nameAt(5)}`);
  });

  it('says when a Job that it started is gone', () => {
    const now = run(world(tick()), 5 * MINUTE);
    const gone = run({ ...now, objects: now.objects.filter(({ kind }) => kind !== 'Job') }, 6 * MINUTE);
    expect(gone.events.at(-1)).toBe(`Normal MissingJob Active job went missing: ${nameAt(5)}`);
    expect(stored(gone).status?.active).toBeUndefined();
  });

  it('in a time zone is due by the clock there, and the Job says when', () => {
    const now = run(world(tick({ schedule: '0 9 * * *', timeZone: 'Asia/Shanghai' })), 61 * MINUTE);
    expect(jobsIn(now)[0]!.metadata.annotations).toEqual({
      'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-01-01T09:00:00+08:00',
    });
  });

  it('in a zone that nobody knows says so', () => {
    const { steps } = controller.reconcile(
      viewOfObjects([tick({ timeZone: 'Europe/Nowhere' })]),
      KEY,
      situation({ now: 6 * MINUTE }),
    );
    expect(steps).toMatchObject([
      {
        event: {
          type: 'Warning',
          reason: 'UnknownTimeZone',
          message: 'invalid timeZone: "Europe/Nowhere": unknown time zone Europe/Nowhere',
        },
      },
    ]);
  });

  it('that missed more than a hundred runs says so and starts the latest', () => {
    const { steps } = controller.reconcile(
      viewOfObjects([tick({ schedule: '* * * * *' })]),
      KEY,
      situation({ now: 121 * MINUTE }),
    );
    expect(steps).toMatchObject([
      { event: { reason: 'TooManyMissedTimes' } },
      { op: 'create', object: { metadata: { name: nameAt(121) } } },
    ]);
  });
});
