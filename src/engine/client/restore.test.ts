import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Kernel } from '#engine/kernel/kernel';
import { copyPlain } from '#engine/kernel/plain-data';
import type { ProcessDefinition } from '#engine/kernel/process';
import { exposeKernel, hashKernel, loadKernel } from '#engine/kernel/save';
import { SECOND } from '#engine/kernel/time';
import type { Controller } from './plan';
import { type FakeServerState, SERVER, hostOf, serverWrites, stateOf, testKernel } from './testing';

/** Keeps a Secret for each ConfigMap, and says so. */
const copier: Controller = {
  name: 'copier',
  component: 'copier-controller',
  watches: ['ConfigMap', 'Secret'],
  initialMemory: null,
  workers: 2,
  keysFor: ({ object }) => [`${object.metadata.namespace}/${object.metadata.name}`],
  reconcile(view, key) {
    const name = key.slice('default/'.length);
    const source = view.get('ConfigMap', 'default', name);
    if (source === undefined || view.list('Secret', 'default').some(({ metadata }) => metadata.name === name))
      return { steps: [] };
    const regarding = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name };
    const onSuccess = { regarding, type: 'Normal', reason: 'Copied', message: 'Created {name}' } as const;
    const object = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'default' } };
    return { steps: [{ op: 'create', object, onSuccess }], again: 3 * SECOND };
  },
};

function story(): Kernel {
  const kernel = testKernel([{ definition: hostOf([copier]) as ProcessDefinition<never, never>, args: null }]);
  kernel.onInput((input) => {
    if (input === 'kill') kernel.kill(SERVER);
    else if (input === 'start') kernel.start(SERVER);
    else {
      const metadata = {
        name: String(input),
        namespace: 'default',
        uid: String(input),
        resourceVersion: '',
        creationTimestamp: '',
      };
      serverWrites(kernel, '/configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata });
    }
  });
  for (let i = 0; i < 40; i++) kernel.scheduleInput({ at: (1 + i / 100) * SECOND, input: `c${String(i)}` });
  kernel.scheduleInput({ at: 1.45 * SECOND, input: 'kill' });
  kernel.scheduleInput({ at: 6 * SECOND, input: 'start' });
  kernel.scheduleInput({ at: 20 * SECOND, input: 'late' });
  return kernel;
}

const END = 60 * SECOND;

describe('client and controllers', () => {
  it('go on after a restore at any event as if they had never been interrupted', () => {
    const whole = story();
    whole.run(END, Infinity);
    const hash = hashKernel(whole);
    expect(stateOf<FakeServerState>(whole, SERVER).objects.get('/secrets')?.has('default/late')).toBe(true);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 600 }), (events) => {
        const original = story();
        original.run(END, events);
        const restored = story();
        loadKernel(restored, copyPlain(structuredClone(copyPlain(exposeKernel(original)))));
        expect(hashKernel(restored)).toBe(hashKernel(original));
        restored.run(END, Infinity);
        expect(hashKernel(restored)).toBe(hash);
      }),
      { numRuns: 40 },
    );
  });
});
