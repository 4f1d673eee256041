/**
 * The order in which nodes are looked at: one of each zone in turn, so that a sample of nodes is spread over zones.
 *
 * @source kubernetes pkg/scheduler/backend/cache/node_tree.go, staging/src/k8s.io/component-helpers/node/topology/helpers.go
 */
import type { Node } from '#engine/api/types';

/** Names of nodes by zone. Zones stand in order of their first appearance, nodes in that of theirs. */
export interface NodeTree {
  readonly zones: Map<string, string[]>;
}

export const newNodeTree = (): NodeTree => ({ zones: new Map() });

/** Region and zone of a node as one key; empty when it names neither. */
export function zoneKey(node: Node): string {
  const labels = node.metadata.labels ?? {};
  const zone = labels['topology.kubernetes.io/zone'] ?? labels['failure-domain.beta.kubernetes.io/zone'] ?? '';
  const region = labels['topology.kubernetes.io/region'] ?? labels['failure-domain.beta.kubernetes.io/region'] ?? '';
  return region === '' && zone === '' ? '' : `${region}:\u0000:${zone}`;
}

/** Adds a node that is not there yet. */
export function addToTree(tree: NodeTree, node: Node): void {
  const zone = zoneKey(node);
  const names = tree.zones.get(zone);
  if (names === undefined) tree.zones.set(zone, [node.metadata.name]);
  else names.push(node.metadata.name);
}

export function removeFromTree(tree: NodeTree, node: Node): void {
  const zone = zoneKey(node);
  const names = tree.zones.get(zone);
  const at = names?.indexOf(node.metadata.name) ?? -1;
  if (names === undefined || at < 0) return;
  names.splice(at, 1);
  if (names.length === 0) tree.zones.delete(zone);
}

/** All names, round robin over the zones. */
export function orderOf(tree: NodeTree): string[] {
  const zones = [...tree.zones.values()];
  const order: string[] = [];
  const longest = zones.reduce((most, names) => Math.max(most, names.length), 0);
  for (let round = 0; round < longest; round++) {
    for (const names of zones) {
      const name = names[round];
      if (name !== undefined) order.push(name);
    }
  }
  return order;
}
