import { describe, expect, it } from 'vitest';
import { sharedOwners, withSharedParts } from './shared-parts';
import type { PodCondition } from './types';

const ready = (over: Partial<PodCondition> = {}): PodCondition => ({
  type: 'Ready',
  status: 'True',
  lastTransitionTime: '2026-01-01T00:00:07Z',
  ...over,
});

describe('parts that many pods have alike', () => {
  it('are one object', () => {
    const [first, second] = [1, 2].map((pod) =>
      withSharedParts({ conditions: [ready()], hostIPs: [{ ip: '192.168.0.11' }], podIP: `10.244.0.${pod}` }),
    );
    expect(second).toEqual({ conditions: [ready()], hostIPs: [{ ip: '192.168.0.11' }], podIP: '10.244.0.2' });
    expect(second!.conditions).toBe(first!.conditions);
    expect(second!.hostIPs).toBe(first!.hostIPs);
  });

  it('are one list of owners, unless anything differs', () => {
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: '1', controller: true };
    const first = sharedOwners([{ ...owner }]);
    expect(sharedOwners([{ ...owner }])).toBe(first);
    const { uid, ...rest } = owner;
    for (const other of [[{ ...owner, controller: false }], [owner, owner], [{ uid, ...rest }]]) {
      expect(JSON.stringify(sharedOwners(other))).toBe(JSON.stringify(other));
    }
    expect(first).toEqual([owner]);
  });

  it('stay as they are where anything differs', () => {
    const base = withSharedParts({ conditions: [ready()] });
    for (const other of [
      ready({ status: 'False' }),
      ready({ lastTransitionTime: '2026-01-01T00:00:08Z' }),
      ready({ observedGeneration: 1 }),
      ready({ reason: 'Why', message: 'not' }),
    ]) {
      const { conditions } = withSharedParts({ conditions: [other] });
      expect(conditions).toEqual([other]);
      expect(conditions![0]).not.toBe(base.conditions![0]);
    }
    const mixed = withSharedParts({ conditions: [ready(), ready({ type: 'Other', message: 'text' })] });
    expect(mixed.conditions).toEqual([ready(), ready({ type: 'Other', message: 'text' })]);
    expect(mixed.conditions![0]).toBe(base.conditions![0]);
  });

  it('are forgotten after a while', () => {
    const { conditions } = withSharedParts({ conditions: [ready({ type: 'first' })] });
    for (let index = 0; index < 600; index++) withSharedParts({ conditions: [ready({ type: `other-${index}` })] });
    expect(withSharedParts({ conditions: [ready({ type: 'first' })] }).conditions).not.toBe(conditions);
  });
});
