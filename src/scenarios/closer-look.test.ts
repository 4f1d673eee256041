import { beforeAll, describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { startingCluster } from './starting-clusters';
import type { Engine, Relation } from '#engine/cluster/door';
import { newEngine } from '#engine/cluster/engine';
import '#engine/cluster/late-code';
import type { PodRecord, Subject } from '#engine/cluster/records';

let engine: Engine;
let pod: Subject;
const web: Subject = { kind: 'Deployment', namespace: 'default', name: 'web' };

const SHOPS = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: shops.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Shop, plural: shops}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`;
const SHOPS_OF_DEFAULT = '/apis/example.com/v1/namespaces/default/shops';

const runTo = (at: number): void => {
  while (engine.run(at, { events: 1e6 }).stopped !== 'until');
};

const told = (relations: readonly Relation[]): readonly string[] =>
  relations.map(({ how, depth, subject: { kind, name } }) => `${how} ${depth} ${kind} ${name}`);

beforeAll(() => {
  engine = newEngine({ seed: 7, cluster: startingCluster('default').spec });
  runTo(20 * SECOND);
  const found = engine.observe(null).set.find((record) => record.kind === 'Pod' && record.name.startsWith('web-'))!;
  pod = { kind: 'Pod', namespace: found.namespace, name: found.name };
});

describe('a closer look', () => {
  it('finds all versions of a young pod, from its creation on, each with its moment', () => {
    const { versions, compacted } = engine.look({ type: 'versions', subject: pod });
    expect(compacted).toBe(false);
    expect(versions.length).toBeGreaterThanOrEqual(3);
    const objects = versions.map(
      ({ object }) => object as { spec: { nodeName?: string }; metadata: { resourceVersion: string } },
    );
    expect(objects[0]!.spec.nodeName).toBeUndefined();
    expect(objects.at(-1)).toEqual(engine.object(pod));
    expect(versions.map(({ revision }) => String(revision))).toEqual(
      objects.map((one) => one.metadata.resourceVersion),
    );
    const times = versions.map(({ at }) => at!);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.every((at) => at > 0 && at < 20 * SECOND)).toBe(true);
  });

  it('finds owners from the topmost, what is owned, who selects and what is used', () => {
    const ofPod = told(engine.look({ type: 'relations', subject: pod }));
    expect(ofPod).toContain('owned-by 0 Deployment web');
    expect(ofPod).toContainEqual(expect.stringMatching(/^owned-by 1 ReplicaSet web-/));
    expect(ofPod).toContain('selects-by 0 Service web');
    expect(ofPod).toContain('mounts 0 ConfigMap kube-root-ca.crt');
    const ofDeployment = told(engine.look({ type: 'relations', subject: web }));
    expect(ofDeployment.filter((line) => line.startsWith('owns 1 Pod web-'))).toHaveLength(6);
    const service: Subject = { kind: 'Service', namespace: 'default', name: 'web' };
    const ofService = told(engine.look({ type: 'relations', subject: service }));
    expect(ofService.filter((line) => line.startsWith('selects 0 Pod web-'))).toHaveLength(6);
    expect(told(engine.look({ type: 'relations', subject: { ...web, name: 'nobody' } }))).toEqual([]);
  });

  it('knows kinds that a definition has added: their versions, what they own and whose they are', () => {
    const later = newEngine({ seed: 7, cluster: startingCluster('default').spec });
    const at = (until: number): void => {
      while (later.run(until, { events: 1e6 }).stopped !== 'until');
    };
    const shop: Subject = { kind: 'Shop', namespace: 'default', name: 'corner' };
    const till: Subject = { kind: 'ConfigMap', namespace: 'default', name: 'till' };
    at(20 * SECOND);
    later.input({ type: 'apply', ticket: 'kind', manifest: SHOPS });
    at(30 * SECOND);
    const body = { apiVersion: 'example.com/v1', kind: 'Shop', metadata: { name: 'corner' }, spec: { tills: 1 } };
    later.input({ type: 'request', ticket: 'one', method: 'POST', path: SHOPS_OF_DEFAULT, body });
    at(31 * SECOND);
    later.input({
      type: 'request',
      ticket: 'two',
      method: 'PATCH',
      path: `${SHOPS_OF_DEFAULT}/corner`,
      contentType: 'application/merge-patch+json',
      body: { spec: { tills: 2 } },
    });
    at(32 * SECOND);
    const { uid } = (later.object(shop) as { metadata: { uid: string } }).metadata;
    const owner = `{apiVersion: example.com/v1, kind: Shop, name: corner, uid: ${uid}}`;
    const manifest = `{apiVersion: v1, kind: ConfigMap, metadata: {name: till, ownerReferences: [${owner}]}}`;
    later.input({ type: 'apply', ticket: 'till', manifest });
    at(33 * SECOND);

    const stories = (): readonly unknown[] =>
      later.look({ type: 'versions', subject: shop }).versions.map((version) => version.object);
    expect(stories()).toMatchObject([{ spec: { tills: 1 } }, { spec: { tills: 2 } }]);
    expect(told(later.look({ type: 'relations', subject: shop }))).toEqual(['owns 0 ConfigMap till']);
    expect(told(later.look({ type: 'relations', subject: till }))).toContain('owned-by 0 Shop corner');
    later.input({ type: 'request', ticket: 'gone', method: 'DELETE', path: `${SHOPS_OF_DEFAULT}/corner` });
    at(40 * SECOND);
    expect(stories().at(-1)).toBeNull();
    expect(stories()).toHaveLength(3);
    expect(told(later.look({ type: 'relations', subject: shop }))).toEqual([]);
  });

  it('reads what a container has written, as kubectl logs does', () => {
    const lines = engine.look({ type: 'container-lines', subject: pod, container: null })!;
    expect(lines).toMatchObject({ container: lines.containers[0], attempt: 0, more: false });
    expect(lines.lines.length).toBeGreaterThan(3);
    expect(lines.lines.some(({ text }) => text.includes('nginx'))).toBe(true);
    expect(lines.lines.every(({ at, text }) => at > 0 && !text.includes('\n'))).toBe(true);
    const nowhere: Subject = { ...pod, name: 'nobody' };
    expect(engine.look({ type: 'container-lines', subject: nowhere, container: null })).toBeNull();
  });

  it('tells how all hangs together: who makes pods, which claims they use, whom Services send to, what comes in', () => {
    const manifest = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: main, image: 'redis:7', volumeMounts: [{name: data, mountPath: /data}]}]}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop}
spec:
  rules: [{host: shop.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
`;
    engine.input({ type: 'apply', ticket: 'db', manifest });
    runTo(45 * SECOND);
    const before = engine.hash();
    const { owners, claims, services, ingresses } = engine.look({ type: 'structure' });
    expect(engine.hash()).toBe(before);
    const named = new Map(owners.map((one) => [`${one.kind} ${one.name}`, one]));
    expect(named.get('Deployment web')).toMatchObject({ owner: null, desired: 6, ready: 6 });
    expect(named.get('StatefulSet db')).toMatchObject({ desired: 1, ready: 1 });
    expect(named.get('Node control-plane-1')).toMatchObject({ namespace: '', desired: null });
    const set = owners.find(({ kind, name }) => kind === 'ReplicaSet' && name.startsWith('web-'));
    expect(set?.owner).toBe(named.get('Deployment web')!.uid);
    const [db] = engine.observe(null).set.filter(({ kind, name }) => kind === 'Pod' && name === 'db-0');
    expect(claims).toMatchObject([
      { name: 'data-db-0', phase: 'Bound', statefulSet: named.get('StatefulSet db')!.uid, pods: [db!.uid] },
    ]);
    expect(claims[0]!.volume).toMatchObject({ phase: 'Bound' });
    const web6 = services.find(({ name }) => name === 'web')!;
    expect([web6.ready.length, web6.notReady.length, web6.ports]).toEqual([6, 0, ['80/TCP']]);
    expect(services.find(({ name }) => name === 'kubernetes')!.addresses).toEqual(['10.0.0.1']);
    expect(ingresses).toEqual([
      { namespace: 'default', name: 'shop', routes: [{ from: 'shop.example/', service: 'web' }] },
    ]);
  });

  it('tells who watches what at the API server, and whom Services and policies take', () => {
    const { watches, bonds } = engine.look({ type: 'bonds' });
    const server = 'control-plane-1/kube-apiserver';
    const scheduler = watches.find(({ client }) => client === 'control-plane-1/kube-scheduler');
    expect(scheduler).toMatchObject({ server });
    expect(scheduler!.resources).toEqual(expect.arrayContaining(['nodes', 'pods']));
    expect(watches.filter(({ client }) => client.endsWith('/kubelet'))).toHaveLength(5);
    const taken = bonds.find(({ from }) => from.kind === 'Service' && from.name === 'web')!;
    expect(taken.how).toBe('selects');
    expect(taken.to).toHaveLength(6);
    expect(taken.to).toContainEqual(pod);
    expect(bonds.find(({ from }) => from.name === 'kubernetes')!.to).toEqual([]);
  });

  it('tells the containers of the pods on a node: state, restarts, probes', () => {
    const { node } = engine.observe(null).set.find((one) => one.kind === 'Pod' && one.name === pod.name) as PodRecord;
    const { uid } = engine.observe(null).set.find((one) => one.kind === 'Pod' && one.name === pod.name)!;
    const found = engine.look({ type: 'containers', nodes: [node!] });
    expect(found[uid]).toMatchObject([
      { role: 'main', state: 'running', ready: true, started: true, restarts: 0, exitCode: null },
    ]);
    expect(found[uid]![0]!.probes).toContain('readiness');
    expect(engine.look({ type: 'containers', nodes: [] })).toEqual({});
  });

  it('changes nothing, and says what was compacted and what was deleted', () => {
    const before = engine.hash();
    for (const type of ['versions', 'relations'] as const) engine.look({ type, subject: web });
    expect(engine.hash()).toBe(before);
    engine.input({
      type: 'request',
      ticket: 'd',
      method: 'DELETE',
      path: `/api/v1/namespaces/default/pods/${pod.name}`,
    });
    runTo(60 * SECOND);
    expect(engine.look({ type: 'versions', subject: pod }).versions.at(-1)).toMatchObject({ object: null });
    runTo(12 * MINUTE);
    const later = engine.look({ type: 'versions', subject: web });
    expect(later).toMatchObject({ compacted: true });
    expect(later.versions).toHaveLength(1);
  });
});
