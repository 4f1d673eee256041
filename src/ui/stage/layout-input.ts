/** Reads from the mirror what the layout needs: as short strings and numbers, so that equal input is equal by value. */
import type { MachineRecord, PodRecord } from '#engine/cluster/records';
import { UNSCHEDULED } from '../state/mirror';
import type { LayoutInput } from './layout';

const keys = new WeakMap<ReadonlyMap<string, MachineRecord>, string>();
const fullestBy = new WeakMap<ReadonlyMap<string, readonly PodRecord[]>, number>();

/** Names, roles and zones of all machines in one string. */
export function machinesKey(machines: ReadonlyMap<string, MachineRecord>): string {
  let key = keys.get(machines);
  if (key === undefined) {
    key = [...machines.values()].map(({ name, role, zone }) => `${name}\t${role}\t${zone}`).join('\n');
    keys.set(machines, key);
  }
  return key;
}

/** The machines that a `machinesKey` tells of. */
export function machinesFromKey(key: string): LayoutInput['machines'] {
  if (key === '') return [];
  return key.split('\n').map((line) => {
    const [name = '', role = '', zone = ''] = line.split('\t');
    return { name, zone, role: role === 'worker' || role === 'laptop' ? role : 'control-plane' };
  });
}

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
