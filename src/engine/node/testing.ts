/** A node with an API server on real machines of a real kernel, and a client that asks things, for tests. */
import { byteOrder } from '#engine/api/json';
import type { Event, KubeObject, Node, Pod } from '#engine/api/types';
import { kubeApiserver } from '#engine/apiserver/apiserver';
import type { ApiRequest, ApiResponse, Method } from '#engine/apiserver/wire';
import { etcd } from '#engine/etcd/etcd';
import { Kernel } from '#engine/kernel/kernel';
import { defineProcess, type Message, type ProcessDefinition } from '#engine/kernel/process';
import { MILLISECOND, SECOND, type Micros } from '#engine/kernel/time';
import type { Definitions } from '#engine/kernel/run';
import { testMachine } from '#engine/kernel/testing';
import { kubelet } from './kubelet/kubelet';
import type { KubeletState, NodeConfig } from './kubelet/state';
import { containerd } from './runtime/containerd';
import type { ContainerdState } from './runtime/state';

interface AskerState {
  readonly answers: Map<number, ApiResponse>;
}

/** Passes requests on and keeps the answers. */
const asker = defineProcess<AskerState>({
  kind: 'asker',
  start: () => ({ answers: new Map() }),
  handle(state, message, ctx) {
    if (message.type === 'api/request') ctx.send('control-plane-1/kube-apiserver', message);
    else if (message.type === 'api/response') state.answers.set((message as ApiResponse).id, message as ApiResponse);
  },
});

const definitions: Definitions = new Map(
  [etcd, kubeApiserver, kubelet, containerd, asker].map((one) => [one.kind, one as ProcessDefinition<never, never>]),
);

export class TestCluster {
  readonly kernel: Kernel;
  #nextId = 1;

  constructor(nodes: readonly NodeConfig[] = [{ name: 'node-1', internalIP: '10.0.1.1' }], freeze = true, qps = 50) {
    this.kernel = new Kernel({ seed: 1, freeze }, definitions);
    const unit = (kind: string, args: unknown, restartAfter: Micros | null = null) => ({ name: kind, kind, args, restartAfter });
    this.kernel.addMachine(testMachine('control-plane-1', [
      unit('etcd', { member: 1 }),
      unit('kube-apiserver', { etcd: 'control-plane-1/etcd', serviceCidr: '10.96.0.0/12', advertiseAddress: '10.0.0.1' }),
    ]));
    this.kernel.addMachine(testMachine('laptop', [unit('asker', null)]));
    for (const node of nodes) {
      const args = { server: ['control-plane-1/kube-apiserver'], runtime: `${node.name}/containerd`, node, qps, burst: qps * 2 };
      this.kernel.addMachine(testMachine(node.name, [unit('containerd', {}, SECOND), unit('kubelet', args, SECOND)]));
    }
    for (const name of ['control-plane-1', 'laptop']) this.kernel.powerOn(name);
    this.advance(SECOND);
    for (const node of nodes) this.kernel.powerOn(node.name);
    this.advance(SECOND);
    nodes.forEach((node, i) => this.patch(`/api/v1/nodes/${node.name}`, { spec: { podCIDR: `10.244.${i + 1}.0/24` } }));
    this.ask('POST', '/api/v1/namespaces/default/serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } });
    const rootCa = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kube-root-ca.crt' }, data: { 'ca.crt': 'certificate' } };
    this.ask('POST', '/api/v1/namespaces/default/configmaps', rootCa);
    this.advance(SECOND);
  }

  advance(by: Micros): void {
    this.kernel.run(this.kernel.now + by, Infinity);
  }

  ask(method: Method, path: string, body?: unknown, more: Partial<ApiRequest> = {}): ApiResponse {
    const id = this.#nextId++;
    const request: ApiRequest = { type: 'api/request', id, method, path, ...(body === undefined ? {} : { body }), userAgent: 'kubectl', user: 'kubernetes-admin', ...more };
    this.kernel.deliver('laptop/asker', request);
    const { answers } = this.stateOf<AskerState>('laptop/asker');
    for (let i = 0; i < 200; i++) {
      const answer = answers.get(id);
      if (answer !== undefined) return answer;
      this.advance(MILLISECOND);
    }
    throw new Error(`no answer to ${method} ${path}`);
  }

  want<T = KubeObject>(method: Method, path: string, body?: unknown, more: Partial<ApiRequest> = {}): T {
    const answer = this.ask(method, path, body, more);
    if (answer.code >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body as T;
  }

  patch(path: string, body: unknown): void {
    this.want('PATCH', path, body, { contentType: 'application/merge-patch+json' });
  }

  /** A pod bound to node-1. */
  run(name: string, spec: Record<string, unknown>, more: Record<string, unknown> = {}): Pod {
    return this.want('POST', '/api/v1/namespaces/default/pods', {
      apiVersion: 'v1', kind: 'Pod', metadata: { name, ...more }, spec: { nodeName: 'node-1', ...spec },
    });
  }

  pod(name: string): Pod | undefined {
    const answer = this.ask('GET', `/api/v1/namespaces/default/pods/${name}`);
    return answer.code === 404 ? undefined : (answer.body as Pod);
  }

  node(name = 'node-1'): Node {
    return this.want('GET', `/api/v1/nodes/${name}`);
  }

  /** `Type Reason message` of the Events about an object, in their order; repeated ones end with ` xN`. */
  events(name: string): string[] {
    const { items } = this.want<{ items: Event[] }>('GET', '/api/v1/events');
    return items
      .filter(({ involvedObject }) => involvedObject.name === name)
      .sort((a, b) => byteOrder(a.metadata.creationTimestamp, b.metadata.creationTimestamp) || Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
      .map(({ type, reason, message, count = 1 }) => `${type} ${reason} ${message}${count > 1 ? ` x${count}` : ''}`);
  }

  remove(name: string, grace?: number): void {
    this.want('DELETE', `/api/v1/namespaces/default/pods/${name}`, grace === undefined ? undefined : { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: grace });
  }

  tell(process: string, message: Message): void {
    this.kernel.deliver(process, message);
  }

  kubelet(node = 'node-1'): KubeletState {
    return this.stateOf(`${node}/kubelet`);
  }

  containerd(node = 'node-1'): ContainerdState {
    return this.stateOf(`${node}/containerd`);
  }

  stateOf<T>(process: string): T {
    return this.kernel.processes.get(process)?.state as T;
  }
}

/** The state word of a pod's container, e.g. `running`, `waiting CrashLoopBackOff`, `terminated Completed 0`. */
export function containerState(pod: Pod | undefined, index = 0): string {
  const state = pod?.status.containerStatuses?.[index]?.state;
  if (state?.running !== undefined) return 'running';
  if (state?.waiting !== undefined) return `waiting ${state.waiting.reason ?? ''}`;
  return state?.terminated === undefined ? 'none' : `terminated ${state.terminated.reason ?? ''} ${state.terminated.exitCode}`;
}
