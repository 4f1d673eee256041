// long: the scheduler in its world, and all that happens to it there
import { describe, expect, it } from 'vitest';
import { podRequests } from '#engine/api/pod-resources';
import { quantityValue } from '#engine/api/quantity';
import type { Node, Pod } from '#engine/api/types';
import type { ApiResponse, Method } from '#engine/apiserver/wire';
import { kubeApiserver } from '#engine/apiserver/apiserver';
import { SUPER_ADMIN } from '#engine/apiserver/testing';
import { etcd } from '#engine/etcd/etcd';
import { TestWorld } from '#engine/etcd/testing';
import type { Message, ProcessDefinition } from '#engine/kernel/process';
import { MILLISECOND, SECOND } from '#engine/kernel/time';
import { DEFAULT_PROFILE } from './profile';
import { type SchedulerArgs, type SchedulerState, kubeScheduler, schedulerQueues } from './scheduler';
import { type NodeShape, type PodShape, aNode, aPod } from './testing';

const ETCD = 'control-plane-1/etcd';
const APISERVER = 'control-plane-1/kube-apiserver';
const SCHEDULER = 'control-plane-1/kube-scheduler';
const SECOND_SCHEDULER = 'control-plane-1/kube-scheduler-2';
const PODS = '/api/v1/namespaces/default/pods';

type Definition = ProcessDefinition<never, never>;
type Answer = Record<string, never>;
type AskedMessage = Message & { readonly id: number; readonly [field: string]: unknown };

/** A scheduler, or two, with a real API server and etcd, and nothing else. */
class TestScheduler {
  readonly world: TestWorld;
  #nextId = 1;

  constructor(args: Partial<SchedulerArgs> = {}, schedulers: 1 | 2 = 1) {
    const apiserverArgs = {
      etcd: ETCD,
      serviceCidr: '10.96.0.0/12',
      advertiseAddress: '192.168.0.11',
      serviceAccountKey: 'key',
    };
    this.world = new TestWorld([
      { name: 'etcd', definition: etcd as Definition, args: { member: 1 } },
      { name: 'kube-apiserver', definition: kubeApiserver as Definition, args: apiserverArgs },
      ...['kube-scheduler', 'kube-scheduler-2']
        .slice(0, schedulers)
        .map((name) => ({ name, definition: kubeScheduler as Definition, args: { server: [APISERVER], ...args } })),
    ]);
    this.world.advance(5 * SECOND);
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
    this.want('POST', '/api/v1/namespaces/default/serviceaccounts', account);
  }

  get state(): SchedulerState {
    return this.world.stateOf<SchedulerState>(SCHEDULER);
  }

  /** A request that nobody waits for. */
  request(method: Method, path: string, body: unknown = null, contentType = 'application/json'): AskedMessage {
    const id = this.#nextId++;
    return { type: 'api/request', id, method, path, contentType, body, userAgent: 'kubectl', credentials: SUPER_ADMIN };
  }

  want(method: Method, path: string, body?: unknown, contentType = 'application/json'): Answer {
    const request = this.request(method, path, body, contentType);
    this.world.send(APISERVER, request);
    for (let i = 0; i < 50; i++) {
      this.world.advance(MILLISECOND / 2);
      for (const message of this.world.take() as ApiResponse[]) {
        if (message.type !== 'api/response' || message.id !== request.id) continue;
        if (message.code >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(message.body)}`);
        return message.body as Answer;
      }
    }
    throw new Error(`no answer to ${method} ${path}`);
  }

  node(name: string, shape: NodeShape = {}): void {
    const { metadata, ...rest } = aNode(name, shape);
    const { labels } = metadata;
    this.want('POST', '/api/v1/nodes', { ...rest, metadata: { name, labels } });
    this.want('PATCH', `/api/v1/nodes/${name}/status`, { status: rest.status }, 'application/merge-patch+json');
    const spec = { taints: shape.taints ?? [], unschedulable: shape.unschedulable ?? false };
    this.want('PATCH', `/api/v1/nodes/${name}`, { spec }, 'application/merge-patch+json');
  }

  pod(name: string, shape: PodShape = {}): void {
    const { spec } = aPod(name, shape);
    this.want('POST', PODS, { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec });
  }

  get(name: string): Pod {
    return this.want('GET', `${PODS}/${name}`) as unknown as Pod;
  }

  nodeOf(name: string): string {
    return this.get(name).spec.nodeName ?? '';
  }

  remove(name: string): void {
    this.want('DELETE', `${PODS}/${name}`, { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0 });
  }

  /** `type reason name: message` of all Events about pods. */
  events(): string[] {
    const { items } = this.want('GET', '/api/v1/namespaces/default/events') as unknown as {
      items: { type: string; reason: string; message: string; involvedObject: { name: string } }[];
    };
    return items.map(
      ({ type, reason, message, involvedObject }) => `${type} ${reason} ${involvedObject.name}: ${message}`,
    );
  }
}

describe('kube-scheduler', () => {
  it('binds a pod to the best node and says so', () => {
    const scheduler = new TestScheduler();
    scheduler.node('node-1', { taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }] });
    scheduler.node('node-2');
    scheduler.node('node-3', { allocatable: { cpu: '8', memory: '16Gi' } });
    scheduler.pod('web', { requests: [{ cpu: '1', memory: '1Gi' }] });
    scheduler.world.advance(SECOND);
    expect(scheduler.nodeOf('web')).toBe('node-3');
    expect(scheduler.get('web').status.conditions).toContainEqual(
      expect.objectContaining({ type: 'PodScheduled', status: 'True' }),
    );
    expect(scheduler.events()).toEqual(['Normal Scheduled web: Successfully assigned default/web to node-3']);
    const [attempt] = scheduler.state.attempts.entries;
    expect(attempt).toMatchObject({
      outcome: 'scheduled',
      node: 'node-3',
      sample: { evaluated: 3, feasible: 2 },
      rejected: [{ plugin: 'TaintToleration', count: 1, nodes: ['node-1'] }],
      scores: { nodes: ['node-3', 'node-2'] },
    });
  });

  it('says why a pod fits nowhere, once, and binds it when a node comes', () => {
    const scheduler = new TestScheduler();
    scheduler.node('node-1', { unschedulable: true });
    scheduler.node('node-2', { allocatable: { cpu: '500m' } });
    scheduler.pod('web', { requests: [{ cpu: '1' }] });
    scheduler.world.advance(2 * SECOND);
    const message =
      '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.';
    expect(scheduler.get('web').status.conditions).toContainEqual(
      expect.objectContaining({ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }),
    );
    expect(scheduler.events()).toEqual([`Warning FailedScheduling web: ${message}`]);
    expect(schedulerQueues(scheduler.state)).toMatchObject({
      counts: { active: 0, unschedulable: 1 },
      unschedulable: ['default/web'],
    });
    scheduler.node('node-3');
    scheduler.world.advance(5 * SECOND);
    expect(scheduler.nodeOf('web')).toBe('node-3');
  });

  it('never puts more on a node than it can hold, and fills it when room comes free', () => {
    const scheduler = new TestScheduler();
    scheduler.node('node-1', { allocatable: { pods: 3 } });
    for (let i = 0; i < 5; i++) scheduler.pod(`p${i}`);
    scheduler.world.advance(3 * SECOND);
    const bound = (): number => [0, 1, 2, 3, 4].filter((i) => scheduler.nodeOf(`p${i}`) !== '').length;
    expect(bound()).toBe(3);
    const gone = [0, 1, 2, 3, 4].find((i) => scheduler.nodeOf(`p${i}`) !== '')!;
    scheduler.remove(`p${gone}`);
    scheduler.pod(`p${gone}`, { spec: { schedulingGates: [{ name: 'example.com/wait' }] } });
    scheduler.world.advance(15 * SECOND);
    expect(bound()).toBe(3);
  });

  it('waits for gates, and leaves the pods of other schedulers alone', () => {
    const scheduler = new TestScheduler();
    scheduler.node('node-1');
    scheduler.pod('gated', { spec: { schedulingGates: [{ name: 'example.com/wait' }] } });
    scheduler.pod('other', { spec: { schedulerName: 'other' } });
    scheduler.world.advance(SECOND);
    expect([scheduler.nodeOf('gated'), scheduler.nodeOf('other')]).toEqual(['', '']);
    scheduler.want('PATCH', `${PODS}/gated`, { spec: { schedulingGates: null } }, 'application/merge-patch+json');
    scheduler.world.advance(SECOND);
    expect(scheduler.nodeOf('gated')).toBe('node-1');
  });

  it('has nothing to do without nodes but try again', () => {
    const scheduler = new TestScheduler();
    scheduler.pod('web');
    scheduler.world.advance(30 * SECOND);
    expect(scheduler.get('web').status.conditions).toContainEqual(
      expect.objectContaining({ reason: 'Unschedulable', message: 'no nodes available to schedule pods' }),
    );
    expect(scheduler.state.attempts.entries.length).toBeGreaterThan(3);
    scheduler.node('node-1');
    scheduler.world.advance(15 * SECOND);
    expect(scheduler.nodeOf('web')).toBe('node-1');
  });

  it('makes room for a more important pod', () => {
    const scheduler = new TestScheduler();
    scheduler.node('node-1');
    scheduler.want('POST', '/apis/scheduling.k8s.io/v1/priorityclasses', {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'high' },
      value: 1000,
    });
    scheduler.pod('low-1', { requests: [{ cpu: '2' }] });
    scheduler.pod('low-2', { requests: [{ cpu: '2' }] });
    scheduler.world.advance(SECOND);
    scheduler.pod('high', { requests: [{ cpu: '3' }], spec: { priorityClassName: 'high' } });
    scheduler.world.advance(SECOND);
    expect(scheduler.get('high').status.nominatedNodeName).toBe('node-1');
    for (const name of ['low-1', 'low-2']) {
      expect(scheduler.get(name).metadata.deletionTimestamp).toBeDefined();
      expect(scheduler.get(name).status.conditions).toContainEqual(
        expect.objectContaining({ type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' }),
      );
      scheduler.remove(name);
    }
    scheduler.world.advance(3 * SECOND);
    expect(scheduler.nodeOf('high')).toBe('node-1');
    const { uid } = scheduler.get('high').metadata;
    expect(scheduler.events()).toContain(`Normal Preempted low-1: Preempted by pod ${uid} on node node-1`);
  });

  it('ends when another has taken its Lease and its time to renew is over, and not before', () => {
    const lease = { namespace: 'kube-system', name: 'mine' };
    const times = { leaseDuration: 12 * SECOND, renewDeadline: 8 * SECOND, retryPeriod: SECOND };
    const scheduler = new TestScheduler({ lease: { ...lease, ...times } });
    scheduler.node('node-1');
    scheduler.world.advance(5 * SECOND);
    const path = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/mine';
    const taken = { spec: { holderIdentity: 'somebody', leaseDurationSeconds: 600 } };
    scheduler.want('PATCH', path, taken, 'application/merge-patch+json');
    const isAlive = (): boolean => scheduler.world.kernel.processes.get(SCHEDULER)?.status === 'running';
    scheduler.world.advance(6 * SECOND);
    expect(isAlive()).toBe(true);
    scheduler.world.advance(4 * SECOND);
    expect(isAlive()).toBe(false);
    scheduler.pod('late');
    scheduler.world.advance(10 * SECOND);
    expect(scheduler.nodeOf('late')).toBe('');
  });

  it('goes on after it was killed between assuming and binding: no pod is bound twice or lost', () => {
    const scheduler = new TestScheduler();
    scheduler.node('node-1');
    scheduler.node('node-2');
    for (let i = 0; i < 10; i++) scheduler.pod(`p${i}`);
    scheduler.world.advance(MILLISECOND);
    scheduler.world.restart(SCHEDULER);
    scheduler.world.advance(40 * SECOND);
    for (let i = 0; i < 10; i++) expect(scheduler.nodeOf(`p${i}`)).not.toBe('');
    expect(scheduler.state.cache.pods.size).toBe(10);
    expect([...scheduler.state.cache.pods.values()].some(({ assumed }) => assumed)).toBe(false);
  });

  it('binds a pod only when its claims are bound, and tries anew when they are not in time', () => {
    const VolumeBinding = { bindTimeoutSeconds: 5 };
    const profiles = [{ ...DEFAULT_PROFILE, args: { ...DEFAULT_PROFILE.args, VolumeBinding } }];
    const scheduler = new TestScheduler({ profiles });
    scheduler.node('node-1');
    scheduler.want('POST', '/apis/storage.k8s.io/v1/storageclasses', {
      metadata: { name: 'late' },
      provisioner: 'example.com/csi',
      volumeBindingMode: 'WaitForFirstConsumer',
    });
    const CLAIM = '/api/v1/namespaces/default/persistentvolumeclaims';
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
    scheduler.want('POST', CLAIM, { metadata: { name: 'data' }, spec: { ...spec, storageClassName: 'late' } });
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
    scheduler.pod('web', { spec: { volumes } });
    scheduler.world.advance(4 * SECOND);
    expect(scheduler.want('GET', `${CLAIM}/data`)).toMatchObject({
      metadata: { annotations: { 'volume.kubernetes.io/selected-node': 'node-1' } },
    });
    expect(scheduler.nodeOf('web')).toBe('');
    // The room is kept, and others may know where the pod is going.
    expect(scheduler.get('web').status.nominatedNodeName).toBe('node-1');
    expect(scheduler.state.cache.nodes.get('node-1')?.pods).toHaveLength(1);

    scheduler.world.advance(3 * SECOND);
    expect(scheduler.events()).toContain(
      'Warning FailedScheduling web: running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded',
    );
    scheduler.want('POST', '/api/v1/persistentvolumes', {
      metadata: { name: 'pv' },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'late',
        csi: { driver: 'example.com/csi', volumeHandle: 'h' },
      },
    });
    scheduler.want(
      'PATCH',
      `${CLAIM}/data`,
      { metadata: { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } }, spec: { volumeName: 'pv' } },
      'application/merge-patch+json',
    );
    scheduler.world.advance(5 * SECOND);
    expect(scheduler.nodeOf('web')).toBe('node-1');
    expect(scheduler.get('web').status.nominatedNodeName).toBeUndefined();
    expect(scheduler.state.cache.volumeReservations.size).toBe(0);
  });

  it('keeps no timers once there is nothing to do', () => {
    const scheduler = new TestScheduler({ leaderElect: false });
    scheduler.node('node-1');
    scheduler.pod('web');
    scheduler.world.advance(60 * SECOND);
    const { cycleTimer, backoffTimer, unschedulableTimer, bindings } = scheduler.state;
    expect([cycleTimer, backoffTimer, unschedulableTimer, bindings.size]).toEqual([null, null, null, 0]);
  });
});

const listOf = <Kind>(t: TestScheduler, path: string): readonly Kind[] =>
  (t.want('GET', path) as unknown as { readonly items: readonly Kind[] }).items;

/** Reads the API's truth each time, and tells what there is that never should be. */
class Watchman {
  readonly #t: TestScheduler;
  /** Nodes by uid of the pod. */
  readonly #bound = new Map<string, string>();

  constructor(t: TestScheduler) {
    this.#t = t;
  }

  look(): string[] {
    const wrong: string[] = [];
    const nodes = new Map(listOf<Node>(this.#t, '/api/v1/nodes').map((node) => [node.metadata.name, node]));
    const taken = new Map<string, number>();
    for (const pod of listOf<Pod>(this.#t, PODS)) {
      const { nodeName = '' } = pod.spec;
      const before = this.#bound.get(pod.metadata.uid) ?? nodeName;
      if (nodeName !== before) wrong.push(`${pod.metadata.name} went from ${before} to ${nodeName}`);
      if (nodeName === '') continue;
      this.#bound.set(pod.metadata.uid, nodeName);
      taken.set(nodeName, (taken.get(nodeName) ?? 0) + podRequests(pod).milliCpu);
    }
    for (const [name, milliCpu] of taken) {
      const has = 1000 * quantityValue(nodes.get(name)?.status.allocatable?.['cpu']);
      if (nodes.has(name) && milliCpu > has) wrong.push(`${name} has ${has}m and gives ${milliCpu}m`);
    }
    return wrong;
  }
}

/** What each pod without node is told. */
const reasons = (t: TestScheduler): string[] =>
  listOf<Pod>(t, PODS)
    .filter(({ spec }) => (spec.nodeName ?? '') === '')
    .map(({ status }) => status.conditions?.find(({ type }) => type === 'PodScheduled')?.message ?? 'no reason');

/** A small linear congruential generator: the same draws in every run. */
function draws(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('never two bindings, never over what a node has, always a reason', () => {
  it('when the scheduler is killed between assuming and binding, at any moment', () => {
    for (let at = 1; at <= 6; at++) {
      const t = new TestScheduler({ leaderElect: false });
      const watchman = new Watchman(t);
      t.node('node-1', { allocatable: { cpu: '2' } });
      for (let i = 0; i < 6; i++) t.pod(`p${i}`, { requests: [{ cpu: '500m' }] });
      t.world.advance(at * 150);
      t.world.restart(SCHEDULER);
      t.world.advance(30 * SECOND);
      expect(watchman.look()).toEqual([]);
      expect(listOf<Pod>(t, PODS).filter(({ spec }) => spec.nodeName === 'node-1')).toHaveLength(4);
      const full = '0/1 nodes are available: 1 Insufficient cpu.';
      for (const reason of reasons(t)) expect(reason).toContain(full);
      expect([...t.state.cache.pods.values()].some(({ assumed }) => assumed)).toBe(false);
    }
  });

  it('when two schedulers have one name and a Lease: the other takes over what the first leaves', () => {
    const t = new TestScheduler({}, 2);
    const watchman = new Watchman(t);
    t.node('node-1', { allocatable: { cpu: '2' } });
    for (let i = 0; i < 3; i++) t.pod(`p${i}`, { requests: [{ cpu: '500m' }] });
    t.world.advance(MILLISECOND);
    const leads = (id: string): boolean => t.world.stateOf<TestScheduler['state']>(id).election?.phase === 'leading';
    expect([leads(SCHEDULER), leads(SECOND_SCHEDULER)].filter(Boolean)).toHaveLength(1);
    t.world.stop(leads(SCHEDULER) ? SCHEDULER : SECOND_SCHEDULER);
    for (let i = 3; i < 6; i++) t.pod(`p${i}`, { requests: [{ cpu: '500m' }] });
    t.world.advance(5 * SECOND);
    expect(watchman.look()).toEqual([]);
    t.world.advance(30 * SECOND);
    expect(watchman.look()).toEqual([]);
    expect(reasons(t)).toHaveLength(2);
    for (const reason of reasons(t)) expect(reason).toContain('1 Insufficient cpu');
  });

  it('when two schedulers have one name and no Lease: the API server takes one binding, the other is told', () => {
    const t = new TestScheduler({ leaderElect: false }, 2);
    const watchman = new Watchman(t);
    t.node('node-1');
    t.node('node-2');
    for (let i = 0; i < 10; i++) t.pod(`p${i}`);
    t.world.advance(40 * SECOND);
    expect(watchman.look()).toEqual([]);
    expect(reasons(t)).toEqual([]);
    const refused = t.events().filter((text) => text.includes('is already assigned to node'));
    const scheduled = t.events().filter((text) => text.startsWith('Normal Scheduled'));
    expect(refused.length).toBeGreaterThan(0);
    expect(scheduled).toHaveLength(10);
    for (const id of [SCHEDULER, SECOND_SCHEDULER]) {
      const { cache } = t.world.stateOf<TestScheduler['state']>(id);
      expect([...cache.pods.values()].map(({ info }) => t.nodeOf(info.pod.metadata.name) === info.nodeName)).toEqual(
        Array.from({ length: 10 }, () => true),
      );
    }
  });

  it('when a node vanishes while a pod is bound to it, and when one of its name comes back', () => {
    const t = new TestScheduler({ leaderElect: false });
    const watchman = new Watchman(t);
    t.node('node-1', { allocatable: { cpu: '2' } });
    for (let i = 0; i < 4; i++) t.pod(`p${i}`, { requests: [{ cpu: '500m' }] });
    t.world.send('control-plane-1/kube-apiserver', t.request('DELETE', '/api/v1/nodes/node-1'));
    t.world.advance(20 * SECOND);
    expect(watchman.look()).toEqual([]);
    for (const reason of reasons(t)) expect(reason).toBe('no nodes available to schedule pods');
    // What was bound to the first node of this name is counted on the second.
    t.node('node-1', { allocatable: { cpu: '2' } });
    for (let i = 4; i < 8; i++) t.pod(`p${i}`, { requests: [{ cpu: '500m' }] });
    t.world.advance(40 * SECOND);
    expect(watchman.look()).toEqual([]);
    expect(reasons(t)).toHaveLength(4);
    for (const reason of reasons(t)) expect(reason).toContain('1 Insufficient cpu');
  });

  it.each([1, 2, 3, 4])('under random changes, kills and caches that lag (seed %i)', (seed) => {
    const t = new TestScheduler({ leaderElect: false });
    const watchman = new Watchman(t);
    const below = draws(seed);
    const nodes = new Set<string>();
    const pods: string[] = [];
    let names = 0;
    for (let step = 0; step < 60; step++) {
      const choice = below(10);
      if (choice < 2 || nodes.size === 0) {
        const name = `node-${below(4)}`;
        if (!nodes.has(name)) t.node(name, { allocatable: { cpu: '2' } });
        nodes.add(name);
      } else if (choice < 6) {
        const name = `p${names++}`;
        t.pod(name, { requests: [{ cpu: `${(1 + below(4)) * 250}m` }] });
        pods.push(name);
      } else if (choice === 6 && pods.length > 0) {
        t.remove(pods.splice(below(pods.length), 1)[0]!);
      } else if (choice === 7) {
        const [name = ''] = [...nodes].slice(below(nodes.size));
        t.want('DELETE', `/api/v1/nodes/${name}`);
        nodes.delete(name);
      } else if (choice === 8) {
        t.world.restart(SCHEDULER);
      } else {
        // It hears of nothing for a while, and then of all at once.
        t.world.kernel.pause(SCHEDULER);
        t.world.advance(below(50) * MILLISECOND);
        t.pod(`p${names}`, { requests: [{ cpu: '250m' }] });
        pods.push(`p${names++}`);
        t.world.kernel.resume(SCHEDULER);
      }
      t.world.advance(below(3) * MILLISECOND);
      expect(watchman.look()).toEqual([]);
    }
    t.world.advance(60 * SECOND);
    expect(watchman.look()).toEqual([]);
    expect(reasons(t)).not.toContain('no reason');
  });
});
