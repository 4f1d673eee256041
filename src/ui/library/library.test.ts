import { describe, expect, it } from 'vitest';
import { machine, pod, process } from '../testing/builders';
import { enFaultNames } from '../text/en-markers';
import { nextZone } from './entries';
import { FAULTS, faultKind, inForceOn, placeOf, targetsOf, THE_REST } from './faults';
import { search } from './search';

const item = (title: string, words = '') => ({ title, words });

describe('what is found by a few letters', () => {
  const things = [
    item('Pod shop/web-0'),
    item('web server', 'deploy nginx'),
    item('Power off', 'machine fault'),
    item('Cobweb'),
  ];
  const found = (query: string): readonly string[] => search(things, query, 9).map(({ title }) => title);

  it('comes best first: beginning, word, middle, other words', () => {
    expect(found('web')).toEqual(['web server', 'Pod shop/web-0', 'Cobweb']);
    expect(found('nginx')).toEqual(['web server']);
  });

  it('holds every word, in any order and any case', () => {
    expect(found('FAULT power')).toEqual(['Power off']);
    expect(found('power nginx')).toEqual([]);
  });

  it('is all, in the given order, without a query, and never more than was asked for', () => {
    expect(found(' ')).toEqual(things.map(({ title }) => title));
    expect(search(things, '', 2)).toHaveLength(2);
  });
});

const machines = new Map(
  [
    machine('control-plane-1', {
      role: 'control-plane',
      zone: 'zone-b',
      rack: 'zone-b-rack-1',
      processes: [process('control-plane-1', 'etcd'), process('control-plane-1', 'kubelet')],
    }),
    machine('node-1', { zone: 'zone-a', rack: 'zone-a-rack-1', processes: [process('node-1', 'kubelet')] }),
    machine('node-3', { zone: 'zone-a', rack: 'zone-a-rack-2', processes: [] }),
    machine('laptop', { role: 'laptop', zone: 'office', rack: 'desk', processes: [] }),
  ].map((record) => [record.name, record]),
);
const known = { machines, podsByNode: new Map([['node-1', [pod('web-0')]]]) };
const racks = ['zone-a-rack-1', 'zone-a-rack-2', 'zone-b-rack-1'];

describe('the things that a fault can be brought on', () => {
  it.each([
    ['power-off', ['control-plane-1', 'node-1', 'node-3', 'laptop']],
    ['etcd-wipe', ['control-plane-1']],
    ['spot-reclaim', ['node-1', 'node-3']],
    ['kill-process', ['control-plane-1/etcd', 'control-plane-1/kubelet', 'node-1/kubelet']],
    ['kill-container', ['default/web-0']],
    ['rack-outage', racks],
    ['zone-outage', ['zone-a', 'zone-b']],
    ['partition', ['control-plane-1', 'node-1', 'node-3', 'laptop', ...racks, 'zone-a', 'zone-b']],
    ['dns-down', ['']],
  ] as const)('of %s', (key, targets) => {
    const kind = faultKind(key);
    expect(kind && targetsOf(kind, known)).toEqual(targets);
  });

  it.each([
    ['zone-a', 'zone-b', ['node-1', 'node-3'], ['control-plane-1']],
    ['zone-a-rack-2', 'zone-a', ['node-3'], ['node-1']],
    ['node-1', THE_REST, ['node-1'], ['control-plane-1', 'node-3', 'laptop']],
  ])('between %s and %s lie the machines of both', (one, other, from, to) => {
    expect(faultKind('partition')?.on(one, known, other)).toEqual({ type: 'partition', from, to });
  });

  it('can be healed where it was brought, and only there', () => {
    const kind = faultKind('pause-container')!;
    const record = { id: 'f', at: 0, fault: kind.on('shop/web-0', known, THE_REST) };
    const found = (name: string) => inForceOn(kind, name, { ...known, faults: [record] })?.id;
    expect(record.fault).toEqual({ type: 'pause-process', namespace: 'shop', pod: 'web-0' });
    expect([found('shop/web-0'), found('default/web-0')]).toEqual(['f', undefined]);
  });

  it('can be brought on one container of a pod, and is healed on that one', () => {
    const kind = faultKind('pause-container')!;
    const fault = kind.on('shop/web-0/proxy', known, THE_REST);
    const faults = [{ id: 'f', at: 0, fault }];
    const found = (name: string) => inForceOn(kind, name, { ...known, faults })?.id;
    expect(fault).toEqual({ type: 'pause-process', namespace: 'shop', pod: 'web-0', container: 'proxy' });
    expect(['shop/web-0/proxy', 'shop/web-0/server', 'shop/web-0'].map(found)).toEqual(['f', undefined, undefined]);
    expect(placeOf(fault)).toBe('web-0/proxy');
  });

  it('is every fault that the engine has', () => {
    const types = FAULTS.map((kind) => kind.on('node-1', known, THE_REST).type);
    expect([...new Set(types)].sort()).toEqual(Object.keys(enFaultNames).sort());
  });
});

describe('a zone that is added', () => {
  it('has the first letter that is free', () => {
    const named = (...zones: string[]) => nextZone(zones.map((zone) => ({ zone })));
    expect([named(), named('zone-a', 'zone-b'), named('zone-a', 'zone-c')]).toEqual(['zone-a', 'zone-c', 'zone-b']);
  });
});
