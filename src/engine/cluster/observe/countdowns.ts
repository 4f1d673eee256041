/** Clocks that kubelets wait for, and the place of all others. Pure, nothing here keeps time. */
import type { Kernel } from '#engine/kernel/kernel';
import type { MachineState } from '#engine/kernel/machine';
import { kubelet, kubeletTimers } from '#engine/node/kubelet/kubelet';
import type { KubeletState } from '#engine/node/kubelet/state';
import { parseImageReference } from '#engine/node/images/reference';
import type { ContainerdState } from '#engine/node/runtime/state';
import { pullUnderWay } from '#engine/node/runtime/truth';
import type { CountdownRecord, FaultRecord } from '../records';
import type { Belief } from './belief';
import { runtimeOf, stateOn } from './truth';

type Clocks = readonly CountdownRecord[];

/** Tells of all clocks, given those of kubelets. `late-clocks.ts` fills it: no cluster has others in its first seconds. */
export const lateClocks: {
  code: ((kernel: Kernel, belief: Belief, faults: readonly FaultRecord[], kubelets: Clocks) => Clocks) | null;
} = { code: null };

/** What a machine's kubelet waits for: the same as long as `versionOf` is. */
export function clocksOn(machine: MachineState): Clocks {
  const state = stateOn(machine, kubelet);
  if (state === null) return [];
  const pull = pullOf(state, runtimeOf(machine));
  return pull === null ? kubeletTimers(state) : [...kubeletTimers(state), pull];
}

/** The image that a kubelet has asked its runtime for: how far its bytes have come. */
function pullOf({ pulling, workers }: KubeletState, runtime: ContainerdState | null): CountdownRecord | null {
  const pod = pulling === null ? undefined : workers.get(pulling.uid)?.pod;
  const name = pulling === null ? undefined : parseImageReference(pulling.image)?.canonical;
  const pull = name === undefined || runtime === null ? null : pullUnderWay(runtime, name);
  if (pulling === null || pod === undefined || pull === null) return null;
  return {
    id: `pull/${pulling.uid}`,
    subject: { kind: 'Pod', namespace: pod.metadata.namespace ?? '', name: pod.metadata.name },
    what: 'image-pull',
    ...pull,
    text: `pulling ${pulling.image}`,
  };
}
