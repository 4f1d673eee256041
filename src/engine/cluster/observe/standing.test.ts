import { describe, expect, it } from 'vitest';
import type { ProcessRecord } from '../records';
import { bootedStory, type Story } from '../testing';

const processOf = (t: Story, id: string): ProcessRecord => {
  const [machine = '', name] = id.split('/');
  const process = t.machine(machine).processes.find((candidate) => candidate.name === name);
  if (process === undefined) throw new Error(`there is no ${id}`);
  return process;
};

describe('what is shown of how processes stand', () => {
  const t = bootedStory({ recorded: false, nodes: 1 });

  it('tells of an etcd member that is alone: it leads, and what its disk holds is committed', () => {
    const { raft } = processOf(t, 'control-plane-1/etcd');
    expect(raft).toMatchObject({
      role: 'leader',
      term: 1,
      leader: 'control-plane-1/etcd',
      voters: ['control-plane-1/etcd'],
      votes: [],
      progress: [],
    });
    expect(raft!.appliedIndex).toBeGreaterThan(20);
    expect(raft!.commitIndex).toBeGreaterThanOrEqual(raft!.appliedIndex);
    expect(raft!.lastIndex).toBeGreaterThanOrEqual(raft!.commitIndex);
  });

  it('names the API server that every client holds', () => {
    const open = { server: 'control-plane-1/kube-apiserver', state: 'open' };
    for (const id of ['node-1/kubelet', 'control-plane-1/kubelet', 'control-plane-1/kube-scheduler'])
      expect(processOf(t, id).connection).toEqual(open);
    expect(processOf(t, 'control-plane-1/kube-apiserver').connection).toBeNull();
  });

  it('says who holds the Lease, also after a new term began', () => {
    const id = 'control-plane-1/kube-controller-manager';
    const election = { lease: 'kube-controller-manager', phase: 'leading', holder: 'control-plane-1' };
    expect(processOf(t, id).election).toEqual(election);
    expect(processOf(t, 'node-1/kubelet').election).toBeNull();
    t.fault({ type: 'kill-process', process: 'control-plane-1/etcd' });
    expect(processOf(t, 'control-plane-1/etcd')).toMatchObject({ state: 'down', raft: null });
    t.until('etcd is back', () => processOf(t, 'control-plane-1/etcd').raft?.term === 2);
  });
});
