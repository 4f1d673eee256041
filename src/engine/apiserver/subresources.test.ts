import { describe, expect, it } from 'vitest';
import {
  bind,
  deployment,
  DEPLOYMENTS,
  get,
  type Loose,
  MERGE,
  message,
  pod,
  PODS,
  TestApi,
  withAccount,
} from './testing';

describe('subresources', () => {
  it('keeps status and the rest apart', () => {
    const api = new TestApi();
    const made = api.want('POST', DEPLOYMENTS, deployment('web')) as unknown as Loose;
    expect(made.metadata.generation).toBe(1);
    const spec = { ...made.spec, replicas: 5 };
    const status = { observedGeneration: 1, replicas: 2 };
    const afterStatus = api.want('PUT', `${DEPLOYMENTS}/web/status`, { ...made, spec, status }) as unknown as Loose;
    expect([afterStatus.spec['replicas'], afterStatus.status['replicas'], afterStatus.metadata.generation]).toEqual([
      2, 2, 1,
    ]);
    const afterSpec = api.want('PUT', `${DEPLOYMENTS}/web`, { ...afterStatus, spec, status: {} }) as unknown as Loose;
    expect([afterSpec.spec['replicas'], afterSpec.status['replicas'], afterSpec.metadata.generation]).toEqual([
      5, 2, 2,
    ]);
  });

  it('tells the selector of a ReplicationController, which is a set of labels', () => {
    const api = new TestApi();
    const path = '/api/v1/namespaces/default/replicationcontrollers';
    const selector = { app: 'old', tier: 'web' };
    const template = { metadata: { labels: selector }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
    const spec = { replicas: 2, selector, template };
    api.want('POST', path, { apiVersion: 'v1', kind: 'ReplicationController', metadata: { name: 'old' }, spec });
    expect(get(api, `${path}/old/scale`)).toMatchObject({
      spec: { replicas: 2 },
      status: { replicas: 0, selector: 'app=old,tier=web' },
    });
  });

  it('scales', () => {
    const api = new TestApi();
    api.want('POST', DEPLOYMENTS, deployment('web'));
    const scale = get(api, `${DEPLOYMENTS}/web/scale`);
    expect(scale).toMatchObject({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      spec: { replicas: 2 },
      status: { selector: 'app=web' },
    });
    expect(api.want('PUT', `${DEPLOYMENTS}/web/scale`, { ...scale, spec: { replicas: 7 } })).toMatchObject({
      kind: 'Scale',
      spec: { replicas: 7 },
    });
    expect(api.want('PATCH', `${DEPLOYMENTS}/web/scale`, { spec: { replicas: 3 } }, MERGE)).toMatchObject({
      kind: 'Scale',
      spec: { replicas: 3 },
    });
    expect(get(api, `${DEPLOYMENTS}/web`)).toMatchObject({ spec: { replicas: 3 }, metadata: { generation: 3 } });
    const negative = api.ask('PATCH', `${DEPLOYMENTS}/web/scale`, { spec: { replicas: -1 } }, MERGE);
    expect([negative.code, message(negative)]).toEqual([
      422,
      'Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    ]);
  });

  it('binds a pod once', () => {
    const api = withAccount();
    api.want('POST', '/api/v1/nodes', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'node-1', labels: { 'topology.kubernetes.io/zone': 'zone-a' } },
    });
    api.want('POST', PODS, pod('p'));
    expect(bind(api, 'p', 'node-1')).toMatchObject({ code: 201, body: { kind: 'Status', status: 'Success' } });
    expect(get(api, `${PODS}/p`)).toMatchObject({
      metadata: { labels: { 'topology.kubernetes.io/zone': 'zone-a' } },
      spec: { nodeName: 'node-1' },
      status: { conditions: [{ type: 'PodScheduled', status: 'True' }] },
    });
    const again = bind(api, 'p', 'node-2');
    expect([again.code, message(again)]).toEqual([
      409,
      'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "node-1"',
    ]);
    expect(bind(api, 'q', 'node-2').code).toBe(404);
  });

  it('evicts like a deletion while there are no budgets', () => {
    const api = withAccount();
    api.want('POST', PODS, pod('p'));
    bind(api, 'p', 'node-1');
    const answer = api.ask('POST', `${PODS}/p/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: 'p' },
    });
    expect([answer.code, (answer.body as { status: string }).status]).toEqual([201, 'Success']);
    expect(get(api, `${PODS}/p`)).toMatchObject({ metadata: { deletionGracePeriodSeconds: 30 } });
  });
});
