import { describe, expect, it } from 'vitest';
import { checkLinearizable, type Operation } from './checker';
import { checkKeys, register, type RegisterOp } from './register';

const did = (call: number, end: number, op: RegisterOp): Operation<RegisterOp> => ({ call, return: end, op });
const put = (value: number): RegisterOp => ({ type: 'put', value });
const get = (held: number): RegisterOp => ({ type: 'get', held });
const swap = (expected: number, value: number, held: number | null | undefined): RegisterOp => ({
  type: 'swap',
  expected,
  value,
  held,
});
const drop = (deleted: boolean | null): RegisterOp => ({ type: 'delete', deleted });
const FOREVER = Infinity;

const LINEARIZABLE: readonly (readonly [string, readonly Operation<RegisterOp>[]])[] = [
  ['nothing', []],
  ['one after the other', [did(0, 1, put(1)), did(2, 3, get(1)), did(4, 5, drop(true)), did(6, 7, get(0))]],
  ['a read beside a put sees the old value', [did(0, 9, put(1)), did(1, 2, get(0)), did(3, 4, get(0))]],
  ['a read beside a put sees the new value', [did(0, 9, put(1)), did(1, 2, get(0)), did(3, 4, get(1))]],
  [
    'two puts at once, in either order',
    [did(0, 9, put(1)), did(1, 8, put(2)), did(10, 11, get(1)), did(12, 13, get(1))],
  ],
  ['an unknown put that happened late', [did(0, FOREVER, put(1)), did(1, 2, get(0)), did(3, 4, get(1))]],
  ['an unknown put that never happened', [did(0, FOREVER, put(1)), did(1, 2, put(2)), did(3, 4, get(2))]],
  ['an unknown put that is overwritten unseen', [did(0, FOREVER, put(1)), did(1, 2, drop(true)), did(3, 4, get(0))]],
  ['of two swaps one wins', [did(0, 1, put(1)), did(2, 9, swap(1, 2, null)), did(3, 8, swap(1, 3, 2))]],
  ['an unknown swap that happened', [did(0, 1, put(1)), did(2, FOREVER, swap(1, 2, undefined)), did(3, 4, get(2))]],
  ['an unknown swap that failed', [did(0, FOREVER, swap(9, 2, undefined)), did(3, 4, get(0))]],
  [
    'the order must be found by trying back',
    [
      did(0, 9, put(1)),
      did(1, 8, put(2)),
      did(2, 7, put(3)),
      did(3, 6, get(2)),
      did(10, 11, get(1)),
      did(4, 5, get(3)),
    ],
  ],
];

const VIOLATIONS: readonly (readonly [string, readonly Operation<RegisterOp>[]])[] = [
  ['an acknowledged put is lost', [did(0, 1, put(1)), did(2, 3, get(0))]],
  ['a stale read', [did(0, 1, put(1)), did(2, 3, put(2)), did(4, 5, get(1))]],
  ['a read goes back', [did(0, 9, put(1)), did(1, 2, get(1)), did(3, 4, get(0))]],
  ['a value from nowhere', [did(0, 1, put(1)), did(2, 3, get(7))]],
  ['a put before its call', [did(0, 1, get(1)), did(2, 3, put(1))]],
  ['an unknown put before its call', [did(0, 1, get(1)), did(2, FOREVER, put(1))]],
  ['both of two swaps win', [did(0, 1, put(1)), did(2, 9, swap(1, 2, null)), did(3, 8, swap(1, 3, null))]],
  ['a swap that should have won', [did(0, 1, put(1)), did(2, 3, swap(1, 2, 1))]],
  ['a delete finds what is not there', [did(0, 1, drop(true))]],
  ['a delete misses what is there', [did(0, 1, put(1)), did(2, 3, drop(false))]],
  ['a put that happened twice', [did(0, 1, put(1)), did(2, 3, put(2)), did(4, 5, get(2)), did(6, 7, get(1))]],
  [
    'two readers see two puts in different orders',
    [did(0, 9, put(1)), did(1, 8, put(2)), did(10, 11, get(1)), did(12, 13, get(2))],
  ],
];

describe('the linearizability checker', () => {
  it.each(LINEARIZABLE)('accepts: %s', (_, history) => {
    expect(checkLinearizable(register, history).outcome).toBe('linearizable');
    expect(checkLinearizable(register, [...history].reverse()).outcome).toBe('linearizable');
  });

  it.each(VIOLATIONS)('refuses: %s', (_, history) => {
    expect(checkLinearizable(register, history).outcome).toBe('violation');
    expect(checkLinearizable(register, [...history].reverse()).outcome).toBe('violation');
  });

  it('remembers what it tried: twelve puts at once that no order explains', () => {
    const puts = Array.from({ length: 12 }, (_, at) => did(at, 100 + at, put(at + 1)));
    const verdict = checkLinearizable(register, [...puts, did(200, 201, get(99))]);
    expect(verdict.outcome).toBe('violation');
    // Orders of twelve are 479,001,600; sets of twelve with a last one are 12 × 2¹¹.
    expect(verdict.steps).toBeLessThan(12 * 12 * 2 ** 12);
  });

  it('gives up when it was told how long to try', () => {
    const puts = Array.from({ length: 12 }, (_, at) => did(at, 100 + at, put(at + 1)));
    expect(checkLinearizable(register, [...puts, did(200, 201, get(99))], 1_000).outcome).toBe('unknown');
  });

  it('judges every key by itself', () => {
    const history = [
      { key: 'a', ...did(0, 1, put(1)) },
      { key: 'b', ...did(2, 3, get(0)) },
      { key: 'a', ...did(4, 5, get(0)) },
    ];
    expect([...checkKeys(history)].map(([key, { outcome }]) => [key, outcome])).toEqual([
      ['a', 'violation'],
      ['b', 'linearizable'],
    ]);
  });
});
