import { describe, expect, it } from 'vitest';
import type { RaftRecord, Subject } from '#engine/cluster/records';
import { SECOND } from '#engine/kernel/time';
import { owner, podOf } from '../objects/testing-facts';
import { machine, node, process } from '../testing/builders';
import { callsOf, edgesOf, type EdgeFacts, type EdgeKind } from './edges';

const web = owner('Deployment', 'web');
const set = owner('ReplicaSet', 'web-1', { owner: web.uid });
const other = owner('ReplicaSet', 'other');
const pods = [podOf(set, 'a'), podOf(set, 'b'), podOf(other, 'c')];
const server = 'control-plane-1/kube-apiserver';

const leader: RaftRecord = {
  role: 'leader',
  term: 2,
  leader: 'control-plane-1/etcd',
  lastIndex: 90,
  persistedIndex: 90,
  commitIndex: 90,
  appliedIndex: 90,
  voters: [],
  votes: [],
  progress: [
    { member: 'control-plane-1/etcd', state: 'replicate', matchIndex: 90, inFlight: 0, active: true },
    { member: 'control-plane-2/etcd', state: 'probe', matchIndex: 71, inFlight: 0, active: false },
  ],
};

const kubelet = (name: string, state: 'open' | 'dialing') =>
  machine(name, { processes: [process(name, 'kubelet', { connection: { server, state } })] });

const facts: EdgeFacts = {
  machines: new Map(
    [
      machine('control-plane-1', {
        role: 'control-plane',
        processes: [process('control-plane-1', 'kube-apiserver'), process('control-plane-1', 'etcd', { raft: leader })],
      }),
      kubelet('node-1', 'open'),
      kubelet('node-2', 'dialing'),
      kubelet('node-3', 'open'),
    ].map((one) => [one.name, one]),
  ),
  nodes: new Map(
    [
      node('node-1', { lastHeartbeat: 95 * SECOND }),
      node('node-2', { lastHeartbeat: 92 * SECOND }),
      node('node-3', { lastHeartbeat: 60 * SECOND }),
    ].map((one) => [one.name, one]),
  ),
  pods,
  structure: { owners: [web, set, other], claims: [], services: [], ingresses: [] },
  bonds: {
    watches: [{ client: 'node-1/kubelet', server, resources: ['configmaps', 'nodes', 'pods', 'secrets', 'services'] }],
    bonds: [
      { how: 'selects', from: { kind: 'Service', namespace: 'default', name: 'web' }, to: [pods[0]!, pods[1]!] },
      { how: 'scales', from: { kind: 'HorizontalPodAutoscaler', namespace: 'default', name: 'h' }, to: [web] },
    ],
  },
  calls: callsOf([
    { at: 1, from: 'node-1/kubelet', verb: 'patch' },
    { at: 2, from: 'node-1/kubelet', verb: 'create' },
    { at: 3, from: 'node-1/kubelet', verb: 'patch' },
    { at: 3, from: server, verb: 'create' },
  ]),
  now: 100 * SECOND,
};

const lines = (kind: EdgeKind, of: Subject | null): readonly string[] =>
  edgesOf([kind], facts, of).map(
    ({ from, to, note, troubled }) =>
      `${from.kind} ${from.name} > ${to.kind} ${to.name}${note === '' ? '' : ` (${note})`}${troubled ? ' !' : ''}`,
  );

const podA: Subject = { kind: 'Pod', namespace: 'default', name: 'a' };
const nodeOne: Subject = { kind: 'Machine', namespace: '', name: 'node-1' };

describe('lines between things', () => {
  it.each([
    [
      'ownership of a pod: up to the topmost owner, no siblings',
      'ownership',
      podA,
      ['ReplicaSet web-1 > Pod a', 'Deployment web > ReplicaSet web-1'],
    ],
    [
      'ownership of a Deployment: all that it owns, however far',
      'ownership',
      { kind: 'Deployment', namespace: 'default', name: 'web' },
      ['Deployment web > ReplicaSet web-1', 'ReplicaSet web-1 > Pod a', 'ReplicaSet web-1 > Pod b'],
    ],
    ['who takes a pod', 'selection', podA, ['Service web > Pod a']],
    [
      'what a machine watches: a few resources by name',
      'watches',
      nodeOne,
      [`Process node-1/kubelet > Process ${server} (configmaps, nodes, pods +2)`],
    ],
    [
      'what a machine has written',
      'calls',
      nodeOne,
      [`Process node-1/kubelet > Process ${server} (create 1 · patch 2)`],
    ],
    [
      'heartbeats of all: late ones and those of closed connections are marked',
      'heartbeats',
      null,
      [
        `Process node-1/kubelet > Process ${server} (5 s)`,
        `Process node-2/kubelet > Process ${server} (8 s) !`,
        `Process node-3/kubelet > Process ${server} (40 s) !`,
      ],
    ],
    [
      'from the leader of etcd to its followers, and who is not heard of',
      'raft',
      null,
      ['Process control-plane-1/etcd > Process control-plane-2/etcd (71/90) !'],
    ],
  ] as const)('%s', (_case, kind, of, expected) => {
    expect(lines(kind, of)).toEqual(expected);
  });

  it('shows several kinds together, of everything', () => {
    expect(edgesOf(['ownership', 'selection'], facts, null).map(({ kind }) => kind)).toEqual([
      ...Array<string>(4).fill('ownership'),
      ...Array<string>(3).fill('selection'),
    ]);
  });
});
