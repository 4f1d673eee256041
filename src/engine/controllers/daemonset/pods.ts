/** The pods of a DaemonSet by node, and how to tell the new ones from the old ones. */
import { byteOrder } from '#engine/api/json';
import { isPodTerminal } from '#engine/api/meta';
import type { DaemonSet, Pod } from '#engine/api/types';
import { REVISION_HASH } from '../revisions';
import { nodeOf } from './placement';

export type PodsByNode = ReadonlyMap<string, readonly Pod[]>;

/** In the order of the pods; those that have ended and are being deleted are gone already. */
export function podsByNode(pods: readonly Pod[]): Map<string, readonly Pod[]> {
  const byNode = new Map<string, Pod[]>();
  for (const pod of pods) {
    if (isPodTerminal(pod) && pod.metadata.deletionTimestamp !== undefined) continue;
    const node = nodeOf(pod);
    const there = byNode.get(node);
    if (there === undefined) byNode.set(node, [pod]);
    else there.push(pod);
  }
  return byNode;
}

/** Assigned ones first, then the oldest. @source kubernetes daemon_controller.go (podByCreationTimestampAndPhase) */
export function assignedThenOldest(a: Pod, b: Pod): number {
  const assigned = Number((b.spec.nodeName ?? '') !== '') - Number((a.spec.nodeName ?? '') !== '');
  return (
    assigned ||
    byteOrder(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') ||
    byteOrder(a.metadata.name, b.metadata.name)
  );
}

const TEMPLATE_GENERATION = 'pod-template-generation';

/** How often the template was changed, which apps/v1 keeps in an annotation. */
export const templateGeneration = ({ metadata }: DaemonSet): string | undefined =>
  metadata.annotations?.['deprecated.daemonset.template.generation'];

/** The labels that tell pods of this template. */
export function revisionLabels(set: DaemonSet, hash: string): Record<string, string> {
  const generation = templateGeneration(set);
  return { ...(generation === undefined ? {} : { [TEMPLATE_GENERATION]: generation }), [REVISION_HASH]: hash };
}

/** @source kubernetes pkg/controller/daemon/util/daemonset_util.go (IsPodUpdated) */
export function isUpdated({ metadata: { labels = {} } }: Pod, set: DaemonSet, hash: string): boolean {
  const generation = templateGeneration(set);
  return labels[REVISION_HASH] === hash || (generation !== undefined && labels[TEMPLATE_GENERATION] === generation);
}
