/** @source kubernetes staging/src/k8s.io/apiserver/pkg/util/flowcontrol/{rule_test,match_test}.go, pkg/util/shufflesharding/dealer_test.go, pkg/apis/flowcontrol/bootstrap/default_test.go */
import { describe, expect, it } from 'vitest';
import type { FlowSchema, PriorityLevelConfiguration } from '#engine/api/types';
import { MILLISECOND, SECOND } from '#engine/kernel/time';
import type { UserInfo } from '../authentication/user';
import type { Attributes } from '../authorization/attributes';
import { type Asked, configMap, CONFIG_MAPS, get, MERGE, message, names, TestApi } from '../testing';
import { certified } from '../wire';
import { LEVELS, SCHEMAS } from './bootstrap-objects';
import { configOf, distinguisherOf, schemaFor } from './classify';
import { handOf } from './flow-control';

const CONFIG = configOf(
  SCHEMAS.map(({ body }) => body as unknown as FlowSchema),
  LEVELS.map(({ body }) => body as unknown as PriorityLevelConfiguration),
);
const user = (username: string, ...groups: readonly string[]): UserInfo => ({
  username,
  groups: [...groups, 'system:authenticated'],
});
const of = (who: UserInfo, verb: string, resource: string, more: Partial<Attributes> = {}): Attributes => ({
  user: who,
  verb,
  group: '',
  resource,
  subresource: '',
  namespace: '',
  name: '',
  path: '',
  ...more,
});
const lease = (who: UserInfo, verb: string, namespace = 'kube-system') =>
  of(who, verb, 'leases', { group: 'coordination.k8s.io', namespace });

describe('classification', () => {
  const MANAGER = user('system:kube-controller-manager');
  const NODE = user('system:node:n', 'system:nodes');
  const account = (namespace: string, name: string) =>
    user(`system:serviceaccount:${namespace}:${name}`, 'system:serviceaccounts', `system:serviceaccounts:${namespace}`);
  const probe = (path: string): Attributes =>
    of({ username: 'x', groups: ['system:unauthenticated'] }, 'get', '', { path });
  it.each<[Attributes, schema: string, level: string, distinguisher: string]>([
    [of(user('admin', 'system:masters'), 'list', 'pods'), 'exempt', 'exempt', ''],
    [probe('/readyz'), 'probes', 'exempt', ''],
    [probe('/livez/etcd'), 'probes', 'exempt', ''],
    [probe('/metrics'), 'global-default', 'global-default', 'x'],
    [lease(MANAGER, 'update'), 'system-leader-election', 'leader-election', 'system:kube-controller-manager'],
    [lease(MANAGER, 'delete'), 'kube-controller-manager', 'workload-high', 'kube-system'],
    [of(MANAGER, 'update', 'endpoints', { namespace: 'a' }), 'endpoint-controller', 'workload-high', MANAGER.username],
    [
      of(user('system:kube-scheduler'), 'create', 'pods', { subresource: 'binding', namespace: 'a' }),
      'kube-scheduler',
      'workload-high',
      'a',
    ],
    [
      lease(account('kube-system', 'x'), 'get'),
      'system-leader-election',
      'leader-election',
      'system:serviceaccount:kube-system:x',
    ],
    [of(account('kube-system', 'x'), 'list', 'nodes'), 'kube-system-service-accounts', 'workload-high', ''],
    [
      of(account('kube-systemx', 'y'), 'list', 'nodes'),
      'service-accounts',
      'workload-low',
      'system:serviceaccount:kube-systemx:y',
    ],
    [
      of(NODE, 'patch', 'nodes', { subresource: 'status', name: 'n' }),
      'system-node-high',
      'node-high',
      'system:node:n',
    ],
    [lease(NODE, 'update', 'kube-node-lease'), 'system-node-high', 'node-high', 'system:node:n'],
    [lease(NODE, 'update', 'other'), 'system-nodes', 'system', 'system:node:n'],
    [of(NODE, 'list', 'pods'), 'system-nodes', 'system', 'system:node:n'],
    [of(user('jane', 'dev'), 'list', 'pods'), 'global-default', 'global-default', 'jane'],
  ])('%j', (attributes, schema, level, distinguisher) => {
    const found = schemaFor(attributes, CONFIG)!;
    expect([
      found.metadata.name,
      found.spec?.priorityLevelConfiguration.name,
      distinguisherOf(found, attributes),
    ]).toEqual([schema, level, distinguisher]);
  });

  it('gives every level its share of 600 seats', () => {
    expect(Object.fromEntries(CONFIG.limits)).toEqual({
      'catch-all': 13,
      system: 74,
      'node-high': 98,
      'leader-election': 25,
      'workload-high': 98,
      'workload-low': 245,
      'global-default': 49,
    });
  });

  it('deals each flow a hand of different queues, always the same', () => {
    for (const flow of ['a', 'b', 'c']) {
      const hand = handOf(flow, 8, 6);
      expect(new Set(hand).size).toBe(6);
      expect(hand.every((queue) => queue >= 0 && queue < 8)).toBe(true);
      expect(handOf(flow, 8, 6)).toEqual(hand);
    }
    expect(handOf('a', 64, 6)).not.toEqual(handOf('b', 64, 6));
  });
});

describe('the API server', () => {
  const V1 = '/apis/flowcontrol.apiserver.k8s.io/v1';
  const OUTSIDE: Asked = { streaming: true };
  const settled = (): TestApi => {
    const api = new TestApi();
    api.ask('GET', '/version', undefined, OUTSIDE);
    api.advance(SECOND);
    return api;
  };

  it('has its objects for the first who asks, and says that no schema dangles', () => {
    const api = new TestApi();
    expect(names(api.ask('GET', `${V1}/flowschemas`, undefined, OUTSIDE).body)).toHaveLength(13);
    expect(names(api.want('GET', `${V1}/prioritylevelconfigurations`))).toHaveLength(8);
    api.advance(SECOND);
    expect(get(api, `${V1}/flowschemas/service-accounts`).status).toMatchObject({
      conditions: [
        {
          type: 'Dangling',
          status: 'False',
          reason: 'Found',
          message:
            'This FlowSchema references the PriorityLevelConfiguration object named "workload-low" and it exists',
        },
      ],
    });
  });

  it('tells which flow schema and level a request belongs to', () => {
    const api = settled();
    const { headers } = api.ask('GET', CONFIG_MAPS, undefined, OUTSIDE);
    expect(headers).toEqual({
      'x-kubernetes-pf-flowschema-uid': get(api, `${V1}/flowschemas/exempt`).metadata.uid,
      'x-kubernetes-pf-prioritylevel-uid': get(api, `${V1}/prioritylevelconfigurations/exempt`).metadata.uid,
    });
    expect(api.state.flow?.executing.size).toBe(0);
  });

  it('says that a schema dangles whose level does not exist', () => {
    const api = settled();
    const schema = {
      apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
      kind: 'FlowSchema',
      metadata: { name: 'mine' },
      spec: { priorityLevelConfiguration: { name: 'gone' } },
    };
    api.want('POST', `${V1}/flowschemas`, schema);
    api.advance(SECOND);
    const conditions = (): unknown => get(api, `${V1}/flowschemas/mine`).status['conditions'];
    const text = 'This FlowSchema references the PriorityLevelConfiguration object named "gone"';
    expect(conditions()).toMatchObject([
      { status: 'True', reason: 'NotFound', message: `${text} but there is no such object` },
    ]);
    const spec = { type: 'Limited', limited: { limitResponse: { type: 'Reject' } } };
    api.want('POST', `${V1}/prioritylevelconfigurations`, {
      apiVersion: schema.apiVersion,
      kind: 'PriorityLevelConfiguration',
      metadata: { name: 'gone' },
      spec,
    });
    api.advance(SECOND);
    expect(conditions()).toMatchObject([{ status: 'False', message: `${text} and it exists` }]);
  });

  const JANE = certified('jane', 'dev');
  /** One seat for jane, and what becomes of those who find none. */
  function narrow(limitResponse: object): TestApi {
    const api = settled();
    api.want('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'jane' },
      subjects: [{ kind: 'User', name: 'jane', apiGroup: 'rbac.authorization.k8s.io' }],
      roleRef: { kind: 'ClusterRole', name: 'cluster-admin', apiGroup: 'rbac.authorization.k8s.io' },
    });
    const spec = { type: 'Limited', limited: { nominalConcurrencyShares: 0, limitResponse } };
    const level = { kind: 'PriorityLevelConfiguration', metadata: { name: 'narrow' }, spec };
    api.want('POST', `${V1}/prioritylevelconfigurations`, {
      apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
      ...level,
    });
    const rules = [
      {
        subjects: [{ kind: 'User', user: { name: 'jane' } }],
        resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'] }],
      },
    ];
    api.want('POST', `${V1}/flowschemas`, {
      apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
      kind: 'FlowSchema',
      metadata: { name: 'jane' },
      spec: { priorityLevelConfiguration: { name: 'narrow' }, matchingPrecedence: 50, rules },
    });
    api.advance(SECOND);
    const shares = { spec: { limited: { nominalConcurrencyShares: 1 } } };
    api.want('PATCH', `${V1}/prioritylevelconfigurations/narrow`, shares, MERGE);
    api.advance(SECOND);
    return api;
  }
  const send = (api: TestApi, count: number, more: Asked = {}): readonly number[] =>
    Array.from({ length: count }, (_, at) =>
      api.send('POST', CONFIG_MAPS, configMap(`m${at}`), { credentials: JANE, ...more }),
    );
  const codes = (api: TestApi, ids: readonly number[]): readonly (number | undefined)[] =>
    ids.map((id) => api.answerTo(id)?.code);

  it('refuses what finds no seat', () => {
    const api = narrow({ type: 'Reject' });
    const ids = send(api, 5, OUTSIDE);
    api.advance(50 * MILLISECOND);
    // 600 seats, one of 246 shares: three.
    expect(codes(api, ids)).toEqual([201, 201, 201, 429, 429]);
    const refused = api.answerTo(ids[4]!);
    expect([refused?.body, refused?.headers?.['retry-after']]).toEqual([
      'Too many requests, please try again later.\n',
      '1',
    ]);
    expect(String(api.ask('GET', '/metrics', undefined, OUTSIDE).body)).toContain(
      'apiserver_flowcontrol_rejected_requests_total{flow_schema="jane",priority_level="narrow",reason="concurrency-limit"} 2',
    );
    const again = send(api, 4);
    api.advance(50 * MILLISECOND);
    expect(message(api.answerTo(again[3]!)!)).toBe(
      'the server has received too many requests and has asked us to try again later',
    );
  });

  it('lets others wait in queues until these are full', () => {
    const api = narrow({ type: 'Queue', queuing: { queues: 1, handSize: 1, queueLengthLimit: 4 } });
    const ids = send(api, 9);
    api.advance(100 * MILLISECOND);
    expect(codes(api, ids)).toEqual([201, 201, 201, 201, 201, 201, 201, 429, 429]);
    expect(api.state.flow?.levels.get('narrow')).toMatchObject({ seats: 0, queues: new Map() });
  });
});
