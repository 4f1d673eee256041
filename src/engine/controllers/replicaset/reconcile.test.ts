import { describe, expect, it } from 'vitest';
import { failure } from '#engine/api/status-error';
import type { KubeObject, Pod, ReplicaSet } from '#engine/api/types';
import { seconds } from '#engine/kernel/time';
import type { Plan, Step, WriteStep } from '#engine/client/plan';
import { applyPlan, world } from '../testing/apply';
import { at, deployment, namespace, node, pod, podOf, readyCondition, replicaSet } from '../testing/builders';
import { situation, viewOfObjects } from '../testing/view';
import { ownerReference } from '#engine/api/meta';
import { replicaSetController } from './controller';
import { reconcileReplicaSet } from './reconcile';

const plan = (objects: readonly KubeObject[], over = {}): Plan =>
  reconcileReplicaSet(viewOfObjects(objects), 'default/web', situation(over));
const ops = ({ steps }: Plan): readonly string[] =>
  steps.map((step) => (step.op === 'update' ? `${step.op} ${step.subresource}` : step.op));
const statusOf = ({ steps }: Plan): ReplicaSet['status'] | undefined => {
  const step = steps.find((each): each is Extract<Step, { op: 'update' }> => each.op === 'update');
  return (step?.object as ReplicaSet | undefined)?.status;
};

describe('ReplicaSet', () => {
  it('replaces a pod as soon as its deletion begins, before it is gone', () => {
    const web = replicaSet('web', { replicas: 2 });
    const answer = plan([web, podOf(web, 'web-a'), podOf(web, 'web-b', { meta: { deletionTimestamp: at(1) } })]);

    expect(ops(answer)).toEqual(['create', 'update status']);
    expect(statusOf(answer)).toMatchObject({
      replicas: 1,
      readyReplicas: 1,
      availableReplicas: 1,
      terminatingReplicas: 1,
    });
    expect(answer.because).toBe('web wants 2, sees 1 active: creating 1');
  });

  it('creates pods from its template and records them', () => {
    const web = replicaSet('web', { replicas: 1, available: 0, status: { replicas: 0, fullyLabeledReplicas: 0 } });
    const { events, objects } = applyPlan(world(web), plan([web]));

    expect(events).toEqual(['Normal SuccessfulCreate Created pod: web-2']);
    expect(objects[1]).toMatchObject({
      kind: 'Pod',
      metadata: { generateName: 'web-', labels: { app: 'web' }, ownerReferences: [ownerReference(web)] },
    });
  });

  it('writes nothing when all is as it should be', () => {
    const web = replicaSet('web', { replicas: 2 });
    expect(plan([web, podOf(web, 'web-a'), podOf(web, 'web-b')]).steps).toEqual([]);
  });

  // replica_set_test.go, doTestControllerBurstReplicas (there with a burst of 5)
  it.each([
    [1200, 0, 500],
    [3, 0, 3],
    [502, 2, 500],
  ])('wanting %d and seeing %d it creates %d at once', (wanted, seen, created) => {
    const web = replicaSet('web', { replicas: wanted });
    const pods = Array.from({ length: seen }, (_, index) => podOf(web, `web-${index}`));
    expect(ops(plan([web, ...pods])).filter((op) => op === 'create')).toHaveLength(created);
  });

  it('deletes the pods that are missed least, by uid', () => {
    const web = replicaSet('web', { replicas: 1 });
    const slow = podOf(web, 'web-b', { status: { conditions: [readyCondition('False')] } });
    const [step] = plan([web, podOf(web, 'web-a'), slow]).steps;
    expect(step).toMatchObject({
      op: 'delete',
      target: { name: 'web-b' },
      uid: slow.metadata.uid,
      onSuccess: { reason: 'SuccessfulDelete', message: 'Deleted pod: {name}' },
    });
  });

  it('counts pods of its sister ReplicaSets when it thins out a node', () => {
    const owner = deployment('web');
    const web = replicaSet('web', { replicas: 1, meta: { ownerReferences: [ownerReference(owner)] } });
    const sister = replicaSet('old', { labels: { app: 'old' }, meta: { ownerReferences: [ownerReference(owner)] } });
    const pods = [
      podOf(web, 'web-a'),
      podOf(web, 'web-b', { spec: { nodeName: 'node-2' } }),
      podOf(sister, 'old-a', { spec: { nodeName: 'node-2' } }),
    ];
    expect(plan([web, sister, ...pods]).steps[0]).toMatchObject({ op: 'delete', target: { name: 'web-b' } });
  });

  it('makes no pods once it is being deleted', () => {
    const web = replicaSet('web', {
      replicas: 2,
      available: 0,
      meta: { deletionTimestamp: at(1) },
      status: { replicas: 0, fullyLabeledReplicas: 0 },
    });
    expect(plan([web]).steps).toEqual([]);
  });

  it('makes no pods in a namespace that is being deleted', () => {
    const web = replicaSet('web', { replicas: 2 });
    expect(ops(plan([web, namespace('default', { phase: 'Terminating' })]))).toEqual(['update status']);
  });

  it('tells of a refused creation before it tries again, and takes it back on success', () => {
    const web = replicaSet('web', { replicas: 1 });
    const step: WriteStep = { op: 'create', object: { apiVersion: 'v1', kind: 'Pod' } };
    const failed = [{ step, status: failure({ code: 403, reason: 'Forbidden', message: 'no quota' }) }];
    const refused = plan([web], { failed });
    expect(ops(refused)).toEqual(['update status', 'create']);
    const condition = {
      type: 'ReplicaFailure',
      status: 'True',
      lastTransitionTime: at(0),
      reason: 'FailedCreate',
      message: 'no quota',
    };
    expect(statusOf(refused)?.conditions).toEqual([condition]);

    const failing = replicaSet('web', { replicas: 1, status: { conditions: [condition] } });
    expect(statusOf(plan([failing, podOf(failing, 'web-a')]))).not.toHaveProperty('conditions');
  });

  it('looks again when the next pod has been Ready for minReadySeconds', () => {
    const web = replicaSet('web', { replicas: 2, minReadySeconds: 30 });
    const young = podOf(web, 'web-b', { status: { conditions: [readyCondition('True', at(90))] } });
    const answer = plan([web, podOf(web, 'web-a'), young], { now: seconds(100) });
    expect(statusOf(answer)).toMatchObject({ readyReplicas: 2, availableReplicas: 1 });
    expect(answer.again).toBe(seconds(20));
  });

  it('releases a pod whose labels no longer match, and replaces it', () => {
    const web = replicaSet('web', { replicas: 1 });
    const strayed = podOf(web, 'web-a', { meta: { labels: { app: 'debug' } } });
    const answer = plan([web, strayed]);
    expect(ops(answer)).toEqual(['patch', 'create', 'update status']);
    expect(answer.steps[0]).toMatchObject({
      patchType: 'strategic',
      patch: { metadata: { ownerReferences: [{ $patch: 'delete', uid: web.metadata.uid }] } },
    });
  });

  it('adopts orphans that it finds when it is new', () => {
    const web = replicaSet('web', { replicas: 1, status: { observedGeneration: 0 } });
    const orphan = pod('lonely', { meta: { labels: { app: 'web' }, ownerReferences: [] } });
    const after = applyPlan(world(web, orphan), plan([web, orphan]));
    expect(after.objects[1]).toMatchObject({ metadata: { name: 'lonely', ownerReferences: [ownerReference(web)] } });
    expect(after.objects).toHaveLength(2);
  });

  it('offers a later orphan to the ReplicaSet that matches it', () => {
    const web = replicaSet('web');
    const orphan: Pod = pod('lonely', { meta: { labels: { app: 'web' } } });
    const view = viewOfObjects([web, orphan, node('node-1')]);
    const [key = ''] = replicaSetController.keysFor({ kind: 'Pod', type: 'added', object: orphan }, view);
    expect(replicaSetController.reconcile(view, key, situation()).steps).toMatchObject([
      { op: 'patch', target: { name: 'lonely' } },
    ]);
  });

  it('is not woken by changes of a pod that do not count', () => {
    const web = replicaSet('web');
    const before = podOf(web, 'web-a');
    const after: Pod = { ...before, status: { ...before.status, podIP: '10.244.0.7' } };
    const view = viewOfObjects([web, after]);
    expect(replicaSetController.keysFor({ kind: 'Pod', type: 'updated', object: after, old: before }, view)).toEqual(
      [],
    );
    expect(replicaSetController.keysFor({ kind: 'Pod', type: 'deleted', object: after }, view)).toEqual([
      'default/web',
    ]);
  });
});
