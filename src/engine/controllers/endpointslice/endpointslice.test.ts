import { describe, expect, it } from 'vitest';
import type { Endpoint, EndpointSlice, KubeObject, Pod, Service } from '#engine/api/types';
import type { Plan } from '#engine/client/plan';
import { applyPlan, world } from '../testing/apply';
import { at, node, pod, readyCondition, service, sliceOf } from '../testing/builders';
import { viewOfObjects } from '../testing/view';
import { endpointSliceController } from './controller';
import { endpointOf } from './endpoints';
import type { HintMemory } from './hints';
import { pack } from './packing';
import { reconcileEndpointSlices } from './reconcile';
import { changedSlice } from './slices';

const web = service('web');
const PORTS = [{ name: '', port: 8080, protocol: 'TCP' as const }];
const nodes = [node('node-1', { zone: 'zone-a' })];
const webPod = (index: number, over: Parameters<typeof pod>[1] = {}): Pod =>
  pod(`web-${String(index).padStart(3, '0')}`, {
    ...over,
    meta: { labels: { app: 'web' }, ...over?.meta },
    status: { podIP: `10.244.${Math.floor(index / 250)}.${index % 250}`, ...over?.status },
  });
const pods = (count: number): readonly Pod[] => Array.from({ length: count }, (_, index) => webPod(index));
const endpoint = (given: Pod, owner: Service = web): Endpoint => {
  const made = endpointOf(owner, given, nodes[0], 'IPv4');
  if (made === null) throw new Error('no address');
  return made;
};
const stored = (name: string, given: readonly Pod[], owner = web): EndpointSlice =>
  changedSlice(
    owner,
    sliceOf(owner, name, {}),
    PORTS,
    given.map((each) => endpoint(each, owner)),
    null,
  );
const run = (objects: readonly KubeObject[], maxPerSlice?: number): Plan<HintMemory> =>
  reconcileEndpointSlices(viewOfObjects([...nodes, ...objects]), 'default/web', null, maxPerSlice);
const sizesAfter = (slices: readonly EndpointSlice[], desired: readonly Pod[], max?: number): readonly number[] => {
  const { creates, updates, deletes } = pack(
    slices,
    desired.map((each) => endpoint(each)),
    () => false,
    max,
  );
  const kept = slices
    .filter((slice) => !deletes.includes(slice))
    .map((slice) => (updates.get(slice) ?? slice.endpoints ?? []).length);
  return [...kept, ...creates.map(({ length }) => length)];
};

// endpointslice/reconciler_test.go
describe('packing', () => {
  it.each<[string, number, readonly (readonly [number, number])[], number | undefined, number[]]>([
    ['250 pods into new slices', 250, [], undefined, [100, 100, 50]],
    [
      '250 pods beside 62 and 61',
      250,
      [
        [0, 62],
        [62, 123],
      ],
      undefined,
      [89, 61, 100],
    ],
    [
      '300 pods beside 74 and 74',
      300,
      [
        [0, 74],
        [74, 148],
      ],
      undefined,
      [74, 74, 100, 52],
    ],
    ['at most 50', 250, [], 50, [50, 50, 50, 50, 50]],
    ['at most 80', 250, [], 80, [80, 80, 80, 10]],
    ['at most 150', 250, [], 150, [150, 100]],
    ['at most 250', 250, [], 250, [250]],
    ['at most 500', 250, [], 500, [250]],
  ])('%s', (_, count, ranges, max, expected) => {
    const all = pods(count);
    const slices = ranges.map(([from, to], index) => stored(`web-${index}`, all.slice(from, to)));
    expect(sizesAfter(slices, all, max)).toEqual(expected);
  });

  // TestReconcileEndpointSlicesUpdatePacking
  it('fills the fullest of the slices that change anyway', () => {
    const all = pods(115);
    const stale = (slice: EndpointSlice): EndpointSlice => ({
      ...slice,
      endpoints: (slice.endpoints ?? []).map((each) => ({ ...each, zone: 'old' })),
    });
    const slices = [stale(stored('web-a', all.slice(0, 80))), stale(stored('web-b', all.slice(80, 100)))];
    expect(sizesAfter(slices, all)).toEqual([95, 20]);
  });

  it('does not rebalance', () => {
    const all = pods(60);
    const slices = [stored('web-a', all.slice(0, 30)), stored('web-b', all.slice(30, 60))];
    expect(
      pack(
        slices,
        all.slice(1).map((each) => endpoint(each)),
        () => false,
      ),
    ).toMatchObject({ creates: [], deletes: [] });
    expect(sizesAfter(slices, all.slice(1))).toEqual([29, 30]);
  });

  it('keeps pods with other named ports apart', () => {
    const named = service('web', { ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }] });
    const all = Array.from({ length: 300 }, (_, index) =>
      webPod(index, {
        spec: {
          containers: [
            { name: 'main', image: 'x', ports: [{ name: 'http', containerPort: 8000 + (index % 5), protocol: 'TCP' }] },
          ],
        },
      }),
    );
    const sizes = run([named, ...all]).steps.map((step) =>
      step.op === 'create' ? (step.object as EndpointSlice).endpoints?.length : 0,
    );
    expect(sizes).toEqual([60, 60, 60, 60, 60]);
  });
});

// endpointslice/utils_test.go, TestPodToEndpoint
describe('an endpoint', () => {
  const leaving = { meta: { labels: { app: 'web' }, deletionTimestamp: at(1) } };
  const notReady = { status: { podIP: '10.244.0.1', conditions: [readyCondition('False')] } };
  it.each<[string, Parameters<typeof pod>[1], boolean, [boolean, boolean, boolean]]>([
    ['Ready', {}, false, [true, true, false]],
    ['not Ready', notReady, false, [false, false, false]],
    ['Ready and terminating', leaving, false, [false, true, true]],
    ['not Ready, published nevertheless', notReady, true, [true, false, false]],
    ['not Ready and terminating', { ...leaving, ...notReady }, false, [false, false, true]],
  ])('of a pod that is %s', (_, over, publishNotReadyAddresses, [ready, serving, terminating]) => {
    const owner = service('web', { publishNotReadyAddresses });
    expect(endpoint(webPod(1, over), owner)).toMatchObject({
      conditions: { ready, serving, terminating },
      nodeName: 'node-1',
      zone: 'zone-a',
    });
  });

  it('has a hostname when the pod asks for one in this Service', () => {
    expect(endpoint(webPod(1, { spec: { hostname: 'db-0', subdomain: 'web' } }))).toMatchObject({ hostname: 'db-0' });
    expect(endpoint(webPod(1, { spec: { hostname: 'db-0', subdomain: 'other' } }))).not.toHaveProperty('hostname');
  });
});

describe('the EndpointSlices of a Service', () => {
  it('are created with labels, owner and the time of the Service', () => {
    const labelled = service('web', { clusterIP: 'None' }, { labels: { team: 'a' }, creationTimestamp: at(7) });
    const [step] = run([labelled, webPod(1)]).steps;
    expect(step).toMatchObject({
      op: 'create',
      object: {
        metadata: {
          generateName: 'web-',
          labels: {
            team: 'a',
            'kubernetes.io/service-name': 'web',
            'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
            'service.kubernetes.io/headless': '',
          },
          annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': at(7) },
          ownerReferences: [{ kind: 'Service', name: 'web', controller: true }],
        },
        addressType: 'IPv4',
        ports: PORTS,
      },
    });
  });

  it('begin with an empty one, which the first pods fill', () => {
    const empty = applyPlan(world(web, ...nodes), run([web]));
    expect(empty.objects.at(-1)).toMatchObject({ kind: 'EndpointSlice', endpoints: [], ports: [] });
    expect(run(empty.objects).steps).toEqual([]);
    const filled = applyPlan({ ...empty, objects: [...empty.objects, webPod(1)] }, run([...empty.objects, webPod(1)]));
    expect(filled.objects.filter(({ kind }) => kind === 'EndpointSlice')).toMatchObject([
      { endpoints: [{ addresses: ['10.244.0.1'] }] },
    ]);
  });

  it('tell since when a changed endpoint is as it is', () => {
    const late = webPod(1, { status: { conditions: [readyCondition('True', at(42))] } });
    const early = webPod(1, { status: { conditions: [readyCondition('False', at(1))] } });
    expect(run([web, late, stored('web-a', [early])]).steps).toMatchObject([
      {
        op: 'update',
        object: { metadata: { annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': at(42) } } },
      },
    ]);
  });

  it('leave out finished pods, pods without address and pods of an unknown node, which they look for again', () => {
    const others = [
      webPod(2, { status: { phase: 'Succeeded' } }),
      webPod(3, { status: { podIP: '' } }),
      webPod(4, { spec: { nodeName: 'gone' } }),
    ];
    const plan = run([web, webPod(1), ...others, stored('web-a', [webPod(1)])]);
    expect(plan).toEqual({ steps: [], again: 1_000_000 });
  });

  it('are nobody’s business without a selector', () => {
    expect(run([service('web', { selector: {} }), webPod(1)]).steps).toEqual([]);
  });

  it('follow a pod that becomes Ready, and no other change of it', () => {
    const before = webPod(1, { status: { conditions: [readyCondition('False')] } });
    const after = webPod(1);
    const view = viewOfObjects([web, after]);
    const keys = (object: Pod, old: Pod) =>
      endpointSliceController.keysFor({ kind: 'Pod', type: 'updated', object, old }, view);
    expect(keys(after, before)).toEqual(['default/web']);
    expect(keys(after, { ...after, status: { ...after.status, message: 'x' } })).toEqual([]);
  });
});
