/** The steps of the tour: each points at one thing, and is over when a person has done what it asks for, however they did it. Pure. */
import type { PodRecord } from '#engine/cluster/records';
import type { UiState } from '../state/store';
import type { StepName } from '../text/en-tour';

export interface Step {
  readonly name: StepName;
  /** The machine that it speaks of. */
  readonly about: (state: UiState) => string;
  /** A selector of what it points at; null: at nothing. */
  readonly at: (state: UiState) => string | null;
  readonly isDone: (state: UiState) => boolean;
}

/** The worker without power, or the one that is to lose it. */
export function victimOf({ mirror }: Pick<UiState, 'mirror'>): string {
  const workers = [...mirror.machines.values()].filter(({ role }) => role === 'worker');
  return (workers.find(({ power }) => power === 'off') ?? workers[0])?.name ?? 'node-1';
}

const machine = (name: string): string => `[data-kind="Machine"][data-name="${name}"]`;

const isOff = (state: UiState): boolean => state.mirror.machines.get(victimOf(state))?.power === 'off';

const podsOn = ({ mirror }: UiState, node: string): readonly PodRecord[] =>
  (mirror.podsByNode.get(node) ?? []).filter(({ namespace }) => namespace !== 'kube-system');

/** The youngest pod that runs on another machine: what has replaced one of the victim's. */
export function replacementOf(state: UiState): PodRecord | null {
  const victim = victimOf(state);
  let youngest: PodRecord | null = null;
  for (const node of state.mirror.nodes.keys()) {
    if (node === victim) continue;
    for (const pod of podsOn(state, node)) if (!youngest || pod.createdAt > youngest.createdAt) youngest = pod;
  }
  return youngest;
}

export const STEPS: readonly Step[] = [
  {
    name: 'hint',
    about: victimOf,
    at: () => null,
    isDone: isOff,
  },
  {
    name: 'powerOff',
    about: victimOf,
    at: (state) => (state.lifted === null ? machine(victimOf(state)) : '.dock'),
    isDone: isOff,
  },
  {
    name: 'notReady',
    about: victimOf,
    at: () => '.clock .segments',
    isDone: (state) => state.mirror.nodes.get(victimOf(state))?.ready !== 'True',
  },
  {
    name: 'evicted',
    about: victimOf,
    at: () => '.clock .segments',
    isDone: (state) => podsOn(state, victimOf(state)).every(({ status }) => status === 'Terminating'),
  },
  {
    name: 'why',
    about: (state) => replacementOf(state)?.name ?? '',
    at: (state) => {
      const pod = replacementOf(state);
      if (pod && state.selection?.name === pod.name) return '.inspector .tabs-list';
      return pod ? `[data-kind="Pod"][data-name="${pod.name}"]` : null;
    },
    isDone: (state) => state.selection?.kind === 'Pod' && state.inspectorTab === 'why',
  },
  {
    name: 'powerOn',
    about: victimOf,
    at: (state) => `${machine(victimOf(state))} .power-on`,
    isDone: (state) => !isOff(state),
  },
  {
    name: 'end',
    about: () => '',
    at: () => '.rail',
    isDone: () => false,
  },
];
