/**
 * How pods of one `schedulerName` are scheduled. Plain data: what a KubeSchedulerConfiguration says of a profile.
 *
 * @source kubernetes pkg/scheduler/apis/config/v1/defaults.go, default_plugins.go
 */
import type { NodeAffinity } from '#engine/api/node-selector';
import type { PodSpec } from '#engine/api/types';

export type SpreadConstraint = NonNullable<PodSpec['topologySpreadConstraints']>[number];
/** Without selector: pods are those of the same Services and the same owner. */
export type DefaultConstraint = Omit<SpreadConstraint, 'labelSelector'>;

export interface WeightedResource {
  /** `cpu`, `memory` or the name of another resource. */
  readonly name: string;
  readonly weight: number;
}

/** A point of the broken line of RequestedToCapacityRatio. */
export interface ShapePoint {
  /** Percent, 0 to 100. */
  readonly utilization: number;
  /** 0 to 10. */
  readonly score: number;
}

export interface ScoringStrategy {
  readonly type: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio';
  readonly resources: readonly WeightedResource[];
  /** For RequestedToCapacityRatio; sorted by utilization. */
  readonly shape?: readonly ShapePoint[];
}

export interface PluginArgs {
  readonly NodeResourcesFit: {
    readonly scoringStrategy: ScoringStrategy;
    readonly ignoredResources: readonly string[];
    /** Domains whose resources are ignored. */
    readonly ignoredResourceGroups: readonly string[];
  };
  readonly NodeResourcesBalancedAllocation: { readonly resources: readonly WeightedResource[] };
  readonly NodeAffinity: { readonly addedAffinity?: NodeAffinity };
  readonly PodTopologySpread: {
    /** `System`: the built-in constraints; `List`: `defaultConstraints`, for pods that have none of their own. */
    readonly defaultingType: 'System' | 'List';
    readonly defaultConstraints: readonly DefaultConstraint[];
  };
  readonly InterPodAffinity: {
    /** Of a required affinity of a pod on a node, for the pod that it means; 0 to 100. */
    readonly hardPodAffinityWeight: number;
    /** Whether only pods that have preferences of their own are scored. */
    readonly ignorePreferredTermsOfExistingPods: boolean;
  };
  readonly DefaultPreemption: {
    readonly minCandidateNodesPercentage: number;
    readonly minCandidateNodesAbsolute: number;
  };
  readonly VolumeBinding: {
    /** How long a pod waits for its volumes before it is bound. Seconds. */
    readonly bindTimeoutSeconds: number;
  };
}

/** Where plug-ins have their say, as a KubeSchedulerConfiguration names it. */
export type ExtensionPoint =
  | 'preEnqueue'
  | 'queueSort'
  | 'preFilter'
  | 'filter'
  | 'postFilter'
  | 'preScore'
  | 'score'
  | 'reserve'
  | 'permit'
  | 'preBind'
  | 'bind'
  | 'postBind';

export interface EnabledPlugin {
  readonly name: string;
  /** Of its score; 0 when it gives none. */
  readonly weight: number;
}

export interface Profile {
  readonly schedulerName: string;
  /** 0 means adaptive. */
  readonly percentageOfNodesToScore: number;
  /** In the order in which they run. */
  readonly plugins: readonly EnabledPlugin[];
  /** Extension points where not all of `plugins` run, or in another order: their names. */
  readonly points?: Readonly<Partial<Record<ExtensionPoint, readonly string[]>>>;
  readonly args: PluginArgs;
}

const CPU_AND_MEMORY: readonly WeightedResource[] = Object.freeze([
  Object.freeze({ name: 'cpu', weight: 1 }),
  Object.freeze({ name: 'memory', weight: 1 }),
]);

const enabled = (name: string, weight = 0): EnabledPlugin => Object.freeze({ name, weight });

/** The default plug-ins of 1.35 that exist here, in upstream's order with upstream's weights. */
export const DEFAULT_PLUGINS: readonly EnabledPlugin[] = Object.freeze([
  enabled('SchedulingGates'),
  enabled('PrioritySort'),
  enabled('NodeUnschedulable'),
  enabled('NodeName'),
  enabled('TaintToleration', 3),
  enabled('NodeAffinity', 2),
  enabled('NodePorts'),
  enabled('NodeResourcesFit', 1),
  enabled('VolumeRestrictions'),
  enabled('NodeVolumeLimits'),
  enabled('VolumeBinding'),
  enabled('VolumeZone'),
  enabled('PodTopologySpread', 2),
  enabled('InterPodAffinity', 2),
  enabled('DefaultPreemption'),
  enabled('NodeResourcesBalancedAllocation', 1),
  enabled('ImageLocality', 1),
  enabled('DefaultBinder'),
]);

export const DEFAULT_ARGS: PluginArgs = Object.freeze({
  NodeResourcesFit: Object.freeze({
    scoringStrategy: Object.freeze({ type: 'LeastAllocated', resources: CPU_AND_MEMORY }),
    ignoredResources: Object.freeze([]),
    ignoredResourceGroups: Object.freeze([]),
  }),
  NodeResourcesBalancedAllocation: Object.freeze({ resources: CPU_AND_MEMORY }),
  NodeAffinity: Object.freeze({}),
  PodTopologySpread: Object.freeze({ defaultingType: 'System', defaultConstraints: Object.freeze([]) }),
  InterPodAffinity: Object.freeze({ hardPodAffinityWeight: 1, ignorePreferredTermsOfExistingPods: false }),
  DefaultPreemption: Object.freeze({ minCandidateNodesPercentage: 10, minCandidateNodesAbsolute: 100 }),
  VolumeBinding: Object.freeze({ bindTimeoutSeconds: 600 }),
});

export const DEFAULT_PROFILE: Profile = Object.freeze({
  schedulerName: 'default-scheduler',
  percentageOfNodesToScore: 0,
  plugins: DEFAULT_PLUGINS,
  args: DEFAULT_ARGS,
});

export const DEFAULT_PROFILES: readonly Profile[] = Object.freeze([DEFAULT_PROFILE]);
