/** What a pod counts as for its controller. Pods that count alike share one object, so that thousands are counted without reading them. */
import { semanticEqual } from './json';
import { controllerOf, isPodReady, isPodTerminal } from './meta';
import type { Pod } from './types';

export interface PodStanding {
  readonly labels: Pod['metadata']['labels'];
  /** Uid; empty: it has none. */
  readonly controller: string;
  readonly isTerminal: boolean;
  readonly isBeingDeleted: boolean;
  readonly isReady: boolean;
}

const NO_LABELS = Object.freeze({});
/** By the object of labels, which pods of one template share. */
const known = new WeakMap<object, PodStanding[]>();

export function standingOf(pod: Pod): PodStanding {
  const { labels, deletionTimestamp } = pod.metadata;
  const controller = controllerOf(pod)?.uid ?? '';
  const isTerminal = isPodTerminal(pod);
  const isBeingDeleted = deletionTimestamp !== undefined;
  const isReady = isPodReady(pod);
  let standings = known.get(labels ?? NO_LABELS);
  if (standings === undefined) known.set(labels ?? NO_LABELS, (standings = []));
  let standing = standings.find(
    (one) =>
      one.controller === controller &&
      one.isReady === isReady &&
      one.isBeingDeleted === isBeingDeleted &&
      one.isTerminal === isTerminal,
  );
  if (standing === undefined) {
    standing = Object.freeze({ labels, controller, isTerminal, isBeingDeleted, isReady });
    standings.push(standing);
  }
  return standing;
}

/** By value: whether labels are one object depends on what was remembered, which a restored run does not. */
export const isSameStanding = (a: PodStanding, b: PodStanding): boolean =>
  a === b ||
  (a.controller === b.controller &&
    a.isTerminal === b.isTerminal &&
    a.isBeingDeleted === b.isBeingDeleted &&
    a.isReady === b.isReady &&
    semanticEqual(a.labels, b.labels));

/** Counts for its controller: neither terminal nor being deleted. */
export const isActive = ({ isTerminal, isBeingDeleted }: PodStanding): boolean => !isTerminal && !isBeingDeleted;
