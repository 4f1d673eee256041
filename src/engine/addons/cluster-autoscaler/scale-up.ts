/**
 * Which group is to grow, for the pods that fit nowhere.
 *
 * @source kubernetes/autoscaler cluster-autoscaler/core/scaleup/orchestrator/orchestrator.go, expander/waste/waste.go
 */
import { podRequests } from '#engine/api/pod-resources';
import type { Pod } from '#engine/api/types';
import type { Random } from '#engine/kernel/random';
import type { NodeGroupState } from './cloud';
import { biggestFirst, copyOf, place, type Room, whyNot } from './simulation';

/** Pods of lower priority wait until there is room, and nobody makes any for them. */
export const EXPENDABLE_BELOW = -10;

export interface ScaleUpOption {
  readonly group: NodeGroupState;
  /** How many machines more. */
  readonly count: number;
  /** The pods that they would take. */
  readonly pods: readonly Pod[];
  /** What of the new machines nobody would use: parts of CPU and of memory, added. */
  readonly waste: number;
}

export interface ScaleUp {
  readonly chosen: ScaleUpOption | null;
  /** Pods that no group would help, and why, by group. */
  readonly unhelped: readonly { readonly pod: Pod; readonly reasons: readonly string[] }[];
}

/** Pods of the API that wait because no node takes them. */
export const isUnschedulable = ({ metadata, spec, status }: Pod): boolean =>
  (spec.nodeName ?? '') === '' &&
  metadata.deletionTimestamp === undefined &&
  (spec.priority ?? 0) >= EXPENDABLE_BELOW &&
  status.conditions?.some(
    ({ type, status: value, reason }) => type === 'PodScheduled' && value === 'False' && reason === 'Unschedulable',
  ) === true;

/** Those that will find no room on nodes that are there or on their way. */
export function helplessAmong(pods: readonly Pod[], rooms: readonly Room[]): readonly Pod[] {
  const left = rooms.map(copyOf);
  return pods.filter((pod) => place(left, pod) === undefined);
}

/** First-fit, the biggest pods first, at most so many machines. */
function fill(group: NodeGroupState, template: Room, pods: readonly Pod[]): ScaleUpOption | null {
  const most = group.max - group.target;
  const made: Room[] = [];
  const taken: Pod[] = [];
  for (const pod of biggestFirst(pods, template)) {
    if (place(made, pod) === undefined) {
      if (made.length >= most) continue;
      const next = copyOf(template);
      if (place([next], pod) === undefined) continue;
      made.push(next);
    }
    taken.push(pod);
  }
  if (made.length === 0) return null;
  const { milliCpu, memory } = template.allocatable;
  const asked = taken.map((pod) => podRequests(pod));
  const sum = (of: 'milliCpu' | 'memory'): number => asked.reduce((total, each) => total + each[of], 0);
  const free = (used: number, all: number): number => (all * made.length - used) / (all * made.length);
  return {
    group,
    count: made.length,
    pods: taken,
    waste: free(sum('milliCpu'), milliCpu) + free(sum('memory'), memory),
  };
}

export function decideScaleUp(
  helpless: readonly Pod[],
  groups: readonly { readonly group: NodeGroupState; readonly template: Room }[],
  expander: string,
  random: Random,
): ScaleUp {
  const options: ScaleUpOption[] = [];
  const refusals = new Map<Pod, string[]>(helpless.map((pod) => [pod, []]));
  for (const { group, template } of groups) {
    const isFull = group.target >= group.max;
    for (const pod of helpless) {
      const reason = isFull ? 'max node group size reached' : whyNot(template, pod);
      if (reason !== null) refusals.get(pod)!.push(reason);
    }
    const option = isFull
      ? null
      : fill(
          group,
          template,
          helpless.filter((pod) => whyNot(template, pod) === null),
        );
    if (option !== null) options.push(option);
  }
  const unhelped = helpless
    .filter((pod) => refusals.get(pod)!.length === groups.length)
    .map((pod) => ({ pod, reasons: refusals.get(pod)! }));
  return { chosen: choose(options, expander, random), unhelped };
}

function choose(options: readonly ScaleUpOption[], expander: string, random: Random): ScaleUpOption | null {
  const least = Math.min(...options.map(({ waste }) => waste));
  const best = expander === 'random' ? options : options.filter(({ waste }) => waste === least);
  return best.length > 1 ? best[random.below(best.length)]! : (best[0] ?? null);
}

/** `1 Insufficient cpu, 2 max node group size reached` */
export function reasonsText(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ');
}
