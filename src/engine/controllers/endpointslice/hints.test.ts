import { describe, expect, it } from 'vitest';
import type { EndpointSlice, KubeObject, Node, Pod, Service } from '#engine/api/types';
import type { Change, Plan } from '#engine/client/plan';
import { applyPlan, world } from '../testing/apply';
import { at, node, pod, readyCondition, service } from '../testing/builders';
import { situation, viewOfObjects } from '../testing/view';
import { endpointSliceController as controller } from './controller';
import type { HintMemory } from './hints';
import { reconcileEndpointSlices } from './reconcile';

const AUTO = 'service.kubernetes.io/topology-mode';
const OLDER = 'service.kubernetes.io/topology-aware-hints';
const MANY = 100;

/** `a-1` is in zone `a`, and so on; `no-zone` in none. */
const machine = (name: string, cpu = '4', ready: 'True' | 'False' = 'True'): Node => {
  const zone = /^[a-z]-/.test(name) ? name[0] : undefined;
  const made = node(name, { ready, ...(zone === undefined ? {} : { zone }) });
  return { ...made, status: { ...made.status, allocatable: { cpu } } };
};
const THREE = [machine('a-1'), machine('b-1'), machine('c-1')];

/** One pod for each name of a node. */
const podsOn = (...nodes: readonly string[]): readonly Pod[] =>
  nodes.map((nodeName, index) =>
    pod(`web-${String(index).padStart(2, '0')}`, {
      meta: { labels: { app: 'web' } },
      spec: { nodeName },
      status: { podIP: `10.244.0.${index}` },
    }),
  );
const unready = (given: Pod): Pod => ({ ...given, status: { ...given.status, conditions: [readyCondition('False')] } });
const leaving = (given: Pod): Pod => ({ ...given, metadata: { ...given.metadata, deletionTimestamp: at(1) } });

const preferring = (trafficDistribution: string, over: Partial<Service['spec']> = {}): Service =>
  service('web', { trafficDistribution, ...over });
const annotated = (annotations: Record<string, string>, spec: Partial<Service['spec']> = {}): Service =>
  service('web', spec, { annotations });

interface Stage {
  readonly objects: readonly KubeObject[];
  readonly memory: HintMemory;
  readonly events: readonly string[];
}
const EMPTY: Stage = { objects: [], memory: null, events: [] };

const isSlice = (object: KubeObject): object is EndpointSlice => object.kind === 'EndpointSlice';
const plan = ({ objects, memory }: Stage, maxPerSlice?: number): Plan<HintMemory> =>
  reconcileEndpointSlices(viewOfObjects(objects), 'default/web', memory, maxPerSlice);
/** Replaces all but the slices, and reconciles until no write changes anything any more. */
function after(start: Stage, objects: readonly KubeObject[], maxPerSlice = MANY): Stage {
  let stage: Stage = { ...start, objects: [...objects, ...start.objects.filter(isSlice)], events: [] };
  for (let round = 0; round < 5; round++) {
    const before = stage.objects.map((object) => JSON.stringify(object));
    const { steps, memory = stage.memory } = plan(stage, maxPerSlice);
    const next = applyPlan({ ...world(...stage.objects), revision: 10 * stage.objects.length }, { steps });
    stage = { objects: next.objects, memory, events: [...stage.events, ...next.events] };
    if (steps.every((step) => step.op === 'update' && before.includes(JSON.stringify(step.object)))) return stage;
  }
  throw new Error('writes for ever');
}
/** `address: zones of its hints | nodes of its hints`, by slice in order of names. */
const hintsOf = ({ objects }: Stage): readonly string[] =>
  objects.filter(isSlice).flatMap(({ endpoints = [] }) =>
    endpoints.map(({ addresses, hints }) => {
      const names = (list: readonly { name?: string }[] = []): string => list.map(({ name }) => name).join(',');
      const told = [names(hints?.forZones), names(hints?.forNodes)].filter((text) => text !== '');
      return `${addresses[0]?.split('.').at(-1)}${told.length === 0 ? '' : `: ${told.join(' | ')}`}`;
    }),
  );

// endpointslice/trafficdist/trafficdist_test.go
describe('trafficDistribution', () => {
  const nodes = [machine('a-1'), machine('b-1'), machine('no-zone')];
  const pods = podsOn('a-1', 'b-1', 'no-zone');

  it.each([
    ['PreferClose', ['0: a', '1: b', '2']],
    ['PreferSameZone', ['0: a', '1: b', '2']],
    ['PreferSameNode', ['0: a | a-1', '1: b | b-1', '2: no-zone']],
  ])('%s hints at each endpoint’s own zone or node, if it has one', (distribution, expected) => {
    expect(hintsOf(after(EMPTY, [preferring(distribution), ...nodes, ...pods]))).toEqual(expected);
  });

  it('hints at no endpoint that is not ready or terminates', () => {
    const some = [unready(pods[0]!), leaving(pods[1]!), pods[2]!];
    expect(hintsOf(after(EMPTY, [preferring('PreferSameNode'), ...nodes, ...some]))).toEqual(['0', '1', '2: no-zone']);
    const published = preferring('PreferSameZone', { publishNotReadyAddresses: true });
    expect(hintsOf(after(EMPTY, [published, ...nodes, ...some]))).toEqual(['0: a', '1: b', '2']);
  });

  it('follows a pod that becomes ready, and one that is not any more', () => {
    const first = after(EMPTY, [preferring('PreferClose'), ...nodes, unready(pods[0]!), pods[1]!]);
    expect(hintsOf(first)).toEqual(['0', '1: b']);
    const second = after(first, [preferring('PreferClose'), ...nodes, pods[0]!, unready(pods[1]!)]);
    expect(hintsOf(second)).toEqual(['0: a', '1']);
  });

  it('changes slices whose endpoints stay: when it comes, changes and goes', () => {
    let stage = after(EMPTY, [service('web'), ...nodes, ...pods]);
    expect(hintsOf(stage)).toEqual(['0', '1', '2']);
    for (const [owner, expected] of [
      [preferring('PreferSameNode'), ['0: a | a-1', '1: b | b-1', '2: no-zone']],
      [preferring('PreferSameZone'), ['0: a', '1: b', '2']],
      [service('web'), ['0', '1', '2']],
    ] as const) {
      stage = after(stage, [owner, ...nodes, ...pods]);
      expect(hintsOf(stage)).toEqual(expected);
      expect(stage.events).toEqual([]);
    }
  });

  it('puts right what somebody else has written, and leaves slices that are right', () => {
    const stage = after(EMPTY, [preferring('PreferClose'), ...nodes, ...pods]);
    const wrong = stage.objects.map((object) =>
      isSlice(object)
        ? { ...object, endpoints: object.endpoints!.map((each) => ({ ...each, hints: { forZones: [{ name: 'x' }] } })) }
        : object,
    );
    expect(
      hintsOf(
        after(
          { ...stage, objects: wrong },
          stage.objects.filter((one) => !isSlice(one)),
        ),
      ),
    ).toEqual(['0: a', '1: b', '2']);
    const one = after(EMPTY, [preferring('PreferClose'), ...nodes, ...pods], 2);
    const more = [...pods.slice(0, 2), pods[2]!, ...podsOn('a-1', 'a-1', 'a-1', 'b-1').slice(3)];
    const { steps } = plan({ ...one, objects: [...more, ...one.objects.filter(({ kind }) => kind !== 'Pod')] }, 2);
    expect(steps.filter(({ op }) => op !== 'event')).toHaveLength(1);
  });

  it('asks for nothing late without one', () => {
    expect(plan({ ...EMPTY, objects: [service('web'), ...nodes, ...pods] }).memory).toBeUndefined();
  });
});

// endpointslice/topologycache/topologycache_test.go, TestAddHints
describe('the topology annotation', () => {
  const auto = annotated({ [AUTO]: 'Auto' });
  const disabled = (text: string): string => `Warning TopologyAwareHintsDisabled ${text}, addressType: IPv4`;
  const ENABLED = 'Normal TopologyAwareHintsEnabled Topology Aware Hints has been enabled, addressType: IPv4';
  const NO_NODES = disabled(
    'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes',
  );
  const tooFew = (endpoints: number, zones: number): string =>
    disabled(`Insufficient number of endpoints (${endpoints} endpoints, ${zones} zones)`);

  it('gives each zone its own endpoints where they are in shares', () => {
    const stage = after(EMPTY, [auto, ...THREE, ...podsOn('a-1', 'b-1', 'c-1')]);
    expect([hintsOf(stage), stage.events]).toEqual([['0: a', '1: b', '2: c'], [ENABLED]]);
  });

  it('lets a zone with too many help those with too few', () => {
    const stage = after(EMPTY, [auto, ...THREE, ...podsOn('a-1', 'a-1', 'a-1', 'a-1', 'b-1', 'c-1')]);
    expect(hintsOf(stage)).toEqual(['0: b', '1: c', '2: a', '3: a', '4: b', '5: c']);
  });

  it('counts what is ready alone', () => {
    const [first, second, third] = podsOn('a-1', 'b-1', 'b-1');
    const two = [machine('a-1', '4500m'), machine('b-1', '5500m')];
    expect(hintsOf(after(EMPTY, [auto, ...two, first!, second!, unready(third!)]))).toEqual(['0: a', '1: b', '2']);
    const few = after(EMPTY, [auto, ...two, first!, unready(second!), leaving(third!)]);
    expect([hintsOf(few), few.events]).toEqual([['0', '1', '2'], [tooFew(1, 2)]]);
  });

  it.each<[string, readonly Node[], readonly string[], string]>([
    ['with one zone', [machine('a-1'), machine('a-2')], ['a-1', 'a-2'], NO_NODES],
    ['with a ready node without zone', [...THREE, machine('no-zone')], ['a-1', 'b-1', 'c-1'], NO_NODES],
    ['with a node without CPU', [...THREE, machine('d-1', '0')], ['a-1', 'b-1', 'c-1'], NO_NODES],
    ['with fewer endpoints than zones', THREE, ['a-1', 'b-1'], tooFew(2, 3)],
    [
      'where a zone would have too few',
      [machine('a-1', '7'), machine('b-1', '3')],
      ['a-1', 'b-1'],
      disabled(
        'Unable to allocate minimum required endpoints to each zone without exceeding overload threshold (2 endpoints, 2 zones)',
      ),
    ],
    [
      'with an endpoint without zone',
      [...THREE, machine('no-zone', '4', 'False')],
      ['a-1', 'b-1', 'c-1', 'a-1', 'b-1', 'no-zone'],
      disabled('One or more endpoints do not have a zone specified'),
    ],
  ])('hints at nothing %s, and says why', (_, nodes, places, event) => {
    const stage = after(EMPTY, [auto, ...nodes, ...podsOn(...places)]);
    expect(stage.events).toEqual([event]);
    expect(hintsOf(stage)).toEqual(places.map((__, index) => String(index)));
    const enabled = after(EMPTY, [auto, ...THREE, ...podsOn('a-1', 'b-1', 'c-1', 'a-1', 'b-1')]);
    expect(hintsOf(after(enabled, [auto, ...nodes, ...podsOn(...places)]))).toEqual(hintsOf(stage));
  });

  it('says so once more with every write, and no more', () => {
    const first = after(EMPTY, [auto, ...THREE]);
    expect(first.events).toEqual([tooFew(0, 3)]);
    const second = after(first, [auto, ...THREE, ...podsOn('a-1')]);
    expect(second.events).toEqual([tooFew(1, 3)]);
    const third = after(second, [auto, ...THREE, ...podsOn('b-1')]);
    expect(third.events).toEqual([tooFew(1, 3)]);
    expect(after(third, [auto, ...THREE, ...podsOn('b-1')]).events).toEqual([]);
  });

  it('changes no more slices than it must', () => {
    const places = ['a-1', 'b-1', 'c-1', 'a-1', 'b-1', 'c-1'];
    const stage = after(EMPTY, [auto, ...THREE, ...podsOn(...places)], 3);
    const next = { ...stage, objects: [...podsOn(...places, 'a-1').slice(6), ...stage.objects] };
    const { steps } = plan(next, 3);
    expect(steps).toMatchObject([{ op: 'create', object: { endpoints: [{ hints: { forZones: [{ name: 'a' }] } }] } }]);
  });

  it('takes hints away with the annotation, and says so', () => {
    const objects = [...THREE, ...podsOn('a-1', 'b-1', 'c-1')];
    const stage = after(EMPTY, [auto, ...objects]);
    const without = after(stage, [service('web'), ...objects]);
    expect(hintsOf(without)).toEqual(['0', '1', '2']);
    expect(without.events).toEqual([disabled('Topology Aware Hints has been disabled')]);
    expect(after(without, [service('web'), ...objects]).events).toEqual([]);
    const other = after(stage, [annotated({ [AUTO]: 'Disabled' }), ...objects]);
    expect([hintsOf(other), other.events]).toEqual([hintsOf(without), without.events]);
    const close = after(stage, [preferring('PreferSameNode'), ...objects]);
    expect([hintsOf(close), close.events]).toEqual([['0: a | a-1', '1: b | b-1', '2: c | c-1'], without.events]);
  });

  it.each<[string, Record<string, string>, Partial<Service['spec']>, boolean]>([
    ['goes before the distribution', { [AUTO]: 'Auto' }, { trafficDistribution: 'PreferSameNode' }, true],
    ['may be in lower case', { [AUTO]: 'auto' }, {}, true],
    ['has an older name', { [OLDER]: 'auto' }, {}, true],
    ['has an older name, which goes first', { [OLDER]: 'Disabled', [AUTO]: 'Auto' }, {}, false],
    ['knows no other word', { [AUTO]: 'AUTO' }, {}, false],
  ])('%s', (_, annotations, spec, hinted) => {
    const objects = [annotated(annotations, spec), ...THREE, ...podsOn('a-1', 'b-1', 'c-1')];
    expect(hintsOf(after(EMPTY, objects))).toEqual(hinted ? ['0: a', '1: b', '2: c'] : ['0', '1', '2']);
  });

  it('is for each family of addresses by itself', () => {
    const both = annotated({ [AUTO]: 'Auto' }, { ipFamilies: ['IPv4', 'IPv6'] });
    const dual = podsOn('a-1', 'b-1', 'c-1').map((each, index) => ({
      ...each,
      status: {
        ...each.status,
        podIPs: [{ ip: `10.244.0.${index}` }, ...(index > 0 ? [{ ip: `fd00::${index}` }] : [])],
      },
    }));
    const stage = after(EMPTY, [both, ...THREE, ...dual]);
    expect(hintsOf(stage)).toEqual(['0: a', '1: b', '2: c', 'fd00::1', 'fd00::2']);
    expect(stage.events.slice(0, 2)).toEqual([ENABLED, tooFew(2, 3).replace('IPv4', 'IPv6')]);
  });
});

// pkg/controller/endpointslice/endpointslice_controller.go, updateNode and checkNodeTopologyDistribution
describe('a node', () => {
  const auto = annotated({ [AUTO]: 'Auto' });
  const stage = after(EMPTY, [auto, ...THREE, ...podsOn('a-1', 'b-1', 'c-1')]);
  const keys = (object: Node, old: Node | undefined, objects = stage.objects): readonly string[] => {
    const now = [...objects.filter(({ metadata }) => metadata.name !== object.metadata.name), object];
    const change = { kind: 'Node', type: old === undefined ? 'added' : 'updated', object, ...(old && { old }) };
    return controller.keysFor(change as Change, viewOfObjects(now));
  };

  it.each<[string, Node, Node | undefined, readonly string[]]>([
    ['that comes with a new zone', machine('d-1'), undefined, ['default/web']],
    ['that comes to a zone', machine('a-2', '100m'), undefined, []],
    ['that is not ready any more', machine('c-1', '4', 'False'), machine('c-1'), ['default/web']],
    [
      'that makes the others unknown',
      { ...machine('c-1'), metadata: machine('no').metadata },
      machine('c-1'),
      ['default/web'],
    ],
    ['that says nothing new', machine('d-1'), machine('d-1', '2'), []],
  ])('%s', (_, object, old, expected) => {
    expect(keys(object, old)).toEqual(expected);
  });

  it('concerns no Service without the annotation', () => {
    const plain = stage.objects.map((object) => (object.kind === 'Service' ? preferring('PreferClose') : object));
    expect(keys(machine('d-1'), undefined, plain)).toEqual([]);
  });

  it('is followed until the hints are right again', () => {
    const pods = podsOn('a-1', 'b-1', 'c-1', 'a-1', 'b-1', 'c-1');
    const three = after(EMPTY, [auto, ...THREE, ...pods]);
    const two = after(three, [auto, ...THREE.slice(0, 2), machine('c-1', '4', 'False'), ...pods]);
    // Zones without ready nodes neither give nor get.
    expect(hintsOf(two)).toEqual(hintsOf(three));
    const moved = after(two, [
      auto,
      ...THREE.slice(0, 2),
      machine('c-1', '4', 'False'),
      ...podsOn('a-1', 'b-1', 'a-1', 'a-1', 'a-1', 'b-1'),
    ]);
    expect(hintsOf(moved)).toEqual(['0: b', '1: b', '2: a', '3: a', '4: a', '5: b']);
    expect([...two.events, ...moved.events]).toEqual([]);
    const one = after(moved, [auto, THREE[0]!, machine('b-1', '4', 'False'), machine('c-1', '4', 'False'), ...pods]);
    expect(hintsOf(one)).toEqual(['0', '1', '2', '3', '4', '5']);
    const again = after(one, [auto, ...THREE, ...pods]);
    expect(hintsOf(again)).toEqual(['0: a', '1: b', '2: c', '3: a', '4: b', '5: c']);
  });

  it('is looked at with the memory that the runtime keeps', () => {
    const { steps } = controller.reconcile(
      viewOfObjects(stage.objects),
      'default/web',
      situation({ memory: stage.memory }),
    );
    expect(steps).toEqual([]);
  });
});
