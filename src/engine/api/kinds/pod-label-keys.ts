/**
 * matchLabelKeys and mismatchLabelKeys of a new pod: what the pod's own labels say is added to the selector, so that
 * schedulers need not know of them.
 *
 * @source kubernetes pkg/registry/core/pod/strategy.go (applyLabelKeysToLabelSelector)
 */
import type { Labels } from '../label-selector';
import { mapShared, withChanges } from '../structural-sharing';
import type { LabelSelector, Pod, PodSpec } from '../types';

type PodAffinity = NonNullable<NonNullable<PodSpec['affinity']>['podAffinity']>;

interface Keyed {
  readonly labelSelector?: LabelSelector;
  readonly matchLabelKeys?: readonly string[];
  readonly mismatchLabelKeys?: readonly string[];
}

/** The pod with the keys of its terms and constraints made part of their selectors. */
export function withLabelKeys(pod: Pod): Pod {
  const { affinity, topologySpreadConstraints } = pod.spec;
  const labels = pod.metadata.labels ?? {};
  const spec = withChanges(pod.spec, {
    affinity:
      affinity &&
      withChanges(affinity, {
        podAffinity: affinity.podAffinity && inAffinity(affinity.podAffinity, labels),
        podAntiAffinity: affinity.podAntiAffinity && inAffinity(affinity.podAntiAffinity, labels),
      }),
    topologySpreadConstraints:
      topologySpreadConstraints && mapShared(topologySpreadConstraints, (constraint) => resolved(constraint, labels)),
  });
  return withChanges(pod, { spec });
}

const inAffinity = (affinity: PodAffinity, labels: Labels): PodAffinity =>
  withChanges(affinity, {
    requiredDuringSchedulingIgnoredDuringExecution:
      affinity.requiredDuringSchedulingIgnoredDuringExecution &&
      mapShared(affinity.requiredDuringSchedulingIgnoredDuringExecution, (term) => resolved(term, labels)),
    preferredDuringSchedulingIgnoredDuringExecution:
      affinity.preferredDuringSchedulingIgnoredDuringExecution &&
      mapShared(affinity.preferredDuringSchedulingIgnoredDuringExecution, (term) =>
        withChanges(term, { podAffinityTerm: resolved(term.podAffinityTerm, labels) }),
      ),
  });

/** @param item - absent where a weighted term has none, which validation refuses */
function resolved<T extends Keyed>(item: T, labels: Labels): T {
  if ((item as T | undefined) === undefined) return item;
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = item;
  if (labelSelector === undefined || labelSelector === null) return item;
  const expressions = [
    ...requirements(matchLabelKeys, 'In', labels),
    ...requirements(mismatchLabelKeys, 'NotIn', labels),
  ];
  if (expressions.length === 0) return item;
  const matchExpressions = [...(labelSelector.matchExpressions ?? []), ...expressions];
  return { ...item, labelSelector: { ...labelSelector, matchExpressions } };
}

const requirements = (
  keys: readonly string[],
  operator: 'In' | 'NotIn',
  labels: Labels,
): NonNullable<LabelSelector['matchExpressions']> =>
  keys.flatMap((key) => {
    const value = labels[key];
    return value === undefined ? [] : [{ key, operator, values: [value] }];
  });
