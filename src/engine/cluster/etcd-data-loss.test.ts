/**
 * Members of a whole cluster whose data is lost, or was restored from a backup while the others went on.
 *
 * @source etcd documentation, op-guide/{runtime-configuration,recovery}; etcd-io/raft log.go (commitTo), rafthttp/http.go (cluster ID mismatch)
 */
import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { bootedStory, deployment, type Story } from './testing';

let calls = 0;
function etcdctl(told: Story, command: string): string {
  const ticket = `etcdctl-${calls++}`;
  told.act({ type: 'etcdctl', ticket, command });
  told.until('it has answered', () => told.answers.has(ticket), MINUTE);
  return told.answers.get(ticket)!.output;
}

const idOf = (told: Story, machine: string): string =>
  etcdctl(told, 'member list')
    .split('\n')
    .find((line) => line.includes(`${machine}:2380`))!
    .split(',')[0]!;
const logOf = (told: Story, machine: string): string =>
  told.engine
    .observe(null)
    .logs.filter(({ process }) => process === `${machine}/etcd`)
    .map(({ text }) => text)
    .join('\n');
const raftOf = (told: Story, machine: string) =>
  told.machines.get(machine)?.processes.find(({ name }) => name === 'etcd')?.raft ?? null;
const write = (told: Story, name: string): number =>
  told.request('POST', '/api/v1/namespaces/default/configmaps', {
    body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } },
  }).code;
/** Names of a kind's objects in `default`, as one member's store has them. */
const stored = (told: Story, machine: string, resource: string): string[] =>
  etcdctl(
    told,
    `get /registry/${resource}/default/ --prefix --keys-only --consistency=s --endpoints=https://${machine}:2379`,
  )
    .split('\n')
    .filter((key) => key !== '')
    .map((key) => key.slice(key.lastIndexOf('/') + 1));
const readyNodes = (told: Story): string[] =>
  told.nodes
    .filter(({ ready }) => ready === 'True')
    .map(({ name }) => name)
    .sort();
const restarts = (told: Story): number[] => told.podsOf('web').map((pod) => pod.restarts);

function threeMasters(): Story {
  const told = bootedStory({ controlPlanes: 3, nodes: 2, zones: 1, recorded: false });
  told.apply(deployment('web', { replicas: 3 }));
  told.until('web runs', () => told.readyPodsOf('web').length === 3, MINUTE);
  expect(write(told, 'acknowledged')).toBe(201);
  told.run(5 * SECOND);
  return told;
}

const ALL = ['control-plane-1', 'control-plane-2', 'control-plane-3', 'node-1', 'node-2'];

describe('a member whose data is wiped', () => {
  it('panics under its old name, while the others go on; removed, wiped and added it takes part again', () => {
    const told = threeMasters();
    const wiped = 'control-plane-3';
    const before = idOf(told, wiped);
    told.fault({ type: 'etcd-wipe', machine: wiped });
    told.run(MINUTE);
    expect(logOf(told, wiped)).toMatch(
      /^tocommit\(\d+\) is out of range \[lastIndex\(0\)\]\. Was the raft log corrupted, truncated, or lost\?$/m,
    );
    expect(raftOf(told, wiped)).toBe(null);
    expect(told.node(wiped).ready).toBe('Unknown');
    expect(write(told, 'meanwhile')).toBe(201);

    expect(etcdctl(told, `member remove ${before}`)).toContain(`Member ${before} removed from cluster`);
    told.fault({ type: 'etcd-wipe', machine: wiped });
    const added = etcdctl(told, `member add ${wiped} --peer-urls=https://${wiped}:2380`);
    expect(added).toContain('ETCD_INITIAL_CLUSTER_STATE="existing"');
    told.until('all are Ready', () => readyNodes(told).length === ALL.length, 6 * MINUTE);
    expect(readyNodes(told)).toEqual(ALL);
    expect(idOf(told, wiped)).not.toBe(before);
    expect(raftOf(told, wiped)).toMatchObject({ role: 'follower' });
    expect(stored(told, wiped, 'configmaps')).toEqual(['acknowledged', 'kube-root-ca.crt', 'meanwhile']);
    expect(restarts(told)).toEqual([0, 0, 0]);
  });

  it('is overruled by the leader that is elected meanwhile when it was the first one, whose manifest names only itself', () => {
    const told = threeMasters();
    const first = 'control-plane-1';
    told.fault({ type: 'etcd-wipe', machine: first });
    told.run(2 * MINUTE);
    expect(stored(told, first, 'configmaps')).toEqual(['acknowledged', 'kube-root-ca.crt']);
    expect(raftOf(told, first)!.term).toBe(raftOf(told, 'control-plane-2')!.term);
    expect(write(told, 'after')).toBe(201);
    expect(readyNodes(told)).toEqual(ALL);
    expect(told.readyPodsOf('web')).toHaveLength(3);
    expect(restarts(told)).toEqual([0, 0, 0]);
  });
});

describe('a cluster that is restored beside the one that runs', () => {
  it('is another one: neither hears the other, each serves what it has, until one of them is taken away', () => {
    const told = threeMasters();
    const restored = 'control-plane-1';
    const old = idOf(told, restored);
    etcdctl(told, 'snapshot save backup.db');
    expect(write(told, 'after-the-backup')).toBe(201);
    const alone = `--initial-cluster=${restored}=https://${restored}:2380`;
    expect(etcdctl(told, `etcdutl snapshot restore backup.db ${alone}`)).toContain('restored snapshot backup.db');
    told.run(MINUTE);
    expect(logOf(told, restored)).toContain('request cluster ID mismatch');
    expect(raftOf(told, restored)).toMatchObject({ role: 'leader', voters: [`${restored}/etcd`] });
    const roles = ['control-plane-2', 'control-plane-3'].map((machine) => raftOf(told, machine)!.role);
    expect(roles.sort()).toEqual(['follower', 'leader']);

    // The laptop's connection is to the API server beside the restored member.
    expect(write(told, 'to-the-restored')).toBe(201);
    expect(stored(told, restored, 'configmaps')).toEqual(['acknowledged', 'kube-root-ca.crt', 'to-the-restored']);
    for (const machine of ['control-plane-2', 'control-plane-3'])
      expect(stored(told, machine, 'configmaps')).toEqual(['acknowledged', 'after-the-backup', 'kube-root-ca.crt']);

    told.fault({ type: 'power-off', machine: restored });
    told.act({ type: 'remove-machine', machine: restored });
    const endpoints = '--endpoints=https://control-plane-2:2379,https://control-plane-3:2379';
    etcdctl(told, `member remove ${old} ${endpoints}`);
    told.until('the others are Ready', () => readyNodes(told).length === 4, 5 * MINUTE);
    told.run(MINUTE);
    expect(raftOf(told, 'control-plane-2')!.voters).toHaveLength(2);
    expect(stored(told, 'control-plane-2', 'configmaps')).toEqual([
      'acknowledged',
      'after-the-backup',
      'kube-root-ca.crt',
    ]);
    expect(told.readyPodsOf('web')).toHaveLength(3);
    expect(restarts(told)).toEqual([0, 0, 0]);
    expect(write(told, 'in-the-end')).toBe(201);
  });
});
