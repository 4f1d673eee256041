/**
 * A pod needs room: pods, CPU, memory, ephemeral storage and extended resources. Scores by one of three strategies.
 *
 * @source kubernetes pkg/scheduler/framework/plugins/noderesources/fit.go
 */
import type { Amounts } from '#engine/api/pod-resources';
import { ADD, DELETE, UPDATE_NODE_ALLOCATABLE, UPDATE_POD_SCALE_DOWN, hasMoreOf } from '../events';
import { type NodeInfo, emptyNodeInfo } from '../node-info';
import { SKIP, type Cycle, definePlugin, goOn } from '../plugin';
import type { PodInfo } from '../pod-info';
import type { PluginArgs } from '../profile';
import { type Status, unresolvable, unschedulable } from '../status';
import { isNode, isPod } from './is-node';
import { isOwnChange } from './own-change';
import { type AllocationScorer, scorerOf } from './least-allocated';

const NAME = 'NodeResourcesFit';

/** What a node may lack, as bits. */
export const TOO_MANY_PODS = 1;
export const CPU = 2;
export const MEMORY = 4;
const EPHEMERAL_STORAGE = 8;
/** More than the whole node has: removing pods would not help. */
export const UNRESOLVABLE = 16;

export interface Wanted {
  readonly amounts: Amounts;
  readonly needsNothing: boolean;
  /** Extended resources that count. */
  readonly scalars: readonly (readonly [name: string, amount: number])[];
}

const NO_SCALARS: Wanted['scalars'] = Object.freeze([]);

/** The status of each combination of the resources above, made once. */
export const lackingStatuses: readonly Status[] = Array.from({ length: 2 * UNRESOLVABLE }, (_, lacking) =>
  rejection(lacking, reasonsOf(lacking)),
);

export const nodeResourcesFit = definePlugin<Wanted, AllocationScorer>({
  name: NAME,
  events: [
    {
      event: { resource: 'AssignedPod', actions: DELETE | UPDATE_POD_SCALE_DOWN, label: 'AssignedPod' },
      hint: (_pod, { old, now }) => now !== undefined || old === undefined || !isPod(old) || isBound(old),
    },
    {
      event: { resource: 'UnscheduledPod', actions: UPDATE_POD_SCALE_DOWN, label: 'UpdatePodScaleDown' },
      hint: isOwnChange,
    },
    {
      event: { resource: 'Node', actions: ADD | UPDATE_NODE_ALLOCATABLE, label: 'Node' },
      hint(pod, { old, now }) {
        if (now === undefined || !isNode(now)) return true;
        if (lackingOn(wantedBy(pod, null), emptyNodeInfo(now)) !== null) return false;
        return old === undefined || !isNode(old) || hasMoreOf(pod.requests, old, now);
      },
    },
  ],

  preFilter: ({ profile, pod }) => goOn(wantedBy(pod, profile.args.NodeResourcesFit)),

  filter: (wanted, _pod, node) => lackingOn(wanted, node),

  preScore(cycle: Cycle) {
    const { scoringStrategy } = cycle.profile.args.NodeResourcesFit;
    return scoringStrategy.resources.length === 0 ? SKIP : scorerOf(scoringStrategy);
  },

  score(scorer, { pod }, nodes, count, scores) {
    scorer(pod, nodes, count, scores);
  },
});

const isBound = ({ spec, status }: PodInfo['pod']): boolean =>
  (spec.nodeName ?? '') !== '' || (status.nominatedNodeName ?? '') !== '';

function wantedBy({ requests }: PodInfo, args: PluginArgs['NodeResourcesFit'] | null): Wanted {
  const scalars = requests.scalars === null ? NO_SCALARS : countedScalars(requests.scalars, args);
  const needsNothing =
    requests.milliCpu === 0 &&
    requests.memory === 0 &&
    requests.ephemeralStorage === 0 &&
    (requests.scalars?.size ?? 0) === 0;
  return { amounts: requests, needsNothing, scalars };
}

function countedScalars(
  scalars: ReadonlyMap<string, number>,
  args: PluginArgs['NodeResourcesFit'] | null,
): Wanted['scalars'] {
  return [...scalars].filter(([name, amount]) => {
    if (amount === 0) return false;
    return !args?.ignoredResources.includes(name) && !args?.ignoredResourceGroups.includes(name.split('/', 1)[0]!);
  });
}

/** What a node lacks for a pod; null: nothing. */
function lackingOn(wanted: Wanted, node: NodeInfo): Status | null {
  let lacking = node.pods.length + 1 > node.allowedPods ? TOO_MANY_PODS : 0;
  if (wanted.needsNothing) return lacking === 0 ? null : lackingStatuses[lacking]!;

  const { amounts } = wanted;
  const { allocatable, requested } = node;
  if (amounts.milliCpu > 0 && amounts.milliCpu > allocatable.milliCpu - requested.milliCpu) {
    lacking |= amounts.milliCpu > allocatable.milliCpu ? CPU | UNRESOLVABLE : CPU;
  }
  if (amounts.memory > 0 && amounts.memory > allocatable.memory - requested.memory) {
    lacking |= amounts.memory > allocatable.memory ? MEMORY | UNRESOLVABLE : MEMORY;
  }
  if (
    amounts.ephemeralStorage > 0 &&
    amounts.ephemeralStorage > allocatable.ephemeralStorage - requested.ephemeralStorage
  ) {
    lacking |=
      amounts.ephemeralStorage > allocatable.ephemeralStorage ? EPHEMERAL_STORAGE | UNRESOLVABLE : EPHEMERAL_STORAGE;
  }
  if (wanted.scalars.length > 0) return withScalars(lacking, wanted, node);
  return lacking === 0 ? null : lackingStatuses[lacking]!;
}

function withScalars(lackingOthers: number, { scalars }: Wanted, node: NodeInfo): Status | null {
  let lacking = lackingOthers;
  const reasons: string[] = [];
  for (const [name, amount] of scalars) {
    const allocatable = node.allocatable.scalars?.get(name) ?? 0;
    if (amount <= allocatable - (node.requested.scalars?.get(name) ?? 0)) continue;
    reasons.push(`Insufficient ${name}`);
    if (amount > allocatable) lacking |= UNRESOLVABLE;
  }
  if (reasons.length === 0) return lacking === 0 ? null : lackingStatuses[lacking]!;
  return rejection(lacking, [...reasonsOf(lacking), ...reasons]);
}

function rejection(lacking: number, reasons: readonly string[]): Status {
  return (lacking & UNRESOLVABLE) !== 0 ? unresolvable(NAME, ...reasons) : unschedulable(NAME, ...reasons);
}

function reasonsOf(lacking: number): string[] {
  const reasons: string[] = [];
  if ((lacking & TOO_MANY_PODS) !== 0) reasons.push('Too many pods');
  if ((lacking & CPU) !== 0) reasons.push('Insufficient cpu');
  if ((lacking & MEMORY) !== 0) reasons.push('Insufficient memory');
  if ((lacking & EPHEMERAL_STORAGE) !== 0) reasons.push('Insufficient ephemeral-storage');
  return reasons;
}
