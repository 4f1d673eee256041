/**
 * Fills ClusterRoles that say whose rules they are made of.
 *
 * @source kubernetes pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go
 */
import { deepEqual } from '#engine/api/json';
import { matchesSelector } from '#engine/api/label-selector';
import type { ClusterRole } from '#engine/api/types';
import { type Change, NOTHING, type Plan, type View, defineController } from '#engine/client/plan';
import { update } from '../steps';

export const clusterRoleAggregationController = defineController({
  name: 'clusterrole-aggregation-controller',
  component: 'clusterrole-aggregation-controller',
  watches: ['ClusterRole'],
  initialMemory: null,
  workers: 5,
  keysFor,
  reconcile: reconcileClusterRole,
});

const isAggregated = (role: ClusterRole): boolean => role.aggregationRule !== undefined;

/** Any change may concern every role that is made of others. */
function keysFor(_change: Change, view: View): readonly string[] {
  return view
    .list('ClusterRole')
    .filter(isAggregated)
    .map(({ metadata }) => metadata.name);
}

/** @param name - of the ClusterRole */
export function reconcileClusterRole(view: View, name: string): Plan {
  const role = view.get('ClusterRole', '', name);
  const selectors = role?.aggregationRule?.clusterRoleSelectors;
  if (role === undefined || selectors === undefined) return NOTHING;
  const rules: NonNullable<ClusterRole['rules']> = [];
  for (const selector of selectors) {
    const chosen = view
      .list('ClusterRole')
      .filter(({ metadata }) => metadata.name !== name && matchesSelector(selector, metadata.labels));
    for (const { rules: own } of chosen)
      for (const rule of own ?? []) if (!rules.some((known) => deepEqual(known, rule))) rules.push(rule);
  }
  if (deepEqual(rules, role.rules ?? [])) return NOTHING;
  return {
    steps: [update({ ...role, rules })],
    because: `the roles that make up ClusterRole ${name} allow something else`,
  };
}
