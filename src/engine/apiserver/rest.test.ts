import { describe, expect, it } from 'vitest';
import { SECOND } from '#engine/kernel/time';
import {
  type Asked,
  CONFIG_MAPS,
  configMap,
  deployment,
  DEPLOYMENTS,
  get,
  MERGE,
  message,
  pod,
  PODS,
  TestApi,
} from './testing';
import type { Method } from './wire';

describe('optimistic concurrency', () => {
  it('refuses an update of what has changed, and takes one without resourceVersion', () => {
    const api = new TestApi();
    const first = api.want('POST', CONFIG_MAPS, configMap('a'));
    api.want('PUT', `${CONFIG_MAPS}/a`, { ...first, data: { k: '1' } });
    const stale = api.ask('PUT', `${CONFIG_MAPS}/a`, { ...first, data: { k: '2' } });
    expect([stale.code, message(stale)]).toEqual([
      409,
      'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    ]);
    expect(api.want('PUT', `${CONFIG_MAPS}/a`, { ...configMap('a'), data: { k: '3' } })).toMatchObject({
      data: { k: '3' },
    });
  });

  it('does not write what changes nothing', () => {
    const api = new TestApi();
    const first = api.want('POST', CONFIG_MAPS, configMap('a'));
    const again = api.want('PUT', `${CONFIG_MAPS}/a`, first);
    expect(again.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  });

  it('lets concurrent patches all happen and only one conditional update', () => {
    const api = new TestApi();
    const first = api.want('POST', CONFIG_MAPS, configMap('a'));
    const patches = [1, 2, 3, 4].map((i) => api.send('PATCH', `${CONFIG_MAPS}/a`, { data: { [`k${i}`]: 'x' } }, MERGE));
    const updates = [1, 2].map((i) => api.send('PUT', `${CONFIG_MAPS}/a`, { ...first, data: { u: String(i) } }));
    api.advance(SECOND);
    expect(patches.map((id) => api.answerTo(id)?.code)).toEqual([200, 200, 200, 200]);
    expect(updates.map((id) => api.answerTo(id)?.code)).toEqual([409, 409]);
    expect(Object.keys(get(api, `${CONFIG_MAPS}/a`).data as object)).toEqual(['k1', 'k2', 'k3', 'k4']);
  });

  it('refuses another uid, and a patch that names an old resourceVersion', () => {
    const api = new TestApi();
    const first = api.want('POST', CONFIG_MAPS, configMap('a'));
    const other = api.ask('PUT', `${CONFIG_MAPS}/a`, configMap('a', { uid: 'x' }));
    expect(message(other)).toBe(
      `Operation cannot be fulfilled on configmaps "a": Precondition failed: UID in precondition: x, UID in object meta: ${first.metadata.uid}`,
    );
    expect(
      api.ask('PATCH', `${CONFIG_MAPS}/a`, { metadata: { resourceVersion: '1' }, data: { a: 'b' } }, MERGE).code,
    ).toBe(409);
  });

  it('demands a resourceVersion for a Lease', () => {
    const api = new TestApi();
    const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l' }, spec: {} };
    expect(api.ask('PUT', `${leases}/l`, lease).code).toBe(201);
    const blind = api.ask('PUT', `${leases}/l`, { ...lease, spec: { holderIdentity: 'x' } });
    expect([blind.code, message(blind)]).toEqual([
      422,
      'leases.coordination.k8s.io "l" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
    ]);
  });
});

describe('create', () => {
  it('says when the object exists, also while it is being deleted', () => {
    const api = new TestApi();
    api.want('POST', CONFIG_MAPS, configMap('a', { finalizers: ['example.com/x'] }));
    expect(message(api.ask('POST', CONFIG_MAPS, configMap('a')))).toBe('configmaps "a" already exists');
    api.want('DELETE', `${CONFIG_MAPS}/a`);
    const again = api.ask('POST', CONFIG_MAPS, configMap('a'));
    expect([again.code, message(again)]).toEqual([409, 'object is being deleted: configmaps "a" already exists']);
  });

  it('generates names that differ, from a base cut to 58 characters', () => {
    const api = new TestApi();
    const made = [1, 2, 3].map(
      () =>
        api.want('POST', CONFIG_MAPS, {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { generateName: `${'x'.repeat(60)}-` },
        }).metadata.name,
    );
    expect(new Set(made).size).toBe(3);
    for (const name of made) expect(name).toMatch(/^x{58}[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  it('stores nothing with dryRun=All, and still finds what is wrong', () => {
    const api = new TestApi();
    const dry = api.want('POST', `${CONFIG_MAPS}?dryRun=All`, configMap('a'));
    expect(dry.metadata.uid).not.toBe('');
    expect(dry.metadata.resourceVersion ?? '').toBe('');
    expect(api.ask('GET', `${CONFIG_MAPS}/a`).code).toBe(404);
    api.want('POST', CONFIG_MAPS, configMap('a'));
    expect(api.ask('POST', `${CONFIG_MAPS}?dryRun=All`, configMap('a')).code).toBe(409);
    expect(api.want('DELETE', `${CONFIG_MAPS}/a?dryRun=All`)).toMatchObject({ status: 'Success' });
    expect(api.ask('GET', `${CONFIG_MAPS}/a`).code).toBe(200);
    expect(message(api.ask('POST', `${CONFIG_MAPS}?dryRun=Some`, configMap('b')))).toContain(
      'dryRun: Unsupported value',
    );
  });

  it('waits for namespaces and service accounts that exist', () => {
    const api = new TestApi();
    expect(message(api.ask('POST', '/api/v1/namespaces/nowhere/configmaps', configMap('a')))).toBe(
      'namespaces "nowhere" not found',
    );
    const refused = api.ask('POST', PODS, pod('p'));
    expect([refused.code, message(refused)]).toEqual([
      403,
      'pods "p" is forbidden: error looking up service account default/default: serviceaccount "default" not found',
    ]);
  });

  it.each<[string, Method, string, unknown, Asked, number, string]>([
    [
      'a wrong method',
      'POST',
      `${CONFIG_MAPS}/a`,
      configMap('a'),
      {},
      405,
      'the server does not allow this method on the requested resource',
    ],
    [
      'an unknown subresource',
      'GET',
      `${CONFIG_MAPS}/a/status`,
      undefined,
      {},
      404,
      'the server could not find the requested resource',
    ],
    // kubernetes/kubernetes#139485: a server's fault, but for lists and for what has no watch cache.
    [
      'a resource version that is none',
      'GET',
      `${CONFIG_MAPS}/a?resourceVersion=x`,
      undefined,
      {},
      500,
      'resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax',
    ],
    [
      'a watch from a resource version that is none',
      'GET',
      `${CONFIG_MAPS}?watch=true&resourceVersion=-1`,
      undefined,
      {},
      500,
      'resourceVersion: Invalid value: "-1": strconv.ParseUint: parsing "-1": invalid syntax',
    ],
    [
      'a list at a resource version that is none',
      'GET',
      `${CONFIG_MAPS}?resourceVersion=99999999999999999999`,
      undefined,
      {},
      400,
      'invalid resource version: resourceVersion: Invalid value: "99999999999999999999": strconv.ParseUint: parsing "99999999999999999999": value out of range',
    ],
    [
      'an Event of a resource version that is none',
      'GET',
      `${CONFIG_MAPS.replace('configmaps', 'events')}/a?resourceVersion=x`,
      undefined,
      {},
      400,
      'invalid resource version: resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax',
    ],
    [
      'a deletion of all namespaces',
      'DELETE',
      '/api/v1/namespaces',
      undefined,
      {},
      405,
      'the server does not allow this method on the requested resource',
    ],
    [
      'an unknown media type',
      'POST',
      CONFIG_MAPS,
      configMap('a'),
      { contentType: 'text/plain' },
      415,
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml',
    ],
    [
      'a body of 5 MB',
      'POST',
      CONFIG_MAPS,
      { ...configMap('a'), data: { k: 'x'.repeat(5_000_000) } },
      {},
      413,
      'Request entity too large: limit is 3145728',
    ],
    [
      'another namespace',
      'POST',
      CONFIG_MAPS,
      configMap('a', { namespace: 'other' }),
      {},
      400,
      'the namespace of the provided object does not match the namespace sent on the request',
    ],
    ['another name', 'PUT', `${CONFIG_MAPS}/a`, configMap('b'), {}, 404, 'configmaps "a" not found'],
    [
      'another apiVersion',
      'POST',
      DEPLOYMENTS,
      { ...deployment('d'), apiVersion: 'apps/v1beta1' },
      {},
      400,
      'the API version in the data (apps/v1beta1) does not match the expected API version (apps/v1)',
    ],
    [
      'a resourceVersion on create',
      'POST',
      CONFIG_MAPS,
      configMap('a', { resourceVersion: '5' }),
      {},
      500,
      'resourceVersion should not be set on objects to be created',
    ],
    [
      'no name',
      'POST',
      CONFIG_MAPS,
      configMap(''),
      {},
      422,
      'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
    ],
    [
      'an unknown field, strictly',
      'POST',
      `${DEPLOYMENTS}?fieldValidation=Strict`,
      { ...deployment('d'), spec: { ...deployment('d').spec, foo: 1 } },
      {},
      400,
      'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.foo"',
    ],
    [
      'a wrong type',
      'POST',
      DEPLOYMENTS,
      { ...deployment('d'), spec: { ...deployment('d').spec, replicas: 'two' } },
      {},
      400,
      'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      'a bad selector',
      'GET',
      `${CONFIG_MAPS}?fieldSelector=spec.x%3D1`,
      undefined,
      {},
      400,
      '"spec.x" is not a known field selector: only "metadata.name", "metadata.namespace"',
    ],
    [
      'a pod without its service account',
      'POST',
      '/api/v1/namespaces/kube-system/pods',
      pod('p'),
      {},
      403,
      'pods "p" is forbidden: error looking up service account kube-system/default: serviceaccount "default" not found',
    ],
  ])('refuses %s', (_what, method, path, body, more, code, text) => {
    const api = new TestApi();
    const response = api.ask(method, path, body, more);
    expect([response.code, message(response)]).toEqual([code, text]);
  });

  it('warns of an unknown field', () => {
    const api = new TestApi();
    const response = api.ask('POST', CONFIG_MAPS, { ...configMap('a'), foo: 1 });
    expect([response.code, response.warnings]).toEqual([201, ['unknown field "foo"']]);
  });

  it('warns of what is deprecated', () => {
    const api = new TestApi();
    const { code, warnings } = api.ask('GET', '/api/v1/namespaces/default/endpoints');
    expect([code, warnings]).toEqual([
      200,
      ['v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'],
    ]);
  });
});
