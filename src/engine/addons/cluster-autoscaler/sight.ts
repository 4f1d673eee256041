/** What there is at the beginning of a round. */
import { hasCondition } from '#engine/api/meta';
import type { Node } from '#engine/api/types';
import { cacheOf } from '#engine/client/cache';
import { GROUP_LABEL, type NodeGroupState } from './cloud';
import type { AutoscalerState } from './cluster-autoscaler';
import { hasTaint, TO_BE_DELETED } from './scale-down';
import { type Room, roomOf } from './simulation';

export interface Sight {
  readonly groups: readonly NodeGroupState[];
  /** All there are, and those of groups, in order of their names. */
  readonly all: readonly Node[];
  readonly nodes: readonly Node[];
  /** Of the nodes that take pods. */
  readonly rooms: readonly Room[];
  readonly groupOf: (node: Node) => NodeGroupState | undefined;
}

export const isReady = ({ status }: Node): boolean => hasCondition(status.conditions, 'Ready');

export function look(state: AutoscalerState, groups: readonly NodeGroupState[]): Sight {
  const pods = cacheOf(state.client, 'Pod');
  const all = cacheOf(state.client, 'Node').list();
  const byName = new Map(groups.map((group) => [group.name, group]));
  const groupOf = ({ metadata }: Node): NodeGroupState | undefined => byName.get(metadata.labels?.[GROUP_LABEL] ?? '');
  const taking = all.filter((node) => isReady(node) && !hasTaint(node, TO_BE_DELETED));
  return {
    groups,
    all,
    nodes: all.filter((node) => groupOf(node) !== undefined),
    rooms: taking.map((node) => roomOf(node, pods.byNode(node.metadata.name))),
    groupOf,
  };
}
