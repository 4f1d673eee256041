import { describe, expect, it } from 'vitest';
import type { ProcessId } from '#engine/kernel/process';
import { machine } from '../testing/builders';
import { machinesFromKey, machinesKey, serversKey } from './layout-input';

const held = (name: string, server: ProcessId) => {
  const base = machine(name);
  const kubelet = { ...base.processes[0]!, name: 'kubelet', connection: { server, state: 'open' as const } };
  return { ...base, processes: [kubelet] };
};
const map = (...machines: readonly ReturnType<typeof machine>[]) => new Map(machines.map((one) => [one.name, one]));

describe('the text about all machines', () => {
  it('is told again while what stands in it is the same, and tells of what is not', () => {
    const [one, two] = [machine('node-1', { zone: 'zone-a' }), machine('node-2', { zone: 'zone-b', rack: 'rack-2' })];
    const key = machinesKey(map(one, two));
    expect(machinesFromKey(key)).toMatchObject([
      { name: 'node-1' },
      { name: 'node-2', zone: 'zone-b', rack: 'rack-2' },
    ]);
    expect(machinesKey(map({ ...one, power: 'off' }, two))).toBe(key);
    for (const other of [
      map({ ...one, zone: 'zone-c' }, two),
      map({ ...one, region: 'far' }, two),
      map(two, one),
      map(one),
      map(one, two, machine('node-3')),
    ])
      expect(machinesFromKey(machinesKey(other))).toEqual(
        [...other.values()].map(({ name, zone, rack, region }) => ({ name, zone, rack, region, role: 'worker' })),
      );
  });

  it('says whose API server a kubelet holds as soon as it holds another', () => {
    const before = map(held('node-1', 'control-plane-1/kube-apiserver'));
    expect(serversKey(before)).toBe('node-1\tcontrol-plane-1');
    expect(serversKey(map(held('node-1', 'control-plane-2/kube-apiserver')))).toBe('node-1\tcontrol-plane-2');
    expect(serversKey(map(machine('node-1')))).toBe('');
  });
});
