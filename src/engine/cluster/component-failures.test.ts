import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { bootedStory, deployment, manifests, service, type Story } from './testing';
import { unsettled } from './testing-invariants';

const APP = manifests(deployment('web', { replicas: 6 }), service('web'));

function withWeb(recorded = false): Story {
  const t = bootedStory({ recorded });
  t.apply(APP);
  t.until('web runs', () => t.readyPodsOf('web').length === 6, MINUTE);
  t.run(5 * SECOND);
  t.forget();
  return t;
}

const CONTROL_PLANE = 'control-plane-1';
const names = (t: Story): string[] => t.podsOf('web').map(({ name }) => name);

describe('a component that is killed', () => {
  for (const component of ['kube-apiserver', 'etcd', 'kube-scheduler', 'kube-controller-manager']) {
    it(`${component} comes back, and nothing that ran is touched`, () => {
      const t = withWeb();
      const before = names(t);
      t.fault({ type: 'kill-process', process: `${CONTROL_PLANE}/${component}` });
      expect(t.machine(CONTROL_PLANE).processes.find(({ name }) => name === component)!.state).toBe('down');
      t.run(2 * MINUTE);
      expect(names(t)).toEqual(before);
      expect(t.podsOf('web').every(({ restarts }) => restarts === 0)).toBe(true);
      expect(unsettled(t, { web: 6 })).toEqual([]);
      expect(t.eventsOf('Node', 'NodeNotReady')).toEqual([]);
      expect(t.scale('web', 8)).toMatchObject({ ok: true });
      t.run(MINUTE);
      expect(unsettled(t, { web: 8 })).toEqual([]);
    });
  }

  it('kubectl says that the connection was refused while the API server is down', () => {
    const t = withWeb();
    t.fault({ type: 'kill-process', process: `${CONTROL_PLANE}/kube-apiserver` });
    const answer = t.apply(APP);
    expect(answer).toMatchObject({ ok: false, code: 1, output: '' });
    expect(answer.error).toMatch(
      /^The connection to the server .* was refused - did you specify the right host or port\?$/m,
    );
  });

  it('the controller manager in the middle of a scale-up: no pod is created twice', () => {
    for (const after of [1_000, 4_000, 9_000, 15_000, 40_000]) {
      const t = withWeb();
      t.request('PATCH', '/apis/apps/v1/namespaces/default/deployments/web/scale', {
        contentType: 'application/merge-patch+json',
        body: { spec: { replicas: 40 } },
      });
      t.run(after);
      t.fault({ type: 'kill-process', process: `${CONTROL_PLANE}/kube-controller-manager` });
      t.run(2 * MINUTE);
      expect(unsettled(t, { web: 40 })).toEqual([]);
      expect(t.eventsOf('ReplicaSet', 'SuccessfulDelete')).toEqual([]);
    }
  });

  it('the scheduler in the middle of a scale-up: every pod is bound once', () => {
    for (const after of [2_000, 6_000, 12_000, 30_000]) {
      const t = withWeb();
      t.scale('web', 40);
      t.run(after);
      t.fault({ type: 'kill-process', process: `${CONTROL_PLANE}/kube-scheduler` });
      t.run(2 * MINUTE);
      expect(unsettled(t, { web: 40 })).toEqual([]);
    }
  });

  it('a kubelet: its containers run on, and it finds them again', () => {
    const t = withWeb();
    const before = names(t);
    t.fault({ type: 'kill-process', process: 'node-1/kubelet' });
    t.run(3 * SECOND);
    expect(t.machine('node-1').processes.find(({ name }) => name === 'kubelet')!.state).toBe('down');
    expect(t.machine('node-1').sandboxes.length).toBe(t.podsOf('web').filter(({ node }) => node === 'node-1').length);
    t.run(2 * MINUTE);
    expect(names(t)).toEqual(before);
    expect(t.podsOf('web').map(({ restarts }) => restarts)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(unsettled(t, { web: 6 })).toEqual([]);
  });

  it('a container runtime: it finds its containers again', () => {
    const t = withWeb();
    const before = names(t);
    t.fault({ type: 'kill-process', process: 'node-1/containerd' });
    t.run(2 * MINUTE);
    expect(names(t)).toEqual(before);
    expect(unsettled(t, { web: 6 })).toEqual([]);
  });
});

describe('a component that is paused', () => {
  it('a kubelet for two minutes: its node is NotReady, its pods run on and stay', () => {
    const t = withWeb();
    const before = names(t);
    const pause = t.fault({ type: 'pause-process', process: 'node-1/kubelet' });
    t.run(2 * MINUTE);
    expect(t.node('node-1')).toMatchObject({ ready: 'Unknown' });
    expect(t.machine('node-1').sandboxes.every(({ running, containers }) => running === containers)).toBe(true);
    t.heal(pause);
    t.run(MINUTE);
    expect(names(t)).toEqual(before);
    expect(unsettled(t, { web: 6 })).toEqual([]);
  });

  for (const component of ['kube-apiserver', 'etcd', 'kube-scheduler', 'kube-controller-manager']) {
    it(`${component} for 40 s: everything goes on where it stood`, () => {
      const t = withWeb();
      const before = names(t);
      const pause = t.fault({ type: 'pause-process', process: `${CONTROL_PLANE}/${component}` });
      t.run(40 * SECOND);
      t.heal(pause);
      t.run(3 * MINUTE);
      expect(names(t)).toEqual(before);
      expect(unsettled(t, { web: 6 })).toEqual([]);
    });
  }
});

describe('the control plane without power', () => {
  // kernel: what a client sends to a machine that was off since is not answered with a reset (see convergence.test.ts).
  it('for as long as a reboot takes: kubelets go on hearing of their pods', () => {
    const t = withWeb();
    t.fault({ type: 'reboot', machine: CONTROL_PLANE });
    t.run(MINUTE);
    t.scale('web', 12);
    t.run(MINUTE);
    expect(unsettled(t, { web: 12 })).toEqual([]);
  });

  it('for a minute: the workers run on, and the cluster comes back with all that etcd had synced', () => {
    const t = withWeb();
    const before = names(t);
    const off = t.fault({ type: 'power-off', machine: CONTROL_PLANE });
    t.run(MINUTE);
    for (const node of ['node-1', 'node-2', 'node-3', 'node-4']) {
      const bound = t.podsOf('web').filter((pod) => pod.node === node);
      expect(t.machine(node).sandboxes.length).toBe(bound.length);
    }
    t.heal(off);
    t.run(5 * MINUTE);
    expect(names(t)).toEqual(before);
    expect(unsettled(t, { web: 6 })).toEqual([]);
  });

  it('for ten minutes: no pod is evicted for its own silence', () => {
    const t = withWeb();
    const before = names(t);
    const off = t.fault({ type: 'power-off', machine: CONTROL_PLANE });
    t.run(10 * MINUTE);
    t.heal(off);
    t.run(5 * MINUTE);
    expect(names(t)).toEqual(before);
    expect(unsettled(t, { web: 6 })).toEqual([]);
  });
});
