import { describe, expect, it } from 'vitest';
import { podReadyText, podRestartsText, podStatusWord } from './pod-status';
import { tableFor } from './print';
import { nodeRolesText, nodeStatusText } from './printers/core';
import { deepFreeze } from './testing';
import { timestamp } from './timestamp';
import type { Node, Pod, Service } from './types';

const NOW = 100 * 86_400_000_000;
const ago = (seconds: number) => timestamp(NOW - seconds * 1_000_000);
const DAY = 86_400;
const running = { running: {} };
const done = (seconds: number) => ({ terminated: { exitCode: 0, finishedAt: ago(seconds) } });

const pod = (containers: number, status: object, more: { init?: number; metadata?: object } = {}): Pod =>
  deepFreeze({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'test', ...more.metadata },
    spec: {
      containers: Array.from({ length: containers }, () => ({})),
      initContainers: Array.from({ length: more.init ?? 0 }, () => ({})),
    },
    status,
  }) as unknown as Pod;

const deleted = { metadata: { deletionTimestamp: ago(1) } };
const ready = [{ type: 'Ready', status: 'True' }];
const completedAndRunning = [
  { state: { terminated: { reason: 'Completed', exitCode: 0 } } },
  { ready: true, state: running },
];

// kubernetes pkg/printers/internalversion/printers_test.go TestPrintPod (A4 to A13)
describe('kubectl get pods', () => {
  it.each<[string, Pod, string, string, string]>([
    [
      'A4',
      pod(2, {
        phase: 'podPhase',
        containerStatuses: [{ ready: true, restartCount: 3, state: running }, { restartCount: 3 }],
      }),
      '1/2',
      'podPhase',
      '6',
    ],
    [
      'A5',
      pod(2, {
        phase: 'podPhase',
        containerStatuses: [
          { restartCount: 3, state: { waiting: { reason: 'ContainerWaitingReason' } } },
          { restartCount: 3, state: { terminated: { reason: 'ContainerTerminatedReason', exitCode: 1 } } },
        ],
      }),
      '0/2',
      'ContainerWaitingReason',
      '6',
    ],
    ['A6a', pod(2, { phase: 'Running', containerStatuses: completedAndRunning }), '1/2', 'NotReady', '0'],
    [
      'A6b',
      pod(2, { phase: 'Running', conditions: ready, containerStatuses: completedAndRunning }),
      '1/2',
      'Running',
      '0',
    ],
    [
      'A7',
      pod(
        1,
        {
          phase: 'Pending',
          initContainerStatuses: [{ restartCount: 3, state: running, lastState: done(10) }],
          containerStatuses: [{ state: { waiting: { reason: 'PodInitializing' } } }],
        },
        { init: 1 },
      ),
      '0/1',
      'Init:0/1',
      '3 (10s ago)',
    ],
    [
      'A8',
      pod(
        1,
        {
          phase: 'Pending',
          initContainerStatuses: [
            { restartCount: 2, state: { terminated: { exitCode: 0 } }, lastState: done(20) },
            { restartCount: 3, state: running, lastState: done(10) },
          ],
        },
        { init: 2 },
      ),
      '0/1',
      'Init:1/2',
      '5 (10s ago)',
    ],
    [
      'A9',
      pod(
        1,
        {
          phase: 'Running',
          initContainerStatuses: [{ restartCount: 2, state: { terminated: { exitCode: 0 } } }],
          containerStatuses: [{ restartCount: 4, state: running, lastState: done(20) }],
        },
        { init: 1 },
      ),
      '0/1',
      'Running',
      '4 (20s ago)',
    ],
    [
      'A10',
      pod(2, {
        phase: 'Running',
        containerStatuses: [
          { ready: true, restartCount: 6, state: running, lastState: done(5 * DAY) },
          { ready: true, restartCount: 3, state: running, lastState: done(20 * DAY) },
        ],
      }),
      '2/2',
      'Running',
      '9 (5d ago)',
    ],
    [
      'A11',
      pod(2, { phase: 'podPhase', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] }),
      '0/2',
      'SchedulingGated',
      '0',
    ],
    [
      'A12a',
      pod(
        1,
        { phase: 'Succeeded', containerStatuses: [{ state: { terminated: { reason: 'Completed', exitCode: 0 } } }] },
        deleted,
      ),
      '0/1',
      'Completed',
      '0',
    ],
    ['A12b', pod(1, { phase: 'Running' }, deleted), '0/1', 'Terminating', '0'],
    ['A12c', pod(1, { phase: 'Pending' }, deleted), '0/1', 'Terminating', '0'],
    [
      'A13',
      pod(3, {
        phase: 'Failed',
        containerStatuses: [
          { ready: true, state: running },
          { ready: true, state: { terminated: { reason: 'podCrash', exitCode: 1 } } },
          { state: { terminated: { reason: 'Completed', exitCode: 0 } } },
        ],
      }),
      '1/3',
      'podCrash',
      '0',
    ],
    [
      'crash loop',
      pod(1, {
        phase: 'Running',
        containerStatuses: [{ restartCount: 5, state: { waiting: { reason: 'CrashLoopBackOff' } } }],
      }),
      '0/1',
      'CrashLoopBackOff',
      '5',
    ],
  ])('%s', (_name, object, readyText, status, restarts) => {
    expect(podReadyText(object)).toBe(readyText);
    expect(podStatusWord(object)).toBe(status);
    expect(podRestartsText(object, NOW)).toBe(restarts);
  });

  it('marks the rows of finished pods', () => {
    const table = tableFor('Pod', [pod(1, { phase: 'Succeeded' })], NOW);
    expect(table.rows[0]?.conditions?.[0]?.reason).toBe('Succeeded');
    expect(table.columns.filter(({ priority }) => priority === 0).map(({ name }) => name)).toEqual([
      'Name',
      'Ready',
      'Status',
      'Restarts',
      'Age',
    ]);
  });
});

// TestPrintNodeRole, TestPrintNodeStatus (A18, A19)
describe('kubectl get nodes', () => {
  const node = (labels: object, spec: object, conditions: object[]) =>
    ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n', labels },
      spec,
      status: { conditions },
    }) as unknown as Node;

  it('sorts roles and shows cordons', () => {
    const role = 'node-role.kubernetes.io/';
    const labels = {
      [`${role}master`]: '',
      [`${role}proxy`]: '',
      [`${role}control-plane`]: '',
      'kubernetes.io/role': 'node',
    };
    expect(nodeRolesText(node(labels, {}, []))).toBe('control-plane,master,node,proxy');
    expect(nodeStatusText(node({}, { unschedulable: true }, [{ type: 'Ready', status: 'False' }]))).toBe(
      'NotReady,SchedulingDisabled',
    );
    expect(nodeStatusText(node({}, {}, []))).toBe('Unknown');
  });
});

// TestPrintServiceLoadBalancer (A14, A15)
describe('kubectl get services', () => {
  const balancer = (ingress: object[], ports: object[]) =>
    ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's' },
      spec: { type: 'LoadBalancer', clusterIPs: ['1.3.4.5'], ports },
      status: { loadBalancer: { ingress } },
    }) as unknown as Service;
  const cells = (service: Service) => tableFor('Service', [service], NOW).rows[0]?.cells ?? [];

  it('joins addresses and ports', () => {
    const ingress = [{ ip: '2.3.4.5' }, { ip: '3.4.5.6' }, { ip: '5.6.7.8', hostname: 'host5678' }];
    expect(cells(balancer(ingress, []))[3]).toBe('2.3.4.5,3.4.5.6,5.6.7.8');
    const ports = [
      { port: 80, protocol: 'TCP' },
      { port: 8090, protocol: 'UDP' },
      { port: 8000, protocol: 'TCP' },
      { port: 7777, protocol: 'SCTP' },
    ];
    expect(cells(balancer([], ports)).slice(3, 5)).toEqual(['<pending>', '80/TCP,8090/UDP,8000/TCP,7777/SCTP']);
  });
});
