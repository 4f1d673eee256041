import { describe, expect, it } from 'vitest';
import { addToTree, newNodeTree, orderOf, removeFromTree } from './node-tree';
import { aNode } from './testing';

const REGION = 'topology.kubernetes.io/region';
const ZONE = 'topology.kubernetes.io/zone';

// kubernetes pkg/scheduler/backend/cache/node_tree_test.go (allNodes)
const nodes = [
  aNode('node-0'),
  aNode('node-1', { labels: { [REGION]: 'region-1' } }),
  aNode('node-2', { labels: { [ZONE]: 'zone-2' } }),
  aNode('node-3', { labels: { [REGION]: 'region-1', [ZONE]: 'zone-2' } }),
  aNode('node-4', { labels: { [REGION]: 'region-1', [ZONE]: 'zone-2' } }),
  aNode('node-5', { labels: { [REGION]: 'region-1', [ZONE]: 'zone-3' } }),
  aNode('node-6', { labels: { [REGION]: 'region-2', [ZONE]: 'zone-2' } }),
  aNode('node-7', { labels: { [REGION]: 'region-2', [ZONE]: 'zone-2' } }),
  aNode('node-8', { labels: { [REGION]: 'region-2', [ZONE]: 'zone-2' } }),
];

describe('the order of nodes', () => {
  it('[node-order-1] takes one node of each zone in turn', () => {
    const tree = newNodeTree();
    for (const node of nodes) addToTree(tree, node);
    expect(orderOf(tree)).toEqual([0, 1, 2, 3, 5, 6, 4, 7, 8].map((i) => `node-${i}`));
  });

  it('forgets a zone with its last node', () => {
    const tree = newNodeTree();
    for (const node of nodes.slice(0, 3)) addToTree(tree, node);
    removeFromTree(tree, nodes[1]!);
    expect(orderOf(tree)).toEqual(['node-0', 'node-2']);
    expect(tree.zones.size).toBe(2);
  });
});
