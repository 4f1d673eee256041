/**
 * The roles and bindings that every cluster has. How the tables read is told in `role-tables.ts`.
 *
 * @source kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy/{policy,controller_policy,namespace_policy}.go, testdata/*.yaml
 */
import type { Creation } from '../creation';
import { aggregatedRole, lines, MARKS, roleObjects, rulesIn } from './role-tables';
import type { PolicyRule } from './rules';

const CLUSTER_ROLES = `cluster-admin|* * *;* *
^aggregate-to-admin|create authorization localsubjectaccessreviews;RW rbac.authorization rolebindings,roles
^aggregate-to-edit|R - pods/attach,pods/exec,pods/portforward,pods/proxy,secrets,services/proxy;impersonate - serviceaccounts;W - pods,pods/attach,pods/exec,pods/portforward,pods/proxy;create - pods/eviction;W - configmaps,events,persistentvolumeclaims,replicationcontrollers,replicationcontrollers/scale,secrets,serviceaccounts,services,services/proxy;create - serviceaccounts/token;W apps daemonsets,deployments,deployments/rollback,deployments/scale,replicasets,replicasets/scale,statefulsets,statefulsets/scale;W autoscaling horizontalpodautoscalers;W batch cronjobs,jobs;W extensions daemonsets,deployments,deployments/rollback,deployments/scale,ingresses,networkpolicies,replicasets,replicasets/scale,replicationcontrollers/scale;W policy poddisruptionbudgets;W networking ingresses,networkpolicies;RW coordination leases;W resource resourceclaims,resourceclaimtemplates
^aggregate-to-view|R - configmaps,endpoints,persistentvolumeclaims,persistentvolumeclaims/status,pods,replicationcontrollers,replicationcontrollers/scale,serviceaccounts,services,services/status;R - bindings,events,limitranges,namespaces/status,pods/log,pods/status,replicationcontrollers/status,resourcequotas,resourcequotas/status;R - namespaces;R discovery endpointslices;R apps controllerrevisions,daemonsets,daemonsets/status,deployments,deployments/scale,deployments/status,replicasets,replicasets/scale,replicasets/status,statefulsets,statefulsets/scale,statefulsets/status;R autoscaling horizontalpodautoscalers,horizontalpodautoscalers/status;R batch cronjobs,cronjobs/status,jobs,jobs/status;R extensions daemonsets,daemonsets/status,deployments,deployments/scale,deployments/status,ingresses,ingresses/status,networkpolicies,replicasets,replicasets/scale,replicasets/status,replicationcontrollers/scale;R policy poddisruptionbudgets,poddisruptionbudgets/status;R networking ingresses,ingresses/status,networkpolicies;R resource resourceclaims,resourceclaims/status,resourceclaimtemplates
^auth-delegator|create authentication tokenreviews;create authorization subjectaccessreviews
^basic-user|create authorization selfsubjectaccessreviews,selfsubjectrulesreviews;create authentication selfsubjectreviews
^certificates.k8s.io:certificatesigningrequests:nodeclient|create certificates certificatesigningrequests/nodeclient
^certificates.k8s.io:certificatesigningrequests:selfnodeclient|create certificates certificatesigningrequests/selfnodeclient
^certificates.k8s.io:kube-apiserver-client-approver|approve certificates signers kubernetes.io/kube-apiserver-client
^certificates.k8s.io:kube-apiserver-client-kubelet-approver|approve certificates signers kubernetes.io/kube-apiserver-client-kubelet
^certificates.k8s.io:kubelet-serving-approver|approve certificates signers kubernetes.io/kubelet-serving
^certificates.k8s.io:legacy-unknown-approver|approve certificates signers kubernetes.io/legacy-unknown
^discovery|/api,/api/*,/apis,/apis/*,/healthz,/livez,/openapi,/openapi/*,/readyz,/version,/version/
^heapster|R - events,namespaces,nodes,pods;R extensions deployments
^kube-aggregator|R - endpoints,services
^kube-controller-manager|E;create coordination leases;get,update coordination leases kube-controller-manager;create - secrets,serviceaccounts;delete - secrets;get - configmaps,namespaces,secrets,serviceaccounts;update - secrets,serviceaccounts;create authentication tokenreviews;create authorization subjectaccessreviews;list,watch * *;create - serviceaccounts/token
^kube-dns|list,watch - endpoints,services
^kube-scheduler|E;create coordination leases;get,list,update,watch coordination leases kube-scheduler;RW coordination leasecandidates;R - nodes;delete,get,list,watch - pods;create - bindings,pods/binding;patch,update - pods/status;R - replicationcontrollers,services;R apps,extensions replicasets;R apps statefulsets;R policy poddisruptionbudgets;R - persistentvolumeclaims,persistentvolumes;create authentication tokenreviews;create authorization subjectaccessreviews;R storage csinodes;R storage volumeattachments;R - namespaces;R storage csidrivers;R storage csistoragecapacities;R resource deviceclasses;U resource resourceclaims;U resource resourceclaims/status;update - pods/finalizers;R resource resourceslices
^kubelet-api-admin|R - nodes;proxy - nodes;* - nodes/log,nodes/metrics,nodes/proxy,nodes/stats;* - nodes/configz,nodes/healthz,nodes/pods
^monitoring|/healthz,/healthz/*,/livez,/livez/*,/metrics,/metrics/slis,/readyz,/readyz/*;get - nodes/metrics
^node|create authentication tokenreviews;create authorization localsubjectaccessreviews,subjectaccessreviews;R - services;create,get,list,watch - nodes;patch,update - nodes/status;patch,update - nodes;create,patch,update - events;R - pods;create,delete - pods;patch,update - pods/status;create - pods/eviction;R - configmaps,secrets;get - persistentvolumeclaims,persistentvolumes;get - endpoints;create,get,list,watch certificates certificatesigningrequests;create,delete,get,patch,update coordination leases;get storage volumeattachments;create - serviceaccounts/token;get,patch,update - persistentvolumeclaims/status;R storage csidrivers;create,delete,get,patch,update storage csinodes;R node runtimeclasses;get resource resourceclaims;deletecollection resource resourceslices;get - serviceaccounts
^node-bootstrapper|create,get,list,watch certificates certificatesigningrequests
^node-problem-detector|get - nodes;patch - nodes/status;E
^node-proxier|list,watch - endpoints,services;R - nodes;E;list,watch networking servicecidrs;list,watch discovery endpointslices
^persistent-volume-provisioner|create,delete,get,list,watch - persistentvolumes;get,list,update,watch - persistentvolumeclaims;R storage storageclasses;watch - events;E
^public-info-viewer|/healthz,/livez,/readyz,/version,/version/
^service-account-issuer-discovery|/.well-known/openid-configuration,/.well-known/openid-configuration/,/openid/v1/jwks,/openid/v1/jwks/
^volume-scheduler|U - persistentvolumes;R storage storageclasses;U - persistentvolumeclaims
~attachdetach-controller|list,watch - persistentvolumeclaims,persistentvolumes;R - nodes;patch,update - nodes/status;list,watch - pods;E;create,delete,get,list,watch storage volumeattachments;R storage csidrivers;R storage csinodes
~certificate-controller|delete,get,list,watch certificates certificatesigningrequests;update certificates certificatesigningrequests/approval,certificatesigningrequests/status;approve certificates signers kubernetes.io/kube-apiserver-client-kubelet;sign certificates signers kubernetes.io/kube-apiserver-client,kubernetes.io/kube-apiserver-client-kubelet,kubernetes.io/kubelet-serving,kubernetes.io/legacy-unknown;create authorization subjectaccessreviews;E
~clusterrole-aggregation-controller|escalate,get,list,patch,update,watch rbac.authorization clusterroles
~cronjob-controller|get,list,update,watch batch cronjobs;create,delete,get,list,patch,update,watch batch jobs;update batch cronjobs/status;update batch cronjobs/finalizers;delete,list,watch - pods;E
~daemon-set-controller|R apps,extensions daemonsets;update apps,extensions daemonsets/status;update apps,extensions daemonsets/finalizers;list,watch - nodes;create,delete,list,patch,watch - pods;create - pods/binding;create,delete,get,list,patch,update,watch apps controllerrevisions;E
~deployment-controller|get,list,update,watch apps,extensions deployments;update apps,extensions deployments/status;update apps,extensions deployments/finalizers;create,delete,get,list,patch,update,watch apps,extensions replicasets;get,list,update,watch - pods;E
~disruption-controller|R apps,extensions deployments;R apps,extensions replicasets;R - replicationcontrollers;R policy poddisruptionbudgets;R apps statefulsets;update policy poddisruptionbudgets/status;patch,update - pods/status;get * */scale;E
~endpoint-controller|R - pods,services;create,delete,get,list,update,watch - endpoints;create - endpoints/restricted;E
~endpointslice-controller|R - nodes,pods,services;update - services/finalizers;create,delete,get,list,update,watch discovery endpointslices;create discovery endpointslices/restricted;E
~endpointslicemirroring-controller|R - endpoints,services;update - services/finalizers;update - endpoints/finalizers;create,delete,get,list,update,watch discovery endpointslices;create discovery endpointslices/restricted;E
~ephemeral-volume-controller|R - pods;update - pods/finalizers;create,get,list,watch - persistentvolumeclaims;E
~expand-controller|U - persistentvolumes;patch,update - persistentvolumeclaims/status;R - persistentvolumeclaims;E
~generic-garbage-collector|delete,get,list,patch,update,watch * *;E
~horizontal-pod-autoscaler|R autoscaling horizontalpodautoscalers;update autoscaling horizontalpodautoscalers/status;get,update * */scale;list,watch - pods;list,watch metrics pods;R custom.metrics *;R external.metrics *;E
~job-controller|U batch jobs;update batch jobs/status;update batch jobs/finalizers;create,delete,list,patch,watch - pods;E
~legacy-service-account-token-cleaner|get - configmaps kube-apiserver-legacy-service-account-token-tracking;delete,patch - secrets
~namespace-controller|delete,get,list,watch - namespaces;update - namespaces/finalize,namespaces/status;delete,deletecollection,get,list,watch * *
~node-controller|delete,get,list,patch,update,watch - nodes;patch,update - nodes/status;patch,update - pods/status;delete,get,list,watch - pods;E
~persistent-volume-binder|create,delete,get,list,update,watch - persistentvolumes;update - persistentvolumes/status;get,list,update,watch - persistentvolumeclaims;update - persistentvolumeclaims/status;create,delete,get,list,watch - pods;R storage storageclasses;list,watch - nodes;E;watch - events
~pod-garbage-collector|delete,list,watch - pods;R - nodes;patch - pods/status
~pv-protection-controller|get,list,update,watch - persistentvolumes;E
~pvc-protection-controller|get,list,update,watch - persistentvolumeclaims;update - persistentvolumeclaims/status;R - pods;E
~replicaset-controller|get,list,update,watch apps,extensions replicasets;update apps,extensions replicasets/status;update apps,extensions replicasets/finalizers;create,delete,list,patch,watch - pods;E
~replication-controller|get,list,update,watch - replicationcontrollers;update - replicationcontrollers/status;update - replicationcontrollers/finalizers;create,delete,list,patch,watch - pods;E
~resource-claim-controller|R - pods;update - pods/finalizers;create,delete,get,list,watch resource resourceclaims;patch,update resource resourceclaims,resourceclaims/status;patch,update - pods/status;E
~resourcequota-controller|list,watch * *;update - resourcequotas/status;E
~root-ca-cert-publisher|create,update - configmaps;E
~route-controller|list,watch - nodes;patch - nodes/status;E
~selinux-warning-controller|E;R - persistentvolumes;R - persistentvolumeclaims;R - pods;R storage csidrivers
~service-account-controller|create - serviceaccounts;E
~service-cidrs-controller|U networking servicecidrs;patch,update networking servicecidrs/finalizers;patch,update networking servicecidrs/status;R networking ipaddresses;E
~service-controller|R - services;patch,update - services/status;list,watch - nodes;E
~statefulset-controller|list,watch - pods;R apps statefulsets;update apps statefulsets/status;update apps statefulsets/finalizers;create,delete,get,patch,update - pods;create,delete,get,list,patch,update,watch apps controllerrevisions;create,get,list,watch - persistentvolumeclaims;delete,update - persistentvolumeclaims;update - pods/finalizers;E
~ttl-after-finished-controller|delete,get,list,watch batch jobs;E
~ttl-controller|list,patch,update,watch - nodes;E
~validatingadmissionpolicy-status-controller|R admissionregistration validatingadmissionpolicies;get,patch,update admissionregistration validatingadmissionpolicies/status;E
~volumeattributesclass-protection-controller|R - persistentvolumeclaims;R - persistentvolumes;get,list,update,watch storage volumeattributesclasses;E`;

const ROLES = `kube-system extension-apiserver-authentication-reader|R - configmaps extension-apiserver-authentication
kube-system ~bootstrap-signer|R - secrets
kube-system ~cloud-provider|create,get,list,watch - configmaps
kube-system ~token-cleaner|delete,get,list,watch - secrets;E
kube-system ^:leader-locking-kube-controller-manager|create,get,list,update,watch coordination leasecandidates,leases
kube-system ^:leader-locking-kube-scheduler|create,get,list,update,watch coordination leasecandidates,leases
kube-public ~bootstrap-signer|R - configmaps;update - configmaps cluster-info;E`;

/** Without those of the controllers, each to its service account. */
const BINDINGS = `cluster-admin = g:^masters
^monitoring = g:^monitoring
^discovery = g:^authenticated
^basic-user = g:^authenticated
^public-info-viewer = g:^authenticated g:^unauthenticated
^node-proxier = u:^kube-proxy
^kube-controller-manager = u:^kube-controller-manager
^kube-dns = s:kube-dns
^kube-scheduler = u:^kube-scheduler
^volume-scheduler = u:^kube-scheduler
^service-account-issuer-discovery = g:^serviceaccounts
^node =`;

const ROLE_BINDINGS = `kube-system ^:extension-apiserver-authentication-reader extension-apiserver-authentication-reader u:^kube-controller-manager u:^kube-scheduler
kube-system ~bootstrap-signer = s:bootstrap-signer
kube-system ~cloud-provider = s:cloud-provider
kube-system ~token-cleaner = s:token-cleaner
kube-system ^:leader-locking-kube-controller-manager = u:^kube-controller-manager s:kube-controller-manager s:leader-election-controller
kube-system ^:leader-locking-kube-scheduler = u:^kube-scheduler s:kube-scheduler
kube-public ~bootstrap-signer = s:bootstrap-signer`;

/** The service accounts of the controllers that have a ClusterRole. */
export const controllerAccounts = (): readonly string[] =>
  lines(CLUSTER_ROLES)
    .filter((line) => line.startsWith('~'))
    .map((line) => line.slice(1, line.indexOf('|')));

/** All of them, to be created in any order once the namespaces of the system are there. */
export function defaultRoles(): Creation[] {
  const controllers = controllerAccounts().map((name) => `~${name} = s:${name}`);
  return [
    aggregatedRole('admin'),
    aggregatedRole('edit', 'admin'),
    aggregatedRole('view', 'edit'),
    ...roleObjects(MARKS, {
      clusterRoles: CLUSTER_ROLES,
      clusterRoleBindings: [BINDINGS, ...controllers].join('\n'),
      roles: ROLES,
      roleBindings: ROLE_BINDINGS,
    }),
  ];
}

/** What the Node authorizer allows every kubelet that it does not look at more closely. */
export const NODE_RULES: readonly PolicyRule[] = rulesIn(CLUSTER_ROLES, '^node');
