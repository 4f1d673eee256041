/**
 * The Kubernetes objects as the engine holds them: the package's types, narrowed to what is always there once
 * the API server has defaulted, validated and stored an object. Objects are immutable: whoever wants another
 * one builds it. Nothing here knows of time, machines or messages.
 */
import type { IObjectMeta } from '@kubernetes-models/apimachinery/apis/meta/v1/ObjectMeta';
import type { IOwnerReference } from '@kubernetes-models/apimachinery/apis/meta/v1/OwnerReference';
import type { ILabelSelector } from '@kubernetes-models/apimachinery/apis/meta/v1/LabelSelector';
import type { IStatus } from '@kubernetes-models/apimachinery/apis/meta/v1/Status';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IDeploymentSpec } from 'kubernetes-models/apps/v1/DeploymentSpec';
import type { IDeploymentStatus } from 'kubernetes-models/apps/v1/DeploymentStatus';
import type { IReplicaSet } from 'kubernetes-models/apps/v1/ReplicaSet';
import type { IReplicaSetSpec } from 'kubernetes-models/apps/v1/ReplicaSetSpec';
import type { IReplicaSetStatus } from 'kubernetes-models/apps/v1/ReplicaSetStatus';
import type { IScale } from 'kubernetes-models/autoscaling/v1/Scale';
import type { ILease } from 'kubernetes-models/coordination.k8s.io/v1/Lease';
import type { IEndpointSlice } from 'kubernetes-models/discovery.k8s.io/v1/EndpointSlice';
import type { IEndpoint } from 'kubernetes-models/discovery.k8s.io/v1/Endpoint';
import type { IPriorityClass } from 'kubernetes-models/scheduling.k8s.io/v1/PriorityClass';
import type { IBinding } from 'kubernetes-models/v1/Binding';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IContainerStatus } from 'kubernetes-models/v1/ContainerStatus';
import type { IEvent } from 'kubernetes-models/v1/Event';
import type { INamespace } from 'kubernetes-models/v1/Namespace';
import type { INamespaceSpec } from 'kubernetes-models/v1/NamespaceSpec';
import type { INamespaceStatus } from 'kubernetes-models/v1/NamespaceStatus';
import type { INode } from 'kubernetes-models/v1/Node';
import type { INodeSpec } from 'kubernetes-models/v1/NodeSpec';
import type { INodeStatus } from 'kubernetes-models/v1/NodeStatus';
import type { IObjectReference } from 'kubernetes-models/v1/ObjectReference';
import type { IPod } from 'kubernetes-models/v1/Pod';
import type { IPodCondition } from 'kubernetes-models/v1/PodCondition';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import type { IPodStatus } from 'kubernetes-models/v1/PodStatus';
import type { IPodTemplateSpec } from 'kubernetes-models/v1/PodTemplateSpec';
import type { IProbe } from 'kubernetes-models/v1/Probe';
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

/** Every kind that the registry knows, by its name: the type-level half of `registry.ts`. */
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
