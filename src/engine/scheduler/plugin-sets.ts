/**
 * Which plug-ins of a profile run at which extension point, in which order and with which weight.
 *
 * @source kubernetes pkg/scheduler/apis/config/v1/default_plugins.go (mergePluginSet), pkg/scheduler/framework/runtime/framework.go
 *   (expandMultiPointPlugins, updatePluginList, getScoreWeights)
 */
import { EXTENSION_POINTS, type PluginSet, type ProfileConfiguration } from './configuration';
import { pluginNamed } from './plugins/registry';
import { DEFAULT_PLUGINS, type EnabledPlugin, type ExtensionPoint, type Profile } from './profile';

const FILTERS: readonly ExtensionPoint[] = ['preFilter', 'filter'];
const SCORES: readonly ExtensionPoint[] = ['preScore', 'score'];

/** What each plug-in can do. */
const POINTS: Readonly<Record<string, readonly ExtensionPoint[]>> = {
  SchedulingGates: ['preEnqueue'],
  PrioritySort: ['queueSort'],
  NodeUnschedulable: ['filter'],
  NodeName: ['filter'],
  TaintToleration: ['filter', ...SCORES],
  NodeAffinity: [...FILTERS, ...SCORES],
  NodePorts: FILTERS,
  NodeResourcesFit: [...FILTERS, ...SCORES],
  VolumeRestrictions: FILTERS,
  NodeVolumeLimits: FILTERS,
  VolumeBinding: [...FILTERS, ...SCORES, 'reserve', 'preBind'],
  VolumeZone: FILTERS,
  PodTopologySpread: [...FILTERS, ...SCORES],
  InterPodAffinity: [...FILTERS, ...SCORES],
  DefaultPreemption: ['preEnqueue', 'postFilter'],
  NodeResourcesBalancedAllocation: SCORES,
  ImageLocality: ['score'],
  DefaultBinder: ['bind'],
};

const isPlugin = (name: string): boolean => Object.hasOwn(POINTS, name);

const extendsPoint = (name: string, point: ExtensionPoint): boolean => POINTS[name]?.includes(point) === true;

/** Default plug-ins that are not disabled, in their order, as they are configured anew; then those that are added. */
function multiPointOf({ enabled = [], disabled = [] }: PluginSet = {}): readonly EnabledPlugin[] {
  const own = enabled.map(({ name, weight = 0 }) => ({ name, weight }));
  const isDisabled = (name: string): boolean => disabled.some((other) => other.name === name || other.name === '*');
  const kept = DEFAULT_PLUGINS.filter(({ name }) => !isDisabled(name));
  const isReplaced = ({ name }: EnabledPlugin): boolean => kept.some((plugin) => plugin.name === name);
  return [
    ...kept.map((plugin) => own.findLast(({ name }) => name === plugin.name) ?? plugin),
    ...own.filter((plugin) => !isReplaced(plugin)),
  ];
}

/** Names at one point: those set up there and by multiPoint, those of multiPoint alone, those added there. */
function namesAt(
  point: ExtensionPoint,
  multiPoint: readonly EnabledPlugin[],
  { enabled = [], disabled = [] }: PluginSet = {},
): readonly string[] {
  const explicit = enabled.map(({ name }) => name);
  if (disabled.some(({ name }) => name === '*')) return explicit;
  const expanded = multiPoint
    .map(({ name }) => name)
    .filter((name) => extendsPoint(name, point) && !disabled.some((other) => other.name === name));
  const overridden = explicit.filter((name) => expanded.includes(name));
  const added = explicit.filter((name) => !expanded.includes(name));
  return [...overridden, ...expanded.filter((name) => !explicit.includes(name)), ...added];
}

/** The plug-ins of a profile without errors. */
export function pluginsOf({ plugins = {} }: ProfileConfiguration): Pick<Profile, 'plugins' | 'points'> {
  const multiPoint = multiPointOf(plugins.multiPoint);
  const points: Partial<Record<ExtensionPoint, readonly string[]>> = {};
  for (const point of EXTENSION_POINTS) {
    if (plugins[point] !== undefined) points[point] = namesAt(point, multiPoint, plugins[point]);
  }
  const explicit = EXTENSION_POINTS.flatMap((point) => plugins[point]?.enabled ?? []).map(({ name }) => name);
  const names = new Set([...multiPoint.map(({ name }) => name), ...explicit]);
  const weightOf = (name: string): number => {
    if (pluginNamed(name).score === undefined) return 0;
    const own = plugins.score?.enabled?.find((plugin) => plugin.name === name);
    return (own ?? multiPoint.find((plugin) => plugin.name === name))?.weight || 1;
  };
  const isElsewhere = (name: string, point: ExtensionPoint): boolean =>
    !multiPoint.some((plugin) => plugin.name === name) && extendsPoint(name, point);
  // A plug-in that is set up at one point alone does nothing at others.
  for (const point of EXTENSION_POINTS) {
    if (points[point] === undefined && [...names].some((name) => isElsewhere(name, point))) {
      points[point] = namesAt(point, multiPoint);
    }
  }
  return {
    plugins: [...names].map((name) => ({ name, weight: weightOf(name) })),
    ...(Object.keys(points).length > 0 && { points }),
  };
}

/** What makes a scheduler with this profile end as it starts; null: nothing does. */
export function setUpError(profile: ProfileConfiguration, schedulerName: string): string | null {
  const { plugins = {} } = profile;
  const typeOf = (point: ExtensionPoint): string => `${point.charAt(0).toUpperCase()}${point.slice(1)}Plugin`;
  for (const point of EXTENSION_POINTS) {
    const seen = new Set<string>();
    for (const { name } of plugins[point]?.enabled ?? []) {
      if (!isPlugin(name)) return `${typeOf(point)} "${name}" does not exist`;
      if (!extendsPoint(name, point)) return `plugin "${name}" does not extend ${typeOf(point)} plugin`;
      if (seen.has(name)) return `plugin "${name}" already registered as "${typeOf(point)}"`;
      seen.add(name);
    }
  }
  const multiPoint = multiPointOf(plugins.multiPoint);
  const unknown = multiPoint.find(({ name }) => !isPlugin(name));
  if (unknown !== undefined) return `PreFilterPlugin "${unknown.name}" does not exist`;
  const twice = multiPoint.find(({ name }, i) => multiPoint.findIndex((plugin) => plugin.name === name) < i);
  const first = EXTENSION_POINTS.find((point) => twice !== undefined && extendsPoint(twice.name, point));
  if (twice !== undefined && first !== undefined) {
    return `plugin "${twice.name}" already registered as "${typeOf(first)}"`;
  }
  const at = (point: ExtensionPoint): readonly string[] => namesAt(point, multiPoint, plugins[point]);
  if (at('queueSort').length !== 1) {
    return `only one queue sort plugin required for profile with scheduler name "${schedulerName}", but got ${at('queueSort').length}`;
  }
  return at('bind').length === 0
    ? `at least one bind plugin is needed for profile with scheduler name "${schedulerName}"`
    : null;
}
