import { expect, it } from 'vitest';
import { resourceByKind } from '#engine/api/registry';
import { collectionPath, objectPath, resourcePath } from './paths';

it.each([
  [collectionPath('Pod', 'default'), '/api/v1/namespaces/default/pods'],
  [collectionPath('Pod', ''), '/api/v1/pods'],
  [collectionPath('Node', ''), '/api/v1/nodes'],
  [collectionPath('Deployment', 'shop'), '/apis/apps/v1/namespaces/shop/deployments'],
  [objectPath('Node', '', 'node-1', 'status'), '/api/v1/nodes/node-1/status'],
  [objectPath('Namespace', '', 'shop', 'finalize'), '/api/v1/namespaces/shop/finalize'],
  [objectPath('Pod', 'default', 'web-0', 'binding'), '/api/v1/namespaces/default/pods/web-0/binding'],
  [objectPath('Lease', 'kube-system', 'x'), '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/x'],
  [collectionPath('/apis/example.com/v1/widgets', ''), '/apis/example.com/v1/widgets'],
  [objectPath('/apis/example.com/v1/widgets', 'shop', 'w'), '/apis/example.com/v1/namespaces/shop/widgets/w'],
  [
    resourcePath(resourceByKind('autoscaling/v1', 'HorizontalPodAutoscaler')!, 'shop'),
    '/apis/autoscaling/v1/namespaces/shop/horizontalpodautoscalers',
  ],
])('a path is as the API has it: %s', (path, expected) => {
  expect(path).toBe(expected);
});
