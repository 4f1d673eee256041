/** Reads from the mirror what the layout needs: as short strings and numbers, so that equal input is equal by value. */
import type { MachineRecord, PodRecord } from '#engine/cluster/records';
import { UNSCHEDULED } from '../state/mirror';
import type { LayoutInput } from './layout';

type Machines = ReadonlyMap<string, MachineRecord>;

const fullestBy = new WeakMap<ReadonlyMap<string, readonly PodRecord[]>, number>();

/**
 * A text about all machines, which is written anew only when one of them differs in what stands in it: of some thousand machines
 * a few change in every frame, and hardly ever in that.
 */
function textAbout(
  isSame: (one: MachineRecord, other: MachineRecord) => boolean,
  write: (machines: readonly MachineRecord[]) => string,
): (machines: Machines) => string {
  let last: { readonly machines: Machines; readonly text: string } | null = null;
  return (machines) => {
    if (last?.machines === machines) return last.text;
    const text = last !== null && areSame(last.machines, machines, isSame) ? last.text : write([...machines.values()]);
    last = { machines, text };
    return text;
  };
}

/** In the same order, too. */
function areSame(some: Machines, others: Machines, isSame: (one: MachineRecord, other: MachineRecord) => boolean) {
  if (some.size !== others.size) return false;
  const other = others.values();
  for (const one of some.values()) {
    const { value } = other.next();
    if (value === undefined || (one !== value && !isSame(one, value))) return false;
  }
  return true;
}

/** Names, roles, zones, racks and regions of all machines in one string. */
export const machinesKey = textAbout(
  (one, other) =>
    one.name === other.name &&
    one.role === other.role &&
    one.zone === other.zone &&
    one.rack === other.rack &&
    one.region === other.region,
  (machines) =>
    machines.map(({ name, role, zone, rack, region }) => `${name}\t${role}\t${zone}\t${rack}\t${region}`).join('\n'),
);

/** The machines that a `machinesKey` tells of. */
export function machinesFromKey(key: string): LayoutInput['machines'] {
  if (key === '') return [];
  return key.split('\n').map((line) => {
    const [name = '', role = '', zone = '', rack = '', region = ''] = line.split('\t');
    return { name, zone, rack, region, role: role === 'worker' || role === 'laptop' ? role : 'control-plane' };
  });
}

/** The API server that a worker's kubelet holds; empty where it holds none. */
const serverOf = ({ role, processes }: MachineRecord): string =>
  role === 'worker' ? (processes.find(({ name }) => name === 'kubelet')?.connection?.server ?? '') : '';

/** Which machine's API server the kubelet of each worker holds, in one string. */
export const serversKey = textAbout(
  (one, other) => one.name === other.name && serverOf(one) === serverOf(other),
  (machines) =>
    machines
      .flatMap((machine) => {
        const server = serverOf(machine);
        return server === '' ? [] : [`${machine.name}\t${server.slice(0, server.indexOf('/'))}`];
      })
      .join('\n'),
);

/** The servers that a `serversKey` tells of, by worker. */
export const serversFromKey = (key: string): ReadonlyMap<string, string> =>
  new Map(key.split('\n').map((line) => [line.slice(0, line.indexOf('\t')), line.slice(line.indexOf('\t') + 1)]));

/** Pods on the fullest node. */
export function fullestNode(podsByNode: ReadonlyMap<string, readonly PodRecord[]>): number {
  let fullest = fullestBy.get(podsByNode);
  if (fullest === undefined) {
    fullest = 0;
    for (const [node, pods] of podsByNode) if (node !== UNSCHEDULED) fullest = Math.max(fullest, pods.length);
    fullestBy.set(podsByNode, fullest);
  }
  return fullest;
}
