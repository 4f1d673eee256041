/** Leaves cordoned nodes alone. @source kubernetes pkg/scheduler/framework/plugins/nodeunschedulable/node_unschedulable.go */
import { tolerationsOf, untoleratedTaint } from '#engine/api/taints';
import type { Taint } from '#engine/api/types';
import { ADD, UPDATE_NODE_TAINT, UPDATE_POD_TOLERATION } from '../events';
import { SKIP, definePlugin, goOn } from '../plugin';
import { unresolvable } from '../status';
import { isNode } from './is-node';
import { isOwnChange } from './own-change';

const NAME = 'NodeUnschedulable';
const CORDONED = unresolvable(NAME, 'node(s) were unschedulable');
const TAINTS: readonly Taint[] = [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }];

export const nodeUnschedulable = definePlugin({
  name: NAME,
  events: [
    {
      event: { resource: 'Node', actions: ADD | UPDATE_NODE_TAINT, label: 'Node' },
      hint: (_pod, { now }) => now !== undefined && isNode(now) && now.spec.unschedulable !== true,
    },
    {
      event: { resource: 'UnscheduledPod', actions: UPDATE_POD_TOLERATION, label: 'UpdatePodToleration' },
      hint: isOwnChange,
    },
  ],

  preFilter({ cache, pod }) {
    if (cache.unschedulable === 0 || untoleratedTaint(TAINTS, tolerationsOf(pod.pod)) === null) return SKIP;
    return goOn(null);
  },

  filter: (_state, _pod, node) => (node.unschedulable ? CORDONED : null),
});
