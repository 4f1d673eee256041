/** What users read when a pod finds no node: the whole message of the Event, in the situations that come up. */
import { expect, it } from 'vitest';
import type { KubeObject, Node, Pod, PodSpec, Taint } from '#engine/api/types';
import { frameworkOf } from './framework';
import { scheduleOne } from './schedule-one';
import { aCache, aCycle, aNode, aPod, aProfile, aView, firstChoice } from './testing';

const UNHELPFUL = (nodes: number): string =>
  ` preemption: 0/${nodes} nodes are available: ${nodes} Preemption is not helpful for scheduling.`;
const NO_VICTIMS = (nodes: number): string =>
  ` preemption: 0/${nodes} nodes are available: ${nodes} No preemption victims found for incoming pod.`;

const taint: Taint = { key: 'dedicated', value: 'db', effect: 'NoSchedule' };
const two = [aNode('a', { labels: { zone: 'z1' } }), aNode('b', { labels: { zone: 'z2' } })];
const tainted = (name: string): Node => aNode(name, { taints: [taint] });
const wanting = (requests: Record<string, string | number>): Pod => aPod('new', { requests: [requests] });
const having = (spec: Partial<PodSpec>, labels: Record<string, string> = {}): Pod =>
  aPod('new', { spec, metadata: { labels } });
const on = (node: string, labels: Record<string, string> = {}, spec: Partial<PodSpec> = {}): Pod =>
  aPod(`on-${node}`, { node, spec, metadata: { labels } });
const web = { app: 'web' };
const term = (topologyKey: string): { topologyKey: string; labelSelector: { matchLabels: typeof web } } => ({
  topologyKey,
  labelSelector: { matchLabels: web },
});
const HOSTNAME = 'kubernetes.io/hostname';
const anti: PodSpec['affinity'] = {
  podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(HOSTNAME)] },
};
const spread = (topologyKey: string): Partial<PodSpec> => ({
  topologySpreadConstraints: [
    { topologyKey, maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: web } },
  ],
});
const nodeAffinity = (key: string, value: string): Partial<PodSpec> => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'In', values: [value] }] }],
      },
    },
  },
});
const named = (...names: string[]): Partial<PodSpec> => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          { matchFields: names.map((name) => ({ key: 'metadata.name', operator: 'In', values: [name] })) },
        ],
      },
    },
  },
});
const port = (hostPort: number): Partial<PodSpec> => ({
  containers: [{ name: 'c', ports: [{ containerPort: hostPort, hostPort }] }],
});
const claiming: Partial<PodSpec> = { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] };
const claim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace: 'default' },
  spec: {},
} as unknown as KubeObject;

interface Situation {
  readonly name: string;
  readonly pod: Pod;
  readonly nodes?: readonly Node[];
  readonly pods?: readonly Pod[];
  readonly objects?: readonly KubeObject[];
  readonly message: string;
}

it.each<Situation>([
  { name: 'no nodes', pod: wanting({}), nodes: [], message: 'no nodes available to schedule pods' },
  {
    name: 'too little CPU anywhere',
    pod: wanting({ cpu: '5' }),
    message: `0/2 nodes are available: 2 Insufficient cpu.${UNHELPFUL(2)}`,
  },
  {
    name: 'too little CPU left',
    pod: wanting({ cpu: '3' }),
    nodes: [two[0]!],
    pods: [aPod('other', { node: 'a', requests: [{ cpu: '2' }] })],
    message: `0/1 nodes are available: 1 Insufficient cpu.${NO_VICTIMS(1)}`,
  },
  {
    name: 'too little memory',
    pod: wanting({ memory: '9Gi' }),
    message: `0/2 nodes are available: 2 Insufficient memory.${UNHELPFUL(2)}`,
  },
  {
    name: 'too little of both',
    pod: wanting({ cpu: '5', memory: '9Gi' }),
    message: `0/2 nodes are available: 2 Insufficient cpu, 2 Insufficient memory.${UNHELPFUL(2)}`,
  },
  {
    name: 'no ephemeral storage',
    pod: wanting({ 'ephemeral-storage': '1Gi' }),
    message: `0/2 nodes are available: 2 Insufficient ephemeral-storage.${UNHELPFUL(2)}`,
  },
  {
    name: 'no devices',
    pod: wanting({ 'nvidia.com/gpu': 1 }),
    message: `0/2 nodes are available: 2 Insufficient nvidia.com/gpu.${UNHELPFUL(2)}`,
  },
  {
    name: 'too many pods',
    pod: wanting({}),
    nodes: [aNode('a', { allocatable: { pods: '1' } })],
    pods: [on('a')],
    message: `0/1 nodes are available: 1 Too many pods.${NO_VICTIMS(1)}`,
  },
  {
    name: 'taints',
    pod: wanting({}),
    nodes: [tainted('a'), tainted('b')],
    message: `0/2 nodes are available: 2 node(s) had untolerated taint(s).${UNHELPFUL(2)}`,
  },
  {
    name: 'cordoned',
    pod: wanting({}),
    nodes: [aNode('a', { unschedulable: true })],
    message: `0/1 nodes are available: 1 node(s) were unschedulable.${UNHELPFUL(1)}`,
  },
  {
    name: 'cordoned, tainted and full',
    pod: wanting({ cpu: '5' }),
    nodes: [aNode('a', { unschedulable: true }), tainted('b'), aNode('c')],
    message: `0/3 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable.${UNHELPFUL(3)}`,
  },
  {
    name: 'a selector',
    pod: having({ nodeSelector: { zone: 'z3' } }),
    message: `0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.${UNHELPFUL(2)}`,
  },
  {
    name: 'an affinity',
    pod: having(nodeAffinity('zone', 'z3')),
    message: `0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.${UNHELPFUL(2)}`,
  },
  {
    name: 'names of nodes that exclude each other',
    pod: having(named('a', 'b')),
    message: `0/2 nodes are available: pod affinity terms conflict.${UNHELPFUL(2)}`,
  },
  {
    name: 'the name of a node that does not exist',
    pod: having(named('c')),
    message: `0/2 nodes are available: 2 node(s) didn't satisfy plugin(s) [NodeAffinity].${UNHELPFUL(2)}`,
  },
  {
    name: 'a port',
    pod: having(port(80)),
    nodes: [two[0]!],
    pods: [on('a', {}, port(80))],
    message: `0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.${NO_VICTIMS(1)}`,
  },
  {
    name: 'a pod to be near of, which is nowhere',
    pod: having({ affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term('zone')] } } }),
    message: `0/2 nodes are available: 2 node(s) didn't match pod affinity rules.${UNHELPFUL(2)}`,
  },
  {
    name: 'one of its kind on every node',
    pod: having({ affinity: anti }, web),
    pods: [on('a', web), on('b', web)],
    message: `0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules.${NO_VICTIMS(2)}`,
  },
  {
    name: 'pods that want to be alone on every node',
    pod: having({}, web),
    pods: [on('a', {}, { affinity: anti }), on('b', {}, { affinity: anti })],
    message: `0/2 nodes are available: 2 node(s) didn't satisfy existing pods anti-affinity rules.${NO_VICTIMS(2)}`,
  },
  {
    name: 'a zone that is full, and the other one has too many',
    pod: aPod('new', { requests: [{ cpu: '3' }], metadata: { labels: web }, spec: spread('zone') }),
    pods: [on('a', web), aPod('large', { node: 'b', requests: [{ cpu: '4' }] })],
    message:
      "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match pod topology spread constraints." +
      NO_VICTIMS(2),
  },
  {
    name: 'spreading by a label that no node has',
    pod: having(spread('rack'), web),
    message: `0/2 nodes are available: 2 node(s) didn't match pod topology spread constraints (missing required label).${UNHELPFUL(2)}`,
  },
  {
    name: 'a claim that does not exist',
    pod: having(claiming),
    message: `0/2 nodes are available: persistentvolumeclaim "data" not found.${UNHELPFUL(2)}`,
  },
  {
    name: 'a claim that is not bound',
    pod: having(claiming),
    objects: [claim],
    message: `0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.${UNHELPFUL(2)}`,
  },
  {
    name: 'ten nodes of one kind stand before two of another, as texts',
    pod: wanting({ cpu: '5' }),
    nodes: [...Array.from({ length: 10 }, (_, i) => tainted(`t${i}`)), aNode('a'), aNode('b')],
    message: `0/12 nodes are available: 10 node(s) had untolerated taint(s), 2 Insufficient cpu.${UNHELPFUL(12)}`,
  },
  {
    name: 'a pod that must not preempt',
    pod: aPod('new', { requests: [{ cpu: '3' }], priority: 10, spec: { preemptionPolicy: 'Never' } }),
    nodes: [two[0]!],
    pods: [aPod('other', { node: 'a', requests: [{ cpu: '2' }] })],
    message: '0/1 nodes are available: 1 Insufficient cpu. preemption: not eligible due to preemptionPolicy=Never.',
  },
  {
    name: 'a pod that others must go for',
    pod: aPod('new', { requests: [{ cpu: '3' }], priority: 10 }),
    nodes: [two[0]!, tainted('t')],
    pods: [aPod('other', { node: 'a', requests: [{ cpu: '2' }] })],
    message: '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s).',
  },
])('$name', ({ pod, nodes = two, pods = [], objects = [], message }) => {
  const profile = aProfile();
  const cycle = aCycle(aCache(nodes, pods), pod, profile, aView(...objects));
  const decision = scheduleOne(frameworkOf(profile), cycle, { nextStartNodeIndex: 0 }, () => firstChoice);
  expect(decision.outcome === 'fits' ? `fits on ${decision.node.name}` : decision.message).toBe(message);
});
