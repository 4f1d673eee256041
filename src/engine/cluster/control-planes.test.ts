import { describe, expect, it } from 'vitest';
import type { CertificateSigningRequest, Endpoints, EndpointSlice } from '#engine/api/types';
import { MILLISECOND, MINUTE, SECOND } from '#engine/kernel/time';
import { newEngine } from './engine';
import { bootedStory, deployment, type Story } from './testing';
import { DEFAULT_CLUSTER } from './topology';

const processOf = (story: Story, machine: string, name: string) =>
  story.machines.get(machine)?.processes.find((process) => process.name === name);
const raftOf = (story: Story, machine: string) => processOf(story, machine, 'etcd')?.raft ?? null;
const voters = (story: Story): readonly string[] =>
  [...story.machines.keys()].flatMap((machine) => {
    const raft = raftOf(story, machine);
    return raft?.role === 'leader' ? raft.voters : [];
  });
const hasJoined = (story: Story, machine: string): boolean =>
  processOf(story, machine, 'kubeadm')?.state === 'down' && raftOf(story, machine)?.voters.length !== 0;
const said = (story: Story, machine: string): string[] =>
  story.engine
    .observe(null)
    .logs.filter(({ process }) => process === `${machine}/kubeadm`)
    .map(({ text }) => text);

const add = (story: Story): void => story.act({ type: 'add-machine', role: 'control-plane' });
const leave = (story: Story, machine: string): void => story.act({ type: 'remove-machine', machine });

describe('a control plane that is added', () => {
  it('joins as a learner, is promoted, and takes over when the first one leaves, as the golden transcript tells', async () => {
    const t = bootedStory({ nodes: 1, zones: 2 });
    t.apply(deployment('web', { replicas: 2 }));
    t.run(20 * SECOND);
    t.forget();
    add(t);
    t.until('it has joined', () => hasJoined(t, 'control-plane-2'), MINUTE);
    t.run(20 * SECOND);
    expect(t.machine('control-plane-2').zone).toBe('zone-b');
    expect(voters(t)).toEqual(['control-plane-1/etcd', 'control-plane-2/etcd']);
    expect(t.systemPods.filter(({ ready }) => ready)).toHaveLength(8);

    leave(t, 'control-plane-1');
    t.until('it has gone', () => !t.machines.has('control-plane-1'), MINUTE);
    expect(voters(t)).toEqual(['control-plane-2/etcd']);
    t.run(MINUTE);
    expect(t.nodes.map(({ name, ready }) => `${name} ${ready}`)).toEqual(['node-1 True', 'control-plane-2 True']);
    expect(processOf(t, 'node-1', 'kubelet')?.connection).toEqual({
      server: 'control-plane-2/kube-apiserver',
      state: 'open',
    });
    t.scale('web', 3);
    t.until('three pods run', () => t.readyPodsOf('web').length === 3, MINUTE);
    await expect(`${said(t, 'control-plane-2').join('\n')}\n\n${t.transcript}`).toMatchFileSnapshot(
      'transcripts/control-plane-joins-and-leaves.txt',
    );
  });

  it('waits for another one that is joining: one learner at a time', () => {
    const t = bootedStory({ nodes: 1, zones: 3, recorded: false });
    add(t);
    add(t);
    t.until('both have joined', () => voters(t).length === 3, MINUTE);
    expect(['control-plane-2', 'control-plane-3'].map((name) => t.machine(name).zone)).toEqual(['zone-b', 'zone-c']);
    t.run(20 * SECOND);
    expect(t.systemPods.filter(({ ready }) => ready)).toHaveLength(12);
    expect(t.nodes.every(({ ready }) => ready === 'True')).toBe(true);
  });

  it('cannot join while a member is missing, which etcd or its silence says, and joins when that is back', () => {
    const t = bootedStory({ controlPlanes: 3, nodes: 1, recorded: false });
    t.run(10 * SECOND);
    const lost = t.fault({ type: 'power-off', machine: 'control-plane-3' });
    t.run(MINUTE);
    add(t);
    t.run(MINUTE);
    expect(said(t, 'control-plane-4')).toContain('error: context deadline exceeded');
    expect(raftOf(t, 'control-plane-4')).toBe(null);
    t.heal(lost);
    t.until('it has joined', () => voters(t).length === 4, 2 * MINUTE);
  });

  it('is the same after the run was saved and restored while it joined, and when it has gone', () => {
    const t = bootedStory({ nodes: 1, recorded: false });
    const copy = newEngine({ seed: 1, freeze: true, cluster: { ...DEFAULT_CLUSTER, nodes: 1 } });
    add(t);
    t.until('it learns', () => raftOf(t, 'control-plane-2') !== null, MINUTE, 50 * MILLISECOND);
    copy.restore(structuredClone(t.engine.save()));
    t.run(30 * SECOND);
    copy.run(t.now, { events: 10_000_000 });
    expect(copy.hash()).toBe(t.engine.hash());
    expect(voters(t)).toHaveLength(2);
    leave(t, 'control-plane-2');
    t.until('it has gone', () => !t.machines.has('control-plane-2'), MINUTE, 50 * MILLISECOND);
    copy.restore(structuredClone(t.engine.save()));
    expect(copy.hash()).toBe(t.engine.hash());
  });
});

describe('a machine that joins a cluster that runs', () => {
  it('gets its certificate by a request that is approved and signed', () => {
    const t = bootedStory({ nodes: 1, recorded: false });
    t.act({ type: 'add-machine' });
    t.until('it is Ready', () => t.nodes.some(({ name, ready }) => name === 'node-2' && ready === 'True'), MINUTE);
    const requests = (): readonly CertificateSigningRequest[] =>
      (
        t.request('GET', '/apis/certificates.k8s.io/v1/certificatesigningrequests').body as {
          readonly items: readonly CertificateSigningRequest[];
        }
      ).items;
    const [asked] = requests();
    expect(asked?.metadata.name).toMatch(/^csr-[a-z0-9]{5}$/);
    expect(asked?.spec).toMatchObject({
      signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
      username: 'system:bootstrap:abcdef',
      usages: ['digital signature', 'client auth'],
    });
    expect(asked?.status?.conditions).toMatchObject([{ type: 'Approved', reason: 'AutoApproved' }]);
    expect(asked?.status?.certificate).not.toBe('');
  });
});

describe('the endpoints of the Service kubernetes', () => {
  const addresses = (story: Story): unknown => {
    const { endpoints = [] } = story.object<EndpointSlice>('EndpointSlice', 'kubernetes')!;
    const { subsets = [] } = story.object<Endpoints>('Endpoints', 'kubernetes')!;
    expect(subsets[0]?.addresses?.map(({ ip }) => ip)).toEqual(endpoints.map((one) => one.addresses[0]));
    return endpoints.map((one) => one.addresses[0]);
  };

  it('are all API servers: one that joins comes, one that dies goes when its lease has expired', () => {
    const t = bootedStory({ nodes: 1, recorded: false });
    expect(addresses(t)).toEqual(['10.0.0.1']);
    add(t);
    add(t);
    t.until('both have joined', () => voters(t).length === 3, MINUTE);
    t.run(15 * SECOND);
    expect(addresses(t)).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3']);

    t.fault({ type: 'power-off', machine: 'control-plane-3' });
    t.run(10 * SECOND);
    expect(addresses(t)).toHaveLength(3);
    t.run(20 * SECOND);
    expect(addresses(t)).toEqual(['10.0.0.1', '10.0.0.2']);
  });
});

describe('a control plane that is taken away', () => {
  it('leaves the group first, whoever leads; without power it stays a member until somebody removes it', () => {
    const t = bootedStory({ controlPlanes: 3, nodes: 1, recorded: false });
    t.run(10 * SECOND);
    leave(t, 'control-plane-2');
    t.until('it has gone', () => !t.machines.has('control-plane-2'), MINUTE);
    expect(voters(t)).toEqual(['control-plane-1/etcd', 'control-plane-3/etcd']);
    expect(t.nodes.map(({ name }) => name)).not.toContain('control-plane-2');

    add(t);
    t.until('a fourth one has joined', () => voters(t).length === 3, MINUTE);
    t.fault({ type: 'power-off', machine: 'control-plane-3' });
    leave(t, 'control-plane-3');
    expect(t.machines.has('control-plane-3')).toBe(false);
    t.run(20 * SECOND);
    expect(voters(t)).toContain('control-plane-3/etcd');
  });

  it('goes although etcd does not answer, and says what is left to do', () => {
    const t = bootedStory({ controlPlanes: 2, nodes: 1, recorded: false });
    t.run(10 * SECOND);
    t.fault({ type: 'power-off', machine: 'control-plane-2' });
    t.run(5 * SECOND);
    leave(t, 'control-plane-1');
    t.until('it has gone', () => !t.machines.has('control-plane-1'), 5 * MINUTE);
    expect(said(t, 'control-plane-1').join('\n')).toContain('please manually remove this etcd member using etcdctl');
  });
});
