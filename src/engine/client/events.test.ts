import { describe, expect, it } from 'vitest';
import { notFound } from '#engine/api/status-error';
import type { Kernel } from '#engine/kernel/kernel';
import type { ProcessDefinition } from '#engine/kernel/process';
import { MINUTE, SECOND } from '#engine/kernel/time';
import type { EventInput } from './events';
import { COMPONENT, type FakeServerState, SERVER, component, stateOf, testKernel } from './testing';

const event: EventInput = {
  regarding: {
    apiVersion: 'v1',
    kind: 'Pod',
    namespace: 'default',
    name: 'web-0',
    uid: 'u1',
    fieldPath: 'spec.containers{nginx}',
  },
  type: 'Normal',
  reason: 'Pulled',
  message: 'Successfully pulled image "nginx"',
};

function start(): Kernel {
  const kernel = testKernel([{ definition: component as ProcessDefinition<never, never>, args: { kinds: [] } }]);
  kernel.run(SECOND, Infinity);
  return kernel;
}

const server = (kernel: Kernel): FakeServerState => stateOf<FakeServerState>(kernel, SERVER);
const record = (kernel: Kernel, message = event.message): void =>
  kernel.deliver(COMPONENT, { type: 'do/event', event: { ...event, message } } as { type: string });
const run = (kernel: Kernel, micros: number): void => void kernel.run(kernel.now + micros, Infinity);
const lines = (kernel: Kernel): readonly string[] =>
  server(kernel).requests.map(({ line }) => line.replace(/web-0\..*/, 'web-0.*'));
const stored = (kernel: Kernel): readonly Record<string, unknown>[] =>
  [...(server(kernel).objects.get('/events')?.values() ?? [])] as unknown as Record<string, unknown>[];

describe('event recorder', () => {
  it('creates an Event with the fields that client-go sets', () => {
    const kernel = start();
    record(kernel);
    run(kernel, SECOND);
    expect(stored(kernel)).toMatchObject([
      {
        involvedObject: event.regarding,
        reason: 'Pulled',
        message: event.message,
        source: { component: 'test-component' },
        firstTimestamp: '2026-01-01T00:00:01Z',
        lastTimestamp: '2026-01-01T00:00:01Z',
        count: 1,
        type: 'Normal',
        reportingComponent: 'test-component',
        reportingInstance: '',
      },
    ]);
    expect((stored(kernel)[0]!['metadata'] as { name: string }).name).toMatch(/^web-0\.18[0-9a-f]{14}$/);
  });

  it('patches count and time of an equal one, after the first was stored', () => {
    const kernel = start();
    record(kernel);
    record(kernel);
    run(kernel, 5 * SECOND);
    record(kernel);
    run(kernel, SECOND);
    expect(stored(kernel)).toMatchObject([
      { count: 3, firstTimestamp: '2026-01-01T00:00:01Z', lastTimestamp: '2026-01-01T00:00:06Z' },
    ]);
    const path = '/api/v1/namespaces/default/events';
    expect(lines(kernel)).toEqual([`POST ${path}`, `PATCH ${path}/web-0.*`, `PATCH ${path}/web-0.*`]);
  });

  it('creates it again when the first has expired', () => {
    const kernel = start();
    record(kernel);
    run(kernel, SECOND);
    server(kernel).objects.get('/events')!.clear();
    record(kernel);
    run(kernel, SECOND);
    expect(stored(kernel)).toMatchObject([{ count: 2 }]);
  });

  it('gives two events of one moment different names', () => {
    const kernel = start();
    record(kernel, 'one');
    record(kernel, 'two');
    run(kernel, SECOND);
    expect(stored(kernel)).toHaveLength(2);
  });

  it('drops an Event that the server refuses and goes on with the next', () => {
    const kernel = start();
    const path = '/api/v1/namespaces/default/events';
    server(kernel).misfortunes.push({
      method: 'POST',
      path,
      status: notFound({ group: '', resource: 'namespaces' }, 'default'),
    });
    record(kernel, 'one');
    record(kernel, 'two');
    run(kernel, SECOND);
    expect(stored(kernel)).toMatchObject([{ message: 'two' }]);
  });

  it('tries again ten seconds apart while nobody answers, in order', () => {
    const kernel = start();
    kernel.kill(SERVER);
    record(kernel, 'one');
    record(kernel, 'two');
    run(kernel, 25 * SECOND);
    kernel.start(SERVER);
    run(kernel, MINUTE);
    expect(stored(kernel).map(({ message }) => message)).toEqual(['one', 'two']);
  });
});
