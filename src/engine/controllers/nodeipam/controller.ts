/**
 * Gives every node its range of pod addresses: the next free /24, in the order in which nodes registered. It remembers nothing:
 * which blocks are taken, and which was given last, is read from the nodes.
 *
 * @source kubernetes pkg/controller/nodeipam/ipam/range_allocator.go
 */
import { byteOrder } from '#engine/api/json';
import type { Node } from '#engine/api/types';
import { type Change, NOTHING, type Plan, type Step, type View, defineController } from '#engine/client/plan';
import { mergePatch, normal, record, referenceTo, targetOf } from '../steps';
import { blockAt, cidrSet, indexOf, nextFree } from './cidr-set';

const NODE_CIDR_MASK = 24;
const KEY = 'nodes';

export const nodeIpamController = defineController({
  name: 'node-ipam-controller',
  component: 'cidrAllocator',
  serviceAccount: 'node-controller',
  watches: ['Node'],
  initialMemory: null,
  workers: 1,
  keysFor,
  reconcile: (view, _key, { settings }) => reconcileNodeIpam(view, settings.clusterCidr),
});

/** All nodes share one key, so that no two are given the same block. */
function keysFor({ type, object }: Change): readonly string[] {
  return type !== 'deleted' && needsRange(object as Node) ? [KEY] : [];
}

function needsRange({ metadata, spec }: Node): boolean {
  return (spec.podCIDR ?? '') === '' && metadata.deletionTimestamp === undefined;
}

export function reconcileNodeIpam(view: View, range: string, mask = NODE_CIDR_MASK): Plan {
  const nodes = view.list('Node');
  const waiting = nodes.filter(needsRange).toSorted(byRegistration);
  if (waiting.length === 0) return NOTHING;
  const set = cidrSet(range, mask);
  const taken = new Set<number>();
  let last = -1;
  for (const { spec } of nodes.toSorted(byRegistration)) {
    const index = indexOf(set, spec.podCIDR ?? '');
    if (index === null) continue;
    taken.add(index);
    last = index;
  }
  const steps: Step[] = [];
  for (const node of waiting) {
    const index = nextFree(set, taken, last);
    if (index === null) {
      const message = `Node ${node.metadata.name} status is now: CIDRNotAvailable`;
      steps.push(record(normal(referenceTo(node), 'CIDRNotAvailable', message)));
      continue;
    }
    taken.add(index);
    last = index;
    const podCIDR = blockAt(set, index);
    const onFailure = normal(
      referenceTo(node),
      'CIDRAssignmentFailed',
      `Node ${node.metadata.name} status is now: CIDRAssignmentFailed`,
    );
    steps.push(mergePatch(targetOf(node), { spec: { podCIDR, podCIDRs: [podCIDR] } }, { onFailure, optional: true }));
  }
  return {
    steps,
    because: `${waiting.length} nodes have no range of pod addresses; ${taken.size} of ${set.count} are given`,
  };
}

function byRegistration(a: Node, b: Node): number {
  return (
    byteOrder(a.metadata.creationTimestamp, b.metadata.creationTimestamp) || byteOrder(a.metadata.name, b.metadata.name)
  );
}
