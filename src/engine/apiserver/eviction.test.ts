import { describe, expect, it } from 'vitest';
import { resourceByKind } from '#engine/api/registry';
import type { KubeObject, Pod, Status } from '#engine/api/types';
import { DISRUPTION } from './decision';
import { BUDGETS, decideDisruption, decideEviction } from './eviction';
import type { Operation } from './state';
import type { Surroundings } from './surroundings';
import { bind, pod as podBody, PODS as PATH, withAccount } from './testing';

const PODS = resourceByKind('v1', 'Pod')!;

const operation = (more: Partial<Operation> = {}): Operation =>
  ({
    asker: { client: 'laptop/kubectl', id: 1, user: { username: 'jane', groups: [] } },
    verb: 'create',
    resource: 'pods',
    namespace: 'default',
    name: 'web',
    subresource: 'eviction',
    options: {
      dryRun: false,
      gracePeriodSeconds: null,
      preconditions: null,
      propagationPolicy: null,
      orphanDependents: null,
    },
    body: { pod: 'web' },
    taken: null,
    annotations: null,
    ...more,
  }) as Operation;

const pod = (more: Partial<Pod['status']> = {}): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default', uid: 'u', resourceVersion: '5', labels: { app: 'web' } },
    spec: { nodeName: 'node-1', containers: [{ name: 'main', image: 'x' }], terminationGracePeriodSeconds: 30 },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }], ...more },
  }) as unknown as Pod;

interface BudgetParts {
  readonly name?: string;
  readonly spec?: object;
  readonly status?: object;
  readonly generation?: number;
}
const budget = ({ name = 'web', spec = {}, status = {}, generation = 1 }: BudgetParts = {}): KubeObject =>
  ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace: 'default', generation, resourceVersion: '7' },
    spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
    status: { observedGeneration: 1, disruptionsAllowed: 1, currentHealthy: 3, desiredHealthy: 2, ...status },
  }) as unknown as KubeObject;

const around = (...budgets: readonly KubeObject[]): Surroundings =>
  ({
    now: 60_000_000,
    find: () => undefined,
    all: (resource: string) => (resource === BUDGETS ? budgets : []),
  }) as unknown as Surroundings;

const evict = (given: Pod, ...budgets: readonly KubeObject[]) =>
  decideEviction(operation(), PODS, { object: given, fresh: true }, around(...budgets));
const take = (given: KubeObject | null) =>
  decideDisruption(operation({ subresource: DISRUPTION }), { object: given, fresh: true }, around());

// @source kubernetes pkg/registry/core/pod/storage/eviction_test.go
describe('an eviction', () => {
  it('asks the budget that selects the pod first, and then deletes it', () => {
    expect(
      evict(pod(), budget(), budget({ name: 'other', spec: { selector: { matchLabels: { app: 'db' } } } })),
    ).toEqual({
      type: 'first',
      resource: BUDGETS,
      name: 'web',
      subresource: DISRUPTION,
      body: { pod: 'web' },
    });
    const allowed = decideEviction(
      operation({ taken: ['web'] }),
      PODS,
      { object: pod(), fresh: true },
      around(budget()),
    );
    expect(allowed).toMatchObject({ type: 'write', code: 201, answer: { status: 'Success' } });
    expect((allowed as unknown as { object: Pod }).object.status.conditions?.[1]).toMatchObject({
      type: 'DisruptionTarget',
      reason: 'EvictionByEvictionAPI',
    });
  });

  it.each<[string, Pod, readonly KubeObject[]]>([
    ['no budget selects it', pod(), [budget({ spec: { selector: { matchLabels: { app: 'db' } } } })]],
    ['the budget has no selector', pod(), [budget({ spec: { selector: undefined } })]],
    ['it is pending', pod({ phase: 'Pending' }), [budget()]],
    ['it has succeeded', pod({ phase: 'Succeeded' }), [budget()]],
    ['it is not ready and the others are enough', pod({ conditions: [] }), [budget()]],
    [
      'it is not ready and the budget lets such pods always go',
      pod({ conditions: [] }),
      [budget({ spec: { unhealthyPodEvictionPolicy: 'AlwaysAllow' }, status: { currentHealthy: 0 } })],
    ],
  ])('asks nobody when %s', (_, given, budgets) => {
    expect(evict(given, ...budgets)).toMatchObject({ type: expect.stringMatching(/^(write|remove)$/) as string });
  });

  it('asks when a pod that is not ready is one of too few', () => {
    expect(evict(pod({ conditions: [] }), budget({ status: { currentHealthy: 1 } }))).toMatchObject({ type: 'first' });
  });

  it('is refused for a pod of two budgets', () => {
    expect(evict(pod(), budget(), budget({ name: 'second' }))).toMatchObject({
      code: 500,
      body: {
        message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      },
    });
  });
});

describe('a disruption budget', () => {
  it('gives one disruption and remembers for whom', () => {
    expect(take(budget({ status: { disruptionsAllowed: 2 } }))).toMatchObject({
      type: 'write',
      object: { status: { disruptionsAllowed: 1, disruptedPods: { web: '2026-01-01T00:01:00Z' } } },
    });
    const last = take(budget()) as unknown as { object: { status: { conditions: unknown[] } } };
    expect(last.object.status.conditions).toMatchObject([
      { type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods' },
    ]);
  });

  it.each<[BudgetParts, string, number | undefined]>([
    [
      { status: { disruptionsAllowed: 0, currentHealthy: 2 } },
      'The disruption budget web needs 2 healthy pods and has 2 currently',
      undefined,
    ],
    [{ generation: 2 }, 'The disruption budget web is still being processed by the server.', 10],
  ])('refuses: %j', (parts, cause, retryAfterSeconds) => {
    const refused = take(budget(parts)) as unknown as { code: number; body: Status };
    expect(refused.code).toBe(429);
    expect(refused.body).toMatchObject({
      reason: 'TooManyRequests',
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      details: { causes: [{ reason: 'DisruptionBudget', message: cause }] },
    });
    expect(refused.body.details?.retryAfterSeconds).toBe(retryAfterSeconds);
  });
});

describe('evicting over the API', () => {
  const BUDGET = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
  interface Whole {
    readonly metadata: { readonly generation: number; readonly deletionTimestamp?: string };
    readonly status: Readonly<Record<string, unknown>>;
  }

  it('takes from the budget and deletes, or does neither', () => {
    const api = withAccount();
    const spec = { minAvailable: 1, selector: { matchLabels: { app: 'web' } } };
    api.want('POST', BUDGET, { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'b' }, spec });
    api.want('POST', PATH, { ...(podBody('p') as object), metadata: { name: 'p', labels: { app: 'web' } } });
    bind(api, 'p', 'n1');
    const read = (path: string): Whole => api.want('GET', path) as unknown as Whole;
    const running = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
    api.want('PUT', `${PATH}/p/status`, { ...read(`${PATH}/p`), status: running });
    const allow = (disruptionsAllowed: number): void => {
      const budget = read(`${BUDGET}/b`);
      const { generation } = budget.metadata;
      const counts = { disruptionsAllowed, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 };
      api.want('PUT', `${BUDGET}/b/status`, { ...budget, status: { observedGeneration: generation, ...counts } });
    };
    const evict = (query = '') =>
      api.ask('POST', `${PATH}/p/eviction${query}`, {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name: 'p' },
      });
    allow(0);
    expect(evict()).toMatchObject({ code: 429, body: { details: { causes: [{ reason: 'DisruptionBudget' }] } } });
    allow(1);
    expect(evict('?dryRun=All').code).toBe(201);
    expect(read(`${BUDGET}/b`).status['disruptionsAllowed']).toBe(1);
    expect(read(`${PATH}/p`).metadata.deletionTimestamp).toBeUndefined();
    expect(evict()).toMatchObject({ code: 201, body: { status: 'Success' } });
    expect(read(`${BUDGET}/b`).status).toMatchObject({
      disruptionsAllowed: 0,
      disruptedPods: { p: expect.any(String) as string },
    });
    expect(read(`${PATH}/p`).metadata.deletionTimestamp).toBeDefined();
  });
});
