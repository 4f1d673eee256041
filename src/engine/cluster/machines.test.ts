import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { bootedStory, deployment, manifests, service } from './testing';
import { unsettled } from './testing-invariants';

describe('a worker that is added', () => {
  it('registers, gets its addresses, is Ready, and takes pods that waited for room', () => {
    const t = bootedStory({ recorded: false, nodes: 1, nodePods: 5 });
    t.apply(deployment('web', { replicas: 8 }));
    t.until('the node is full', () => t.readyPodsOf('web').length === 5, MINUTE);
    t.run(30 * SECOND);
    t.act({ type: 'add-machine' });
    t.until('the rest runs', () => t.readyPodsOf('web').length === 8, MINUTE);
    const added = t.node('node-2');
    expect(added.podCIDR).not.toBe(t.node('node-1').podCIDR);
    expect(added.podCIDR).toMatch(/\/24$/);
    expect(added.requested.pods).toBe(3);
    t.run(30 * SECOND);
    expect(unsettled(t, { web: 8 })).toEqual([]);
  });

  it('stands in the zone with the fewest workers, and numbers are never used again', () => {
    const t = bootedStory({ recorded: false, nodes: 3, zones: 2 });
    t.act({ type: 'add-machine' });
    expect(t.machine('node-4').zone).toBe('zone-b');
    t.act({ type: 'remove-machine', machine: 'node-4' });
    t.act({ type: 'add-machine', zone: 'zone-a' });
    expect(t.machine('node-5').zone).toBe('zone-a');
    t.run(MINUTE);
    expect(t.node('node-5').ready).toBe('True');
  });
});

describe('a worker that is taken away', () => {
  it('leaves a Node that is NotReady for ever; when that is deleted its pods are collected, as the golden transcript tells', async () => {
    const t = bootedStory();
    t.apply(manifests(deployment('web', { replicas: 6 }), service('web')));
    t.until('web runs', () => t.readyPodsOf('web').length === 6, MINUTE);
    t.run(10 * SECOND);
    t.forget();
    t.act({ type: 'remove-machine', machine: 'node-2' });
    expect(t.machines.has('node-2')).toBe(false);
    const lost = t.podsOf('web').filter(({ node }) => node === 'node-2');
    t.run(10 * MINUTE);
    expect(t.node('node-2').ready).toBe('Unknown');
    expect(lost.map(({ name }) => t.pod(name)?.status)).toEqual(lost.map(() => 'Terminating'));
    expect(t.readyPodsOf('web').length).toBe(6);

    expect(t.request('DELETE', '/api/v1/nodes/node-2').code).toBe(200);
    const deletedAt = t.now;
    t.until('the pods are gone', () => lost.every(({ name }) => t.pod(name) === undefined), 3 * MINUTE);
    // Quarantine of 40 s, in passes of 20 s.
    expect(t.now - deletedAt).toBeGreaterThanOrEqual(40 * SECOND);
    expect(t.now - deletedAt).toBeLessThanOrEqual(81 * SECOND);
    t.run(MINUTE);
    expect(unsettled(t, { web: 6 })).toEqual([]);
    await expect(t.transcript).toMatchFileSnapshot('transcripts/removed-machine.txt');
  });

  it('at once with its Node: its pods are replaced after the quarantine, without waiting for a toleration', () => {
    const t = bootedStory({ recorded: false });
    t.apply(deployment('web', { replicas: 6 }));
    t.until('web runs', () => t.readyPodsOf('web').length === 6, MINUTE);
    t.act({ type: 'remove-machine', machine: 'node-2' });
    t.request('DELETE', '/api/v1/nodes/node-2');
    t.run(2 * MINUTE);
    expect(unsettled(t, { web: 6 })).toEqual([]);
  });
});

describe('a node that is cordoned', () => {
  it('takes no more pods, keeps those it has, and says so', () => {
    const t = bootedStory({ recorded: false, nodes: 2 });
    t.apply(deployment('web', { replicas: 4 }));
    t.until('web runs', () => t.readyPodsOf('web').length === 4, MINUTE);
    const patch = (unschedulable: boolean) =>
      t.request('PATCH', '/api/v1/nodes/node-1', {
        contentType: 'application/strategic-merge-patch+json',
        body: { spec: { unschedulable } },
      });
    patch(true);
    t.run(SECOND);
    expect(t.node('node-1').taints.map(({ key }) => key)).toEqual(['node.kubernetes.io/unschedulable']);
    const before = t.podsOf('web').filter(({ node }) => node === 'node-1').length;
    t.scale('web', 10);
    t.run(30 * SECOND);
    expect(t.podsOf('web').filter(({ node }) => node === 'node-1').length).toBe(before);
    expect(t.readyPodsOf('web').length).toBe(10);
    patch(false);
    t.run(30 * SECOND);
    expect(unsettled(t, { web: 10 })).toEqual([]);
  });
});

describe('a reboot', () => {
  it('of a worker restarts its containers in the same pods', () => {
    const t = bootedStory({ recorded: false });
    t.apply(deployment('web', { replicas: 6 }));
    t.until('web runs', () => t.readyPodsOf('web').length === 6, MINUTE);
    const before = t.podsOf('web').map(({ name }) => name);
    t.fault({ type: 'reboot', machine: 'node-1' });
    t.run(2 * MINUTE);
    expect(t.podsOf('web').map(({ name }) => name)).toEqual(before);
    for (const pod of t.podsOf('web')) expect(pod.restarts).toBe(pod.node === 'node-1' ? 1 : 0);
    expect(t.eventsOf('Node', 'Rebooted').length).toBe(1);
    expect(unsettled(t, { web: 6 })).toEqual([]);
  });
});
