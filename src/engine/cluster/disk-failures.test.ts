import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { bootedStory, deployment, type Story } from './testing';

const leaderOf = (t: Story): string | undefined =>
  [...t.machines.values()].find(({ processes }) => processes.some(({ raft }) => raft?.role === 'leader'))?.name;

/** What a machine's etcd has logged. */
function etcdLog(t: Story, machine: string): string {
  const { logs } = t.engine.observe(null);
  return logs.flatMap(({ process, text }) => (process === `${machine}/etcd` ? [text] : [])).join('\n');
}

const ha = (): Story => bootedStory({ controlPlanes: 3, nodes: 1, zones: 1, recorded: false });

describe('the disk of a worker that is full', () => {
  it('puts the node under disk pressure: nothing new is scheduled there until five minutes after it was emptied', () => {
    const t = bootedStory({ nodes: 2, zones: 1, recorded: false });
    const full = t.fault({ type: 'disk-full', machine: 'node-1' });
    t.run(20 * SECOND);
    expect(t.node('node-1').conditions).toContainEqual(
      expect.objectContaining({ type: 'DiskPressure', status: 'True', reason: 'KubeletHasDiskPressure' }),
    );
    expect(t.node('node-1').taints).toContainEqual(
      expect.objectContaining({ key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule' }),
    );
    expect(t.eventsOf('Node', 'NodeHasDiskPressure').map(({ message }) => message)).toEqual([
      'Node node-1 status is now: NodeHasDiskPressure',
    ]);
    t.apply(deployment('web', { replicas: 4 }));
    t.run(30 * SECOND);
    expect(t.readyPodsOf('web').map(({ node }) => node)).toEqual(['node-2', 'node-2', 'node-2', 'node-2']);
    t.heal(full);
    t.run(4 * MINUTE);
    expect(t.node('node-1').taints).toHaveLength(1);
    t.run(90 * SECOND);
    expect(t.node('node-1').taints).toEqual([]);
  });

  it('before the kubelet looks: the image cannot be unpacked, in containerd’s words, and can be once there is room', () => {
    const t = bootedStory({ nodes: 1, zones: 1, recorded: false });
    const full = t.fault({ type: 'disk-full', machine: 'node-1' });
    t.apply(deployment('web', { replicas: 1, pod: '      tolerations: [{operator: Exists}]\n' }));
    t.run(20 * SECOND);
    expect(t.eventsOf('Pod', 'Failed').map(({ message }) => message)).toContainEqual(
      expect.stringMatching(
        /^Failed to pull image "nginx:1.27": rpc error: code = Unknown desc = failed to pull and unpack image "docker.io\/library\/nginx:1.27": failed to extract layer sha256:[0-9a-f]{64}: write \/var\/lib\/containerd\/.*: no space left on device: unknown$/,
      ),
    );
    t.heal(full);
    t.run(MINUTE);
    expect(t.readyPodsOf('web')).toHaveLength(1);
  });
});

describe('the disk of an etcd leader', () => {
  it('full: etcd ends with the words of Linux, another member leads; with room again it comes back', () => {
    const t = ha();
    const leader = leaderOf(t)!;
    const full = t.fault({ type: 'disk-full', machine: leader });
    t.run(10 * SECOND);
    expect(etcdLog(t, leader)).toMatch(/failed to save Raft hard state and entries .*: no space left on device"\}/);
    expect(leaderOf(t)).not.toBe(leader);
    expect(t.apply(deployment('web', { replicas: 1 }))).toMatchObject({ ok: true });
    t.heal(full);
    t.run(2 * MINUTE);
    const etcds = t.systemPods.filter(({ name }) => name.startsWith('etcd-'));
    expect(etcds.map(({ ready }) => ready)).toEqual([true, true, true]);
  });

  it('corrupt: it goes on until it starts again, then refuses; can it be read again, it takes part again', () => {
    const t = ha();
    const leader = leaderOf(t)!;
    const corrupt = t.fault({ type: 'disk-corrupt', machine: leader });
    t.run(10 * SECOND);
    expect(leaderOf(t)).toBe(leader);
    t.fault({ type: 'reboot', machine: leader });
    t.run(2 * MINUTE);
    expect(etcdLog(t, leader)).toContain('failed to read WAL, cannot be repaired {"error":"wal: crc mismatch"}');
    expect(leaderOf(t)).not.toBe(leader);
    // its kubelet knows no other API server than the one beside it, which finds no etcd
    expect(t.node(leader).ready).toBe('Unknown');
    t.heal(corrupt);
    t.run(4 * MINUTE);
    expect(t.systemPods.find(({ name }) => name === `etcd-${leader}`)).toMatchObject({ ready: true });
  });

  it('2,000 times as slow: it loses the lead, and writes go on through another', () => {
    const t = ha();
    const leader = leaderOf(t)!;
    const slow = t.fault({ type: 'disk-slow', machine: leader, times: 2_000 });
    t.run(30 * SECOND);
    expect(etcdLog(t, leader)).toMatch(/slow fdatasync \{"took":"\d/);
    expect(leaderOf(t)).not.toBe(leader);
    expect(t.apply(deployment('web', { replicas: 1 }))).toMatchObject({ ok: true });
    t.heal(slow);
    t.run(30 * SECOND);
    expect(t.readyPodsOf('web')).toHaveLength(1);
  });

  it('nothing is corrupted where there is no etcd', () => {
    const t = bootedStory({ nodes: 1, zones: 1, recorded: false });
    t.fault({ type: 'disk-corrupt', machine: 'node-1' });
    expect(t.engine.observe(null).faults).toEqual([]);
  });
});
