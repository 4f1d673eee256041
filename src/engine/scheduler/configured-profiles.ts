/**
 * The profiles of a KubeSchedulerConfiguration: the default plug-ins with what it says of them.
 *
 * @source kubernetes pkg/scheduler/apis/config/v1/{defaults,default_plugins}.go (mergePluginSet), pkg/scheduler/framework/runtime/framework.go
 */
import { SECOND } from '#engine/kernel/time';
import type { ProfileConfiguration, SchedulerConfiguration, ScoringStrategyArgs } from './configuration';
import { electionTimes } from './election-times';
import { pluginsOf } from './plugin-sets';
import { DEFAULT_ARGS, DEFAULT_PROFILE, type PluginArgs, type Profile, type WeightedResource } from './profile';
import type { SchedulerArgs } from './state';

/** What a scheduler is started with by a configuration without errors. */
export function argsOf(configuration: SchedulerConfiguration): Omit<SchedulerArgs, 'server'> {
  const { leaderElection = {}, podInitialBackoffSeconds = 1, podMaxBackoffSeconds = 10 } = configuration;
  const { leaderElect = true, resourceName: name = 'kube-scheduler', resourceNamespace } = leaderElection;
  const { qps, burst } = configuration.clientConnection ?? {};
  return {
    profiles: profilesOf(configuration),
    backoffs: { initial: podInitialBackoffSeconds * SECOND, max: podMaxBackoffSeconds * SECOND },
    leaderElect,
    lease: { namespace: resourceNamespace ?? 'kube-system', name, ...electionTimes(leaderElection) },
    ...(qps !== undefined && qps !== 0 && { qps }),
    ...(burst !== undefined && burst !== 0 && { burst }),
  };
}

/** The profiles of a configuration without errors. */
export function profilesOf({
  percentageOfNodesToScore = 0,
  profiles = [],
}: SchedulerConfiguration): readonly Profile[] {
  const given: readonly ProfileConfiguration[] = profiles.length === 0 ? [{}] : profiles;
  return given.map((profile) => ({
    schedulerName: profile.schedulerName ?? DEFAULT_PROFILE.schedulerName,
    percentageOfNodesToScore: profile.percentageOfNodesToScore ?? percentageOfNodesToScore,
    ...pluginsOf(profile),
    args: argumentsOf(profile),
  }));
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
  const shape = requestedToCapacityRatio?.shape ?? [];
  return { type, resources: weighted(resources), ...(shape.length > 0 && { shape }) };
}

/** CPU and memory unless others are named; of weight 1 unless said otherwise. */
const weighted = (resources: ScoringStrategyArgs['resources'] = []): readonly WeightedResource[] =>
  resources.length === 0
    ? DEFAULT_ARGS.NodeResourcesBalancedAllocation.resources
    : resources.map(({ name, weight = 1 }) => ({ name, weight }));
