import { createSocket, type Socket } from 'node:dgram';
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
  for (const name of ['echo-1', 'echo-2']) {
    await post(cluster.url, '/api/v1/namespaces/default/pods', {
      metadata: { name, labels: { app: 'echo' } },
      spec: { containers: [{ name: 'c', image: 'registry.k8s.io/e2e-test-images/agnhost:2.53', args: ['netexec'] }] },
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

  it('that another program has, or that are for SCTP, are reported and tried by nobody', async () => {
    const { port, server } = await taken();
    await serviceOn('taken', {}, port);
    expect(await nodePorts()).toMatchObject([{ listening: false, problem: 'another program has it', nodePort: port }]);
    expect(cluster.errors()).toContain(
      `kubarium: node port ${port} of the Service default/taken cannot be had: another program has it\n`,
    );
    server.close();
    await remove('taken');
    await serviceOn('association', { ports: [{ port: 53, protocol: 'SCTP' }] }, 0);
    expect(await nodePorts()).toMatchObject([{ protocol: 'SCTP', problem: 'SCTP is not carried' }]);
    await remove('association');
  });

  const UDP = { selector: { app: 'echo' }, ports: [{ port: 8081, protocol: 'UDP' }] };

  it('carry datagrams: each client has its endpoint, in turn', async () => {
    const port = await serviceOn('datagrams', UDP);
    const clients = [await udpClient(port), await udpClient(port)];
    const [one, two] = clients as [UdpClient, UdpClient];
    const hosts = [
      await one.ask('hostname'),
      await two.ask('hostname'),
      await one.ask('hostName'),
      await two.ask('hostname'),
    ];
    expect(hosts.slice(0, 2).sort()).toEqual(['echo-1', 'echo-2']);
    expect(hosts.slice(2)).toEqual(hosts.slice(0, 2));
    expect(await one.ask('echo Some words')).toBe('some words');
    expect(await two.ask('clientip')).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(await nodePorts()).toMatchObject([{ protocol: 'UDP', listening: true, connections: 2 }]);
    await remove('datagrams');
    expect(await nodePorts()).toEqual([]);
    for (const client of clients) client.close();
    const { socket } = await bound(port);
    socket.close();
  });

  it('give a client another endpoint when its own is gone', async () => {
    const port = await serviceOn('moving', UDP);
    const client = await udpClient(port);
    const first = await client.ask('hostname');
    await ask(cluster.url, `/api/v1/namespaces/default/pods/${first}?gracePeriodSeconds=0`, { method: 'DELETE' });
    await advance(cluster.url, '1m');
    expect([first, await client.ask('hostname')].sort()).toEqual(['echo-1', 'echo-2']);
    client.close();
    await remove('moving');
  });

  it('drop datagrams that nobody takes', async () => {
    const port = await serviceOn('deaf', { selector: { app: 'web' }, ports: [{ port: 8081, protocol: 'UDP' }] });
    const client = await udpClient(port);
    expect(await client.ask('hostname', 300)).toBeNull();
    expect((await ask(cluster.url, '/_sim/clock')).json['openRequests']).toBe(0);
    client.close();
    await remove('deaf');
  });

  it('for datagrams that another program has are reported', async () => {
    const { socket, port } = await bound(0, 32_767);
    await serviceOn('held', { ...UDP, ports: [{ ...UDP.ports[0], nodePort: port }] }, port);
    expect(await nodePorts()).toMatchObject([{ listening: false, problem: 'another program has it', nodePort: port }]);
    expect(cluster.errors()).toContain(
      `kubarium: node port ${port}/UDP of the Service default/held cannot be had: another program has it\n`,
    );
    socket.close();
    await remove('held');
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

interface UdpClient {
  /** The answer; null when there is none in time. */
  ask(text: string, patience?: number): Promise<string | null>;
  close(): void;
}

async function udpClient(port: number): Promise<UdpClient> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.connect(port, '127.0.0.1', resolve));
  socket.on('error', () => undefined);
  return {
    ask: (text, patience = 5_000) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => resolve(null), patience);
        socket.once('message', (data) => {
          clearTimeout(timer);
          resolve(data.toString());
        });
        socket.send(text);
      }),
    close: () => void socket.close(),
  };
}

/** A UDP port that somebody has: this one, or the first free one from `from` downwards. */
async function bound(wanted: number, from = wanted): Promise<{ readonly socket: Socket; readonly port: number }> {
  for (let port = from; port > 30_000; port--) {
    const socket = createSocket('udp4');
    const got = await new Promise<boolean>((resolve) =>
      socket
        .once('error', () => resolve(false))
        .once('listening', () => resolve(true))
        .bind({ port, address: '127.0.0.1', exclusive: true }),
    );
    if (got) return { socket, port };
    if (port === wanted) break;
  }
  throw new Error('no port is free');
}

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
