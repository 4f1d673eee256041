import { describe, expect, it } from 'vitest';
import type { IntOrString } from '#engine/api/int-or-string';
import type { DaemonSet, KubeObject, Node, Pod, PodSpec } from '#engine/api/types';
import { SECOND } from '#engine/kernel/time';
import { applyPlan, world } from '../testing/apply';
import { meta, node, pod, readyCondition } from '../testing/builders';
import { allReady, podNames, podsIn, settle, type Stage, withObject, withPods } from '../testing/settle';
import { ownerReference } from '#engine/api/meta';
import { situation, viewOfObjects } from '../testing/view';
import { daemonSetController as controller } from './controller';
import { nodeOf, verdictOn } from './placement';
import { podsByNode } from './pods';
import type { DaemonMemory } from './reconcile';
import { limitsOf } from './update';

const KEY = 'default/agent';

interface Parts {
  readonly maxUnavailable?: IntOrString;
  readonly maxSurge?: IntOrString;
  readonly type?: 'OnDelete' | 'RollingUpdate';
  readonly image?: string;
  readonly spec?: Partial<PodSpec>;
  readonly generation?: string;
}

function agent({
  type = 'RollingUpdate',
  image = 'agent:1',
  spec,
  generation = '1',
  ...limits
}: Parts = {}): DaemonSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: meta('DaemonSet', 'agent', { annotations: { 'deprecated.daemonset.template.generation': generation } }),
    spec: {
      selector: { matchLabels: { app: 'agent' } },
      revisionHistoryLimit: 10,
      updateStrategy:
        type === 'OnDelete'
          ? { type }
          : { type, rollingUpdate: { maxUnavailable: limits.maxUnavailable ?? 1, maxSurge: limits.maxSurge ?? 0 } },
      template: {
        metadata: { labels: { app: 'agent' } },
        spec: { containers: [{ name: 'agent', image }], ...spec },
      },
    },
    status: { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 },
  };
}

const begin = (...objects: readonly KubeObject[]): Stage<DaemonMemory> => ({
  world: world(...objects),
  memory: controller.initialMemory,
});
const run = (stage: Stage<DaemonMemory>, now = 0): Stage<DaemonMemory> => settle(stage, controller, KEY, now);
const nodesOfPods = ({ world: { objects } }: Stage<DaemonMemory>): string[] =>
  objects.flatMap((object) => (object.kind === 'Pod' ? [nodeOf(object as Pod)] : [])).sort();
const imagesOf = (stage: Stage<DaemonMemory>): string[] =>
  podsIn(stage.world)
    .map((each) => `${nodeOf(each)} ${each.spec.containers[0]!.image}`)
    .sort();
const stored = ({ world: { objects } }: Stage<DaemonMemory>): DaemonSet =>
  objects.find(({ kind }) => kind === 'DaemonSet') as DaemonSet;
const ready = (stage: Stage<DaemonMemory>): Stage<DaemonMemory> => ({ ...stage, world: allReady(stage.world) });
const changed = (stage: Stage<DaemonMemory>, parts: Parts): Stage<DaemonMemory> => {
  const { metadata, status } = stored(stage);
  const next = agent({ generation: '2', ...parts });
  const object = {
    ...next,
    metadata: { ...metadata, annotations: next.metadata.annotations!, generation: 2 },
    status: status!,
  };
  return { ...stage, world: withObject(stage.world, object) };
};

describe('where daemons belong (kubernetes daemon_controller_test.go)', () => {
  const taint = (effect: 'NoSchedule' | 'NoExecute' | 'PreferNoSchedule') => ({ key: 'only', value: 'us', effect });
  const cases: [string, Node, Parts, boolean, boolean][] = [
    ['a plain node', node('a'), {}, true, true],
    ['a node that is not Ready', node('a', { ready: 'False' }), {}, true, true],
    [
      'not-ready and unreachable taints',
      node('a', { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' }] }),
      {},
      true,
      true,
    ],
    [
      'a cordoned node',
      node('a', {
        taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }],
        spec: { unschedulable: true },
      }),
      {},
      true,
      true,
    ],
    ['a NoSchedule taint', node('a', { taints: [taint('NoSchedule')] }), {}, false, true],
    ['a NoExecute taint', node('a', { taints: [taint('NoExecute')] }), {}, false, false],
    ['a PreferNoSchedule taint', node('a', { taints: [taint('PreferNoSchedule')] }), {}, true, true],
    [
      'a taint that is tolerated',
      node('a', { taints: [taint('NoExecute')] }),
      { spec: { tolerations: [{ operator: 'Exists' }] } },
      true,
      true,
    ],
    ['a selector that does not match', node('a'), { spec: { nodeSelector: { disk: 'ssd' } } }, false, false],
    [
      'a selector that matches',
      node('a', { labels: { disk: 'ssd' } }),
      { spec: { nodeSelector: { disk: 'ssd' } } },
      true,
      true,
    ],
    ['the node that is named', node('a'), { spec: { nodeName: 'a' } }, true, true],
    ['another node than the named one', node('a'), { spec: { nodeName: 'b' } }, false, false],
    [
      'no network, pods of the host network',
      node('a', { taints: [{ key: 'node.kubernetes.io/network-unavailable', effect: 'NoSchedule' }] }),
      { spec: { hostNetwork: true } },
      true,
      true,
    ],
    [
      'no network, other pods',
      node('a', { taints: [{ key: 'node.kubernetes.io/network-unavailable', effect: 'NoSchedule' }] }),
      {},
      false,
      true,
    ],
  ];
  it.each(cases)('%s', (_, on, parts, shouldRun, shouldContinue) => {
    expect(verdictOn(on, agent(parts))).toEqual({ shouldRun, shouldContinue });
  });
});

describe('what an update may do (kubernetes update_test.go, TestGetUnavailableNumbers)', () => {
  const two = [node('node-0'), node('node-1')];
  const on = (name: string, deleting = false): Pod =>
    pod(`agent-${name}`, {
      meta: deleting ? { deletionTimestamp: '1970-01-01T00:00:00Z' } : {},
      spec: { nodeName: name },
    });
  const both = [on('node-0'), on('node-1')];
  const cases: [string, Parts, Node[], Pod[], [surge: number, unavailable: number, empty: number]][] = [
    ['no nodes', { maxUnavailable: 0 }, [], [], [0, 0, 0]],
    ['two nodes with ready pods', { maxUnavailable: 1 }, two, both, [0, 1, 0]],
    ['two nodes, one node without pods', { maxUnavailable: 0 }, two, [on('node-0')], [0, 1, 1]],
    ['two nodes, one node without pods, surge', { maxSurge: 0, maxUnavailable: 0 }, two, [on('node-0')], [0, 1, 1]],
    ['two nodes with pods, MaxUnavailable in percents', { maxUnavailable: '50%' }, two, both, [0, 1, 0]],
    ['two nodes with pods, MaxSurge in percents', { maxSurge: '50%', maxUnavailable: 0 }, two, both, [1, 0, 0]],
    ['two nodes with pods, MaxSurge is 100%', { maxSurge: '100%', maxUnavailable: 0 }, two, both, [2, 0, 0]],
    [
      'three nodes: one ready, one terminating, one empty',
      { maxUnavailable: '50%' },
      [...two, node('node-2')],
      [on('node-0'), on('node-1', true)],
      [0, 2, 1],
    ],
  ];
  it.each(cases)('%s', (_, parts, nodes, pods, [maxSurge, maxUnavailable, empty]) => {
    const limits = limitsOf(agent(parts), nodes, podsByNode(pods));
    expect([limits.maxSurge, limits.maxUnavailable, limits.emptyNodes.length]).toEqual([
      maxSurge,
      maxUnavailable,
      empty,
    ]);
  });
});

describe('a DaemonSet', () => {
  it('keeps its template as a revision, and has one pod on each node, pinned to it', () => {
    const stage = ready(
      run(begin(agent(), node('a'), node('b'), node('c', { taints: [{ key: 'x', effect: 'NoSchedule' }] }))),
    );
    expect(nodesOfPods(stage)).toEqual(['a', 'b']);
    const revision = stage.world.objects.find(({ kind }) => kind === 'ControllerRevision')!;
    const hash = revision.metadata.labels?.['controller-revision-hash'];
    expect(revision).toMatchObject({
      metadata: { name: `agent-${hash}`, labels: { app: 'agent' } },
      revision: 1,
      data: { spec: { template: { $patch: 'replace', spec: { containers: [{ image: 'agent:1' }] } } } },
    });
    const [first] = podsIn(stage.world);
    expect(first!.metadata).toMatchObject({
      labels: { app: 'agent', 'controller-revision-hash': hash, 'pod-template-generation': '1' },
      ownerReferences: [{ kind: 'DaemonSet', name: 'agent', controller: true }],
    });
    expect(first!.spec.tolerations).toHaveLength(6);
    expect(stage.world.events).toContain(`Normal SuccessfulCreate Created pod: ${first!.metadata.name}`);
    expect(stored(run(stage)).status).toEqual({
      observedGeneration: 1,
      desiredNumberScheduled: 2,
      currentNumberScheduled: 2,
      numberMisscheduled: 0,
      numberReady: 2,
      updatedNumberScheduled: 2,
      numberAvailable: 2,
    });
  });

  it('takes away pods where they may not stay, and doubles, the younger first', () => {
    const stage = ready(run(begin(agent(), node('a'), node('b'))));
    const [first] = podsIn(stage.world);
    const double: Pod = {
      ...first!,
      metadata: { ...first!.metadata, name: 'zz', uid: 'zz', creationTimestamp: '2099-01-01T00:00:00Z' },
    };
    const evicting = node('b', { taints: [{ key: 'out', effect: 'NoExecute' }] });
    const after = run({ ...stage, world: withObject(withObject(stage.world, double), evicting) });
    expect(podNames(after.world)).toEqual([first!.metadata.name]);
    expect(after.world.events.filter((event) => event.includes('SuccessfulDelete'))).toHaveLength(2);
  });

  it('kills failed pods with a back-off and says so, and deletes those that have succeeded', () => {
    let stage = ready(run(begin(agent(), node('a'))));
    const fail = (): void => {
      stage = { ...stage, world: withPods(stage.world, () => ({ phase: 'Failed', conditions: [] })) };
    };
    fail();
    const failed = podNames(stage.world)[0]!;
    stage = run(stage, SECOND);
    expect(stage.world.events).toContain(
      `Warning FailedDaemonPod Found failed daemon pod default/${failed} on node a, will try to kill it`,
    );
    expect(podNames(stage.world)).not.toContain(failed);
    fail();
    // A second within the first's second waits for its turn.
    expect(podNames(run(stage, SECOND + 1).world)).toEqual(podNames(stage.world));
    stage = run(stage, 2 * SECOND);
    fail();
    expect(podNames(run(stage, 3 * SECOND).world)).toEqual(podNames(stage.world));
    expect(podNames(run(stage, 4 * SECOND).world)).not.toEqual(podNames(stage.world));
    const done = { ...stage, world: withPods(stage.world, () => ({ phase: 'Succeeded', conditions: [] })) };
    expect(run(done, 4 * SECOND).world.events.some((event) => event.includes('Normal SucceededDaemonPod'))).toBe(true);
  });

  it('refuses to select all pods', () => {
    const all = agent();
    const objects = [{ ...all, spec: { ...all.spec!, selector: {} } }, node('a')];
    const plan = controller.reconcile(viewOfObjects(objects), KEY, situation({ memory: controller.initialMemory }));
    expect(applyPlan(world(...objects), plan)).toMatchObject({
      objects,
      events: ['Warning SelectingAll This daemon set is selecting all pods. A non-empty selector is required.'],
    });
  });

  it('rolls a new template out one node after the other, waiting for each to be available', () => {
    const stage = ready(run(begin(agent(), node('a'), node('b'), node('c'))));
    let rolling = run(changed(stage, { image: 'agent:2' }));
    expect(imagesOf(rolling).filter((line) => line.endsWith('agent:2'))).toHaveLength(1);
    for (let round = 0; round < 4; round++) rolling = run(ready(rolling));
    expect(imagesOf(rolling)).toEqual(['a agent:2', 'b agent:2', 'c agent:2']);
    const revisions = rolling.world.objects.filter(({ kind }) => kind === 'ControllerRevision');
    expect(revisions.map((each) => (each as unknown as { revision: number }).revision)).toEqual([1, 2]);
  });

  it('with surge puts the new pod beside the old one, which goes when the new one is available', () => {
    const stage = ready(run(begin(agent({ maxSurge: 1, maxUnavailable: 0 }), node('a'), node('b'))));
    const rolling = run(changed(stage, { image: 'agent:2', maxSurge: 1, maxUnavailable: 0 }));
    expect(imagesOf(rolling)).toHaveLength(3);
    const after = run(ready(run(ready(rolling))));
    expect(imagesOf(run(ready(after)))).toEqual(['a agent:2', 'b agent:2']);
  });

  it('OnDelete leaves pods as they are; those that are made anew are of the new template', () => {
    const stage = ready(run(begin(agent({ type: 'OnDelete' }), node('a'), node('b'))));
    const told = run(changed(stage, { image: 'agent:2', type: 'OnDelete' }));
    expect(imagesOf(told)).toEqual(['a agent:1', 'b agent:1']);
    const [first] = podsIn(told.world);
    const without = { ...told.world, objects: told.world.objects.filter((object) => object !== first) };
    expect(imagesOf(run({ ...told, world: without })).filter((line) => line.endsWith('agent:2'))).toHaveLength(1);
  });

  it('goes back to a template that it had with the revision of then', () => {
    const stage = ready(run(begin(agent(), node('a'))));
    const forth = run(ready(run(changed(stage, { image: 'agent:2' }))));
    const back = run(changed(forth, { image: 'agent:1', generation: '3' }));
    const revisions = back.world.objects.filter(({ kind }) => kind === 'ControllerRevision');
    expect(revisions.map((each) => (each as unknown as { revision: number }).revision).sort()).toEqual([2, 3]);
  });

  it('adopts what its selector matches', () => {
    const orphan = pod('orphan', {
      meta: { labels: { app: 'agent' } },
      spec: { nodeName: 'a' },
      status: { conditions: [readyCondition()] },
    });
    const stage = run(begin(agent({ type: 'OnDelete' }), node('a'), orphan));
    expect(podNames(stage.world)).toEqual(['orphan']);
    expect(podsIn(stage.world)[0]!.metadata.ownerReferences).toEqual([ownerReference(agent())]);
  });
});
