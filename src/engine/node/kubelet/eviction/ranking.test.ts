import { describe, expect, it } from 'vitest';
import { type Candidate, rankForEviction } from './ranking';

const MIB = 1_048_576;

interface Named extends Candidate {
  readonly name: string;
}

const pod = (name: string, priority: number, usage: number | null, request: number): Named => ({
  name,
  priority,
  usage: usage === null ? null : usage * MIB,
  request: request * MIB,
});
const LOW = -1;
const HIGH = 1;

describe('ranking for eviction', () => {
  it.each<{ source: string; order: readonly Named[] }>([
    {
      // vector K9
      source: 'pkg/kubelet/eviction/helpers_test.go TestOrderedByPriorityMemory',
      order: [
        pod('above-requests-low-priority-high-usage', LOW, 500, 0),
        pod('above-requests-low-priority-low-usage', LOW, 50, 0),
        pod('above-requests-high-priority-high-usage', HIGH, 600, 100),
        pod('above-requests-high-priority-low-usage', HIGH, 150, 100),
        pod('below-requests-low-priority-high-usage', LOW, 800, 1_000),
        pod('below-requests-low-priority-low-usage', LOW, 200, 1_000),
        pod('below-requests-high-priority-high-usage', HIGH, 800, 1_000),
        pod('below-requests-high-priority-low-usage', HIGH, 200, 1_000),
      ],
    },
    {
      source: 'pkg/kubelet/eviction/helpers_test.go TestOrderedByMemory',
      order: [
        pod('guaranteed-high', 0, 800, 100),
        pod('best-effort-high', 0, 500, 0),
        pod('best-effort-low', 0, 300, 0),
        pod('burstable-low', 0, 300, 100),
        pod('burstable-high', 0, 800, 1_000),
        pod('guaranteed-low', 0, 200, 1_000),
      ],
    },
    {
      source: 'pkg/kubelet/eviction/helpers.go exceedMemoryRequests: of whom nothing is known goes first',
      order: [pod('unknown', HIGH, null, 100), pod('above', LOW, 500, 0), pod('below', LOW, 100, 200)],
    },
  ])('$source', ({ order }) => {
    for (const given of [order, order.toReversed(), [...order.slice(3), ...order.slice(0, 3)]])
      expect(rankForEviction(given).map(({ name }) => name)).toEqual(order.map(({ name }) => name));
  });
});
