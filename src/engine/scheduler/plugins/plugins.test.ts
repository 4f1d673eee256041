import { describe, expect, it } from 'vitest';
import type { Node, Pod, Taint, Toleration } from '#engine/api/types';
import { nodeOrder } from '../cache';
import { findNodesThatFit } from '../filtering';
import { frameworkOf } from '../framework';
import { podInfo } from '../pod-info';
import { DEFAULT_PLUGINS } from '../profile';
import { scoreNodes } from '../scoring';
import { aCache, aCycle, aFramework, aNode, aPod, aProfile } from '../testing';
import { normalizedImageName } from './image-locality';

/** Why each node was turned down; null: the pod fits. */
function verdicts(pod: Pod, nodes: readonly Node[], pods: readonly Pod[] = []): (readonly string[] | null)[] {
  const found = findNodesThatFit(aFramework(), aCycle(aCache(nodes, pods), pod), { nextStartNodeIndex: 0 });
  return nodes.map(({ metadata: { name } }) => {
    const at = found.rejected.slice(0, found.rejectedCount).findIndex((node) => node.name === name);
    return at < 0 ? null : [found.statuses[at]!.code, ...found.statuses[at]!.reasons];
  });
}

function scores(plugin: string, pod: Pod, nodes: readonly Node[], profile = aProfile()): number[] {
  const cache = aCache(nodes);
  const scored = scoreNodes(frameworkOf(profile), aCycle(cache, pod, profile), nodeOrder(cache), nodes.length);
  const at = scored.plugins.findIndex((ready) => ready.plugin.name === plugin);
  const own = scored.normalized[at];
  if (own === undefined) return [];
  return nodes.map((_, i) => own[scored.isUniform[at] === true ? 0 : i]!);
}

const UAU = 'UnschedulableAndUnresolvable';

// kubernetes pkg/scheduler/apis/config/v1/default_plugins.go
it('runs plug-ins in the order and with the weights of upstream', () => {
  expect(DEFAULT_PLUGINS.map(({ name, weight }) => (weight === 0 ? name : `${name}:${weight}`))).toEqual([
    'SchedulingGates',
    'PrioritySort',
    'NodeUnschedulable',
    'NodeName',
    'TaintToleration:3',
    'NodeAffinity:2',
    'NodePorts',
    'NodeResourcesFit:1',
    'VolumeRestrictions',
    'NodeVolumeLimits',
    'VolumeBinding',
    'VolumeZone',
    'PodTopologySpread:2',
    'InterPodAffinity:2',
    'DefaultPreemption',
    'NodeResourcesBalancedAllocation:1',
    'ImageLocality:1',
    'DefaultBinder',
  ]);
});

describe('NodePorts', () => {
  const withPort = (text: string, node?: string): Pod => {
    const [protocol = '', hostIP = '', port = ''] = text.split(/[ :]/);
    const ports = [{ containerPort: Number(port), hostPort: Number(port), hostIP, protocol: protocol as 'TCP' }];
    return aPod('p', { ...(node !== undefined && { node }), spec: { containers: [{ name: 'c', ports }] } });
  };
  // kubernetes pkg/scheduler/framework/plugins/nodeports/node_ports_test.go
  it.each([
    { id: 'ports-1', wanted: 'UDP 127.0.0.1:8080', taken: 'UDP 127.0.0.1:9090', fits: true },
    { id: 'ports-2', wanted: 'UDP 127.0.0.1:8080', taken: 'UDP 127.0.0.1:8080', fits: false },
    { id: 'ports-3', wanted: 'TCP 127.0.0.1:8080', taken: 'TCP 127.0.0.2:8080', fits: true },
    { id: 'ports-4', wanted: 'TCP 127.0.0.1:8080', taken: 'UDP 127.0.0.1:8080', fits: true },
    { id: 'ports-5', wanted: 'TCP 0.0.0.0:8001', taken: 'TCP 127.0.0.1:8001', fits: false },
    { id: 'ports-6', wanted: 'UDP 0.0.0.0:8001', taken: 'TCP 127.0.0.1:8001', fits: true },
    { id: 'ports-5 the other way', wanted: 'TCP 127.0.0.1:8001', taken: 'TCP 0.0.0.0:8001', fits: false },
  ])('[$id] $wanted beside $taken fits: $fits', ({ wanted, taken, fits }) => {
    const [verdict] = verdicts(withPort(wanted), [aNode('node-1')], [withPort(taken, 'node-1')]);
    const refusal = ['Unschedulable', "node(s) didn't have free ports for the requested pod ports"];
    expect(verdict).toEqual(fits ? null : refusal);
  });

  it('ignores ports of ordinary init containers', () => {
    const ports = [{ containerPort: 1, hostPort: 1 }];
    const once = aPod('init', { spec: { initContainers: [{ name: 'i', ports }] } });
    const always = aPod('side', { spec: { initContainers: [{ name: 'i', ports, restartPolicy: 'Always' }] } });
    expect([once, always].map((pod) => podInfo(pod).hostPorts.length)).toEqual([0, 1]);
  });
});

describe('TaintToleration', () => {
  const taint = (key: string, effect: Taint['effect'], value = ''): Taint => ({ key, effect, value });
  const tainted = (...taints: Taint[]): Node => aNode(`node-${taints.length}-${taints[0]?.key ?? ''}`, { taints });

  // kubernetes staging/src/k8s.io/api/core/v1/toleration_test.go, pkg/scheduler/framework/plugins/tainttoleration/taint_toleration_test.go
  it.each<{ toleration: Toleration; fits: boolean }>([
    { toleration: { key: 'dedicated', operator: 'Equal', value: 'user1', effect: 'NoSchedule' }, fits: true },
    { toleration: { key: 'dedicated', value: 'user1' }, fits: true },
    { toleration: { key: 'dedicated', operator: 'Exists', effect: 'NoSchedule' }, fits: true },
    { toleration: { operator: 'Exists' }, fits: true },
    { toleration: { key: 'dedicated', operator: 'Equal', value: 'user2', effect: 'NoSchedule' }, fits: false },
    { toleration: { key: 'dedicated', operator: 'Exists', effect: 'NoExecute' }, fits: false },
    { toleration: { key: 'other', operator: 'Exists' }, fits: false },
  ])('a pod with $toleration fits beside dedicated=user1:NoSchedule: $fits', ({ toleration, fits }) => {
    const pod = aPod('p', { tolerations: [toleration] });
    const [verdict] = verdicts(pod, [tainted(taint('dedicated', 'NoSchedule', 'user1'))]);
    expect(verdict).toEqual(fits ? null : [UAU, 'node(s) had untolerated taint(s)']);
  });

  it('does not mind PreferNoSchedule when it filters', () => {
    expect(verdicts(aPod('p'), [tainted(taint('a', 'PreferNoSchedule'))])).toEqual([null]);
  });

  it('[taint-score-1] [taint-score-2] [taint-score-3] scores by how many deterring taints are not tolerated', () => {
    const soft = (key: string): Taint => taint(key, 'PreferNoSchedule');
    const nodes = [aNode('node-0'), tainted(soft('a')), tainted(soft('a'), soft('b'))];
    expect(scores('TaintToleration', aPod('p'), nodes)).toEqual([100, 50, 0]);
    const tolerant = aPod('p', { tolerations: [{ operator: 'Exists', effect: 'PreferNoSchedule' }] });
    expect(scores('TaintToleration', tolerant, nodes)).toEqual([100, 100, 100]);
    const tolerantOfA = aPod('p', { tolerations: [{ key: 'a', operator: 'Exists' }] });
    expect(scores('TaintToleration', tolerantOfA, [nodes[1]!, nodes[2]!])).toEqual([100, 0]);
    expect(scores('TaintToleration', aPod('p'), [aNode('a'), aNode('b')])).toEqual([100, 100]);
  });
});

describe('NodeUnschedulable and NodeName', () => {
  it('leaves cordoned nodes alone unless the pod tolerates it', () => {
    const nodes = [aNode('node-1', { unschedulable: true }), aNode('node-2')];
    expect(verdicts(aPod('p'), nodes)).toEqual([[UAU, 'node(s) were unschedulable'], null]);
    const daemon = aPod('d', { tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }] });
    expect(verdicts(daemon, nodes)).toEqual([null, null]);
  });

  it('sends a pod that names its node nowhere else', () => {
    const pod = aPod('p', { spec: { nodeName: 'node-2' } });
    const refusal = [UAU, "node(s) didn't match the requested node name"];
    expect(verdicts(pod, [aNode('node-1'), aNode('node-2')])).toEqual([refusal, null]);
  });
});

describe('NodeAffinity', () => {
  type Expression = {
    key: string;
    operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
    values?: string[];
  };
  const requiring = (...terms: Expression[][]): Pod =>
    aPod('p', {
      spec: {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: terms.map((matchExpressions) => ({ matchExpressions })),
            },
          },
        },
      },
    });

  // kubernetes pkg/scheduler/framework/plugins/nodeaffinity/node_affinity_test.go
  it.each<{ terms: Expression[][]; fits: boolean }>([
    { terms: [[{ key: 'foo', operator: 'In', values: ['bar', 'value2'] }]], fits: true },
    { terms: [[{ key: 'foo', operator: 'In', values: ['value1'] }]], fits: false },
    { terms: [[{ key: 'absent', operator: 'NotIn', values: ['x'] }]], fits: true },
    { terms: [[{ key: 'foo', operator: 'NotIn', values: ['bar'] }]], fits: false },
    { terms: [[{ key: 'foo', operator: 'Exists' }]], fits: true },
    { terms: [[{ key: 'foo', operator: 'DoesNotExist' }]], fits: false },
    { terms: [[{ key: 'cores', operator: 'Gt', values: ['4'] }]], fits: true },
    { terms: [[{ key: 'cores', operator: 'Lt', values: ['8'] }]], fits: false },
    { terms: [[{ key: 'foo', operator: 'Gt', values: ['4'] }]], fits: false },
    { terms: [[{ key: 'foo', operator: 'In', values: ['x'] }], [{ key: 'cores', operator: 'Exists' }]], fits: true },
    { terms: [[]], fits: false },
    { terms: [], fits: false },
  ])('$terms fits: $fits', ({ terms, fits }) => {
    const [verdict] = verdicts(requiring(...terms), [aNode('node-1', { labels: { foo: 'bar', cores: '8' } })]);
    expect(verdict).toEqual(fits ? null : [UAU, "node(s) didn't match Pod's node affinity/selector"]);
  });

  it('wants all labels of nodeSelector', () => {
    const pod = aPod('p', { spec: { nodeSelector: { a: '1', b: '2' } } });
    const nodes = [aNode('node-1', { labels: { a: '1' } }), aNode('node-2', { labels: { a: '1', b: '2', c: '3' } })];
    expect(verdicts(pod, nodes)[1]).toBeNull();
    expect(verdicts(pod, nodes)[0]).not.toBeNull();
  });

  it('says so when the names in a term exclude each other', () => {
    const field = (name: string): { key: string; operator: 'In'; values: string[] } => ({
      key: 'metadata.name',
      operator: 'In',
      values: [name],
    });
    const terms = [{ matchFields: [field('a'), field('b')] }];
    const pod = aPod('p', {
      spec: {
        affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } },
      },
    });
    const found = findNodesThatFit(aFramework(), aCycle(aCache([aNode('a')]), pod), { nextStartNodeIndex: 0 });
    expect(found.preFilter?.reasons).toEqual(['pod affinity terms conflict']);
  });

  it('[node-affinity-score-1] scores preferred terms by weight', () => {
    const prefer = (weight: number, key: string): unknown => ({
      weight,
      preference: { matchExpressions: [{ key, operator: 'Exists' }] },
    });
    const preferredDuringSchedulingIgnoredDuringExecution = [prefer(2, 'a'), prefer(4, 'b'), prefer(5, 'c')] as never;
    const pod = aPod('p', {
      spec: { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution } } },
    });
    const labelled = (...keys: string[]): Node =>
      aNode(`node-${keys.join('')}`, { labels: Object.fromEntries(keys.map((key) => [key, ''])) });
    expect(scores('NodeAffinity', pod, [labelled('a'), labelled('a', 'b', 'c'), labelled('b')])).toEqual([18, 100, 36]);
    expect(scores('NodeAffinity', aPod('p'), [labelled('a')])).toEqual([]);
  });

  it('[node-affinity-score-2] [node-affinity-score-3] adds what the profile prefers', () => {
    const prefer = (weight: number, key: string): { weight: number; preference: object } => ({
      weight,
      preference: { matchExpressions: [{ key, operator: 'Exists' }] },
    });
    const preferring = (
      weight: number,
      key: string,
    ): NonNullable<NonNullable<Pod['spec']['affinity']>['nodeAffinity']> => ({
      preferredDuringSchedulingIgnoredDuringExecution: [prefer(weight, key)],
    });
    const pod = aPod('p', { spec: { affinity: { nodeAffinity: preferring(2, 'a') } } });
    const nodes = ['a', 'b', 'ab'].map((keys) =>
      aNode(`node-${keys}`, { labels: Object.fromEntries(keys.split('').map((key) => [key, ''])) }),
    );
    const profile = aProfile({ NodeAffinity: { addedAffinity: preferring(3, 'b') } });
    expect(scores('NodeAffinity', pod, nodes, profile)).toEqual([40, 60, 100]);
    const [one, ...others] = ['a', 'b', 'c'].map((key) => aNode(key, { labels: { [key]: '' } }));
    expect(scores('NodeAffinity', pod, [one!, ...others])).toEqual([100, 0, 0]);
  });
});

describe('NodeResourcesFit', () => {
  // kubernetes pkg/scheduler/framework/plugins/noderesources/fit_test.go
  it('names all that is short, in its order', () => {
    const pod = aPod('p', {
      requests: [{ cpu: '3', memory: '5Gi', 'ephemeral-storage': '2Gi', 'example.com/gpu': 1 }],
    });
    const node = aNode('node-1', { allocatable: { pods: 1, 'ephemeral-storage': '3Gi', 'example.com/gpu': 1 } });
    const load = aPod('load', {
      node: 'node-1',
      requests: [{ cpu: '2', memory: '4Gi', 'ephemeral-storage': '2Gi', 'example.com/gpu': 1 }],
    });
    expect(verdicts(pod, [node], [load])).toEqual([
      [
        'Unschedulable',
        'Too many pods',
        'Insufficient cpu',
        'Insufficient memory',
        'Insufficient ephemeral-storage',
        'Insufficient example.com/gpu',
      ],
    ]);
  });

  it('cannot be cured by preemption when the whole node is too small', () => {
    const pod = aPod('p', { requests: [{ cpu: '5', memory: '8Gi' }] });
    const load = aPod('load', { node: 'node-1', requests: [{ memory: '1Gi' }] });
    expect(verdicts(pod, [aNode('node-1')], [load])).toEqual([[UAU, 'Insufficient cpu', 'Insufficient memory']]);
  });

  it('tests only the number of pods when nothing is asked for', () => {
    const full = aPod('load', { node: 'node-1', requests: [{ cpu: '9', memory: '99Gi' }] });
    expect(verdicts(aPod('p'), [aNode('node-1')], [full])).toEqual([null]);
    expect(verdicts(aPod('p'), [aNode('node-1', { allocatable: { pods: 1 } })], [full])).toEqual([
      ['Unschedulable', 'Too many pods'],
    ]);
  });

  it('lets in what fits exactly', () => {
    expect(verdicts(aPod('p', { requests: [{ cpu: '4', memory: '8Gi' }] }), [aNode('node-1')])).toEqual([null]);
  });
});

describe('ImageLocality', () => {
  const MEGABYTE = 1024 * 1024;
  const holding = (name: string, images: Readonly<Record<string, number>>): Node =>
    aNode(name, {
      images: Object.entries(images).map(([image, size]) => ({
        names: [`${image}:latest`],
        sizeBytes: size * MEGABYTE,
      })),
    });
  const running = (images: readonly string[], init: readonly string[] = []): Pod =>
    aPod('p', {
      spec: {
        containers: images.map((image, i) => ({ name: `c${i}`, image })),
        ...(init.length > 0 && { initContainers: init.map((image, i) => ({ name: `i${i}`, image })) }),
      },
    });

  // kubernetes pkg/scheduler/framework/plugins/imagelocality/image_locality_test.go
  const small = holding('node-1', { 'gcr.io/40': 40, 'gcr.io/300': 300, 'gcr.io/2000': 2000 });
  const large = holding('node-2', { 'gcr.io/250': 250, 'gcr.io/10': 10, 'gcr.io/4000': 4000 });
  const bare = aNode('node-3');
  it.each([
    { id: 'image-1', pod: running(['gcr.io/40', 'gcr.io/250']), nodes: [small, large], expected: [0, 5] },
    { id: 'image-2', pod: running(['gcr.io/40', 'gcr.io/300']), nodes: [small, large], expected: [7, 0] },
    { id: 'image-3', pod: running(['gcr.io/10', 'gcr.io/4000']), nodes: [small, large], expected: [0, 100] },
    { id: 'image-4', pod: running(['gcr.io/10', 'gcr.io/4000']), nodes: [small, large, bare], expected: [0, 66, 0] },
    {
      id: 'not enough',
      pod: running(['gcr.io/30', 'gcr.io/40']),
      nodes: [holding('node-1', { 'gcr.io/30': 30, 'gcr.io/40': 40 }), bare],
      expected: [0, 0],
    },
    {
      id: 'image-5',
      pod: running(['gcr.io/30', 'gcr.io/40']),
      nodes: [
        holding('node-1', { 'gcr.io/20': 20, 'gcr.io/30': 30, 'gcr.io/40': 40 }),
        holding('node-2', { 'gcr.io/4000': 4000, 'gcr.io/30': 30 }),
      ],
      expected: [1, 0],
    },
    {
      id: 'image-6',
      pod: running(['gcr.io/30'], ['gcr.io/300']),
      nodes: [small, holding('node-2', { 'gcr.io/20': 20, 'gcr.io/30': 30, 'gcr.io/40': 40 })],
      expected: [6, 0],
    },
    {
      id: 'image-7',
      pod: running(['gcr.io/300', 'gcr.io/600', 'gcr.io/900']),
      nodes: [
        holding('node-1', { 'gcr.io/600': 600, 'gcr.io/900': 900 }),
        holding('node-2', { 'gcr.io/300': 300, 'gcr.io/600': 600, 'gcr.io/900': 900 }),
        bare,
      ],
      expected: [32, 36, 0],
    },
  ])('[$id] scores $expected', ({ pod, nodes, expected }) => {
    expect(scores('ImageLocality', pod, nodes)).toEqual(expected);
  });

  it('adds the tag that is meant', () => {
    expect(['nginx', 'nginx:1', 'r:5000/nginx', 'r:5000/nginx@sha256:1'].map(normalizedImageName)).toEqual([
      'nginx:latest',
      'nginx:1',
      'r:5000/nginx:latest',
      'r:5000/nginx@sha256:1',
    ]);
  });
});
