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
