import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { bootedStory, deployment, manifests, service } from './testing';
import { unsettled } from './testing-invariants';

/** @source kubernetes pkg/scheduler/framework/types.go (FitError), plugins/defaultpreemption */
const overflow = (reason: string): string =>
  `0/5 nodes are available: 1 node(s) had untolerated taint(s), 4 ${reason}. ` +
  `preemption: 0/5 nodes are available: 1 Preemption is not helpful for scheduling, 4 No preemption victims found for incoming pod.`;

describe('scaling', () => {
  it('to 200 fills 4 workers of 4 CPU with 40 pods of 100 m each; the overflow is Pending and says why', () => {
    const t = bootedStory({ recorded: false });
    t.apply(manifests(deployment('web', { replicas: 3, cpu: '100m' }), service('web')));
    t.until('web runs', () => t.readyPodsOf('web').length === 3, MINUTE);
    t.scale('web', 200);
    t.until('the cluster is full', () => t.readyPodsOf('web').length === 160, 3 * MINUTE);
    t.run(10 * SECOND);

    const waiting = t.podsOf('web').filter(({ node }) => node === null);
    expect(waiting.length).toBe(40);
    for (const { status, message } of waiting) {
      expect(status).toBe('Pending');
      expect(message).toBe(overflow('Insufficient cpu'));
    }
    const told = new Set(t.eventsOf('Pod', 'FailedScheduling').map(({ message }) => message));
    expect([...told]).toContain(overflow('Insufficient cpu'));
    for (const { requested } of t.nodes.filter(({ roles }) => !roles.includes('control-plane'))) {
      expect(requested).toMatchObject({ pods: 40, milliCpu: 4000 });
    }
    expect(t.service('web').readyEndpoints).toBe(160);

    // Pods that wait are deleted first: nothing that runs ends.
    const running = t.readyPodsOf('web').map(({ name }) => name);
    t.scale('web', 160);
    t.run(40 * SECOND);
    expect(t.readyPodsOf('web').map(({ name }) => name)).toEqual(running);
    expect(unsettled(t, { web: 160 })).toEqual([]);

    t.scale('web', 4);
    t.run(MINUTE);
    expect(unsettled(t, { web: 4 })).toEqual([]);

    t.scale('web', 0);
    t.run(MINUTE);
    expect(t.podsOf('web')).toEqual([]);
    expect(t.deployment('web')).toMatchObject({ desired: 0, current: 0, ready: 0 });
    expect(t.service('web').endpoints).toBe(0);
    expect(unsettled(t, { web: 0 })).toEqual([]);
  });

  it('over the number of pods that nodes allow says "Too many pods", and goes on when a pod leaves', () => {
    const t = bootedStory({ recorded: false, nodePods: 10 });
    t.apply(deployment('web', { replicas: 42, cpu: '10m' }));
    t.until('the cluster is full', () => t.readyPodsOf('web').length === 40, 3 * MINUTE);
    t.run(10 * SECOND);
    const waiting = t.podsOf('web').filter(({ node }) => node === null);
    expect(waiting.map(({ message }) => message)).toEqual([overflow('Too many pods'), overflow('Too many pods')]);

    const victim = t.readyPodsOf('web')[0]!;
    t.request('DELETE', `/api/v1/namespaces/default/pods/${victim.name}`);
    t.until(
      'another pod takes its place',
      () => t.pod(victim.name) === undefined && t.readyPodsOf('web').length === 40,
      2 * MINUTE,
    );
  });

  it('a pod that asks for more than any node has is not helped by preemption anywhere', () => {
    const t = bootedStory({ recorded: false });
    t.apply(deployment('big', { replicas: 1, cpu: '5' }));
    t.run(5 * SECOND);
    expect(t.podsOf('big')[0]!.message).toBe(
      '0/5 nodes are available: 1 node(s) had untolerated taint(s), 4 Insufficient cpu. ' +
        'preemption: 0/5 nodes are available: 5 Preemption is not helpful for scheduling.',
    );
  });
});
