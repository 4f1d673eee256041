import { describe, expect, it } from 'vitest';
import { builtIn } from '#engine/api/registry';
import { routeOf } from './routes';
import type { Method } from './wire';

describe('a path', () => {
  it.each<[Method, string, boolean, string]>([
    ['GET', '/api/v1/pods', false, 'list pods  ||'],
    ['GET', '/api/v1/namespaces/default/pods', true, 'watch pods default||'],
    ['GET', '/api/v1/watch/namespaces/default/pods', false, 'watch pods default||'],
    ['GET', '/api/v1/namespaces/default/pods/web-0', false, 'get pods default|web-0|'],
    ['PUT', '/api/v1/namespaces/default/pods/web-0/status', false, 'update pods default|web-0|status'],
    ['POST', '/apis/apps/v1/namespaces/shop/deployments', false, 'create deployments shop||'],
    ['DELETE', '/apis/apps/v1/namespaces/shop/deployments', false, 'deletecollection deployments shop||'],
    ['GET', '/api/v1/namespaces', false, 'list namespaces  ||'],
    ['DELETE', '/api/v1/namespaces/shop', false, 'delete namespaces |shop|'],
    ['PUT', '/api/v1/namespaces/shop/finalize', false, 'update namespaces |shop|finalize'],
    ['PATCH', '/api/v1/nodes/node-1/status', false, 'patch nodes |node-1|status'],
  ])('%s %s (watch %s) asks to %s', (method, path, watch, expected) => {
    const route = routeOf(builtIn, method, path, watch);
    const text =
      route === null
        ? ''
        : `${route.verb} ${route.info.resource} ${route.namespace}|${route.name}|${route.subresource}`;
    expect(text.replace('  ', ' ')).toBe(expected.replace('  ', ' '));
  });

  it.each([
    '/',
    '/api',
    '/api/v1',
    '/apis/apps/v1',
    '/api/v2/pods',
    '/apis/extensions/v1beta1/deployments',
    '/api/v1/nothing',
    '/api/v1/pods/web-0',
    '/api/v1/namespaces/a/nodes/n',
  ])('%s names no resource', (path) => {
    expect(routeOf(builtIn, 'GET', path, false)).toBeNull();
  });
});
