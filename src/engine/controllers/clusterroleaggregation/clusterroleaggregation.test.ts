import { describe, expect, it } from 'vitest';
import type { ClusterRole } from '#engine/api/types';
import { viewOfObjects } from '../testing/view';
import { reconcileClusterRole } from './controller';

const rule = (verb: string) => ({ apiGroups: [''], resources: ['pods'], verbs: [verb] });
const role = (name: string, labels: Record<string, string>, more: object): ClusterRole => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name, labels, uid: name, resourceVersion: '1', creationTimestamp: '' },
  ...more,
});
const view = { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to: 'view' } }] } };

// pkg/controller/clusterroleaggregation/clusterroleaggregation_controller_test.go
describe('ClusterRole aggregation', () => {
  it('puts together the rules of all roles with the label, each once, in order of their names', () => {
    const roles = [
      role('b', { to: 'view' }, { rules: [rule('list'), rule('get')] }),
      role('a', { to: 'view' }, { rules: [rule('get')] }),
      role('other', {}, { rules: [rule('delete')] }),
      role('view', { to: 'view' }, { ...view, rules: [rule('own')] }),
    ];
    const { steps } = reconcileClusterRole(viewOfObjects(roles), 'view');
    expect(steps).toMatchObject([{ op: 'update', object: { rules: [rule('get'), rule('list')] } }]);
  });

  it('leaves alone what is right already', () => {
    const roles = [
      role('a', { to: 'view' }, { rules: [rule('get')] }),
      role('view', {}, { ...view, rules: [rule('get')] }),
    ];
    expect(reconcileClusterRole(viewOfObjects(roles), 'view').steps).toEqual([]);
  });
});
