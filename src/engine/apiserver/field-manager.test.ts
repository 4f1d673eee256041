import { describe, expect, it } from 'vitest';
import type { ManagedFieldsEntry } from '#engine/api/apply/managed-fields';
import type { KubeObject, Status } from '#engine/api/types';
import {
  CONFIG_MAPS,
  configMap,
  deployment,
  DEPLOYMENTS,
  get,
  type Loose,
  MERGE,
  message,
  PODS,
  pod,
  TestApi,
  withAccount,
} from './testing';

const APPLY = { contentType: 'application/apply-patch+yaml' };
const entries = (object: KubeObject): readonly ManagedFieldsEntry[] => object.metadata.managedFields ?? [];
const who = (object: KubeObject): string[] =>
  entries(object).map(({ manager, operation, subresource }) =>
    [manager, operation, subresource ?? ''].join(' ').trim(),
  );
const fieldsOf = (object: KubeObject, manager: string): unknown =>
  entries(object).find((entry) => entry.manager === manager)?.fieldsV1;

describe('managed fields', () => {
  it('gives all fields of a new object to its creator, as a real server prints them', () => {
    const api = withAccount();
    const created = api.want('POST', `${DEPLOYMENTS}?fieldManager=kubectl-create`, deployment('web'));
    expect(entries(created)).toEqual([
      {
        manager: 'kubectl-create',
        operation: 'Update',
        apiVersion: 'apps/v1',
        time: created.metadata.creationTimestamp,
        fieldsType: 'FieldsV1',
        fieldsV1: {
          'f:spec': {
            'f:progressDeadlineSeconds': {},
            'f:replicas': {},
            'f:revisionHistoryLimit': {},
            'f:selector': {},
            'f:strategy': { 'f:rollingUpdate': { '.': {}, 'f:maxSurge': {}, 'f:maxUnavailable': {} }, 'f:type': {} },
            'f:template': {
              'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
              'f:spec': {
                'f:containers': {
                  'k:{"name":"c"}': {
                    '.': {},
                    'f:image': {},
                    'f:imagePullPolicy': {},
                    'f:name': {},
                    'f:resources': {},
                    'f:terminationMessagePath': {},
                    'f:terminationMessagePolicy': {},
                  },
                },
                'f:dnsPolicy': {},
                'f:restartPolicy': {},
                'f:schedulerName': {},
                'f:securityContext': {},
                'f:terminationGracePeriodSeconds': {},
              },
            },
          },
        },
      },
    ]);
  });

  it('names whoever names no manager by its user agent', () => {
    const api = new TestApi();
    const userAgent = 'kube-controller-manager/v1.35.5 (linux/amd64)';
    expect(who(api.want('POST', CONFIG_MAPS, configMap('a'), { userAgent }))).toEqual([]);
    const labelled = configMap('b', { labels: { x: 'y' } });
    expect(who(api.want('POST', CONFIG_MAPS, labelled, { userAgent }))).toEqual(['kube-controller-manager Update']);
  });

  it('moves what an update changes to its manager, and takes away what it removes', () => {
    const api = new TestApi();
    api.want('POST', `${CONFIG_MAPS}?fieldManager=one`, { ...configMap('a'), data: { x: '1', y: '1', z: '1' } });
    const changed = api.want('PATCH', `${CONFIG_MAPS}/a?fieldManager=two`, { data: { x: '2', y: null } }, MERGE);
    expect(who(changed)).toEqual(['one Update', 'two Update']);
    expect(fieldsOf(changed, 'one')).toEqual({ 'f:data': { '.': {}, 'f:z': {} } });
    expect(fieldsOf(changed, 'two')).toEqual({ 'f:data': { 'f:x': {} } });
  });

  it('keeps status and scale apart', () => {
    const api = withAccount();
    api.want('POST', `${DEPLOYMENTS}?fieldManager=me`, deployment('web'));
    const web = get(api, `${DEPLOYMENTS}/web`);
    api.want('PUT', `${DEPLOYMENTS}/web/status?fieldManager=dc`, { ...web, status: { replicas: 2 } });
    api.want('PATCH', `${DEPLOYMENTS}/web/scale?fieldManager=hpa`, { spec: { replicas: 7 } }, MERGE);
    const scaled = get(api, `${DEPLOYMENTS}/web`);
    expect(who(scaled)).toEqual(['dc Update status', 'hpa Update scale', 'me Update']);
    expect(fieldsOf(scaled, 'hpa')).toEqual({ 'f:spec': { 'f:replicas': {} } });
    expect(fieldsOf(scaled, 'dc')).toEqual({ 'f:status': { 'f:replicas': {} } });
  });

  it('tracks neither bindings nor deletions', () => {
    const api = withAccount();
    api.want('POST', `${PODS}?fieldManager=me`, pod('a', { finalizers: ['x.y/z'] }));
    api.want('POST', `${PODS}/a/binding`, {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'a' },
      target: { kind: 'Node', name: 'n' },
    });
    const deleted = api.want('DELETE', `${PODS}/a`);
    expect(who(deleted)).toEqual(['me Update']);
  });

  it('shares what pods of one template own', () => {
    const api = withAccount();
    const owned = ['a', 'b'].map((name) => fieldsOf(api.want('POST', `${PODS}?fieldManager=m`, pod(name)), 'm'));
    expect(owned[0]).toBe(owned[1]);
  });

  it('is wiped by a list of one empty entry, and kept by an empty list', () => {
    const api = new TestApi();
    api.want('POST', `${CONFIG_MAPS}?fieldManager=one`, { ...configMap('a'), data: { x: '1' } });
    const kept = api.want('PATCH', `${CONFIG_MAPS}/a`, { metadata: { managedFields: [] } }, MERGE);
    expect(who(kept)).toEqual(['one Update']);
    const wiped = api.want('PATCH', `${CONFIG_MAPS}/a`, { metadata: { managedFields: [{}] } }, MERGE);
    expect(who(wiped)).toEqual([]);
    const later = api.want('PATCH', `${CONFIG_MAPS}/a?fieldManager=two`, { data: { x: '2' } }, MERGE);
    expect(who(later)).toEqual([]);
  });

  it('merges the oldest of more than ten updaters', () => {
    const api = new TestApi();
    api.want('POST', `${CONFIG_MAPS}?fieldManager=m00`, { ...configMap('a'), data: { k00: '' } });
    for (let i = 1; i <= 11; i++) {
      api.advance(1_000_000);
      const name = String(i).padStart(2, '0');
      api.want('PATCH', `${CONFIG_MAPS}/a?fieldManager=m${name}`, { data: { [`k${name}`]: '' } }, MERGE);
    }
    const object = get(api, `${CONFIG_MAPS}/a`);
    expect(entries(object)).toHaveLength(10);
    expect(fieldsOf(object, 'ancient-changes')).toEqual({
      'f:data': { '.': {}, 'f:k00': {}, 'f:k01': {}, 'f:k02': {} },
    });
  });

  it('does not write what changes nothing, whoever asks', () => {
    const api = new TestApi();
    const first = api.want('POST', `${CONFIG_MAPS}?fieldManager=one`, { ...configMap('a'), data: { x: '1' } });
    api.advance(5_000_000);
    const again = api.want('PATCH', `${CONFIG_MAPS}/a?fieldManager=two`, { data: { x: '1' } }, MERGE);
    expect(again.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  });
});

describe('server-side apply', () => {
  const applied = (name: string, spec: object, manager = 'me', more = '') =>
    [`${DEPLOYMENTS}/${name}?fieldManager=${manager}${more}`, { ...deployment(name), spec }] as const;

  it('creates what does not exist, with 201', () => {
    const api = withAccount();
    const [path] = applied('web', {});
    const answer = api.ask('PATCH', path, deployment('web'), APPLY);
    expect(answer.code).toBe(201);
    const object = answer.body as KubeObject;
    expect(who(object)).toEqual(['me Apply']);
    expect(fieldsOf(object, 'me')).toEqual({
      'f:spec': {
        'f:replicas': {},
        'f:selector': {},
        'f:template': {
          'f:metadata': { 'f:labels': { 'f:app': {} } },
          'f:spec': { 'f:containers': { 'k:{"name":"c"}': { '.': {}, 'f:image': {}, 'f:name': {} } } },
        },
      },
    });
    expect((object as Loose).spec['revisionHistoryLimit']).toBe(10);
  });

  it('refuses to take what another manager set, in the words of Kubernetes', () => {
    const api = withAccount();
    api.want('POST', `${DEPLOYMENTS}?fieldManager=kubectl-client-side-apply`, deployment('web'));
    const [path, body] = applied('web', { replicas: 5 });
    const answer = api.ask('PATCH', path, body, APPLY);
    expect(answer.body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using apps/v1: .spec.replicas',
      reason: 'Conflict',
      details: {
        causes: [
          {
            reason: 'FieldManagerConflict',
            message: 'conflict with "kubectl-client-side-apply" using apps/v1',
            field: '.spec.replicas',
          },
        ],
      },
      code: 409,
    });
    const forced = api.want('PATCH', `${path}&force=true`, body, APPLY) as unknown as Loose;
    expect(forced.spec['replicas']).toBe(5);
    expect(who(forced)).toEqual(['me Apply', 'kubectl-client-side-apply Update']);
  });

  it('lists several conflicts by manager', () => {
    const api = new TestApi();
    api.want('POST', `${CONFIG_MAPS}?fieldManager=foo`, {
      ...configMap('a', { labels: { app: 'x' } }),
      data: { x: '1' },
    });
    api.want('PATCH', `${CONFIG_MAPS}/a?fieldManager=bar`, { metadata: { labels: { app: 'y' } } }, MERGE);
    const body = { ...configMap('a', { labels: { app: 'z' } }), data: { x: '2' } };
    expect(message(api.ask('PATCH', `${CONFIG_MAPS}/a?fieldManager=me`, body, APPLY))).toBe(
      'Apply failed with 2 conflicts: conflicts with "bar" using v1:\n- .metadata.labels.app\nconflicts with "foo" using v1:\n- .data.x',
    );
  });

  it('removes what its manager applied before and does not any more, unless somebody shares it', () => {
    const api = new TestApi();
    const at = (manager: string): string => `${CONFIG_MAPS}/a?fieldManager=${manager}`;
    api.want('PATCH', at('one'), { ...configMap('a'), data: { x: '1', y: '1', z: '1' } }, APPLY);
    api.want('PATCH', at('two'), { ...configMap('a'), data: { y: '1' } }, APPLY);
    const left = api.want('PATCH', at('one'), { ...configMap('a'), data: { z: '1' } }, APPLY) as unknown as Loose;
    expect(left.data).toEqual({ y: '1', z: '1' });
    expect(fieldsOf(left, 'one')).toEqual({ 'f:data': { 'f:z': {} } });
    expect(fieldsOf(left, 'two')).toEqual({ 'f:data': { 'f:y': {} } });
  });

  it('merges lists by their keys', () => {
    const api = withAccount();
    const [path] = applied('web', {});
    const withContainers = (...containers: object[]) => {
      const base = deployment('web');
      return { ...base, spec: { ...base.spec, template: { ...base.spec.template, spec: { containers } } } };
    };
    api.want('PATCH', path, withContainers({ name: 'a', image: 'a:1' }, { name: 'b', image: 'b:1' }), APPLY);
    const other = `${DEPLOYMENTS}/web?fieldManager=other`;
    const sidecar = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { template: { spec: { containers: [{ name: 's', image: 's:1' }] } } },
    };
    api.want('PATCH', other, sidecar, APPLY);
    const object = api.want('PATCH', path, withContainers({ name: 'b', image: 'b:2' }), APPLY) as unknown as Loose;
    const { template } = object.spec as { template: { spec: { containers: { name: string; image: string }[] } } };
    expect(template.spec.containers.map(({ name, image }) => `${name} ${image}`)).toEqual(['b b:2', 's s:1']);
  });

  it('takes over what client-side apply of kubectl set', () => {
    const api = new TestApi();
    const plain = { ...configMap('a'), data: { x: '1' } };
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(plain) };
    const path = `${CONFIG_MAPS}?fieldManager=kubectl-client-side-apply`;
    api.want('POST', path, { ...configMap('a', { annotations }), data: { x: '1' } });
    const next = { ...configMap('a'), data: { x: '2' } };
    expect(api.ask('PATCH', `${CONFIG_MAPS}/a?fieldManager=other`, next, APPLY).code).toBe(409);
    const object = api.want('PATCH', `${CONFIG_MAPS}/a?fieldManager=kubectl`, next, APPLY) as unknown as Loose;
    expect(object.data).toEqual({ x: '2' });
    expect(object.metadata.annotations).toEqual({
      'kubectl.kubernetes.io/last-applied-configuration':
        '{"apiVersion":"v1","data":{"x":"2"},"kind":"ConfigMap","metadata":{"name":"a"}}\n',
    });
  });

  it('applies custom resources, whose maps are owned key by key', () => {
    const api = new TestApi();
    const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
    const names = { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' };
    const versions = [{ name: 'v1', served: true, storage: true, schema }];
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'things.x.io' },
    };
    api.want('POST', crds, { ...definition, spec: { group: 'x.io', names, scope: 'Namespaced', versions } });
    api.advance(100_000);
    const path = '/apis/x.io/v1/namespaces/default/things/a';
    const thing = (spec: object) => ({ apiVersion: 'x.io/v1', kind: 'Thing', metadata: { name: 'a' }, spec });
    const made = api.want('PATCH', `${path}?fieldManager=one`, thing({ a: { x: 1, y: 1 }, list: [1] }), APPLY);
    expect(fieldsOf(made, 'one')).toEqual({ 'f:spec': { 'f:a': { 'f:x': {}, 'f:y': {} }, 'f:list': {} } });
    const changed = api.want('PATCH', `${path}?fieldManager=one`, thing({ a: { x: 2 } }), APPLY) as unknown as Loose;
    expect(changed.spec).toEqual({ a: { x: 2 } });
    expect(message(api.ask('PATCH', `${path}?fieldManager=two`, thing({ a: { x: 3 } }), APPLY))).toBe(
      'Apply failed with 1 conflict: conflict with "one": .spec.a.x',
    );
  });

  it('calls what nobody owned before-first-apply', () => {
    const api = new TestApi();
    api.want('POST', `${CONFIG_MAPS}?fieldManager=one`, { ...configMap('a'), data: { x: '1', y: '1' } });
    api.want('PATCH', `${CONFIG_MAPS}/a`, { metadata: { managedFields: [{}] } }, MERGE);
    const body = { ...configMap('a'), data: { x: '2' } };
    expect(message(api.ask('PATCH', `${CONFIG_MAPS}/a?fieldManager=me`, body, APPLY))).toBe(
      'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.x',
    );
  });

  it('does not write an apply that repeats itself', () => {
    const api = new TestApi();
    const body = { ...configMap('a'), data: { x: '1' } };
    const first = api.want('PATCH', `${CONFIG_MAPS}/a?fieldManager=me`, body, APPLY);
    api.advance(5_000_000);
    const again = api.want('PATCH', `${CONFIG_MAPS}/a?fieldManager=me`, body, APPLY);
    expect(again.metadata).toEqual(first.metadata);
  });

  it('applies a scale', () => {
    const api = withAccount();
    api.want('POST', `${DEPLOYMENTS}?fieldManager=me`, deployment('web'));
    const scale = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'web' }, spec: { replicas: 4 } };
    const answer = api.want(
      'PATCH',
      `${DEPLOYMENTS}/web/scale?fieldManager=hpa&force=true`,
      scale,
      APPLY,
    ) as unknown as Loose;
    expect([answer.kind, answer.spec]).toEqual(['Scale', { replicas: 4 }]);
    expect(who(get(api, `${DEPLOYMENTS}/web`))).toEqual(['hpa Apply scale', 'me Update']);
  });

  const REFUSED: [string, string, object, number, string][] = [
    [
      'no field manager',
      '',
      {},
      422,
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    ],
    [
      'an unknown field',
      '?fieldManager=m',
      { spec: { replica: 1 } },
      500,
      'failed to create typed patch object (/web; apps/v1, Kind=Deployment): .spec.replica: field not declared in schema',
    ],
    [
      'a text for a number',
      '?fieldManager=m',
      { spec: { replicas: '3' } },
      500,
      'failed to create typed patch object (/web; apps/v1, Kind=Deployment): .spec.replicas: expected numeric (int or float), got string',
    ],
    [
      'two items of one key',
      '?fieldManager=m',
      { spec: { template: { spec: { containers: [{ name: 'a' }, { name: 'a' }] } } } },
      500,
      'failed to create typed patch object (/web; apps/v1, Kind=Deployment): .spec.template.spec.containers: duplicate entries for key [name="a"]',
    ],
    [
      'a number for a text',
      '?fieldManager=m',
      { spec: { template: { spec: { containers: [{ name: 'a', env: [{ name: 'P', value: 8080 }] }] } } } },
      500,
      'failed to create typed patch object (/web; apps/v1, Kind=Deployment): .spec.template.spec.containers[name="a"].env[name="P"].value: expected string, got &value.valueUnstructured{Value:8080}',
    ],
    [
      'managed fields',
      '?fieldManager=m',
      { metadata: { name: 'web', managedFields: [] } },
      400,
      'metadata.managedFields must be nil',
    ],
    ['another kind', '?fieldManager=m', { kind: 'Pod', apiVersion: 'v1' }, 400, 'invalid object type: /v1, Kind=Pod'],
    [
      'a uid of nothing',
      '?fieldManager=m',
      { metadata: { name: 'web', uid: 'u' } },
      409,
      'Operation cannot be fulfilled on deployments.apps "web": uid mismatch: the provided object specified uid u, and no existing object was found',
    ],
  ];

  it.each(REFUSED)('refuses %s', (_what, query, change, code, text) => {
    const api = withAccount();
    const base = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } };
    const answer = api.ask('PATCH', `${DEPLOYMENTS}/web${query}`, { ...base, ...change }, APPLY);
    expect([answer.code, (answer.body as Status).message]).toEqual([code, text]);
  });

  it('lets other patches have no force', () => {
    const api = withAccount();
    api.want('POST', CONFIG_MAPS, configMap('a'));
    expect(message(api.ask('PATCH', `${CONFIG_MAPS}/a?force=true`, {}, MERGE))).toBe(
      'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
    );
  });
});
