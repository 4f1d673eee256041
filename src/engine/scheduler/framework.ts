/**
 * A profile made ready to run: its plug-ins by extension point. Derived from plain data and never part of a state.
 *
 * @source kubernetes pkg/scheduler/framework/runtime/framework.go
 */
import type { Pod } from '#engine/api/types';
import { InvariantError } from '#engine/kernel/invariant';
import type { PodInfo } from './pod-info';
import { type Plugin, SKIP } from './plugin';
import { pluginNamed } from './plugins/registry';
import type { ExtensionPoint, Profile } from './profile';
import type { PluginSet } from './registered-event';
import type { Status } from './status';

export interface ReadyPlugin {
  readonly plugin: Plugin;
  readonly weight: number;
  readonly bit: PluginSet;
}

export interface Framework {
  readonly profile: Profile;
  readonly plugins: readonly ReadyPlugin[];
  readonly filters: readonly Plugin[];
  readonly postFilters: readonly Plugin[];
  readonly scores: readonly ReadyPlugin[];
  readonly reserves: readonly Plugin[];
  readonly permits: readonly Plugin[];
  readonly preBinds: readonly Plugin[];
  readonly binds: readonly Plugin[];
  readonly postBinds: readonly Plugin[];
  /** The first refusal of a PreEnqueue plug-in. */
  preEnqueue(pod: PodInfo, preempting: ReadonlyMap<string, unknown>): Status | null;
  /** @throws InvariantError for a plug-in that the profile does not have */
  bitOf(plugin: string): PluginSet;
}

/** Sets of plug-ins are bits of a 32-bit word. */
export const MOST_PLUGINS = 31;
const frameworks = new WeakMap<Profile, Framework>();
const lists = new WeakMap<readonly Profile[], readonly Framework[]>();

/** @throws InvariantError for unknown plug-ins, or too many */
export function frameworkOf(profile: Profile): Framework {
  let framework = frameworks.get(profile);
  if (framework === undefined) frameworks.set(profile, (framework = newFramework(profile)));
  return framework;
}

/** All profiles of a scheduler made ready. */
export function frameworksOf(profiles: readonly Profile[]): readonly Framework[] {
  let all = lists.get(profiles);
  if (all === undefined) lists.set(profiles, (all = profiles.map(frameworkOf)));
  return all;
}

/** That of the profile which a pod names; the first for pods of none, which are not scheduled. */
export function frameworkFor(frameworks: readonly Framework[], { spec: { schedulerName = '' } }: Pod): Framework {
  const [first] = frameworks;
  if (frameworks.length === 1) return first!;
  return frameworks.find(({ profile }) => profile.schedulerName === schedulerName) ?? first!;
}

const withoutFilter = (plugin: Plugin): Plugin => ({
  name: plugin.name,
  preFilter: (cycle) => plugin.preFilter?.(cycle) ?? SKIP,
});

function newFramework(profile: Profile): Framework {
  if (profile.plugins.length > MOST_PLUGINS)
    throw new InvariantError(`${profile.plugins.length} plug-ins are too many`);
  const plugins = profile.plugins.map(({ name, weight }, i) => ({ plugin: pluginNamed(name), weight, bit: 1 << i }));
  const bits = new Map(plugins.map(({ plugin, bit }) => [plugin.name, bit]));
  const runsAt = (point: ExtensionPoint, name: string): boolean => profile.points?.[point]?.includes(name) ?? true;
  const at = (point: Exclude<ExtensionPoint, 'queueSort'>): readonly ReadyPlugin[] => {
    const able = plugins.filter(({ plugin }) => plugin[point] !== undefined);
    const names = profile.points?.[point];
    return names === undefined ? able : names.flatMap((name) => able.filter(({ plugin }) => plugin.name === name));
  };
  const only = (point: Exclude<ExtensionPoint, 'queueSort'>): readonly Plugin[] =>
    at(point).map(({ plugin }) => plugin);
  const gates = only('preEnqueue');
  // What prepares a filter or a score goes with it; a PreFilter without its filter has its say first.
  const filters = only('filter').filter((plugin) => plugin.preFilter === undefined || runsAt('preFilter', plugin.name));
  const unfiltered = only('preFilter').filter(
    (plugin) => plugin.filter === undefined || !runsAt('filter', plugin.name),
  );
  return {
    profile,
    plugins,
    filters: [...unfiltered.map(withoutFilter), ...filters],
    postFilters: only('postFilter'),
    scores: at('score').filter(
      ({ plugin, weight }) => weight > 0 && (plugin.preScore === undefined || runsAt('preScore', plugin.name)),
    ),
    reserves: only('reserve'),
    permits: only('permit'),
    preBinds: only('preBind'),
    binds: only('bind'),
    postBinds: only('postBind'),
    preEnqueue(pod, preempting) {
      for (const plugin of gates) {
        const status = plugin.preEnqueue?.(pod, preempting) ?? null;
        if (status !== null) return status;
      }
      return null;
    },
    bitOf(name) {
      const bit = bits.get(name);
      if (bit === undefined) throw new InvariantError(`profile ${profile.schedulerName} has no plug-in ${name}`);
      return bit;
    },
  };
}
