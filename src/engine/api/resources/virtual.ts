/** Resources of which nothing is stored. What answers them is in `apiserver/virtual.ts`. */
import { resourceInfo, type ResourceInfo } from '../resource-info';
import { reviewResources } from './reviews';

const READ = 'get list';

export const virtualResources: readonly ResourceInfo[] = [
  resourceInfo('v1', 'Binding', { resource: 'bindings', verbs: 'create', virtual: true }),
  resourceInfo('v1', 'ComponentStatus', {
    resource: 'componentstatuses',
    short: 'cs',
    cluster: true,
    verbs: READ,
    virtual: true,
  }),
  ...reviewResources,
];
