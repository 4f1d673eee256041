/**
 * LeastAllocated of CPU and memory, of equal weight: the default strategy, where all the time goes. Other strategies are late.
 *
 * @source kubernetes pkg/scheduler/framework/plugins/noderesources/least_allocated.go
 */
import { LateCode } from '#engine/late/late-code';
import type { NodeInfo } from '../node-info';
import { MAX_NODE_SCORE } from '../plugin';
import type { PodInfo } from '../pod-info';
import type { ScoringStrategy } from '../profile';

/** Fills the scores of the first `count` nodes. */
export type AllocationScorer = (pod: PodInfo, nodes: readonly NodeInfo[], count: number, scores: Float64Array) => void;

/** `late-scheduler.ts` fills it. */
export const otherStrategies = new LateCode<(strategy: ScoringStrategy) => AllocationScorer>('scoring strategies');

/** The scorer of a strategy. */
export const scorerOf = (strategy: ScoringStrategy): AllocationScorer =>
  strategy.type === 'LeastAllocated' && isCpuAndMemory(strategy) ? leastOfBoth : otherStrategies.code(strategy);

const isCpuAndMemory = ({ resources: [cpu, memory, third] }: ScoringStrategy): boolean =>
  cpu?.name === 'cpu' && cpu.weight === 1 && memory?.name === 'memory' && memory.weight === 1 && third === undefined;

/** Division truncates. */
export function leastOfBoth(pod: PodInfo, nodes: readonly NodeInfo[], count: number, scores: Float64Array): void {
  const { scoringMilliCpu, scoringMemory } = pod;
  for (let i = 0; i < count; i++) {
    const node = nodes[i]!;
    const { milliCpu, memory } = node.allocatable;
    let sum = 0;
    let weights = 0;
    if (milliCpu !== 0) {
      const free = milliCpu - node.scoringMilliCpu - scoringMilliCpu;
      if (free > 0) sum = Math.floor((free * MAX_NODE_SCORE) / milliCpu);
      weights = 1;
    }
    if (memory !== 0) {
      const free = memory - node.scoringMemory - scoringMemory;
      if (free > 0) sum += Math.floor((free * MAX_NODE_SCORE) / memory);
      weights += 1;
    }
    scores[i] = weights === 2 ? sum >> 1 : sum;
  }
}
