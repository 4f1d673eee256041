import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { bootedStory, type Story } from './testing';

const raftOf = (story: Story, machine: string) =>
  story.machines.get(machine)?.processes.find(({ name }) => name === 'etcd')?.raft ?? null;
const machines = (story: Story): string[] => [...story.machines.keys()].filter((name) => name.startsWith('control-'));
const leaders = (story: Story): string[] => machines(story).filter((name) => raftOf(story, name)?.role === 'leader');
const holderOf = (story: Story, component: string): string | null | undefined =>
  machines(story)
    .flatMap((machine) => story.machine(machine).processes)
    .find(({ name, election }) => name === component && election?.phase === 'leading')?.election?.holder;

const writes = (story: Story, name: string): number =>
  story.request('POST', '/api/v1/namespaces/default/configmaps', {
    body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } },
  }).code;

/** What stands on the laptop's terminal. */
function etcdctl(story: Story, command: string): string {
  story.act({ type: 'etcdctl', ticket: command, command });
  story.until('etcdctl is done', ({ answers }) => answers.has(command), MINUTE);
  return story.answers.get(command)!.output;
}

function threeMasters(): Story {
  const told = bootedStory({ controlPlanes: 3, nodes: 1, zones: 3, recorded: false });
  told.run(20 * SECOND);
  return told;
}

describe('three control planes', () => {
  it('do not care for clocks that go wrong: elections and leases go by what has passed', () => {
    const told = threeMasters();
    const before = [leaders(told), holderOf(told, 'kube-scheduler'), holderOf(told, 'kube-controller-manager')];
    told.fault({ type: 'clock-skew', machine: before[0]![0]!, by: 3600 * SECOND });
    told.fault({ type: 'clock-skew', machine: 'node-1', by: -600 * SECOND });
    told.run(2 * MINUTE);
    expect([leaders(told), holderOf(told, 'kube-scheduler'), holderOf(told, 'kube-controller-manager')]).toEqual(
      before,
    );
    expect(told.nodes.every(({ ready }) => ready === 'True')).toBe(true);
    expect(writes(told, 'a')).toBe(201);
  });

  it('get another leader when theirs can speak and not hear: it gives up by itself', () => {
    const told = threeMasters();
    const [deaf] = leaders(told);
    const term = raftOf(told, deaf!)!.term;
    told.fault({ type: 'cut-cable', machine: deaf!, direction: 'in' });
    told.run(10 * SECOND);
    expect(raftOf(told, deaf!)?.role).not.toBe('leader');
    const [leader] = leaders(told);
    expect(leader).not.toBe(deaf);
    expect(raftOf(told, leader!)!.term).toBeGreaterThan(term);
    told.run(MINUTE);
    expect(writes(told, 'a')).toBe(201);
  });

  it('replace one that is lost for good: its member is removed by hand, a new machine joins in its place', () => {
    const told = threeMasters();
    const [lost] = machines(told).filter((name) => !leaders(told).includes(name));
    told.fault({ type: 'power-off', machine: lost! });
    told.run(5 * SECOND);
    told.act({ type: 'remove-machine', machine: lost! });
    const members = etcdctl(told, 'member list').split('\n');
    const [id = ''] = members.find((line) => line.includes(`${lost}:2380`))?.split(',') ?? [];
    expect(etcdctl(told, `member remove ${id}`)).toContain(`Member ${id} removed from cluster`);
    told.act({ type: 'add-machine', role: 'control-plane' });
    told.until('it has joined', (now) => raftOf(now, 'control-plane-4')?.voters.length === 3, MINUTE);
    expect(raftOf(told, leaders(told)[0]!)!.voters).not.toContain(`${lost}/etcd`);
    expect(writes(told, 'a')).toBe(201);
  });
});
