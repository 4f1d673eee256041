/**
 * Spread constraints made ready for one pod: its own, or the default ones for pods that belong together.
 *
 * @source kubernetes pkg/scheduler/framework/plugins/podtopologyspread/common.go, plugins/helper/spread.go
 */
import { type Labels, includesLabels } from '#engine/api/label-selector';
import { matchesRequired } from '#engine/api/node-selector';
import { tolerationsOf, untoleratedTaint } from '#engine/api/taints';
import type { Node, Pod } from '#engine/api/types';
import type { View } from '#engine/client/plan';
import type { Cycle } from '../plugin';
import { type PodSelection, type ReadySelector, readyLabels, readySelector } from '../pod-selection';
import type { DefaultConstraint, SpreadConstraint } from '../profile';
import type { DomainRule } from '../topology-counts';

type Action = SpreadConstraint['whenUnsatisfiable'];

export interface ReadyConstraint {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly isMeant: (labels: Labels | undefined) => boolean;
  /** Pods of the pod's namespace that count: those that are meant and not being deleted. */
  readonly selection: PodSelection;
  /** Which nodes count. */
  readonly rule: DomainRule;
}

export const HOSTNAME = 'kubernetes.io/hostname';

const soft = (topologyKey: string, maxSkew: number): DefaultConstraint =>
  Object.freeze({ topologyKey, maxSkew, whenUnsatisfiable: 'ScheduleAnyway' });
const SYSTEM_DEFAULTS: readonly DefaultConstraint[] = [soft(HOSTNAME, 3), soft('topology.kubernetes.io/zone', 5)];

/** Whether the constraints of the scheduler itself apply: they go by what nodes have, even if a label is missing. */
export const isSystemDefaulted = ({ profile, pod: { pod } }: Cycle): boolean =>
  !hasOwnConstraints(pod) && profile.args.PodTopologySpread.defaultingType === 'System';

export const hasOwnConstraints = ({ spec }: Pod): boolean => (spec.topologySpreadConstraints?.length ?? 0) > 0;

/** The constraints that a pod is filtered by, or scored by. */
export function constraintsOf(cycle: Cycle, action: Action): readonly ReadyConstraint[] {
  const { pod } = cycle.pod;
  const isWanted = ({ whenUnsatisfiable }: DefaultConstraint): boolean => whenUnsatisfiable === action;
  if (hasOwnConstraints(pod)) {
    const own = (pod.spec.topologySpreadConstraints ?? []).filter(isWanted);
    return readyConstraints(
      pod,
      own,
      own.map(({ labelSelector }) => meantBy(pod, [readySelector(labelSelector)])),
      true,
    );
  }
  const { defaultingType, defaultConstraints } = cycle.profile.args.PodTopologySpread;
  const isSystem = defaultingType === 'System';
  const defaults = (isSystem ? SYSTEM_DEFAULTS : defaultConstraints).filter(isWanted);
  const selectors = defaults.length === 0 ? [] : defaultSelectors(pod, cycle.view);
  if (selectors.every(({ isEmpty }) => isEmpty)) return [];
  const meant = meantBy(pod, selectors);
  return readyConstraints(
    pod,
    defaults,
    defaults.map(() => meant),
    !isSystem,
  );
}

function readyConstraints(
  pod: Pod,
  constraints: readonly DefaultConstraint[],
  meant: readonly Meant[],
  needsAllLabels: boolean,
): ReadyConstraint[] {
  const keys = needsAllLabels ? constraints.map(({ topologyKey }) => topologyKey) : [];
  return constraints.map((constraint, i) => {
    const { topologyKey, maxSkew, minDomains = 1 } = constraint;
    const { isMeant, selection } = meant[i]!;
    return { topologyKey, maxSkew, minDomains, isMeant, selection, rule: ruleOf(pod, constraint, keys) };
  });
}

type Meant = Pick<ReadyConstraint, 'isMeant' | 'selection'>;

/** An empty selector means every pod, but counts none. */
function meantBy(pod: Pod, selectors: readonly ReadySelector[]): Meant {
  const namespace = pod.metadata.namespace ?? '';
  const isMeant = (labels: Labels | undefined): boolean => selectors.every(({ matches }) => matches(labels));
  const isEmpty = selectors.every((selector) => selector.isEmpty);
  const selection: PodSelection = {
    key: `spread\n${namespace}\n${selectors.map(({ text }) => text).join('\n')}`,
    anchor: selectors.find(({ anchor }) => anchor !== '')?.anchor ?? '',
    matches: ({ metadata }) =>
      !isEmpty &&
      (metadata.namespace ?? '') === namespace &&
      metadata.deletionTimestamp === undefined &&
      isMeant(metadata.labels),
  };
  return { isMeant, selection };
}

/** Nodes count when they have all labels that constraints go by, and the policies let them. */
function ruleOf(
  pod: Pod,
  { topologyKey, nodeAffinityPolicy = 'Honor', nodeTaintsPolicy = 'Ignore' }: DefaultConstraint,
  keys: readonly string[],
): DomainRule {
  const { nodeSelector, affinity } = pod.spec;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const isChosen = nodeAffinityPolicy === 'Honor' && (nodeSelector !== undefined || required !== undefined);
  const isTainted = nodeTaintsPolicy === 'Honor';
  const others = keys.filter((key) => key !== topologyKey);
  let key = `spread\n${topologyKey}\n${others.join()}`;
  if (others.length === 0 && !isChosen && !isTainted) return { key, topologyKey, includes: null };
  if (isChosen) key += `\n${JSON.stringify([nodeSelector, required])}`;
  if (isTainted) key += `\ntaints ${JSON.stringify(pod.spec.tolerations)}`;
  const includes = (node: Node): boolean =>
    others.every((label) => node.metadata.labels?.[label] !== undefined) &&
    (!isChosen || matchesRequired(pod, node)) &&
    (!isTainted || untoleratedTaint(hardTaintsOf(node), tolerationsOf(pod)) === null);
  return { key, topologyKey, includes };
}

const hardTaintsOf = ({ spec }: Node): NonNullable<Node['spec']['taints']> =>
  (spec.taints ?? []).filter(({ effect }) => effect !== 'PreferNoSchedule');

/** Pods belong together that the same Services and the same controller select. */
function defaultSelectors({ metadata }: Pod, view: View): readonly ReadySelector[] {
  const namespace = metadata.namespace ?? '';
  const selectors: ReadySelector[] = [];
  for (const { spec } of view.list('Service', namespace)) {
    if (spec.selector !== undefined && includesLabels(metadata.labels, spec.selector)) {
      selectors.push(readyLabels(spec.selector));
    }
  }
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (owner === undefined) return selectors;
  const { apiVersion, kind, name } = owner;
  if (apiVersion === 'apps/v1' && (kind === 'ReplicaSet' || kind === 'StatefulSet')) {
    const selector = view.get(kind, namespace, name)?.spec?.selector;
    if (selector !== undefined) selectors.push(readySelector(selector));
  } else if (apiVersion === 'v1' && kind === 'ReplicationController') {
    const labels = view.get(kind, namespace, name)?.spec?.selector;
    if (labels !== undefined) selectors.push(readyLabels(labels));
  }
  return selectors;
}

/** Whether a node has all labels that constraints go by. */
export const hasLabels = (
  constraints: readonly { readonly topologyKey: string }[],
  labels: Labels | undefined,
): boolean => constraints.every(({ topologyKey }) => labels?.[topologyKey] !== undefined);

/** Whether constraints may forbid nodes to a pod. */
export const mayForbid = ({ profile, pod: { pod } }: Cycle): boolean =>
  hasOwnConstraints(pod) || profile.args.PodTopologySpread.defaultingType === 'List';
