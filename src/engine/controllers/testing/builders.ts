/** Builders of stored objects for the controllers' tests: what is not said is as the API server would default it. */
import { ownerReference } from '#engine/api/meta';
import { timestamp } from '#engine/api/timestamp';
import type {
  Deployment,
  EndpointSlice,
  KubeObject,
  Lease,
  Namespace,
  Node,
  ObjectMeta,
  Pod,
  ReplicaSet,
  Service,
  Taint,
} from '#engine/api/types';
import { type Micros, seconds } from '#engine/kernel/time';

/** Metadata; the uid is the kind and name unless given. */
export function meta(kind: string, name: string, over: Partial<ObjectMeta> = {}): ObjectMeta {
  return {
    name,
    ...(CLUSTER_SCOPED.has(kind) ? {} : { namespace: 'default' }),
    uid: `uid-${kind.toLowerCase()}-${name}`,
    resourceVersion: '1',
    creationTimestamp: timestamp(0),
    generation: 1,
    ...over,
  };
}
const CLUSTER_SCOPED: ReadonlySet<string> = new Set(['Node', 'Namespace', 'PriorityClass']);

/** Text of a moment, in whole virtual seconds since the start. */
export const at = (second: number): string => timestamp(seconds(second));

type Conditions = NonNullable<Pod['status']['conditions']>;

export const readyCondition = (
  status: 'True' | 'False' | 'Unknown' = 'True',
  since: string | null = at(0),
): Conditions[number] => ({
  type: 'Ready',
  status,
  ...(since === null ? {} : { lastTransitionTime: since }),
});

interface PodOptions {
  readonly meta?: Partial<ObjectMeta>;
  readonly spec?: Partial<Pod['spec']>;
  readonly status?: Partial<Pod['status']>;
}

/** A Running, Ready pod on node-1. */
export function pod(name: string, { meta: metadata, spec, status }: PodOptions = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: meta('Pod', name, metadata),
    spec: { containers: [{ name: 'main', image: 'nginx' }], nodeName: 'node-1', ...spec },
    status: { phase: 'Running', conditions: [readyCondition()], ...status },
  };
}

/** A pod of this ReplicaSet. */
export function podOf(owner: ReplicaSet, name: string, options: PodOptions = {}): Pod {
  const labels = owner.spec.template.metadata?.labels;
  return pod(name, {
    ...options,
    meta: { ...(labels === undefined ? {} : { labels }), ownerReferences: [ownerReference(owner)], ...options.meta },
  });
}

interface SetOptions {
  readonly replicas?: number;
  readonly minReadySeconds?: number;
  readonly available?: number;
  readonly labels?: Record<string, string>;
  readonly meta?: Partial<ObjectMeta>;
  readonly status?: Partial<ReplicaSet['status']>;
}

/** A ReplicaSet whose status says that all its pods are there. */
export function replicaSet(name: string, options: SetOptions = {}): ReplicaSet {
  const {
    replicas = 1,
    minReadySeconds,
    available = replicas,
    labels = { app: name },
    meta: metadata,
    status,
  } = options;
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: meta('ReplicaSet', name, { labels, ...metadata }),
    spec: {
      replicas,
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'nginx' }] } },
    },
    status: {
      replicas,
      fullyLabeledReplicas: replicas,
      readyReplicas: available,
      availableReplicas: available,
      observedGeneration: 1,
      ...status,
    },
  };
}

interface DeploymentOptions {
  readonly replicas?: number;
  readonly image?: string;
  readonly maxSurge?: number | string;
  readonly maxUnavailable?: number | string;
  readonly meta?: Partial<ObjectMeta>;
  readonly spec?: Partial<Deployment['spec']>;
  readonly status?: Deployment['status'];
}

export function deployment(name: string, options: DeploymentOptions = {}): Deployment {
  const {
    replicas = 1,
    image = 'nginx',
    maxSurge = '25%',
    maxUnavailable = '25%',
    meta: metadata,
    spec,
    status,
  } = options;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: meta('Deployment', name, metadata),
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image }] } },
      ...spec,
    },
    status: status ?? {},
  };
}

interface NodeOptions {
  readonly ready?: 'True' | 'False' | 'Unknown' | null;
  readonly zone?: string;
  readonly region?: string;
  readonly taints?: readonly Taint[];
  readonly labels?: Record<string, string>;
  readonly meta?: Partial<ObjectMeta>;
  readonly spec?: Partial<Node['spec']>;
}

/** A node that is Ready; `ready: null` is one that never said anything. */
export function node(name: string, options: NodeOptions = {}): Node {
  const { ready = 'True', zone, region, taints, labels, meta: metadata, spec } = options;
  const conditions: NonNullable<Node['status']['conditions']> = [
    { type: 'MemoryPressure', status: 'False', lastHeartbeatTime: at(0), lastTransitionTime: at(0) },
    { type: 'Ready', status: ready ?? 'Unknown', lastHeartbeatTime: at(0), lastTransitionTime: at(0) },
  ];
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: meta('Node', name, {
      labels: {
        ...(zone === undefined ? {} : { 'topology.kubernetes.io/zone': zone }),
        ...(region === undefined ? {} : { 'topology.kubernetes.io/region': region }),
        ...labels,
      },
      ...metadata,
    }),
    spec: { ...(taints === undefined ? {} : { taints: [...taints] }), ...spec },
    status: ready === null ? {} : { conditions },
  };
}

/** The Lease by which a node's kubelet says that it lives. */
export function nodeLease(name: string, renewed: Micros): Lease {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: meta('Lease', name, { namespace: 'kube-node-lease' }),
    spec: { holderIdentity: name, renewTime: `${timestamp(renewed).slice(0, -1)}.000000Z` },
  };
}

export function namespace(
  name: string,
  over: { readonly meta?: Partial<ObjectMeta>; readonly phase?: 'Active' | 'Terminating' } = {},
): Namespace {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: meta('Namespace', name, over.meta),
    spec: { finalizers: ['kubernetes'] },
    status: { phase: over.phase ?? 'Active' },
  };
}

export function service(name: string, spec: Partial<Service['spec']> = {}, over: Partial<ObjectMeta> = {}): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta('Service', name, over),
    spec: {
      selector: { app: name },
      clusterIP: '10.96.0.10',
      ipFamilies: ['IPv4'],
      ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }],
      ...spec,
    },
    status: {},
  };
}

/** A stored slice, as it was created. */
export function sliceOf(owner: Service, name: string, over: Partial<EndpointSlice>): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: meta('EndpointSlice', name, { ownerReferences: [ownerReference(owner)] }),
    addressType: 'IPv4',
    endpoints: [],
    ports: [],
    ...over,
  };
}

/** A ConfigMap, for tests that need any object. */
export function configMap(name: string, over: Partial<ObjectMeta> = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: meta('ConfigMap', name, over) };
}
