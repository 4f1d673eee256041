/** @source kubernetes/autoscaler cluster-autoscaler/{simulator/drain_test.go,simulator/drainability,core/scaledown/eligibility/eligibility_test.go,expander/waste/waste_test.go,estimator/binpacking_estimator_test.go} */
import { describe, expect, it } from 'vitest';
import type { Node, ObjectMeta, Pod, PodDisruptionBudget } from '#engine/api/types';
import { seedState, StatefulRandom } from '#engine/kernel/random';
import type { NodeGroupState } from './cloud';
import { findUnneeded, mayGo, utilization } from './scale-down';
import { decideScaleUp, helplessAmong, isUnschedulable, reasonsText } from './scale-up';
import { type Room, roomOf, templateOf } from './simulation';

const GIB = 1024 ** 3;
const meta = (name: string, over: Partial<ObjectMeta> = {}): ObjectMeta => ({
  name,
  uid: `u-${name}`,
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
  ...over,
});
interface PodOptions {
  readonly cpu?: string;
  readonly namespace?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly owner?: string | null;
  readonly spec?: Partial<Pod['spec']>;
  readonly phase?: 'Running' | 'Pending' | 'Succeeded';
}
const pod = (name: string, options: PodOptions = {}): Pod => {
  const { cpu = '500m', namespace = 'default', annotations, owner = 'ReplicaSet', spec, phase = 'Running' } = options;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: meta(name, {
      namespace,
      labels: { app: 'web' },
      ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
      ...(owner === null
        ? {}
        : { ownerReferences: [{ apiVersion: 'apps/v1', kind: owner, name: 'web', uid: 'u-web', controller: true }] }),
    }),
    spec: { containers: [{ name: 'main', image: 'x', resources: { requests: { cpu, memory: '64Mi' } } }], ...spec },
    status: { phase },
  };
};
const node = (
  name: string,
  over: { readonly annotations?: Record<string, string>; readonly spec?: Node['spec'] } = {},
): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: meta(name, over.annotations === undefined ? {} : { annotations: over.annotations }),
  spec: over.spec ?? {},
  status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110', 'ephemeral-storage': '90Gi' } },
});
const group = (name: string, over: Partial<NodeGroupState> = {}): NodeGroupState => ({
  name,
  min: 0,
  max: 3,
  zone: 'zone-a',
  milliCpu: 4000,
  memory: 8 * GIB,
  pods: 110,
  target: 0,
  machines: [],
  ...over,
});
const random = () => new StatefulRandom(seedState(1, 'test'));

describe('pods that wait', () => {
  const waiting = (over: Partial<Pod['spec']> = {}, reason = 'Unschedulable'): Pod => ({
    ...pod('p', { spec: over, phase: 'Pending' }),
    status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason }] },
  });
  it.each<[string, Pod, boolean]>([
    ['because no node takes them', waiting(), true],
    ['for a gate to open', waiting({}, 'SchedulingGated'), false],
    ['and may be done without', waiting({ priority: -11 }), false],
    ['no longer, being bound', waiting({ nodeName: 'node-1' }), false],
  ])('%s', (_, each, expected) => expect(isUnschedulable(each)).toBe(expected));

  it('are helped by machines that are on their way', () => {
    const four = ['a', 'b', 'c', 'd', 'e'].map((name) => pod(name, { cpu: '2' }));
    const coming = templateOf(group('pool'), []);
    expect(helplessAmong(four, [coming, coming]).map(({ metadata }) => metadata.name)).toEqual(['e']);
    expect(helplessAmong(four, []).length).toBe(5);
  });
});

describe('a scale-up', () => {
  const plan = (
    pods: readonly Pod[],
    groups: readonly NodeGroupState[],
    expander = 'least-waste',
    daemons: readonly Pod[] = [],
  ) => {
    const templates = groups.map((each) => ({ group: each, template: templateOf(each, daemons) }));
    const { chosen, unhelped } = decideScaleUp(pods, templates, expander, random());
    return {
      to: chosen === null ? null : `${chosen.group.name} +${chosen.count}`,
      pods: chosen?.pods.map(({ metadata }) => metadata.name).toSorted() ?? [],
      unhelped: unhelped.map(({ pod: { metadata }, reasons }) => `${metadata.name}: ${reasonsText(reasons)}`),
    };
  };
  const many = (count: number, cpu: string): Pod[] => Array.from({ length: count }, (_, at) => pod(`p${at}`, { cpu }));

  it.each<[string, readonly Pod[], readonly NodeGroupState[], string | null, readonly string[]]>([
    ['as many as hold the pods', many(7, '1'), [group('pool')], 'pool +2', []],
    ['no more than there may be', many(9, '3'), [group('pool', { target: 1 })], 'pool +2', []],
    [
      'none of a group that is full',
      many(1, '1'),
      [group('pool', { target: 3 })],
      null,
      ['p0: 1 max node group size reached'],
    ],
    ['none for what fits no machine', many(1, '5'), [group('pool'), group('other')], null, ['p0: 2 Insufficient cpu']],
    [
      'of the group that wastes least',
      many(1, '1500m'),
      [group('large'), group('small', { milliCpu: 2000, memory: 2 * GIB })],
      'small +1',
      [],
    ],
    [
      'of the group whose labels a pod asks for',
      [pod('p0', { spec: { nodeSelector: { 'cloud.kubarium.dev/node-group': 'b' } } })],
      [group('a', { milliCpu: 1000 }), group('b')],
      'b +1',
      [],
    ],
  ])('%s', (_, pods, groups, to, unhelped) => {
    const planned = plan(pods, groups);
    expect([planned.to, planned.unhelped]).toEqual([to, unhelped]);
  });

  it('tells those whom the new machines take', () => {
    const pods = [pod('large', { cpu: '3' }), pod('small', { cpu: '1' }), pod('other', { cpu: '2' })];
    expect(plan(pods, [group('pool', { max: 1 })])).toEqual({ to: 'pool +1', pods: ['large', 'small'], unhelped: [] });
  });

  it('counts what DaemonSets will take of each', () => {
    const daemon = pod('agent', { cpu: '1', owner: 'DaemonSet' });
    expect(plan(many(4, '1'), [group('pool')]).to).toBe('pool +1');
    expect(plan(many(4, '1'), [group('pool')], 'least-waste', [daemon]).to).toBe('pool +2');
  });

  it('by lot, if it is told so', () => {
    const groups = [group('a'), group('b')];
    const lots = new Set(
      [1, 2, 3, 4, 5, 6].map((seed) => {
        const templates = groups.map((each) => ({ group: each, template: templateOf(each, []) }));
        return decideScaleUp(many(1, '1'), templates, 'random', new StatefulRandom(seedState(seed, 'lots'))).chosen
          ?.group.name;
      }),
    );
    expect(lots).toEqual(new Set(['a', 'b']));
  });
});

describe('a node', () => {
  const other = (free = '4'): Room => roomOf(node('other'), free === '4' ? [] : [pod('there', { cpu: '3800m' })]);
  const budget = (disruptionsAllowed: number): PodDisruptionBudget => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: meta('web', { namespace: 'default' }),
    spec: { selector: { matchLabels: { app: 'web' } } },
    status: { disruptionsAllowed, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 },
  });
  const verdict = (
    pods: readonly Pod[],
    {
      rooms = [other()],
      budgets = [],
      spare = 1,
    }: { rooms?: readonly Room[]; budgets?: readonly PodDisruptionBudget[]; spare?: number } = {},
  ): string => {
    const room = roomOf(node('mine'), pods);
    const { removals, kept } = findUnneeded(
      [{ room, pods, group: 'pool' }],
      [room, ...rooms],
      budgets,
      0.5,
      new Map([['pool', spare]]),
    );
    const [removal] = removals;
    if (removal !== undefined) return `unneeded, moving ${removal.pods.map(({ metadata }) => metadata.name).join()}`;
    return kept.get('mine') ?? 'used';
  };
  const volume = (source: object): Partial<Pod['spec']> => ({ volumes: [{ name: 'v', ...source }] });

  it.each<[string, string, string]>([
    ['that is empty', verdict([]), 'unneeded, moving '],
    ['of which little is used', verdict([pod('a'), pod('b')]), 'unneeded, moving a,b'],
    ['of which half is used', verdict([pod('a', { cpu: '2' })]), 'used'],
    ['of a group that may not shrink', verdict([], { spare: 0 }), 'node group min size reached'],
    [
      'whose pods fit nowhere else',
      verdict([pod('a')], { rooms: [other('none')] }),
      'can reschedule only 0 out of 1 pods',
    ],
    ['with a pod that nobody would replace', verdict([pod('a', { owner: null })]), 'default/a is not replicated'],
    [
      'with one that says that it may go',
      verdict([pod('a', { owner: null, annotations: { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'true' } })]),
      'unneeded, moving a',
    ],
    [
      'with one that says that it may not',
      verdict([pod('a', { annotations: { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false' } })]),
      'pod annotated as not safe to evict present: a',
    ],
    [
      'with local storage',
      verdict([pod('a', { spec: volume({ emptyDir: {} }) })]),
      'pod with local storage present: a',
    ],
    [
      'with storage in memory',
      verdict([pod('a', { spec: volume({ emptyDir: { medium: 'Memory' } }) })]),
      'unneeded, moving a',
    ],
    [
      'with local storage that may be lost',
      verdict([
        pod('a', {
          spec: volume({ hostPath: { path: '/x' } }),
          annotations: { 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes': 'u,v' },
        }),
      ]),
      'unneeded, moving a',
    ],
    [
      'with a part of the system',
      verdict([pod('dns', { namespace: 'kube-system' })]),
      'non-daemonset, non-mirrored, non-pdb-assigned kube-system pod present: dns',
    ],
    [
      'with pods of DaemonSets and pods that are over',
      verdict([pod('d', { owner: 'DaemonSet' }), pod('j', { owner: null, phase: 'Succeeded' })]),
      'unneeded, moving ',
    ],
    ['whose budget lets one go', verdict([pod('a')], { budgets: [budget(1)] }), 'unneeded, moving a'],
    [
      'whose budget lets one of two go',
      verdict([pod('a'), pod('b')], { budgets: [budget(1)] }),
      'not enough pod disruption budget to move default/b',
    ],
  ])('%s', (_, found, expected) => expect(found).toBe(expected));

  it('goes with those before it in mind', () => {
    const rooms = ['one', 'two', 'three'].map((name) => ({ name, pods: [pod(`p-${name}`, { cpu: '1500m' })] }));
    const seen = rooms.map(({ name, pods }) => ({ room: roomOf(node(name), pods), pods, group: 'pool' }));
    const { removals, kept } = findUnneeded(
      seen,
      seen.map(({ room }) => room),
      [],
      0.5,
      new Map([['pool', 3]]),
    );
    // What one has is moved to two: it would have to be moved again.
    expect(removals.map(({ node: { metadata } }) => metadata.name)).toEqual(['one']);
    expect([...kept]).toEqual([
      ['two', 'can reschedule only 1 out of 2 pods'],
      ['three', 'can reschedule only 0 out of 1 pods'],
    ]);
  });

  it('is used as much as the scarcer of CPU and memory', () => {
    expect(utilization(roomOf(node('n'), [pod('a', { cpu: '1' })]))).toMatchObject({ cpu: 0.25, most: 0.25 });
  });

  it('may be kept by its annotation, and goes once', () => {
    const taint = { key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' as const };
    expect(
      [
        node('a'),
        node('b', { annotations: { 'cluster-autoscaler.kubernetes.io/scale-down-disabled': 'true' } }),
        node('c', { spec: { taints: [taint] } }),
      ].map(mayGo),
    ).toEqual([true, false, false]);
  });
});
