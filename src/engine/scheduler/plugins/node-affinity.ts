/** Pods choose nodes by labels and names. @source kubernetes pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go */
import { type NodeAffinity, matchesAffinity, matchesRequired, namedNodes, preference } from '#engine/api/node-selector';
import type { Node } from '#engine/api/types';
import { ADD, UPDATE_NODE_LABEL } from '../events';
import { SKIP, definePlugin, goOn, normalizeByMaximum } from '../plugin';
import { unresolvable } from '../status';
import { isNode } from './is-node';

const NAME = 'NodeAffinity';
export const NO_MATCH = unresolvable(NAME, "node(s) didn't match Pod's node affinity/selector");
const NOT_ADDED = unresolvable(NAME, "node(s) didn't match scheduler-enforced node affinity");
const CONFLICT = unresolvable(NAME, 'pod affinity terms conflict');

interface Required {
  readonly added: NodeAffinity | undefined;
  readonly own: NodeAffinity | undefined;
  /** nodeSelector as pairs. */
  readonly labels: readonly (readonly [key: string, value: string])[];
}

interface Preferences {
  readonly added: NodeAffinity | undefined;
  readonly own: NodeAffinity | undefined;
}

export const nodeAffinity = definePlugin<Required, Preferences>({
  name: NAME,
  events: [
    {
      event: { resource: 'Node', actions: ADD | UPDATE_NODE_LABEL, label: 'Node' },
      hint({ pod }, { old, now }) {
        if (now === undefined || !isNode(now)) return true;
        return matchesRequired(pod, now) && (old === undefined || !isNode(old) || !matchesRequired(pod, old));
      },
    },
  ],

  preFilter({ profile, pod: { pod } }) {
    const added = profile.args.NodeAffinity.addedAffinity;
    const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    const isAdded = added?.requiredDuringSchedulingIgnoredDuringExecution !== undefined;
    if (!isAdded && required === undefined && pod.spec.nodeSelector === undefined) return SKIP;
    const names = required === undefined ? null : namedNodes(required.nodeSelectorTerms ?? []);
    const labels = Object.entries(pod.spec.nodeSelector ?? {});
    const state = { added: isAdded ? added : undefined, own: pod.spec.affinity?.nodeAffinity, labels };
    if (names?.size === 0) return { status: CONFLICT, state, nodeNames: null };
    return goOn(state, names);
  },

  filter({ added, own, labels }, _pod, { node }) {
    const known: Node = node!;
    if (added !== undefined && !matchesAffinity(added, known)) return NOT_ADDED;
    const had = known.metadata.labels;
    for (const [key, value] of labels) if (had?.[key] !== value) return NO_MATCH;
    return own === undefined || matchesAffinity(own, known) ? null : NO_MATCH;
  },

  preScore({ profile, pod: { pod } }) {
    const added = profile.args.NodeAffinity.addedAffinity;
    const own = pod.spec.affinity?.nodeAffinity;
    if (!hasPreferences(added) && !hasPreferences(own)) return SKIP;
    return { added, own };
  },

  score({ added, own }, _cycle, nodes, count, scores) {
    for (let i = 0; i < count; i++) {
      const node = nodes[i]!.node!;
      scores[i] = preference(added, node) + preference(own, node);
    }
  },

  normalizeScore: (scores, count) => normalizeByMaximum(scores, count, false),
});

const hasPreferences = (affinity: NodeAffinity | undefined): boolean =>
  (affinity?.preferredDuringSchedulingIgnoredDuringExecution?.length ?? 0) > 0;
