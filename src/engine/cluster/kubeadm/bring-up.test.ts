import { describe, expect, it } from 'vitest';
import { timestamp } from '#engine/api/timestamp';
import type { ConfigMap, Node, Pod } from '#engine/api/types';
import { detachedSignature } from '#engine/controllers/bootstrapsigner/signature';
import { SECOND } from '#engine/kernel/time';
import { bootedStory, type Story } from '../testing';

const pod = (story: Story, name: string): Pod => story.object<Pod>('Pod', `${name}-control-plane-1`, 'kube-system')!;
const processOf = (story: Story, name: string) =>
  story.machines.get('control-plane-1')!.processes.find((process) => process.name === name)!;

describe('a cluster that kubeadm brings up', () => {
  it('runs its control plane as static pods, whose mirrors the API shows', () => {
    const told = bootedStory({ nodes: 1, recorded: false });
    told.run(20 * SECOND);
    expect(told.systemPods.map(({ name, status, ready }) => [name, status, ready]).sort()).toEqual([
      ['etcd-control-plane-1', 'Running', true],
      ['kube-apiserver-control-plane-1', 'Running', true],
      ['kube-controller-manager-control-plane-1', 'Running', true],
      ['kube-scheduler-control-plane-1', 'Running', true],
    ]);
    const { metadata, spec } = pod(told, 'etcd');
    const { annotations = {}, ownerReferences = [] } = metadata;
    expect(annotations['kubernetes.io/config.source']).toBe('file');
    expect(annotations['kubernetes.io/config.mirror']).toBe(annotations['kubernetes.io/config.hash']);
    expect(ownerReferences).toMatchObject([{ kind: 'Node', name: 'control-plane-1', controller: true }]);
    expect(spec.priority).toBe(2_000_001_000);
    const node = told.object<Node>('Node', 'control-plane-1', '')!;
    expect(node.metadata.labels?.['node-role.kubernetes.io/control-plane']).toBe('');
    expect(node.spec.taints).toEqual([{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }]);
    for (const [kind, name, namespace] of [
      ['ConfigMap', 'kubeadm-config', 'kube-system'],
      ['ConfigMap', 'cluster-info', 'kube-public'],
      ['Secret', 'bootstrap-token-abcdef', 'kube-system'],
    ] as const) {
      expect([name, told.object(kind, name, namespace)]).not.toContain(null);
    }
  });

  it('has a component that was killed restarted by its kubelet: the container counts, its mirror says why it ended', () => {
    const told = bootedStory({ nodes: 1, recorded: false });
    told.fault({ type: 'kill-process', process: 'control-plane-1/kube-scheduler' });
    told.run(20 * SECOND);
    expect(processOf(told, 'kube-scheduler').state).toBe('running');
    const [status] = pod(told, 'kube-scheduler').status.containerStatuses!;
    expect(status).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 137, reason: 'Error' } } });
  });

  it('has one that hangs killed by its liveness probe and started anew', () => {
    const told = bootedStory({ nodes: 1, recorded: false });
    told.run(15 * SECOND);
    told.fault({ type: 'pause-process', process: 'control-plane-1/kube-scheduler' });
    told.run(150 * SECOND);
    expect(processOf(told, 'kube-scheduler').state).toBe('running');
    expect(pod(told, 'kube-scheduler').status.containerStatuses![0]!.restartCount).toBe(1);
  });

  it('brings a mirror back that somebody deletes, and does not touch what runs', () => {
    const told = bootedStory({ nodes: 1, recorded: false });
    const before = pod(told, 'etcd').metadata.uid;
    const started = processOf(told, 'etcd').startedAt;
    told.request('DELETE', '/api/v1/namespaces/kube-system/pods/etcd-control-plane-1');
    told.run(5 * SECOND);
    expect(pod(told, 'etcd').metadata.uid).not.toBe(before);
    expect(pod(told, 'etcd').status.phase).toBe('Running');
    expect(processOf(told, 'etcd').startedAt).toBe(started);
  });

  it('comes back from its disk after power was lost, kubeadm having nothing more to do', () => {
    const told = bootedStory({ nodes: 1, recorded: false });
    const id = told.fault({ type: 'power-off', machine: 'control-plane-1' });
    told.run(30 * SECOND);
    told.heal(id);
    told.run(60 * SECOND);
    expect(told.systemPods.every(({ ready }) => ready)).toBe(true);
    expect(processOf(told, 'kubeadm').state).toBe('down');
    expect(told.nodes.every(({ ready }) => ready === 'True')).toBe(true);
  });

  it('signs what joining machines are told with every token that may, until it ends', () => {
    const told = bootedStory({ nodes: 1, recorded: false });
    const info = () => told.object<ConfigMap>('ConfigMap', 'cluster-info', 'kube-public')!.data ?? {};
    const signature = detachedSignature(info()['kubeconfig']!, 'abcdef', '0123456789abcdef');
    expect(info()).toEqual({ kubeconfig: info()['kubeconfig'], 'jws-kubeconfig-abcdef': signature });

    const short = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'bootstrap-token-short0' },
      type: 'bootstrap.kubernetes.io/token',
      stringData: {
        'token-id': 'short0',
        'token-secret': '0123456789abcdef',
        'usage-bootstrap-signing': 'true',
        expiration: timestamp(told.now + 20 * SECOND),
      },
    };
    told.request('POST', '/api/v1/namespaces/kube-system/secrets', { body: short });
    told.run(10 * SECOND);
    expect(Object.keys(info()).toSorted()).toEqual(['jws-kubeconfig-abcdef', 'jws-kubeconfig-short0', 'kubeconfig']);
    told.run(15 * SECOND);
    expect(told.object('Secret', 'bootstrap-token-short0', 'kube-system')).toBeNull();
    expect(Object.keys(info()).toSorted()).toEqual(['jws-kubeconfig-abcdef', 'kubeconfig']);

    told.request('DELETE', '/api/v1/namespaces/kube-system/secrets/bootstrap-token-abcdef');
    told.run(5 * SECOND);
    expect(Object.keys(info())).toEqual(['kubeconfig']);
  });
});
