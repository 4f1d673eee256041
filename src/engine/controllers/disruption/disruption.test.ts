// long: a table of upstream’s cases
/** @source kubernetes pkg/controller/disruption/disruption_test.go */
import '../late-controllers';
import { describe, expect, it } from 'vitest';
import { ownerReference } from '#engine/api/meta';
import type { IntOrString } from '#engine/api/int-or-string';
import type { KubeObject, LabelSelector, OwnerReference, Pod, PodDisruptionBudget } from '#engine/api/types';
import type { Change, Plan, ReadAnswer } from '#engine/client/plan';
import { MINUTE, seconds } from '#engine/kernel/time';
import { at, deployment, meta, pod, readyCondition, replicaSet } from '../testing/builders';
import { viewOfObjects } from '../testing/view';
import { disruptionController, stalePodDisruption } from './controller';
import { reconcileBudget, reconcileDisruptedPod } from './reconcile';

const NOW = 10 * MINUTE;
const LABELS = { foo: 'bar' };

interface Parts {
  readonly minAvailable?: IntOrString;
  readonly maxUnavailable?: IntOrString;
  readonly selector?: LabelSelector;
  readonly status?: Partial<NonNullable<PodDisruptionBudget['status']>>;
  readonly name?: string;
}
const budget = ({
  status,
  name = 'budget',
  selector = { matchLabels: LABELS },
  ...spec
}: Parts): PodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: meta('PodDisruptionBudget', name),
  spec: { ...spec, selector },
  status: { currentHealthy: 0, desiredHealthy: 0, expectedPods: 0, disruptionsAllowed: 0, ...status },
});

interface PodParts {
  readonly ready?: boolean;
  readonly owner?: KubeObject;
  readonly reference?: OwnerReference;
  readonly deleting?: boolean;
}
const one = (name: string, { ready = true, owner, reference, deleting = false }: PodParts = {}): Pod => {
  const references = owner === undefined ? reference && [reference] : [ownerReference(owner)];
  return pod(name, {
    meta: {
      labels: LABELS,
      ...(references === undefined ? {} : { ownerReferences: references }),
      ...(deleting ? { deletionTimestamp: at(0) } : {}),
    },
    status: { conditions: ready ? [readyCondition()] : [] },
  });
};
const many = (count: number, parts: PodParts = {}, prefix = 'pod'): Pod[] =>
  Array.from({ length: count }, (_, index) => one(`${prefix}-${index}`, parts));

const workload = (apiVersion: string, kind: string, replicas: number): KubeObject =>
  ({ apiVersion, kind, metadata: meta(kind, kind.toLowerCase()), spec: { replicas } }) as unknown as KubeObject;
const set = (replicas: number): KubeObject => replicaSet('set', { replicas });

const plan = (given: PodDisruptionBudget, objects: readonly KubeObject[], answers: readonly ReadAnswer[] = []): Plan =>
  reconcileBudget(viewOfObjects([given, ...objects]), `default/${given.metadata.name}`, { now: NOW, answers });
const statusOf = ({ steps }: Plan): PodDisruptionBudget['status'] => {
  const step = steps.find((each) => each.op === 'update');
  return step?.op === 'update' ? (step.object as PodDisruptionBudget).status : undefined;
};
const eventsOf = ({ steps }: Plan): readonly string[] =>
  steps.flatMap((step) =>
    step.op === 'event' ? [`${step.event.type} ${step.event.reason} ${step.event.message}`] : [],
  );

type Row = [
  test: string,
  parts: Parts,
  objects: readonly KubeObject[],
  status: [allowed: number, current: number, desired: number, expected: number],
];
const RC = workload('v1', 'ReplicationController', 3);
const STS = workload('apps/v1', 'StatefulSet', 3);
const BIG = workload('v1', 'ReplicationController', 11);
const WEB = deployment('web', { replicas: 11 });
const WEB_SET = replicaSet('web-1', { replicas: 11, meta: { ownerReferences: [ownerReference(WEB)] } });
const ofBig = (ready: number): Pod[] => [
  ...many(11 - ready, { owner: BIG, ready: false }, 'down'),
  ...many(ready, { owner: BIG }, 'up'),
];
const ofWeb = (ready: number): Pod[] => [
  ...many(11 - ready, { owner: WEB_SET, ready: false }, 'web-down'),
  ...many(ready, { owner: WEB_SET }, 'web-up'),
];
const BOTH = [BIG, WEB, WEB_SET];

describe('the status of a budget', () => {
  it.each<Row>([
    [
      'TestNoSelector: nothing selected',
      { minAvailable: 3, selector: { matchLabels: { no: 'pod' } } },
      many(1),
      [0, 0, 3, 0],
    ],
    ['an empty selector selects all', { minAvailable: 3, selector: {} }, many(4), [1, 4, 3, 4]],
    ['TestUnavailable: no pods', { minAvailable: 3 }, [], [0, 0, 3, 0]],
    ['TestUnavailable: 1 pod', { minAvailable: 3 }, many(1), [0, 1, 3, 1]],
    ['TestUnavailable: 3 pods', { minAvailable: 3 }, many(3), [0, 3, 3, 3]],
    ['TestUnavailable: 4 pods', { minAvailable: 3 }, many(4), [1, 4, 3, 4]],
    [
      'TestUnavailable: one of 4 is not ready',
      { minAvailable: 3 },
      [...many(3), one('x', { ready: false })],
      [0, 3, 3, 4],
    ],
    ['TestIntegerMaxUnavailable: no pods', { maxUnavailable: 1 }, [], [0, 0, 0, 0]],
    ['TestIntegerMaxUnavailable: a naked pod', { maxUnavailable: 1 }, many(1), [0, 1, 0, 0]],
    [
      'TestIntegerMaxUnavailableWithScaling: 7',
      { maxUnavailable: 2 },
      [set(7), one('a', { owner: set(7) })],
      [0, 1, 5, 7],
    ],
    [
      'TestIntegerMaxUnavailableWithScaling: 5',
      { maxUnavailable: 2 },
      [set(5), one('a', { owner: set(5) })],
      [0, 1, 3, 5],
    ],
    [
      'TestPercentageMaxUnavailableWithScaling: 7',
      { maxUnavailable: '30%' },
      [set(7), one('a', { owner: set(7) })],
      [0, 1, 4, 7],
    ],
    [
      'TestPercentageMaxUnavailableWithScaling: 3',
      { maxUnavailable: '30%' },
      [set(3), one('a', { owner: set(3) })],
      [0, 1, 2, 3],
    ],
    ['TestNakedPod', { minAvailable: '28%' }, many(1), [0, 1, 0, 0]],
    ['TestReplicaSet', { minAvailable: '20%' }, [set(10), one('a', { owner: set(10) })], [0, 1, 2, 10]],
    ['TestReplicationController: no pods', { minAvailable: '34%' }, [RC], [0, 0, 0, 0]],
    ['TestReplicationController: 1 pod', { minAvailable: '34%' }, [RC, ...many(1, { owner: RC })], [0, 1, 2, 3]],
    ['TestReplicationController: 2 pods', { minAvailable: '34%' }, [RC, ...many(2, { owner: RC })], [0, 2, 2, 3]],
    ['TestReplicationController: 3 pods', { minAvailable: '34%' }, [RC, ...many(3, { owner: RC })], [1, 3, 2, 3]],
    [
      'TestReplicationController: a rogue',
      { minAvailable: '34%' },
      [RC, ...many(3, { owner: RC }), one('rogue')],
      [2, 4, 2, 3],
    ],
    ['TestStatefulSetController: 2 pods', { minAvailable: '34%' }, [STS, ...many(2, { owner: STS })], [0, 2, 2, 3]],
    ['TestStatefulSetController: 3 pods', { minAvailable: '34%' }, [STS, ...many(3, { owner: STS })], [1, 3, 2, 3]],
    ['TestMultipleControllers: one', { minAvailable: '1%' }, [RC, ...many(2, { owner: RC })], [1, 2, 1, 3]],
    ['TestTwoControllers: none ready', { minAvailable: '28%' }, [...BOTH, ...ofBig(0)], [0, 0, 4, 11]],
    ['TestTwoControllers: 4 ready', { minAvailable: '28%' }, [...BOTH, ...ofBig(4)], [0, 4, 4, 11]],
    ['TestTwoControllers: 5 ready', { minAvailable: '28%' }, [...BOTH, ...ofBig(5)], [1, 5, 4, 11]],
    ['TestTwoControllers: both, 5 ready', { minAvailable: '28%' }, [...BOTH, ...ofBig(5), ...ofWeb(0)], [0, 5, 7, 22]],
    ['TestTwoControllers: both, 7 ready', { minAvailable: '28%' }, [...BOTH, ...ofBig(5), ...ofWeb(2)], [0, 7, 7, 22]],
    ['TestTwoControllers: both, 8 ready', { minAvailable: '28%' }, [...BOTH, ...ofBig(5), ...ofWeb(3)], [1, 8, 7, 22]],
    ['TestTwoControllers: both, 9 ready', { minAvailable: '28%' }, [...BOTH, ...ofBig(5), ...ofWeb(4)], [2, 9, 7, 22]],
    ['neither bound is set', {}, many(2), [0, 2, 0, 0]],
  ])('%s', (_, parts, objects, [disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods]) => {
    const isAllowed = disruptionsAllowed > 0;
    expect(statusOf(plan(budget(parts), objects))).toEqual({
      disruptionsAllowed,
      currentHealthy,
      desiredHealthy,
      expectedPods,
      disruptedPods: {},
      observedGeneration: 1,
      conditions: [
        {
          type: 'DisruptionAllowed',
          status: isAllowed ? 'True' : 'False',
          reason: isAllowed ? 'SufficientPods' : 'InsufficientPods',
          message: '',
          observedGeneration: 1,
          lastTransitionTime: at(600),
        },
      ],
    });
  });

  it('is written when it says something new, and then no more', () => {
    const given = budget({ minAvailable: 1 });
    const status = statusOf(plan(given, many(2)))!;
    expect(plan({ ...given, status }, many(2)).steps).toEqual([]);
    expect(statusOf(plan({ ...given, status }, many(1)))).toMatchObject({ disruptionsAllowed: 0 });
    const changed = { ...given, status, metadata: { ...given.metadata, generation: 2 } };
    expect(statusOf(plan(changed, many(2)))).toMatchObject({ observedGeneration: 2 });
  });

  // TestPDBNotExist
  it('is nobody‘s when the budget is gone', () => {
    expect(reconcileBudget(viewOfObjects([]), 'default/none', { now: 0, answers: [] }).steps).toEqual([]);
  });

  // TestUpdateDisruptedPods
  it('forgets promised evictions that have begun, that have not for two minutes, and of pods that are gone', () => {
    const disruptedPods = { p1: at(600), p2: at(420), p3: at(540), notthere: at(600) };
    const made = plan(budget({ minAvailable: 1, status: { disruptedPods } }), [
      one('p1', { deleting: true }),
      one('p2'),
      one('p3'),
    ]);
    expect(statusOf(made)).toMatchObject({
      disruptionsAllowed: 0,
      currentHealthy: 1,
      desiredHealthy: 1,
      expectedPods: 3,
      disruptedPods: { p3: at(540) },
    });
    expect(made.again).toBe(MINUTE);
    expect(eventsOf(made)).toEqual([
      "Warning NotDeleted Pod was expected by PDB default/default to be deleted but it wasn't",
    ]);
  });
});

describe('events of a budget', () => {
  it('tell when it selects nothing', () => {
    expect(eventsOf(plan(budget({ minAvailable: 3 }), []))).toEqual(['Normal NoPods No matching pods found']);
  });

  // TestStatusForUnmanagedPod, TestTotalUnmanagedPods, TestIntegerMaxUnavailable
  it('tell of pods that nobody manages, where their number matters', () => {
    expect(eventsOf(plan(budget({ minAvailable: '28%' }), many(1)))).toEqual([
      'Warning UnmanagedPods Pods selected by this PodDisruptionBudget (selector: &LabelSelector{MatchLabels:map[string]string{foo: bar,},MatchExpressions:[]LabelSelectorRequirement{},}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.',
    ]);
    expect(eventsOf(plan(budget({ minAvailable: 1 }), many(1)))).toEqual([]);
  });

  // TestInvalidSelectors
  it.each<[string, LabelSelector, string]>([
    [
      'illegal value key',
      { matchLabels: { 'k8s.io/too/many/slashes': 'value' } },
      'key: Invalid value: "k8s.io/too/many/slashes": a valid label key must consist of alphanumeric characters',
    ],
    [
      'illegal operator',
      { matchExpressions: [{ key: 'foo', operator: 'illegal', values: ['bar'] }] },
      '"illegal" is not a valid label selector operator',
    ],
  ])('and of a selector that is none: %s', (_, selector, message) => {
    const made = plan(budget({ minAvailable: 3, selector }), many(1));
    expect(eventsOf(made)).toEqual([expect.stringContaining(`Warning NoPods Failed to get pods: ${message}`)]);
    expect(statusOf(made)).toMatchObject({
      ...{ disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
      conditions: [{ status: 'False', reason: 'SyncFailed', message: expect.stringContaining(message) as string }],
    });
  });
});

const definition = (scale: boolean): KubeObject =>
  ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: meta('CustomResourceDefinition', 'customresources.custom.k8s.io'),
    spec: {
      group: 'custom.k8s.io',
      names: { plural: 'customresources', kind: 'customresource' },
      versions: [{ name: 'v1', served: true, subresources: scale ? { scale: {} } : {} }],
    },
  }) as unknown as KubeObject;
const custom = { apiVersion: 'custom.k8s.io/v1', kind: 'customresource', name: 'x', uid: 'custom', controller: true };
const PATH = '/apis/custom.k8s.io/v1/namespaces/default/customresources/x/scale';
const scale = (uid: string, replicas: number): ReadAnswer => ({
  path: PATH,
  code: 200,
  body: { kind: 'Scale', metadata: { uid }, spec: { replicas } },
});
const failed = (
  reference: OwnerReference,
  more: readonly KubeObject[] = [],
  answer?: ReadAnswer,
): readonly [readonly string[], unknown] => {
  const made = plan(
    budget({ minAvailable: '28%', status: { disruptionsAllowed: 3 } }),
    [one('naked', { reference }), ...more],
    answer === undefined ? [] : [answer],
  );
  return [eventsOf(made), statusOf(made)];
};
const failure = (message: string): unknown => [
  [`Warning CalculateExpectedPodCountFailed Failed to calculate the number of expected pods: ${message}`],
  expect.objectContaining({
    disruptionsAllowed: 0,
    conditions: [expect.objectContaining({ reason: 'SyncFailed', message })],
  }),
];

describe('what the controllers of pods want', () => {
  // TestScaleResource
  it('is read from the scale subresource of kinds that no cache holds', () => {
    const objects = [definition(true), ...many(4, { reference: custom })];
    const given = budget({ maxUnavailable: 5 });
    expect(plan(given, objects).steps).toEqual([{ op: 'read', path: PATH }]);
    expect(statusOf(plan(given, objects, [scale('custom', 10)]))).toMatchObject({
      disruptionsAllowed: 0,
      currentHealthy: 4,
      desiredHealthy: 5,
      expectedPods: 10,
    });
  });

  // TestUnsupportedControllerPod, TestScaleFinderNoResource
  it('cannot be told of what is no kind, has no scale, is gone or is another one', () => {
    const stranger = { ...custom, apiVersion: 'apps.test.io/v1', kind: 'TestWorkload', name: 'fake-controller' };
    expect(failed(stranger)).toEqual(failure('no matches for kind "TestWorkload" in version "apps.test.io/v1"'));
    const unscaled = 'customresources.custom.k8s.io does not implement the scale subresource';
    expect(failed(custom, [definition(false)])).toEqual(failure(unscaled));
    const job = { ...custom, apiVersion: 'batch/v1', kind: 'Job' };
    expect(failed(job)).toEqual(failure('jobs.batch does not implement the scale subresource'));
    const none = failure('found no controllers for pod "naked"');
    const known = [definition(true)];
    expect(failed(custom, known, { path: PATH, code: 404, body: {} })).toEqual(none);
    expect(failed(custom, known, scale('another', 10))).toEqual(none);
    expect(failed(custom, known, { path: PATH, code: 403, body: { message: 'no' } })).toEqual(failure('no'));
  });

  // TestBasicFinderFunctions, TestDeploymentFinderFunction
  it.each<
    [
      string,
      apiVersion: string,
      KubeObject,
      over: Partial<OwnerReference>,
      readonly KubeObject[],
      Plan['steps'] | number,
    ]
  >([
    ['replicaset with apps group', 'apps/v1', set(10), {}, [], 10],
    ['replicationcontroller', 'v1', RC, {}, [], 3],
    ['statefulset', 'apps/v1', STS, {}, [], 3],
    ['deployment', 'apps/v1', WEB_SET, {}, [WEB], 11],
    [
      'another owner than a Deployment of apps: the ReplicaSet is asked',
      'apps/v1',
      replicaSet('web-1', {
        replicas: 5,
        meta: { ownerReferences: [{ ...ownerReference(WEB), apiVersion: 'deployment/v1' }] },
      }),
      {},
      [WEB],
      [{ op: 'read', path: '/apis/apps/v1/namespaces/default/replicasets/web-1/scale' }],
    ],
    [
      'an owner of this name, with another uid',
      'v1',
      RC,
      { uid: 'another' },
      [],
      [{ op: 'read', path: '/api/v1/namespaces/default/replicationcontrollers/replicationcontroller/scale' }],
    ],
  ])('%s', (_, apiVersion, owner, over, more, expected) => {
    const reference = { ...ownerReference(owner), apiVersion, ...over };
    const made = plan(budget({ minAvailable: '1%' }), [owner, ...more, one('a', { reference })]);
    expect(statusOf(made)?.expectedPods ?? made.steps).toEqual(expected);
  });
});

// TestStalePodDisruption
describe('a pod that says it will be disrupted', () => {
  const target = (over: Partial<Pod['status']> = {}, reason?: string, deletionTimestamp?: string): Pod =>
    pod('foo', {
      meta: deletionTimestamp === undefined ? {} : { deletionTimestamp },
      status: {
        conditions: [
          {
            type: 'DisruptionTarget',
            status: 'True',
            lastTransitionTime: at(0),
            ...(reason === undefined ? {} : { reason }),
          },
        ],
        ...over,
      },
    });
  const at2 = (given: Pod, now: number): Plan =>
    reconcileDisruptedPod(viewOfObjects([given]), 'default/foo', { now: seconds(now) });

  it('says so no more after two minutes', () => {
    const [step] = at2(target(), 121).steps;
    expect(step?.op === 'update' && (step.object as Pod).status.conditions).toEqual([
      { type: 'DisruptionTarget', status: 'False', lastTransitionTime: at(121) },
    ]);
  });

  it.each<[string, Pod, number, Plan]>([
    ['it was a moment ago', target(), 30, { steps: [], again: 90_000_000 }],
    ['it is being deleted', target({}, undefined, at(1)), 121, { steps: [] }],
    ['the kubelet said it', target({}, 'TerminationByKubelet'), 121, { steps: [] }],
    ['it has failed', target({ phase: 'Failed' }), 121, { steps: [] }],
    [
      'it says that it will not',
      target({ conditions: [{ type: 'DisruptionTarget', status: 'False' }] }),
      121,
      { steps: [] },
    ],
    ['it says nothing', target({ conditions: [] }), 121, { steps: [] }],
  ])('is left alone when %s', (_, given, now, expected) => {
    expect(at2(given, now)).toEqual(expected);
  });
});

describe('what a change touches', () => {
  const change = (object: KubeObject, type: Change['type'] = 'updated'): Change =>
    ({ kind: object.kind, type, object }) as unknown as Change;
  const [first, second] = [budget({ minAvailable: 1 }), budget({ minAvailable: 1, name: 'second' })];
  const view = viewOfObjects([first, second]);

  it('is the first budget that selects a pod, and every budget itself', () => {
    expect(disruptionController.keysFor(change(one('a')), view)).toEqual(['default/budget']);
    expect(disruptionController.keysFor(change(pod('b')), view)).toEqual([]);
    expect(disruptionController.keysFor(change(second), view)).toEqual(['default/second']);
    expect(disruptionController.keysFor(change(RC), view)).toEqual([]);
  });

  it('is a pod that has several budgets', () => {
    expect(stalePodDisruption.keysFor(change(one('a')), view)).toEqual(['default/a']);
    expect(stalePodDisruption.keysFor(change(one('a')), viewOfObjects([first]))).toEqual([]);
    expect(eventsOf(reconcileDisruptedPod(viewOfObjects([first, second, one('a')]), 'default/a', { now: 0 }))).toEqual([
      'Warning MultiplePodDisruptionBudgets Pod "default"/"a" matches multiple PodDisruptionBudgets.  Chose "budget" arbitrarily.',
    ]);
  });
});
