import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '#engine/kernel/time';
import type { Kernel } from '#engine/kernel/kernel';
import { etcd } from '#engine/etcd/etcd';
import { put } from '#engine/etcd/mvcc';
import type { EtcdState } from '#engine/etcd/state';
import { containerd } from '#engine/node/runtime/containerd';
import type { Pod, Service } from '#engine/api/types';
import type { Cluster } from '../cluster';
import { newCluster } from '../cluster';
import { newEngine } from '../engine';
import { leadingMember, stateOf } from '../observe/truth';
import { DEFAULT_CLUSTER } from '../topology';
import '../late-code';
import type { LawName } from './report';
import { Laws } from './laws';
import { trial } from './trial';

const WEB = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  replicas: 3
  serviceName: web
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: main, image: 'nginx:1.27', resources: {requests: {cpu: 100m, memory: 64Mi}}}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 3, selector: {matchLabels: {app: web}}}
`;

/** A cluster with pods, watched from its start; its state lies open, to be tampered with. */
class Watched {
  readonly cluster: Cluster;
  readonly laws: Laws;

  constructor(controlPlanes = 1) {
    this.cluster = newCluster({ ...DEFAULT_CLUSTER, nodes: 3, controlPlanes }, { seed: 1 });
    this.laws = new Laws(this.kernel, null);
    this.run(90 * SECOND);
    this.kernel.input({ type: 'apply', ticket: 'web', manifest: WEB });
    this.run(90 * SECOND);
    if (this.pods.length !== 3 || this.broken.length > 0)
      throw new Error('the cluster is not up, or not as it should be');
  }

  get kernel(): Kernel {
    return this.cluster.kernel;
  }

  run(duration: number): void {
    const end = this.kernel.now + duration;
    while (this.kernel.now < end) {
      this.kernel.run(end, 500);
      this.laws.look(0, []);
    }
  }

  get broken(): LawName[] {
    return this.laws.look(0, []).laws.flatMap(({ law, breach }) => (breach === null ? [] : [law]));
  }

  text(law: LawName): string {
    return this.laws.look(0, []).laws.find((status) => status.law === law)?.breach?.text ?? '';
  }

  get members(): EtcdState[] {
    return [...this.kernel.processes.values()].flatMap((process) => stateOf(process, etcd) ?? []);
  }

  /** Writes past the API server. */
  plant(key: string, value: object): void {
    const { store } = leadingMember(this.kernel)!.state;
    put(store, { op: 'put', key, value, bytes: 100 }, ++store.revision, -1);
  }

  stored<Kind>(key: string): Kind {
    return leadingMember(this.kernel)!.state.store.live.get(key)!.value as Kind;
  }

  get pods(): string[] {
    const { store } = leadingMember(this.kernel)!.state;
    return [...store.live.keys()].filter((key) => key.startsWith('/registry/pods/default/')).sort();
  }
}

const copyOf = <T extends object>(value: T): T => structuredClone(value);
declare function structuredClone<T>(value: T): T;

describe('a law that is broken is seen', () => {
  it('one leader in a term', () => {
    const t = new Watched(3);
    const leader = t.members.find(({ raft }) => raft.role === 'leader')!;
    const other = t.members.find(({ raft }) => raft.role !== 'leader')!;
    Object.assign(other.raft, { role: 'leader', term: leader.raft.term });
    expect(t.broken).toEqual(['one-leader']);
    expect(t.text('one-leader')).toMatch(/^control-plane-\d\/etcd and control-plane-\d\/etcd both led in term \d+$/);
  });

  it('nothing that was committed is lost', () => {
    const t = new Watched();
    const [{ store }] = t.members as [EtcdState];
    const { revision } = store;
    store.revision -= 3;
    store.history.splice(-3);
    expect(t.broken).toContain('nothing-lost');
    expect(t.text('nothing-lost')).toBe(
      `revision ${revision} was committed, and control-plane-1/etcd, which leads, knows up to ${revision - 3}`,
    );
  });

  it('a pod is bound once', () => {
    const t = new Watched();
    const [key] = t.pods as [string];
    const pod = copyOf(t.stored<Pod>(key));
    const was = pod.spec.nodeName;
    const is = was === 'node-1' ? 'node-2' : 'node-1';
    t.plant(key, { ...pod, spec: { ...pod.spec, nodeName: is } });
    expect(t.broken).toEqual(['bound-once']);
    expect(t.text('bound-once')).toBe(`default/web-0 was bound to ${was}, then to ${is}`);
  });

  it('no node runs more than it has', () => {
    const t = new Watched();
    const [key] = t.pods as [string];
    const pod = copyOf(t.stored<Pod>(key));
    const metadata = { ...pod.metadata, name: 'greedy', uid: 'greedy' };
    const containers = pod.spec.containers.map((each) => ({ ...each, resources: { requests: { cpu: '64' } } }));
    const greedy = { ...pod, metadata, spec: { ...pod.spec, containers } };
    t.plant('/registry/pods/default/greedy', { ...greedy, status: { phase: 'Pending' } });
    expect(t.broken).toEqual([]);
    t.plant('/registry/pods/default/greedy', { ...greedy, status: { phase: 'Running' } });
    expect(t.broken).toEqual(['allocatable']);
    expect(t.text('allocatable')).toBe(`${pod.spec.nodeName} runs default/greedy and with it more CPU than it has`);
  });

  it('no pod is evicted without the leave of its budgets', () => {
    const t = new Watched();
    const [key] = t.pods as [string];
    const pod = copyOf(t.stored<Pod>(key));
    const conditions = [
      ...(pod.status.conditions ?? []),
      { type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI' },
    ];
    const metadata = { ...pod.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' };
    t.plant(key, { ...pod, metadata, status: { ...pod.status, conditions } });
    expect(t.broken).toEqual(['budgets']);
    expect(t.text('budgets')).toBe('default/web-0 was evicted without the leave of the budget web');
  });

  it('no two Services have one address', () => {
    const t = new Watched();
    const service = copyOf(t.stored<Service>('/registry/services/specs/default/web'));
    t.plant('/registry/services/specs/default/thief', {
      ...service,
      metadata: { ...service.metadata, name: 'thief', uid: 'thief' },
    });
    expect(t.broken).toEqual(['one-address']);
    expect(t.text('one-address')).toBe(`${service.spec.clusterIP} is the address of default/web and of default/thief`);
  });

  it('no two pods of one name run', () => {
    const t = new Watched();
    const runtimes = [...t.kernel.processes.values()].flatMap((process) => stateOf(process, containerd) ?? []);
    const [from, to] = runtimes.filter(({ sandboxes }) =>
      [...sandboxes.values()].some(({ status }) => status.pod.namespace === 'default'),
    ) as [(typeof runtimes)[0], (typeof runtimes)[0]];
    const [id, sandbox] = [...from.sandboxes].find(([, { status }]) => status.pod.namespace === 'default')!;
    const twin = copyOf(sandbox);
    Object.assign(twin.status, { pod: { ...twin.status.pod, uid: 'twin' } });
    to.sandboxes.set(id, twin);
    for (const container of twin.containers) to.containers.set(container, copyOf(from.containers.get(container)!));
    expect(t.broken).toEqual(['one-of-a-name']);
    expect(t.text('one-of-a-name')).toMatch(/^two pods default\/web-\d run, on node-\d and on node-\d$/);
  });

  it('what the API says runs is what runs, once all is quiet', () => {
    const t = new Watched();
    const [key] = t.pods as [string];
    const pod = copyOf(t.stored<Pod>(key));
    // Nobody hears of it: no watch is told.
    t.plant('/registry/pods/default/ghost', { ...pod, metadata: { ...pod.metadata, name: 'ghost', uid: 'ghost' } });
    t.run(11 * MINUTE);
    expect(t.broken).toContain('agreement');
    expect(t.text('agreement')).toMatch(/^default\/ghost runs, the API says, but not on node-\d$/);
  });
});

describe('what was found', () => {
  it('is shown from its moment on, wherever the run is put, and not where it did not happen', () => {
    const engine = newEngine({ seed: 1, cluster: { ...DEFAULT_CLUSTER, nodes: 1 } });
    const broken = (): number => engine.laws().laws.filter(({ breach }) => breach !== null).length;
    const runTo = (end: number): void => {
      while (engine.run(end, { events: 500 }).stopped !== 'until') engine.laws();
    };
    runTo(2 * MINUTE);
    expect(broken()).toBe(0);
    const before = engine.save();
    engine.input({ type: 'fault', id: 'wipe', fault: { type: 'etcd-wipe', machine: 'control-plane-1' } });
    runTo(4 * MINUTE);
    expect(broken()).toBe(1);
    const after = engine.save();
    engine.restore(before);
    expect(broken()).toBe(0);
    engine.restore(after);
    expect(broken()).toBe(1);
    engine.restore(before);
    runTo(4 * MINUTE);
    expect(broken()).toBe(0);
  });
});

describe('a trial', () => {
  it('of a cluster that keeps its laws finds nothing', () => {
    const options = { seed: 3, cluster: { ...DEFAULT_CLUSTER, nodes: 2 }, inputs: [], faults: true, until: 4 * MINUTE };
    expect(trial(options)).toBeNull();
  });

  it('finds what somebody did that loses what was committed, and records it', () => {
    const options = {
      seed: 1,
      cluster: { ...DEFAULT_CLUSTER, nodes: 1 },
      inputs: [
        {
          at: 2 * MINUTE,
          action: { type: 'fault', id: 'wipe', fault: { type: 'etcd-wipe', machine: 'control-plane-1' } },
        },
      ] as const,
      faults: false,
      until: 6 * MINUTE,
    };
    const found = trial(options)!;
    expect(found.law).toBe('nothing-lost');
    expect(found.recording.inputs).toHaveLength(1);
    expect(found.breach.at).toBeLessThanOrEqual(found.recording.until);
  });
});
