/** What is true of a machine and what the API believes of it, in the stage's words. Pure. */
import type { MachineRecord, NodeRecord } from '#engine/cluster/records';
import type { Catalogue } from '../text/en';

/** `data-state`: `Off` without power, else what the API says of the node. */
export type MachineState = 'Off' | 'Ready' | 'NotReady';

export function machineState(machine: MachineRecord | undefined, node: NodeRecord | undefined): MachineState {
  if (!machine || machine.power === 'off') return 'Off';
  return node?.ready === 'True' ? 'Ready' : 'NotReady';
}

export type Led = 'ok' | 'warn' | 'off' | 'wait';

export interface MachineStatus {
  readonly state: MachineState;
  readonly led: Led;
  /** Status in words. */
  readonly words: string;
  /** What the API believes is not what is true (or not known to it yet). */
  readonly disagrees: boolean;
}

/** What is wrong with a machine's cable, in words; empty: nothing. */
function cableWords({ cable }: MachineRecord, { machine: words }: Catalogue): string {
  if (cable.in && cable.out) return '';
  if (!cable.in && !cable.out) return words.cableCutWord;
  return cable.in ? words.cableCutOut : words.cableCutIn;
}

/** A machine whose kubelet does not run, though it is on: what the API says of its pods is old. */
function kubeletWords({ processes }: MachineRecord, text: Catalogue): string {
  const kubelet = processes.find(({ name }) => name === 'kubelet');
  return !kubelet || kubelet.state === 'running' ? '' : text.machine.kubeletIs(text.process.state[kubelet.state]);
}

/** What the API says of a node, as kubectl's STATUS column would. */
export function believedStatus(node: NodeRecord | undefined): string {
  if (!node) return '';
  const word = node.ready === 'True' ? 'Ready' : node.ready === 'Absent' ? 'Unknown' : 'NotReady';
  return node.unschedulable ? `${word},SchedulingDisabled` : word;
}

/** Truth first, then belief where it adds something. */
export function machineStatus(
  machine: MachineRecord | undefined,
  node: NodeRecord | undefined,
  text: Catalogue,
): MachineStatus {
  const state = machineState(machine, node);
  const believed = believedStatus(node) || text.machine.notRegistered;
  const believedReady = node?.ready === 'True';
  if (!machine || machine.power === 'off') {
    return { state, led: 'off', words: text.machine.butApi(text.machine.noPower, believed), disagrees: believedReady };
  }
  const cable = cableWords(machine, text);
  if (cable !== '') {
    return { state, led: 'warn', words: text.machine.butApi(cable, believed), disagrees: believedReady };
  }
  if (machine.power === 'booting') {
    const words = node ? text.machine.butApi(text.machine.booting, believed) : text.machine.booting;
    return { state, led: 'wait', words, disagrees: node !== undefined && believedReady };
  }
  if (!node) return { state, led: 'wait', words: text.machine.joining, disagrees: false };
  const kubelet = kubeletWords(machine, text);
  if (kubelet !== '') {
    return { state, led: 'warn', words: text.machine.butApi(kubelet, believed), disagrees: believedReady };
  }
  // Nobody has heard of it for long, though it runs: what its kubelet itself has said would be False.
  if (node.ready === 'Unknown') {
    return { state, led: 'warn', words: text.machine.butApi(text.machine.runs, believed), disagrees: true };
  }
  return { state, led: believedReady ? 'ok' : 'warn', words: believed, disagrees: false };
}

/** The part of what a node can give that is asked for, from 0 up. */
export function requestedShare(node: NodeRecord | undefined, what: 'milliCpu' | 'memory'): number {
  if (!node || node.allocatable[what] === 0) return 0;
  return node.requested[what] / node.allocatable[what];
}
