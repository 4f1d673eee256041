/** What is wrong with a machine's disk or memory, as far as a person has made it so. Pure. */
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
