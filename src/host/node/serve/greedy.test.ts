/** Clients that want everything at once, as k9s and Headlamp do: what the cluster has in all its kinds, as lists and watches. */
import { Agent, request as httpRequest, type ClientRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { advance, ask, post, served, type Served } from './testing';

let cluster: Served;
const pool = new Agent({ keepAlive: true });
beforeAll(async () => {
  cluster = await served({ nodes: '2' });
  await advance(cluster.url, '2m');
});
afterAll(async () => {
  pool.destroy();
  await cluster.stop();
});

const DISCOVERY = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

type Json = Readonly<Record<string, unknown>>;
interface Event {
  readonly type: string;
  readonly object: Json;
}

/** One request over the pool. */
function get(path: string, accept: string): Promise<{ readonly code: number; readonly json: Json }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(cluster.url + path, { agent: pool, headers: { accept } }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ code: response.statusCode ?? 0, json: JSON.parse(text) as Json }));
    });
    request.on('error', reject).end();
  });
}

/** A watch over the pool. */
class Watch {
  readonly events: Event[] = [];
  code = 0;
  readonly request: ClientRequest;

  constructor(path: string, accept: string) {
    this.request = httpRequest(cluster.url + path, { agent: pool, headers: { accept } }, (response) => {
      this.code = response.statusCode ?? 0;
      let rest = '';
      response.on('data', (chunk: Buffer) => {
        const lines = (rest + chunk.toString()).split('\n');
        rest = lines.pop() ?? '';
        this.events.push(...lines.map((line) => JSON.parse(line) as Event));
      });
      response.on('error', () => undefined);
    });
    this.request.on('error', () => undefined).end();
  }
}

/** Paths of all that can be listed and watched, by aggregated discovery. */
async function watchable(): Promise<readonly string[]> {
  const documents = await Promise.all(['/api', '/apis'].map((path) => get(path, DISCOVERY)));
  type Resource = { readonly resource: string; readonly verbs: readonly string[] };
  type Version = { readonly version: string; readonly resources: readonly Resource[] };
  type Group = { readonly metadata: { readonly name?: string }; readonly versions: readonly Version[] };
  return documents.flatMap(({ json }) =>
    (json['items'] as readonly Group[]).flatMap(({ metadata: { name = '' }, versions }) =>
      versions.flatMap(({ version, resources }) =>
        resources
          .filter(({ verbs }) => verbs.includes('list') && verbs.includes('watch'))
          .map(({ resource }) => `${name === '' ? '/api' : `/apis/${name}`}/${version}/${resource}`),
      ),
    ),
  );
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`it never came true: ${what}`);
}

const openRequests = async (): Promise<number> =>
  (await ask(cluster.url, '/_sim/clock')).json['openRequests'] as number;

describe('clients that want everything', () => {
  it('ask for rights and for what is not there, and are told', async () => {
    const reviews = await Promise.all(
      ['get', 'list', 'watch', 'delete'].flatMap((verb) =>
        ['pods', 'nodes', 'secrets', 'deployments'].map((resource) =>
          post(cluster.url, '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
            spec: { resourceAttributes: { verb, resource } },
          }),
        ),
      ),
    );
    expect(reviews.map(({ code, json }) => [code, (json['status'] as Json)['allowed']])).toEqual(
      Array.from({ length: 16 }, () => [201, true]),
    );
    expect((await ask(cluster.url, '/apis/metrics.k8s.io/v1beta1')).code).toBe(404);
  });

  it('list all kinds as Tables and watch them, many times over, and each hears the same', async () => {
    const paths = await watchable();
    expect(paths.length).toBeGreaterThan(50);
    const lists = await Promise.all(paths.map((path) => get(`${path}?limit=500`, TABLE)));
    expect(lists.filter(({ code, json }) => code !== 200 || json['kind'] !== 'Table')).toEqual([]);
    const open = (accept: string, times: number): Watch[] =>
      Array.from({ length: times }, () =>
        paths.map((path, index) => {
          const { resourceVersion } = lists[index]!.json['metadata'] as { readonly resourceVersion: string };
          return new Watch(`${path}?watch=true&allowWatchBookmarks=true&resourceVersion=${resourceVersion}`, accept);
        }),
      ).flat();
    const tables = open(TABLE, 2);
    const objects = open('application/json', 4);
    const all = [...tables, ...objects];
    await until('all are open', () => all.every(({ code }) => code === 200));
    expect(await openRequests()).toBe(all.length);

    const maps = '/api/v1/namespaces/default/configmaps';
    for (const name of ['a', 'b']) await post(cluster.url, maps, { metadata: { name }, data: { k: 'v' } });
    await ask(cluster.url, `${maps}/a`, { method: 'DELETE' });
    const at = paths.indexOf('/api/v1/configmaps');
    const mine = (watches: readonly Watch[]): readonly (readonly Event[])[] =>
      watches
        .filter((_, index) => index % paths.length === at)
        .map(({ events }) => events.filter(({ type }) => type !== 'BOOKMARK'));
    await until('all have heard of them', async () => {
      await advance(cluster.url, '100ms');
      return mine(all).every(({ length }) => length === 3);
    });
    const told = mine(objects).map((events) =>
      events.map(({ type, object }) => `${type} ${(object['metadata'] as { readonly name: string }).name}`),
    );
    expect(told).toEqual(Array.from({ length: 4 }, () => ['ADDED a', 'ADDED b', 'DELETED a']));
    const rows = mine(tables).map((events) =>
      events.map(({ type, object }) => {
        const { columnDefinitions, rows: [row] = [] } = object as {
          readonly columnDefinitions: readonly unknown[] | null;
          readonly rows?: readonly { readonly cells: readonly unknown[] }[];
        };
        return [type, columnDefinitions?.length ?? null, ...(row?.cells.slice(0, 2) ?? [])];
      }),
    );
    // Only the first event of a watch has the columns.
    expect(rows).toEqual(
      Array.from({ length: 2 }, () => [
        ['ADDED', 3, 'a', 1],
        ['ADDED', null, 'b', 1],
        ['DELETED', null, 'a', 1],
      ]),
    );

    for (const { request } of all) request.destroy();
    await until('nobody watches', async () => (await openRequests()) === 0);
  });
});
