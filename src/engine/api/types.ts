/**
 * The Kubernetes objects as the engine holds them: the package's types, narrowed to what is always there once
 * the API server has defaulted, validated and stored an object. Objects are immutable: whoever wants another
 * one builds it. Nothing here knows of time, machines or messages.
 */
import type { ILabelSelector } from '@kubernetes-models/apimachinery/apis/meta/v1/LabelSelector';
import type { IObjectMeta } from '@kubernetes-models/apimachinery/apis/meta/v1/ObjectMeta';
import type { IOwnerReference } from '@kubernetes-models/apimachinery/apis/meta/v1/OwnerReference';
import type { IStatus } from '@kubernetes-models/apimachinery/apis/meta/v1/Status';
import type { IMutatingWebhookConfiguration } from 'kubernetes-models/admissionregistration.k8s.io/v1/MutatingWebhookConfiguration';
import type { IValidatingAdmissionPolicy } from 'kubernetes-models/admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy';
import type { IValidatingAdmissionPolicyBinding } from 'kubernetes-models/admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding';
import type { IValidatingWebhookConfiguration } from 'kubernetes-models/admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration';
import type { IAPIService } from 'kubernetes-models/apiregistration.k8s.io/v1/APIService';
import type { ICustomResourceDefinition } from 'kubernetes-models/apiextensions.k8s.io/v1/CustomResourceDefinition';
import type { IControllerRevision } from 'kubernetes-models/apps/v1/ControllerRevision';
import type { IDaemonSet } from 'kubernetes-models/apps/v1/DaemonSet';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IDeploymentSpec } from 'kubernetes-models/apps/v1/DeploymentSpec';
import type { IDeploymentStatus } from 'kubernetes-models/apps/v1/DeploymentStatus';
import type { IReplicaSet } from 'kubernetes-models/apps/v1/ReplicaSet';
import type { IReplicaSetSpec } from 'kubernetes-models/apps/v1/ReplicaSetSpec';
import type { IReplicaSetStatus } from 'kubernetes-models/apps/v1/ReplicaSetStatus';
import type { IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import type { IScale } from 'kubernetes-models/autoscaling/v1/Scale';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import type { ICronJob } from 'kubernetes-models/batch/v1/CronJob';
import type { IJob } from 'kubernetes-models/batch/v1/Job';
import type { ICertificateSigningRequest } from 'kubernetes-models/certificates.k8s.io/v1/CertificateSigningRequest';
import type { ILease } from 'kubernetes-models/coordination.k8s.io/v1/Lease';
import type { IEndpoint } from 'kubernetes-models/discovery.k8s.io/v1/Endpoint';
import type { IEndpointSlice } from 'kubernetes-models/discovery.k8s.io/v1/EndpointSlice';
import type { IFlowSchema } from 'kubernetes-models/flowcontrol.apiserver.k8s.io/v1/FlowSchema';
import type { IPriorityLevelConfiguration } from 'kubernetes-models/flowcontrol.apiserver.k8s.io/v1/PriorityLevelConfiguration';
import type { IIPAddress } from 'kubernetes-models/networking.k8s.io/v1/IPAddress';
import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import type { IIngressClass } from 'kubernetes-models/networking.k8s.io/v1/IngressClass';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IServiceCIDR } from 'kubernetes-models/networking.k8s.io/v1/ServiceCIDR';
import type { IRuntimeClass } from 'kubernetes-models/node.k8s.io/v1/RuntimeClass';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { IClusterRole } from 'kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRole';
import type { IClusterRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRoleBinding';
import type { IRole } from 'kubernetes-models/rbac.authorization.k8s.io/v1/Role';
import type { IRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding';
import type { IDeviceClass } from 'kubernetes-models/resource.k8s.io/v1/DeviceClass';
import type { IResourceClaim } from 'kubernetes-models/resource.k8s.io/v1/ResourceClaim';
import type { IResourceClaimTemplate } from 'kubernetes-models/resource.k8s.io/v1/ResourceClaimTemplate';
import type { IResourceSlice } from 'kubernetes-models/resource.k8s.io/v1/ResourceSlice';
import type { IPriorityClass } from 'kubernetes-models/scheduling.k8s.io/v1/PriorityClass';
import type { ICSIDriver } from 'kubernetes-models/storage.k8s.io/v1/CSIDriver';
import type { ICSINode } from 'kubernetes-models/storage.k8s.io/v1/CSINode';
import type { ICSIStorageCapacity } from 'kubernetes-models/storage.k8s.io/v1/CSIStorageCapacity';
import type { IStorageClass } from 'kubernetes-models/storage.k8s.io/v1/StorageClass';
import type { IVolumeAttachment } from 'kubernetes-models/storage.k8s.io/v1/VolumeAttachment';
import type { IVolumeAttributesClass } from 'kubernetes-models/storage.k8s.io/v1/VolumeAttributesClass';
import type { IBinding } from 'kubernetes-models/v1/Binding';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IContainerStatus } from 'kubernetes-models/v1/ContainerStatus';
import type { IEndpoints } from 'kubernetes-models/v1/Endpoints';
import type { IEvent } from 'kubernetes-models/v1/Event';
import type { ILimitRange } from 'kubernetes-models/v1/LimitRange';
import type { INamespace } from 'kubernetes-models/v1/Namespace';
import type { INamespaceSpec } from 'kubernetes-models/v1/NamespaceSpec';
import type { INamespaceStatus } from 'kubernetes-models/v1/NamespaceStatus';
import type { INode } from 'kubernetes-models/v1/Node';
import type { INodeSpec } from 'kubernetes-models/v1/NodeSpec';
import type { INodeStatus } from 'kubernetes-models/v1/NodeStatus';
import type { IObjectReference } from 'kubernetes-models/v1/ObjectReference';
import type { IPersistentVolume } from 'kubernetes-models/v1/PersistentVolume';
import type { IPersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import type { IPod } from 'kubernetes-models/v1/Pod';
import type { IPodCondition } from 'kubernetes-models/v1/PodCondition';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import type { IPodStatus } from 'kubernetes-models/v1/PodStatus';
import type { IPodTemplate } from 'kubernetes-models/v1/PodTemplate';
import type { IPodTemplateSpec } from 'kubernetes-models/v1/PodTemplateSpec';
import type { IProbe } from 'kubernetes-models/v1/Probe';
import type { IReplicationController } from 'kubernetes-models/v1/ReplicationController';
import type { IResourceQuota } from 'kubernetes-models/v1/ResourceQuota';
import type { ISecret } from 'kubernetes-models/v1/Secret';
import type { IService } from 'kubernetes-models/v1/Service';
import type { IServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import type { IServiceSpec } from 'kubernetes-models/v1/ServiceSpec';
import type { IServiceStatus } from 'kubernetes-models/v1/ServiceStatus';
import type { ITaint } from 'kubernetes-models/v1/Taint';
import type { IToleration } from 'kubernetes-models/v1/Toleration';

/** Metadata of a stored object. `namespace` is absent on cluster-scoped kinds. Times are RFC 3339 text. */
export type ObjectMeta = IObjectMeta & {
  name: string;
  uid: string;
  resourceVersion: string;
  creationTimestamp: string;
};

/** Any stored object, of whatever kind. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** An object as a client sends it: metadata not yet filled by the server. */
export interface KubeObjectInput {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: IObjectMeta;
}

type Stored<T, Parts = unknown> = Omit<T, 'metadata' | keyof Parts> & { metadata: ObjectMeta } & Parts;

export type Namespace = Stored<INamespace, { spec: INamespaceSpec; status: INamespaceStatus }>;
export type Node = Stored<INode, { spec: INodeSpec; status: INodeStatus }>;
export type Pod = Stored<IPod, { spec: IPodSpec; status: IPodStatus }>;
export type ReplicaSet = Stored<
  IReplicaSet,
  { spec: IReplicaSetSpec & { replicas: number; template: IPodTemplateSpec }; status: IReplicaSetStatus }
>;
export type Deployment = Stored<
  IDeployment,
  { spec: IDeploymentSpec & { replicas: number }; status: IDeploymentStatus }
>;
export type Service = Stored<IService, { spec: IServiceSpec; status: IServiceStatus }>;
export type EndpointSlice = Stored<IEndpointSlice>;
export type ConfigMap = Stored<IConfigMap>;
export type Secret = Stored<ISecret>;
export type ServiceAccount = Stored<IServiceAccount>;
export type Event = Stored<IEvent>;
export type Lease = Stored<ILease>;
export type PriorityClass = Stored<IPriorityClass, { value: number }>;

export type ControllerRevision = Stored<IControllerRevision>;
export type DaemonSet = Stored<IDaemonSet>;
export type StatefulSet = Stored<IStatefulSet>;
export type CronJob = Stored<ICronJob>;
export type Job = Stored<IJob>;
export type HorizontalPodAutoscaler = Stored<IHorizontalPodAutoscaler>;
export type PodDisruptionBudget = Stored<IPodDisruptionBudget>;
export type Ingress = Stored<IIngress>;
export type IngressClass = Stored<IIngressClass>;
export type IPAddress = Stored<IIPAddress>;
export type NetworkPolicy = Stored<INetworkPolicy>;
export type ServiceCIDR = Stored<IServiceCIDR>;
export type CSIDriver = Stored<ICSIDriver>;
export type CSINode = Stored<ICSINode>;
export type CSIStorageCapacity = Stored<ICSIStorageCapacity>;
export type StorageClass = Stored<IStorageClass>;
export type VolumeAttachment = Stored<IVolumeAttachment>;
export type VolumeAttributesClass = Stored<IVolumeAttributesClass>;
export type ClusterRole = Stored<IClusterRole>;
export type ClusterRoleBinding = Stored<IClusterRoleBinding>;
export type Role = Stored<IRole>;
export type RoleBinding = Stored<IRoleBinding>;
export type CustomResourceDefinition = Stored<ICustomResourceDefinition>;
export type MutatingWebhookConfiguration = Stored<IMutatingWebhookConfiguration>;
export type ValidatingAdmissionPolicy = Stored<IValidatingAdmissionPolicy>;
export type ValidatingAdmissionPolicyBinding = Stored<IValidatingAdmissionPolicyBinding>;
export type ValidatingWebhookConfiguration = Stored<IValidatingWebhookConfiguration>;
export type CertificateSigningRequest = Stored<ICertificateSigningRequest>;
export type FlowSchema = Stored<IFlowSchema>;
export type PriorityLevelConfiguration = Stored<IPriorityLevelConfiguration>;
export type APIService = Stored<IAPIService>;
export type RuntimeClass = Stored<IRuntimeClass>;
export type DeviceClass = Stored<IDeviceClass>;
export type ResourceClaim = Stored<IResourceClaim>;
export type ResourceClaimTemplate = Stored<IResourceClaimTemplate>;
export type ResourceSlice = Stored<IResourceSlice>;
export type Endpoints = Stored<IEndpoints>;
export type LimitRange = Stored<ILimitRange>;
export type PersistentVolume = Stored<IPersistentVolume>;
export type PersistentVolumeClaim = Stored<IPersistentVolumeClaim>;
export type PodTemplate = Stored<IPodTemplate>;
export type ReplicationController = Stored<IReplicationController>;
export type ResourceQuota = Stored<IResourceQuota>;

/** Every kind that is kept in etcd, by its name, as its storage version has it: the type-level half of `registry.ts`. */
export interface Kinds {
  Namespace: Namespace;
  Node: Node;
  Pod: Pod;
  ReplicaSet: ReplicaSet;
  Deployment: Deployment;
  Service: Service;
  EndpointSlice: EndpointSlice;
  ConfigMap: ConfigMap;
  Secret: Secret;
  ServiceAccount: ServiceAccount;
  Event: Event;
  Lease: Lease;
  PriorityClass: PriorityClass;
  ControllerRevision: ControllerRevision;
  DaemonSet: DaemonSet;
  StatefulSet: StatefulSet;
  CronJob: CronJob;
  Job: Job;
  HorizontalPodAutoscaler: HorizontalPodAutoscaler;
  PodDisruptionBudget: PodDisruptionBudget;
  Ingress: Ingress;
  IngressClass: IngressClass;
  IPAddress: IPAddress;
  NetworkPolicy: NetworkPolicy;
  ServiceCIDR: ServiceCIDR;
  CSIDriver: CSIDriver;
  CSINode: CSINode;
  CSIStorageCapacity: CSIStorageCapacity;
  StorageClass: StorageClass;
  VolumeAttachment: VolumeAttachment;
  VolumeAttributesClass: VolumeAttributesClass;
  ClusterRole: ClusterRole;
  ClusterRoleBinding: ClusterRoleBinding;
  Role: Role;
  RoleBinding: RoleBinding;
  CustomResourceDefinition: CustomResourceDefinition;
  MutatingWebhookConfiguration: MutatingWebhookConfiguration;
  ValidatingAdmissionPolicy: ValidatingAdmissionPolicy;
  ValidatingAdmissionPolicyBinding: ValidatingAdmissionPolicyBinding;
  ValidatingWebhookConfiguration: ValidatingWebhookConfiguration;
  CertificateSigningRequest: CertificateSigningRequest;
  FlowSchema: FlowSchema;
  PriorityLevelConfiguration: PriorityLevelConfiguration;
  APIService: APIService;
  RuntimeClass: RuntimeClass;
  DeviceClass: DeviceClass;
  ResourceClaim: ResourceClaim;
  ResourceClaimTemplate: ResourceClaimTemplate;
  ResourceSlice: ResourceSlice;
  Endpoints: Endpoints;
  LimitRange: LimitRange;
  PersistentVolume: PersistentVolume;
  PersistentVolumeClaim: PersistentVolumeClaim;
  PodTemplate: PodTemplate;
  ReplicationController: ReplicationController;
  ResourceQuota: ResourceQuota;
}
export type Kind = keyof Kinds;

export type {
  IBinding as Binding,
  IContainer as Container,
  IContainerStatus as ContainerStatus,
  IEndpoint as Endpoint,
  ILabelSelector as LabelSelector,
  IObjectReference as ObjectReference,
  IOwnerReference as OwnerReference,
  IPodCondition as PodCondition,
  IPodSpec as PodSpec,
  IPodTemplateSpec as PodTemplateSpec,
  IProbe as Probe,
  IScale as Scale,
  IStatus as Status,
  ITaint as Taint,
  IToleration as Toleration,
};
