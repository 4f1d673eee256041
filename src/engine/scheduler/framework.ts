/**
 * A profile made ready to run: its plug-ins by extension point. Derived from plain data and never part of a state.
 *
 * @source kubernetes pkg/scheduler/framework/runtime/framework.go
 */
import type { Pod } from '#engine/api/types';
import { InvariantError } from '#engine/kernel/invariant';
import type { PodInfo } from './pod-info';
import type { Plugin } from './plugin';
import { pluginNamed } from './plugins/registry';
import type { Profile } from './profile';
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
  /** The first refusal of a PreEnqueue plug-in. */
  preEnqueue(pod: PodInfo, preempting: ReadonlyMap<string, unknown>): Status | null;
  /** @throws InvariantError for a plug-in that the profile does not have */
  bitOf(plugin: string): PluginSet;
}

/** Sets of plug-ins are bits of a 32-bit word. */
const MOST_PLUGINS = 31;
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

function newFramework(profile: Profile): Framework {
  if (profile.plugins.length > MOST_PLUGINS)
    throw new InvariantError(`${profile.plugins.length} plug-ins are too many`);
  const plugins = profile.plugins.map(({ name, weight }, i) => ({ plugin: pluginNamed(name), weight, bit: 1 << i }));
  const bits = new Map(plugins.map(({ plugin, bit }) => [plugin.name, bit]));
  const gates = plugins.filter(({ plugin }) => plugin.preEnqueue !== undefined);
  return {
    profile,
    plugins,
    filters: plugins.map(({ plugin }) => plugin).filter((plugin) => plugin.filter !== undefined),
    postFilters: plugins.map(({ plugin }) => plugin).filter((plugin) => plugin.postFilter !== undefined),
    scores: plugins.filter(({ plugin, weight }) => plugin.score !== undefined && weight > 0),
    preEnqueue(pod, preempting) {
      for (const { plugin } of gates) {
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
