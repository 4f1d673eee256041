import { describe, expect, it } from 'vitest';
import { cacheOf } from '#engine/client/cache';
import type { ObjectOf } from '#engine/client/plan';
import { type ComponentState, stateOf } from '#engine/client/testing';
import type { Kernel } from '#engine/kernel/kernel';
import { etcd } from '#engine/etcd/etcd';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { controllerFacts, type ControllerManagerState } from './controller-manager';
import { APISERVER, LAPTOP, MANAGER, ask, run, start } from './testing/control-plane';

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

const list = <K extends 'Pod' | 'ReplicaSet' | 'ResourceQuota' | 'Event' | 'ServiceAccount' | 'Lease'>(
  kernel: Kernel,
  kind: K,
): readonly ObjectOf<K>[] => cacheOf(stateOf<ComponentState>(kernel, LAPTOP).client, kind).list();

const create = (kernel: Kernel): void =>
  ask(kernel, 'POST', '/apis/apps/v1/namespaces/default/deployments', deployment);

describe('controller manager with the real API server', () => {
  it('takes the lease and makes what every namespace has', () => {
    const kernel = start(etcd);
    expect(controllerFacts(stateOf<ControllerManagerState>(kernel, MANAGER))['role']).toBe('leader');
    expect(list(kernel, 'Lease').map(({ metadata }) => metadata.name)).toContain('kube-controller-manager');
    expect(list(kernel, 'ServiceAccount').map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toContain(
      'default/default',
    );
  });

  it('makes a Deployment into a ReplicaSet and its pods, with their Events', () => {
    const kernel = start(etcd);
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
    const kernel = start(etcd);
    kernel.kill(APISERVER);
    run(kernel, 2 * SECOND);
    run(kernel, 20 * SECOND);
    create(kernel);
    run(kernel, 10 * SECOND);
    expect(list(kernel, 'Pod')).toHaveLength(3);
  });

  it('keeps a namespace within its quota, and gives back what is deleted', () => {
    const kernel = start(etcd);
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
    const kernel = start(etcd);
    create(kernel);
    run(kernel, MINUTE);
    const before = kernel.processes.get(MANAGER)!.handled;
    run(kernel, 10 * MINUTE);
    const perMinute = (kernel.processes.get(MANAGER)!.handled - before) / 10;
    expect(perMinute).toBeLessThan(200);
  });
});
