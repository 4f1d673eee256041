import { createServer, connect, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { advance, ask, post, served, type Served } from './testing';

let cluster: Served;
beforeAll(async () => {
  cluster = await served({ nodes: '2' });
  for (const name of ['web-1', 'web-2']) {
    await post(cluster.url, '/api/v1/namespaces/default/pods', {
      metadata: { name, labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'nginx:1.27' }] },
    });
  }
  await advance(cluster.url, '1m');
});
afterAll(() => cluster.stop());

const SERVICES = '/api/v1/namespaces/default/services';

interface NodePort {
  readonly nodePort: number;
  readonly protocol: string;
  readonly service: string;
  readonly listening: boolean;
  readonly problem?: string;
  readonly connections: number;
}

async function nodePorts(): Promise<readonly NodePort[]> {
  // What listens is known a turn of the event loop after the cluster has said so.
  await ask(cluster.url, '/_sim/state');
  return (await ask(cluster.url, '/_sim/state')).json['nodePorts'] as readonly NodePort[];
}

/** A Service with a port that nobody else on this computer has. @returns the port */
async function serviceOn(name: string, spec: object = {}, wanted?: number): Promise<number> {
  for (let tries = 0; tries < 20; tries++) {
    const { code, text } = await post(cluster.url, SERVICES, {
      metadata: { name },
      spec: {
        type: 'NodePort',
        selector: { app: 'web' },
        ports: [{ port: 80, ...(wanted === undefined ? {} : { nodePort: wanted }) }],
        ...spec,
      },
    });
    expect({ code, text }).toMatchObject({ code: 201 });
    await advance(cluster.url, '2s');
    const port = (await nodePorts()).find(({ service }) => service === name);
    if (wanted !== undefined || port?.listening === true) return port?.nodePort ?? 0;
    await remove(name);
  }
  throw new Error('no port is free');
}

const remove = (name: string): ReturnType<typeof ask> => ask(cluster.url, `${SERVICES}/${name}`, { method: 'DELETE' });

const page = async (port: number): Promise<string> => (await ask(`http://127.0.0.1:${port}`, '/')).text;

/** Requests that each pod has answered, by its access log. */
async function answered(): Promise<readonly number[]> {
  const logs = ['web-1', 'web-2'].map((name) => ask(cluster.url, `/api/v1/namespaces/default/pods/${name}/log`));
  return (await Promise.all(logs)).map(({ text }) => text.split('"GET / HTTP/1.1" 200').length - 1);
}

const errorOf = (asked: Promise<unknown>): Promise<string | undefined> =>
  asked.then(
    () => 'answered',
    (error: NodeJS.ErrnoException) => error.code,
  );

describe('node ports', () => {
  it('carry connections to the ready endpoints in turn, and are closed with their Service', async () => {
    const port = await serviceOn('turns');
    const before = await answered();
    for (let request = 0; request < 4; request++) expect(await page(port)).toContain('Welcome to nginx!');
    const after = await answered();
    expect(after.map((count, index) => count - before[index]!)).toEqual([2, 2]);
    expect((await nodePorts()).find(({ service }) => service === 'turns')).toMatchObject({
      nodePort: port,
      protocol: 'TCP',
      listening: true,
      connections: 0,
    });
    await remove('turns');
    expect(await nodePorts()).toEqual([]);
    expect(await errorOf(page(port))).toBe('ECONNREFUSED');
  });

  it('keep a client at its endpoint while its affinity lasts', async () => {
    const config = { clientIP: { timeoutSeconds: 60 } };
    const port = await serviceOn('sticky', { sessionAffinity: 'ClientIP', sessionAffinityConfig: config });
    const before = await answered();
    for (let request = 0; request < 3; request++) await page(port);
    const spread = (await answered()).map((count, index) => count - before[index]!);
    expect([...spread].sort()).toEqual([0, 3]);
    await advance(cluster.url, '61s');
    await page(port);
    expect((await answered()).map((count, index) => count - before[index]!)).toEqual([...spread].map((n) => n || 1));
    await remove('sticky');
  });

  it('reset connections without a ready endpoint, or to a port on which the pod does not listen', async () => {
    const nobody = await serviceOn('nobody', { selector: { app: 'none' } });
    expect(await errorOf(page(nobody))).toBe('ECONNRESET');
    const wrong = await serviceOn('wrong', { ports: [{ port: 80, targetPort: 81 }] });
    expect(await errorOf(page(wrong))).toBe('ECONNRESET');
    await remove('nobody');
    await remove('wrong');
  });

  it('that another program has, or that are not TCP, are reported and tried by nobody', async () => {
    const { port, server } = await taken();
    await serviceOn('taken', {}, port);
    expect(await nodePorts()).toMatchObject([{ listening: false, problem: 'another program has it', nodePort: port }]);
    expect(cluster.errors()).toContain(
      `kubarium: node port ${port} of the Service default/taken cannot be had: another program has it\n`,
    );
    server.close();
    await remove('taken');
    await serviceOn('datagrams', { ports: [{ port: 53, protocol: 'UDP' }] }, 0);
    expect(await nodePorts()).toMatchObject([{ protocol: 'UDP', problem: 'UDP is not carried' }]);
    await remove('datagrams');
  });

  it('leave nothing behind when clients go without a word', async () => {
    const port = await serviceOn('left');
    const sockets = Array.from({ length: 20 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
    const connected = async (): Promise<number> =>
      (await nodePorts()).find(({ service }) => service === 'left')!.connections;
    while ((await connected()) < 20) await new Promise((resolve) => setTimeout(resolve, 5));
    for (const socket of sockets) socket.resetAndDestroy();
    while ((await connected()) > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await ask(cluster.url, '/_sim/clock')).json['openRequests']).toBe(0);
    await remove('left');
  });
});

/** A port of the range that somebody listens on. */
async function taken(): Promise<{ readonly port: number; readonly server: Server }> {
  for (let port = 32_767; port > 30_000; port--) {
    const server = createServer();
    const got = await new Promise<boolean>((resolve) =>
      server
        .once('error', () => resolve(false))
        .once('listening', () => resolve(true))
        .listen(port, '127.0.0.1'),
    );
    if (got) return { port, server };
  }
  throw new Error('no port is free');
}
