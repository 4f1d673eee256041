/** What is wrong with a machine, as far as a person has made it so. Pure. */
import type { Fault } from '#engine/cluster/records';
import type { UiState } from './store';

export type MachineFault = Extract<Fault['type'], `disk-${string}` | 'memory-pressure'>;

const isOfMachine = (type: Fault['type']): type is MachineFault =>
  type.startsWith('disk-') || type === 'memory-pressure';

/** The faults of a machine's disk and memory that are in force. Give it to `useShallow`. */
export const machineFaultsOf =
  (machine: string) =>
  ({ mirror }: UiState): readonly MachineFault[] =>
    mirror.faults.flatMap(({ fault }) =>
      isOfMachine(fault.type) && 'machine' in fault && fault.machine === machine ? [fault.type] : [],
    );

const MARKED: readonly Fault['type'][] = ['latency', 'packet-loss', 'clock-skew', 'cpu-stress', 'spot-reclaim'];

/** The faults that a machine's card is marked with: those that its power and its cable do not show. Give it to `useShallow`. */
export const marksOf =
  (machine: string) =>
  ({ mirror }: UiState): readonly Fault['type'][] =>
    mirror.faults.flatMap(({ fault }) =>
      (isOfMachine(fault.type) || MARKED.includes(fault.type)) && 'machine' in fault && fault.machine === machine
        ? [fault.type]
        : [],
    );
