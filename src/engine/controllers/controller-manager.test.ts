import { describe, expect, it } from 'vitest';
import { defineController } from '#engine/client/plan';
import { type FakeServerState, SERVER, serverWrites, stateOf, testKernel } from '#engine/client/testing';
import type { Kernel } from '#engine/kernel/kernel';
import { setCable } from '#engine/kernel/network';
import type { ProcessDefinition } from '#engine/kernel/process';
import { SECOND } from '#engine/kernel/time';
import { type ControllerManagerState, controllerFacts, controllerManagerOf } from './controller-manager';

const MANAGER = 'worker/kube-controller-manager';
const run = (kernel: Kernel, micros: number): void => void kernel.run(kernel.now + micros, Infinity);
const facts = (kernel: Kernel): ReturnType<typeof controllerFacts> =>
  controllerFacts(stateOf<ControllerManagerState>(kernel, MANAGER));
const listed = (kernel: Kernel): readonly string[] =>
  stateOf<FakeServerState>(kernel, SERVER)
    .requests.map(({ line }) => line)
    .filter((line) => !line.includes('leases'));

function controllerNamed(name: string, taken: string[]): ReturnType<typeof defineController> {
  return defineController({
    name,
    component: `${name}-controller`,
    watches: ['ConfigMap'],
    initialMemory: null,
    workers: 1,
    keysFor: ({ object }) => [object.metadata.name],
    initialKeys: () => ['periodic'],
    reconcile: (_, key) => (
      taken.push(`${name} ${key}`),
      { steps: [], ...(key === 'periodic' ? { again: 5 * SECOND } : null) }
    ),
  });
}

function start(taken: string[], names?: readonly string[]): Kernel {
  const controllers = [controllerNamed('one', taken), controllerNamed('two', taken)];
  const definition = controllerManagerOf(controllers) as ProcessDefinition<never, never>;
  const args = { server: [SERVER], ...(names === undefined ? null : { controllers: names }) };
  return testKernel([{ definition, args }]);
}

const object = (name: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', uid: name, resourceVersion: '', creationTimestamp: '' },
});

describe('controller manager', () => {
  it('lists a kind once for all controllers, and only after it holds the lease', () => {
    const kernel = start([]);
    expect(facts(kernel)['role']).toBe('candidate');
    run(kernel, SECOND);
    expect(facts(kernel)).toEqual({ role: 'leader', 'queue:one': 0, 'queue:two': 0 });
    expect(listed(kernel).filter((line) => line.startsWith('GET'))).toEqual([
      'GET /api/v1/configmaps',
      'GET /api/v1/configmaps',
    ]);
  });

  it('runs all controllers, or those that it was told to run', () => {
    const all: string[] = [];
    run(start(all), SECOND);
    expect(all).toEqual(['one periodic', 'two periodic']);
    const some: string[] = [];
    run(start(some, ['two']), SECOND);
    expect(some).toEqual(['two periodic']);
  });

  it('tells every controller of a change, in the order of the registry', () => {
    const taken: string[] = [];
    const kernel = start(taken);
    run(kernel, SECOND);
    taken.length = 0;
    serverWrites(kernel, '/configmaps', object('a'));
    run(kernel, SECOND);
    expect(taken).toEqual(['one a', 'two a']);
  });

  it('ends when it loses its lease, and starts afresh when it has it again', () => {
    const taken: string[] = [];
    const kernel = start(taken);
    run(kernel, 3 * SECOND);
    setCable(kernel.machine('worker').nic, { in: false, out: false });
    run(kernel, 13 * SECOND);
    expect(kernel.processes.get(MANAGER)!.status).toBe('down');
    taken.length = 0;
    kernel.start(MANAGER);
    run(kernel, 20 * SECOND);
    expect(facts(kernel)['role']).toBe('candidate');
    expect(taken).toEqual([]);
    setCable(kernel.machine('worker').nic, { in: true, out: true });
    run(kernel, 70 * SECOND);
    expect(facts(kernel)['role']).toBe('leader');
    expect(taken.slice(0, 2)).toEqual(['one periodic', 'two periodic']);
  });
});
