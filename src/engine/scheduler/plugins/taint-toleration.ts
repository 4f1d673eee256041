/** Nodes repel pods by taints. @source kubernetes pkg/scheduler/framework/plugins/tainttoleration/taint_toleration.go */
import { tolerates, tolerationsOf, untoleratedTaint } from '#engine/api/taints';
import type { Toleration } from '#engine/api/types';
import { ADD, UPDATE_NODE_TAINT, UPDATE_POD_TOLERATION } from '../events';
import { emptyNodeInfo } from '../node-info';
import { SKIP, definePlugin, goOn, normalizeByMaximum } from '../plugin';
import { unresolvable } from '../status';
import { isNode } from './is-node';
import { isOwnChange } from './own-change';

const NAME = 'TaintToleration';
const UNTOLERATED = unresolvable(NAME, 'node(s) had untolerated taint(s)');

export const taintToleration = definePlugin<readonly Toleration[], readonly Toleration[]>({
  name: NAME,
  events: [
    {
      event: { resource: 'Node', actions: ADD | UPDATE_NODE_TAINT, label: 'Node' },
      hint(pod, { old, now }) {
        if (now === undefined || !isNode(now)) return true;
        const tolerations = tolerationsOf(pod.pod);
        const repelled = (node: typeof now): boolean =>
          untoleratedTaint(emptyNodeInfo(node).hardTaints, tolerations) !== null;
        return (old === undefined || !isNode(old) || repelled(old)) && !repelled(now);
      },
    },
    {
      event: { resource: 'UnscheduledPod', actions: UPDATE_POD_TOLERATION, label: 'UpdatePodToleration' },
      hint: isOwnChange,
    },
  ],

  preFilter: ({ cache, pod }) => (cache.hardTainted === 0 ? SKIP : goOn(tolerationsOf(pod.pod))),

  filter(tolerations, _pod, node) {
    if (node.hardTaints.length === 0) return null;
    return untoleratedTaint(node.hardTaints, tolerations) === null ? null : UNTOLERATED;
  },

  preScore: ({ cache, pod }) =>
    cache.softTainted === 0
      ? []
      : tolerationsOf(pod.pod).filter(({ effect = '' }) => effect === '' || effect === 'PreferNoSchedule'),

  score(tolerations, { cache }, nodes, count, scores) {
    if (cache.softTainted === 0) return 0;
    for (let i = 0; i < count; i++) {
      let untolerated = 0;
      for (const taint of nodes[i]!.softTaints) {
        if (!tolerations.some((toleration) => tolerates(toleration, taint))) untolerated += 1;
      }
      scores[i] = untolerated;
    }
    return undefined;
  },

  normalizeScore: (scores, count) => normalizeByMaximum(scores, count, true),
});
