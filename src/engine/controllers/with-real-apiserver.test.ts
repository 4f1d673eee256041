import './late-controllers';
import { describe, expect, it } from 'vitest';
import type { Kinds } from '#engine/api/types';
import '#engine/apiserver/late-answers';
import '#engine/api/late-api';
import { kubeApiserver } from '#engine/apiserver/apiserver';
import { cacheOf } from '#engine/client/cache';
import { type ComponentState, component, stateOf } from '#engine/client/testing';
import { etcd } from '#engine/etcd/etcd';
import { Kernel } from '#engine/kernel/kernel';
import type { ProcessDefinition } from '#engine/kernel/process';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { controllerFacts, kubeControllerManager, type ControllerManagerState } from './controller-manager';

const ETCD = 'control-plane-1/etcd';
const APISERVER = 'control-plane-1/kube-apiserver';
const MANAGER = 'control-plane-1/kube-controller-manager';
const LAPTOP = 'laptop/component';

type Definition = ProcessDefinition<never, never>;

/** One control-plane machine with etcd, API server and controller manager, and a laptop that watches. */
function start(): Kernel {
  const definitions = [
    etcd,
    kubeApiserver,
    kubeControllerManager,
    component,
  ] as readonly unknown[] as readonly Definition[];
  const kernel = new Kernel(
    { seed: 3, freeze: true },
    new Map(definitions.map((definition) => [definition.kind, definition])),
  );
  const unit = (name: string, kind: string, args: unknown) => ({ name, kind, args, restartAfter: SECOND });
  const place = { rack: 'r1', zone: 'z1', diskBytes: 1e9, bootTime: 0, facts: {} };
  kernel.addMachine({
    name: 'control-plane-1',
    ...place,
    units: [
      unit('etcd', etcd.kind, { member: 1 }),
      unit('kube-apiserver', kubeApiserver.kind, {
        etcd: ETCD,
        serviceCidr: '10.96.0.0/12',
        advertiseAddress: '192.168.0.11',
        serviceAccountKey: 'key',
      }),
      unit('kube-controller-manager', kubeControllerManager.kind, { server: [APISERVER] }),
    ],
  });
  const kinds = ['Pod', 'ReplicaSet', 'ResourceQuota', 'Deployment', 'Event', 'ServiceAccount', 'Lease'];
  const units = [unit('component', component.kind, { kinds, config: { servers: [APISERVER] } })];
  kernel.addMachine({ name: 'laptop', ...place, units });
  kernel.powerOn('control-plane-1');
  kernel.powerOn('laptop');
  kernel.run(15 * SECOND, Infinity);
  return kernel;
}

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'nginx', image: 'nginx' }] } },
  },
};

const run = (kernel: Kernel, micros: number): void => void kernel.run(kernel.now + micros, Infinity);
const list = <K extends 'Pod' | 'ReplicaSet' | 'ResourceQuota' | 'Event' | 'ServiceAccount' | 'Lease'>(
  kernel: Kernel,
  kind: K,
): readonly Kinds[K][] => cacheOf(stateOf<ComponentState>(kernel, LAPTOP).client, kind).list();

function ask(kernel: Kernel, method: string, path: string, body?: unknown): void {
  const spec = { method, path, ...(body === undefined ? {} : { body }) };
  kernel.deliver(LAPTOP, { type: 'do/request', spec, tag: { type: 'asked' } } as { type: string });
}
const create = (kernel: Kernel): void =>
  ask(kernel, 'POST', '/apis/apps/v1/namespaces/default/deployments', deployment);

describe('controller manager with the real API server', () => {
  it('takes the lease and makes what every namespace has', () => {
    const kernel = start();
    expect(controllerFacts(stateOf<ControllerManagerState>(kernel, MANAGER))['role']).toBe('leader');
    expect(list(kernel, 'Lease').map(({ metadata }) => metadata.name)).toContain('kube-controller-manager');
    expect(list(kernel, 'ServiceAccount').map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toContain(
      'default/default',
    );
  });

  it('makes a Deployment into a ReplicaSet and its pods, with their Events', () => {
    const kernel = start();
    create(kernel);
    run(kernel, 5 * SECOND);
    expect(list(kernel, 'ReplicaSet').map(({ spec }) => spec.replicas)).toEqual([3]);
    const pods = list(kernel, 'Pod');
    expect(pods).toHaveLength(3);
    const said = list(kernel, 'Event').map(
      ({ reason, message, reportingComponent }) => `${reportingComponent}: ${reason} ${message}`,
    );
    for (const { metadata } of pods)
      expect(said).toContain(`replicaset-controller: SuccessfulCreate Created pod: ${metadata.name}`);
    const [replicaSet] = list(kernel, 'ReplicaSet');
    expect(said).toContain(
      `deployment-controller: ScalingReplicaSet Scaled up replica set ${replicaSet!.metadata.name} from 0 to 3`,
    );
  });

  it('goes on where it was after the API server was killed', () => {
    const kernel = start();
    kernel.kill(APISERVER);
    run(kernel, 2 * SECOND);
    run(kernel, 20 * SECOND);
    create(kernel);
    run(kernel, 10 * SECOND);
    expect(list(kernel, 'Pod')).toHaveLength(3);
  });

  it('keeps a namespace within its quota, and gives back what is deleted', () => {
    const kernel = start();
    const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard: { pods: '2' } } };
    ask(kernel, 'POST', '/api/v1/namespaces/default/resourcequotas', quota);
    run(kernel, SECOND);
    const status = () => list(kernel, 'ResourceQuota')[0]?.status;
    expect(status()).toEqual({ hard: { pods: '2' }, used: { pods: '0' } });
    create(kernel);
    run(kernel, 5 * SECOND);
    const [first] = list(kernel, 'Pod');
    expect([list(kernel, 'Pod').length, status()?.used]).toEqual([2, { pods: '2' }]);
    expect(list(kernel, 'Event').map(({ message }) => message)).toContainEqual(
      expect.stringMatching(
        /^Error creating: pods "web-[a-z0-9]+-[a-z0-9]{5}" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2$/,
      ),
    );
    ask(kernel, 'DELETE', `/api/v1/namespaces/default/pods/${first?.metadata.name}`);
    run(kernel, 10 * SECOND);
    expect([list(kernel, 'Pod').length, status()?.used]).toEqual([2, { pods: '2' }]);
    expect(list(kernel, 'Pod')).not.toContain(first);
  });

  it('has nothing to do when nothing happens but its lease and its own loops', () => {
    const kernel = start();
    create(kernel);
    run(kernel, MINUTE);
    const before = kernel.processes.get(MANAGER)!.handled;
    run(kernel, 10 * MINUTE);
    const perMinute = (kernel.processes.get(MANAGER)!.handled - before) / 10;
    expect(perMinute).toBeLessThan(200);
  });
});
