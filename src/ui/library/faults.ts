/** The faults that a hand can bring: on what each is dropped, and how strong it is. Pure. */
import type { ContainerTarget, Fault, FaultRecord } from '#engine/cluster/records';
import { HOUR, MILLISECOND } from '#engine/kernel/time';
import { faultTarget } from '../state/markers';
import type { Mirror } from '../state/mirror';

/** A place is a machine, or a rack or a zone with all its machines. */
export type FaultTarget = 'Machine' | 'Pod' | 'Process' | 'Rack' | 'Zone' | 'Place' | 'Cluster';

type Known = Pick<Mirror, 'machines' | 'podsByNode'>;

export interface FaultKind {
  readonly key: FaultKey;
  readonly target: FaultTarget;
  /** It lies between that and a second place, which is asked for. */
  readonly between?: true;
  /** The fault on a thing of that name; of the whole cluster the name is empty. A pod's is `namespace/name`, a container's `namespace/pod/name`. */
  readonly on: (name: string, known: Known, other: string) => Fault;
}

const KEYS = [
  'power-off',
  'reboot',
  'cut-cable',
  'cut-in',
  'cut-out',
  'latency',
  'packet-loss',
  'clock-skew',
  'disk-full',
  'disk-slow',
  'disk-corrupt',
  'etcd-wipe',
  'memory-pressure',
  'cpu-stress',
  'spot-reclaim',
  'kill-container',
  'pause-container',
  'kill-process',
  'pause-process',
  'partition',
  'link-latency',
  'link-loss',
  'rack-outage',
  'zone-outage',
  'zone-latency',
  'zone-loss',
  'dns-down',
  'image-registry-down',
] as const;
export type FaultKey = (typeof KEYS)[number];

const ADDED_LATENCY = 200 * MILLISECOND;
const LOST_PART = 0.3;
/** A sync then takes over a second, longer than etcd's followers wait. */
const SLOW_TIMES = 2_000;

/** All that is not the first place. */
export const THE_REST = '';

/** The machines of a place. */
export const machinesAt = (place: string, { machines }: Pick<Mirror, 'machines'>): readonly string[] =>
  [...machines.values()]
    .filter(({ name, rack, zone }) => place === name || place === rack || place === zone)
    .map(({ name }) => name);

function between(one: string, known: Known, other: string): { readonly from: string[]; readonly to: string[] } {
  const from = [...machinesAt(one, known)];
  const to = other === THE_REST ? [...known.machines.keys()] : machinesAt(other, known);
  return { from, to: to.filter((name) => !from.includes(name)) };
}

/** Without a container it is the pod's first. */
function containerOf(target: string): ContainerTarget {
  const [namespace = '', pod = '', container] = target.split('/');
  return { namespace, pod, ...(container === undefined ? {} : { container }) };
}

type Row = Omit<FaultKind, 'key'>;
const onMachine = (on: (machine: string) => Fault): Row => ({ target: 'Machine', on });

const ROWS: Readonly<Record<FaultKey, Row>> = {
  'power-off': onMachine((machine) => ({ type: 'power-off', machine })),
  reboot: onMachine((machine) => ({ type: 'reboot', machine })),
  'cut-cable': onMachine((machine) => ({ type: 'cut-cable', machine, direction: 'both' })),
  'cut-in': onMachine((machine) => ({ type: 'cut-cable', machine, direction: 'in' })),
  'cut-out': onMachine((machine) => ({ type: 'cut-cable', machine, direction: 'out' })),
  latency: onMachine((machine) => ({ type: 'latency', machine, add: ADDED_LATENCY })),
  'packet-loss': onMachine((machine) => ({ type: 'packet-loss', machine, rate: LOST_PART })),
  'clock-skew': onMachine((machine) => ({ type: 'clock-skew', machine, by: HOUR })),
  'disk-full': onMachine((machine) => ({ type: 'disk-full', machine })),
  'disk-slow': onMachine((machine) => ({ type: 'disk-slow', machine, times: SLOW_TIMES })),
  'disk-corrupt': onMachine((machine) => ({ type: 'disk-corrupt', machine })),
  'etcd-wipe': onMachine((machine) => ({ type: 'etcd-wipe', machine })),
  'memory-pressure': onMachine((machine) => ({ type: 'memory-pressure', machine })),
  'cpu-stress': onMachine((machine) => ({ type: 'cpu-stress', machine })),
  'spot-reclaim': onMachine((machine) => ({ type: 'spot-reclaim', machine })),
  'kill-container': { target: 'Pod', on: (name) => ({ type: 'kill-process', ...containerOf(name) }) },
  'pause-container': { target: 'Pod', on: (name) => ({ type: 'pause-process', ...containerOf(name) }) },
  'kill-process': { target: 'Process', on: (process) => ({ type: 'kill-process', process }) },
  'pause-process': { target: 'Process', on: (process) => ({ type: 'pause-process', process }) },
  partition: {
    target: 'Place',
    between: true,
    on: (one, known, other) => ({ type: 'partition', ...between(one, known, other) }),
  },
  'link-latency': {
    target: 'Place',
    between: true,
    on: (one, known, other) => ({ type: 'latency', ...between(one, known, other), add: ADDED_LATENCY }),
  },
  'link-loss': {
    target: 'Place',
    between: true,
    on: (one, known, other) => ({ type: 'packet-loss', ...between(one, known, other), rate: LOST_PART }),
  },
  'rack-outage': { target: 'Rack', on: (rack) => ({ type: 'rack-outage', rack }) },
  'zone-outage': { target: 'Zone', on: (zone) => ({ type: 'zone-outage', zone }) },
  'zone-latency': { target: 'Zone', on: (zone) => ({ type: 'latency', zone, add: ADDED_LATENCY }) },
  'zone-loss': { target: 'Zone', on: (zone) => ({ type: 'packet-loss', zone, rate: LOST_PART }) },
  'dns-down': { target: 'Cluster', on: () => ({ type: 'dns-down' }) },
  'image-registry-down': { target: 'Cluster', on: () => ({ type: 'image-registry-down' }) },
};

/** In the order in which they are offered. */
export const FAULTS: readonly FaultKind[] = KEYS.map((key) => ({ key, ...ROWS[key] }));

export const faultKind = (key: string | null): FaultKind | undefined => FAULTS.find((kind) => kind.key === key);

/** What happens once and leaves nothing that could be healed. */
export const isOver = ({ type }: Fault): boolean =>
  type === 'reboot' || type === 'kill-process' || type === 'etcd-wipe';

const needsEtcd = (key: FaultKey): boolean => key === 'disk-corrupt' || key === 'etcd-wipe';

const distinct = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();

/** Names of the things that a fault can be brought on, in the order of the stage. */
export function targetsOf({ key, target }: FaultKind, { machines, podsByNode }: Known): readonly string[] {
  const all = [...machines.values()];
  const inCluster = all.filter(({ role }) => role !== 'laptop');
  const racks = distinct(inCluster.map(({ rack }) => rack));
  const zones = distinct(inCluster.map(({ zone }) => zone));
  switch (target) {
    case 'Machine':
      return all
        .filter(({ processes }) => !needsEtcd(key) || processes.some(({ name }) => name === 'etcd'))
        .filter(({ role }) => key !== 'spot-reclaim' || role === 'worker')
        .map(({ name }) => name);
    case 'Pod':
      return all.flatMap(({ name }) => podsByNode.get(name) ?? []).map(({ namespace, name }) => `${namespace}/${name}`);
    case 'Process':
      return all.flatMap(({ name, processes }) => processes.map((process) => `${name}/${process.name}`));
    case 'Rack':
      return racks;
    case 'Zone':
      return zones;
    case 'Place':
      return [...all.map(({ name }) => name), ...(racks.length > zones.length ? racks : []), ...zones];
    case 'Cluster':
      return [''];
  }
}

/** The fault of a kind that is in force on a thing; undefined: none is. One that lies between two places is never found. */
export function inForceOn(
  kind: FaultKind,
  name: string,
  { faults, ...known }: Known & { readonly faults: readonly FaultRecord[] },
): FaultRecord | undefined {
  if (kind.between) return undefined;
  const sought = JSON.stringify(kind.on(name, known, THE_REST));
  return faults.find(({ fault }) => JSON.stringify(fault) === sought);
}

/** What a fault is on, to the container. */
export const placeOf = (fault: Fault): string =>
  'pod' in fault && fault.container !== undefined ? `${fault.pod}/${fault.container}` : faultTarget(fault);
