/** The faults that a hand can bring: on what each is dropped, and how strong it is. Pure. */
import type { Fault } from '#engine/cluster/records';
import { HOUR, MILLISECOND } from '#engine/kernel/time';
import type { Mirror } from '../state/mirror';

export type FaultTarget = 'Machine' | 'Process' | 'Zone' | 'Cluster';

export interface FaultKind {
  readonly key: FaultKey;
  readonly target: FaultTarget;
  /** The fault on a machine, process or zone of that name; of the whole cluster the name is empty. */
  readonly on: (name: string) => Fault;
}

export type FaultKey =
  | 'power-off'
  | 'reboot'
  | 'cut-cable'
  | 'cut-in'
  | 'cut-out'
  | 'latency'
  | 'packet-loss'
  | 'clock-skew'
  | 'disk-full'
  | 'disk-slow'
  | 'disk-corrupt'
  | 'etcd-wipe'
  | 'memory-pressure'
  | 'kill-process'
  | 'pause-process'
  | 'zone-outage'
  | 'image-registry-down';

const ADDED_LATENCY = 200 * MILLISECOND;
const LOST_PART = 0.3;
/** A sync then takes over a second, longer than etcd's followers wait. */
const SLOW_TIMES = 2_000;

const MACHINE_FAULTS: readonly FaultKind[] = [
  { key: 'power-off', target: 'Machine', on: (machine) => ({ type: 'power-off', machine }) },
  { key: 'reboot', target: 'Machine', on: (machine) => ({ type: 'reboot', machine }) },
  { key: 'cut-cable', target: 'Machine', on: (machine) => ({ type: 'cut-cable', machine, direction: 'both' }) },
  { key: 'cut-in', target: 'Machine', on: (machine) => ({ type: 'cut-cable', machine, direction: 'in' }) },
  { key: 'cut-out', target: 'Machine', on: (machine) => ({ type: 'cut-cable', machine, direction: 'out' }) },
  { key: 'latency', target: 'Machine', on: (machine) => ({ type: 'latency', machine, add: ADDED_LATENCY }) },
  { key: 'packet-loss', target: 'Machine', on: (machine) => ({ type: 'packet-loss', machine, rate: LOST_PART }) },
  { key: 'clock-skew', target: 'Machine', on: (machine) => ({ type: 'clock-skew', machine, by: HOUR }) },
  { key: 'disk-full', target: 'Machine', on: (machine) => ({ type: 'disk-full', machine }) },
  { key: 'disk-slow', target: 'Machine', on: (machine) => ({ type: 'disk-slow', machine, times: SLOW_TIMES }) },
  { key: 'disk-corrupt', target: 'Machine', on: (machine) => ({ type: 'disk-corrupt', machine }) },
  { key: 'etcd-wipe', target: 'Machine', on: (machine) => ({ type: 'etcd-wipe', machine }) },
  { key: 'memory-pressure', target: 'Machine', on: (machine) => ({ type: 'memory-pressure', machine }) },
];

/** In the order in which they are offered. */
export const FAULTS: readonly FaultKind[] = [
  ...MACHINE_FAULTS,
  { key: 'kill-process', target: 'Process', on: (process) => ({ type: 'kill-process', process }) },
  { key: 'pause-process', target: 'Process', on: (process) => ({ type: 'pause-process', process }) },
  { key: 'zone-outage', target: 'Zone', on: (zone) => ({ type: 'zone-outage', zone }) },
  { key: 'image-registry-down', target: 'Cluster', on: () => ({ type: 'image-registry-down' }) },
];

/** What happens once and leaves nothing that could be healed. */
export const isOver = ({ type }: Fault): boolean =>
  type === 'reboot' || type === 'kill-process' || type === 'etcd-wipe';

const needsEtcd = (key: FaultKey): boolean => key === 'disk-corrupt' || key === 'etcd-wipe';

/** Names of the things that a fault can be brought on, in the order of the stage. */
export function targetsOf({ key, target }: FaultKind, { machines }: Pick<Mirror, 'machines'>): readonly string[] {
  const all = [...machines.values()];
  switch (target) {
    case 'Machine':
      return all
        .filter(({ processes }) => !needsEtcd(key) || processes.some(({ name }) => name === 'etcd'))
        .map(({ name }) => name);
    case 'Process':
      return all.flatMap(({ name, processes }) => processes.map((process) => `${name}/${process.name}`));
    case 'Zone':
      return [...new Set(all.map(({ zone }) => zone))].sort();
    case 'Cluster':
      return [''];
  }
}
