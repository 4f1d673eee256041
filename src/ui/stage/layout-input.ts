/** Reads from the mirror what the layout needs: as short strings and numbers, so that equal input is equal by value. */
import type { MachineRecord, PodRecord } from '#engine/cluster/records';
import { UNSCHEDULED } from '../state/mirror';
import type { LayoutInput } from './layout';

const keys = new WeakMap<ReadonlyMap<string, MachineRecord>, string>();
const serverKeys = new WeakMap<ReadonlyMap<string, MachineRecord>, string>();
const fullestBy = new WeakMap<ReadonlyMap<string, readonly PodRecord[]>, number>();

/** Names, roles, zones and racks of all machines in one string. */
export function machinesKey(machines: ReadonlyMap<string, MachineRecord>): string {
  let key = keys.get(machines);
  if (key === undefined) {
    key = [...machines.values()].map(({ name, role, zone, rack }) => `${name}\t${role}\t${zone}\t${rack}`).join('\n');
    keys.set(machines, key);
  }
  return key;
}

/** The machines that a `machinesKey` tells of. */
export function machinesFromKey(key: string): LayoutInput['machines'] {
  if (key === '') return [];
  return key.split('\n').map((line) => {
    const [name = '', role = '', zone = '', rack = ''] = line.split('\t');
    return { name, zone, rack, role: role === 'worker' || role === 'laptop' ? role : 'control-plane' };
  });
}

/** Which machine's API server the kubelet of each worker holds, in one string. */
export function serversKey(machines: ReadonlyMap<string, MachineRecord>): string {
  let key = serverKeys.get(machines);
  if (key === undefined) {
    key = [...machines.values()]
      .flatMap(({ name, role, processes }) => {
        const server =
          role === 'worker' ? processes.find((process) => process.name === 'kubelet')?.connection?.server : '';
        return server ? [`${name}\t${server.slice(0, server.indexOf('/'))}`] : [];
      })
      .join('\n');
    serverKeys.set(machines, key);
  }
  return key;
}

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
