/** etcd, API server and controller manager on one machine, without nodes, for stories of controllers with real answers. */
import '../late-controllers';
import '#engine/api/late-api';
import '#engine/apiserver/late-answers';
import { kubeApiserver } from '#engine/apiserver/apiserver';
import { type ComponentState, component, stateOf } from '#engine/client/testing';
import { Kernel } from '#engine/kernel/kernel';
import type { ProcessDefinition } from '#engine/kernel/process';
import { SECOND } from '#engine/kernel/time';
import { kubeControllerManager } from '../controller-manager';

const ETCD = 'control-plane-1/etcd';
export const APISERVER = 'control-plane-1/kube-apiserver';
export const MANAGER = 'control-plane-1/kube-controller-manager';
export const LAPTOP = 'laptop/component';

type Definition = ProcessDefinition<never, never>;

/** One control-plane machine with etcd, API server and controller manager, and a laptop that watches. */
export function start(etcd: { readonly kind: string }): Kernel {
  const definitions = [
    etcd,
    kubeApiserver,
    kubeControllerManager,
    component,
  ] as readonly unknown[] as readonly Definition[];
  const kernel = new Kernel(
    { seed: 3, freeze: true },
    new Map(definitions.map((definition) => [definition.kind, definition])),
  );
  const unit = (name: string, kind: string, args: unknown) => ({ name, kind, args, restartAfter: SECOND });
  const place = { rack: 'r1', zone: 'z1', diskBytes: 1e9, bootTime: 0, facts: {} };
  kernel.addMachine({
    name: 'control-plane-1',
    ...place,
    units: [
      unit('etcd', etcd.kind, { member: 1 }),
      unit('kube-apiserver', kubeApiserver.kind, {
        etcd: ETCD,
        serviceCidr: '10.96.0.0/12',
        advertiseAddress: '192.168.0.11',
        serviceAccountKey: 'key',
      }),
      unit('kube-controller-manager', kubeControllerManager.kind, { server: [APISERVER] }),
    ],
  });
  const kinds = ['Pod', 'ReplicaSet', 'ResourceQuota', 'Deployment', 'Event', 'ServiceAccount', 'Lease'];
  const units = [unit('component', component.kind, { kinds, config: { servers: [APISERVER] } })];
  kernel.addMachine({ name: 'laptop', ...place, units });
  kernel.powerOn('control-plane-1');
  kernel.powerOn('laptop');
  kernel.run(15 * SECOND, Infinity);
  return kernel;
}

export const run = (kernel: Kernel, micros: number): void => void kernel.run(kernel.now + micros, Infinity);
/** Asks the API server from the laptop. */
export function ask(kernel: Kernel, method: string, path: string, body?: unknown): void {
  const spec = { method, path, ...(body === undefined ? {} : { body }) };
  kernel.deliver(LAPTOP, { type: 'do/request', spec, tag: { type: 'asked' } } as { type: string });
}

/** The answer to a request, when there was time for it. */
export function answerTo(
  kernel: Kernel,
  method: string,
  path: string,
  body?: unknown,
): { code: number; body: unknown } {
  const { deliveries } = stateOf<ComponentState>(kernel, LAPTOP);
  deliveries.length = 0;
  ask(kernel, method, path, body);
  run(kernel, SECOND / 5);
  for (const { delivery } of deliveries) if (delivery.type === 'answer') return delivery;
  throw new Error(`${method} ${path} was not answered`);
}
