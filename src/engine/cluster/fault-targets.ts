/** Whether what a fault names is there, for those who bring faults by name. */
import { nothingToCorrupt } from './fault-rules';
import type { Fault, MachineRecord, Subject } from './records';

/** What has to be known for that. */
export interface Known {
  readonly machines: readonly MachineRecord[];
  readonly object: (subject: Subject) => unknown;
}

/** What a fault names and is not there, in words; null: all is there. */
export function missingOf(fault: Fault, { machines, object }: Known): string | null {
  const names = machines.map(({ name }) => name);
  const oneOf = (what: string, name: string, all: readonly string[]): string | null =>
    all.includes(name) ? null : `there is no ${what} "${name}"; there are ${listed(all)}`;
  if ('process' in fault) {
    const ids = machines.flatMap(({ processes }) => processes.map(({ id }) => id));
    return ids.includes(fault.process) ? null : `there is no process "${fault.process}"`;
  }
  if ('pod' in fault) return missingContainer(fault, machines, object);
  if ('zone' in fault) return oneOf('zone', fault.zone, distinct(machines, 'zone'));
  if ('rack' in fault) return oneOf('rack', fault.rack, distinct(machines, 'rack'));
  if ('from' in fault) {
    const unknown = [...fault.from, ...fault.to].find((name) => !names.includes(name));
    return unknown === undefined ? null : oneOf('machine', unknown, names);
  }
  if (!('machine' in fault)) return null;
  const { machine } = fault;
  const role = machines.find(({ name }) => name === machine)?.role;
  if (fault.type === 'spot-reclaim' && role !== undefined && role !== 'worker')
    return `${machine} is no worker: the cloud takes only workers back`;
  return oneOf('machine', machine, names);
}

/** Why a fault is not in force although what it names is there. */
export const nothingDone = (fault: Fault): string =>
  fault.type === 'disk-corrupt' ? nothingToCorrupt(fault.machine) : `${fault.type} could do nothing`;

type OfContainer = Extract<Fault, { readonly pod: string }>;

function missingContainer(
  fault: OfContainer,
  machines: readonly MachineRecord[],
  object: Known['object'],
): string | null {
  const { namespace = 'default', pod: name, container } = fault;
  const pod = object({ kind: 'Pod', namespace, name }) as PodLike | null;
  const { initContainers = [], containers = [], ephemeralContainers = [] } = pod?.spec ?? {};
  const known = [...initContainers, ...containers, ...ephemeralContainers];
  if (pod !== null && container !== undefined && !known.some((one) => one.name === container))
    return `container ${container} is not valid for pod ${name}`;
  const runs = machines.some(({ sandboxes }) =>
    sandboxes.some((one) => one.name === name && one.namespace === namespace && one.running > 0),
  );
  if (runs) return null;
  return pod === null ? `pods "${name}" not found` : `pod ${name} does not have a running container`;
}

interface PodLike {
  readonly spec?: Partial<
    Record<'containers' | 'initContainers' | 'ephemeralContainers', readonly { readonly name: string }[]>
  >;
}

const distinct = (machines: readonly MachineRecord[], what: 'zone' | 'rack'): string[] => [
  ...new Set(machines.filter(({ role }) => role !== 'laptop').map((machine) => machine[what])),
];

const MOST = 12;

const listed = (names: readonly string[]): string =>
  `${names.slice(0, MOST).join(', ')}${names.length > MOST ? ', …' : ''}`;
