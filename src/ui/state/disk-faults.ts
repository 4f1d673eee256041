/** What is wrong with a machine's disk, as far as a person has made it so. Pure. */
import type { Fault } from '#engine/cluster/records';
import type { UiState } from './store';

export type DiskFault = Extract<Fault['type'], `disk-${string}`>;

const isOfDisk = (type: Fault['type']): type is DiskFault => type.startsWith('disk-');

/** The faults of a machine's disk that are in force. Give it to `useShallow`. */
export const diskFaultsOf =
  (machine: string) =>
  ({ mirror }: UiState): readonly DiskFault[] =>
    mirror.faults.flatMap(({ fault }) =>
      isOfDisk(fault.type) && 'machine' in fault && fault.machine === machine ? [fault.type] : [],
    );
