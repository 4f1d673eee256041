/** @source kubernetes pkg/controller/endpointslicemirroring/{reconciler,endpointslicemirroring_controller}_test.go */
import '../late-controllers';
import { describe, expect, it } from 'vitest';
import { ownerReference } from '#engine/api/meta';
import type { Endpoints, EndpointSlice, KubeObject, Service } from '#engine/api/types';
import type { Change, Plan, Step } from '#engine/client/plan';
import { at, meta, service } from '../testing/builders';
import { viewOfObjects } from '../testing/view';
import { endpointSliceMirroring, MIRRORING } from './controller';
import { reconcileMirror } from './reconcile';

type Subset = NonNullable<Endpoints['subsets']>[number];
type Over = Parameters<typeof meta>[2];

const HTTP: Subset['ports'] = [
  { name: 'http', port: 80, protocol: 'TCP' },
  { name: 'https', port: 443, protocol: 'UDP' },
];
const HIGH: Subset['ports'] = [
  { name: 'http', port: 3000, protocol: 'TCP' },
  { name: 'https', port: 3001, protocol: 'UDP' },
];
const hosts = (...all: readonly (readonly [ip: string, name: string])[]): NonNullable<Subset['addresses']> =>
  all.map(([ip, name]) => ({ ip, hostname: `pod-${name}`, nodeName: 'node-1' }));
const FIRST: Subset = { ports: HTTP, addresses: hosts(['10.0.0.1', '1'], ['10.0.0.2', '2']) };
const SECOND: Subset = { ports: HIGH, addresses: hosts(['10.0.1.1', '11'], ['10.0.1.2', '12'], ['10.0.1.3', '13']) };

const web = (selector?: Record<string, string>): Service => service('test-ep', { selector: selector as never });
const endpointsOf = (subsets: Subset[], over: Over = {}): Endpoints => ({
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: meta('Endpoints', 'test-ep', over),
  subsets,
});
const slice = (
  name: string,
  over: Partial<EndpointSlice> = {},
  labels: Record<string, string> = {},
): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: meta('EndpointSlice', name, {
    labels: {
      'kubernetes.io/service-name': 'test-ep',
      'endpointslice.kubernetes.io/managed-by': MIRRORING,
      ...labels,
    },
    annotations: {},
  }),
  addressType: 'IPv4',
  endpoints: [],
  ports: [],
  ...over,
});
const copies = (subset: Subset): NonNullable<EndpointSlice['endpoints']> =>
  (subset.addresses ?? []).map(({ ip, ...rest }) => ({ addresses: [ip], conditions: { ready: true }, ...rest }));
const IPV6 = '2001:db8:1111:3333:4444:5555:6666:';

const sync = (...objects: readonly KubeObject[]): Plan => reconcileMirror(viewOfObjects(objects), 'default/test-ep');
const ops = ({ steps }: Plan): readonly string[] => steps.map(({ op }) => op);
const written = ({ steps }: Plan): readonly EndpointSlice[] =>
  steps.flatMap((step: Step) => (step.op === 'create' || step.op === 'update' ? [step.object as EndpointSlice] : []));

describe('Endpoints of a Service without a selector', () => {
  it.each<[name: string, subsets: Subset[], existing: readonly EndpointSlice[], over: Over, expected: string[]]>([
    ['Endpoints with no subsets', [], [], {}, []],
    ['Endpoints with no addresses', [{ ports: HTTP }], [], {}, []],
    [
      'Endpoints with 1 subset, port, and address',
      [{ ports: HTTP, addresses: hosts(['10.0.0.1', '1']) }],
      [],
      {},
      ['create'],
    ],
    ['pending deletion', [{ ports: HTTP, addresses: hosts(['10.0.0.1', '1']) }], [], { deletionTimestamp: at(1) }, []],
    ['Endpoints with 1 subset, 2 ports, and 2 addresses', [FIRST], [], {}, ['create']],
    ['Endpoints with 2 subsets, multiple ports and addresses', [FIRST, SECOND], [], {}, ['create', 'create']],
    ['existing empty EndpointSlice', [FIRST, SECOND], [slice('test-ep-1', { ports: HTTP })], {}, ['create', 'update']],
    [
      'existing EndpointSlice with some addresses',
      [FIRST, SECOND],
      [slice('test-ep-1', { ports: HTTP, endpoints: [{ addresses: ['10.0.0.2'], hostname: 'pod-2' }] })],
      {},
      ['create', 'update'],
    ],
    [
      'existing EndpointSlice identical to subset',
      [FIRST, SECOND],
      [slice('test-ep-1', { ports: HTTP, endpoints: copies(FIRST) })],
      {},
      ['create'],
    ],
    [
      'dual stack addresses',
      [
        { ports: HTTP, addresses: hosts([`${IPV6}1`, '1'], ['10.0.0.2', '2']) },
        { ports: HIGH, addresses: hosts(['10.0.1.1', '11'], [`${IPV6}2`, '13']) },
      ],
      [],
      {},
      ['create', 'create', 'create', 'create'],
    ],
    [
      'ipv6 only addresses',
      [{ ports: HTTP, addresses: hosts([`${IPV6}1`, '1'], [`${IPV6}2`, '2']) }],
      [],
      {},
      ['create'],
    ],
    [
      'some invalid addresses',
      [{ ports: HTTP, addresses: hosts([`${IPV6}1`, '1'], ['this-is-not-an-ip', '2']) }],
      [],
      {},
      ['event', 'create'],
    ],
    ['all invalid addresses', [{ ports: HTTP, addresses: hosts(['this-is-not-an-ip', '2']) }], [], {}, ['event']],
    [
      'a slice for ports that are no longer there is written over',
      [SECOND],
      [slice('test-ep-1', { ports: HTTP, endpoints: copies(FIRST) })],
      {},
      ['update'],
    ],
    [
      'of two slices for the same ports one goes',
      [FIRST],
      [slice('test-ep-1', { ports: HTTP, endpoints: copies(FIRST) }), slice('test-ep-2', { ports: HTTP })],
      {},
      ['delete'],
    ],
    [
      'the same, with a label more',
      [FIRST],
      [slice('test-ep-1', { ports: HTTP, endpoints: copies(FIRST) })],
      { labels: { team: 'a' } },
      ['update'],
    ],
  ])('are copied: %s', (_, subsets, existing, over, expected) => {
    expect(ops(sync(web(), endpointsOf(subsets, over), ...existing))).toEqual(expected);
  });

  it('are copied with their labels and annotations, ready or not', () => {
    const annotations = {
      note: 'x',
      'endpoints.kubernetes.io/last-change-trigger-time': at(1),
      'kubectl.kubernetes.io/last-applied-configuration': '{}',
    };
    const target = { kind: 'Pod', name: 'p' };
    const given = endpointsOf(
      [
        {
          ports: [{ port: 80, protocol: 'TCP' }],
          addresses: [{ ip: '10.0.0.1', targetRef: target }],
          notReadyAddresses: [{ ip: '10.0.0.2' }],
        },
      ],
      { labels: { team: 'a' }, annotations },
    );
    expect(written(sync(web(), given))).toEqual([
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: {
          generateName: 'test-ep-',
          namespace: 'default',
          labels: {
            team: 'a',
            'kubernetes.io/service-name': 'test-ep',
            'endpointslice.kubernetes.io/managed-by': MIRRORING,
          },
          annotations: { note: 'x' },
          ownerReferences: [ownerReference(given)],
        },
        addressType: 'IPv4',
        ports: [{ name: '', port: 80, protocol: 'TCP' }],
        endpoints: [
          { addresses: ['10.0.0.1'], conditions: { ready: true }, targetRef: target },
          { addresses: ['10.0.0.2'], conditions: { ready: false } },
        ],
      },
    ]);
  });

  it('say what was left out', () => {
    const subset: Subset = { addresses: hosts(['10.0.0.1', '1'], ['no', '2'], ['10.0.0.2', '3'], ['10.0.0.3', '4']) };
    const { steps } = reconcileMirror(viewOfObjects([web(), endpointsOf([subset])]), 'default/test-ep', 2);
    expect(
      steps.flatMap((step) => (step.op === 'event' ? [`${step.event.reason} ${step.event.message}`] : [])),
    ).toEqual([
      'InvalidIPAddress Skipped 1 invalid IP addresses when mirroring to EndpointSlices',
      'TooManyAddressesToMirror A max of 2 addresses can be mirrored to EndpointSlices per Endpoints subset. 2 addresses were skipped',
    ]);
  });

  // TestSyncEndpoints
  const mine = slice('mine', { ports: HTTP });
  const other = slice('other', {}, { 'endpointslice.kubernetes.io/managed-by': 'someone' });
  it.each<[name: string, objects: readonly KubeObject[], expected: string[]]>([
    ['Endpoints are gone', [web(), mine, other], ['delete']],
    ['the Service is gone', [endpointsOf([FIRST]), mine, other], ['delete']],
    ['the Service has a selector', [web({ app: 'a' }), endpointsOf([FIRST]), mine], ['delete']],
    [
      'Endpoints with skip label true',
      [web(), endpointsOf([FIRST], { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } }), mine],
      ['delete'],
    ],
    [
      'Endpoints with skip label false',
      [web(), endpointsOf([FIRST], { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'false' } }), mine],
      ['update'],
    ],
    [
      'Endpoints with leader election annotation',
      [web(), endpointsOf([FIRST], { annotations: { 'control-plane.alpha.kubernetes.io/leader': '' } }), mine],
      ['delete'],
    ],
    ['nothing is there', [], []],
  ])('are copied no longer when %s', (_, objects, expected) => {
    expect(ops(sync(...objects))).toEqual(expected);
  });
});

// TestShouldMirror, TestEndpointSlicesMirroredForService
it.each<[name: string, change: object, expected: string[]]>([
  ['Endpoints', { kind: 'Endpoints', type: 'added', object: endpointsOf([]) }, ['default/test-ep']],
  [
    'Endpoints of the API servers',
    {
      kind: 'Endpoints',
      type: 'added',
      object: endpointsOf([], { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } }),
    },
    [],
  ],
  ['a Service without a selector', { kind: 'Service', type: 'added', object: web() }, ['default/test-ep']],
  ['a Service that selects pods', { kind: 'Service', type: 'added', object: web({ a: 'b' }) }, []],
  [
    'a Service that loses its selector',
    { kind: 'Service', type: 'updated', object: web(), old: web({ a: 'b' }) },
    ['default/test-ep'],
  ],
  ['a Service that is as it was', { kind: 'Service', type: 'updated', object: web(), old: web() }, []],
  ['a copy', { kind: 'EndpointSlice', type: 'deleted', object: slice('a') }, ['default/test-ep']],
  [
    'a slice of somebody else',
    { kind: 'EndpointSlice', type: 'added', object: slice('a', {}, { 'endpointslice.kubernetes.io/managed-by': 'x' }) },
    [],
  ],
])('a change of %s', (_, change, expected) => {
  const view = viewOfObjects([endpointsOf([])]);
  expect(endpointSliceMirroring.keysFor(change as Change, view)).toEqual(expected);
});
