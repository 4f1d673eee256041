/** The official JavaScript client against a served cluster: what controllers and tools that are written with it do all day. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import {
  CoordinationV1Api,
  CoreV1Api,
  Cp,
  Exec,
  KubeConfig,
  KubernetesObjectApi,
  Log,
  makeInformer,
  PatchStrategy,
  PortForward,
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
/** Folders that go when all is done. */
const leftovers: string[] = [];
afterAll(() => {
  for (const folder of leftovers) rmSync(folder, { recursive: true, force: true });
  return cluster.stop();
});

const namespace = 'default';
const EPOCH_MS = Date.UTC(2026, 0, 1);

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${what}: it never came true`);
}

/** Runs a command in the pod `box`. */
async function run(command: string[], stdin?: string): Promise<{ out: string; err: string; status: V1Status }> {
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
    let waits = false;
    informer.on('error', () => {
      failures++;
      if (waits) return;
      waits = true;
      setTimeout(() => {
        waits = false;
        void informer.start().catch(() => undefined);
      }, 50);
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
});

describe('its streams', () => {
  const openRequests = async (): Promise<unknown> => {
    const clock = (await (await fetch(`${cluster.url}/_sim/clock`)).json()) as { readonly openRequests: number };
    return clock.openRequests;
  };
  let before: unknown;
  beforeAll(async () => {
    before = await openRequests();
  });

  it('runs commands in a container, and hears how they ended', async () => {
    await core.createNamespacedPod({
      namespace,
      body: { metadata: { name: 'box' }, spec: { containers: [{ name: 'box', image: 'nginx:1.27' }] } },
    });
    await advance(cluster.url, '30s');
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

  it('forwards a port, for each connection a stream of its own', async () => {
    const forward = new PortForward(config);
    const listener = createServer((socket) => void forward.portForward(namespace, 'box', [80], socket, null, socket));
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as AddressInfo;
    const pages = await Promise.all(
      ['/', '/nothing'].map(async (path) => {
        const page = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close' } });
        return [page.status, /<title>(.*)<\/title>/.exec(await page.text())?.[1]];
      }),
    );
    expect(pages).toEqual([
      [200, 'Welcome to nginx!'],
      [404, '404 Not Found'],
    ]);
    await new Promise((resolve) => listener.close(resolve));
  });

  it('copies files into a container and out of it, to the byte', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kubarium-cp-'));
    const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => (index * 37) & 255);
    mkdirSync(join(folder, 'packed'));
    writeFileSync(join(folder, 'packed', 'there'), bytes);
    const cp = new Cp(config);
    await cp.cpToPod(namespace, 'box', 'box', join(folder, 'packed'), '/tmp');
    await until('the file is there', async () => (await run(['wc', '-c', '/tmp/there'])).status.status === 'Success');
    await cp.cpFromPod(namespace, 'box', 'box', 'there', join(folder, 'back'), '/tmp');
    await until('it comes back', () => existsSync(join(folder, 'back', 'there')));
    await until('it is whole', () => readFileSync(join(folder, 'back', 'there')).length === bytes.length);
    expect(new Uint8Array(readFileSync(join(folder, 'back', 'there')))).toEqual(bytes);
    leftovers.push(folder); // the library still sets the file's times
  });

  it('opens a terminal, whose size the program learns', async () => {
    let out = '';
    const screen = Object.assign(new PassThrough(), { rows: 40, columns: 100 });
    screen.on('data', (chunk: Buffer) => (out += chunk.toString()));
    const keys = new PassThrough();
    const socket = await new Exec(config).exec(namespace, 'box', 'box', ['sh'], screen, null, keys, true);
    await until('a prompt', () => out.includes('# '));
    keys.write('stty size\r');
    await until('the size', () => out.includes('\r\n40 100\r\n'));
    Object.assign(screen, { rows: 50, columns: 132 });
    screen.emit('resize');
    await until('the new size', async () => {
      keys.write('stty size\r');
      await advance(cluster.url, '1s');
      return out.includes('\r\n50 132\r\n');
    });
    keys.write('exit\r');
    await until('the end', () => socket.readyState === socket.CLOSED);
    expect(out.endsWith('exit\r\n')).toBe(true);
  });

  it('leave no request behind', async () => {
    await advance(cluster.url, '1s');
    expect(await openRequests()).toBe(before);
  });
});
