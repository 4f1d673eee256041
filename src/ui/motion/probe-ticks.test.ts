import { describe, expect, it } from 'vitest';
import { newTickMemory, ticksToShow } from './probe-ticks';

const answer = (pod: string, ok = true) => ({ pod, probe: 'readiness', ok }) as const;
const many = (count: number, ok = true) => Array.from({ length: count }, (_, index) => answer(`pod-${index}`, ok));

describe('the ticks of probes', () => {
  it('are shown one by one, a pod’s not more often than they can be told apart', () => {
    const memory = newTickMemory();
    expect(ticksToShow(memory, [answer('a'), answer('b')], 0)).toHaveLength(2);
    expect(ticksToShow(memory, [answer('a')], 500)).toEqual([]);
    expect(ticksToShow(memory, [answer('a')], 1_000)).toHaveLength(1);
  });

  it('of a pod that is probed a hundred times a second are one a second', () => {
    const memory = newTickMemory();
    let shown = 0;
    for (let at = 0; at < 10_000; at += 10) shown += ticksToShow(memory, [answer('a')], at).length;
    expect(shown).toBeLessThanOrEqual(11);
  });

  it('are not shown above a rate, failures longer than the others and first', () => {
    const memory = newTickMemory();
    expect(ticksToShow(memory, many(500), 0)).toHaveLength(24);
    expect(ticksToShow(memory, [answer('x'), answer('y')], 500)).toEqual([]);
    expect(ticksToShow(newTickMemory(), [...many(200), answer('bad', false)], 0)[0]).toEqual(answer('bad', false));
  });
});
