/**
 * Scores by how full a node would be: LeastAllocated, MostAllocated, RequestedToCapacityRatio. Whole numbers throughout;
 * division truncates.
 *
 * @source kubernetes pkg/scheduler/framework/plugins/noderesources/{resource_allocation,least_allocated,most_allocated,requested_to_capacity_ratio}.go
 */
import { namedAmount } from '#engine/api/pod-resources';
import type { NodeInfo } from '../node-info';
import { MAX_NODE_SCORE } from '../plugin';
import type { AllocationScorer } from './least-allocated';
import type { PodInfo } from '../pod-info';
import type { ScoringStrategy, ShapePoint } from '../profile';

/** Score of one resource from what would be requested of what there is. */
type ResourceScore = (requested: number, allocatable: number) => number;

/** A shape's scores go from 0 to 10, a node's from 0 to 100. */
const SHAPE_SCALE = 10;
const scorers = new WeakMap<ScoringStrategy, AllocationScorer>();

/** The scorer of a strategy that is not the default one, made once. */
export function scorerOf(strategy: ScoringStrategy): AllocationScorer {
  let scorer = scorers.get(strategy);
  if (scorer === undefined) scorers.set(strategy, (scorer = newScorer(strategy)));
  return scorer;
}

function newScorer(strategy: ScoringStrategy): AllocationScorer {
  switch (strategy.type) {
    case 'LeastAllocated':
      return weighted(strategy, leastAllocated, false);
    case 'MostAllocated':
      return weighted(strategy, mostAllocated, false);
    case 'RequestedToCapacityRatio': {
      const shape = strategy.shape ?? [];
      return weighted(strategy, (requested, allocatable) => ratioScore(shape, requested, allocatable), true);
    }
  }
}

export const leastAllocated: ResourceScore = (requested, allocatable) =>
  allocatable === 0 || requested > allocatable
    ? 0
    : Math.trunc(((allocatable - requested) * MAX_NODE_SCORE) / allocatable);

export const mostAllocated: ResourceScore = (requested, allocatable) =>
  allocatable === 0 ? 0 : Math.trunc((Math.min(requested, allocatable) * MAX_NODE_SCORE) / allocatable);

const ratioScore = (shape: readonly ShapePoint[], requested: number, allocatable: number): number =>
  brokenLine(
    shape,
    allocatable === 0 || requested > allocatable ? 100 : Math.trunc((requested * 100) / allocatable),
    SHAPE_SCALE,
  );

/**
 * The value of a broken line at `x`; beyond its ends it goes on level.
 *
 * @param scale - by what scores are multiplied first
 * @source pkg/scheduler/framework/plugins/helper/shape_score.go
 */
export function brokenLine(points: readonly ShapePoint[], x: number, scale = 1): number {
  let left: ShapePoint | null = null;
  for (const right of points) {
    if (x <= right.utilization) {
      if (left === null) return right.score * scale;
      const rise = (right.score - left.score) * scale * (x - left.utilization);
      return left.score * scale + Math.trunc(rise / (right.utilization - left.utilization));
    }
    left = right;
  }
  return left === null ? 0 : left.score * scale;
}

/** Any resources, any weights. `onlyPositive`: resources that score 0 have no weight, and the mean is rounded. */
function weighted(strategy: ScoringStrategy, score: ResourceScore, onlyPositive: boolean): AllocationScorer {
  return (pod, nodes, count, scores) => {
    for (let i = 0; i < count; i++) {
      const node = nodes[i]!;
      let sum = 0;
      let weights = 0;
      for (const { name, weight } of strategy.resources) {
        const allocatable = namedAmount(node.allocatable, name);
        const own = scoringAmount(pod, name);
        if (allocatable === 0 || own === null) continue;
        const value = score(requestedOn(node, name) + own, allocatable);
        if (onlyPositive && value <= 0) continue;
        sum += value * weight;
        weights += weight;
      }
      scores[i] = weights === 0 ? 0 : onlyPositive ? Math.round(sum / weights) : Math.trunc(sum / weights);
    }
  };
}

/** null: a scalar that the pod does not ask for, which is left out. */
function scoringAmount(pod: PodInfo, name: string): number | null {
  if (name === 'cpu') return pod.scoringMilliCpu;
  if (name === 'memory') return pod.scoringMemory;
  const amount = namedAmount(pod.requests, name);
  return amount === 0 && name !== 'ephemeral-storage' ? null : amount;
}

function requestedOn(node: NodeInfo, name: string): number {
  if (name === 'cpu') return node.scoringMilliCpu;
  if (name === 'memory') return node.scoringMemory;
  return namedAmount(node.requested, name);
}
