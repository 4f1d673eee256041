/** Keeps pods with scheduling gates out of the queue. @source kubernetes pkg/scheduler/framework/plugins/schedulinggates/scheduling_gates.go */
import { UPDATE_POD_GATES_ELIMINATED } from '../events';
import { definePlugin } from '../plugin';
import { unresolvable } from '../status';
import { isOwnChange } from './own-change';

const NAME = 'SchedulingGates';

export const schedulingGates = definePlugin({
  name: NAME,
  events: [
    {
      event: {
        resource: 'UnscheduledPod',
        actions: UPDATE_POD_GATES_ELIMINATED,
        label: 'UpdatePodSchedulingGatesEliminated',
      },
      hint: isOwnChange,
    },
  ],

  preEnqueue({ pod }) {
    const gates = pod.spec.schedulingGates ?? [];
    if (gates.length === 0) return null;
    return unresolvable(NAME, `waiting for scheduling gates: [${gates.map(({ name }) => name).join(' ')}]`);
  },
});
