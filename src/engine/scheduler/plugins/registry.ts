/** Every plug-in there is, by name. Order and weights are a profile's (`profile.ts`). A new plug-in is a file and a line here. */
import { InvariantError } from '#engine/kernel/invariant';
import type { Plugin } from '../plugin';
import { defaultBinder } from './default-binder';
import { defaultPreemption } from './default-preemption';
import { imageLocality } from './image-locality';
import { neighbours } from './neighbours';
import { nodeAffinity } from './node-affinity';
import { nodeName } from './node-name';
import { nodePorts } from './node-ports';
import { nodeResourcesBalancedAllocation } from './node-resources-balanced-allocation';
import { nodeResourcesFit } from './node-resources-fit';
import { nodeUnschedulable } from './node-unschedulable';
import { podTopologySpread } from './pod-topology-spread';
import { prioritySort } from './priority-sort';
import { schedulingGates } from './scheduling-gates';
import { taintToleration } from './taint-toleration';
import { volumePlugins } from './volumes/volume-plugins';

const PLUGINS: readonly Plugin[] = [
  schedulingGates,
  prioritySort,
  nodeUnschedulable,
  nodeName,
  taintToleration,
  nodeAffinity,
  nodePorts,
  nodeResourcesFit,
  ...volumePlugins,
  podTopologySpread,
  neighbours,
  defaultPreemption,
  nodeResourcesBalancedAllocation,
  imageLocality,
  defaultBinder,
];

const byName = new Map(PLUGINS.map((plugin) => [plugin.name, plugin]));

/** @throws InvariantError when there is none of this name */
export function pluginNamed(name: string): Plugin {
  const plugin = byName.get(name);
  if (plugin === undefined) throw new InvariantError(`there is no scheduler plug-in ${name}`);
  return plugin;
}
