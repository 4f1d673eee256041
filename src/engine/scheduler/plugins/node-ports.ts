/** A host port can be had once on a node. @source kubernetes pkg/scheduler/framework/plugins/nodeports/node_ports.go */
import { ADD, DELETE } from '../events';
import { hasPortConflict } from '../node-info';
import { SKIP, definePlugin, goOn } from '../plugin';
import { type HostPort, podInfo } from '../pod-info';
import { unschedulable } from '../status';
import { isPod } from './is-node';

const NAME = 'NodePorts';
const TAKEN = unschedulable(NAME, "node(s) didn't have free ports for the requested pod ports");

export const nodePorts = definePlugin<readonly HostPort[]>({
  name: NAME,
  events: [
    {
      event: { resource: 'AssignedPod', actions: DELETE, label: 'AssignedPodDelete' },
      hint(pod, { old }) {
        if (old === undefined || !isPod(old)) return true;
        const freed = new Map<string, string[]>();
        for (const { ip, port } of podInfo(old).hostPorts) freed.set(port, [...(freed.get(port) ?? []), ip]);
        return hasPortConflict(freed, pod.hostPorts);
      },
    },
    { event: { resource: 'Node', actions: ADD, label: 'NodeAdd' } },
  ],

  preFilter: ({ pod }) => (pod.hostPorts.length === 0 ? SKIP : goOn(pod.hostPorts)),

  filter: (wanted, _pod, node) => (hasPortConflict(node.hostPorts, wanted) ? TAKEN : null),
});
