/** @source kubernetes pkg/controller/endpoint/endpoints_controller_test.go, pkg/api/v1/endpoints/util_test.go */
import '../late-controllers';
import { describe, expect, it } from 'vitest';
import type { Endpoints, KubeObject, Pod, Service } from '#engine/api/types';
import type { Change, Plan } from '#engine/client/plan';
import { at, meta, pod, readyCondition, service } from '../testing/builders';
import { viewOfObjects } from '../testing/view';
import { endpointsController } from './controller';
import { reconcileEndpoints } from './reconcile';
import { repackSubsets } from './subsets';

type Subsets = NonNullable<Endpoints['subsets']>;
type Address = NonNullable<Subsets[number]['addresses']>[number];

/** `1.2.3.4/uid,5.6.7.8|1.2.3.5:111,222`: what is ready, what is not, ports. */
const subset = (text: string): Subsets[number] => {
  const [hosts = '', ports = ''] = text.replaceAll('beef::1', 'beef').split(':');
  const list = (words = ''): Address[] =>
    words === ''
      ? []
      : words.split(',').map((word) => {
          const [ip = '', uid] = word.split('/');
          return { ip, ...(uid === undefined ? {} : { targetRef: { uid } }) };
        });
  const [ready, notReady] = hosts.split('|');
  return {
    addresses: list(ready),
    notReadyAddresses: list(notReady),
    ports: ports.split(',').map((port) => ({ port: Number(port) })),
  };
};
const text = ({ addresses = [], notReadyAddresses = [], ports = [] }: Subsets[number]): string => {
  const list = (all: Address[]): string =>
    all
      .map(({ ip, targetRef }) => (targetRef === undefined ? ip : `${ip}/${targetRef.uid}`))
      .toSorted()
      .join(',');
  const waiting = notReadyAddresses.length === 0 ? '' : `|${list(notReadyAddresses)}`;
  return `${list(addresses)}${waiting}:${ports.map(({ port }) => port).join(',')}`;
};

describe('repacking', () => {
  it.each<[name: string, given: string[], expected: string[]]>([
    ['one set, one ip, one port', ['1.2.3.4:111'], ['1.2.3.4:111']],
    ['one set, one ip, one port (IPv6)', ['beef::1:111'], ['beef:111']],
    ['one set, one notReady ip, one port', ['|1.2.3.4:111'], ['|1.2.3.4:111']],
    ['one set, one ip, one UID, one port', ['1.2.3.4/uid-1:111'], ['1.2.3.4/uid-1:111']],
    ['one set, one notReady ip, one UID, one port', ['|1.2.3.4/uid-1:111'], ['|1.2.3.4/uid-1:111']],
    ['one set, two ips, one port', ['1.2.3.4,5.6.7.8:111'], ['1.2.3.4,5.6.7.8:111']],
    ['one set, two mixed ips, one port', ['1.2.3.4|5.6.7.8:111'], ['1.2.3.4|5.6.7.8:111']],
    ['one set, two duplicate ips, notReady is covered by ready', ['1.2.3.4|1.2.3.4:111'], ['|1.2.3.4:111']],
    ['one set, one ip, two ports', ['1.2.3.4:111,222'], ['1.2.3.4:111,222']],
    ['one set, dup ips, one port', ['1.2.3.4,1.2.3.4:111'], ['1.2.3.4:111']],
    ['one set, dup ips, one port (IPv6)', ['beef::1,beef::1:111'], ['beef:111']],
    ['one set, dup ips with target-refs, one port', ['1.2.3.4/foo,1.2.3.4/foo:111'], ['1.2.3.4/foo:111']],
    ['one set, dup mixed ips with target-refs, one port', ['1.2.3.4/foo|1.2.3.4/foo:111'], ['|1.2.3.4/foo:111']],
    ['one set, one ip, dup ports', ['1.2.3.4:111,111'], ['1.2.3.4:111']],
    ['two sets, dup ip, dup port', ['1.2.3.4:111', '1.2.3.4:111'], ['1.2.3.4:111']],
    ['two sets, dup mixed ip, dup port', ['1.2.3.4:111', '|1.2.3.4:111'], ['|1.2.3.4:111']],
    ['two sets, dup ip, two ports', ['1.2.3.4:111', '1.2.3.4:222'], ['1.2.3.4:111,222']],
    ['two sets, dup uids, two ports', ['1.2.3.4/uid-1:111', '1.2.3.4/uid-1:222'], ['1.2.3.4/uid-1:111,222']],
    [
      'two sets, dup mixed ip, dup uids, two ports',
      ['1.2.3.4/uid-1:111', '|1.2.3.4/uid-1:222'],
      ['1.2.3.4/uid-1:111', '|1.2.3.4/uid-1:222'],
    ],
    ['two sets, two ips, dup port', ['1.2.3.4:111', '5.6.7.8:111'], ['1.2.3.4,5.6.7.8:111']],
    [
      'two set, dup ip, two uids, dup ports',
      ['1.2.3.4/uid-1:111', '1.2.3.4/uid-2:111'],
      ['1.2.3.4/uid-1,1.2.3.4/uid-2:111'],
    ],
    [
      'two set, dup ip, with and without uid, dup ports',
      ['1.2.3.4:111', '1.2.3.4/uid-2:111'],
      ['1.2.3.4,1.2.3.4/uid-2:111'],
    ],
    [
      'two sets, two ips, two dup ip with uid, dup port, wrong order',
      ['5.6.7.8:111', '5.6.7.8/uid-1:111', '1.2.3.4/uid-1:111', '1.2.3.4:111'],
      ['1.2.3.4,1.2.3.4/uid-1,5.6.7.8,5.6.7.8/uid-1:111'],
    ],
    [
      'two mixed ips, two dup ip with uid, dup port, wrong order, ends up with split addresses',
      ['5.6.7.8:111', '|5.6.7.8/uid-1:111', '|1.2.3.4/uid-1:111', '|1.2.3.4:111'],
      ['5.6.7.8|1.2.3.4,1.2.3.4/uid-1,5.6.7.8/uid-1:111'],
    ],
    ['two sets, two ips, two ports', ['1.2.3.4:111', '5.6.7.8:222'], ['1.2.3.4:111', '5.6.7.8:222']],
    [
      'four sets, three ips, three ports, jumbled',
      ['1.2.3.4:111', '1.2.3.5:222', '1.2.3.6:111', '1.2.3.5:333'],
      ['1.2.3.4,1.2.3.6:111', '1.2.3.5:222,333'],
    ],
    [
      'four sets, three mixed ips, three ports, jumbled',
      ['1.2.3.4:111', '|1.2.3.5:222', '1.2.3.6:111', '|1.2.3.5:333'],
      ['1.2.3.4,1.2.3.6:111', '|1.2.3.5:222,333'],
    ],
  ])('%s', (_, given, expected) => {
    expect(repackSubsets(given.map(subset)).map(text)).toEqual(expected);
  });
});

const LABELS = { foo: 'bar' };
const foo = (spec: Partial<Service['spec']> = {}, over: Parameters<typeof service>[2] = {}): Service =>
  service('foo', { selector: LABELS, ...spec }, over);
const ip = (index: number): string => `1.2.${3 + Math.floor((index + 4) / 256)}.${(index + 4) % 256}`;
const one = (index: number, isReady = true, over: Parameters<typeof pod>[1] = {}): Pod =>
  pod(`pod${String(index).padStart(4, '0')}`, {
    ...over,
    meta: { labels: LABELS, ...over.meta },
    status: { podIP: ip(index), conditions: [readyCondition(isReady ? 'True' : 'False')], ...over.status },
  });
const many = (ready: number, notReady = 0): Pod[] =>
  Array.from({ length: ready + notReady }, (_, index) => one(index, index < ready));
const address = (index: number): Address => ({
  ip: ip(index),
  nodeName: 'node-1',
  targetRef: {
    kind: 'Pod',
    namespace: 'default',
    name: one(index).metadata.name,
    uid: one(index).metadata.uid,
  },
});
const PORTS = [{ port: 8080, protocol: 'TCP' as const }];
const MANAGED = { 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' };
const stored = (subsets?: Subsets, over: Parameters<typeof meta>[2] = { labels: MANAGED }): Endpoints => ({
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: meta('Endpoints', 'foo', over),
  ...(subsets === undefined ? {} : { subsets }),
});
const OLD: Subsets = [{ addresses: [{ ip: '6.7.8.9' }], ports: [{ port: 1000, protocol: 'TCP' }] }];
const sync = (...objects: readonly KubeObject[]): Plan => reconcileEndpoints(viewOfObjects(objects), 'default/foo');
const made = (...objects: readonly KubeObject[]): Endpoints => {
  const [step] = sync(...objects).steps;
  return (step?.op === 'update' || step?.op === 'create' ? step.object : {}) as Endpoints;
};

describe('Endpoints of a Service', () => {
  it.each<[name: string, objects: readonly KubeObject[], ops: string[]]>([
    ['TestSyncEndpointsItemsPreserveNoSelector', [foo({ selector: undefined as never }), stored(OLD)], []],
    ['TestSyncEndpointsExistingNilSubsets', [foo(), stored()], []],
    ['TestSyncEndpointsExistingEmptySubsets', [foo(), stored([])], []],
    ['TestSyncEndpointsNewNoSubsets', [foo()], ['create']],
    [
      'TestSyncEndpointsHeadlessServiceLabel',
      [foo(), stored([], { labels: { ...MANAGED, 'service.kubernetes.io/headless': '' } })],
      [],
    ],
    ['TestSyncServiceExternalNameType', [foo({ type: 'ExternalName' })], []],
    [
      'TestSyncEndpointsItemsPreexistingIdentical',
      [foo(), one(0), stored([{ addresses: [address(0)], ports: PORTS }])],
      [],
    ],
    ['TestSyncEndpointsItemsPreexisting', [foo(), one(0), stored(OLD)], ['update']],
    ['TestSyncEndpointsServiceNotFound', [stored()], ['delete']],
    ['nothing of a Service that nobody knows', [], []],
    ['Endpoints of an older controller get its label', [foo(), stored([], {})], ['update']],
  ])('%s', (_, objects, ops) => {
    expect(sync(...objects).steps.map(({ op }) => op)).toEqual(ops);
  });

  it.each<[name: string, spec: Partial<Service['spec']>, pods: readonly Pod[], subsets: Subsets]>([
    [
      'TestSyncEndpointsItemsEmptySelectorSelectsAll',
      { selector: {} },
      [one(0)],
      [{ addresses: [address(0)], ports: PORTS }],
    ],
    [
      'TestSyncEndpointsItemsEmptySelectorSelectsAllMixed',
      { selector: {} },
      [one(0), one(1, false)],
      [{ addresses: [address(0)], notReadyAddresses: [address(1)], ports: PORTS }],
    ],
    [
      'TestSyncEndpointsItems',
      {
        ports: [
          { name: 'port0', port: 80, targetPort: 8080 },
          { name: 'port1', port: 88, targetPort: 8088 },
        ],
      },
      many(3),
      [
        {
          addresses: [address(0), address(1), address(2)],
          ports: [
            { name: 'port0', port: 8080, protocol: 'TCP' },
            { name: 'port1', port: 8088, protocol: 'TCP' },
          ],
        },
      ],
    ],
    ['TestSyncEndpointsHeadlessService', { clusterIP: 'None', ports: [] }, [one(0)], [{ addresses: [address(0)] }]],
    ['TestSyncEndpointsHeadlessWithoutPort, with an address', { ports: [] }, [one(0)], []],
    [
      'over, or without an address',
      {},
      [one(0, true, { status: { phase: 'Failed' } }), one(1, true, { status: { podIP: '' } })],
      [],
    ],
    ['being deleted', {}, [one(0, true, { meta: { deletionTimestamp: at(1) } })], []],
    [
      'being deleted, and addresses that are not ready are published',
      { publishNotReadyAddresses: true },
      [one(0, true, { meta: { deletionTimestamp: at(1) } }), one(1, false)],
      [{ addresses: [address(0), address(1)], ports: PORTS }],
    ],
    [
      'with a host name of this Service',
      {},
      [
        one(0, true, { spec: { hostname: 'host', subdomain: 'foo' } }),
        one(1, true, { spec: { hostname: 'h', subdomain: 'x' } }),
      ],
      [{ addresses: [{ ...address(0), hostname: 'host' }, address(1)], ports: PORTS }],
    ],
    [
      'whose port has the name at different numbers, and at none',
      { ports: [{ port: 80, targetPort: 'web' }] },
      [1, 2, 0].map((number, index) =>
        one(index, true, {
          spec: {
            containers: [
              { name: 'c', image: 'i', ports: number === 0 ? [] : [{ name: 'web', containerPort: number }] },
            ],
          },
        }),
      ),
      [
        { addresses: [address(0)], ports: [{ port: 1, protocol: 'TCP' }] },
        { addresses: [address(1)], ports: [{ port: 2, protocol: 'TCP' }] },
      ],
    ],
    ['of another family', { ipFamilies: ['IPv6'] }, [one(0)], []],
  ])('pods: %s', (_, spec, pods, subsets) => {
    expect(made(foo(spec), ...pods).subsets).toEqual(subsets);
  });

  it('has the labels of the Service and what says who made it; addresses come in order of their text', () => {
    const given = foo({ clusterIP: 'None' }, { labels: { baz: 'blah' } });
    const endpoints = made(given, one(6), one(0), stored(OLD, { labels: { foo: 'bar' } }));
    expect(endpoints.metadata.labels).toEqual({ baz: 'blah', ...MANAGED, 'service.kubernetes.io/headless': '' });
    expect(endpoints.subsets?.[0]?.addresses?.map((each) => each.ip)).toEqual(['1.2.3.10', '1.2.3.4']);
  });

  // TestLastTriggerChangeTimeAnnotation, _AnnotationOverridden, _AnnotationCleared
  it('tells when what it shows has changed', () => {
    const TIME = 'endpoints.kubernetes.io/last-change-trigger-time';
    const since = (...objects: readonly KubeObject[]) => made(...objects).metadata.annotations?.[TIME];
    const before = stored([{ addresses: [address(0)], ports: PORTS }], {
      labels: MANAGED,
      annotations: { [TIME]: at(1) },
    });
    const late = one(1, true, { status: { conditions: [readyCondition('True', at(7))] } });
    expect(since(foo({}, { creationTimestamp: at(3) }), one(0))).toBe(at(3));
    expect(since(foo(), one(0), late, before)).toBe(at(7));
    expect(since(foo({}, { labels: { a: 'b' } }), one(0), before)).toBeUndefined();
  });

  it('writes addresses that it has written before as they are', () => {
    const known = address(0);
    const next = made(foo(), one(0), one(1), stored([{ addresses: [known], ports: PORTS }]));
    expect(next.subsets?.[0]?.addresses?.[0]).toBe(known);
  });

  const MAX = 1000;
  it.each<
    [
      name: string,
      said: string | null,
      existing: number,
      ready: number,
      notReady: number,
      expected: [number, number, boolean],
    ]
  >([
    ['empty', null, 0, 0, 0, [0, 0, false]],
    [
      'annotation added past capacity, < than maxCapacity of Ready Addresses',
      null,
      MAX - 1,
      MAX - 3,
      4,
      [MAX - 3, 3, true],
    ],
    ['annotation added past capacity, maxCapacity of Ready Addresses', null, MAX - 1, MAX, 10, [MAX, 0, true]],
    ['annotation removed below capacity', 'truncated', MAX - 1, MAX - 1, 0, [MAX - 1, 0, false]],
    [
      'annotation was set to warning previously, annotation removed at capacity',
      'warning',
      MAX,
      MAX,
      0,
      [MAX, 0, false],
    ],
    [
      'annotation was set to warning previously but still over capacity',
      'warning',
      MAX + 1,
      MAX + 1,
      0,
      [MAX, 0, true],
    ],
    ['annotation removed at capacity', 'truncated', MAX, MAX, 0, [MAX, 0, false]],
    ['no endpoints change, annotation value corrected', 'invalid', MAX + 1, MAX + 1, 0, [MAX, 0, true]],
  ])('holds a thousand addresses: %s', (_, said, existing, ready, notReady, expected) => {
    const annotations: Record<string, string> = said === null ? {} : { 'endpoints.kubernetes.io/over-capacity': said };
    const before = stored([{ addresses: Array.from({ length: existing }, (__, index) => address(index)) }], {
      annotations,
    });
    const { metadata, subsets = [] } = made(foo(), ...many(ready, notReady), before);
    const count = (list: 'addresses' | 'notReadyAddresses') =>
      subsets.reduce((so, each) => so + (each[list]?.length ?? 0), 0);
    const truncated = metadata.annotations?.['endpoints.kubernetes.io/over-capacity'];
    expect([count('addresses'), count('notReadyAddresses'), truncated]).toEqual([
      expected[0],
      expected[1],
      expected[2] ? 'truncated' : undefined,
    ]);
  });

  it('says why it could not be written', () => {
    expect(sync(foo()).steps[0]).toMatchObject({
      onFailure: {
        reason: 'FailedToCreateEndpoint',
        message: 'Failed to create endpoint for service default/foo: {error}',
      },
    });
    expect(sync(foo(), one(0), stored(OLD)).steps[0]).toMatchObject({
      onFailure: { reason: 'FailedToUpdateEndpoint', message: 'Failed to update endpoint default/foo: {error}' },
    });
  });

  it('is looked at when its Service, its pods or itself change', () => {
    const view = viewOfObjects([foo()]);
    const keys = (change: object): readonly string[] => endpointsController.keysFor(change as Change, view);
    expect(keys({ kind: 'Service', type: 'added', object: foo() })).toEqual(['default/foo']);
    expect(keys({ kind: 'Service', type: 'added', object: foo({ selector: undefined as never }) })).toEqual([]);
    expect(keys({ kind: 'Service', type: 'deleted', object: foo({ selector: undefined as never }) })).toEqual([
      'default/foo',
    ]);
    expect(keys({ kind: 'Pod', type: 'added', object: one(0) })).toEqual(['default/foo']);
    expect(keys({ kind: 'Pod', type: 'updated', object: one(0), old: one(0) })).toEqual([]);
    expect(keys({ kind: 'Pod', type: 'updated', object: one(0), old: one(0, false) })).toEqual(['default/foo']);
    expect(keys({ kind: 'Endpoints', type: 'updated', object: stored() })).toEqual([]);
    expect(keys({ kind: 'Endpoints', type: 'deleted', object: stored() })).toEqual(['default/foo']);
    // TestCheckLeftoverEndpoints
    const leader = { annotations: { 'control-plane.alpha.kubernetes.io/leader': '{}' } };
    expect(endpointsController.initialKeys?.(viewOfObjects([stored(OLD)]))).toEqual(['default/foo']);
    expect(endpointsController.initialKeys?.(viewOfObjects([stored(OLD, leader)]))).toEqual([]);
  });
});
