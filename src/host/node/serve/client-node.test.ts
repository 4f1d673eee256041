/** The official JavaScript client against a served cluster: what controllers and tools that are written with it do all day. */
import { Readable, Writable } from 'node:stream';
import {
  CoordinationV1Api,
  CoreV1Api,
  Exec,
  KubeConfig,
  KubernetesObjectApi,
  Log,
  makeInformer,
  PatchStrategy,
  V1ConfigMap,
  V1Lease,
  V1MicroTime,
  type V1Status,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { advance, post, served, type Served } from './testing';

let cluster: Served;
let config: KubeConfig;
let core: CoreV1Api;

beforeAll(async () => {
  cluster = await served({ nodes: '2' });
  config = new KubeConfig();
  config.loadFromFile(cluster.kubeconfig);
  core = config.makeApiClient(CoreV1Api);
});
afterAll(() => cluster.stop());

const namespace = 'default';
const EPOCH_MS = Date.UTC(2026, 0, 1);

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 2000; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${what}: it never came true`);
}

describe('@kubernetes/client-node', () => {
  it('lists, creates, replaces and deletes, and is told of conflicts', async () => {
    const { items } = await core.listNode();
    expect(items.map(({ metadata }) => metadata?.name)).toEqual(['control-plane-1', 'node-1', 'node-2']);
    const body: V1ConfigMap = { metadata: { name: 'plain' }, data: { a: '1' } };
    const created = await core.createNamespacedConfigMap({ namespace, body });
    await core.replaceNamespacedConfigMap({
      namespace,
      name: 'plain',
      body: Object.assign(new V1ConfigMap(), created, { data: { a: '2' } }),
    });
    await expect(
      core.replaceNamespacedConfigMap({
        namespace,
        name: 'plain',
        body: Object.assign(new V1ConfigMap(), created, { data: { a: '3' } }),
      }),
    ).rejects.toMatchObject({ code: 409 });
    await core.deleteNamespacedConfigMap({ namespace, name: 'plain' });
    await expect(core.readNamespacedConfigMap({ namespace, name: 'plain' })).rejects.toMatchObject({ code: 404 });
  });

  it('informs through a killed API server, and misses nothing', async () => {
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const informer = makeInformer(config, path, () => core.listNamespacedConfigMap({ namespace }));
    const seen = new Set<string>();
    const gone = new Set<string>();
    let failures = 0;
    informer.on('add', ({ metadata }) => void seen.add(metadata?.name ?? ''));
    informer.on('delete', ({ metadata }) => void gone.add(metadata?.name ?? ''));
    informer.on('error', () => {
      failures++;
      setTimeout(() => void informer.start().catch(() => undefined), 50);
    });
    await informer.start();
    const create = (name: string): Promise<V1ConfigMap> =>
      core.createNamespacedConfigMap({ namespace, body: { metadata: { name } } });
    await create('before');
    await advance(cluster.url, '1s');
    await until('before is seen', () => seen.has('before'));
    await post(cluster.url, '/_sim/faults', { type: 'kill-process', process: 'control-plane-1/kube-apiserver' });
    await advance(cluster.url, '100ms');
    await until('the informer fails', () => failures > 0);
    await advance(cluster.url, '10s');
    await core.deleteNamespacedConfigMap({ namespace, name: 'before' });
    await create('after');
    await until('after is seen', async () => {
      await advance(cluster.url, '1s');
      return seen.has('after') && gone.has('before');
    });
    await informer.stop();
    expect(failures).toBeGreaterThan(0);
  });

  it('elects one leader of two by a Lease, and the other when its time is up', async () => {
    const leases = config.makeApiClient(CoordinationV1Api);
    const clock = async (): Promise<number> =>
      ((await (await fetch(`${cluster.url}/_sim/clock`)).json()) as { readonly time: number }).time;
    /** One try of client-go's: take the Lease when it is free or mine. */
    const campaign = async (me: string): Promise<boolean> => {
      const now = await clock();
      const spec = { holderIdentity: me, leaseDurationSeconds: 15, leaseTransitions: 0 };
      const renewTime = new V1MicroTime(EPOCH_MS + now * 1000);
      let lease: V1Lease;
      try {
        lease = await leases.readNamespacedLease({ namespace, name: 'leader' });
      } catch {
        return leases
          .createNamespacedLease({
            namespace,
            body: { metadata: { name: 'leader' }, spec: { ...spec, renewTime } },
          })
          .then(
            () => true,
            () => false,
          );
      }
      const held =
        lease.spec?.holderIdentity !== me && EPOCH_MS + now * 1000 - Date.parse(String(lease.spec?.renewTime)) < 15_000;
      if (held) return false;
      return leases
        .replaceNamespacedLease({
          namespace,
          name: 'leader',
          body: Object.assign(new V1Lease(), lease, { spec: { ...spec, renewTime } }),
        })
        .then(
          () => true,
          () => false,
        );
    };
    const results = await Promise.all([campaign('a'), campaign('b')]);
    expect(results.filter(Boolean)).toHaveLength(1);
    const [winner, loser] = results[0] ? (['a', 'b'] as const) : (['b', 'a'] as const);
    expect(await campaign(loser)).toBe(false);
    await advance(cluster.url, '10s');
    expect(await campaign(winner)).toBe(true);
    await advance(cluster.url, '10s');
    expect(await campaign(loser)).toBe(false);
    await advance(cluster.url, '6s');
    expect(await campaign(loser)).toBe(true);
    expect(await campaign(winner)).toBe(false);
  });

  it('follows a log while it grows', async () => {
    const container = {
      name: 'count',
      image: 'busybox',
      command: ['sh', '-c', 'i=0; while true; do echo line $i; i=$((i+1)); sleep 1; done'],
    };
    await core.createNamespacedPod({
      namespace,
      body: { metadata: { name: 'count' }, spec: { containers: [container] } },
    });
    await advance(cluster.url, '20s');
    let text = '';
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        text += chunk.toString();
        done();
      },
    });
    const abort = await new Log(config).log(namespace, 'count', 'count', stream, { follow: true });
    await until('the first lines', async () => {
      await advance(cluster.url, '1s');
      return text.includes('line 3\n');
    });
    const before = text.length;
    await advance(cluster.url, '5s');
    await until('more lines', () => text.length > before);
    expect(text.startsWith('line 0\nline 1\nline 2\n')).toBe(true);
    abort.abort();
  });

  it('applies on the server, and is told of conflicts with another manager', async () => {
    const objects = KubernetesObjectApi.makeApiClient(config);
    const apply = (manager: string, color: string, force = false): Promise<V1ConfigMap> =>
      objects.patch(
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'applied', namespace },
          data: { color },
        },
        undefined,
        undefined,
        manager,
        force,
        PatchStrategy.ServerSideApply,
      );
    expect((await apply('one', 'red')).data).toEqual({ color: 'red' });
    await expect(apply('two', 'blue')).rejects.toMatchObject({ code: 409 });
    expect((await apply('two', 'blue', true)).data).toEqual({ color: 'blue' });
  });

  it('runs commands in a container, and hears how they ended', async () => {
    await core.createNamespacedPod({
      namespace,
      body: { metadata: { name: 'box' }, spec: { containers: [{ name: 'box', image: 'nginx:1.27' }] } },
    });
    await advance(cluster.url, '30s');
    const run = async (command: string[], stdin?: string): Promise<{ out: string; err: string; status: V1Status }> => {
      let out = '';
      let err = '';
      const into = (take: (text: string) => void): Writable =>
        new Writable({
          write(chunk: Buffer, _encoding, done) {
            take(chunk.toString());
            done();
          },
        });
      const input = stdin === undefined ? null : Readable.from([stdin]);
      const status = await new Promise<V1Status>((resolve, reject) => {
        const exec = new Exec(config);
        exec
          .exec(
            namespace,
            'box',
            'box',
            command,
            into((text) => (out += text)),
            into((text) => (err += text)),
            input,
            false,
            resolve,
          )
          .catch(reject);
      });
      return { out, err, status };
    };
    expect(await run(['echo', 'hello'])).toMatchObject({ out: 'hello\n', err: '', status: { status: 'Success' } });
    expect(await run(['sh', '-c', 'echo oops >&2; exit 3'])).toMatchObject({
      out: '',
      err: 'oops\n',
      status: {
        status: 'Failure',
        reason: 'NonZeroExitCode',
        details: { causes: [{ reason: 'ExitCode', message: '3' }] },
      },
    });
    expect(await run(['cat'], 'typed')).toMatchObject({ out: 'typed', status: { status: 'Success' } });
  });
});
