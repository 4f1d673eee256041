import type { KubeObject } from '#engine/api/types';
import { describe, expect, it } from 'vitest';
import { type Asked, type Loose, MERGE, message, names, TestApi } from './testing';
import type { ApiResponse } from './wire';

const SECOND = 1_000_000;
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const GROUP = '/apis/stable.example.com';
const CRONTABS = `${GROUP}/v1/namespaces/default/crontabs`;
const STRICT = '?fieldValidation=Strict';
const APPLY: Asked = { contentType: 'application/apply-patch+yaml' };
const TABLE: Asked = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };

// kubernetes/website content/en/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions.md
const SCHEMA = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['cronSpec'],
      properties: {
        cronSpec: { type: 'string', pattern: '^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$', default: '5 0 * * *' },
        image: { type: 'string' },
        replicas: { type: 'integer', minimum: 1, maximum: 10, default: 1 },
        ports: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items: {
            type: 'object',
            required: ['name'],
            properties: { name: { type: 'string' }, port: { type: 'integer' } },
          },
        },
        raw: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        color: { type: 'string' },
      },
    },
    status: { type: 'object', properties: { replicas: { type: 'integer' }, labelSelector: { type: 'string' } } },
  },
};
const SCALE = {
  specReplicasPath: '.spec.replicas',
  statusReplicasPath: '.status.replicas',
  labelSelectorPath: '.status.labelSelector',
};
const COLUMNS = [
  { name: 'Spec', type: 'string', description: 'The cron spec', jsonPath: '.spec.cronSpec' },
  { name: 'Replicas', type: 'integer', jsonPath: '.spec.replicas' },
  { name: 'Image', type: 'string', priority: 1, jsonPath: '.spec.image' },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
];
const V1 = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: SCHEMA } };

const crd = (version: object = {}, versions: readonly object[] = [], spec: object = {}) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'crontabs.stable.example.com' },
  spec: {
    group: 'stable.example.com',
    scope: 'Namespaced',
    names: { plural: 'crontabs', kind: 'CronTab', shortNames: ['ct'], categories: ['all'] },
    versions: [{ ...V1, ...version }, ...versions],
    ...spec,
  },
});

function served(version: object = {}, versions: readonly object[] = [], spec: object = {}): TestApi {
  const api = new TestApi();
  api.want('POST', DEFINITIONS, crd(version, versions, spec));
  api.advance(SECOND);
  return api;
}

const crontab = (spec: object, more: object = {}) => ({
  apiVersion: 'stable.example.com/v1',
  kind: 'CronTab',
  metadata: { name: 'my' },
  spec,
  ...more,
});
const loose = (object: KubeObject): Loose => object as unknown as Loose;
const codeAndMessage = (answer: ApiResponse): string => `${answer.code} ${message(answer)}`;

// apiextensions-apiserver/test/integration/{validation,pruning,defaulting,fieldselector,subresources,versioning}_test.go
describe('a custom object', () => {
  it('is written with the defaults of its schema, and without what it does not know', () => {
    const api = served();
    const made = api.ask('POST', CRONTABS, crontab({ image: 'x', foo: 1, raw: { a: { b: 1 } } }));
    expect(made.body).toMatchObject({
      metadata: { generation: 1, managedFields: [{ manager: 'kubectl' }] },
      spec: { image: 'x', cronSpec: '5 0 * * *', replicas: 1, raw: { a: { b: 1 } } },
    });
    expect(made.body).not.toHaveProperty('spec.foo');
    expect(made.warnings).toEqual(['unknown field "spec.foo"']);
    expect(api.want('GET', `${CRONTABS}/my`)).toEqual(made.body);
  });

  it.each<[string, object, string]>([
    [
      'another type',
      crontab({ replicas: 'three' }),
      'spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string"',
    ],
    [
      'a value out of range',
      crontab({ replicas: 15 }),
      'spec.replicas: Invalid value: 15: spec.replicas in body should be less than or equal to 10',
    ],
    [
      'several at once',
      crontab({ cronSpec: '* * * *', replicas: 15 }),
      '[spec.cronSpec: Invalid value: "* * * *": spec.cronSpec in body should match \'^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$\', spec.replicas: Invalid value: 15: spec.replicas in body should be less than or equal to 10]',
    ],
    [
      'the same key twice',
      crontab({ ports: [{ name: 'a' }, { name: 'a' }] }),
      'spec.ports[1]: Duplicate value: {"name":"a"}',
    ],
  ])('is refused for %s', (_, body, expected) => {
    const answer = served().ask('POST', CRONTABS, body);
    expect(codeAndMessage(answer)).toBe(`422 CronTab.stable.example.com "my" is invalid: ${expected}`);
  });

  it('is refused with unknown fields by those who are strict', () => {
    const api = served();
    const handled = 'CronTab in version "v1" cannot be handled as a CronTab:';
    expect(codeAndMessage(api.ask('POST', `${CRONTABS}${STRICT}`, crontab({ foo: 1, bar: 2 })))).toBe(
      `400 ${handled} strict decoding error: unknown field "spec.bar", unknown field "spec.foo"`,
    );
    expect(codeAndMessage(api.ask('POST', CRONTABS, { metadata: { name: 'x' } }))).toBe(
      `400 ${handled} Object 'Kind' is missing in '{"metadata":{"name":"x"}}'`,
    );
    const ignored = api.ask('POST', `${CRONTABS}?fieldValidation=Ignore`, crontab({ foo: 1 }));
    expect([ignored.code, ignored.warnings]).toEqual([201, undefined]);
  });

  it('counts generations by all but metadata, and by the spec alone where status has a subresource', () => {
    const plain = served();
    plain.want('POST', CRONTABS, crontab({}));
    expect(plain.want('PATCH', `${CRONTABS}/my`, { status: { replicas: 2 } }, MERGE).metadata.generation).toBe(2);
    expect(plain.ask('GET', `${CRONTABS}/my/status`).code).toBe(404);

    const api = served({ subresources: { status: {} } });
    const made = api.want('POST', CRONTABS, crontab({}, { status: { replicas: 9 } }));
    expect(made).not.toHaveProperty('status');
    const patched = api.want(
      'PATCH',
      `${CRONTABS}/my`,
      { status: { replicas: 9 }, metadata: { labels: { a: 'b' } } },
      MERGE,
    );
    expect(patched).not.toHaveProperty('status');
    expect(patched.metadata.generation).toBe(1);
    const told = api.want(
      'PATCH',
      `${CRONTABS}/my/status`,
      { status: { replicas: 2 }, spec: { replicas: 9 }, metadata: { labels: null } },
      MERGE,
    );
    expect(told).toMatchObject({
      metadata: { generation: 1, labels: { a: 'b' } },
      spec: { replicas: 1 },
      status: { replicas: 2 },
    });
    expect(api.want('PATCH', `${CRONTABS}/my`, { spec: { replicas: 3 } }, MERGE).metadata.generation).toBe(2);
    expect(codeAndMessage(api.ask('PATCH', `${CRONTABS}/my/status`, { status: { replicas: 'x' } }, MERGE))).toContain(
      'status.replicas: Invalid value: "string"',
    );
  });

  it('has a Scale where its definition says so', () => {
    const api = served({ subresources: { status: {}, scale: SCALE } });
    api.want('POST', CRONTABS, crontab({ replicas: 3 }));
    api.want('PATCH', `${CRONTABS}/my/status`, { status: { replicas: 2, labelSelector: 'a=b' } }, MERGE);
    const scale = api.want('GET', `${CRONTABS}/my/scale`);
    expect(scale).toMatchObject({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      spec: { replicas: 3 },
      status: { replicas: 2, selector: 'a=b' },
    });
    expect(loose(api.want('PUT', `${CRONTABS}/my/scale`, { ...scale, spec: { replicas: 5 } })).spec).toEqual({
      replicas: 5,
    });
    expect(loose(api.want('PATCH', `${CRONTABS}/my/scale`, { spec: { replicas: 6 } }, MERGE)).spec).toEqual({
      replicas: 6,
    });
    expect(loose(api.want('GET', `${CRONTABS}/my`)).spec['replicas']).toBe(6);
    expect(codeAndMessage(api.ask('PATCH', `${CRONTABS}/my/scale`, { spec: { replicas: -1 } }, MERGE))).toBe(
      '422 CronTab.stable.example.com "my" is invalid: [spec.replicas: Invalid value: -1: spec.replicas in body should be greater than or equal to 1, .spec.replicas: Invalid value: -1: should be a non-negative integer]',
    );
  });

  it('that says nothing of replicas has none', () => {
    const api = served({ subresources: { scale: { ...SCALE, specReplicasPath: '.spec.raw.count' } } });
    api.want('POST', CRONTABS, crontab({}));
    expect(codeAndMessage(api.ask('GET', `${CRONTABS}/my/scale`))).toBe(
      '500 Internal error occurred: the spec replicas field ".spec.raw.count" does not exist',
    );
    expect(codeAndMessage(api.ask('PATCH', `${CRONTABS}/my/scale`, { metadata: {} }, MERGE))).toBe(
      '400 the spec replicas field ".spec.raw.count" cannot be empty',
    );
  });

  it('takes JSON and merge patches, and no strategic merge', () => {
    const api = served();
    api.want('POST', CRONTABS, crontab({}));
    const patch = [{ op: 'replace', path: '/spec/replicas', value: 2 }];
    expect(
      loose(api.want('PATCH', `${CRONTABS}/my`, patch, { contentType: 'application/json-patch+json' })).spec[
        'replicas'
      ],
    ).toBe(2);
    const refused = api.ask('PATCH', `${CRONTABS}/my`, {}, { contentType: 'application/strategic-merge-patch+json' });
    expect(codeAndMessage(refused)).toBe(
      '415 the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
    );
    expect(codeAndMessage(api.ask('PUT', `${CRONTABS}/my`, crontab({})))).toContain('must be specified for an update');
  });

  it('is applied with the list types of its schema', () => {
    const api = served();
    const path = (manager: string): string => `${CRONTABS}/my?fieldManager=${manager}`;
    api.want('PATCH', path('one'), crontab({ ports: [{ name: 'a', port: 1 }], cronSpec: '* * * * *' }), APPLY);
    const merged = loose(api.want('PATCH', path('two'), crontab({ ports: [{ name: 'b', port: 2 }] }), APPLY));
    expect(merged.spec['ports']).toEqual([
      { name: 'a', port: 1 },
      { name: 'b', port: 2 },
    ]);
    expect(merged.metadata.managedFields?.find(({ manager }) => manager === 'two')?.fieldsV1).toEqual({
      'f:spec': { 'f:ports': { 'k:{"name":"b"}': { '.': {}, 'f:name': {}, 'f:port': {} } } },
    });
    const conflict = api.ask('PATCH', path('two'), crontab({ cronSpec: '1 * * * *' }), APPLY);
    expect(message(conflict)).toBe('Apply failed with 1 conflict: conflict with "one": .spec.cronSpec');
    expect(message(api.ask('PATCH', path('two'), crontab({ foo: 1 }), APPLY))).toBe(
      'failed to create typed patch object (/my; stable.example.com/v1, Kind=CronTab): .spec.foo: field not declared in schema',
    );
  });

  it('is selected by the fields that its definition names', () => {
    const api = served({ selectableFields: [{ jsonPath: '.spec.color' }] });
    for (const color of ['red', 'blue'])
      api.want('POST', CRONTABS, { ...crontab({ color }), metadata: { name: color } });
    expect(names(api.want('GET', `${CRONTABS}?fieldSelector=spec.color%3Dred`))).toEqual(['red']);
    const watch = api.watch(`${CRONTABS}?watch=true&resourceVersion=0&fieldSelector=spec.color%3Dblue`);
    expect(watch.events()).toEqual(['ADDED blue']);
    expect(codeAndMessage(api.ask('GET', `${CRONTABS}?fieldSelector=spec.image%3Dred`))).toBe(
      '400 field label not supported: spec.image',
    );
  });

  it('is not refused for an unqualified finalizer, only warned of it', () => {
    const made = served().ask('POST', CRONTABS, { ...crontab({}), metadata: { name: 'my', finalizers: ['hold'] } });
    expect([made.code, made.warnings]).toEqual([
      201,
      [
        'metadata.finalizers: "hold": prefer a domain-qualified finalizer name to avoid accidental conflicts with other finalizer writers',
      ],
    ]);
  });

  it('is shown in the columns of its definition', () => {
    const api = served({ additionalPrinterColumns: COLUMNS });
    api.want('POST', CRONTABS, crontab({ replicas: 2 }));
    const table = api.want('GET', CRONTABS, undefined, TABLE) as unknown as {
      columnDefinitions: { name: string; priority: number; description: string }[];
      rows: { cells: unknown[] }[];
    };
    expect(table.columnDefinitions.map(({ name, priority }) => [name, priority])).toEqual([
      ['Name', 0],
      ['Spec', 0],
      ['Replicas', 0],
      ['Image', 1],
      ['Age', 0],
    ]);
    expect(table.columnDefinitions[2]?.description).toBe(
      'Custom resource definition column (in JSONPath format): .spec.replicas',
    );
    expect(table.rows[0]?.cells).toEqual(['my', '5 0 * * *', 2, null, '0s']);
  });

  it('is not created while its definition is being deleted', () => {
    const api = served();
    api.want('POST', CRONTABS, { ...crontab({}), metadata: { name: 'my', finalizers: ['a/hold'] } });
    api.want('DELETE', `${DEFINITIONS}/crontabs.stable.example.com`);
    api.advance(SECOND);
    expect(codeAndMessage(api.ask('POST', CRONTABS, { ...crontab({}), metadata: { name: 'late' } }))).toBe(
      '403 crontabs.stable.example.com "late" is forbidden: create not allowed while custom resource definition is terminating',
    );
    const [resource] = (api.want('GET', `${GROUP}/v1`) as unknown as { resources: { verbs: string[] }[] }).resources;
    expect(resource?.verbs).toEqual(['delete', 'deletecollection', 'get', 'list', 'watch']);
  });
});

const V1BETA1 = {
  name: 'v1beta1',
  served: true,
  storage: false,
  deprecated: true,
  schema: {
    openAPIV3Schema: {
      type: 'object',
      properties: { spec: { type: 'object', properties: { image: { type: 'string' }, old: { type: 'string' } } } },
    },
  },
};
const OLD = CRONTABS.replace('/v1/', '/v1beta1/');

describe('a custom resource in several versions', () => {
  it('is each by the schema of its own', () => {
    const api = served({}, [V1BETA1]);
    const body = { ...crontab({ image: 'x', old: 'y' }), apiVersion: 'stable.example.com/v1beta1' };
    const made = api.ask('POST', OLD, body);
    expect(made.warnings).toEqual([
      'stable.example.com/v1beta1 CronTab is deprecated; use stable.example.com/v1 CronTab',
    ]);
    expect(loose(api.want('GET', `${CRONTABS}/my`)).spec).toEqual({ image: 'x', cronSpec: '5 0 * * *', replicas: 1 });
    expect(api.ask('GET', `${OLD}/my`)).toMatchObject({
      body: { apiVersion: 'stable.example.com/v1beta1', spec: { image: 'x' } },
    });
    expect(api.want('GET', OLD)).toMatchObject({
      kind: 'CronTabList',
      items: [{ apiVersion: 'stable.example.com/v1beta1' }],
    });
    const group = api.want('GET', GROUP) as unknown as { versions: { version: string }[]; preferredVersion: object };
    expect(group.versions.map(({ version }) => version)).toEqual(['v1', 'v1beta1']);
  });

  it('is not served in a version that is only stored', () => {
    const api = served({ served: false }, [V1BETA1]);
    expect(api.ask('GET', CRONTABS).code).toBe(404);
    api.want('POST', OLD, { ...crontab({ image: 'x' }), apiVersion: 'stable.example.com/v1beta1' });
    expect(names(api.want('GET', OLD))).toEqual(['my']);
    const lists = api.want('GET', GROUP) as unknown as { versions: unknown[] };
    expect(lists.versions).toHaveLength(1);
  });

  it('is read by the new schema once the definition has changed, and watches begin again', () => {
    const api = served();
    api.want('POST', CRONTABS, crontab({ image: 'x', color: 'red' }));
    const watch = api.watch(`${CRONTABS}?watch=true&resourceVersion=0`);
    const { color: _color, ...properties } = SCHEMA.properties.spec.properties;
    const spec = { ...SCHEMA.properties.spec, properties: { ...properties, size: { type: 'integer', default: 7 } } };
    const schema = { openAPIV3Schema: { ...SCHEMA, properties: { ...SCHEMA.properties, spec } } };
    const stored = api.want('GET', `${DEFINITIONS}/crontabs.stable.example.com`);
    api.want('PUT', `${DEFINITIONS}/crontabs.stable.example.com`, {
      ...stored,
      ...{ spec: { ...loose(stored).spec, versions: [{ ...V1, schema }] } },
    });
    api.advance(SECOND);
    expect(api.closed.has(watch.id)).toBe(true);
    expect(loose(api.want('GET', `${CRONTABS}/my`)).spec).toEqual({
      image: 'x',
      cronSpec: '5 0 * * *',
      replicas: 1,
      size: 7,
    });
    expect(loose(api.want('GET', CRONTABS))['items' as never]).toMatchObject([{ spec: { size: 7 } }]);
  });

  it('says so where a webhook would have to convert it', () => {
    const webhook = { clientConfig: { url: 'https://example.com' }, conversionReviewVersions: ['v1'] };
    const api = served({}, [V1BETA1], { conversion: { strategy: 'Webhook', webhook } });
    const refused =
      '500 Internal error occurred: conversion webhook for stable.example.com/v1, Kind=CronTab failed: Post "https://example.com?timeout=30s": webhooks are not called in this cluster';
    expect(codeAndMessage(api.ask('GET', `${OLD}/my`))).toContain('404');
    expect(api.want('GET', OLD)).toMatchObject({ items: [] });
    expect(codeAndMessage(api.ask('POST', OLD, crontab({})))).toBe(refused);
    const watch = api.watch(`${OLD}?watch=true&resourceVersion=0`);
    api.want('POST', CRONTABS, crontab({}));
    expect(codeAndMessage(api.ask('GET', `${OLD}/my`))).toBe(refused);
    expect(codeAndMessage(api.ask('GET', OLD))).toBe(refused);
    expect(watch.events()).toEqual([`ERROR ${refused.slice(4)}`]);
  });
});

// apiextensions-apiserver/pkg/apiserver/customresource_discovery_controller.go
it('a custom resource is discovered with its names and subresources', () => {
  const api = served({ subresources: { status: {}, scale: SCALE } });
  expect(api.want('GET', `${GROUP}/v1`)).toMatchObject({
    groupVersion: 'stable.example.com/v1',
    resources: [
      {
        name: 'crontabs',
        singularName: 'crontab',
        namespaced: true,
        kind: 'CronTab',
        shortNames: ['ct'],
        categories: ['all'],
      },
      { name: 'crontabs/status', kind: 'CronTab', verbs: ['get', 'patch', 'update'] },
      { name: 'crontabs/scale', kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: ['get', 'patch', 'update'] },
    ],
  });
});
