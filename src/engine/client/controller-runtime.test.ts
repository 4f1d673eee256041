import { describe, expect, it } from 'vitest';
import { alreadyExists, conflict, namespaceTerminating, plainError } from '#engine/api/status-error';
import type { Kinds, KubeObject, Status } from '#engine/api/types';
import type { Kernel } from '#engine/kernel/kernel';
import type { ProcessDefinition } from '#engine/kernel/process';
import { MINUTE, SECOND } from '#engine/kernel/time';
import type { Controller, CreateStep, EventIntent, Plan, Situation, View, WriteStep } from './plan';
import {
  type FakeServerState,
  HOST,
  type HostState,
  SERVER,
  hostOf,
  serverWrites,
  stateOf,
  testKernel,
} from './testing';

type Reconcile = (view: View, key: string, situation: Situation<unknown>) => Plan<unknown>;

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const SECRETS = '/api/v1/namespaces/default/secrets';
const resource = { group: '', resource: 'secrets' };

const configMap = (name: string, data: Record<string, string> = {}): Kinds['ConfigMap'] => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name,
    namespace: 'default',
    uid: `uid-of-${name}`,
    resourceVersion: '',
    creationTimestamp: '2026-01-01T00:00:00Z',
  },
  data,
});
const createSecret = (name: string, extras: Partial<CreateStep> = {}): CreateStep => ({
  op: 'create',
  object: { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'default' } },
  ...extras,
});
const intent = (type: EventIntent['type'], reason: string, message: string): EventIntent => ({
  regarding: { kind: 'ConfigMap', apiVersion: 'v1', namespace: 'default', name: 'a' },
  type,
  reason,
  message,
});

/** A controller that takes up every ConfigMap by its key, and does what the test says. */
function controllerOf(reconcile: Reconcile, workers = 1): Controller<unknown> {
  return {
    name: 'test',
    component: 'test-controller',
    watches: ['ConfigMap', 'Secret'],
    initialMemory: 0,
    workers,
    keysFor: ({ kind, object }) =>
      kind === 'ConfigMap' ? [`${object.metadata.namespace}/${object.metadata.name}`] : [],
    reconcile,
  };
}

function start(reconcile: Reconcile, workers = 1): Kernel {
  const definition = hostOf([controllerOf(reconcile, workers)]) as ProcessDefinition<never, never>;
  const kernel = testKernel([{ definition, args: null }]);
  run(kernel, 5 * SECOND);
  return kernel;
}

const run = (kernel: Kernel, micros: number): void => void kernel.run(kernel.now + micros, Infinity);
const server = (kernel: Kernel): FakeServerState => stateOf<FakeServerState>(kernel, SERVER);
const touch = (kernel: Kernel, ...objects: readonly KubeObject[]): void =>
  serverWrites(kernel, '/configmaps', ...objects);
const fail = (kernel: Kernel, method: string, path: string, status: Status | null): void =>
  void server(kernel).misfortunes.push({ method, path, status });
/** A watch hears nothing any more although the server holds it. */
function deafen(kernel: Kernel, collection: string): FakeServerState['watchers'][number] {
  const state = server(kernel);
  const watcher = state.watchers.find((candidate) => candidate.collection === collection)!;
  state.watchers = state.watchers.map((other) => (other === watcher ? { ...other, collection: 'nothing' } : other));
  return watcher;
}

const writes = (kernel: Kernel): readonly string[] =>
  server(kernel)
    .requests.map(({ line }) => line)
    .filter((line) => !line.startsWith('GET') && !line.includes('leases') && !line.includes('events'));
const events = (kernel: Kernel): readonly string[] =>
  [...(server(kernel).objects.get('/events')?.values() ?? [])]
    .map((event) => event as unknown as Kinds['Event'])
    .filter(({ reason }) => reason !== 'LeaderElection')
    .map(({ type, reason, message }) => `${type} ${reason} ${message}`);

describe('a plan', () => {
  it('is carried out one write at a time, in order', () => {
    let runs = 0;
    const kernel = start(() => {
      return runs++ === 0
        ? {
            steps: [
              createSecret('one'),
              {
                op: 'patch',
                target: { kind: 'ConfigMap', namespace: 'default', name: 'a' },
                patchType: 'merge',
                patch: {},
                subresource: 'x',
              },
              {
                op: 'delete',
                target: { kind: 'Secret', namespace: 'default', name: 'one' },
                propagationPolicy: 'Background',
                uid: 'u',
              },
            ],
          }
        : { steps: [] };
    });
    touch(kernel, configMap('a'));
    run(kernel, SECOND);
    expect(writes(kernel)).toEqual([`POST ${SECRETS}`, `PATCH ${CONFIG_MAPS}/a/x`, `DELETE ${SECRETS}/one`]);
    const sent = server(kernel).requests.filter(({ line }) => writes(kernel).includes(line));
    expect(sent.map(({ at }) => at)).toEqual([...new Set(sent.map(({ at }) => at))]);
    expect(sent[1]?.request.contentType).toBe('application/merge-patch+json');
    expect(sent[2]?.request.body).toEqual({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: 'Background',
      preconditions: { uid: 'u' },
    });
  });

  it('ends at the first write that fails, and the next reconcile is told which and why, after a back-off', () => {
    const told: (readonly [number, readonly string[]])[] = [];
    const kernel = start((_, __, { failed, now }) => {
      told.push([now, failed.map(({ step, status }) => `${step.op} ${status.reason}`)]);
      return told.length <= 3 ? { steps: [createSecret(`s${told.length}`), createSecret('never')] } : { steps: [] };
    });
    for (let i = 0; i < 3; i++) fail(kernel, 'POST', SECRETS, alreadyExists(resource, 's'));
    touch(kernel, configMap('a'));
    run(kernel, SECOND);
    expect(writes(kernel)).toHaveLength(3);
    expect(told.map(([, failed]) => failed)).toEqual([
      [],
      ['create AlreadyExists'],
      ['create AlreadyExists'],
      ['create AlreadyExists'],
    ]);
    const gaps = told.slice(1).map(([at], i) => Math.floor((at - told[i]![0]) / 1000));
    expect(gaps).toEqual([5, 10, 20]);
    touch(kernel, configMap('a', { x: '1' }));
    run(kernel, SECOND);
    expect(told.at(-1)?.[1]).toEqual([]);
  });

  it('offers what a plan has read to the reconcile that follows at once, and to no other', () => {
    const told: string[][] = [];
    const kernel = start((_, __, { answers }) => {
      told.push(answers.map(({ path, code }) => `${path} ${code}`));
      const paths = [`${CONFIG_MAPS}/a`, `${SECRETS}/none`];
      return { steps: told.length === 1 ? paths.map((path) => ({ op: 'read', path })) : [] };
    });
    touch(kernel, configMap('a'));
    run(kernel, SECOND);
    expect(told).toEqual([[], [`${CONFIG_MAPS}/a 200`, `${SECRETS}/none 404`]]);
    touch(kernel, configMap('a', { x: '1' }));
    run(kernel, SECOND);
    expect(told.slice(2)).toEqual([[]]);
  });

  it('goes on after an optional write that failed', () => {
    let runs = 0;
    const kernel = start(() =>
      runs++ === 0 ? { steps: [createSecret('one', { optional: true }), createSecret('two')] } : { steps: [] },
    );
    fail(kernel, 'POST', SECRETS, plainError('no'));
    touch(kernel, configMap('a'));
    run(kernel, SECOND);
    expect(writes(kernel)).toHaveLength(2);
    expect(runs).toBeGreaterThanOrEqual(2);
  });

  it('records Events with the name that the server gave and the error that it gave', () => {
    let runs = 0;
    const said = {
      onSuccess: intent('Normal', 'SuccessfulCreate', 'Created secret: {name}'),
      onFailure: intent('Warning', 'FailedCreate', 'Error creating: {error}'),
    };
    const generated: CreateStep = {
      op: 'create',
      object: { apiVersion: 'v1', kind: 'Secret', metadata: { generateName: 'web-', namespace: 'default' } },
      ...said,
    };
    const kernel = start(() => (runs++ === 0 ? { steps: [generated, generated] } : { steps: [] }));
    touch(kernel, configMap('a'));
    kernel.run(kernel.now + 400, Infinity);
    fail(kernel, 'POST', SECRETS, plainError('quota'));
    run(kernel, SECOND);
    const [created, failed] = [...events(kernel)].sort();
    expect(created).toMatch(/^Normal SuccessfulCreate Created secret: web-xxxx\d$/);
    expect(failed).toBe('Warning FailedCreate Error creating: quota');
  });

  it('retries a conflict without saying that it failed', () => {
    let runs = 0;
    const step: WriteStep = {
      op: 'update',
      object: { ...configMap('a'), metadata: { ...configMap('a').metadata, resourceVersion: '1' } },
      onFailure: intent('Warning', 'Failed', '{error}'),
    };
    const told: (string | undefined)[] = [];
    const kernel = start((_, __, { failed }) => {
      told.push(failed[0]?.status.reason);
      return runs++ === 0 ? { steps: [step] } : { steps: [] };
    });
    fail(kernel, 'PUT', CONFIG_MAPS, conflict({ group: '', resource: 'configmaps' }, 'a'));
    touch(kernel, configMap('a'));
    run(kernel, SECOND);
    expect([told, events(kernel)]).toEqual([[undefined, 'Conflict'], []]);
  });

  it('takes the deletion of what is gone for a success, without an Event', () => {
    let runs = 0;
    const target = { kind: 'Secret', namespace: 'default', name: 'gone' } as const;
    const onSuccess = intent('Normal', 'SuccessfulDelete', 'Deleted secret: {name}');
    const kernel = start(() => (runs++ === 0 ? { steps: [{ op: 'delete', target, onSuccess }] } : { steps: [] }));
    touch(kernel, configMap('a'));
    run(kernel, SECOND);
    expect([runs, events(kernel), writes(kernel)]).toEqual([1, [], [`DELETE ${SECRETS}/gone`]]);
  });

  it('creates nothing more in a namespace that is going away, and does not retry', () => {
    let runs = 0;
    const onFailure = intent('Warning', 'FailedCreate', '{error}');
    const patch: WriteStep = {
      op: 'patch',
      target: { kind: 'ConfigMap', namespace: 'default', name: 'a' },
      patchType: 'merge',
      patch: {},
    };
    const kernel = start(() =>
      runs++ === 0
        ? { steps: [createSecret('one', { onFailure }), createSecret('two', { onFailure }), patch] }
        : { steps: [] },
    );
    fail(kernel, 'POST', SECRETS, namespaceTerminating(resource, 'one', 'default'));
    touch(kernel, configMap('a'));
    run(kernel, SECOND);
    expect([writes(kernel), events(kernel)]).toEqual([[`POST ${SECRETS}`, `PATCH ${CONFIG_MAPS}/a`], []]);
  });

  it('is explained with its steps and the object of its key', () => {
    let runs = 0;
    const kernel = start(() =>
      runs++ === 0 ? { steps: [createSecret('one')], because: 'one secret is missing' } : { steps: [] },
    );
    touch(kernel, configMap('a'));
    run(kernel, SECOND);
    expect(kernel.explanations.entries).toMatchObject([
      {
        what: 'plan',
        text: 'one secret is missing',
        subject: { kind: 'ConfigMap', namespace: 'default', name: 'a', uid: 'uid-of-a' },
        data: { silent: [], steps: [{ op: 'create', object: 'Secret default/one' }] },
      },
    ]);
  });
});

describe('a key', () => {
  it('is not taken up again before the caches have seen its own writes', () => {
    const seen: boolean[] = [];
    const kernel = start((view) => {
      seen.push(view.get('Secret', 'default', 'mine') !== undefined);
      return seen.length === 1 ? { steps: [createSecret('mine')] } : { steps: [] };
    });
    const watcher = deafen(kernel, '/secrets');
    touch(kernel, configMap('a'));
    run(kernel, SECOND);
    touch(kernel, configMap('a', { x: '1' }));
    run(kernel, SECOND);
    expect(seen).toEqual([false]);
    const events = server(kernel).history.flatMap(({ collection, event }) =>
      collection === '/secrets' ? [event] : [],
    );
    const late = { type: 'api/watch-events', id: watcher.id, events };
    kernel.send(kernel.processes.get(SERVER)!, watcher.to, late);
    run(kernel, SECOND);
    expect(seen).toEqual([false, true]);
  });

  it('waits for its own writes five minutes at most, while other keys go on', () => {
    const taken: string[] = [];
    const kernel = start((_, key) => {
      taken.push(key);
      return key === 'default/a' && taken.length === 1 ? { steps: [createSecret('mine')] } : { steps: [] };
    });
    deafen(kernel, '/secrets');
    touch(kernel, configMap('a'));
    run(kernel, SECOND);
    touch(kernel, configMap('a', { x: '1' }), configMap('b'));
    run(kernel, 4 * MINUTE);
    expect(taken).toEqual(['default/a', 'default/b']);
    run(kernel, 2 * MINUTE);
    expect(taken).toEqual(['default/a', 'default/b', 'default/a']);
  });

  it('waits until a deletion of its own shows', () => {
    const view: (string | undefined)[] = [];
    const kernel = start((caches) => {
      const secret = caches.get('Secret', 'default', 'old');
      view.push(secret?.metadata.name);
      return secret === undefined
        ? { steps: [] }
        : { steps: [{ op: 'delete', target: { kind: 'Secret', namespace: 'default', name: 'old' } }] };
    });
    serverWrites(kernel, '/secrets', { ...configMap('old'), kind: 'Secret' });
    run(kernel, SECOND);
    for (let i = 0; i < 5; i++) touch(kernel, configMap('a', { x: String(i) }));
    run(kernel, SECOND);
    expect(view).toEqual(['old', undefined]);
    expect(writes(kernel)).toEqual([`DELETE ${SECRETS}/old`]);
  });

  it('is looked at again when the plan says so', () => {
    const at: number[] = [];
    const kernel = start((_, __, { now }) => {
      at.push(now);
      return at.length < 3 ? { steps: [], again: 7 * SECOND } : { steps: [] };
    });
    touch(kernel, configMap('a'));
    run(kernel, MINUTE);
    expect(at.map((moment) => moment - at[0]!)).toEqual([0, 7 * SECOND, 14 * SECOND]);
  });

  it('is worked on by as many workers as there are, at once', () => {
    let working = 0;
    const kernel = start((_, key) => ({ steps: [createSecret(`of-${key.slice(8)}-${working++}`)] }), 3);
    for (let i = 0; i < 3; i++) fail(kernel, 'POST', SECRETS, null);
    touch(kernel, ...['a', 'b', 'c', 'd'].map((name) => configMap(name)));
    run(kernel, SECOND);
    expect(working).toBe(3);
    const { runs, queue } = stateOf<HostState>(kernel, HOST).set.states.get('test')!;
    expect([[...runs.keys()], [...queue.dirty.keys()]]).toEqual([
      ['default/a', 'default/b', 'default/c'],
      ['default/d'],
    ]);
  });
});

describe('a controller', () => {
  it('remembers what its last plan said', () => {
    const memories: unknown[] = [];
    const kernel = start((_, key, { memory }) => {
      memories.push(memory);
      return key === 'default/b' ? { steps: [] } : { steps: [], memory: (memory as number) + 1 };
    });
    touch(kernel, configMap('a'), configMap('b'), configMap('c'), configMap('d'));
    run(kernel, SECOND);
    expect(memories).toEqual([0, 1, 1, 2]);
  });

  it('starts with every object that was there before it', () => {
    const keys: string[] = [];
    const definition = hostOf([controllerOf((_, key) => (keys.push(key), { steps: [] }))]);
    const kernel = testKernel([{ definition: definition as ProcessDefinition<never, never>, args: null }]);
    touch(kernel, configMap('b'), configMap('a'));
    run(kernel, 5 * SECOND);
    expect(keys).toEqual(['default/a', 'default/b']);
  });

  it('has 20 requests a second and a burst of 30 of its own', () => {
    const kernel = start((_, key) => ({ steps: [createSecret(key.slice(8))] }), 100);
    touch(kernel, ...Array.from({ length: 50 }, (_, i) => configMap(`c${String(i)}`)));
    run(kernel, SECOND / 100);
    expect(writes(kernel)).toHaveLength(30);
    run(kernel, SECOND / 2);
    expect(writes(kernel)).toHaveLength(40);
  });
});
