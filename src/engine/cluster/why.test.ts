import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '#engine/kernel/time';
import type { Why } from './door';
import type { Subject } from './records';
import { bootedStory, deployment, manifests, type Story } from './testing';

const WEB = manifests(deployment('web', { replicas: 4 }));

const linesOf = ({ reasons }: Why): string[] => reasons.map(({ actor, text }) => `${actor}: ${text}`);
const pod = (name: string): Subject => ({ kind: 'Pod', namespace: 'default', name });
const web: Subject = { kind: 'Deployment', namespace: 'default', name: 'web' };
const anyPod: Subject = { kind: 'Pod', namespace: '', name: '' };

/** With a ring that holds some thirty seconds. */
function withWeb(): Story {
  const t = bootedStory({ recorded: false, kernel: { causes: 1024 } });
  t.apply(WEB);
  t.until('web runs', () => t.readyPodsOf('web').length === 4, MINUTE);
  return t;
}

describe('why', () => {
  it('reaches its beginning when the ring of causes has let go of it long ago, also after a restore', () => {
    const t = withWeb();
    t.run(12 * MINUTE);
    const { name } = t.podsOf('web')[0]!;
    const why = t.engine.why(pod(name));
    expect(why.complete).toBe(true);
    const told = linesOf(why);
    expect(told[told.length - 1]).toBe('you: You applied a manifest.');
    expect(told).toContainEqual(expect.stringMatching(/^kube-scheduler: default\/web-.* goes to node-/));
    expect(told).toContainEqual('kubectl: creates deployments.apps default/web');
    t.engine.restore(t.engine.save());
    expect(t.engine.why(pod(name))).toEqual(why);
  });

  it('tells of a pod that is long gone why it was deleted, also to an observer that comes new', () => {
    const t = withWeb();
    t.run(5 * SECOND);
    const gone = t.podsOf('web').map(({ name }) => name);
    t.scale('web', 1);
    t.run(12 * MINUTE);
    const lost = gone.find((name) => t.pod(name) === undefined)!;
    t.engine.restore(t.engine.save());
    const why = t.engine.why(pod(lost));
    expect(why.complete).toBe(true);
    const told = linesOf(why);
    expect(told).toContainEqual(
      expect.stringMatching(/^replicaset-controller: web-.* wants 1, sees 4 active: deleting 3$/),
    );
    expect(told[told.length - 1]).toMatch(/^you: You sent PATCH .*deployments\/web\/scale\.$/);
  });

  it('tells which of several inputs of one moment it was', () => {
    const t = bootedStory({ recorded: false });
    const path = '/api/v1/namespaces/default/configmaps';
    for (const name of ['a', 'b', 'c'])
      t.engine.input({
        type: 'request',
        ticket: name,
        method: 'POST',
        path,
        body: { metadata: { name } },
        query: { fieldManager: name },
      });
    t.engine.input({ type: 'fault', id: 'off', fault: { type: 'power-off', machine: 'node-1' } });
    t.run(SECOND);
    for (const name of ['a', 'b', 'c']) {
      const told = linesOf(t.engine.why({ kind: 'ConfigMap', namespace: 'default', name }));
      expect(told).toEqual([`kubectl: creates configmaps default/${name}`, `you: You sent POST ${path}.`]);
    }
  });

  it('tells of a machine what was done to it', () => {
    const t = bootedStory({ recorded: false });
    const off = t.fault({ type: 'power-off', machine: 'node-1' });
    t.fault({ type: 'cut-cable', machine: 'node-2' });
    t.heal(off);
    expect(linesOf(t.engine.why({ kind: 'Machine', namespace: '', name: 'node-1' }))).toEqual([
      'you: You healed a fault.',
      'you: You cut the power of node-1.',
      'start: The cluster was switched on.',
    ]);
  });

  it('says nothing of what never was', () => {
    const t = bootedStory({ recorded: false });
    expect(t.engine.why(pod('nobody'))).toMatchObject({ reasons: [], complete: false });
  });
});

describe('why there is no pod on a machine', () => {
  it('tells what the scheduler said of a machine that it turned down, and who cordoned that', () => {
    const t = bootedStory({ recorded: false });
    const path = '/api/v1/nodes/node-3';
    t.request('PATCH', path, { contentType: 'application/merge-patch+json', body: { spec: { unschedulable: true } } });
    t.run(10 * MINUTE);
    t.apply(WEB);
    t.run(MINUTE);
    const why = t.engine.why(web, 'node-3');
    expect(why.complete).toBe(true);
    const told = linesOf(why);
    expect(told).toContainEqual(
      expect.stringMatching(
        /^kube-scheduler: default\/web-\S+ was not let onto node-3 by NodeUnschedulable: node\(s\) were unschedulable$/,
      ),
    );
    expect(told).toContain('kube-apiserver: Node node-3 is unschedulable: it was cordoned.');
    expect(told[told.length - 1]).toBe(`you: You sent PATCH ${path}.`);
    expect(why.reasons.find(({ actor }) => actor === 'kube-scheduler')?.attempt?.rejected.length).toBeGreaterThan(0);
  });

  it('tells of one that scored less, and of pods that went', () => {
    const t = bootedStory({ recorded: false, nodes: 2 });
    t.apply(manifests(deployment('web', { replicas: 1 })));
    t.until('web runs', () => t.readyPodsOf('web').length === 1, MINUTE);
    const { node, name } = t.podsOf('web')[0]!;
    const other = node === 'node-1' ? 'node-2' : 'node-1';
    expect(linesOf(t.engine.why(web, other))).toContainEqual(
      expect.stringMatching(new RegExp(`^kube-scheduler: default/${name} went to ${node}.* ${other}`)),
    );
    expect(t.engine.why(web, node!)).toEqual(t.engine.why(pod(name)));

    t.fault({ type: 'power-off', machine: node! });
    t.run(7 * MINUTE);
    t.request('DELETE', `/api/v1/namespaces/default/pods/${name}`, { body: { gracePeriodSeconds: 0 } });
    t.run(SECOND);
    const told = linesOf(t.engine.why(web, node!));
    expect(told).toContainEqual(`you: You sent DELETE /api/v1/namespaces/default/pods/${name}.`);
    expect(told).toContain(`kube-apiserver: Node ${node} has the taint node.kubernetes.io/unreachable:NoExecute.`);
    expect(told).toContain(`you: You cut the power of ${node}.`);
  });

  it('tells of a machine that is no Node', () => {
    const t = bootedStory({ recorded: false });
    expect(linesOf(t.engine.why(anyPod, 'node-77'))[0]).toBe('kube-apiserver: There is no Node node-77.');
  });
});
