import { describe, expect, it } from 'vitest';
import '#engine/api/late-api';
import { seedState, StatefulRandom } from '#engine/kernel/random';
import { resourceOf } from '#engine/api/registry';
import { defaulted } from '#engine/api/testing';
import { addressBand, addressRange, addressText, allocateForService, drawFree } from './service-allocation';
import type { Operation } from './state';
import type { Surroundings } from './surroundings';

describe('service addresses', () => {
  it.each([
    ['10.0.0.0/28', 0],
    ['10.0.0.0/27', 16],
    ['10.0.0.0/22', 64],
    ['10.0.0.0/8', 256],
  ])('of %s keep the first %i for those who choose (ipallocator/bitmap_test.go)', (cidr, band) => {
    expect(addressBand(cidr)).toBe(band);
  });

  it('leave out the network and the broadcast address', () => {
    const range = addressRange('192.168.1.0/24');
    expect([addressText(range.base), addressText(range.base + range.size - 1)]).toEqual([
      '192.168.1.1',
      '192.168.1.254',
    ]);
  });

  it('come from above the band first, from the band when all above are taken, and then not at all', () => {
    const random = new StatefulRandom(seedState(1, 'test'));
    const taken = new Set<number>();
    const drawn: number[] = [];
    for (let i = 0; i < 30; i++) {
      const offset = drawFree(30, 16, (candidate) => taken.has(candidate), random)!;
      taken.add(offset);
      drawn.push(offset);
    }
    expect(drawn.slice(0, 14).every((offset) => offset >= 16)).toBe(true);
    expect(drawn.slice(14).every((offset) => offset < 16)).toBe(true);
    expect(drawFree(30, 16, (candidate) => taken.has(candidate), random)).toBeUndefined();
  });
});

// validation.md 1.4: pkg/registry/core/service/portallocator/allocator.go
it('a Service gets no node port when all 2768 are taken', () => {
  const service = (name: string, ports: object[]) =>
    defaulted({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { type: 'NodePort', ports } });
  const all = service(
    'all',
    Array.from({ length: 2768 }, (_, index) => ({ name: `p${index}`, port: 1 + index, nodePort: 30_000 + index })),
  );
  const around = {
    args: { serviceCidr: '10.96.0.0/12' },
    all: () => [all],
    random: () => new StatefulRandom(seedState(1, 'test')),
  } as unknown as Surroundings;
  const operation = { namespace: 'default' } as Operation;
  const info = resourceOf('Service');
  expect(allocateForService(service('s', [{ port: 80 }]), null, operation, info, around)).toMatchObject({
    type: 'refuse',
    status: { code: 500, message: 'Internal error occurred: failed to allocate a nodePort: range is full' },
  });
});
