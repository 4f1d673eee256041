import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { bootedStory, type Story } from './testing';

const template = (app: string, image: string): string => `
  selector:
    matchLabels:
      app: ${app}
  template:
    metadata:
      labels:
        app: ${app}
    spec:
      containers:
        - name: main
          image: ${image}
`;
const daemonSet = (image = 'nginx:1.27'): string =>
  `apiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  name: agent\nspec:${template('agent', image)}`;
const statefulSet = (replicas: number, image = 'nginx:1.27'): string =>
  `apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: db\nspec:\n  replicas: ${replicas}\n  serviceName: db${template('db', image)}`;

const placed = (t: Story): string[] =>
  t
    .podsOf('agent')
    .filter(({ deletionAt }) => deletionAt === null)
    .map(({ node }) => node ?? '')
    .sort();
const names = (t: Story, app: string): string[] =>
  t
    .podsOf(app)
    .map(({ name }) => name)
    .sort();
const WORKERS = ['node-1', 'node-2', 'node-3', 'node-4'];

describe('a DaemonSet', () => {
  it('has a pod on each worker, also on one that joins, and keeps off the control plane', () => {
    const t = bootedStory({ recorded: false });
    expect(t.apply(daemonSet())).toMatchObject({ ok: true });
    t.until('it runs', () => t.readyPodsOf('agent').length === 4, MINUTE);
    expect(placed(t)).toEqual(WORKERS);
    t.act({ type: 'add-machine' });
    t.until('on the new one too', () => t.readyPodsOf('agent').length === 5, MINUTE);
    expect(placed(t)).toEqual([...WORKERS, 'node-5']);
  });

  it('rolls a new image out with one pod missing at most', () => {
    const t = bootedStory({ recorded: false });
    t.apply(daemonSet());
    t.until('it runs', () => t.readyPodsOf('agent').length === 4, MINUTE);
    t.apply(daemonSet('nginx:1.28'));
    let fewest = 4;
    t.until(
      'all are new',
      () => {
        fewest = Math.min(fewest, t.readyPodsOf('agent').length);
        return t.readyPodsOf('agent').filter(({ images }) => images.join() === 'nginx:1.28').length === 4;
      },
      5 * MINUTE,
    );
    expect(fewest).toBe(3);
  });

  it('stays on a node whose power is cut, and is there again when it is back', () => {
    const t = bootedStory({ recorded: false });
    t.apply(daemonSet());
    t.until('it runs', () => t.readyPodsOf('agent').length === 4, MINUTE);
    const fault = t.fault({ type: 'power-off', machine: 'node-2' });
    t.run(8 * MINUTE);
    // Its pods tolerate not-ready and unreachable for ever: nobody evicts them.
    expect(placed(t)).toEqual(WORKERS);
    expect(t.readyPodsOf('agent')).toHaveLength(3);
    t.heal(fault);
    t.until('it runs everywhere', () => t.readyPodsOf('agent').length === 4, MINUTE);
  });
});

describe('a StatefulSet', () => {
  it('starts its pods one after the other; a deleted one comes back with its name', () => {
    const t = bootedStory({ recorded: false });
    expect(t.apply(statefulSet(3))).toMatchObject({ ok: true });
    t.until('it runs', () => t.readyPodsOf('db').length === 3, MINUTE);
    expect(names(t, 'db')).toEqual(['db-0', 'db-1', 'db-2']);
    const started = ['db-0', 'db-1', 'db-2'].map((name) => t.pod(name)!.createdAt);
    expect(started).toEqual([...started].sort((a, b) => a - b));
    expect(new Set(started).size).toBe(3);
    const { uid } = t.pod('db-1')!;
    t.request('DELETE', '/api/v1/namespaces/default/pods/db-1');
    t.until('db-1 is back', () => t.pod('db-1')?.uid !== uid && t.readyPodsOf('db').length === 3, MINUTE);
    expect(names(t, 'db')).toEqual(['db-0', 'db-1', 'db-2']);
  });

  it('under a dead node stays Terminating until somebody says that the node is out of service', () => {
    const t = bootedStory({ recorded: false });
    t.apply(statefulSet(2));
    t.until('it runs', () => t.readyPodsOf('db').length === 2, MINUTE);
    const { node, uid } = t.pod('db-1')!;
    t.fault({ type: 'power-off', machine: node! });
    t.run(15 * MINUTE);
    // At most one: whether the old one still runs cannot be known.
    expect(t.pod('db-1')).toMatchObject({ uid, status: 'Terminating' });
    const taints = [
      { key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoExecute' },
      { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' },
      { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' },
    ];
    const patched = t.request('PATCH', `/api/v1/nodes/${node}`, {
      body: { spec: { taints } },
      contentType: 'application/merge-patch+json',
    });
    expect(patched).toMatchObject({ ok: true });
    t.until('db-1 runs elsewhere', () => t.pod('db-1')?.uid !== uid && t.readyPodsOf('db').length === 2, 3 * MINUTE);
    expect(t.pod('db-1')!.node).not.toBe(node);
    t.run(SECOND);
  });
});
