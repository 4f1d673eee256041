import { describe, expect, it } from 'vitest';
import { machine, process } from '../testing/builders';
import { nextZone } from './entries';
import { FAULTS, targetsOf } from './faults';
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

describe('the things that a fault can be brought on', () => {
  const machines = new Map(
    [
      machine('control-plane-1', {
        zone: 'zone-b',
        processes: [process('control-plane-1', 'etcd'), process('control-plane-1', 'kubelet')],
      }),
      machine('node-1', { zone: 'zone-a', processes: [process('node-1', 'kubelet')] }),
    ].map((record) => [record.name, record]),
  );
  it.each([
    ['power-off', ['control-plane-1', 'node-1']],
    ['etcd-wipe', ['control-plane-1']],
    ['kill-process', ['control-plane-1/etcd', 'control-plane-1/kubelet', 'node-1/kubelet']],
    ['zone-outage', ['zone-a', 'zone-b']],
    ['image-registry-down', ['']],
  ] as const)('of %s', (key, targets) => {
    const kind = FAULTS.find((fault) => fault.key === key);
    expect(kind && targetsOf(kind, { machines })).toEqual(targets);
  });
});

describe('a zone that is added', () => {
  it('has the first letter that is free', () => {
    const named = (...zones: string[]) => nextZone(zones.map((zone) => ({ zone })));
    expect([named(), named('zone-a', 'zone-b'), named('zone-a', 'zone-c')]).toEqual(['zone-a', 'zone-c', 'zone-b']);
  });
});
