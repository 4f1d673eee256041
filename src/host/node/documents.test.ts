import { describe, expect, it } from 'vitest';
import { Documents, readModels } from './documents';
import { apiModels } from './serve/testing';

const documents = new Documents(await apiModels());

type Tree = { readonly [key: string]: Tree } & { readonly length?: number };

function document(name: string): Tree {
  const answer = documents.answer(name, {}, 0);
  if (answer === null) throw new Error(`no document ${name}`);
  return JSON.parse(Buffer.from(answer.bytes).toString()) as Tree;
}

// api/openapi-spec/v3/apis__apps__v1_openapi.json
describe('OpenAPI of the third version', () => {
  const apps = document('openapi/v3/apis/apps/v1');
  const schemas = apps['components']!['schemas']!;

  it('tells of each kind what it is, its fields, and what must be there', () => {
    const deployment = schemas['io.k8s.api.apps.v1.Deployment'];
    expect(deployment).toMatchObject({
      description: 'Deployment enables declarative updates for Pods and ReplicaSets.',
      type: 'object',
      'x-kubernetes-group-version-kind': [{ group: 'apps', kind: 'Deployment', version: 'v1' }],
    });
    expect(deployment!['properties']!['spec']).toMatchObject({
      allOf: [{ $ref: '#/components/schemas/io.k8s.api.apps.v1.DeploymentSpec' }],
    });
    expect(schemas['io.k8s.api.apps.v1.DeploymentSpec']).toMatchObject({
      required: ['selector', 'template'],
      properties: { replicas: { type: 'integer', format: 'int32' } },
    });
  });

  it('says how lists merge', () => {
    expect(schemas['io.k8s.api.core.v1.PodSpec']!['properties']!['containers']).toMatchObject({
      type: 'array',
      items: { allOf: [{ $ref: '#/components/schemas/io.k8s.api.core.v1.Container' }] },
      'x-kubernetes-list-map-keys': ['name'],
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-patch-merge-key': 'name',
      'x-kubernetes-patch-strategy': 'merge',
    });
    expect(schemas['io.k8s.api.core.v1.PodSpec']!['properties']!['volumes']).toMatchObject({
      'x-kubernetes-patch-strategy': 'merge,retainKeys',
    });
    expect(schemas['io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector']).toMatchObject({
      'x-kubernetes-map-type': 'atomic',
    });
  });

  it('lists what kubectl looks for before it sends a patch', () => {
    const patch = apps['paths']!['/apis/apps/v1/namespaces/{namespace}/deployments/{name}']!['patch'];
    expect(patch).toMatchObject({
      operationId: 'patchAppsV1NamespacedDeployment',
      description: 'partially update the specified Deployment',
      tags: ['apps_v1'],
      'x-kubernetes-action': 'patch',
      'x-kubernetes-group-version-kind': { group: 'apps', kind: 'Deployment', version: 'v1' },
      parameters: expect.arrayContaining([
        expect.objectContaining({ name: 'fieldValidation', in: 'query' }),
        expect.objectContaining({ name: 'dryRun', in: 'query' }),
      ]) as unknown,
    });
    expect(Object.keys(patch!['requestBody']!['content']!)).toContain('application/strategic-merge-patch+json');
  });

  it('refers to nothing that is not there, in any group version', () => {
    const { paths } = document('openapi/v3');
    const missing = Object.keys(paths!).flatMap((part) => {
      const answer = documents.answer(`openapi/v3/${part}`, {}, 0)!;
      const text = Buffer.from(answer.bytes).toString();
      const { components } = JSON.parse(text) as Tree;
      const referred = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name!);
      return referred.filter((name) => components!['schemas']![name] === undefined);
    });
    expect(Object.keys(paths!)).toEqual(expect.arrayContaining(['api/v1', 'apis/apps/v1', 'apis/autoscaling/v2']));
    expect(missing).toEqual([]);
  });
});

// kube-openapi pkg/handler3/handler_test.go
describe('the hash of a document', () => {
  const { paths } = document('openapi/v3');
  const url = paths!['apis/apps/v1']!['serverRelativeURL'] as unknown as string;
  const hash = url.split('=')[1]!;

  it('is in its URL, and makes it last', () => {
    expect(url).toMatch(/^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{128}$/);
    const answer = documents.answer('openapi/v3/apis/apps/v1', { hash }, 0);
    expect(answer).toMatchObject({ code: 200, headers: { 'cache-control': 'public, immutable', etag: `"${hash}"` } });
  });

  it('that is not its own leads to the right one', () => {
    const answer = documents.answer('openapi/v3/apis/apps/v1', { hash: 'ABC' }, 0);
    expect(answer).toMatchObject({ code: 301, headers: { location: url } });
  });
});

describe('OpenAPI of the second version', () => {
  it('has all kinds in one document', () => {
    const { definitions, paths } = document('openapi/v2');
    expect(definitions!['io.k8s.api.apps.v1.Deployment']).toMatchObject({
      properties: { spec: { $ref: '#/definitions/io.k8s.api.apps.v1.DeploymentSpec' } },
    });
    expect(definitions!['io.k8s.apimachinery.pkg.util.intstr.IntOrString']).toMatchObject({
      type: 'string',
      format: 'int-or-string',
    });
    expect(paths!['/api/v1/namespaces/{namespace}/pods/{name}/eviction']).toHaveProperty('post');
  });

  it('comes in protobuf for those who ask so', () => {
    const accept = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
    const answer = documents.answer('openapi/v2', { accept }, 0)!;
    expect(answer.contentType).toBe('application/com.github.proto-openapi.spec.v2.v1.0+protobuf');
    // Field 1, two, "2.0"; field 2, 21 bytes: field 1, "Kubernetes", field 2, "v1.35.5".
    expect(Buffer.from(answer.bytes).subarray(0, 28).toString('latin1')).toBe(
      '\n\x032.0\x12\x15\n\nKubernetes\x12\x07v1.35.5',
    );
  });

  it('cannot be made where the program was not built', () => {
    expect(readModels()).toBeNull();
  });

  it('has nothing of any other name', () => {
    expect(documents.answer('openapi/v4', {}, 0)).toBeNull();
    expect(documents.answer('openapi/v3/apis/nothing/v1', {}, 0)).toBeNull();
  });
});

// apiextensions-apiserver/pkg/controller/openapi/builder/builder_test.go, v2/conversion_test.go
describe('custom resources in OpenAPI', () => {
  const schema = {
    type: 'object',
    description: 'CronTab runs commands.',
    properties: {
      spec: {
        type: 'object',
        required: ['cronSpec', 'image'],
        properties: {
          cronSpec: { type: 'string', pattern: '^x', default: 'x' },
          image: { type: 'string', nullable: true },
          port: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
          any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { x: { type: 'string' } } },
          template: {
            type: 'object',
            'x-kubernetes-embedded-resource': true,
            'x-kubernetes-preserve-unknown-fields': true,
          },
          parts: { type: 'array', items: { type: 'string', default: 'a' } },
        },
      },
    },
  };
  const model = {
    group: 'stable.example.com',
    version: 'v1',
    kind: 'CronTab',
    listKind: 'CronTabList',
    resource: 'crontabs',
    namespaced: true,
    verbs: ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'],
    subresources: ['status', 'scale'],
    schema,
  };
  const read = (name: string, ...custom: readonly object[]): Tree =>
    JSON.parse(Buffer.from(documents.answer(name, { added: { custom } }, 0)!.bytes).toString()) as Tree;
  const name = 'com.example.stable.v1.CronTab';

  it('have a part of their own in the third version, with their schema as it is', () => {
    const { info, paths, components } = read('openapi/v3/apis/stable.example.com/v1', model);
    const { [name]: own, [`${name}List`]: list } = components!['schemas']!;
    const { spec } = schema.properties;
    expect(info).toEqual({ title: 'Kubernetes CRD Swagger', version: 'v0.1.0' });
    expect(own).toMatchObject({
      description: 'CronTab runs commands.',
      type: 'object',
      properties: {
        apiVersion: { type: 'string' },
        kind: { type: 'string' },
        metadata: { allOf: [{ $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' }] },
        spec: { ...spec, properties: { ...spec.properties, template: { required: ['apiVersion', 'kind'] } } },
      },
      'x-kubernetes-group-version-kind': [{ group: 'stable.example.com', kind: 'CronTab', version: 'v1' }],
    });
    expect(list).toMatchObject({
      description: 'CronTabList is a list of CronTab',
      required: ['items'],
      properties: { items: { items: { $ref: `#/components/schemas/${name}` } } },
    });
    const base = '/apis/stable.example.com/v1/namespaces/{namespace}/crontabs';
    expect(Object.keys(paths!)).toEqual([
      '/apis/stable.example.com/v1/crontabs',
      base,
      `${base}/{name}`,
      `${base}/{name}/scale`,
      `${base}/{name}/status`,
    ]);
    const { patch } = paths![`${base}/{name}`]!;
    expect(patch).toMatchObject({
      operationId: 'patchStableExampleComV1NamespacedCronTab',
      'x-kubernetes-group-version-kind': { group: 'stable.example.com', kind: 'CronTab', version: 'v1' },
      parameters: expect.arrayContaining([expect.objectContaining({ name: 'fieldValidation' })]) as unknown,
    });
    expect(Object.keys(patch!['requestBody']!['content']!)).toEqual([
      'application/json-patch+json',
      'application/merge-patch+json',
      'application/apply-patch+yaml',
    ]);
  });

  it('are said in the second version without what it cannot say', () => {
    const { definitions } = read('openapi/v2', model);
    const spec = definitions![name]!['properties']!['spec'];
    expect(spec).toMatchObject({ required: ['cronSpec'] });
    expect(spec!['properties']).toEqual({
      cronSpec: { type: 'string', pattern: '^x' },
      image: {},
      port: { 'x-kubernetes-int-or-string': true },
      any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      template: expect.objectContaining({ required: ['apiVersion', 'kind'] }) as unknown,
      parts: { type: 'array', items: { type: 'string' } },
    });
    const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { a: {} } };
    expect(read('openapi/v2', { ...model, schema: anything })['definitions']![name]).toEqual({
      type: 'object',
      'x-kubernetes-group-version-kind': [{ group: 'stable.example.com', kind: 'CronTab', version: 'v1' }],
    });
    expect(
      documents.answer(
        'openapi/v2',
        { accept: 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf', added: { custom: [model] } },
        0,
      )?.bytes.length,
    ).toBeGreaterThan(1000);
  });

  it('are in the index under a hash that changes with their schema, and go again', () => {
    const urlOf = (...custom: readonly object[]): unknown =>
      read('openapi/v3', ...custom)['paths']!['apis/stable.example.com/v1']?.['serverRelativeURL'];
    const first = urlOf(model);
    expect(first).toMatch(/^\/openapi\/v3\/apis\/stable.example.com\/v1\?hash=[0-9A-F]{128}$/);
    expect(urlOf(model)).toBe(first);
    expect(urlOf({ ...model, schema: null })).not.toBe(first);
    expect(urlOf()).toBeUndefined();
  });
});
