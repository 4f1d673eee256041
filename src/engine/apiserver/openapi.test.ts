import { expect, it } from 'vitest';
import { TestApi } from './testing';

// kube-openapi pkg/handler3/handler.go
it.each([
  ['/openapi/v2', 'openapi/v2'],
  ['/openapi/v3', 'openapi/v3'],
  ['/openapi/v3/', 'openapi/v3'],
  ['/openapi/v3/api/v1', 'openapi/v3/api/v1'],
  ['/openapi/v3/apis/apps/v1', 'openapi/v3/apis/apps/v1'],
  ['/openapi/v3/apis/apps/v2', undefined],
  ['/openapi/v3/apis/apps', undefined],
  ['/openapi/v3/api/apps/v1', undefined],
  ['/openapi/v4', undefined],
])('%s means the document %s', (path, document) => {
  const answer = new TestApi().ask('GET', path);
  expect([answer.code, answer.document]).toEqual([document === undefined ? 404 : 200, document]);
});

const definition = (versions: readonly object[]) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'crontabs.stable.example.com' },
  spec: {
    group: 'stable.example.com',
    scope: 'Namespaced',
    names: { plural: 'crontabs', kind: 'CronTab' },
    versions,
  },
});

// apiextensions-apiserver/test/integration/apply_test.go, pkg/controller/openapi
it('custom resources are told with their documents, in the versions that are served', () => {
  const api = new TestApi();
  const schema = { type: 'object', properties: { spec: { type: 'string' } } };
  const stored = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } };
  api.want(
    'POST',
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    definition([stored, { ...stored, name: 'v2', served: false, storage: false }]),
  );
  api.advance(1_000_000);
  const crontab = {
    group: 'stable.example.com',
    version: 'v1',
    kind: 'CronTab',
    listKind: 'CronTabList',
    resource: 'crontabs',
    namespaced: true,
    subresources: [],
    schema,
  };
  for (const name of ['v2', 'v3', 'v3/apis/stable.example.com/v1']) {
    const { document, body } = api.ask('GET', `/openapi/${name}`);
    expect([document, body]).toMatchObject([`openapi/${name}`, { custom: [crontab] }]);
  }
  expect(api.ask('GET', '/openapi/v3/apis/apps/v1').body).toEqual({ custom: [] });
  expect(api.ask('GET', '/openapi/v3/apis/stable.example.com/v2').code).toBe(404);
});
