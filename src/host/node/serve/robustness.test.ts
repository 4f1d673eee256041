import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { advance, ask, post, served, type Served } from './testing';

let cluster: Served;
beforeAll(async () => {
  cluster = await served({ nodes: '1' });
  await advance(cluster.url, '2m'); // Until all controllers have opened their watches.
});
afterAll(() => cluster.stop());

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const JSON_TYPE = { 'content-type': 'application/json' };
const create = (name: string, data: Record<string, string> = {}): ReturnType<typeof post> =>
  post(cluster.url, CONFIG_MAPS, { metadata: { name }, data });
const openRequests = async (): Promise<number> =>
  (await ask(cluster.url, '/_sim/clock')).json['openRequests'] as number;

/** Watches and streams that the API server itself holds. */
async function watchesOpen(): Promise<number> {
  const { processes } = (await ask(cluster.url, '/_sim/state')).json as {
    readonly processes: readonly { readonly id: string; readonly facts: Readonly<Record<string, number>> }[];
  };
  return processes.find(({ id }) => id === 'control-plane-1/kube-apiserver')!.facts['watchesOpen']!;
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`it never came true: ${what}`);
}

/** A connection whose bytes the test itself writes and reads. */
class Raw {
  readonly socket: Socket;
  text = '';
  closed = false;

  constructor(text: string) {
    this.socket = connect(Number(new URL(cluster.url).port), '127.0.0.1');
    this.socket.on('data', (bytes) => (this.text += bytes.toString('latin1')));
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => (this.closed = true));
    this.socket.write(text);
  }
}

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
const WATCH = `${CONFIG_MAPS}?watch=true&resourceVersion=0`;

const UNRECOGNIZED =
  "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error:";
const UNKNOWN_TYPE =
  'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml';
const NO_PATH = 'the server could not find the requested resource';
const NO_METHOD = 'the server does not allow this method on the requested resource';

describe('requests that are wrong', () => {
  it.each<[string, string, string, string | undefined, number, string]>([
    ['POST', CONFIG_MAPS, 'application/json', '', 400, `${UNRECOGNIZED} unexpected end of JSON input (<empty>)`],
    ['POST', CONFIG_MAPS, 'application/json', '{"a', 400, `${UNRECOGNIZED} unexpected end of JSON input ({"a)`],
    [
      'POST',
      CONFIG_MAPS,
      'application/json',
      'x: y',
      400,
      `${UNRECOGNIZED} invalid character 'x' looking for beginning of value (783a2079)`,
    ],
    [
      'POST',
      CONFIG_MAPS,
      'application/json',
      '[]',
      400,
      `${UNRECOGNIZED} json: cannot unmarshal array into Go value of type struct`,
    ],
    ['POST', CONFIG_MAPS, 'application/json', 'null', 422, 'ConfigMap "" is invalid: metadata.name: Required value'],
    ['POST', CONFIG_MAPS, 'text/plain', 'x', 415, UNKNOWN_TYPE],
    ['POST', CONFIG_MAPS, 'application/x-www-form-urlencoded', 'x', 415, UNKNOWN_TYPE],
    [
      'PATCH',
      `${CONFIG_MAPS}/kube-root-ca.crt`,
      'application/json',
      '{}',
      415,
      'the body of the request was in an unknown format',
    ],
    ['POST', `${CONFIG_MAPS}/a`, 'application/json', '{}', 405, NO_METHOD],
    ['PUT', CONFIG_MAPS, 'application/json', '{}', 405, NO_METHOD],
    ['OPTIONS', CONFIG_MAPS, 'application/json', undefined, 405, NO_METHOD],
    ['GET', '/api/v1/nothing', 'application/json', undefined, 404, NO_PATH],
    ['GET', '/apis/apps/v9/deployments', 'application/json', undefined, 404, NO_PATH],
    ['GET', `${CONFIG_MAPS}/a/b`, 'application/json', undefined, 404, NO_PATH],
  ])('%s %s (%s, %j) answer %i: %s', async (method, path, type, body, code, message) => {
    const answer = await ask(cluster.url, path, {
      method,
      headers: { 'content-type': type },
      ...(body === undefined ? {} : { body }),
    });
    expect([answer.code, answer.json['code']]).toEqual([code, code]);
    expect(answer.json['message']).toContain(message);
  });

  it('that no handler serves, or that Go could not read, are answered in plain text', async () => {
    expect(await ask(cluster.url, '/nowhere')).toMatchObject({ code: 404, text: '404 page not found\n' });
    expect(await ask(cluster.url, '/api/v1/namespaces/%zz/pods')).toMatchObject({ code: 400, text: '400 Bad Request' });
  });

  it('with a body of more than 3 MiB are refused, whether they say its length or not', async () => {
    const body = Buffer.alloc(3 * 1024 * 1024 + 1, 32);
    for (const headers of [JSON_TYPE, { ...JSON_TYPE, 'transfer-encoding': 'chunked' }]) {
      const answer = await ask(cluster.url, CONFIG_MAPS, { method: 'POST', headers, body });
      expect(answer).toMatchObject({ code: 413, json: { message: 'Request entity too large: limit is 3145728' } });
    }
  });

  it('name objects by escaped names, too', async () => {
    const path = '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode';
    expect((await ask(cluster.url, path)).json['metadata']).toMatchObject({ name: 'system:node' });
  });
});

describe('clients that misbehave', () => {
  it('read too slowly for a watch: it ends, and what was told comes to its end', async () => {
    const before = await watchesOpen();
    const raw = new Raw('');
    raw.socket.pause();
    raw.socket.write(get(WATCH));
    await create('large');
    let round = 0;
    await until('the watch ends', async () => {
      const body = { metadata: { name: 'large' }, data: { text: `${round++}${'x'.repeat(900_000)}` } };
      await ask(cluster.url, `${CONFIG_MAPS}/large`, { method: 'PUT', headers: JSON_TYPE, body: JSON.stringify(body) });
      return (await openRequests()) === 0;
    });
    expect(round).toBeGreaterThan(8);
    await advance(cluster.url, '1s');
    expect(await watchesOpen()).toBe(before);
    raw.socket.resume();
    await until('it comes to its end', () => raw.text.endsWith('\r\n0\r\n\r\n'));
    expect(raw.text.split('"type":"MODIFIED"').length - 1).toBeGreaterThan(8);
    raw.socket.destroy();
    await ask(cluster.url, `${CONFIG_MAPS}/large`, { method: 'DELETE' });
  });

  it('close their half of a connection, or reset it: their watches are over', async () => {
    const before = await watchesOpen();
    const half = new Raw(get(WATCH));
    const gone = new Raw(get(WATCH));
    await until('both watch', async () => half.text !== '' && gone.text !== '' && (await openRequests()) === 2);
    half.socket.end();
    gone.socket.resetAndDestroy();
    await until('nobody watches', async () => (await openRequests()) === 0);
    await advance(cluster.url, '1s');
    expect(await watchesOpen()).toBe(before);
    await until('the connection is closed', () => half.closed);
  });

  it('ask one after the other without waiting, on one connection: all are answered, in order', async () => {
    const names = ['one', 'two', 'three'];
    const raw = new Raw(names.map((name) => get(`${CONFIG_MAPS}/${name}`)).join(''));
    await until('three answers', () => raw.text.split('HTTP/1.1 404').length === 4);
    expect([...raw.text.matchAll(/configmaps \\"(\w+)\\" not found/g)].map(([, name]) => name)).toEqual(names);
    raw.socket.destroy();
  });

  it('send what is no HTTP: they are told so, or let go', async () => {
    const raws = ['\0\0\0\0', 'GET\r\n\r\n', 'nonsense\n\n', '\x16\x03\x01\0\x05hello'].map((text) => new Raw(text));
    await until('all are gone', () => raws.every(({ closed }) => closed));
    expect(raws[1]!.text).toMatch(/^HTTP\/1\.1 400 /);
    expect((await ask(cluster.url, '/version')).code).toBe(200);
  });
});

describe('port-forward', () => {
  it('is refused before the protocol changes to whoever may not, or where there is no pod', async () => {
    const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/default';
    const grant = async (user: string, verb: string, resource: string): Promise<void> => {
      const rules = [{ apiGroups: [''], resources: [resource], verbs: [verb] }];
      await post(cluster.url, `${rbac}/roles`, { metadata: { name: user }, rules });
      await post(cluster.url, `${rbac}/rolebindings`, {
        metadata: { name: user },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: user },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
      });
    };
    await grant('reader', 'get', 'pods');
    await grant('forwarder', 'create', 'pods/portforward');
    await post(cluster.url, '/api/v1/namespaces/default/pods', {
      metadata: { name: 'pages' },
      spec: { containers: [{ name: 'pages', image: 'nginx:1.27' }] },
    });
    await advance(cluster.url, '1m');
    const forward = async (user: string, pod: string): Promise<string> => {
      const raw = new Raw(
        `POST /api/v1/namespaces/default/pods/${pod}/portforward HTTP/1.1\r\nHost: localhost\r\nImpersonate-User: ${user}\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: portforward.k8s.io\r\n\r\n`,
      );
      await until('an answer', () => raw.text.includes('\r\n\r\n'));
      raw.socket.destroy();
      return raw.text;
    };
    expect(await forward('reader', 'pages')).toMatch(
      /^HTTP\/1\.1 403 [\s\S]*User \\"reader\\" cannot create resource \\"pods\/portforward\\"/,
    );
    expect(await forward('forwarder', 'pages')).toMatch(/^HTTP\/1\.1 101 /);
    expect(await forward('forwarder', 'none')).toMatch(/^HTTP\/1\.1 404 [\s\S]*pods \\"none\\" not found/);
    await until('all is over', async () => (await openRequests()) === 0);
  });
});

describe('an API server that is killed under load', () => {
  it('loses nothing that it has acknowledged, ends what is open, and serves again', async () => {
    const watch = new Raw(get(WATCH));
    await until('the watch is open', () => watch.text !== '');
    const acknowledged = new Set<string>();
    let lost = 0;
    let killed: Promise<unknown> = Promise.resolve();
    const client = async (number: number): Promise<void> => {
      for (let turn = 0; turn < 12; turn++) {
        const name = `load-${number}-${turn}`;
        if (number === 0 && turn === 4)
          killed = post(cluster.url, '/_sim/faults', {
            type: 'kill-process',
            process: 'control-plane-1/kube-apiserver',
          });
        await create(name).then(
          ({ code }) => void (code === 201 ? acknowledged.add(name) : lost++),
          () => void lost++,
        );
      }
    };
    await Promise.all(Array.from({ length: 12 }, (_, number) => client(number)));
    await killed;
    await until('the watch is over', () => watch.closed);
    await until('it is ready again', async () => {
      await advance(cluster.url, '5s');
      return (await ask(cluster.url, '/readyz').catch(() => null))?.code === 200;
    });
    expect(acknowledged.size).toBeGreaterThan(12);
    expect(lost).toBeGreaterThan(0);
    const { items } = (await ask(cluster.url, CONFIG_MAPS)).json as {
      readonly items: readonly { readonly metadata: { readonly name: string } }[];
    };
    const stored = new Set(items.map(({ metadata }) => metadata.name));
    expect([...acknowledged].filter((name) => !stored.has(name))).toEqual([]);
    expect(await openRequests()).toBe(0);
  });
});
