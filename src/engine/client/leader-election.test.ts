import { describe, expect, it } from 'vitest';
import { internalError } from '#engine/api/status-error';
import type { Kinds } from '#engine/api/types';
import type { Kernel } from '#engine/kernel/kernel';
import { setCable } from '#engine/kernel/network';
import type { ProcessDefinition } from '#engine/kernel/process';
import { SECOND } from '#engine/kernel/time';
import { type Client, newClient, receive } from './client';
import { type Recorder, newRecorder } from './events';
import { type Election, isLeading, receiveElection, startElection } from './leader-election';
import { type FakeServerState, SERVER, stateOf, testKernel } from './testing';

const FIRST = 'worker/candidate';
const SECOND_ONE = 'worker2/candidate';

interface CandidateState {
  readonly client: Client;
  readonly recorder: Recorder;
  election: Election;
  readonly transitions: string[];
}

const LEASE = { namespace: 'kube-system', name: 'kube-controller-manager' };

/** Takes part, and again after it lost. */
const candidate: ProcessDefinition<CandidateState, null> = {
  kind: 'candidate',
  start(ctx) {
    const client = newClient({ servers: [SERVER], userAgent: 'test', credentials: {}, qps: 0, burst: 0 });
    return { client, recorder: newRecorder('test', ''), election: startElection(client, ctx, LEASE), transitions: [] };
  },
  handle(state, message, ctx) {
    for (const received of receive(state.client, message, ctx) ?? [message]) {
      const transition = receiveElection(state.election, state.client, state.recorder, received, ctx);
      if (transition !== null) state.transitions.push(transition);
      if (transition === 'lost') state.election = startElection(state.client, ctx, LEASE);
    }
  },
};

function start(count: number): Kernel {
  const definition = candidate as ProcessDefinition<never, never>;
  const kernel = testKernel(Array.from({ length: count }, () => ({ definition, args: null })));
  run(kernel, 2 * SECOND);
  return kernel;
}

const run = (kernel: Kernel, micros: number): void => void kernel.run(kernel.now + micros, Infinity);
const server = (kernel: Kernel): FakeServerState => stateOf<FakeServerState>(kernel, SERVER);
const leads = (kernel: Kernel, id: string): boolean => isLeading(stateOf<CandidateState>(kernel, id).election);
const identity = (kernel: Kernel, id: string): string => stateOf<CandidateState>(kernel, id).election.identity;
const lease = (kernel: Kernel): Kinds['Lease'] =>
  server(kernel)
    .objects.get('coordination.k8s.io/leases')!
    .get('kube-system/kube-controller-manager') as Kinds['Lease'];
const events = (kernel: Kernel): readonly string[] =>
  [...(server(kernel).objects.get('/events')?.values() ?? [])].map((event) => {
    const { reason, message, involvedObject } = event as unknown as Kinds['Event'];
    return `${involvedObject.kind} ${involvedObject.name}: ${reason} ${message}`;
  });
const renewals = (kernel: Kernel): readonly number[] =>
  server(kernel).requests.flatMap(({ line, at }) => (line.startsWith('PUT') && line.includes('leases') ? [at] : []));

describe('leader election', () => {
  it('creates the Lease, leads, and says so', () => {
    const kernel = start(1);
    const mine = identity(kernel, FIRST);
    expect(mine).toMatch(/^worker_[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(leads(kernel, FIRST)).toBe(true);
    const { spec } = lease(kernel);
    expect(spec).toMatchObject({ holderIdentity: mine, leaseDurationSeconds: 15, leaseTransitions: 0 });
    expect(spec?.acquireTime).toMatch(/^2026-01-01T00:00:00\.\d{6}Z$/);
    expect(spec?.renewTime).toBe(spec?.acquireTime);
    expect(events(kernel)).toEqual([`Lease kube-controller-manager: LeaderElection ${mine} became leader`]);
  });

  it('renews every 2 s with a single PUT', () => {
    const kernel = start(1);
    const { acquireTime } = lease(kernel).spec!;
    run(kernel, 20 * SECOND);
    const at = renewals(kernel);
    expect(at.length).toBeGreaterThanOrEqual(9);
    for (const [index, moment] of at.slice(1).entries()) expect((moment - at[index]!) / SECOND).toBeCloseTo(2, 1);
    expect(
      server(kernel).requests.filter(({ line }) => line.startsWith('GET') && line.includes('leases')),
    ).toHaveLength(1);
    expect(lease(kernel).spec!.acquireTime).toBe(acquireTime);
  });

  it('has one leader; when it dies another takes over 15 s after the last renewal that it saw', () => {
    const kernel = start(2);
    run(kernel, 30 * SECOND);
    expect([leads(kernel, FIRST), leads(kernel, SECOND_ONE)]).toEqual([true, false]);
    kernel.kill(FIRST);
    const last = renewals(kernel).at(-1)!;
    run(kernel, last + 14 * SECOND - kernel.now);
    expect(leads(kernel, SECOND_ONE)).toBe(false);
    run(kernel, 10 * SECOND);
    expect(leads(kernel, SECOND_ONE)).toBe(true);
    const { spec } = lease(kernel);
    expect(spec).toMatchObject({ holderIdentity: identity(kernel, SECOND_ONE), leaseTransitions: 1 });
    expect(events(kernel)).toContain(
      `Lease kube-controller-manager: LeaderElection ${identity(kernel, SECOND_ONE)} became leader`,
    );
  });

  it('gives up after 10 s without a renewal, before another may take over', () => {
    const kernel = start(2);
    run(kernel, 30 * SECOND);
    const before = identity(kernel, FIRST);
    setCable(kernel.machine('worker').nic, { in: false, out: false });
    const cutAt = kernel.now;
    run(kernel, 9 * SECOND);
    expect([leads(kernel, FIRST), leads(kernel, SECOND_ONE)]).toEqual([true, false]);
    run(kernel, cutAt + 12.1 * SECOND - kernel.now);
    expect([leads(kernel, FIRST), leads(kernel, SECOND_ONE)]).toEqual([false, false]);
    expect(identity(kernel, FIRST)).not.toBe(before);
    run(kernel, 10 * SECOND);
    expect(leads(kernel, SECOND_ONE)).toBe(true);
    setCable(kernel.machine('worker').nic, { in: true, out: true });
    run(kernel, 90 * SECOND);
    expect([leads(kernel, FIRST), leads(kernel, SECOND_ONE)]).toEqual([false, true]);
  });

  it('survives a renewal that fails once', () => {
    const kernel = start(1);
    server(kernel).misfortunes.push({ method: 'PUT', path: '/apis/coordination', status: internalError('etcd') });
    run(kernel, 20 * SECOND);
    expect(leads(kernel, FIRST)).toBe(true);
    expect(lease(kernel).spec!.leaseTransitions).toBe(0);
  });
});
