import { describe, expect, it } from 'vitest';
import type { KubeObject } from '#engine/api/types';
import { CONFIG_MAPS, configMap, MERGE, message, TestApi } from './testing';

const form = (as: string) => ({ accept: `application/json;as=${as};g=meta.k8s.io;v=v1,application/json` });

describe('metadata alone', () => {
  const withOne = (): TestApi => {
    const api = new TestApi();
    api.want('POST', CONFIG_MAPS, { ...configMap('a', { labels: { x: 'y' } }), data: { k: 'v' } });
    return api;
  };

  it('is what a get, a list and a watch answer with who ask for it', () => {
    const api = withOne();
    const one = api.want('GET', `${CONFIG_MAPS}/a`, undefined, form('PartialObjectMetadata'));
    expect(Object.keys(one).sort()).toEqual(['apiVersion', 'kind', 'metadata']);
    expect([one.kind, one.apiVersion, one.metadata.labels]).toEqual([
      'PartialObjectMetadata',
      'meta.k8s.io/v1',
      { x: 'y' },
    ]);
    const list: unknown = api.want('GET', `${CONFIG_MAPS}?limit=5`, undefined, form('PartialObjectMetadataList'));
    const { kind, items } = list as { kind: string; items: KubeObject[] };
    expect([kind, items.map((item) => [item.kind, item.metadata.name])]).toEqual([
      'PartialObjectMetadataList',
      [['PartialObjectMetadata', 'a']],
    ]);
  });

  it('is refused for the wrong thing, in the words of Kubernetes', () => {
    const api = withOne();
    expect(message(api.ask('GET', CONFIG_MAPS, undefined, form('PartialObjectMetadata')))).toBe(
      'you requested PartialObjectMetadata, but the requested object is a list (*core.ConfigMapList)',
    );
    expect(message(api.ask('GET', `${CONFIG_MAPS}/a`, undefined, form('PartialObjectMetadataList')))).toBe(
      'you requested PartialObjectMetadataList, but the requested object is not a list (*core.ConfigMap)',
    );
  });

  it('comes in a watch, bookmarks too', () => {
    const api = withOne();
    const query = 'watch=true&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan';
    const watch = api.watch(`${CONFIG_MAPS}?${query}`, form('PartialObjectMetadata'));
    expect(watch.raw().map(({ type, object }) => [type, (object as KubeObject).kind])).toEqual([
      ['ADDED', 'PartialObjectMetadata'],
      ['BOOKMARK', 'PartialObjectMetadata'],
    ]);
  });
});

describe('writes', () => {
  it('answer with metadata alone, or a Table, to those who ask for it', () => {
    const api = new TestApi();
    const metadata = form('PartialObjectMetadata');
    const kinds = [
      api.ask('POST', CONFIG_MAPS, { ...configMap('a'), data: { k: 'v' } }, metadata),
      api.ask('PUT', `${CONFIG_MAPS}/a`, { ...configMap('a'), data: { k: 'w' } }, metadata),
      api.ask('PATCH', `${CONFIG_MAPS}/a`, { data: { k: 'x' } }, { ...MERGE, ...metadata }),
    ].map(({ code, body }) => [
      code,
      Object.keys(body as object)
        .sort()
        .join(),
      (body as KubeObject).kind,
    ]);
    expect(kinds).toEqual([201, 200, 200].map((code) => [code, 'apiVersion,kind,metadata', 'PartialObjectMetadata']));
    const table = api.ask('PATCH', `${CONFIG_MAPS}/a`, { data: { l: 'y' } }, { ...MERGE, ...form('Table') });
    expect(table.body).toMatchObject({ kind: 'Table', rows: [{ cells: ['a', 2, expect.any(String)] }] });
    expect(api.ask('POST', CONFIG_MAPS, configMap('a'), form('Table'))).toMatchObject({
      code: 409,
      body: { reason: 'AlreadyExists' },
    });
    expect(api.ask('DELETE', CONFIG_MAPS, undefined, form('PartialObjectMetadataList')).body).toMatchObject({
      kind: 'PartialObjectMetadataList',
      items: [{ kind: 'PartialObjectMetadata', metadata: { name: 'a' } }],
    });
    api.want('POST', CONFIG_MAPS, { ...configMap('b', { finalizers: ['example.com/keep'] }) });
    expect(api.ask('DELETE', `${CONFIG_MAPS}/b`, undefined, form('Table')).body).toMatchObject({ kind: 'Table' });
  });
});

describe('the Accept header', () => {
  it.each([
    ['application/json;as=Table;v=v1;g=meta.k8s.io', 'Table'],
    ['application/json;as=Table;v=v2;g=meta.k8s.io,application/json', 'ConfigMap'],
    ['application/json;as=Chair;v=v1;g=meta.k8s.io, application/json;as=Table;g=meta.k8s.io;v=v1beta1', 'Table'],
    ['application/json;as=Table;v=v1;g=apps,application/json', 'ConfigMap'],
    ['application/json,application/json;as=Table;v=v1;g=meta.k8s.io', 'ConfigMap'],
  ])('%s asks for a %s', (accept, kind) => {
    const api = new TestApi();
    api.want('POST', CONFIG_MAPS, configMap('a'));
    expect(api.want('GET', `${CONFIG_MAPS}/a`, undefined, { accept }).kind).toBe(kind);
  });

  it.each(['', '&watch=true'])('with an includeObject that is unknown is refused %s', (more) => {
    const answer = new TestApi().ask('GET', `${CONFIG_MAPS}?includeObject=All${more}`, undefined, form('Table'));
    expect([answer.code, message(answer)]).toEqual([
      400,
      `Unable to convert to Table as requested: includeObject: Invalid value: "All": must be 'Metadata', 'Object', 'None', or empty`,
    ]);
  });
});

describe('a watch without initial events', () => {
  it('begins with what comes next', () => {
    const api = new TestApi();
    api.want('POST', CONFIG_MAPS, configMap('a'));
    const watch = api.watch(
      `${CONFIG_MAPS}?watch=true&sendInitialEvents=false&resourceVersionMatch=NotOlderThan&resourceVersion=0`,
    );
    expect(watch.events()).toEqual([]);
    api.want('POST', CONFIG_MAPS, configMap('b'));
    expect(watch.events()).toEqual(['ADDED b']);
  });
});

describe('parameters', () => {
  it.each([
    ['limit=x', 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['watch=true&timeoutSeconds=1.5', 400, 'strconv.ParseInt: parsing "1.5": invalid syntax'],
    ['limit=-1', 200, undefined],
    ['watch=false', 200, undefined],
    ['watch=0', 200, undefined],
  ])('%s answers %i', (query, code, text) => {
    const answer = new TestApi().ask('GET', `${CONFIG_MAPS}?${query}`);
    expect([answer.code, (answer.body as { message?: string }).message]).toEqual([code, text]);
  });

  it('refuses a patch of more than 3 MiB', () => {
    const api = new TestApi();
    api.want('POST', CONFIG_MAPS, configMap('a'));
    const answer = api.ask('PATCH', `${CONFIG_MAPS}/a`, { data: { x: 'x'.repeat(4_000_000) } }, MERGE);
    expect([answer.code, message(answer)]).toEqual([413, 'Request entity too large: limit is 3145728']);
  });
});
