// long: one table for each file of upstream's tests
/**
 * The vectors of scheduler-and-controllers.md 3.7: pkg/controller/podautoscaler/replica_calculator_test.go and horizontal_test.go
 * (TestScalingWithRules, TestConvertDesiredReplicasWithRules, TestNormalizeDesiredReplicas, TestConditions…).
 */
import { describe, expect, it } from 'vitest';
import { timestamp } from '#engine/api/timestamp';
import type { HorizontalPodAutoscaler, KubeObject, Pod } from '#engine/api/types';
import type { Plan, ReadAnswer } from '#engine/client/plan';
import { HOUR, MINUTE, type Micros, SECOND } from '#engine/kernel/time';
import { meta, pod, readyCondition } from '../testing/builders';
import { situation, viewOfObjects } from '../testing/view';
import { type Bounds, clamped, clampedBy, limitedReplicas } from './behavior';
import type { Autoscalers, ScaleEvent } from './memory';
import { windowOf } from './metric-answers';
import { reconcileAutoscaler } from './reconcile';
import {
  averageReplicas,
  groupPods,
  type PodMetrics,
  perPodReplicas,
  utilizationReplicas,
  valueReplicas,
} from './replica-calculator';

const NOW = HOUR;
const TOLERANCES = { up: 0.1, down: 0.1 };
type State = 'ready' | 'unready' | 'pending' | 'failed' | 'deleted';

/** Pods that were started an hour ago, in these states, each requesting so many millicores. */
const podsOf = (states: readonly State[], requests: readonly number[] = states.map(() => 1000)): readonly Pod[] =>
  states.map((state, i) =>
    pod(`p${i}`, {
      ...(state === 'deleted' ? { meta: { deletionTimestamp: timestamp(NOW) } } : {}),
      spec: { containers: [{ name: 'c', image: 'x', resources: { requests: { cpu: `${requests[i] ?? 1000}m` } } }] },
      status: {
        phase: state === 'pending' ? 'Pending' : state === 'failed' ? 'Failed' : 'Running',
        startTime: timestamp(state === 'unready' ? NOW - MINUTE : 0),
        conditions: [
          readyCondition(state === 'unready' ? 'False' : 'True', timestamp(state === 'unready' ? NOW - MINUTE : 0)),
        ],
      },
    }),
  );
const metricsOf = (values: readonly (number | null)[]): PodMetrics =>
  new Map(
    values.flatMap((value, i) => (value === null ? [] : [[`p${i}`, { value, at: NOW, window: MINUTE }] as const])),
  );
const many = (count: number, state: State = 'ready'): State[] => Array.from({ length: count }, () => state);

describe('a share of what is requested', () => {
  it.each<[string, readonly State[], readonly (number | null)[], number, number, number, (readonly number[])?]>([
    ['up', many(3), [300, 500, 700], 30, 5, 50],
    ['up, one pod not ready yet', ['unready', ...many(2)], [300, 500, 700], 30, 4, 60],
    ['up, two not ready: it would turn', ['ready', ...many(2, 'unready')], [400, 500, 700], 30, 3, 40],
    ['up, two pending', ['ready', 'ready', 'ready', ...many(2, 'pending')], [500, 500, 500, null, null], 30, 5, 50],
    ['down', many(5), [100, 300, 500, 250, 250], 50, 3, 28],
    ['down, two not ready', [...many(3), ...many(2, 'unready')], [100, 300, 500, 250, 250], 50, 2, 30],
    ['down, one on its way out', [...many(4), 'deleted'], [100, 300, 500, 250, 250], 50, 3, 28],
    ['within the tolerance', many(3), [1010, 1030, 1020], 100, 3, 102, [900, 1000, 1100]],
    ['more numbers than pods', many(4), [4000, 9500, 3000, 7000, 3200, 2000], 100, 24, 587],
    ['down, two without numbers', many(4), [400, 95, null, null], 100, 3, 24],
    ['nothing, one without numbers', many(2), [1000, null], 100, 2, 100],
    ['up, one not ready and one without numbers', ['unready', ...many(2)], [100, 2000, null], 50, 4, 200],
    ['that would turn', ['unready', ...many(2)], [100, 450, null], 50, 3, 45],
  ])('%s', (_, states, usage, target, replicas, utilization, requests) => {
    const sight = {
      pods: podsOf(states, requests),
      metrics: metricsOf(usage),
      tolerances: TOLERANCES,
      now: NOW,
      resource: 'cpu',
    };
    const wanted = utilizationReplicas(states.length, target, sight);
    expect(wanted).toMatchObject({ replicas, utilization });
  });

  it.each<[string, readonly Pod[], PodMetrics, string]>([
    ['no pods', [], metricsOf([100]), 'no pods returned by selector while calculating replica count'],
    ['no numbers', podsOf(many(2)), metricsOf([]), 'did not receive metrics for targeted pods (pods might be unready)'],
    [
      'only pods that are not ready',
      podsOf(['unready']),
      metricsOf([100]),
      'did not receive metrics for targeted pods (pods might be unready)',
    ],
    ['no request', [pod('p0')], metricsOf([100]), 'missing request for cpu in container main of Pod p0'],
  ])('%s', (_, pods, metrics, error) => {
    const started = pods.map((each) => ({ ...each, status: { startTime: timestamp(0), ...each.status } }));
    expect(
      utilizationReplicas(2, 50, { pods: started, metrics, tolerances: TOLERANCES, now: NOW, resource: 'cpu' }),
    ).toEqual({ error });
  });
});

describe('other targets', () => {
  const sight = { pods: podsOf(many(3)), tolerances: TOLERANCES, now: NOW };
  it('an amount for each pod', () => {
    expect(averageReplicas(3, 15_000, { ...sight, metrics: metricsOf([20_000, 10_000, 30_000]) })).toEqual({
      replicas: 4,
      value: 20_000,
    });
    expect(averageReplicas(3, 15_000, { ...sight, metrics: metricsOf([16_000, 16_000, 16_000]) })).toEqual({
      replicas: 3,
      value: 16_000,
    });
  });
  it.each<[string, number, number, number, number]>([
    ['an external metric', 1, 8600, 4400, 2],
    ['an object', 3, 20_000, 15_000, 4],
    ['within the tolerance', 3, 14_000, 15_000, 3],
    ['from nothing', 0, 12_000, 5000, 3],
  ])('one number for all: %s', (_, current, usage, target, replicas) =>
    expect(valueReplicas(current, target, usage, podsOf(many(current)), TOLERANCES)).toMatchObject({ replicas }),
  );
  it('one number, a target for each pod', () => {
    expect(perPodReplicas(3, 2000, 8600, TOLERANCES)).toEqual({ replicas: 5, value: 2867 });
    expect(perPodReplicas(4, 2200, 8600, TOLERANCES)).toEqual({ replicas: 4, value: 2150 });
  });
});

describe('which pods count (TestGroupPods)', () => {
  const started = (name: string, startedAgo: Micros, ready: 'True' | 'False', sinceAgo: Micros): Pod =>
    pod(name, {
      status: {
        phase: 'Running',
        startTime: timestamp(NOW - startedAgo),
        conditions: [readyCondition(ready, timestamp(NOW - sinceAgo))],
      },
    });
  const at = (ago: Micros): PodMetrics => new Map([['p', { value: 1, at: NOW - ago, window: 30 * SECOND }]]);
  it.each<[string, Pod, string, PodMetrics, 'ready' | 'unready' | 'missing' | 'ignored']>([
    ['ready for long', started('p', HOUR, 'True', HOUR), 'cpu', at(0), 'ready'],
    ['without numbers', started('p', HOUR, 'True', HOUR), 'cpu', new Map(), 'missing'],
    ['started just now, not ready', started('p', MINUTE, 'False', MINUTE), 'cpu', at(0), 'unready'],
    ['started just now, not ready, its memory', started('p', MINUTE, 'False', MINUTE), 'memory', at(0), 'ready'],
    [
      'started just now, a window of numbers since it is ready',
      started('p', 2 * MINUTE, 'True', MINUTE),
      'cpu',
      at(10 * SECOND),
      'ready',
    ],
    [
      'started just now, numbers from before it was ready',
      started('p', 2 * MINUTE, 'True', 20 * SECOND),
      'cpu',
      at(0),
      'unready',
    ],
    ['never ready since its start', started('p', 10 * MINUTE, 'False', 10 * MINUTE), 'cpu', at(0), 'unready'],
    ['once ready, not any more', started('p', 10 * MINUTE, 'False', 2 * MINUTE), 'cpu', at(0), 'ready'],
    ['pending', pod('p', { status: { phase: 'Pending' } }), 'cpu', new Map(), 'unready'],
    ['failed', pod('p', { status: { phase: 'Failed' } }), 'cpu', at(0), 'ignored'],
    ['on its way out', pod('p', { meta: { deletionTimestamp: timestamp(NOW) } }), 'cpu', at(0), 'ignored'],
    ['without a start', pod('p'), 'cpu', at(0), 'unready'],
  ])('%s', (_, one, resource, metrics, group) => {
    const groups = groupPods([one], metrics, resource, NOW);
    const found =
      groups.ready === 1 ? 'ready' : (['unready', 'missing', 'ignored'] as const).find((name) => groups[name].has('p'));
    expect(found).toBe(group);
  });
});

type Rules = NonNullable<NonNullable<NonNullable<HorizontalPodAutoscaler['spec']>['behavior']>['scaleUp']>;
const rules = (policies: readonly (readonly ['Pods' | 'Percent', number, number])[], selectPolicy = 'Max'): Rules => ({
  selectPolicy,
  policies: policies.map(([type, value, periodSeconds]) => ({ type, value, periodSeconds })),
});
const DEFAULT = {
  scaleUp: rules([
    ['Pods', 4, 15],
    ['Percent', 100, 15],
  ]),
  scaleDown: rules([['Percent', 100, 15]]),
};
const events = (...changes: readonly number[]): readonly ScaleEvent[] =>
  changes.map((change, i) => ({ at: NOW - (i + 1) * 30 * SECOND, change }));
const past = { recommendations: [], ups: [], downs: [] };

describe('limits', () => {
  it.each<[number, number, Bounds, number, string]>([
    [5, 7, { min: 3, max: 8 }, 7, 'DesiredWithinRange'],
    [3, 1, { min: 2, max: 8 }, 2, 'TooFewReplicas'],
    [20, 1000, { min: 1, max: 10 }, 10, 'TooManyReplicas'],
    [3, 1000, { min: 1, max: 2000 }, 6, 'ScaleUpLimit'],
    [1, 8, { min: 1, max: 2000 }, 4, 'ScaleUpLimit'],
  ])('without behavior: %i, %i wanted, %o', (current, wanted, bounds, replicas, reason) =>
    expect(clamped(current, wanted, bounds)).toMatchObject({ replicas, limit: { reason } }),
  );

  const upTo = (policies: Parameters<typeof rules>[0], select?: string) => ({ scaleUp: rules(policies, select) });
  const downTo = (policies: Parameters<typeof rules>[0], select?: string) => ({ scaleDown: rules(policies, select) });
  it.each<[string, number, number, Bounds, object, readonly ScaleEvent[], readonly ScaleEvent[], number, string]>([
    ['default', 5, 7, { min: 3, max: 8 }, DEFAULT, [], [], 7, 'DesiredWithinRange'],
    ['default', 3, 1, { min: 2, max: 8 }, DEFAULT, [], [], 2, 'TooFewReplicas'],
    ['default', 20, 1000, { min: 1, max: 10 }, DEFAULT, [], [], 10, 'TooManyReplicas'],
    ['default', 10, 50, { min: 1, max: 1000 }, DEFAULT, [], [], 20, 'ScaleUpLimit'],
    ['up 1 %', 3, 1000, { min: 1, max: 2000 }, upTo([['Percent', 1, 60]]), [], [], 4, 'ScaleUpLimit'],
    [
      'up 100 pods or 100 %',
      10,
      500,
      { min: 1, max: 2000 },
      upTo([
        ['Pods', 100, 60],
        ['Percent', 100, 60],
      ]),
      [],
      [],
      110,
      'ScaleUpLimit',
    ],
    ['up 30 pods', 10, 50, { min: 1, max: 2000 }, upTo([['Pods', 30, 60]]), [], [], 40, 'ScaleUpLimit'],
    ['up 200 %', 10, 50, { min: 1, max: 2000 }, upTo([['Percent', 200, 60]]), [], [], 30, 'ScaleUpLimit'],
    [
      'the smaller of both',
      10,
      500,
      { min: 1, max: 2000 },
      upTo(
        [
          ['Pods', 100, 60],
          ['Percent', 100, 60],
        ],
        'Min',
      ),
      [],
      [],
      20,
      'ScaleUpLimit',
    ],
    ['up disabled', 10, 500, { min: 1, max: 2000 }, upTo([['Pods', 100, 60]], 'Disabled'), [], [], 10, 'ScaleUpLimit'],
    ['down 20 pods', 1000, 3, { min: 3, max: 2000 }, downTo([['Pods', 20, 60]]), [], [], 980, 'ScaleDownLimit'],
    [
      'down 20 pods or 1 %',
      100,
      2,
      { min: 1, max: 2000 },
      downTo([
        ['Pods', 20, 60],
        ['Percent', 1, 60],
      ]),
      [],
      [],
      80,
      'ScaleDownLimit',
    ],
    [
      'down 2 pods or 1 %',
      100,
      2,
      { min: 1, max: 2000 },
      downTo([
        ['Pods', 2, 60],
        ['Percent', 1, 60],
      ]),
      [],
      [],
      98,
      'ScaleDownLimit',
    ],
    [
      'down disabled',
      100,
      2,
      { min: 1, max: 2000 },
      downTo([['Pods', 2, 60]], 'Disabled'),
      [],
      [],
      100,
      'ScaleDownLimit',
    ],
    [
      '150 pods a period, 15 of them taken',
      100,
      500,
      { min: 1, max: 2000 },
      upTo([['Pods', 150, 120]]),
      events(1, 5, 9),
      [],
      235,
      'ScaleUpLimit',
    ],
    [
      '200 % a period, 15 taken',
      100,
      500,
      { min: 1, max: 2000 },
      upTo([['Percent', 200, 120]]),
      events(1, 5, 9),
      [],
      255,
      'ScaleUpLimit',
    ],
    [
      '5 pods a period, more taken',
      100,
      500,
      { min: 1, max: 2000 },
      upTo([['Pods', 5, 120]]),
      events(1, 5, 9),
      [],
      100,
      'ScaleUpLimit',
    ],
    [
      '50 % a period, 12 gone',
      100,
      0,
      { min: 0, max: 2000 },
      downTo([['Percent', 50, 120]]),
      [],
      events(2, 4, 6),
      56,
      'ScaleDownLimit',
    ],
    [
      'up and down within a period',
      6,
      24,
      { min: 1, max: 2000 },
      upTo([['Percent', 300, 300]]),
      events(4),
      events(2),
      16,
      'ScaleUpLimit',
    ],
  ])('%s: %i, %i wanted, %o', (_, current, wanted, bounds, behavior, ups, downs, replicas, reason) =>
    expect(clampedBy(behavior, current, wanted, bounds, { ups, downs }, NOW)).toMatchObject({
      replicas,
      limit: { reason },
    }),
  );

  const ago = (...list: readonly (readonly [number, number])[]) => ({
    ...past,
    recommendations: list.map(([minutes, replicas]) => ({ at: NOW - minutes * MINUTE, replicas })),
  });
  it.each<[string, ReturnType<typeof ago>, number, number, string]>([
    ['more was asked for lately', ago([2, 4], [1, 5]), 3, 5, 'ScaleDownStabilized'],
    ['more was asked for long ago', ago([10, 10], [9, 9]), 3, 3, 'ReadyForNewScale'],
    ['less was asked for lately', ago([1, 3]), 5, 5, 'ReadyForNewScale'],
  ])('what was asked for before: %s', (_, before, wanted, desired, reason) =>
    expect(limitedReplicas(10, wanted, { min: 1, max: 100 }, undefined, before, NOW)).toMatchObject({
      desired,
      able: { reason },
    }),
  );

  it.each<[string, number, number, number, ReturnType<typeof ago>, number, number, string]>([
    ['up waits for the window', 300, 300, 4, ago([1, 4], [2, 5]), 9, 4, 'ScaleUpStabilized'],
    ['up goes as far as the lowest', 300, 300, 4, ago([1, 7], [2, 6]), 9, 6, 'ScaleUpStabilized'],
    ['up without a window', 0, 300, 4, ago([1, 4], [2, 5]), 7, 7, 'ReadyForNewScale'],
    ['down waits for the window', 0, 300, 9, ago([1, 9]), 3, 9, 'ScaleDownStabilized'],
    ['down without a window', 0, 0, 9, ago([1, 9]), 3, 3, 'ReadyForNewScale'],
  ])('windows: %s', (_, up, down, current, before, wanted, desired, reason) => {
    const behavior = {
      scaleUp: { ...rules([['Pods', 100, 15]]), stabilizationWindowSeconds: up },
      scaleDown: { ...rules([['Percent', 100, 15]]), stabilizationWindowSeconds: down },
    };
    expect(limitedReplicas(current, wanted, { min: 1, max: 100 }, behavior, before, NOW)).toMatchObject({
      desired,
      able: { reason },
    });
  });
});

describe('a look at an autoscaler', () => {
  const KEY = 'default/web';
  const SCALE = '/apis/apps/v1/namespaces/default/deployments/web/scale';
  const PODS = '/apis/metrics.k8s.io/v1beta1/namespaces/default/pods?labelSelector=app%3Dweb';
  const hpa = (spec: Partial<NonNullable<HorizontalPodAutoscaler['spec']>> = {}): HorizontalPodAutoscaler => ({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: meta('HorizontalPodAutoscaler', 'web'),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 1,
      maxReplicas: 10,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
      ],
      ...spec,
    },
  });
  const web = (count: number): readonly Pod[] =>
    podsOf(many(count)).map((each) => ({ ...each, metadata: { ...each.metadata, labels: { app: 'web' } } }));
  const scale = (replicas: number, selector = 'app=web'): ReadAnswer => ({
    path: SCALE,
    code: 200,
    body: {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: meta('Scale', 'web'),
      spec: { replicas },
      status: { replicas, selector },
    },
  });
  const usage = (...milli: readonly number[]): ReadAnswer => ({
    path: PODS,
    code: 200,
    body: {
      items: milli.map((cpu, i) => ({
        metadata: { name: `p${i}` },
        timestamp: timestamp(NOW),
        window: '15s',
        containers: [{ name: 'c', usage: { cpu: `${cpu}m` } }],
      })),
    },
  });
  const known: Autoscalers = { [KEY]: { due: NOW, recommendations: [], ups: [], downs: [], selector: '' } };
  const look = (answers: readonly ReadAnswer[], autoscaler = hpa(), pods = web(2), memory = known): Plan<Autoscalers> =>
    reconcileAutoscaler(viewOfObjects([autoscaler, ...pods]), KEY, situation({ now: NOW, memory, answers }));
  const conditions = ({ steps }: Plan<Autoscalers>): readonly string[] =>
    steps.flatMap((step) =>
      step.op === 'update' && step.subresource === 'status'
        ? ((step.object as HorizontalPodAutoscaler).status?.conditions ?? []).map(
            ({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`,
          )
        : [],
    );
  const said = ({ steps }: Plan<Autoscalers>): readonly string[] =>
    steps.flatMap((step) => {
      const event = step.op === 'event' ? step.event : step.op === 'update' ? step.onSuccess : undefined;
      return event === undefined ? [] : [`${event.type} ${event.reason} ${event.message}`];
    });
  const ABLE = "AbleToScale=True SucceededGetScale: the HPA controller was able to get the target's current scale";

  it('begins 15 s after it is made, reads the scale, then the metrics, and looks again 15 s later', () => {
    expect(look([], hpa(), [], {})).toMatchObject({
      steps: [],
      again: 15 * SECOND,
      memory: { [KEY]: { due: NOW + 15 * SECOND } },
    });
    const early = { [KEY]: { ...known[KEY]!, due: NOW + SECOND } };
    expect(look([], hpa(), [], early)).toEqual({ steps: [], again: SECOND });
    expect(look([]).steps).toEqual([{ op: 'read', path: SCALE }]);
    expect(look([scale(2)]).steps).toEqual([
      { op: 'read', path: SCALE },
      { op: 'read', path: PODS },
    ]);
    expect(look([scale(2), usage(500, 500)])).toMatchObject({ again: 15 * SECOND });
  });

  it('scales up, says so, and tells what it has seen', () => {
    const plan = look([scale(2), usage(900, 900)]);
    expect(plan.steps[0]).toMatchObject({ op: 'update', path: SCALE, object: { spec: { replicas: 4 } } });
    expect(said(plan)).toEqual([
      'Normal SuccessfulRescale New size: 4; reason: cpu resource utilization (percentage of request) above target',
    ]);
    expect(conditions(plan)).toEqual([
      'AbleToScale=True SucceededRescale: the HPA controller was able to update the target scale to 4',
      'ScalingActive=True ValidMetricFound: the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)',
      'ScalingLimited=False DesiredWithinRange: the desired count is within the acceptable range',
    ]);
    expect(plan.steps.at(-1)).toMatchObject({
      object: {
        status: {
          lastScaleTime: timestamp(NOW),
          currentReplicas: 2,
          desiredReplicas: 4,
          currentMetrics: [
            { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 90, averageValue: '900m' } } },
          ],
        },
      },
    });
  });

  it('scales down when nothing more was asked for lately', () => {
    const plan = look([scale(4), usage(100, 100, 100, 100)], hpa(), web(4), {
      [KEY]: { ...known[KEY]!, recommendations: [{ at: NOW - 6 * MINUTE, replicas: 4 }] },
    });
    expect(said(plan)).toEqual(['Normal SuccessfulRescale New size: 1; reason: All metrics below target']);
    const waits = look([scale(4), usage(100, 100, 100, 100)], hpa(), web(4));
    expect(said(waits)).toEqual([]);
    expect(conditions(waits)[0]).toMatch(/^AbleToScale=True ScaleDownStabilized: /);
  });

  it.each<[string, number, Partial<NonNullable<HorizontalPodAutoscaler['spec']>>, string]>([
    [
      'above the most',
      12,
      {},
      'Normal SuccessfulRescale New size: 10; reason: Current number of replicas above Spec.MaxReplicas',
    ],
    [
      'below the fewest',
      1,
      { minReplicas: 3 },
      'Normal SuccessfulRescale New size: 3; reason: Current number of replicas below Spec.MinReplicas',
    ],
  ])('asks for no metrics %s', (_, current, spec, event) =>
    expect(said(look([scale(current)], hpa(spec)))).toEqual([event]),
  );

  it('rests while its target has no replicas', () =>
    expect(conditions(look([scale(0)]))).toEqual([
      ABLE,
      'ScalingActive=False ScalingDisabled: scaling is disabled since the replica count of the target is zero',
    ]));

  it.each<[string, readonly ReadAnswer[], HorizontalPodAutoscaler, readonly string[], readonly string[]]>([
    [
      'its target is not there',
      [{ path: SCALE, code: 404, body: { message: 'deployments/scale.apps "web" not found' } }],
      hpa(),
      [
        `AbleToScale=False FailedGetScale: the HPA controller was unable to get the target's current scale: deployments/scale.apps "web" not found`,
      ],
      ['Warning FailedGetScale deployments/scale.apps "web" not found'],
    ],
    [
      'nobody knows the kind',
      [],
      hpa({ scaleTargetRef: { apiVersion: 'example.com/v1', kind: 'Thing', name: 'web' } }),
      [
        `AbleToScale=False FailedGetScale: the HPA controller was unable to get the target's current scale: no matches for kind "Thing" in group "example.com"`,
      ],
      ['Warning FailedGetScale no matches for kind "Thing" in group "example.com"'],
    ],
    [
      'the scale has no selector',
      [scale(2, '')],
      hpa(),
      [ABLE, "ScalingActive=False InvalidSelector: the HPA target's scale is missing a selector"],
      ['Warning SelectorRequired selector is required', 'Warning FailedComputeMetricsReplicas selector is required'],
    ],
    [
      'there is no metrics-server',
      [scale(2), { path: PODS, code: 404, body: '404 page not found\n' }],
      hpa(),
      [
        ABLE,
        'ScalingActive=False FailedGetResourceMetric: the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)',
      ],
      [
        'Warning FailedGetResourceMetric failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)',
        'Warning FailedComputeMetricsReplicas invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)',
      ],
    ],
    [
      'it has nothing to tell',
      [scale(2), usage()],
      hpa(),
      [
        ABLE,
        'ScalingActive=False FailedGetResourceMetric: the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API',
      ],
      [
        'Warning FailedGetResourceMetric failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API',
        'Warning FailedComputeMetricsReplicas invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API',
      ],
    ],
    [
      'nobody serves custom metrics',
      [
        scale(2),
        { path: '/apis', code: 200, body: { groups: [] } },
        {
          path: '/apis/custom.metrics.k8s.io/v1beta2/namespaces/default/pods/*/packets?labelSelector=app%3Dweb',
          code: 404,
          body: '404 page not found\n',
        },
      ],
      hpa({
        metrics: [
          { type: 'Pods', pods: { metric: { name: 'packets' }, target: { type: 'AverageValue', averageValue: '1k' } } },
        ],
      }),
      [
        ABLE,
        'ScalingActive=False FailedGetPodsMetric: the HPA was unable to compute the replica count: unable to get metric packets: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered',
      ],
      [
        'Warning FailedGetPodsMetric unable to get metric packets: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered',
        'Warning FailedComputeMetricsReplicas invalid metrics (1 invalid out of 1), first error is: failed to get pods metric value: unable to get metric packets: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered',
      ],
    ],
  ])('%s', (_, answers, autoscaler, shown, events) => {
    const plan = look(answers, autoscaler);
    expect(conditions(plan)).toEqual(shown);
    expect(said(plan)).toEqual(events);
  });

  it('takes the most that is asked for, and nothing away while a metric cannot be told', () => {
    const both = hpa({
      metrics: [
        { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Mi' } } },
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
      ],
    });
    expect(said(look([scale(2), usage(900, 900)], both)).at(-1)).toBe(
      'Normal SuccessfulRescale New size: 4; reason: cpu resource utilization (percentage of request) above target',
    );
    expect(said(look([scale(4), usage(100, 100, 100, 100)], both, web(4))).at(-1)).toMatch(
      /^Warning FailedComputeMetricsReplicas invalid metrics \(1 invalid out of 2\)/,
    );
  });

  it('does nothing to pods that another autoscaler has, too', () => {
    const memory = { ...known, 'default/other': { ...known[KEY]!, selector: 'app in (web)' } };
    expect(conditions(look([scale(2)], hpa(), web(2), memory))).toEqual([
      ABLE,
      'ScalingActive=False AmbiguousSelector: pods by selector app=web are controlled by multiple HPAs: [default/other default/web]',
    ]);
  });

  it('heeds a tolerance of its own (KEP-4951)', () => {
    const behavior = { scaleUp: { ...DEFAULT.scaleUp, tolerance: '0.5' } };
    expect(said(look([scale(2), usage(700, 700)], hpa({ behavior })))).toEqual([]);
    expect(said(look([scale(2), usage(700, 700)]))).toHaveLength(1);
  });

  it('tells when the scale was not written, and counts on it no more', () => {
    const object = { kind: 'Scale' } as KubeObject;
    const failed = [{ step: { op: 'update', object, path: SCALE } as const, status: { message: 'not today' } }];
    const memory = {
      [KEY]: {
        ...known[KEY]!,
        due: NOW + 15 * SECOND,
        ups: [
          { at: NOW - MINUTE, change: 1 },
          { at: NOW, change: 2 },
        ],
      },
    };
    const plan = reconcileAutoscaler(
      viewOfObjects([hpa()]),
      KEY,
      situation({ now: NOW, memory, failed } as never) as never,
    );
    expect(conditions(plan)).toEqual([
      'AbleToScale=False FailedUpdateScale: the HPA controller was unable to update the target scale: not today',
    ]);
    expect(plan.memory?.[KEY]?.ups).toEqual([{ at: NOW - MINUTE, change: 1 }]);
  });

  it('is forgotten when it is gone', () => {
    expect(reconcileAutoscaler(viewOfObjects([]), KEY, situation({ memory: known }))).toEqual({
      steps: [],
      memory: {},
    });
  });
});

it.each([
  ['15s', 15],
  ['1m0s', 60],
  ['15.012s', 15.012],
  ['1h0m5s', 3605],
])('reads %s', (text, seconds) => expect(windowOf(text)).toBe(Math.round(seconds * SECOND)));
