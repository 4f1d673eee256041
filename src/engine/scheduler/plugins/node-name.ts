/** A pod that names its node goes nowhere else. @source kubernetes pkg/scheduler/framework/plugins/nodename/node_name.go */
import { ADD } from '../events';
import { SKIP, definePlugin, goOn } from '../plugin';
import { unresolvable } from '../status';

const NAME = 'NodeName';
const OTHER_NODE = unresolvable(NAME, "node(s) didn't match the requested node name");

export const nodeName = definePlugin({
  name: NAME,
  events: [{ event: { resource: 'Node', actions: ADD, label: 'NodeAdd' } }],

  preFilter: ({ pod }) => (pod.nodeName === '' ? SKIP : goOn(null)),

  filter: (_state, pod, node) => (pod.nodeName === node.name ? null : OTHER_NODE),
});
