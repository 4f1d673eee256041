// long: one cluster is served to all of these tests
import { readFileSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { type ClientRequest, get as httpGet, type IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Recording } from '#engine/cluster/door';
import { engineOf } from '#engine/cluster/engine';
import { advance, ask, post, served, type Served } from './testing';

let cluster: Served;
beforeAll(async () => {
  cluster = await served({ nodes: '2' });
});
afterAll(() => cluster.stop());

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const create = (name: string, data: Record<string, string> = {}): ReturnType<typeof post> =>
  post(cluster.url, CONFIG_MAPS, { metadata: { name }, data });
const openRequests = async (): Promise<number> =>
  (await ask(cluster.url, '/_sim/clock')).json['openRequests'] as number;
const state = async (): Promise<Readonly<Record<string, unknown>>> => (await ask(cluster.url, '/_sim/state')).json;

/** A watch as a client holds it. */
class Watch {
  readonly lines: string[] = [];
  ended = false;
  readonly request: ClientRequest;
  response: IncomingMessage | null = null;

  constructor(path: string) {
    this.request = httpGet(cluster.url + path, { agent: false }, (response) => {
      this.response = response;
      let rest = '';
      response.on('data', (chunk: Buffer) => {
        const [last = '', ...lines] = (rest + chunk.toString('utf8')).split('\n').reverse();
        rest = last;
        this.lines.push(...lines.reverse());
      });
      response.on('close', () => (this.ended = true));
      response.on('error', () => undefined);
    });
    this.request.on('error', () => (this.ended = true));
  }

  names(): string[] {
    return this.lines.map((line) => {
      const { type, object } = JSON.parse(line) as {
        readonly type: string;
        readonly object: { readonly metadata: { readonly name: string } };
      };
      return `${type} ${object.metadata.name}`;
    });
  }
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 4000; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('it never came true');
}

describe('requests', () => {
  it('are answered in the API server’s words, with its headers', async () => {
    const { code, headers, text } = await ask(cluster.url, '/api/v1/nodes/none');
    expect(code).toBe(404);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'no-cache, private',
      'audit-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      date: expect.stringMatching(/^Thu, 01 Jan 2026 00:0/),
    });
    expect(text).toBe(
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"nodes \\"none\\" not found","reason":"NotFound","details":{"name":"none","kind":"nodes"},"code":404}\n',
    );
    expect((await ask(cluster.url, '/version', { headers: { 'Audit-ID': 'mine' } })).headers['audit-id']).toBe('mine');
  });

  it('for lists tell the kind once, for an object each time', async () => {
    const { json } = await ask(cluster.url, '/api/v1/namespaces');
    expect(Object.keys(json)).toEqual(['kind', 'apiVersion', 'metadata', 'items']);
    const items = json['items'] as readonly object[];
    expect(items.map((item) => Object.keys(item))).toEqual(items.map(() => ['metadata', 'spec', 'status']));
    expect((await ask(cluster.url, '/api/v1/namespaces/default')).json).toMatchObject({ kind: 'Namespace' });
  });

  it('get JSON or YAML, indented for readers, and nothing else', async () => {
    const path = '/api/v1/namespaces/default';
    const as = async (accept: string, more = {}): ReturnType<typeof ask> =>
      ask(cluster.url, path, { headers: { accept, ...more } });
    expect((await as('application/vnd.kubernetes.protobuf,application/json')).headers['content-type']).toBe(
      'application/json',
    );
    const yaml = await as('application/yaml');
    expect(yaml.headers['content-type']).toBe('application/yaml');
    expect(parse(yaml.text)).toMatchObject({ kind: 'Namespace', metadata: { name: 'default' } });
    expect(await as('application/vnd.kubernetes.protobuf')).toMatchObject({
      code: 406,
      json: { message: 'only the following media types are accepted: application/json, application/yaml' },
    });
    expect(await as('application/json;as=Chair;v=v1;g=meta.k8s.io')).toMatchObject({ code: 406 });
    expect(await as('application/yaml;as=Table;v=v1;g=meta.k8s.io')).toMatchObject({ code: 200 });
    expect(await ask(cluster.url, '/api/v1/pods?watch=1', { headers: { accept: 'application/yaml' } })).toMatchObject({
      code: 406,
      json: { message: 'only the following media types are accepted: application/json;stream=watch' },
    });
    expect((await as('*/*', { 'user-agent': 'curl/8.5.0' })).text).toContain('\n  "kind": "Namespace"');
    expect((await ask(cluster.url, '/readyz')).text).toBe('ok');
  });

  it('bring JSON or YAML; what is neither is told in the words of Go', async () => {
    const send = (contentType: string, body: string): ReturnType<typeof ask> =>
      ask(cluster.url, CONFIG_MAPS, { method: 'POST', headers: { 'content-type': contentType }, body });
    expect(await send('application/yaml', 'metadata:\n  name: from-yaml\ndata: {a: b}\n')).toMatchObject({ code: 201 });
    expect(await send('application/json', '{"metadata":')).toMatchObject({
      code: 400,
      json: {
        message: `the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: unexpected end of JSON input ({"metadata":)`,
      },
    });
    expect(await send('application/vnd.kubernetes.protobuf', 'k8s\0')).toMatchObject({
      code: 415,
      json: {
        message:
          'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml',
      },
    });
    const { headers } = await send('application/json', '{"metadata":{"name":"warned"},"dta":{}}');
    expect(headers.warning).toBe('299 - "unknown field \\"dta\\""');
  });

  it('that answer with much are compressed for those who say so', async () => {
    await create('large', { text: 'x'.repeat(200_000) });
    const path = `${CONFIG_MAPS}/large`;
    const { headers, bytes } = await ask(cluster.url, path, { headers: { 'accept-encoding': 'gzip' } });
    expect(headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
    expect(JSON.parse(gunzipSync(bytes).toString())).toMatchObject({ metadata: { name: 'large' } });
    expect((await ask(cluster.url, path)).headers['content-encoding']).toBeUndefined();
  });

  it('are bounded: 3 MiB of body, known methods, a head in time', async () => {
    const big = await ask(cluster.url, CONFIG_MAPS, { method: 'POST', body: Buffer.alloc(3 * 1024 * 1024 + 1, 32) });
    expect(big).toMatchObject({ code: 413, json: { message: 'Request entity too large: limit is 3145728' } });
    expect(await ask(cluster.url, '/version', { method: 'OPTIONS' })).toMatchObject({ code: 405 });
    expect(await ask(cluster.url, '/version', { headers: { 'x-long': 'x'.repeat(70_000) } })).toMatchObject({
      code: 431,
    });
  });

  it.each([
    [{ host: 'evil.example' }, 'the Host "evil.example" is no loopback name'],
    [{ host: '127.0.0.1.evil.example:80' }, 'is no loopback name'],
    [{ origin: 'https://evil.example' }, 'the Origin "https://evil.example" is no loopback name'],
    [{ origin: 'null' }, 'the Origin "null" is no loopback name'],
  ])('of %j are turned away', async (headers, message) => {
    for (const path of ['/version', '/_sim/state']) {
      const { code, json } = await ask(cluster.url, path, { headers });
      expect(code).toBe(403);
      expect(json['message']).toContain(message);
    }
  });

  it.each([[{ host: 'localhost' }], [{ host: '[::1]:1234' }], [{ origin: 'http://localhost:5173' }]])(
    'of %j come in',
    async (headers) => expect((await ask(cluster.url, '/version', { headers })).code).toBe(200),
  );

  it('over TLS are whose the certificate says', async () => {
    const config = parse(readFileSync(cluster.kubeconfig, 'utf8')) as {
      readonly clusters: readonly { readonly cluster: Record<string, string> }[];
      readonly users: readonly { readonly user: Record<string, string> }[];
    };
    const decode = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64');
    const { server = '', 'certificate-authority-data': ca } = config.clusters[0]!.cluster;
    const { 'client-certificate-data': cert, 'client-key-data': key } = config.users[0]!.user;
    const status = (identity: object): Promise<number> =>
      new Promise((resolve, reject) => {
        const agent = new Agent({ ca: decode(ca), ...identity });
        httpsRequest(`${server}/api/v1/namespaces/default`, { agent }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        })
          .on('error', reject)
          .end();
      });
    expect(await status({ cert: decode(cert), key: decode(key) })).toBe(200);
    const { newCertificates } = await import('./certificates');
    const { admin } = newCertificates(['localhost'], Date.now());
    expect(await status({ cert: admin.certificate, key: admin.key })).toBe(401);
    expect((await ask(cluster.url, '/version', { headers: { authorization: 'Bearer nonsense' } })).code).toBe(401);
  });
});

describe('watches', () => {
  it('are told as virtual time goes, one JSON object a line', async () => {
    const watch = new Watch(`${CONFIG_MAPS}?watch=true&fieldSelector=metadata.name%3Dwatched`);
    await until(() => watch.response !== null);
    expect(watch.response!.headers).toMatchObject({
      'content-type': 'application/json',
      'transfer-encoding': 'chunked',
    });
    await create('watched');
    await advance(cluster.url, '1s');
    await until(() => watch.lines.length > 0);
    expect(watch.names()).toEqual(['ADDED watched']);
    watch.request.destroy();
  });

  it('of clients that are gone are over in the engine too, also when there are hundreds', async () => {
    const watchesOpen = async (): Promise<number> => {
      const { processes } = (await state()) as {
        readonly processes: readonly { id: string; facts: Record<string, number> }[];
      };
      return processes.find(({ id }) => id === 'control-plane-1/kube-apiserver')!.facts['watchesOpen']!;
    };
    await advance(cluster.url, '2m'); // Until all controllers have opened theirs.
    const before = await watchesOpen();
    const watches = Array.from({ length: 300 }, () => new Watch(`${CONFIG_MAPS}?watch=true&resourceVersion=0`));
    await until(() => watches.every(({ response }) => response !== null));
    expect(await openRequests()).toBe(300);
    expect(await watchesOpen()).toBe(before + 300);
    for (const { request } of watches) request.destroy();
    await until(async () => (await openRequests()) === 0);
    await advance(cluster.url, '1s');
    expect(await watchesOpen()).toBe(before);
  });

  it('end with their time, and with their reader’s patience', async () => {
    const watch = new Watch(`${CONFIG_MAPS}?watch=true&timeoutSeconds=3`);
    await until(() => watch.response !== null);
    await advance(cluster.url, '4s');
    await until(() => watch.ended);
    expect(watch.response!.complete).toBe(true);
  });
});

describe('the side window', () => {
  it('shows machines, processes, links, faults and the clock', async () => {
    expect(await state()).toMatchObject({
      paused: true,
      hash: expect.stringMatching(/^[0-9a-f]+$/),
      machines: expect.arrayContaining([expect.objectContaining({ name: 'node-2', power: 'on' })]),
      processes: expect.arrayContaining([expect.objectContaining({ id: 'node-1/kubelet', machine: 'node-1' })]),
      links: expect.arrayContaining([{ machine: 'node-1', in: true, out: true }]),
      raft: [
        expect.objectContaining({
          member: 'control-plane-1/etcd',
          role: expect.stringMatching(/^leader$/i),
          term: expect.any(Number),
        }),
      ],
      faults: [],
    });
  });

  it('stands still, goes at a speed, and advances', async () => {
    const now = async (): Promise<number> => (await ask(cluster.url, '/_sim/clock')).json['now'] as number;
    const before = await now();
    expect(await now()).toBe(before);
    expect((await advance(cluster.url, '5m')).json['now']).toBe(before + 300_000_000);
    expect((await post(cluster.url, '/_sim/clock', { speed: 1000 })).json).toMatchObject({
      speed: 1000,
      paused: false,
    });
    await until(async () => (await now()) > before + 301_000_000);
    expect((await post(cluster.url, '/_sim/clock', { paused: true })).json).toMatchObject({
      speed: 1000,
      paused: true,
    });
    expect((await post(cluster.url, '/_sim/clock', { speed: 1, paused: true })).json).toMatchObject({ paused: true });
  });

  it.each([
    ['/_sim/clock', { speed: -1 }, 400, 'speed: must be a number above 0, or "max"'],
    ['/_sim/clock', { spede: 1 }, 400, 'spede: unknown field "spede" (did you mean "speed"?)'],
    ['/_sim/clock', { advance: 'soon' }, 400, 'advance: "soon" is no duration; write 90s, 10m or 1h5m'],
    ['/_sim/clock', {}, 400, 'say "speed", "paused" or "advance"'],
    ['/_sim/faults', { type: 'power-off' }, 400, 'a power-off needs "machine"'],
    [
      '/_sim/faults',
      { type: 'power-off', machine: 'node-9' },
      404,
      'there is no machine "node-9"; there are control-plane-1, node-1, node-2, laptop',
    ],
    [
      '/_sim/faults',
      { type: 'latency', zone: 'zone-x', add: '1s' },
      404,
      'there is no zone "zone-x"; there are zone-a',
    ],
    ['/_sim/faults', { type: 'rack-outage', rack: 'a' }, 404, 'there is no rack "a"; there are zone-a-rack-1'],
    ['/_sim/faults', { type: 'kill-process', pod: 'none' }, 404, 'pods "none" not found'],
    [
      '/_sim/faults',
      { type: 'cpu-stress', machine: 'node-1', workers: 0 },
      400,
      'workers: must be from 1 to 10000, is 0',
    ],
    [
      '/_sim/faults',
      { type: 'spot-reclaim', machine: 'control-plane-1' },
      404,
      'control-plane-1 is no worker: the cloud takes only workers back',
    ],
    ['/_sim/restore', { state: 'x' }, 400, 'the body must be what POST /_sim/save answered'],
    ['/_sim/nothing', {}, 404, 'no /_sim/nothing; GET /_sim/ lists what there is'],
    ['/_sim/state', {}, 405, 'POST /_sim/state is nothing; there is GET'],
  ])('answers %s %j with %i', async (path, body, code, error) => {
    expect(await post(cluster.url, path, body)).toMatchObject({ code, json: { error } });
  });

  it('adds machines and takes them away, but not the last control plane', async () => {
    const last = await ask(cluster.url, '/_sim/machines/control-plane-1', { method: 'DELETE' });
    expect(last).toMatchObject({ code: 409, json: { error: 'machine "control-plane-1" is the last control plane' } });
    const added = await post(cluster.url, '/_sim/machines', { role: 'control-plane' });
    expect(added.json).toEqual({ machine: 'control-plane-2' });
    await advance(cluster.url, '1m');
    const raft = async (): Promise<unknown> => (await state())['raft'];
    expect(await raft()).toHaveLength(2);
    expect((await ask(cluster.url, '/_sim/machines/control-plane-2', { method: 'DELETE' })).code).toBe(200);
    await advance(cluster.url, '1m');
    expect(await raft()).toMatchObject([{ member: 'control-plane-1/etcd', role: 'leader' }]);
    expect((await ask(cluster.url, '/_sim/machines/node-9', { method: 'DELETE' })).code).toBe(404);
  });

  it('injects faults, says why, and heals', async () => {
    const { json } = await post(cluster.url, '/_sim/faults', { type: 'power-off', machine: 'node-2' });
    const id = json['id'] as string;
    expect((await state())['faults']).toEqual([{ id, at: expect.any(Number), type: 'power-off', machine: 'node-2' }]);
    await advance(cluster.url, '1m');
    const why = await ask(cluster.url, '/_sim/why?kind=Node&name=node-2');
    expect(why.json).toMatchObject({
      subject: { kind: 'Node', name: 'node-2' },
      reasons: expect.arrayContaining([expect.anything()]),
    });
    expect((await ask(cluster.url, `/_sim/faults/${id}`, { method: 'DELETE' })).json).toEqual({ id });
    expect((await ask(cluster.url, `/_sim/faults/${id}`, { method: 'DELETE' })).code).toBe(404);
    expect((await state())['faults']).toEqual([]);
  });

  it('tells the schedulers how to work, or what is wrong with what they are told', async () => {
    const told = { apiVersion: 'kubescheduler.config.k8s.io/v1', kind: 'KubeSchedulerConfiguration' };
    const wrong = await post(cluster.url, '/_sim/scheduler', { ...told, parallelism: 0 });
    expect([wrong.code, wrong.text]).toEqual([
      400,
      expect.stringContaining('parallelism: Invalid value: 0: should be an integer value greater than zero'),
    ]);
    const profiles = [{ schedulerName: 'default-scheduler' }, { schedulerName: 'other' }];
    const set = await post(cluster.url, '/_sim/scheduler', { ...told, profiles });
    expect([set.code, set.json]).toEqual([200, { ...told, profiles }]);
    const pods = '/api/v1/namespaces/default/pods';
    await post(cluster.url, pods, {
      metadata: { name: 'of-other' },
      spec: { schedulerName: 'other', containers: [{ name: 'c', image: 'nginx:1.27' }] },
    });
    await advance(cluster.url, '1m');
    const { spec } = (await ask(cluster.url, `${pods}/of-other`)).json as { spec: { nodeName?: string } };
    expect(spec.nodeName).toMatch(/^node-/);
    await ask(cluster.url, `${pods}/of-other`, { method: 'DELETE' });
  });

  it('saves the engine and puts it back, and the run goes on as it would have', async () => {
    const saved = await post(cluster.url, '/_sim/save', {});
    await create('after-the-save');
    const restored = await ask(cluster.url, '/_sim/restore', { method: 'POST', body: saved.text });
    expect(restored.code).toBe(200);
    expect((await ask(cluster.url, `${CONFIG_MAPS}/after-the-save`)).code).toBe(404);
  });

  it('gives a recording that ends in the same state', async () => {
    await create('recorded');
    const watch = new Watch(`${CONFIG_MAPS}?watch=true`);
    await until(() => watch.response !== null);
    watch.request.destroy();
    await advance(cluster.url, '10s');
    const recording = (await ask(cluster.url, '/_sim/recording')).json as unknown as Recording;
    const again = engineOf(recording);
    again.run(recording.until, { events: Infinity });
    expect(again.hash()).toBe(recording.hash);
  });
});

describe('a control plane that fails', () => {
  it('is an ended connection, and is back when it is', async () => {
    const watch = new Watch(`${CONFIG_MAPS}?watch=true`);
    await until(() => watch.response !== null);
    await post(cluster.url, '/_sim/faults', { type: 'kill-process', process: 'control-plane-1/kube-apiserver' });
    await expect(ask(cluster.url, '/api/v1/nodes')).rejects.toThrow(/socket hang up|ECONNRESET/);
    await until(() => watch.ended);
    expect(watch.response!.complete).toBe(false);
    await advance(cluster.url, '5s');
    expect((await ask(cluster.url, '/api/v1/nodes')).code).toBe(200);
  });
});

describe('the command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubarium-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    [{ nodes: '0' }, '--nodes must be a whole number from 1 to 5000, is "0"'],
    [{ port: '65536' }, '--port must be a whole number from 0 to 65535, is "65536"'],
    [{ speed: 'fast' }, '--speed must be a number above 0 or max, is "fast"'],
    [{ seed: '-1' }, '--seed must be a whole number from 0 to 4294967295, is "-1"'],
    [{ kubeconfig: '/nowhere/at/all' }, 'cannot write /nowhere/at/all: no such file'],
    [{ 'audit-policy': '/nowhere/at/all' }, 'cannot read /nowhere/at/all: no such file'],
    [{ 'node-groups': '3:1:pool' }, '--node-groups: "3:1:pool" is not MIN:MAX:NAME, such as 0:3:pool'],
    [{ 'scheduler-config': '/nowhere/at/all' }, 'cannot read /nowhere/at/all: no such file'],
  ])('refuses %j', async (options, message) => {
    await expect(served(options)).rejects.toThrow(message);
  });

  it('takes an audit policy, and says what is wrong with one', async () => {
    const file = join(folder, 'audit.yaml');
    const policy = (rule: string): void =>
      writeFileSync(file, `apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- ${rule}\n`);
    policy('level: All');
    await expect(served({ 'audit-policy': file })).rejects.toThrow(
      `rules[0].level: Unsupported value: "All": supported values: "None", "Metadata", "Request", "RequestResponse": from file ${file}`,
    );
    policy('{ level: Metadata, verbs: [create], resources: [{ resources: [secrets] }] }');
    const own = await served({ nodes: '1', 'audit-policy': file });
    await post(own.url, '/api/v1/namespaces/default/secrets', { metadata: { name: 'seen' } });
    const { text } = await ask(own.url, '/api/v1/namespaces/kube-system/pods/kube-apiserver-control-plane-1/log');
    expect(text).toMatch(/"kind":"Event","apiVersion":"audit.k8s.io\/v1","level":"Metadata".*"name":"seen"/);
    expect(await own.stop()).toBe(0);
  });

  it('says that a port is taken', async () => {
    const { port } = new URL(cluster.url);
    await expect(served({ port })).rejects.toThrow(`cannot listen on port ${port}: the port is taken`);
  });

  it('puts its context among those of a kubeconfig, and refuses a file that is none', async () => {
    const file = join(folder, 'config');
    writeFileSync(
      file,
      'apiVersion: v1\nkind: Config\ncurrent-context: work\ncontexts:\n- name: work\n  context: {cluster: work, user: me}\n',
    );
    const own = await served({ nodes: '1', kubeconfig: file });
    const written = parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    expect(written).toMatchObject({
      'current-context': 'kubarium',
      contexts: [{ name: 'work' }, { name: 'kubarium', context: { cluster: 'kubarium', user: 'kubarium' } }],
      clusters: [{ name: 'kubarium', cluster: { server: own.url.replace('http', 'https') } }],
    });
    expect(await own.stop()).toBe(0);
    writeFileSync(file, 'just a text');
    await expect(served({ kubeconfig: file })).rejects.toThrow('it is there and is no kubeconfig');
  });
});
