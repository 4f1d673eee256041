import { describe, expect, it } from 'vitest';
import type { CountdownRecord } from '#engine/cluster/records';
import { SECOND } from '#engine/kernel/time';
import { clockGroups } from './clock-groups';

const clock = (name: string, what: CountdownRecord['what'], endsAt: number): CountdownRecord => ({
  id: `${what}/${name}`,
  subject: { kind: what === 'grace-period' ? 'Node' : 'Pod', namespace: '', name },
  what,
  startedAt: 0,
  endsAt: endsAt * SECOND,
  text: '',
});

const rows = (...clocks: readonly CountdownRecord[]): readonly string[] =>
  clockGroups(
    clocks.map((one) => [one]),
    2 * SECOND,
  ).map(({ first, others }) => `${first.subject.name} +${others}`);

describe('the rows of clocks', () => {
  it('begin with the one that ends first', () => {
    expect(
      rows(clock('b', 'back-off', 20), clock('a', 'termination', 30), clock('node-1', 'grace-period', 10)),
    ).toEqual(['node-1 +0', 'b +0', 'a +0']);
  });

  it('are one for clocks of a kind that end together, also when others end between them', () => {
    expect(
      rows(
        clock('a', 'toleration', 300),
        clock('b', 'toleration', 301),
        clock('x', 'back-off', 300.5),
        clock('c', 'toleration', 302),
        clock('d', 'toleration', 303),
      ),
    ).toEqual(['a +2', 'x +0', 'd +0']);
  });

  it('leave out what has only begun: mostly it is over before anybody has read it', () => {
    const young = { ...clock('a', 'termination', 30), startedAt: SECOND };
    expect(rows(young, clock('b', 'termination', 30))).toEqual(['b +0']);
  });

  it('leave pulls out: they are seen in their pods', () => {
    expect(rows(clock('a', 'image-pull', 3))).toEqual([]);
  });
});
