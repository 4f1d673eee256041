/**
 * Which nodes a DaemonSet's pods belong on, and what is added to its template for one of them.
 *
 * @source kubernetes pkg/controller/daemon/daemon_controller.go (NodeShouldRunDaemonPod, NewPod), util/daemonset_util.go
 */
import { matchesRequired, type NodeAffinity } from '#engine/api/node-selector';
import { untoleratedTaint } from '#engine/api/taints';
import type { DaemonSet, Node, Pod, PodSpec, PodTemplateSpec, Toleration } from '#engine/api/types';

export interface Verdict {
  readonly shouldRun: boolean;
  /** What is there may stay. */
  readonly shouldContinue: boolean;
}

const NO: Verdict = { shouldRun: false, shouldContinue: false };

const exists = (key: string, effect: 'NoExecute' | 'NoSchedule'): Toleration => ({
  key: `node.kubernetes.io/${key}`,
  operator: 'Exists',
  effect,
});
const TOLERATIONS: readonly Toleration[] = [
  exists('not-ready', 'NoExecute'),
  exists('unreachable', 'NoExecute'),
  exists('disk-pressure', 'NoSchedule'),
  exists('memory-pressure', 'NoSchedule'),
  exists('pid-pressure', 'NoSchedule'),
  exists('unschedulable', 'NoSchedule'),
];
const HOST_NETWORK = exists('network-unavailable', 'NoSchedule');

/** The template's tolerations with those that every daemon has; one that says the same is replaced in its place. */
export function daemonTolerations({ tolerations = [], hostNetwork }: PodSpec): Toleration[] {
  const all = [...tolerations];
  for (const wanted of hostNetwork === true ? [...TOLERATIONS, HOST_NETWORK] : TOLERATIONS) {
    const at = all.findIndex(
      ({ key, operator, value = '', effect }) =>
        key === wanted.key && effect === wanted.effect && operator === wanted.operator && value === '',
    );
    if (at < 0) all.push(wanted);
    else all[at] = wanted;
  }
  return all;
}

export function verdictOn(node: Node, set: DaemonSet): Verdict {
  const spec = templateOf(set).spec ?? { containers: [] };
  if ((spec.nodeName ?? '') !== '' && spec.nodeName !== node.metadata.name) return NO;
  if (!matchesRequired({ spec } as Pod, node)) return NO;
  const taints = (node.spec.taints ?? []).filter(({ effect }) => effect !== 'PreferNoSchedule');
  const tolerations = daemonTolerations(spec);
  if (untoleratedTaint(taints, tolerations) === null) return { shouldRun: true, shouldContinue: true };
  const evicting = taints.filter(({ effect }) => effect === 'NoExecute');
  return { shouldRun: false, shouldContinue: untoleratedTaint(evicting, tolerations) === null };
}

const NO_TEMPLATE = {} as PodTemplateSpec;
export const templateOf = ({ spec }: DaemonSet): PodTemplateSpec => spec?.template ?? NO_TEMPLATE;

/** The spec of the pod for one node: the scheduler has no other choice. */
export function pinned(spec: PodSpec, node: string): PodSpec {
  const only: NodeAffinity['requiredDuringSchedulingIgnoredDuringExecution'] = {
    nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }],
  };
  return {
    ...spec,
    tolerations: daemonTolerations(spec),
    affinity: {
      ...spec.affinity,
      nodeAffinity: { ...spec.affinity?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: only },
    },
  };
}

/** The node that a pod is on, or is pinned to. */
export function nodeOf({ spec }: Pod): string {
  if ((spec.nodeName ?? '') !== '') return spec.nodeName!;
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  for (const { matchFields = [] } of terms)
    for (const { key, operator, values = [] } of matchFields)
      if (key === 'metadata.name' && operator === 'In' && values.length === 1) return values[0]!;
  return '';
}
