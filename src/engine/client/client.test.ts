import { describe, expect, it } from 'vitest';
import { expired, tooLargeResourceVersion } from '#engine/api/status-error';
import type { KubeObject } from '#engine/api/types';
import type { Kernel } from '#engine/kernel/kernel';
import { setCable } from '#engine/kernel/network';
import type { ProcessDefinition } from '#engine/kernel/process';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { cacheOf } from './cache';
import type { Delivery, RequestSpec } from './client';
import type { ClientConfig } from './state';
import {
  COMPONENT,
  type ComponentState,
  type FakeServerState,
  SERVER,
  component,
  serverDeletes,
  serverWrites,
  stateOf,
  testKernel,
} from './testing';

const CONFIG_MAPS = '/configmaps';

const configMap = (name: string, data: Record<string, string> = {}, uid = `uid-of-${name}`): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'default', uid, resourceVersion: '', creationTimestamp: '2026-01-01T00:00:00Z' },
    data,
  }) as KubeObject;

function start(config: Partial<ClientConfig> = {}, before?: (kernel: Kernel) => void): Kernel {
  const args = { kinds: ['ConfigMap'], config };
  const kernel = testKernel([{ definition: component as ProcessDefinition<never, never>, args }]);
  before?.(kernel);
  kernel.run(kernel.now + SECOND, Infinity);
  return kernel;
}

const run = (kernel: Kernel, micros: number): void => void kernel.run(kernel.now + micros, Infinity);
const server = (kernel: Kernel): FakeServerState => stateOf<FakeServerState>(kernel, SERVER);
const worker = (kernel: Kernel): ComponentState => stateOf<ComponentState>(kernel, COMPONENT);
const cached = (kernel: Kernel): readonly string[] =>
  cacheOf(worker(kernel).client, 'ConfigMap')
    .list()
    .map(({ metadata }) => metadata.name);
const watchesSent = (kernel: Kernel): number =>
  server(kernel).requests.filter(({ request }) => request.query?.['watch'] === 'true').length;
const listsSent = (kernel: Kernel): readonly (string | undefined)[] =>
  server(kernel)
    .requests.filter(({ line, request }) => line === 'GET /api/v1/configmaps' && request.query?.['watch'] === undefined)
    .map(({ request }) => request.query?.['resourceVersion']);

/** Changes told since the last call, as `type name`. */
function changes(kernel: Kernel): readonly string[] {
  const told = worker(kernel)
    .deliveries.splice(0)
    .map(({ delivery }) => delivery);
  return told.flatMap((delivery) =>
    delivery.type === 'change' ? [`${delivery.change.type} ${delivery.change.object.metadata.name}`] : [],
  );
}

const tellClosed = (kernel: Kernel, to: string, id: number): void =>
  kernel.send(kernel.processes.get(SERVER)!, to, { type: 'api/watch-closed', id } as { type: string });

function answers(kernel: Kernel): readonly (Extract<Delivery, { type: 'answer' }> & { at: number })[] {
  return worker(kernel).deliveries.flatMap(({ at, delivery }) =>
    delivery.type === 'answer' ? [{ ...delivery, at }] : [],
  );
}

function ask(kernel: Kernel, spec: Partial<RequestSpec> = {}, type = 'asked'): void {
  const request = { method: 'GET', path: '/api/v1/namespaces/default/configmaps/a', ...spec };
  kernel.deliver(COMPONENT, { type: 'do/request', spec: request, tag: { type } } as { type: string });
}

describe('reflector', () => {
  it('lists from any cache, then watches from the revision of the list', () => {
    const kernel = start();
    serverWrites(kernel, CONFIG_MAPS, configMap('b'), configMap('a'));
    run(kernel, SECOND);
    expect(cached(kernel)).toEqual(['a', 'b']);
    expect(listsSent(kernel)).toEqual(['0']);
    const watch = server(kernel).requests.find(({ request }) => request.query?.['watch'] === 'true');
    expect(watch?.request.query).toMatchObject({ resourceVersion: '100', allowWatchBookmarks: 'true' });
    expect(Number(watch?.request.query?.['timeoutSeconds'])).toBeGreaterThanOrEqual(300);
    expect(worker(kernel).deliveries[0]?.delivery).toEqual({ type: 'synced', kind: 'ConfigMap' });
  });

  it('goes on from the last revision after the server was killed, without missing or repeating an event', () => {
    const kernel = start();
    serverWrites(kernel, CONFIG_MAPS, configMap('a'), configMap('b'));
    run(kernel, SECOND);
    expect(changes(kernel)).toEqual(['added a', 'added b']);

    const before = { ...server(kernel), watchers: [] };
    kernel.kill(SERVER);
    run(kernel, 5 * SECOND);
    kernel.start(SERVER);
    Object.assign(server(kernel), before);
    serverWrites(kernel, CONFIG_MAPS, configMap('a', { x: '1' }), configMap('c'));
    serverDeletes(kernel, CONFIG_MAPS, configMap('b'));
    run(kernel, 40 * SECOND);
    expect(changes(kernel)).toEqual(['updated a', 'added c', 'deleted b']);
    expect(listsSent(kernel)).toEqual(['0']);
  });

  it('waits 0.8 s doubled to 30 s, stretched by up to as much again, while the server refuses', () => {
    const kernel = start();
    kernel.kill(SERVER);
    const attempts: number[] = [];
    let last: number | null = null;
    for (let at = 0; at < 200; at++) {
      run(kernel, SECOND / 10);
      const { retryAt } = worker(kernel).client.reflectors.get('ConfigMap')!;
      if (retryAt !== null && retryAt !== last) attempts.push((retryAt - kernel.now) / SECOND);
      last = retryAt;
    }
    expect(attempts.length).toBeGreaterThanOrEqual(3);
    for (const [index, delay] of attempts.entries()) {
      const least = 0.8 * 2 ** index;
      expect(delay).toBeGreaterThan(least - 0.2);
      expect(delay).toBeLessThan(2 * least + 0.2);
    }
  });

  it('lists again after 410 and tells what happened meanwhile by comparison', () => {
    const kernel = start();
    serverWrites(kernel, CONFIG_MAPS, configMap('gone'), configMap('kept'), configMap('same'), configMap('reborn'));
    run(kernel, SECOND);
    changes(kernel);

    setCable(kernel.machine('worker').nic, { in: false, out: false });
    run(kernel, SECOND);
    serverDeletes(kernel, CONFIG_MAPS, configMap('gone'));
    serverDeletes(kernel, CONFIG_MAPS, configMap('reborn'));
    serverWrites(
      kernel,
      CONFIG_MAPS,
      configMap('reborn', {}, 'another'),
      configMap('kept', { x: '1' }),
      configMap('new'),
    );
    // Long enough for the connection to be given up, and with it what the cut way holds up.
    run(kernel, MINUTE);
    server(kernel).compacted = server(kernel).revision;
    server(kernel).watchers = [];
    setCable(kernel.machine('worker').nic, { in: true, out: true });
    run(kernel, 2 * MINUTE);
    expect(changes(kernel)).toEqual(['deleted gone', 'updated kept', 'deleted reborn', 'added reborn', 'added new']);
    expect(cached(kernel)).toEqual(['kept', 'new', 'reborn', 'same']);
    // Nothing older than what is known already.
    expect(listsSent(kernel)).toEqual(['0', '104']);
    serverWrites(kernel, CONFIG_MAPS, configMap('late'));
    run(kernel, SECOND);
    expect(changes(kernel)).toEqual(['added late']);
  });

  it('asks for the most recent state, in pages, when the server cannot list from the last revision', () => {
    const kernel = start();
    const state = server(kernel);
    state.holdsEvents = true;
    const names = Array.from({ length: 1200 }, (_, i) => `c${String(i).padStart(4, '0')}`);
    serverWrites(kernel, CONFIG_MAPS, ...names.map((name) => configMap(name)));
    run(kernel, SECOND);
    state.compacted = state.revision;
    state.misfortunes.push({ method: 'GET', path: '/api/v1/configmaps', status: expired('too old') });
    state.misfortunes.push({ method: 'GET', path: '/api/v1/configmaps', status: tooLargeResourceVersion(500, 100) });
    const [watcher] = state.watchers.splice(0);
    tellClosed(kernel, watcher!.to, watcher!.id);
    run(kernel, 10 * SECOND);
    expect(cached(kernel)).toEqual(names);
    expect(listsSent(kernel)).toEqual(['0', '100', undefined, undefined, undefined]);
    const pages = state.requests.flatMap(({ request }) =>
      request.query?.['limit'] ? [request.query['continue']] : [],
    );
    expect(pages).toEqual([undefined, undefined, '500', '1000']);
  });

  it('opens a watch again that the server ended, and one that the server does not know at the next ping', () => {
    const kernel = start();
    expect(watchesSent(kernel)).toBe(1);
    run(kernel, 2 * SECOND);
    const { id, to } = server(kernel).watchers[0]!;
    server(kernel).watchers = [];
    tellClosed(kernel, to, id);
    run(kernel, SECOND);
    expect(watchesSent(kernel)).toBe(2);

    server(kernel).watchers = [];
    serverWrites(kernel, CONFIG_MAPS, configMap('unseen'));
    run(kernel, 40 * SECOND);
    expect(watchesSent(kernel)).toBe(3);
    expect(cached(kernel)).toEqual(['unseen']);
  });
});

describe('connection', () => {
  it('fails requests in the words of Go when nobody listens', () => {
    const kernel = start();
    kernel.kill(SERVER);
    run(kernel, SECOND / 100);
    ask(kernel, { method: 'POST', path: '/api/v1/namespaces/default/pods', query: { dryRun: 'All' } });
    run(kernel, SECOND);
    expect(answers(kernel)[0]).toMatchObject({
      ok: false,
      code: 0,
      body: {
        kind: 'Status',
        reason: 'ServiceUnavailable',
        message:
          'Post "https://server:6443/api/v1/namespaces/default/pods?dryRun=All": dial tcp server:6443: connect: connection refused',
      },
    });
  });

  it('gives a request up after 30 s, or its own time, and tells the server', () => {
    const kernel = start();
    server(kernel).misfortunes = Array.from({ length: 2 }, () => ({
      method: 'GET',
      path: '/api/v1/namespaces',
      status: null,
    }));
    const at = kernel.now;
    ask(kernel, {}, 'long');
    ask(kernel, { timeout: 5 * SECOND }, 'short');
    run(kernel, MINUTE);
    const [short, long] = answers(kernel);
    expect([short?.tag.type, Math.round((short!.at - at) / SECOND)]).toEqual(['short', 5]);
    expect([long?.tag.type, Math.round((long!.at - at) / SECOND)]).toEqual(['long', 30]);
    expect(long?.body).toMatchObject({
      reason: 'Timeout',
      message:
        'Get "https://server:6443/api/v1/namespaces/default/configmaps/a": net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
    });
  });

  it('finds a connection dead 15 s after a ping that 30 idle seconds made it send', () => {
    const kernel = start();
    const at = worker(kernel).client.connection.heardAt;
    kernel.powerOff('server');
    const { client } = worker(kernel);
    run(kernel, at + 44 * SECOND - kernel.now);
    expect(client.connection.state).toBe('open');
    run(kernel, 2 * SECOND);
    expect(client.connection.state).toBe('dialing');
  });

  it('goes to the next server when one refuses', () => {
    const kernel = start({ servers: ['nowhere/kube-apiserver', SERVER] }, (fresh) => {
      fresh.addMachine({ name: 'nowhere', rack: 'r1', zone: 'z1', diskBytes: 1, bootTime: 0, units: [], facts: {} });
      fresh.powerOn('nowhere');
    });
    serverWrites(kernel, CONFIG_MAPS, configMap('a'));
    run(kernel, MINUTE);
    expect(cached(kernel)).toEqual(['a']);
  });

  it('costs an idle client no more than a ping and two wake-ups every 30 s', () => {
    const kernel = start();
    run(kernel, MINUTE);
    const { events } = kernel.run(kernel.now + 10 * MINUTE, Infinity);
    expect(events).toBeLessThanOrEqual(4 * 22 + 20);
  });
});

describe('client-side rate limit', () => {
  it('lets a burst through at once and the rest in order at the rate', () => {
    const kernel = start({ qps: 10, burst: 3 });
    const at = kernel.now;
    for (let i = 0; i < 6; i++) ask(kernel, {}, `r${i}`);
    run(kernel, 2 * SECOND);
    const got = answers(kernel).map((answer) => [answer.tag.type, Math.round((answer.at - at) / 100_000)]);
    expect(got).toEqual([
      ['r0', 0],
      ['r1', 0],
      ['r2', 0],
      ['r3', 1],
      ['r4', 2],
      ['r5', 3],
    ]);
  });

  it('keeps an own bucket apart from the others', () => {
    const kernel = start({ qps: 1, burst: 1 });
    const at = kernel.now;
    ask(kernel, {}, 'one');
    ask(kernel, {}, 'two');
    ask(kernel, { bucket: 'own' }, 'own');
    run(kernel, 3 * SECOND);
    const got = answers(kernel).map((answer) => [answer.tag.type, Math.round((answer.at - at) / SECOND)]);
    expect(got).toEqual([
      ['one', 0],
      ['own', 0],
      ['two', 1],
    ]);
  });
});
