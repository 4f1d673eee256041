/** The garbage collector and the namespace controller with objects of kinds that definitions add, by a real API server. */
import { describe, expect, it } from 'vitest';
import type { KubeObject, Namespace, OwnerReference, ResourceQuota } from '#engine/api/types';
import type { ComponentState } from '#engine/client/testing';
import { stateOf } from '#engine/client/testing';
import { cacheOf } from '#engine/client/cache';
import type { Kernel } from '#engine/kernel/kernel';
import { etcd } from '#engine/etcd/etcd';
import { MINUTE, SECOND } from '#engine/kernel/time';
import type { ControllerManagerState } from './controller-manager';
import { customKinds, resourceName } from './custom-resources';
import { LAPTOP, MANAGER, answerTo, run, start } from './testing/control-plane';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const WIDGETS = '/apis/example.com/v1/namespaces/default/widgets';
const GADGETS = '/apis/example.com/v1/namespaces/default/gadgets';
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

const version = (name: string, over: object = {}) => ({
  name,
  served: true,
  storage: name === 'v1',
  schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
  ...over,
});
const definition = (
  kind: string,
  { scope = 'Namespaced', group = 'example.com', versions = [version('v1')] } = {},
) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${kind.toLowerCase()}s.${group}` },
  spec: { group, scope, names: { kind, plural: `${kind.toLowerCase()}s` }, versions },
});

type Meta = Partial<KubeObject['metadata']>;
const custom = (kind: string, name: string, metadata: Meta = {}, apiVersion = 'example.com/v1') => ({
  apiVersion,
  kind,
  metadata: { name, ...metadata },
});
const configMap = (name: string, ...ownerReferences: OwnerReference[]) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ownerReferences },
});
const ownedBy = ({ apiVersion, kind, metadata }: KubeObject, over: Partial<OwnerReference> = {}): OwnerReference => ({
  apiVersion,
  kind,
  name: metadata.name,
  uid: metadata.uid,
  ...over,
});
const ABSENT: OwnerReference = { apiVersion: 'example.com/v1', kind: 'Widget', name: 'w', uid: 'absent' };

function post(kernel: Kernel, path: string, body: unknown): KubeObject {
  const answer = answerTo(kernel, 'POST', path, body);
  expect(answer).toMatchObject({ code: 201 });
  return answer.body as KubeObject;
}
const read = (kernel: Kernel, path: string): KubeObject | null => {
  const { code, body } = answerTo(kernel, 'GET', path);
  return code === 404 ? null : (body as KubeObject);
};
const exists = (kernel: Kernel, path: string): boolean => read(kernel, path) !== null;
const remove = (kernel: Kernel, path: string, propagationPolicy = 'Background'): unknown =>
  answerTo(kernel, 'DELETE', path, { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy }).code;
/** Takes the finalizers off. */
function release(kernel: Kernel, path: string): void {
  const object = read(kernel, path)!;
  const { finalizers: _, ...metadata } = object.metadata;
  expect(answerTo(kernel, 'PUT', path, { ...object, metadata })).toMatchObject({ code: 200 });
}
const eventTexts = (kernel: Kernel): readonly string[] =>
  cacheOf(stateOf<ComponentState>(kernel, LAPTOP).client, 'Event')
    .list()
    .map(({ type, reason, message }) => `${type} ${reason} ${message}`);

function withWidgets(...more: readonly unknown[]): Kernel {
  const kernel = start(etcd);
  for (const body of [definition('Widget'), definition('Gadget'), ...more]) post(kernel, DEFINITIONS, body);
  run(kernel, 2 * SECOND);
  return kernel;
}

// kubernetes test/integration/garbagecollector/garbage_collector_test.go (TestCustomResourceCascadingDeletion,
// TestMixedRelationships, TestCRDDeletionCascading), test/e2e/apimachinery/garbage_collector.go
describe('the garbage collector and custom objects', () => {
  it('collects built-in and custom dependents of a custom owner in the background', () => {
    const kernel = withWidgets();
    const owner = post(kernel, WIDGETS, custom('Widget', 'owner'));
    post(kernel, CONFIG_MAPS, configMap('dependent', ownedBy(owner)));
    const middle = post(kernel, GADGETS, custom('Gadget', 'dependent', { ownerReferences: [ownedBy(owner)] }));
    post(kernel, WIDGETS, custom('Widget', 'leaf', { ownerReferences: [ownedBy(middle)] }));
    run(kernel, MINUTE);
    expect(exists(kernel, `${CONFIG_MAPS}/dependent`)).toBe(true);
    remove(kernel, `${WIDGETS}/owner`);
    run(kernel, 2 * SECOND);
    const left = [`${CONFIG_MAPS}/dependent`, `${GADGETS}/dependent`, `${WIDGETS}/leaf`];
    expect(left.filter((path) => exists(kernel, path))).toEqual([]);
  });

  it('collects custom dependents of a built-in owner, and of an owner that was never there', () => {
    const kernel = withWidgets();
    const owner = post(kernel, CONFIG_MAPS, configMap('owner'));
    post(kernel, WIDGETS, custom('Widget', 'mixed', { ownerReferences: [ownedBy(owner)] }));
    post(kernel, WIDGETS, custom('Widget', 'orphan', { ownerReferences: [ABSENT] }));
    post(kernel, WIDGETS, custom('Widget', 'shared', { ownerReferences: [ABSENT, ownedBy(owner)] }));
    run(kernel, 10 * SECOND);
    expect([exists(kernel, `${WIDGETS}/mixed`), exists(kernel, `${WIDGETS}/orphan`)]).toEqual([true, false]);
    expect(read(kernel, `${WIDGETS}/shared`)?.metadata.ownerReferences).toEqual([ownedBy(owner)]);
    remove(kernel, `${CONFIG_MAPS}/owner`);
    run(kernel, 2 * SECOND);
    expect([exists(kernel, `${WIDGETS}/mixed`), exists(kernel, `${WIDGETS}/shared`)]).toEqual([false, false]);
  });

  it('deletes in the foreground what blocks its custom owner, and waits for it', () => {
    const kernel = withWidgets();
    const owner = post(kernel, WIDGETS, custom('Widget', 'owner'));
    const ownerReferences = [ownedBy(owner, { blockOwnerDeletion: true })];
    post(kernel, GADGETS, custom('Gadget', 'slow', { ownerReferences, finalizers: ['example.com/hold'] }));
    post(kernel, GADGETS, custom('Gadget', 'loose', { ownerReferences: [ownedBy(owner)], finalizers: ['a.io/b'] }));
    remove(kernel, `${WIDGETS}/owner`, 'Foreground');
    run(kernel, 5 * SECOND);
    expect(read(kernel, `${GADGETS}/slow`)?.metadata.deletionTimestamp).toBeDefined();
    expect(read(kernel, `${WIDGETS}/owner`)?.metadata.finalizers).toEqual(['foregroundDeletion']);
    release(kernel, `${GADGETS}/slow`);
    run(kernel, 2 * SECOND);
    expect([exists(kernel, `${GADGETS}/slow`), exists(kernel, `${WIDGETS}/owner`)]).toEqual([false, false]);
    expect(read(kernel, `${GADGETS}/loose`)?.metadata.deletionTimestamp).toBeDefined();
  });

  it('lets go of custom dependents in an orphaning deletion', () => {
    const kernel = withWidgets();
    const owner = post(kernel, WIDGETS, custom('Widget', 'owner'));
    post(kernel, GADGETS, custom('Gadget', 'kept', { ownerReferences: [ownedBy(owner)] }));
    remove(kernel, `${WIDGETS}/owner`, 'Orphan');
    run(kernel, 2 * SECOND);
    expect(exists(kernel, `${WIDGETS}/owner`)).toBe(false);
    run(kernel, MINUTE);
    expect(read(kernel, `${GADGETS}/kept`)?.metadata.ownerReferences ?? []).toEqual([]);
  });

  it('says that an owner is in another namespace, and takes it for absent', () => {
    const kernel = withWidgets();
    const owner = post(kernel, WIDGETS.replace('default', 'kube-public'), custom('Widget', 'owner'));
    const dependent = post(kernel, CONFIG_MAPS, configMap('dependent', ownedBy(owner)));
    run(kernel, 10 * SECOND);
    expect(exists(kernel, `${CONFIG_MAPS}/${dependent.metadata.name}`)).toBe(false);
    expect(eventTexts(kernel)).toContain(
      `Warning OwnerRefInvalidNamespace ownerRef [example.com/v1/Widget, namespace: default, name: owner, uid: ${owner.metadata.uid}] does not exist in namespace "default"`,
    );
  });

  it('keeps what is in no namespace and names an owner that is in one, and says so', () => {
    const kernel = withWidgets(definition('Planet', { scope: 'Cluster' }));
    const owner = post(kernel, WIDGETS, custom('Widget', 'owner'));
    post(kernel, '/apis/example.com/v1/planets', custom('Planet', 'mars', { ownerReferences: [ownedBy(owner)] }));
    run(kernel, 10 * SECOND);
    expect(exists(kernel, '/apis/example.com/v1/planets/mars')).toBe(true);
    expect(eventTexts(kernel)).toContainEqual(
      expect.stringMatching(
        /^Warning OwnerRefInvalidNamespace ownerRef \[example\.com\/v1\/Widget, namespace: , name: owner, uid: .*\] does not exist in namespace ""$/,
      ),
    );
  });

  it('collects in all namespaces what a custom object of the cluster owned', () => {
    const kernel = withWidgets(definition('Planet', { scope: 'Cluster' }));
    const owner = post(kernel, '/apis/example.com/v1/planets', custom('Planet', 'mars'));
    const places = [WIDGETS, WIDGETS.replace('default', 'kube-public')];
    for (const path of places) post(kernel, path, custom('Widget', 'moon', { ownerReferences: [ownedBy(owner)] }));
    run(kernel, 10 * SECOND);
    expect(places.map((path) => exists(kernel, `${path}/moon`))).toEqual([true, true]);
    remove(kernel, '/apis/example.com/v1/planets/mars');
    run(kernel, 2 * SECOND);
    expect(places.map((path) => exists(kernel, `${path}/moon`))).toEqual([false, false]);
  });

  it('tells a custom kind from its built-in namesake', () => {
    const kernel = withWidgets(definition('Service', { group: 'serving.example.com' }));
    const path = '/apis/serving.example.com/v1/namespaces/default/services';
    const owner = post(kernel, path, custom('Service', 'web', {}, 'serving.example.com/v1'));
    post(kernel, CONFIG_MAPS, configMap('dependent', ownedBy(owner)));
    run(kernel, 10 * SECOND);
    expect(exists(kernel, `${CONFIG_MAPS}/dependent`)).toBe(true);
    remove(kernel, `${path}/web`);
    run(kernel, 2 * SECOND);
    expect(exists(kernel, `${CONFIG_MAPS}/dependent`)).toBe(false);
  });

  it('keeps what has an owner of an unknown kind, until a definition makes it known', () => {
    const kernel = start(etcd);
    post(kernel, CONFIG_MAPS, configMap('dependent', ABSENT));
    run(kernel, 2 * MINUTE);
    expect(exists(kernel, `${CONFIG_MAPS}/dependent`)).toBe(true);
    post(kernel, DEFINITIONS, definition('Widget'));
    run(kernel, 10 * SECOND);
    expect(exists(kernel, `${CONFIG_MAPS}/dependent`)).toBe(false);
  });

  it('keeps dependents when their owner is served in another version, and reads it in that one', () => {
    const kernel = withWidgets();
    const owner = post(kernel, WIDGETS, custom('Widget', 'owner'));
    post(kernel, CONFIG_MAPS, configMap('dependent', ownedBy(owner)));
    const stored = read(kernel, `${DEFINITIONS}/widgets.example.com`)!;
    const { spec } = definition('Widget', { versions: [version('v1'), version('v2')] });
    expect(answerTo(kernel, 'PUT', `${DEFINITIONS}/widgets.example.com`, { ...stored, spec })).toMatchObject({
      code: 200,
    });
    run(kernel, MINUTE);
    expect(exists(kernel, `${CONFIG_MAPS}/dependent`)).toBe(true);
    const { client } = stateOf<ControllerManagerState>(kernel, MANAGER);
    expect([...client.stores.keys()].filter((key) => key.endsWith('/widgets'))).toEqual([
      '/apis/example.com/v2/widgets',
    ]);
    remove(kernel, `${WIDGETS}/owner`);
    run(kernel, 2 * SECOND);
    expect(exists(kernel, `${CONFIG_MAPS}/dependent`)).toBe(false);
  });

  it('collects what the objects of a deleted definition owned, and gives their cache up', () => {
    const kernel = withWidgets();
    const owner = post(kernel, WIDGETS, custom('Widget', 'owner'));
    post(kernel, CONFIG_MAPS, configMap('dependent', ownedBy(owner)));
    remove(kernel, `${DEFINITIONS}/widgets.example.com`);
    run(kernel, 5 * SECOND);
    expect([exists(kernel, `${CONFIG_MAPS}/dependent`), exists(kernel, `${DEFINITIONS}/widgets.example.com`)]).toEqual([
      false,
      false,
    ]);
    const { client } = stateOf<ControllerManagerState>(kernel, MANAGER);
    expect([...client.stores.keys()].filter((key) => key.startsWith('/'))).toEqual(['/apis/example.com/v1/gadgets']);
    expect([...client.reflectors.keys()].filter((key) => key.startsWith('/'))).toEqual([
      '/apis/example.com/v1/gadgets',
    ]);
  });
});

describe('a namespace with custom objects that is being deleted', () => {
  const SHOP = WIDGETS.replace('default', 'shop');
  const shop = (kernel: Kernel): Namespace | null => read(kernel, '/api/v1/namespaces/shop') as Namespace | null;
  const told = (kernel: Kernel): readonly string[] =>
    (shop(kernel)?.status.conditions ?? []).map(({ type, status, message }) => `${type} ${status} ${message}`);

  function open(): Kernel {
    const kernel = withWidgets();
    post(kernel, '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    return kernel;
  }

  it('takes them with it, and the Events', () => {
    const kernel = open();
    for (const name of ['a', 'b']) post(kernel, SHOP, custom('Widget', name));
    const events = '/api/v1/namespaces/shop/events';
    const involvedObject = { kind: 'Widget', namespace: 'shop', name: 'a' };
    post(kernel, events, { apiVersion: 'v1', kind: 'Event', metadata: { name: 'e' }, involvedObject });
    remove(kernel, '/api/v1/namespaces/shop');
    run(kernel, 20 * SECOND);
    expect([exists(kernel, `${SHOP}/a`), shop(kernel), exists(kernel, `${events}/e`)]).toEqual([false, null, false]);
  });

  it('waits for their finalizers, and says which', () => {
    const kernel = open();
    post(kernel, SHOP, custom('Widget', 'held', { finalizers: ['example.com/hold'] }));
    remove(kernel, '/api/v1/namespaces/shop');
    run(kernel, 20 * SECOND);
    expect(told(kernel)).toEqual([
      'NamespaceDeletionDiscoveryFailure False All resources successfully discovered',
      'NamespaceDeletionGroupVersionParsingFailure False All legacy kube types successfully parsed',
      'NamespaceDeletionContentFailure False All content successfully deleted, may be waiting on finalization',
      'NamespaceContentRemaining True Some resources are remaining: widgets.example.com has 1 resource instances',
      'NamespaceFinalizersRemaining True Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
    ]);
    release(kernel, `${SHOP}/held`);
    run(kernel, 20 * SECOND);
    expect(shop(kernel)).toBeNull();
  });

  it('stays, and says why, when what is in it cannot be read', () => {
    const kernel = open();
    const webhook = { clientConfig: { url: 'https://example.com' }, conversionReviewVersions: ['v1'] };
    const unreadable = definition('Sprocket', { versions: [version('v1'), version('v2')] });
    const spec = { ...unreadable.spec, conversion: { strategy: 'Webhook', webhook } };
    post(kernel, DEFINITIONS, { ...unreadable, spec });
    run(kernel, 2 * SECOND);
    const sprockets = '/apis/example.com/v1/namespaces/shop/sprockets';
    post(kernel, sprockets, custom('Sprocket', 'a'));
    post(kernel, CONFIG_MAPS.replace('default', 'shop'), configMap('settings'));
    remove(kernel, '/api/v1/namespaces/shop');
    run(kernel, 20 * SECOND);
    expect(exists(kernel, `${CONFIG_MAPS.replace('default', 'shop')}/settings`)).toBe(false);
    expect(told(kernel)[2]).toBe(
      'NamespaceDeletionContentFailure True Failed to delete all resource types, 1 remaining: Internal error occurred: conversion webhook for example.com/v1, Kind=Sprocket failed: Post "https://example.com?timeout=30s": webhooks are not called in this cluster',
    );
    remove(kernel, `${DEFINITIONS}/sprockets.example.com`);
    run(kernel, 20 * SECOND);
    expect(shop(kernel)).toBeNull();
  });
});

// kubernetes test/e2e/apimachinery/resource_quota.go ("should create a ResourceQuota and capture the life of a custom resource")
describe('a quota of custom objects', () => {
  const QUOTAS = '/api/v1/namespaces/default/resourcequotas';
  const quota = (hard: Record<string, string>) => ({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'q' },
    spec: { hard },
  });
  const used = (kernel: Kernel): unknown => (read(kernel, `${QUOTAS}/q`) as ResourceQuota).status?.used;

  it('counts those that there are, charges new ones, and gives back what is deleted', () => {
    const kernel = withWidgets();
    post(kernel, WIDGETS, custom('Widget', 'a'));
    post(kernel, QUOTAS, quota({ 'count/widgets.example.com': '2' }));
    run(kernel, SECOND);
    expect(used(kernel)).toEqual({ 'count/widgets.example.com': '1' });
    post(kernel, WIDGETS, custom('Widget', 'b'));
    expect(answerTo(kernel, 'POST', WIDGETS, custom('Widget', 'c'))).toMatchObject({
      code: 403,
      body: {
        message:
          'widgets.example.com "c" is forbidden: exceeded quota: q, requested: count/widgets.example.com=1, used: count/widgets.example.com=2, limited: count/widgets.example.com=2',
      },
    });
    remove(kernel, `${WIDGETS}/a`);
    run(kernel, SECOND);
    expect(used(kernel)).toEqual({ 'count/widgets.example.com': '1' });
    post(kernel, WIDGETS, custom('Widget', 'c'));
  });

  it('that is older than their definition is counted when that is served', () => {
    const kernel = start(etcd);
    post(kernel, QUOTAS, quota({ 'count/widgets.example.com': '1', pods: '1' }));
    run(kernel, SECOND);
    expect(used(kernel)).toEqual({ pods: '0' });
    post(kernel, DEFINITIONS, definition('Widget'));
    run(kernel, 3 * SECOND);
    expect(used(kernel)).toEqual({ 'count/widgets.example.com': '0', pods: '0' });
    post(kernel, WIDGETS, custom('Widget', 'a'));
    expect(answerTo(kernel, 'POST', WIDGETS, custom('Widget', 'b'))).toMatchObject({ code: 403 });
  });

  it('is counted as soon as they are read when it is new with their definition', () => {
    const kernel = start(etcd);
    post(kernel, DEFINITIONS, definition('Widget'));
    post(kernel, QUOTAS, quota({ 'count/widgets.example.com': '1' }));
    run(kernel, 5 * SECOND);
    expect(used(kernel)).toEqual({ 'count/widgets.example.com': '0' });
  });
});

describe('what definitions serve', () => {
  it.each([
    [
      'the newest stable version',
      [version('v1beta1'), version('v1'), version('v2alpha1')],
      '/apis/example.com/v1/widgets',
    ],
    ['only what is served', [version('v1'), version('v2', { served: false })], '/apis/example.com/v1/widgets'],
    ['another', [version('v1'), version('v2')], '/apis/example.com/v2/widgets'],
  ])('is read in %s', (_, versions, collection) => {
    const established = { conditions: [{ type: 'Established', status: 'True' }] };
    const stored = { ...definition('Widget', { versions }), status: established } as never;
    expect(customKinds([stored]).map((kind) => [kind.collection, resourceName(kind.collection)])).toEqual([
      [collection, 'widgets.example.com'],
    ]);
    expect(customKinds([{ ...(stored as object), status: {} } as never])).toEqual([]);
  });
});
