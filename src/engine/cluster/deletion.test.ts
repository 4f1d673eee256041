import { describe, expect, it } from 'vitest';
import type { Deployment, Namespace } from '#engine/api/types';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { bootedStory, deployment, manifests, service, type Story } from './testing';
import { unsettled } from './testing-invariants';

const WEB = '/apis/apps/v1/namespaces/default/deployments/web';

function withWeb(): Story {
  const t = bootedStory({ recorded: false });
  t.apply(deployment('web', { replicas: 3 }));
  t.until('web runs', () => t.readyPodsOf('web').length === 3, MINUTE);
  return t;
}

const kindsLeft = (t: Story): string[] =>
  [...t.records.values()]
    .filter(({ kind, namespace }) => namespace === 'default' && ['Deployment', 'ReplicaSet', 'Pod'].includes(kind))
    .map(({ kind }) => kind);

describe('the deletion of a Deployment', () => {
  it('in the background removes it at once and its ReplicaSet and pods after it', () => {
    const t = withWeb();
    expect(t.request('DELETE', WEB, { body: { propagationPolicy: 'Background' } }).code).toBe(200);
    t.run(10_000);
    expect(t.object('Deployment', 'web')).toBeNull();
    expect(t.podsOf('web').length + t.pods.length).toBeGreaterThan(0);
    t.run(MINUTE);
    expect(kindsLeft(t)).toEqual([]);
    expect(unsettled(t, {})).toEqual([]);
  });

  it('in the foreground holds it until its ReplicaSet is gone, and that until its pods are', () => {
    const t = withWeb();
    expect(t.request('DELETE', WEB, { body: { propagationPolicy: 'Foreground' } }).code).toBe(200);
    expect(t.object<Deployment>('Deployment', 'web')?.metadata.finalizers).toEqual(['foregroundDeletion']);
    const order: string[] = [];
    t.until(
      'all is gone',
      () => {
        const left = kindsLeft(t);
        for (const kind of ['Pod', 'ReplicaSet', 'Deployment'])
          if (!left.includes(kind) && !order.includes(kind)) order.push(kind);
        return left.length === 0;
      },
      2 * MINUTE,
    );
    expect(order).toEqual(['Pod', 'ReplicaSet', 'Deployment']);
    expect(unsettled(t, {})).toEqual([]);
  });

  it('that orphans leaves the ReplicaSet and its pods, and a new Deployment of that name adopts them', () => {
    const t = withWeb();
    const before = t.podsOf('web').map(({ name }) => name);
    expect(t.request('DELETE', WEB, { body: { propagationPolicy: 'Orphan' } }).code).toBe(200);
    t.run(MINUTE);
    expect(kindsLeft(t)).toEqual(['ReplicaSet', 'Pod', 'Pod', 'Pod']);
    expect([...t.records.values()].find(({ kind }) => kind === 'ReplicaSet')!.owner).toBeNull();
    t.apply(deployment('web', { replicas: 3 }));
    t.run(30 * SECOND);
    expect(t.podsOf('web').map(({ name }) => name)).toEqual(before);
    expect(unsettled(t, { web: 3 })).toEqual([]);
  });

  it('by kubectl delete -f says so', () => {
    const t = withWeb();
    expect(t.delete(deployment('web'))).toMatchObject({
      ok: true,
      output: 'deployment.apps "web" deleted from default namespace',
    });
    t.run(MINUTE);
    expect(kindsLeft(t)).toEqual([]);
  });
});

describe('the deletion of a pod', () => {
  it('of a Deployment makes a new one at once, before the old one is gone', () => {
    const t = withWeb();
    const victim = t.podsOf('web')[0]!;
    t.request('DELETE', `/api/v1/namespaces/default/pods/${victim.name}`);
    t.run(20_000);
    expect(t.podsOf('web').length).toBe(4);
    t.run(MINUTE);
    expect(unsettled(t, { web: 3 })).toEqual([]);
  });

  it('by force takes it out of the API at once; the machine ends it when its kubelet hears of it', () => {
    const t = withWeb();
    const victim = t.podsOf('web')[0]!;
    t.request('DELETE', `/api/v1/namespaces/default/pods/${victim.name}`, { body: { gracePeriodSeconds: 0 } });
    expect(t.pod(victim.name)).toBeUndefined();
    t.run(MINUTE);
    expect(unsettled(t, { web: 3 })).toEqual([]);
  });
});

describe('a deletion in the foreground', () => {
  it('waits for a pod that somebody holds, and for nothing else, as the golden transcript tells', async () => {
    const t = bootedStory({ nodes: 2, zones: 1 });
    t.apply(deployment('web', { replicas: 2 }));
    t.until('web runs', () => t.readyPodsOf('web').length === 2, MINUTE);
    t.run(10 * SECOND);
    t.forget();
    const [free, held] = t.podsOf('web');
    const hold = (finalizers: readonly string[] | null): void => {
      const body = { metadata: { finalizers } };
      const contentType = 'application/merge-patch+json';
      expect(t.request('PATCH', `/api/v1/namespaces/default/pods/${held!.name}`, { contentType, body }).ok).toBe(true);
    };
    hold(['example.com/hold']);
    const body = { propagationPolicy: 'Foreground' };
    expect(t.request('DELETE', '/apis/apps/v1/namespaces/default/deployments/web', { body }).code).toBe(200);
    t.run(5 * MINUTE);
    const { name: set } = held!.owner!;
    expect(t.pod(free!.name)).toBeUndefined();
    expect(t.pod(held!.name)).toMatchObject({ phase: 'Succeeded', ready: false });
    for (const [kind, name] of [
      ['Deployment', 'web'],
      ['ReplicaSet', set],
    ] as const)
      expect(t.object<Deployment>(kind, name)?.metadata).toMatchObject({
        finalizers: ['foregroundDeletion'],
        deletionTimestamp: expect.any(String) as string,
      });
    // Nothing is made anew for what is being deleted.
    expect(t.podsOf('web')).toHaveLength(1);
    hold(null);
    t.until('all is gone', () => t.object('Deployment', 'web') === null, 10 * SECOND);
    expect([t.object('ReplicaSet', set), t.pods]).toEqual([null, []]);
    await expect(t.transcript).toMatchFileSnapshot('transcripts/foreground-deletion.txt');
  });
});

describe('the deletion of a namespace', () => {
  it('ends its pods first, then all that is in it, then itself, as the golden transcript tells', async () => {
    const t = bootedStory();
    t.apply('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n');
    t.apply(
      manifests(
        deployment('web', { replicas: 2, namespace: 'shop' }),
        service('web', 'shop'),
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\ndata: {colour: blue}\n',
      ),
    );
    t.until('it runs', () => t.readyPodsOf('web').length === 2, MINUTE);
    t.run(10 * SECOND);
    t.forget();
    expect(t.request('DELETE', '/api/v1/namespaces/shop').code).toBe(200);
    expect(t.object<Namespace>('Namespace', 'shop', '')?.status?.phase).toBe('Terminating');

    const refused = t.apply('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: late, namespace: shop}\n');
    expect(refused.error).toBe(
      'Error from server (Forbidden): error when creating "STDIN": configmaps "late" is forbidden: unable to create new content in namespace shop because it is being terminated',
    );
    t.until('it is gone', () => t.object('Namespace', 'shop', '') === null, 3 * MINUTE);
    t.run(10 * SECOND);
    expect([...t.records.values()].filter(({ namespace, kind }) => namespace === 'shop' && kind !== 'Event')).toEqual(
      [],
    );
    await expect(t.transcript).toMatchFileSnapshot('transcripts/namespace-deletion.txt');
  });
});
