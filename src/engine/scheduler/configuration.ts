/**
 * KubeSchedulerConfiguration: what a kube-scheduler is told by `--config`.
 *
 * @source kubernetes staging/src/k8s.io/kube-scheduler/config/v1/types.go, pkg/scheduler/apis/config/v1/{defaults,default_plugins}.go,
 *   pkg/scheduler/apis/config/validation/{validation,validation_pluginargs}.go
 * @simplified of the extension points, `multiPoint` and `score` can be set; a value of the wrong type is told of in our own words
 */
import { type FieldError, duplicate, errorText, invalid, notSupported, required } from '#engine/api/field-error';
import { isJsonObject } from '#engine/api/json';
import { DEFAULT_PLUGINS, DEFAULT_PROFILE } from './profile';

export interface PluginSet {
  readonly enabled?: readonly { readonly name: string; readonly weight?: number }[];
  /** `*`: all default ones. */
  readonly disabled?: readonly { readonly name: string }[];
}

export interface ProfileConfiguration {
  readonly schedulerName?: string;
  readonly percentageOfNodesToScore?: number;
  readonly plugins?: { readonly multiPoint?: PluginSet; readonly score?: PluginSet };
  readonly pluginConfig?: readonly { readonly name: string; readonly args?: Readonly<Record<string, unknown>> }[];
}

/** Plain data, as a file has it. */
export interface SchedulerConfiguration {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly percentageOfNodesToScore?: number;
  readonly profiles?: readonly ProfileConfiguration[];
}

const BINDER = 'DefaultBinder';
const VERSION = 'kubescheduler.config.k8s.io/v1';
const KIND = 'KubeSchedulerConfiguration';
export const STRATEGIES = ['LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio'] as const;
type Shape = 'a string' | 'a number' | 'true or false' | readonly [Shape] | { readonly [field: string]: Shape };

const TEXTS: Shape = ['a string'];
const TYPE: { readonly [field: string]: Shape } = { apiVersion: 'a string', kind: 'a string' };
const RESOURCES: Shape = [{ name: 'a string', weight: 'a number' }];
const REQUIREMENTS: Shape = [{ key: 'a string', operator: 'a string', values: TEXTS }];
const TERM: Shape = { matchExpressions: REQUIREMENTS, matchFields: REQUIREMENTS };
const PLUGIN_SET: Shape = { enabled: RESOURCES, disabled: [{ name: 'a string' }] };

/** What can be said to a plug-in. */
const ARGUMENTS: Readonly<Record<string, { readonly [field: string]: Shape }>> = {
  NodeResourcesFit: {
    ignoredResources: TEXTS,
    ignoredResourceGroups: TEXTS,
    scoringStrategy: {
      type: 'a string',
      resources: RESOURCES,
      requestedToCapacityRatio: { shape: [{ utilization: 'a number', score: 'a number' }] },
    },
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
      },
    ],
  },
  InterPodAffinity: { hardPodAffinityWeight: 'a number', ignorePreferredTermsOfExistingPods: 'true or false' },
  DefaultPreemption: { minCandidateNodesPercentage: 'a number', minCandidateNodesAbsolute: 'a number' },
};

/** Where a value is not as the type has it. */
function misfits(value: unknown, shape: Shape, at: string): readonly string[] {
  if (typeof shape === 'string') {
    const type = { 'a string': 'string', 'a number': 'number', 'true or false': 'boolean' }[shape];
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

/** Looked at by the name of the plug-in. */
const ANYTHING: { readonly [field: string]: Shape } = {};
const CONFIGURATION: Shape = {
  ...TYPE,
  percentageOfNodesToScore: 'a number',
  profiles: [
    {
      schedulerName: 'a string',
      percentageOfNodesToScore: 'a number',
      plugins: { multiPoint: PLUGIN_SET, score: PLUGIN_SET },
      pluginConfig: [{ name: 'a string', args: ANYTHING }],
    },
  ],
};

/** All that is wrong with what is meant to be a configuration, in words. */
export function schedulerConfigurationErrors(value: unknown): readonly string[] {
  const wrong = misfits(value, CONFIGURATION, '');
  if (wrong.length > 0) return wrong;
  const { apiVersion, kind, percentageOfNodesToScore, profiles = [] } = value as SchedulerConfiguration;
  if (apiVersion !== VERSION || kind !== KIND) {
    return [`no kind "${kind ?? ''}" is registered for version "${apiVersion ?? ''}"`];
  }
  const badArguments = profiles.flatMap(({ pluginConfig = [] }, i) =>
    pluginConfig.flatMap(({ name, args = {} }, j) =>
      misfits(args, { ...TYPE, ...ARGUMENTS[name] }, `profiles[${i}].pluginConfig[${j}].args`),
    ),
  );
  if (badArguments.length > 0) return badArguments;
  const seen = new Set<string>();
  const errors = profiles.flatMap((profile, i): FieldError[] => {
    const at = `profiles[${i}]`;
    const name = profile.schedulerName ?? (profiles.length === 1 ? DEFAULT_PROFILE.schedulerName : '');
    const nameErrors = name === '' ? [required(`${at}.schedulerName`)] : [];
    if (seen.has(name)) nameErrors.push(duplicate(`${at}.schedulerName`, name));
    seen.add(name);
    return [
      ...nameErrors,
      ...inRange(`${at}.percentageOfNodesToScore`, profile.percentageOfNodesToScore, 100),
      ...pluginErrors(profile, at),
      ...(profile.pluginConfig ?? []).flatMap(({ name: plugin, args = {} }, j) =>
        argumentErrors(plugin, args, `${at}.pluginConfig[${j}]`),
      ),
    ];
  });
  if (errors.length > 0) return errors.map(errorText);
  const unbinding = profiles.filter(({ plugins: { multiPoint: { enabled = [], disabled = [] } = {} } = {} }) => {
    const isGone = disabled.some(({ name }) => name === '*' || name === BINDER);
    return isGone && !enabled.some(({ name }) => name === BINDER);
  });
  return [
    ...inRange('percentageOfNodesToScore', percentageOfNodesToScore, 100).map(errorText),
    ...unbinding.map(
      ({ schedulerName = DEFAULT_PROFILE.schedulerName }) =>
        `at least one bind plugin is needed for profile with scheduler name "${schedulerName}"`,
    ),
  ];
}

const inRange = (at: string, value: number | undefined, most: number): FieldError[] =>
  value === undefined || (Number.isInteger(value) && value >= 0 && value <= most)
    ? []
    : [invalid(at, value, `not in valid range [0-${most}]`)];

function pluginErrors({ plugins = {} }: ProfileConfiguration, at: string): FieldError[] {
  return Object.entries(plugins).flatMap(([point, { enabled = [] }]: [string, PluginSet]) =>
    enabled.flatMap(({ name }, i) =>
      DEFAULT_PLUGINS.some((plugin) => plugin.name === name)
        ? []
        : [invalid(`${at}.plugins.${point}.enabled[${i}]`, name, `plugin "${name}" does not exist`)],
    ),
  );
}

function argumentErrors(plugin: string, args: Readonly<Record<string, unknown>>, at: string): FieldError[] {
  if (!DEFAULT_PLUGINS.some(({ name }) => name === plugin)) return [invalid(at, plugin, 'not a valid plugin name')];
  const { scoringStrategy, hardPodAffinityWeight, defaultingType, defaultConstraints } = args as {
    scoringStrategy?: ScoringStrategyArgs;
    hardPodAffinityWeight?: number;
    defaultingType?: string;
    defaultConstraints?: readonly unknown[];
  };
  const errors = inRange(`${at}.args.hardPodAffinityWeight`, hardPodAffinityWeight, 100);
  const type = scoringStrategy?.type;
  if (type !== undefined && !STRATEGIES.some((known) => known === type)) {
    errors.push(notSupported(`${at}.args.scoringStrategy.type`, type, STRATEGIES));
  }
  if (type === 'RequestedToCapacityRatio' && (scoringStrategy?.requestedToCapacityRatio?.shape ?? []).length === 0) {
    errors.push(
      required(`${at}.args.scoringStrategy.requestedToCapacityRatio.shape`, 'at least one point must be specified'),
    );
  }
  const isSystem = plugin === 'PodTopologySpread' && (defaultingType ?? 'System') === 'System';
  if (isSystem && (defaultConstraints ?? []).length > 0) {
    const detail = 'when .defaultingType is System, default constraints must be empty';
    errors.push(invalid(`${at}.args.defaultingType`, defaultingType ?? 'System', detail));
  }
  return errors;
}

export interface ScoringStrategyArgs {
  readonly type?: (typeof STRATEGIES)[number];
  readonly resources?: readonly { readonly name: string; readonly weight?: number }[];
  readonly requestedToCapacityRatio?: {
    readonly shape?: readonly { readonly utilization: number; readonly score: number }[];
  };
}
