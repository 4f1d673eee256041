/** Builders for tests and benchmarks of the scheduler: nodes, pods, and a cache that holds them. */
import type { KubeObject, Node, Pod, Taint, Toleration } from '#engine/api/types';
import type { View } from '#engine/client/plan';
import { type SchedulerCache, newCache, putNode, putPod } from './cache';
import { type Framework, frameworkOf } from './framework';
import './late-scheduler';
import { podInfo } from './pod-info';
import type { Cycle } from './plugin';
import { DEFAULT_ARGS, DEFAULT_PROFILE, type PluginArgs, type Profile } from './profile';

export type Quantities = Readonly<Record<string, string | number>>;

let serial = 0;

export interface NodeShape {
  readonly allocatable?: Quantities;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
  readonly unschedulable?: boolean;
  readonly images?: readonly { readonly names: string[]; readonly sizeBytes: number }[];
}

/** A node of 4 CPUs, 8 GiB and 110 pods, unless said otherwise. */
export function aNode(name: string, shape: NodeShape = {}): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      uid: `node-${name}`,
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels: { 'kubernetes.io/hostname': name, ...shape.labels },
    },
    spec: {
      ...(shape.taints && { taints: [...shape.taints] }),
      ...(shape.unschedulable === true && { unschedulable: true }),
    },
    status: {
      allocatable: { cpu: '4', memory: '8Gi', pods: '110', ...shape.allocatable },
      ...(shape.images && { images: [...shape.images] }),
    },
  };
}

export interface PodShape {
  /** Requests of its containers; none: a container that asks for nothing. */
  readonly requests?: readonly Quantities[];
  readonly spec?: Partial<Pod['spec']>;
  readonly status?: Pod['status'];
  readonly metadata?: Partial<Pod['metadata']>;
  readonly node?: string;
  readonly priority?: number;
  readonly tolerations?: readonly Toleration[];
}

export function aPod(name: string, shape: PodShape = {}): Pod {
  const requests = shape.requests ?? [{}];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      uid: `pod-${name}-${++serial}`,
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...shape.metadata,
    },
    spec: {
      schedulerName: 'default-scheduler',
      containers: requests.map((wanted, i) => ({
        name: `c${i}`,
        image: 'registry.k8s.io/pause:3.10',
        resources: { requests: { ...wanted } },
      })),
      ...(shape.node !== undefined && { nodeName: shape.node }),
      ...(shape.priority !== undefined && { priority: shape.priority }),
      ...(shape.tolerations && { tolerations: [...shape.tolerations] }),
      ...shape.spec,
    },
    status: { phase: 'Pending', ...shape.status },
  };
}

export function aCache(nodes: readonly Node[], pods: readonly Pod[] = []): SchedulerCache {
  const cache = newCache();
  for (const node of nodes) putNode(cache, node);
  for (const pod of pods) putPod(cache, podInfo(pod));
  return cache;
}

/** The default profile with some arguments of plug-ins replaced. */
export const aProfile = (args: Partial<PluginArgs> = {}): Profile => ({
  ...DEFAULT_PROFILE,
  args: { ...DEFAULT_ARGS, ...args },
});

export function aCycle(
  cache: SchedulerCache,
  pod: Pod,
  profile: Profile = DEFAULT_PROFILE,
  view: View = aView(),
): Cycle {
  return { profile, pod: podInfo(pod), cache, view, nominees: new Map(), promisedNode: '' };
}

/** What a scheduler knows besides pods and nodes. */
export function aView(...objects: readonly KubeObject[]): View {
  const list = (kind: string, namespace?: string): never[] =>
    objects.filter(
      (object) => object.kind === kind && (namespace === undefined || object.metadata.namespace === namespace),
    ) as never[];
  return {
    list,
    get: (kind, namespace, name) =>
      list(kind).find(({ metadata }: KubeObject) => metadata.name === name && (metadata.namespace ?? '') === namespace),
    ownedBy: () => [],
    standings: () => [],
    orphans: () => [],
    unread: () => null,
    podsOn: () => [],
  };
}

export const aFramework = (profile: Profile = DEFAULT_PROFILE): Framework => frameworkOf(profile);

/** Draws that a test decides: always the first of all choices. */
export const firstChoice = { word: () => 0, below: () => 0, fraction: () => 0 };
