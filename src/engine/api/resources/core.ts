/** The kinds of the core group. @source kubernetes pkg/registry/core/<resource>/{strategy,storage/storage}.go */
import { configMapRules } from '../kinds/config-map';
import { endpointsRules } from '../kinds/endpoints';
import { eventRules } from '../kinds/event';
import { namespaceRules } from '../kinds/namespace';
import { nodeRules } from '../kinds/node';
import { podRules } from '../kinds/pod';
import { secretRules } from '../kinds/secret';
import { serviceRules } from '../kinds/service';
import { serviceAccountRules } from '../kinds/service-account';
import { lateRules } from '../late';
import { resourceInfo, type StoredInfo } from '../resource-info';

export const coreResources: readonly StoredInfo[] = [
  resourceInfo('v1', 'Namespace', {
    resource: 'namespaces',
    short: 'ns',
    cluster: true,
    verbs: 'create delete get list patch update watch',
    subresources: 'finalize status',
    returnsDeletedObject: true,
    rules: namespaceRules,
  }),
  resourceInfo('v1', 'Node', {
    resource: 'nodes',
    short: 'no',
    cluster: true,
    subresources: 'proxy status',
    prefix: 'minions',
    rules: nodeRules,
  }),
  resourceInfo('v1', 'Pod', {
    resource: 'pods',
    short: 'po',
    categories: 'all',
    subresources: 'attach binding ephemeralcontainers eviction exec log portforward proxy resize status',
    graceful: true,
    returnsDeletedObject: true,
    rules: podRules,
  }),
  resourceInfo('v1', 'Service', {
    resource: 'services',
    short: 'svc',
    categories: 'all',
    subresources: 'proxy status',
    prefix: 'services/specs',
    returnsDeletedObject: true,
    rules: serviceRules,
  }),
  resourceInfo('v1', 'ConfigMap', { resource: 'configmaps', short: 'cm', rules: configMapRules }),
  resourceInfo('v1', 'Secret', { resource: 'secrets', rules: secretRules }),
  resourceInfo('v1', 'ServiceAccount', {
    resource: 'serviceaccounts',
    short: 'sa',
    subresources: 'token',
    returnsDeletedObject: true,
    rules: serviceAccountRules,
  }),
  resourceInfo('v1', 'Event', { resource: 'events', short: 'ev', createOnUpdate: true, rules: eventRules }),
  resourceInfo('v1', 'Endpoints', {
    resource: 'endpoints',
    singular: 'endpoints',
    short: 'ep',
    prefix: 'services/endpoints',
    createOnUpdate: true,
    rules: endpointsRules,
  }),
  resourceInfo('v1', 'LimitRange', {
    resource: 'limitranges',
    short: 'limits',
    createOnUpdate: true,
    rules: lateRules('LimitRange'),
  }),
  resourceInfo('v1', 'PersistentVolume', {
    resource: 'persistentvolumes',
    short: 'pv',
    cluster: true,
    subresources: 'status',
    returnsDeletedObject: true,
    rules: lateRules('PersistentVolume'),
  }),
  resourceInfo('v1', 'PersistentVolumeClaim', {
    resource: 'persistentvolumeclaims',
    short: 'pvc',
    subresources: 'status',
    returnsDeletedObject: true,
    rules: lateRules('PersistentVolumeClaim'),
  }),
  resourceInfo('v1', 'PodTemplate', {
    resource: 'podtemplates',
    returnsDeletedObject: true,
    rules: lateRules('PodTemplate'),
  }),
  resourceInfo('v1', 'ReplicationController', {
    resource: 'replicationcontrollers',
    short: 'rc',
    categories: 'all',
    subresources: 'scale status',
    prefix: 'controllers',
    rules: lateRules('ReplicationController'),
  }),
  resourceInfo('v1', 'ResourceQuota', {
    resource: 'resourcequotas',
    short: 'quota',
    subresources: 'status',
    returnsDeletedObject: true,
    rules: lateRules('ResourceQuota'),
  }),
];
