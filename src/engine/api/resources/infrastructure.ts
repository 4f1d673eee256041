/**
 * All groups that are about the cluster rather than about workloads: network, storage, access, nodes, the API itself.
 *
 * @source kubernetes pkg/registry/<group>/<resource>/{strategy,storage/storage}.go
 */
import { genericRules } from '../generic-rules';
import { endpointSliceRules } from '../kinds/endpoint-slice';
import { leaseRules } from '../kinds/lease';
import { priorityClassRules } from '../kinds/priority-class';
import { clusterRoleBindingRules, clusterRoleRules, roleBindingRules, roleRules } from '../kinds/rbac';
import { lateRules } from '../late';
import { resourceInfo, type StoredInfo } from '../resource-info';

const NETWORKING = 'networking.k8s.io/v1';
const STORAGE = 'storage.k8s.io/v1';
const RBAC = 'rbac.authorization.k8s.io/v1';
const ADMISSION = 'admissionregistration.k8s.io/v1';
const FLOW = 'flowcontrol.apiserver.k8s.io/v1';
const RESOURCE = 'resource.k8s.io/v1';

const CLUSTER_COUNTED = genericRules({ clusterScoped: true, generation: true });
const WITH_STATUS = genericRules({ status: {} });
const CLUSTER_STATUS = genericRules({ clusterScoped: true, status: {} });

export const infrastructureResources: readonly StoredInfo[] = [
  resourceInfo('apiregistration.k8s.io/v1', 'APIService', {
    resource: 'apiservices',
    categories: 'api-extensions',
    cluster: true,
    subresources: 'status',
    prefix: 'apiregistration.k8s.io/apiservices',
    rules: lateRules('APIService'),
  }),
  resourceInfo('discovery.k8s.io/v1', 'EndpointSlice', { resource: 'endpointslices', rules: endpointSliceRules }),
  resourceInfo('coordination.k8s.io/v1', 'Lease', {
    resource: 'leases',
    allowUnconditionalUpdate: false,
    createOnUpdate: true,
    rules: leaseRules,
  }),
  resourceInfo('scheduling.k8s.io/v1', 'PriorityClass', {
    resource: 'priorityclasses',
    short: 'pc',
    cluster: true,
    rules: priorityClassRules,
  }),
  resourceInfo(NETWORKING, 'Ingress', {
    resource: 'ingresses',
    short: 'ing',
    subresources: 'status',
    prefix: 'ingress',
    rules: lateRules('Ingress'),
  }),
  resourceInfo(NETWORKING, 'IngressClass', {
    resource: 'ingressclasses',
    cluster: true,
    rules: lateRules('IngressClass'),
  }),
  resourceInfo(NETWORKING, 'NetworkPolicy', {
    resource: 'networkpolicies',
    short: 'netpol',
    rules: lateRules('NetworkPolicy'),
  }),
  resourceInfo(NETWORKING, 'IPAddress', { resource: 'ipaddresses', short: 'ip', cluster: true }),
  resourceInfo(NETWORKING, 'ServiceCIDR', {
    resource: 'servicecidrs',
    cluster: true,
    subresources: 'status',
    rules: CLUSTER_STATUS,
  }),
  resourceInfo(STORAGE, 'StorageClass', {
    resource: 'storageclasses',
    short: 'sc',
    cluster: true,
    rules: lateRules('StorageClass'),
  }),
  resourceInfo(STORAGE, 'VolumeAttachment', {
    resource: 'volumeattachments',
    cluster: true,
    subresources: 'status',
    allowUnconditionalUpdate: false,
    rules: lateRules('VolumeAttachment'),
  }),
  resourceInfo(STORAGE, 'CSIDriver', {
    resource: 'csidrivers',
    cluster: true,
    allowUnconditionalUpdate: false,
    rules: lateRules('CSIDriver'),
  }),
  resourceInfo(STORAGE, 'CSINode', {
    resource: 'csinodes',
    cluster: true,
    allowUnconditionalUpdate: false,
    rules: lateRules('CSINode'),
  }),
  resourceInfo(STORAGE, 'CSIStorageCapacity', { resource: 'csistoragecapacities', allowUnconditionalUpdate: false }),
  resourceInfo(STORAGE, 'VolumeAttributesClass', { resource: 'volumeattributesclasses', short: 'vac', cluster: true }),
  resourceInfo(RBAC, 'Role', { resource: 'roles', createOnUpdate: true, rules: roleRules }),
  resourceInfo(RBAC, 'RoleBinding', { resource: 'rolebindings', createOnUpdate: true, rules: roleBindingRules }),
  resourceInfo(RBAC, 'ClusterRole', {
    resource: 'clusterroles',
    cluster: true,
    createOnUpdate: true,
    rules: clusterRoleRules,
  }),
  resourceInfo(RBAC, 'ClusterRoleBinding', {
    resource: 'clusterrolebindings',
    cluster: true,
    createOnUpdate: true,
    rules: clusterRoleBindingRules,
  }),
  resourceInfo('node.k8s.io/v1', 'RuntimeClass', {
    resource: 'runtimeclasses',
    cluster: true,
    allowUnconditionalUpdate: false,
    createOnUpdate: true,
    rules: lateRules('RuntimeClass'),
  }),
  resourceInfo('certificates.k8s.io/v1', 'CertificateSigningRequest', {
    resource: 'certificatesigningrequests',
    short: 'csr',
    cluster: true,
    subresources: 'approval status',
    rules: lateRules('CertificateSigningRequest'),
  }),
  resourceInfo(ADMISSION, 'MutatingWebhookConfiguration', {
    resource: 'mutatingwebhookconfigurations',
    categories: 'api-extensions',
    cluster: true,
    allowUnconditionalUpdate: false,
    rules: lateRules('MutatingWebhookConfiguration'),
  }),
  resourceInfo(ADMISSION, 'ValidatingWebhookConfiguration', {
    resource: 'validatingwebhookconfigurations',
    categories: 'api-extensions',
    cluster: true,
    allowUnconditionalUpdate: false,
    rules: lateRules('ValidatingWebhookConfiguration'),
  }),
  resourceInfo(ADMISSION, 'ValidatingAdmissionPolicy', {
    resource: 'validatingadmissionpolicies',
    categories: 'api-extensions',
    cluster: true,
    subresources: 'status',
    allowUnconditionalUpdate: false,
    rules: lateRules('ValidatingAdmissionPolicy'),
  }),
  resourceInfo(ADMISSION, 'ValidatingAdmissionPolicyBinding', {
    resource: 'validatingadmissionpolicybindings',
    categories: 'api-extensions',
    cluster: true,
    allowUnconditionalUpdate: false,
    rules: lateRules('ValidatingAdmissionPolicyBinding'),
  }),
  resourceInfo('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {
    resource: 'customresourcedefinitions',
    short: 'crd crds',
    categories: 'api-extensions',
    cluster: true,
    subresources: 'status',
    prefix: 'apiextensions.k8s.io/customresourcedefinitions',
    allowUnconditionalUpdate: false,
    rules: lateRules('CustomResourceDefinition'),
  }),
  resourceInfo(FLOW, 'FlowSchema', {
    resource: 'flowschemas',
    cluster: true,
    subresources: 'status',
    rules: lateRules('FlowSchema'),
  }),
  resourceInfo(FLOW, 'PriorityLevelConfiguration', {
    resource: 'prioritylevelconfigurations',
    cluster: true,
    subresources: 'status',
    rules: lateRules('PriorityLevelConfiguration'),
  }),
  resourceInfo(RESOURCE, 'ResourceClaim', {
    resource: 'resourceclaims',
    schema: 'resource.ResourceClaim',
    subresources: 'status',
    rules: WITH_STATUS,
  }),
  resourceInfo(RESOURCE, 'ResourceClaimTemplate', { resource: 'resourceclaimtemplates' }),
  resourceInfo(RESOURCE, 'DeviceClass', { resource: 'deviceclasses', cluster: true, rules: CLUSTER_COUNTED }),
  resourceInfo(RESOURCE, 'ResourceSlice', { resource: 'resourceslices', cluster: true, rules: CLUSTER_COUNTED }),
];
