import { describe, expect, it } from 'vitest';
import type { KubeObject, Node } from '#engine/api/types';
import { type Micros, SECOND, seconds } from '#engine/kernel/time';
import type { Change, Plan } from '#engine/client/plan';
import { type World, applyPlan, world } from '../testing/apply';
import { at, node, nodeLease, pod } from '../testing/builders';
import { situation, viewOfObjects } from '../testing/view';
import { nodeLifecycleController as controller } from './controller';
import type { NodeMemory } from './pass';
import { INITIAL_MEMORY, NODES_KEY } from './reconcile';
import { zoneState } from './zones';

const NO_EXECUTE = (key: string) => expect.objectContaining({ key: `node.kubernetes.io/${key}`, effect: 'NoExecute' });
const NO_SCHEDULE = (key: string) =>
  expect.objectContaining({ key: `node.kubernetes.io/${key}`, effect: 'NoSchedule' });

interface Run {
  readonly state: World;
  readonly memory: NodeMemory;
  readonly now: Micros;
}

function step(run: Run, key = NODES_KEY): { readonly run: Run; readonly plan: Plan<NodeMemory> } {
  const view = viewOfObjects(run.state.objects);
  const plan = controller.reconcile(view, key, situation({ memory: run.memory, now: run.now }));
  return { plan, run: { ...run, state: applyPlan(run.state, plan, run.now), memory: plan.memory ?? run.memory } };
}

/** Lets the controller run by its own `again` until a moment. `live` keeps these nodes' Leases fresh; other keys run at once. */
function runUntil(start: Run, end: Micros, live: readonly string[] = []): Run {
  let run = start;
  while (run.now <= end) {
    const leases = live.map((name) => nodeLease(name, run.now));
    const others = run.state.objects.filter((each) => each.kind !== 'Lease' || !live.includes(each.metadata.name));
    run = { ...run, state: { ...run.state, objects: [...others, ...leases] } };
    const before = run.state.objects;
    const done = step(run);
    run = done.run;
    for (const key of keysSince(before, run.state.objects)) run = step(run, key).run;
    run = { ...run, now: run.now + (done.plan.again ?? 5 * SECOND) };
  }
  return { ...run, now: end };
}

function keysSince(before: readonly KubeObject[], after: readonly KubeObject[]): readonly string[] {
  return after.flatMap((object) => {
    const old = before.find((each) => each.kind === object.kind && each.metadata.name === object.metadata.name);
    if (object.kind !== 'Node' || old === object) return [];
    const change = { kind: 'Node', type: 'updated', object, old } as unknown as Change;
    return controller.keysFor(change, viewOfObjects(after));
  });
}

const begin = (...objects: readonly KubeObject[]): Run => ({
  state: world(...objects),
  memory: INITIAL_MEMORY,
  now: 0,
});
const nodeIn = ({ state }: Run, name: string): Node =>
  state.objects.find((each) => each.kind === 'Node' && each.metadata.name === name) as Node;
const readiness = (run: Run, name: string) => nodeIn(run, name).status.conditions?.find(({ type }) => type === 'Ready');

describe('a node that falls silent', () => {
  const start = begin(node('node-1'), node('node-2'), pod('web'), pod('other', { spec: { nodeName: 'node-2' } }));

  it('is Ready through the whole grace period', () => {
    const run = runUntil(start, seconds(50), ['node-2']);
    expect(readiness(run, 'node-1')?.status).toBe('True');
    expect(run.state.events).toEqual([
      'Normal RegisteredNode Node node-1 event: Registered Node node-1 in Controller',
      'Normal RegisteredNode Node node-2 event: Registered Node node-2 in Controller',
    ]);
  });

  it('is Unknown at the first pass after 50 s, tainted NoSchedule, its pods not Ready', () => {
    const run = runUntil(start, seconds(51), ['node-2']);
    expect(readiness(run, 'node-1')).toMatchObject({
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
      lastHeartbeatTime: at(0),
      lastTransitionTime: at(50),
    });
    expect(nodeIn(run, 'node-1').spec.taints).toEqual([NO_SCHEDULE('unreachable')]);
    expect(nodeIn(run, 'node-2').spec.taints).toBeUndefined();
    expect(run.state.events.slice(2)).toEqual([
      'Normal NodeNotReady Node node-1 status is now: NodeNotReady',
      'Warning NodeNotReady Node is not ready',
    ]);
    const ready = run.state.objects
      .filter(({ kind }) => kind === 'Pod')
      .map((each) => (each as ReturnType<typeof pod>).status.conditions?.[0]?.status);
    expect(ready).toEqual(['False', 'True']);
  });

  it('is tainted NoExecute by the queue after the next pass', () => {
    const before = runUntil(start, seconds(55), ['node-2']);
    expect(nodeIn(before, 'node-1').spec.taints).toHaveLength(1);
    const run = runUntil(before, seconds(55.3), ['node-2']);
    expect(nodeIn(run, 'node-1').spec.taints).toEqual([NO_SCHEDULE('unreachable'), NO_EXECUTE('unreachable')]);
  });

  it('loses its taints when its kubelet says that it is Ready again', () => {
    const lost = runUntil(start, seconds(70), ['node-2']);
    const objects = lost.state.objects.map((each): KubeObject => {
      if (each.metadata.name !== 'node-1') return each;
      const conditions = [{ type: 'Ready', status: 'True', lastHeartbeatTime: at(71), lastTransitionTime: at(71) }];
      return { ...(each as Node), status: { conditions } } as Node;
    });
    const back: Run = { ...lost, state: { ...lost.state, objects } };
    const untainted = step(back, 'taints/node-1').run;
    const run = runUntil(untainted, seconds(80), ['node-1', 'node-2']);
    expect(nodeIn(run, 'node-1').spec.taints).toBeUndefined();
  });

  it('is waited for 60 s when it never said anything', () => {
    const fresh = begin(node('node-1', { ready: null }), node('node-2'));
    expect(nodeIn(runUntil(fresh, seconds(60), ['node-2']), 'node-1').status.conditions).toBeUndefined();
    const run = runUntil(fresh, seconds(65), ['node-2']);
    expect(readiness(run, 'node-1')).toMatchObject({
      status: 'Unknown',
      reason: 'NodeStatusNeverUpdated',
      message: 'Kubelet never posted node status.',
      lastHeartbeatTime: at(0),
    });
    expect(nodeIn(run, 'node-1').status.conditions).toHaveLength(4);
  });

  it('costs an idle cluster one look in 5 s and no write', () => {
    const { plan, run } = step(begin(node('node-1')));
    expect(plan.again).toBe(seconds(5.002));
    const next = step({ ...run, now: run.memory.nextPass });
    expect(next.plan.steps).toEqual([]);
    expect(next.plan.memory?.nodes).toBe(run.memory.nodes);
  });
});

describe('zones', () => {
  it('are tainted one node in 10 s each', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const lost = begin(...names.map((name) => node(name)), ...['f', 'g', 'h', 'i', 'j'].map((name) => node(name)));
    const tainted = (run: Run) =>
      names.filter((name) => nodeIn(run, name).spec.taints?.some(({ effect }) => effect === 'NoExecute') === true);
    const live = ['f', 'g', 'h', 'i', 'j'];
    const first = runUntil(lost, seconds(56), live);
    expect(tainted(first)).toEqual(['a']);
    expect(tainted(runUntil(first, seconds(64.9), live))).toEqual(['a']);
    expect(tainted(runUntil(first, seconds(65.3), live))).toEqual(['a', 'b']);
    expect(tainted(runUntil(first, seconds(85.5), live))).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are not evicted at all when every node of the cluster is lost, and begin anew when one answers', () => {
    const all = runUntil(begin(node('a'), node('b')), seconds(120));
    expect(nodeIn(all, 'a').spec.taints).toEqual([NO_SCHEDULE('unreachable')]);
    expect([...all.memory.zones.values()].map(({ state }) => state)).toEqual(['FullDisruption']);
    const objects = all.state.objects.map((each): KubeObject => {
      if (each.metadata.name !== 'b') return each;
      return {
        ...(each as Node),
        status: { conditions: [{ type: 'Ready', status: 'True', lastHeartbeatTime: at(120) }] },
      } as Node;
    });
    const run = runUntil({ ...all, now: all.memory.nextPass, state: { ...all.state, objects } }, seconds(130), ['b']);
    expect([...run.memory.zones.values()].map(({ state }) => state)).toEqual(['Normal']);
    expect([...run.memory.nodes.values()].every(({ probedAt }) => probedAt >= seconds(120))).toBe(true);
  });

  it('swap one NoExecute taint for the other at once', () => {
    const taints = [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' as const }];
    const known = step(begin(node('a', { ready: 'False' }), node('b'))).run;
    const objects = known.state.objects.map((each): KubeObject =>
      each.metadata.name === 'a' ? ({ ...(each as Node), spec: { taints } } as Node) : each,
    );
    const { run } = step({ ...known, now: known.memory.nextPass, state: { ...known.state, objects } });
    expect(nodeIn(run, 'a').spec.taints).toEqual([NO_EXECUTE('not-ready')]);
  });

  // node_lifecycle_controller_test.go, TestMonitorNodeHealth
  it.each<[string, Node[], string[]]>([
    ['one Ready node', [node('a')], ['Normal']],
    [
      'two zones, both lost',
      [node('a', { zone: '1', ready: 'Unknown' }), node('b', { zone: '2', ready: 'Unknown' })],
      ['FullDisruption', 'FullDisruption'],
    ],
    [
      'two zones, one answers',
      [node('a', { zone: '1', ready: 'Unknown' }), node('b', { zone: '2' })],
      ['FullDisruption', 'Normal'],
    ],
    [
      'two regions, both lost',
      [node('a', { region: '1', ready: 'Unknown' }), node('b', { region: '2', ready: 'Unknown' })],
      ['FullDisruption', 'FullDisruption'],
    ],
    [
      '2 of 5 lost',
      [node('a', { ready: 'Unknown' }), node('b', { ready: 'Unknown' }), node('c'), node('d'), node('e')],
      ['Normal'],
    ],
    [
      '3 of 5 lost',
      [
        node('a', { ready: 'Unknown' }),
        node('b', { ready: 'Unknown' }),
        node('c', { ready: 'Unknown' }),
        node('d'),
        node('e'),
      ],
      ['PartialDisruption'],
    ],
    ['2 of 3 lost', [node('a', { ready: 'Unknown' }), node('b', { ready: 'Unknown' }), node('c')], ['Normal']],
    [
      'a node that does not count',
      [node('a', { ready: 'Unknown' }), node('b', { labels: { 'node.kubernetes.io/exclude-disruption': '' } })],
      ['FullDisruption'],
    ],
  ])('%s', (_, nodes, states) => {
    const { run } = step(begin(...nodes));
    expect([...run.memory.zones.values()].map(({ state }) => state)).toEqual(states);
  });

  it.each([
    [0, 1, 'FullDisruption'],
    [1, 2, 'Normal'],
    [2, 3, 'PartialDisruption'],
    [3, 3, 'Normal'],
    [0, 0, 'Normal'],
  ])('%d ready and %d not: %s', (ready, notReady, state) => {
    expect(zoneState({ ready, notReady })).toBe(state);
  });
});

describe('what else the controller does', () => {
  it('says that a node is gone', () => {
    const known = step(begin(node('a'), node('b'))).run;
    const objects = known.state.objects.filter(({ metadata }) => metadata.name !== 'a');
    const { run } = step({ ...known, now: known.memory.nextPass, state: { ...known.state, objects } });
    expect(run.state.events.at(-1)).toBe('Normal RemovingNode Node a event: Removing Node a from Controller');
    expect([...run.memory.nodes.keys()]).toEqual(['b']);
  });

  it('taints a cordoned node NoSchedule and untaints it', () => {
    const cordoned = begin(node('a', { spec: { unschedulable: true } }));
    const tainted = step(cordoned, 'taints/a').run;
    expect(nodeIn(tainted, 'a').spec.taints).toEqual([NO_SCHEDULE('unschedulable')]);
    const back: Run = {
      ...tainted,
      state: world({ ...nodeIn(tainted, 'a'), spec: { taints: nodeIn(tainted, 'a').spec.taints ?? [] } } as Node),
    };
    expect(nodeIn(step(back, 'taints/a').run, 'a').spec.taints).toBeUndefined();
  });

  it('keeps the old names of the labels for system and processor', () => {
    const run = step(begin(node('a', { labels: { 'kubernetes.io/os': 'linux' } })), 'taints/a').run;
    expect(nodeIn(run, 'a').metadata.labels).toMatchObject({ 'beta.kubernetes.io/os': 'linux' });
  });

  it('makes a pod not Ready that comes to a node which is not', () => {
    const late = pod('late', { spec: { nodeName: 'a' } });
    const run = begin(node('a', { ready: 'Unknown' }), late);
    const [key = ''] = controller.keysFor(
      { kind: 'Pod', type: 'added', object: late },
      viewOfObjects(run.state.objects),
    );
    expect(step(run, key).run.state.events).toEqual(['Warning NodeNotReady Node is not ready']);
  });
});
