import { describe, expect, it } from 'vitest';
import { applyPlan, world } from '../testing/apply';
import { at, node } from '../testing/builders';
import { viewOfObjects } from '../testing/view';
import { blockAt, cidrSet, indexOf, nextFree } from './cidr-set';
import { reconcileNodeIpam } from './controller';

// ipam/cidrset/cidr_set_test.go
describe('blocks of a range', () => {
  it.each([
    ['127.123.0.0/16', 24, 0, '127.123.0.0/24'],
    ['127.123.0.0/16', 24, 15, '127.123.15.0/24'],
    ['127.123.234.0/30', 30, 0, '127.123.234.0/30'],
  ])('%s by /%d: number %d is %s', (range, mask, index, block) => {
    const set = cidrSet(range, mask);
    expect(blockAt(set, index)).toBe(block);
    expect(indexOf(set, block)).toBe(index);
  });
  it('come to an end', () => {
    expect(nextFree(cidrSet('127.123.234.0/30', 30), new Set([0]), 0)).toBeNull();
  });
  it('go on after the last one given, and around', () => {
    const set = cidrSet('10.0.0.0/30', 32);
    expect(nextFree(set, new Set([0, 1]), 1)).toBe(2);
    expect(nextFree(set, new Set([1, 2, 3]), 3)).toBe(0);
  });
});

describe('node IPAM', () => {
  it('gives ranges in the order in which nodes registered', () => {
    const nodes = [
      node('a', { meta: { creationTimestamp: at(2) } }),
      node('b', { meta: { creationTimestamp: at(1) } }),
      node('c', { spec: { podCIDR: '10.244.0.0/24' } }),
    ];
    const { objects } = applyPlan(world(...nodes), reconcileNodeIpam(viewOfObjects(nodes), '10.244.0.0/16'));
    expect(objects).toMatchObject([
      { spec: { podCIDR: '10.244.2.0/24' } },
      { spec: { podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24'] } },
      {},
    ]);
    expect(reconcileNodeIpam(viewOfObjects(objects), '10.244.0.0/16').steps).toEqual([]);
  });
  it('says when there is none left', () => {
    const nodes = [node('a', { spec: { podCIDR: '10.244.0.0/24' } }), node('b')];
    expect(reconcileNodeIpam(viewOfObjects(nodes), '10.244.0.0/24', 24).steps).toMatchObject([
      {
        op: 'event',
        event: { type: 'Normal', reason: 'CIDRNotAvailable', message: 'Node b status is now: CIDRNotAvailable' },
      },
    ]);
  });
});
