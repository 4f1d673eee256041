/** Carries out faults and heals them (DESIGN 7). */
import { damageRecord, removeFolder, repairRecords } from '#engine/kernel/disk';
import type { Kernel } from '#engine/kernel/kernel';
import { memoryOf } from '#engine/kernel/machine';
import { type Burden, setCable } from '#engine/kernel/network';
import { type Micros, SECOND } from '#engine/kernel/time';
import { containerAt, freezeContainer, killContainer } from './container-faults';
import { beginStress, endStress } from './cpu-stress';
import type { FaultOrder, FaultsState } from './faults';
import type { EtcdFile, Fault } from './records';
import { factsOf, INTERNET } from './topology';

/** What a fault does when it begins, and what healing it does. */
interface FaultRule<F extends Fault> {
  begin(kernel: Kernel, fault: F, id: string): void;
  heal(kernel: Kernel, fault: F, id: string): void;
  /** It is over as soon as it has happened: nothing to heal. */
  readonly momentary?: boolean;
  /** Each one is kept for itself; the others set a state, and are begun again when another one was healed. */
  readonly distinct?: boolean;
}

const machinesOfZone = (kernel: Kernel, zone: string): string[] =>
  [...kernel.machines.values()]
    .filter((machine) => machine.zone === zone && machine.name !== INTERNET)
    .map(({ name }) => name);

type Corruption = Extract<Fault, { type: 'disk-corrupt' }>;

/** The newest of etcd's files of that sort; null: the machine has none. */
function newestFile(kernel: Kernel, { machine, file = 'wal' }: Corruption): string | null {
  const names = [...kernel.machine(machine).disk.files.keys()].filter((name) => name.startsWith(`${file}/`));
  return names.sort().at(-1) ?? null;
}

/** Why a corruption was not begun. */
export const nothingToCorrupt = (machine: string): string => `there is no such file of etcd on ${machine}`;

/** In the middle, where it is no record that a power cut could have torn. */
const middleOf = (kernel: Kernel, { machine }: Corruption, file: string): number =>
  Math.floor(kernel.machine(machine).disk.files.get(file)!.current.records.length / 2);

type OfWays = Extract<Fault, { type: 'latency' | 'packet-loss' }>;

/** Ways of more than one machine. */
function burden(kernel: Kernel, id: string, fault: OfWays, { latency, loss }: Pick<Burden, 'latency' | 'loss'>): void {
  if ('machine' in fault) return;
  const on = 'zone' in fault ? [{ zone: fault.zone }] : [fault, { from: fault.to, to: fault.from }];
  relieve(kernel, id);
  kernel.fabric.burdens = [...kernel.fabric.burdens, ...on.map((one): Burden => ({ id, on: one, latency, loss }))];
}

function relieve(kernel: Kernel, id: string): void {
  kernel.fabric.burdens = kernel.fabric.burdens.filter((one) => one.id !== id);
}

const NOTICE: Micros = 120 * SECOND;

/** When a reclaimed machine goes. */
export const goesAt = (at: Micros, { notice = NOTICE }: Extract<Fault, { type: 'spot-reclaim' }>): Micros =>
  at + notice;

const machinesOfRack = (kernel: Kernel, rack: string): string[] =>
  [...kernel.machines.values()].filter((machine) => machine.rack === rack).map(({ name }) => name);

/** Bytes: below the kubelet's threshold. */
const LEFT_OF_MEMORY = 50 * 1_048_576;

const ETCD_FOLDERS: readonly EtcdFile[] = ['wal', 'snap'];

const RULES: { readonly [Type in Fault['type']]: FaultRule<Extract<Fault, { type: Type }>> } = {
  'power-off': {
    begin: (kernel, { machine }) => kernel.powerOff(machine),
    heal: (kernel, { machine }) => kernel.powerOn(machine),
  } satisfies FaultRule<Extract<Fault, { machine: string }>>,
  reboot: {
    momentary: true,
    begin(kernel, { machine }) {
      kernel.powerOff(machine);
      kernel.powerOn(machine);
    },
    heal: () => undefined,
  },
  'kill-process': {
    momentary: true,
    begin: (kernel, fault) => ('process' in fault ? kernel.kill(fault.process) : killContainer(kernel, fault)),
    heal: () => undefined,
  },
  'pause-process': {
    begin: (kernel, fault) => ('process' in fault ? kernel.pause(fault.process) : freezeContainer(kernel, fault, true)),
    heal: (kernel, fault) =>
      'process' in fault ? kernel.resume(fault.process) : freezeContainer(kernel, fault, false),
  },
  'cut-cable': {
    begin: (kernel, { machine, direction = 'both' }) =>
      setCable(kernel.machine(machine).nic, { in: direction === 'out', out: direction === 'in' }),
    heal: (kernel, { machine }) => setCable(kernel.machine(machine).nic, { in: true, out: true }),
  },
  partition: {
    distinct: true,
    begin(kernel, { from, to, oneWay = false }, id) {
      const back = oneWay ? [] : [{ id, from: to, to: from }];
      kernel.fabric.partitions = [...kernel.fabric.partitions, { id, from, to }, ...back];
    },
    heal(kernel, _fault, id) {
      kernel.fabric.partitions = kernel.fabric.partitions.filter((partition) => partition.id !== id);
    },
  },
  latency: {
    begin(kernel, fault, id) {
      if ('machine' in fault) kernel.machine(fault.machine).nic.extraLatency = fault.add;
      else burden(kernel, id, fault, { latency: fault.add, loss: 0 });
    },
    heal(kernel, fault, id) {
      if ('machine' in fault) kernel.machine(fault.machine).nic.extraLatency = 0;
      else relieve(kernel, id);
    },
  },
  'packet-loss': {
    begin(kernel, fault, id) {
      if ('machine' in fault) kernel.machine(fault.machine).nic.loss = fault.rate;
      else burden(kernel, id, fault, { latency: 0, loss: fault.rate });
    },
    heal(kernel, fault, id) {
      if ('machine' in fault) kernel.machine(fault.machine).nic.loss = 0;
      else relieve(kernel, id);
    },
  },
  'clock-skew': {
    begin: (kernel, { machine, by }) => void (kernel.machine(machine).clockSkew = by),
    heal: (kernel, { machine }) => void (kernel.machine(machine).clockSkew = 0),
  },
  'disk-full': {
    begin: (kernel, { machine }) => void (kernel.machine(machine).disk.full = true),
    heal: (kernel, { machine }) => void (kernel.machine(machine).disk.full = false),
  },
  'disk-slow': {
    begin: (kernel, { machine, times }) => void (kernel.machine(machine).disk.slowness = times),
    heal: (kernel, { machine }) => void (kernel.machine(machine).disk.slowness = 1),
  },
  'disk-corrupt': {
    begin(kernel, fault) {
      const file = newestFile(kernel, fault);
      if (file !== null) damageRecord(kernel.machine(fault.machine).disk, file, middleOf(kernel, fault, file));
    },
    heal: (kernel, { machine }) => repairRecords(kernel.machine(machine).disk),
  },
  'etcd-wipe': {
    momentary: true,
    begin(kernel, { machine }) {
      kernel.kill(`${machine}/etcd`);
      for (const folder of ETCD_FOLDERS) removeFolder(kernel.machine(machine).disk, folder);
    },
    heal: () => undefined,
  },
  'memory-pressure': {
    begin(kernel, { machine, leaves = LEFT_OF_MEMORY }) {
      const state = kernel.machine(machine);
      state.memoryTaken = Math.max(0, memoryOf(state).free + state.memoryTaken - leaves);
    },
    heal: (kernel, { machine }) => void (kernel.machine(machine).memoryTaken = 0),
  },
  'cpu-stress': {
    begin: (kernel, { machine, workers }) => beginStress(kernel, kernel.machine(machine), workers),
    heal: (kernel, { machine }) => endStress(kernel, kernel.machine(machine)),
  },
  'spot-reclaim': {
    distinct: true,
    begin(kernel, fault, id) {
      const order: FaultOrder = { type: 'fault/reclaim', id };
      const from = `${fault.machine}/notice`;
      kernel.remind(goesAt(kernel.now, fault) - kernel.now, { type: 'kernel/order', order, from });
    },
    heal: () => undefined,
  },
  'dns-down': {
    begin: (kernel) => void (kernel.fabric.namesAreLost = true),
    heal: (kernel) => void (kernel.fabric.namesAreLost = false),
  },
  'image-registry-down': {
    begin: (kernel) => kernel.powerOff(INTERNET),
    heal: (kernel) => kernel.powerOn(INTERNET),
  },
  'rack-outage': {
    begin: (kernel, { rack }) => machinesOfRack(kernel, rack).forEach((machine) => kernel.powerOff(machine)),
    heal: (kernel, { rack }) => machinesOfRack(kernel, rack).forEach((machine) => kernel.powerOn(machine)),
  },
  'zone-outage': {
    begin: (kernel, { zone }) => machinesOfZone(kernel, zone).forEach((machine) => kernel.powerOff(machine)),
    heal: (kernel, { zone }) => machinesOfZone(kernel, zone).forEach((machine) => kernel.powerOn(machine)),
  },
};

/**
 * Begins a fault. One that names a machine or process that does not exist changes nothing and is not kept; the internet
 * cannot be named, only its registry be down.
 */
export function beginFault(state: FaultsState, kernel: Kernel, id: string, fault: Fault, at: Micros): void {
  if (state.active.has(id) || !concernsSomething(kernel, fault)) return;
  const rule = RULES[fault.type] as FaultRule<Fault>;
  rule.begin(kernel, fault, id);
  if (rule.momentary !== true) state.active.set(id, { id, at, fault });
}

/** Ends a fault. One that is not in force: nothing happens. */
export function healFault(state: FaultsState, kernel: Kernel, id: string): void {
  const record = state.active.get(id);
  if (record === undefined) return;
  state.active.delete(id);
  if (!concernsSomething(kernel, record.fault)) return;
  (RULES[record.fault.type] as FaultRule<Fault>).heal(kernel, record.fault, id);
  holdUpOthers(state, kernel, record.fault);
}

/** Healing one of two faults that do the same to the same thing leaves the other in force. */
function holdUpOthers(state: FaultsState, kernel: Kernel, healed: Fault): void {
  for (const { id, fault } of state.active.values()) {
    const rule = RULES[fault.type] as FaultRule<Fault>;
    if (effectOf(fault) !== effectOf(healed) || rule.distinct === true) continue;
    if (concernsSomething(kernel, fault)) rule.begin(kernel, fault, id);
  }
}

const effectOf = ({ type }: Fault): Fault['type'] =>
  type === 'zone-outage' || type === 'rack-outage' ? 'power-off' : type;

/** Whose notice is over. A fault of this id that began later has a notice of its own. */
export function reclaimed(state: FaultsState, kernel: Kernel, id: string): string | null {
  const record = state.active.get(id);
  if (record?.fault.type !== 'spot-reclaim' || goesAt(record.at, record.fault) !== kernel.now) return null;
  return record.fault.machine;
}

/** Power on by hand also ends the power-off that it undoes. */
export function powerOn(state: FaultsState, kernel: Kernel, machine: string): void {
  if (!isNameable(kernel, machine)) return;
  for (const { id, fault } of [...state.active.values()]) {
    if (fault.type === 'power-off' && fault.machine === machine) state.active.delete(id);
  }
  kernel.powerOn(machine);
}

function concernsSomething(kernel: Kernel, fault: Fault): boolean {
  if (fault.type === 'disk-corrupt') return isNameable(kernel, fault.machine) && newestFile(kernel, fault) !== null;
  if (fault.type === 'spot-reclaim') {
    const machine = kernel.machines.get(fault.machine);
    return machine !== undefined && factsOf(machine.spec).role === 'worker';
  }
  if ('pod' in fault) return fault.type === 'pause-process' || containerAt(kernel, fault) !== null;
  if ('machine' in fault) return isNameable(kernel, fault.machine);
  if ('process' in fault) return kernel.processes.has(fault.process) && !fault.process.startsWith(`${INTERNET}/`);
  return true;
}

const isNameable = (kernel: Kernel, machine: string): boolean => kernel.machines.has(machine) && machine !== INTERNET;
