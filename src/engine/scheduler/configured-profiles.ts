/**
 * The profiles of a KubeSchedulerConfiguration: the default plug-ins with what it says of them.
 *
 * @source kubernetes pkg/scheduler/apis/config/v1/{defaults,default_plugins}.go (mergePluginSet), pkg/scheduler/framework/runtime/framework.go
 */
import type { PluginSet, ProfileConfiguration, SchedulerConfiguration, ScoringStrategyArgs } from './configuration';
import { hasScore } from './plugins/registry';
import {
  DEFAULT_ARGS,
  DEFAULT_PLUGINS,
  DEFAULT_PROFILE,
  type EnabledPlugin,
  type PluginArgs,
  type Profile,
  type WeightedResource,
} from './profile';

/** The profiles of a configuration without errors. */
export function profilesOf({
  percentageOfNodesToScore = 0,
  profiles = [],
}: SchedulerConfiguration): readonly Profile[] {
  const given: readonly ProfileConfiguration[] = profiles.length === 0 ? [{}] : profiles;
  return given.map((profile) => ({
    schedulerName: profile.schedulerName ?? DEFAULT_PROFILE.schedulerName,
    percentageOfNodesToScore: profile.percentageOfNodesToScore ?? percentageOfNodesToScore,
    plugins: withScores(withAll(DEFAULT_PLUGINS, profile.plugins?.multiPoint), profile.plugins?.score),
    args: argumentsOf(profile),
  }));
}

/** Default plug-ins that are not disabled, in their order, with weights that are given; then those that are added. */
function withAll(defaults: readonly EnabledPlugin[], { enabled = [], disabled = [] }: PluginSet = {}): EnabledPlugin[] {
  const isDisabled = (name: string): boolean => disabled.some((other) => other.name === name || other.name === '*');
  const weightOf = ({ name, weight }: EnabledPlugin): number =>
    enabled.find((own) => own.name === name)?.weight || weight;
  const kept = defaults.filter(({ name }) => !isDisabled(name));
  const added = enabled.flatMap(({ name }) =>
    kept.some((plugin) => plugin.name === name) ? [] : defaults.filter((plugin) => plugin.name === name),
  );
  return [...kept, ...added].map((plugin) => ({ name: plugin.name, weight: weightOf(plugin) }));
}

/** Weight 0: the plug-in filters, and gives no score. */
function withScores(
  plugins: readonly EnabledPlugin[],
  { enabled = [], disabled = [] }: PluginSet = {},
): EnabledPlugin[] {
  return plugins.map(({ name, weight }) => {
    const own = enabled.find((other) => other.name === name);
    const isDisabled = disabled.some((other) => other.name === name || other.name === '*');
    const otherwise = isDisabled && own === undefined ? 0 : weight;
    return { name, weight: hasScore(name) ? own?.weight || otherwise : 0 };
  });
}

function argumentsOf({ pluginConfig = [] }: ProfileConfiguration): PluginArgs {
  const all: Record<string, object> = { ...DEFAULT_ARGS };
  for (const { name, args = {} } of pluginConfig) {
    const defaults = all[name];
    if (defaults === undefined) continue;
    const own: Record<string, unknown> = { ...defaults, ...args };
    if (own['scoringStrategy'] !== undefined) own['scoringStrategy'] = strategyOf(own['scoringStrategy']);
    if (own['resources'] !== undefined)
      own['resources'] = weighted(own['resources'] as ScoringStrategyArgs['resources']);
    delete own['apiVersion'];
    delete own['kind'];
    all[name] = own;
  }
  return all as unknown as PluginArgs;
}

function strategyOf(value: unknown): PluginArgs['NodeResourcesFit']['scoringStrategy'] {
  const { type = 'LeastAllocated', resources, requestedToCapacityRatio } = value as ScoringStrategyArgs;
  const shape = (requestedToCapacityRatio?.shape ?? []).toSorted((a, b) => a.utilization - b.utilization);
  return { type, resources: weighted(resources), ...(shape.length > 0 && { shape }) };
}

/** CPU and memory unless others are named; of weight 1 unless said otherwise. */
const weighted = (resources: ScoringStrategyArgs['resources'] = []): readonly WeightedResource[] =>
  resources.length === 0
    ? DEFAULT_ARGS.NodeResourcesBalancedAllocation.resources
    : resources.map(({ name, weight = 1 }) => ({ name, weight }));
