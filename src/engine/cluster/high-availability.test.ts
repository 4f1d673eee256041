import { describe, expect, it } from 'vitest';
import { SECOND } from '#engine/kernel/time';
import { bootedStory, deployment, Heard, type Story } from './testing';

const raftOf = (story: Story, number: number) =>
  story.machines.get(`control-plane-${number}`)?.processes.find(({ name }) => name === 'etcd')?.raft ?? null;
const leaders = (story: Story): number[] =>
  [1, 2, 3, 4, 5, 6, 7].filter((number) => raftOf(story, number)?.role === 'leader');

const refusalOf = ({ body }: { readonly body: unknown }): string | undefined =>
  (body as { readonly message?: string } | null)?.message;

/** Three control planes, three workers, an app. */
function threeMasters(): Story {
  const told = bootedStory({ controlPlanes: 3, nodes: 3, zones: 3, recorded: false });
  told.apply(deployment('web', { replicas: 3 }));
  told.run(20 * SECOND);
  return told;
}

describe('three control planes', () => {
  it('are one cluster: one leader, one log, twelve static pods', () => {
    const told = threeMasters();
    expect(leaders(told)).toHaveLength(1);
    expect(told.systemPods.filter(({ ready }) => ready)).toHaveLength(12);
    expect(told.readyPodsOf('web')).toHaveLength(3);
    expect(new Set([1, 2, 3].map((number) => raftOf(told, number)!.term)).size).toBe(1);
  });

  it('elect a new leader within 3 s when the leader loses its power, and writes go on', () => {
    const told = threeMasters();
    const [before] = leaders(told);
    told.fault({ type: 'power-off', machine: `control-plane-${before}` });
    told.run(3 * SECOND);
    expect(leaders(told)).toHaveLength(1);
    expect(leaders(told)).not.toEqual([before]);
    told.run(30 * SECOND);
    told.scale('web', 5);
    told.run(40 * SECOND);
    expect(told.readyPodsOf('web').length).toBe(5);
  });

  it('without two of them answer nobody, while pods run on; one of them back, everything acknowledged is there', () => {
    const told = threeMasters();
    const faults = [1, 2].map((number) => told.fault({ type: 'power-off', machine: `control-plane-${number}` }));
    told.run(60 * SECOND);
    expect(leaders(told)).toEqual([]);
    expect(told.machines.get('node-1')!.sandboxes.some(({ running }) => running > 0)).toBe(true);
    told.heal(faults[0]!);
    told.run(120 * SECOND);
    expect(leaders(told)).toHaveLength(1);
    expect(told.deployment('web').ready).toBe(3);
    told.scale('web', 4);
    told.run(30 * SECOND);
    expect(told.readyPodsOf('web')).toHaveLength(4);
  });
});

describe('a quorum that is lost', () => {
  it('is told as Kubernetes tells it: reads and writes time out, health checks fail, watches end', () => {
    const told = threeMasters();
    const pods = '/api/v1/namespaces/default/pods';
    const watch = new Heard(told, 'watch', { method: 'GET', path: pods, query: { watch: 'true' } });
    told.run(SECOND);
    const faults = [2, 3].map((number) => told.fault({ type: 'power-off', machine: `control-plane-${number}` }));
    told.run(10 * SECOND);
    expect(watch.closed).toBe(true);
    told.engine.listen(null);
    expect(told.request('GET', '/readyz')).toMatchObject({ code: 500 });
    expect(told.request('GET', '/livez/etcd')).toMatchObject({ code: 500 });
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
    const written = told.request('POST', '/api/v1/namespaces/default/configmaps', { body });
    expect(written.code).toBe(500);
    expect(refusalOf(written)).toBe('etcdserver: request timed out');
    const read = new Heard(told, 'read', { method: 'GET', path: pods });
    told.run(66 * SECOND);
    told.engine.listen(null);
    expect(read.response?.code).toBe(504);
    expect(refusalOf(read.response!)).toContain('request did not complete within the allotted timeout');
    told.heal(faults[0]!);
    told.run(60 * SECOND);
    expect(told.request('GET', '/readyz').code).toBe(200);
    expect(told.readyPodsOf('web')).toHaveLength(3);
  });
});

describe('four control planes', () => {
  it('cut two and two have no leader on either side', () => {
    const told = bootedStory({ controlPlanes: 4, nodes: 1, zones: 2, recorded: false });
    told.fault({
      type: 'partition',
      from: ['control-plane-1', 'control-plane-2'],
      to: ['control-plane-3', 'control-plane-4'],
    });
    told.run(20 * SECOND);
    expect(leaders(told)).toEqual([]);
  });
});

describe('control planes of any number', () => {
  it.each([
    [2, 0],
    [5, 2],
    [6, 2],
    [7, 3],
  ])('%i come up, and go on without %i of them, not without one more', (size, spare) => {
    const told = bootedStory({ controlPlanes: size, nodes: 1, zones: 1, recorded: false });
    told.run(20 * SECOND);
    const numbers = Array.from({ length: size }, (_, index) => index + 1);
    expect(numbers.map((number) => raftOf(told, number)?.voters.length)).toEqual(numbers.map(() => size));
    expect(told.nodes.filter(({ ready }) => ready === 'True')).toHaveLength(size + 1);
    for (const number of numbers.slice(0, spare)) {
      told.fault({ type: 'power-off', machine: `control-plane-${number}` });
      told.run(5 * SECOND);
    }
    expect(leaders(told)).toHaveLength(1);
    told.fault({ type: 'power-off', machine: `control-plane-${spare + 1}` });
    told.run(10 * SECOND);
    expect(leaders(told)).toEqual([]);
  });
});

describe('the controller manager and the scheduler that lead', () => {
  const holderOf = (told: Story, component: string): readonly string[] =>
    [...told.machines.values()].flatMap(({ name, processes }) =>
      processes.some((one) => one.name === component && one.election?.phase === 'leading') ? [name] : [],
    );

  it.each(['kube-controller-manager', 'kube-scheduler'])(
    '%s: another one takes over 15 s after the last renewal of one that hangs, and keeps it when that goes on',
    (component) => {
      const told = threeMasters();
      const [before] = holderOf(told, component);
      const pause = told.fault({ type: 'pause-process', process: `${before}/${component}` });
      told.run(10 * SECOND);
      expect(holderOf(told, component)).toEqual([before]);
      told.until('another one leads', () => holderOf(told, component).some((name) => name !== before), 11 * SECOND);
      told.heal(pause);
      told.run(10 * SECOND);
      expect(holderOf(told, component)).toHaveLength(1);
      expect(holderOf(told, component)).not.toEqual([before]);
      told.scale('web', 5);
      told.run(40 * SECOND);
      expect(told.readyPodsOf('web')).toHaveLength(5);
    },
  );
});
