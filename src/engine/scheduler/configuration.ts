/**
 * KubeSchedulerConfiguration: what a kube-scheduler is told by `--config`, as data, and whether a value has that form.
 *
 * @source kubernetes staging/src/k8s.io/kube-scheduler/config/v1/types.go, types_pluginargs.go
 * @simplified a value of the wrong type is told of in our own words; `extenders` are refused
 */
import { parseDuration } from '#engine/api/cel/time';
import { isJsonObject } from '#engine/api/json';
import type { ExtensionPoint, PluginArgs } from './profile';

export interface PluginSet {
  readonly enabled?: readonly { readonly name: string; readonly weight?: number }[];
  /** `*`: all default ones. */
  readonly disabled?: readonly { readonly name: string }[];
}

export interface ProfileConfiguration {
  readonly schedulerName?: string;
  readonly percentageOfNodesToScore?: number;
  readonly plugins?: Readonly<Partial<Record<ExtensionPoint | 'multiPoint', PluginSet>>>;
  readonly pluginConfig?: readonly { readonly name: string; readonly args?: Readonly<Record<string, unknown>> }[];
}

/** Times are durations of Go: `15s`. */
export interface LeaderElectionConfiguration {
  readonly leaderElect?: boolean;
  readonly leaseDuration?: string;
  readonly renewDeadline?: string;
  readonly retryPeriod?: string;
  readonly resourceLock?: string;
  readonly resourceName?: string;
  readonly resourceNamespace?: string;
}

/** Plain data, as a file has it. */
export interface SchedulerConfiguration {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly parallelism?: number;
  readonly clientConnection?: { readonly kubeconfig?: string; readonly qps?: number; readonly burst?: number };
  readonly leaderElection?: LeaderElectionConfiguration;
  readonly percentageOfNodesToScore?: number;
  readonly podInitialBackoffSeconds?: number;
  readonly podMaxBackoffSeconds?: number;
  readonly profiles?: readonly ProfileConfiguration[];
}

export interface ScoringStrategyArgs {
  readonly type?: PluginArgs['NodeResourcesFit']['scoringStrategy']['type'];
  readonly resources?: readonly { readonly name: string; readonly weight?: number }[];
  readonly requestedToCapacityRatio?: {
    readonly shape?: readonly { readonly utilization: number; readonly score: number }[];
  };
}

/** In the order in which a scheduler sets them up. @source pkg/scheduler/framework/runtime/framework.go (getExtensionPoints) */
export const EXTENSION_POINTS: readonly ExtensionPoint[] = [
  'preFilter',
  'filter',
  'postFilter',
  'reserve',
  'preScore',
  'score',
  'preBind',
  'bind',
  'postBind',
  'permit',
  'preEnqueue',
  'queueSort',
];

const TYPES = { 'a string': 'string', 'a duration': 'string', 'a number': 'number', 'true or false': 'boolean' };
const VERSION = 'kubescheduler.config.k8s.io/v1';
const KIND = 'KubeSchedulerConfiguration';

type Shape =
  | 'a string'
  | 'a number'
  | 'true or false'
  | 'a duration'
  | 'nothing'
  | readonly [Shape]
  | { readonly [field: string]: Shape };

const TEXTS: Shape = ['a string'];
const TYPE: { readonly [field: string]: Shape } = { apiVersion: 'a string', kind: 'a string' };
const RESOURCES: Shape = [{ name: 'a string', weight: 'a number' }];
const REQUIREMENTS: Shape = [{ key: 'a string', operator: 'a string', values: TEXTS }];
const TERM: Shape = { matchExpressions: REQUIREMENTS, matchFields: REQUIREMENTS };
const PLUGIN_SET: Shape = { enabled: RESOURCES, disabled: [{ name: 'a string' }] };
/** Looked at by whoever knows what it is. */
const ANYTHING: { readonly [field: string]: Shape } = {};
const SHAPE: Shape = [{ utilization: 'a number', score: 'a number' }];

/** What can be said to a plug-in. */
const ARGUMENTS: Readonly<Record<string, { readonly [field: string]: Shape }>> = {
  NodeResourcesFit: {
    ignoredResources: TEXTS,
    ignoredResourceGroups: TEXTS,
    scoringStrategy: { type: 'a string', resources: RESOURCES, requestedToCapacityRatio: { shape: SHAPE } },
  },
  NodeResourcesBalancedAllocation: { resources: RESOURCES },
  NodeAffinity: {
    addedAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [TERM] },
      preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 'a number', preference: TERM }],
    },
  },
  PodTopologySpread: {
    defaultingType: 'a string',
    defaultConstraints: [
      {
        maxSkew: 'a number',
        topologyKey: 'a string',
        whenUnsatisfiable: 'a string',
        minDomains: 'a number',
        nodeAffinityPolicy: 'a string',
        nodeTaintsPolicy: 'a string',
        labelSelector: ANYTHING,
      },
    ],
  },
  InterPodAffinity: { hardPodAffinityWeight: 'a number', ignorePreferredTermsOfExistingPods: 'true or false' },
  DefaultPreemption: { minCandidateNodesPercentage: 'a number', minCandidateNodesAbsolute: 'a number' },
  VolumeBinding: { bindTimeoutSeconds: 'a number', shape: SHAPE },
};

const CONFIGURATION: Shape = {
  ...TYPE,
  parallelism: 'a number',
  clientConnection: {
    kubeconfig: 'a string',
    acceptContentTypes: 'a string',
    contentType: 'a string',
    qps: 'a number',
    burst: 'a number',
  },
  leaderElection: {
    leaderElect: 'true or false',
    leaseDuration: 'a duration',
    renewDeadline: 'a duration',
    retryPeriod: 'a duration',
    resourceLock: 'a string',
    resourceName: 'a string',
    resourceNamespace: 'a string',
  },
  enableProfiling: 'true or false',
  enableContentionProfiling: 'true or false',
  extenders: 'nothing',
  percentageOfNodesToScore: 'a number',
  podInitialBackoffSeconds: 'a number',
  podMaxBackoffSeconds: 'a number',
  profiles: [
    {
      schedulerName: 'a string',
      percentageOfNodesToScore: 'a number',
      plugins: Object.fromEntries(['multiPoint', ...EXTENSION_POINTS].map((point) => [point, PLUGIN_SET])),
      pluginConfig: [{ name: 'a string', args: ANYTHING }],
    },
  ],
};

/** Where a value does not have the form of a configuration, or of the arguments of a plug-in, in words. */
export function misfitsOf(value: unknown): readonly string[] {
  const wrong = misfits(value, CONFIGURATION, '');
  if (wrong.length > 0) return wrong;
  const { apiVersion, kind, profiles = [] } = value as SchedulerConfiguration;
  if (apiVersion !== VERSION || kind !== KIND) {
    return [`no kind "${kind ?? ''}" is registered for version "${apiVersion ?? ''}"`];
  }
  return profiles.flatMap(({ pluginConfig = [] }, i) =>
    pluginConfig.flatMap(({ name, args = {} }, j) => {
      const known = ARGUMENTS[name];
      return known === undefined ? [] : misfits(args, { ...TYPE, ...known }, `profiles[${i}].pluginConfig[${j}].args`);
    }),
  );
}

function misfits(value: unknown, shape: Shape, at: string): readonly string[] {
  if (typeof shape === 'string') {
    if (shape === 'nothing') return [`${at}: Forbidden: there are no extenders in the simulation`];
    const type = TYPES[shape];
    if (shape === 'a duration' && typeof value === 'string' && parseDuration(value) === null) {
      return [`${at}: time: invalid duration ${JSON.stringify(value)}`];
    }
    return typeof value === type ? [] : [`${at}: must be ${shape}`];
  }
  if (Array.isArray(shape)) {
    const [of] = shape as readonly [Shape];
    if (!Array.isArray(value)) return [`${at}: must be a list`];
    return value.flatMap((item, index) => misfits(item, of, `${at}[${index}]`));
  }
  if (!isJsonObject(value)) return [`${at === '' ? 'it' : `${at}:`} must be a map`];
  const known = shape as { readonly [field: string]: Shape };
  return Object.entries(value).flatMap(([field, child]) => {
    const path = at === '' ? field : `${at}.${field}`;
    if (Object.hasOwn(known, field)) return misfits(child, known[field]!, path);
    return known === ANYTHING ? [] : [`strict decoding error: unknown field ${JSON.stringify(path)}`];
  });
}
