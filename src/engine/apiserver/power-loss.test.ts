import { describe, expect, it } from 'vitest';
import type { KubeObject } from '#engine/api/types';
import { etcd } from '#engine/etcd/etcd';
import { Kernel } from '#engine/kernel/kernel';
import { defineProcess, type ProcessDefinition } from '#engine/kernel/process';
import { exposeKernel, hashKernel, loadKernel } from '#engine/kernel/save';
import { definitionsOf, testMachine } from '#engine/kernel/testing';
import { MILLISECOND, SECOND } from '#engine/kernel/time';
import { kubeApiserver } from './apiserver';
import type { ApiServerState } from './state';
import { SUPER_ADMIN } from './testing';
import type { ApiRequest, ApiResponse } from './wire';

const APISERVER = 'control-plane-1/kube-apiserver';

interface WriterState {
  next: number;
  readonly acknowledged: string[];
}

/** Creates a ConfigMap every few milliseconds, deletes some, and remembers what it was told. */
const writer = defineProcess<WriterState>({
  kind: 'writer',
  start(ctx) {
    ctx.after(SECOND, { type: 'tick' });
    return { next: 1, acknowledged: [] };
  },
  handle(state, message, ctx) {
    if (message.type === 'tick') {
      const id = state.next++;
      const request: ApiRequest = {
        type: 'api/request',
        id,
        method: 'POST',
        path: '/api/v1/namespaces/default/configmaps',
        body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `m${id}` }, data: { k: 'v'.repeat(100) } },
        userAgent: 'writer',
        credentials: SUPER_ADMIN,
      };
      ctx.send(APISERVER, request);
      ctx.after(1 + ctx.random('pace').below(4 * MILLISECOND), { type: 'tick' });
    } else if (message.type === 'api/response') {
      const { code, body } = message as ApiResponse;
      if (code === 201) state.acknowledged.push((body as KubeObject).metadata.name);
    }
  },
});

function newKernel(seed: number): Kernel {
  const definitions = definitionsOf(...([etcd, kubeApiserver, writer] as unknown as ProcessDefinition<never, never>[]));
  const kernel = new Kernel({ seed, freeze: true }, definitions);
  const args = {
    etcd: 'control-plane-1/etcd',
    serviceCidr: '10.96.0.0/12',
    advertiseAddress: '192.168.0.11',
    serviceAccountKey: 'key',
  };
  kernel.addMachine(
    testMachine('control-plane-1', [
      { name: 'etcd', kind: 'etcd', args: { member: 1 }, restartAfter: SECOND },
      { name: 'kube-apiserver', kind: 'kube-apiserver', args, restartAfter: SECOND },
    ]),
  );
  kernel.addMachine(testMachine('laptop', [{ name: 'writer', kind: 'writer', args: null, restartAfter: null }]));
  kernel.powerOn('control-plane-1');
  kernel.powerOn('laptop');
  return kernel;
}

const run = (kernel: Kernel, until: number): void => void kernel.run(until, Infinity);
const stateOf = <S>(kernel: Kernel, id: string): S => kernel.processes.get(id)!.state as S;
const stored = (kernel: Kernel): Set<string> => {
  const cache = stateOf<ApiServerState>(kernel, APISERVER).caches.get('configmaps')!;
  return new Set([...cache.objects.values()].map((object) => object.metadata.name));
};

describe('the API server and etcd on a machine', () => {
  it('lose nothing that was acknowledged when the power goes', () => {
    for (const seed of [1, 2, 3]) {
      const kernel = newKernel(seed);
      run(kernel, 2 * SECOND + seed * 777);
      kernel.powerOff('control-plane-1');
      run(kernel, 4 * SECOND);
      const before = [...stateOf<WriterState>(kernel, 'laptop/writer').acknowledged];
      kernel.powerOn('control-plane-1');
      run(kernel, 8 * SECOND);
      const there = stored(kernel);
      expect(before.length).toBeGreaterThan(300);
      expect(before.filter((name) => !there.has(name))).toEqual([]);
      expect(stateOf<WriterState>(kernel, 'laptop/writer').acknowledged.length).toBeGreaterThan(before.length);
    }
  });

  it('go on when etcd is killed, and again lose nothing', () => {
    const kernel = newKernel(7);
    run(kernel, 2 * SECOND);
    kernel.kill('control-plane-1/etcd');
    run(kernel, 6 * SECOND);
    const { acknowledged } = stateOf<WriterState>(kernel, 'laptop/writer');
    const there = stored(kernel);
    expect(acknowledged.filter((name) => !there.has(name))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(1_000);
  });

  it('go on from a saved state as if nothing had happened', () => {
    const whole = newKernel(9);
    run(whole, 1_500_333);
    const saved = structuredClone(exposeKernel(whole));
    run(whole, 3 * SECOND);
    const resumed = newKernel(9);
    loadKernel(resumed, saved);
    run(resumed, 3 * SECOND);
    expect(hashKernel(resumed)).toBe(hashKernel(whole));
  });
});
