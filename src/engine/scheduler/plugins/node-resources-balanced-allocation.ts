/**
 * Nodes whose resources would be used evenly are better. Counts what pods really ask for, without defaults.
 *
 * @source kubernetes pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go
 */
import { namedAmount } from '#engine/api/pod-resources';
import type { NodeInfo } from '../node-info';
import { MAX_NODE_SCORE, SKIP, definePlugin } from '../plugin';
import type { PodInfo } from '../pod-info';
import type { WeightedResource } from '../profile';

export const nodeResourcesBalancedAllocation = definePlugin<null, readonly WeightedResource[]>({
  name: 'NodeResourcesBalancedAllocation',

  preScore({ profile, pod }) {
    const { resources } = profile.args.NodeResourcesBalancedAllocation;
    return resources.some(({ name }) => namedAmount(pod.requests, name) > 0) ? resources : SKIP;
  },

  score(resources, { pod }, nodes, count, scores) {
    if (resources.length === 2 && resources[0]?.name === 'cpu' && resources[1]?.name === 'memory') {
      scoreBoth(pod, nodes, count, scores);
    } else {
      for (let i = 0; i < count; i++) scores[i] = balance(fractionsOn(nodes[i]!, pod, resources));
    }
  },
});

/** The default resources, where all the time goes. */
function scoreBoth({ requests }: PodInfo, nodes: readonly NodeInfo[], count: number, scores: Float64Array): void {
  for (let i = 0; i < count; i++) {
    const { allocatable, requested } = nodes[i]!;
    if (allocatable.milliCpu === 0 || allocatable.memory === 0) {
      scores[i] = MAX_NODE_SCORE;
      continue;
    }
    const cpu = (requested.milliCpu + requests.milliCpu) / allocatable.milliCpu;
    const memory = (requested.memory + requests.memory) / allocatable.memory;
    const deviation = ((cpu > 1 ? 1 : cpu) - (memory > 1 ? 1 : memory)) / 2;
    scores[i] = Math.floor((1 - (deviation < 0 ? -deviation : deviation)) * MAX_NODE_SCORE);
  }
}

/** Used shares, each at most 1, of the resources that the node has and the pod asks for. */
function fractionsOn(node: NodeInfo, pod: PodInfo, resources: readonly WeightedResource[]): number[] {
  const fractions: number[] = [];
  for (const { name } of resources) {
    const allocatable = namedAmount(node.allocatable, name);
    const own = namedAmount(pod.requests, name);
    const isScalar = name !== 'cpu' && name !== 'memory' && name !== 'ephemeral-storage';
    if (allocatable === 0 || (isScalar && own === 0)) continue;
    fractions.push(Math.min(1, (namedAmount(node.requested, name) + own) / allocatable));
  }
  return fractions;
}

/** 100 less the standard deviation of the shares, in percent. */
export function balance(fractions: readonly number[]): number {
  let deviation = 0;
  if (fractions.length === 2) {
    deviation = Math.abs((fractions[0]! - fractions[1]!) / 2);
  } else if (fractions.length > 2) {
    const mean = fractions.reduce((sum, fraction) => sum + fraction, 0) / fractions.length;
    const squares = fractions.reduce((sum, fraction) => sum + (fraction - mean) * (fraction - mean), 0);
    deviation = Math.sqrt(squares / fractions.length);
  }
  return Math.trunc((1 - deviation) * MAX_NODE_SCORE);
}
