import { describe, expect, it } from 'vitest';
import { ownerReference } from '#engine/api/meta';
import { alreadyExists, forbidden } from '#engine/api/status-error';
import type { Deployment, KubeObject, ReplicaSet } from '#engine/api/types';
import { type Micros, seconds } from '#engine/kernel/time';
import type { FailedWrite } from '#engine/client/plan';
import { type World, applyPlan, settleReplicaSets, world } from '../testing/apply';
import { at, deployment, podOf, replicaSet } from '../testing/builders';
import { situation, viewOfObjects } from '../testing/view';
import { reconcileDeployment } from './reconcile';

const reconcile = (objects: readonly KubeObject[], over: { now?: Micros; failed?: readonly FailedWrite[] } = {}) =>
  reconcileDeployment(viewOfObjects(objects), 'default/web', situation(over));

const webOf = ({ objects }: World): Deployment => objects.find(({ kind }) => kind === 'Deployment') as Deployment;
const setsOf = ({ objects }: World): readonly ReplicaSet[] =>
  objects.filter((each): each is ReplicaSet => each.kind === 'ReplicaSet');
const sizes = (state: World): string =>
  setsOf(state)
    .map(({ spec }) => spec.replicas)
    .join('+');

/** Reconciles until nothing is written, the ReplicaSets' pods following at once. Answers the sizes on the way. */
function settle(
  start: World,
  now: Micros = 0,
  broken?: (set: ReplicaSet) => number,
): { state: World; path: readonly string[] } {
  const path: string[] = [];
  let state = start;
  for (let round = 0; round < 100; round += 1) {
    const plan = reconcile(state.objects, { now });
    if (plan.steps.length === 0) return { state, path };
    state = settleReplicaSets(applyPlan(state, plan, now), broken);
    if (path.at(-1) !== sizes(state)) path.push(sizes(state));
  }
  throw new Error('does not come to rest');
}

function withChange(state: World, change: (spec: Deployment['spec']) => Deployment['spec']): World {
  const objects = state.objects.map((object): KubeObject => {
    if (object.kind !== 'Deployment') return object;
    const web = object as Deployment;
    return {
      ...web,
      metadata: { ...web.metadata, generation: (web.metadata.generation ?? 1) + 1 },
      spec: change(web.spec),
    } as Deployment;
  });
  return { ...state, objects, events: [] };
}
const withImage = (state: World, image: string): World =>
  withChange(state, (spec) => ({
    ...spec,
    template: { ...spec.template, spec: { containers: [{ name: 'main', image }] } },
  }));

const condition = (state: World, type: string) => webOf(state).status.conditions?.find((each) => each.type === type);

describe('Deployment', () => {
  it('creates its first ReplicaSet and says so', () => {
    const { state } = settle(world(deployment('web', { replicas: 3 })));
    const [set] = setsOf(state);
    expect(set?.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{1,10}$/);
    expect(set?.spec.selector.matchLabels).toEqual({
      app: 'web',
      'pod-template-hash': set?.metadata.labels?.['pod-template-hash'],
    });
    expect(state.events).toEqual([`Normal ScalingReplicaSet Scaled up replica set ${set?.metadata.name} from 0 to 3`]);
    expect(webOf(state).metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' });
    expect(condition(state, 'Available')).toMatchObject({ status: 'True', reason: 'MinimumReplicasAvailable' });
    expect(condition(state, 'Progressing')).toMatchObject({
      status: 'True',
      reason: 'NewReplicaSetAvailable',
      message: `ReplicaSet "${set?.metadata.name}" has successfully progressed.`,
    });
  });

  it('rolls 10 pods at 25 %/25 % without ever leaving its fenceposts', () => {
    const before = settle(world(deployment('web', { replicas: 10 }))).state;
    const { state, path } = settle(withImage(before, 'nginx:2'));
    // 3 more than 10 at most, 8 available at least.
    expect(path).toEqual(['10+3', '5+3', '5+8', '0+8', '0+10']);
    expect(webOf(state).metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('2');
    expect(state.events.map((event) => event.replace(/web-\S+/, 'web'))).toEqual([
      'Normal ScalingReplicaSet Scaled up replica set web from 0 to 3',
      'Normal ScalingReplicaSet Scaled down replica set web from 10 to 5',
      'Normal ScalingReplicaSet Scaled up replica set web from 3 to 8',
      'Normal ScalingReplicaSet Scaled down replica set web from 5 to 0',
      'Normal ScalingReplicaSet Scaled up replica set web from 8 to 10',
    ]);
    expect(webOf(state).status).toMatchObject({
      replicas: 10,
      updatedReplicas: 10,
      availableReplicas: 10,
      unavailableReplicas: 0,
      observedGeneration: 2,
    });
  });

  it('holds a rollout whose new pods do not come up, and times out', () => {
    const before = settle(world(deployment('web', { replicas: 10 }))).state;
    const broken = (set: ReplicaSet): number =>
      set.spec.template.spec?.containers[0]?.image === 'broken' ? set.spec.replicas : 0;
    const { state, path } = settle(withImage(before, 'broken'), 0, broken);
    expect(path).toEqual(['10+3', '8+3', '8+5']);
    expect(reconcile(state.objects).again).toBe(seconds(601));
    const late = settle(state, seconds(601), broken).state;
    expect(condition(late, 'Progressing')).toMatchObject({ status: 'False', reason: 'ProgressDeadlineExceeded' });
    expect(condition(late, 'Progressing')?.message).toMatch(/^ReplicaSet "web-\S+" has timed out progressing\.$/);
    expect(condition(late, 'Available')?.status).toBe('True');
  });

  it('takes an old template up again with its ReplicaSet, a new revision and its history', () => {
    const first = settle(world(deployment('web', { replicas: 2 }))).state;
    const second = settle(withImage(first, 'nginx:2')).state;
    const { state } = settle(withImage(second, 'nginx'));
    expect(setsOf(state).map(({ metadata }) => metadata.annotations?.['deployment.kubernetes.io/revision'])).toEqual([
      '3',
      '2',
    ]);
    expect(setsOf(state)[0]?.metadata.annotations?.['deployment.kubernetes.io/revision-history']).toBe('1');
    expect(sizes(state)).toBe('2+0');
  });

  it('keeps revisionHistoryLimit old ReplicaSets', () => {
    let state = settle(world(deployment('web', { replicas: 1, spec: { revisionHistoryLimit: 1 } }))).state;
    for (const image of ['nginx:2', 'nginx:3', 'nginx:4']) state = settle(withImage(state, image)).state;
    expect(setsOf(state).map(({ metadata }) => metadata.annotations?.['deployment.kubernetes.io/revision'])).toEqual([
      '3',
      '4',
    ]);
  });

  it('scales without rolling', () => {
    const before = settle(world(deployment('web', { replicas: 2 }))).state;
    const { state, path } = settle(withChange(before, (spec) => ({ ...spec, replicas: 200 })));
    expect(path).toEqual(['200']);
    expect(state.events).toHaveLength(1);
  });

  it('does not roll while it is paused, and says when it goes on', () => {
    const before = settle(world(deployment('web', { replicas: 2 }))).state;
    const paused = settle(
      withImage(
        withChange(before, (spec) => ({ ...spec, paused: true })),
        'nginx:2',
      ),
    ).state;
    expect(setsOf(paused)).toHaveLength(1);
    expect(condition(paused, 'Progressing')).toMatchObject({
      status: 'Unknown',
      reason: 'DeploymentPaused',
      message: 'Deployment is paused',
    });
    const resumed = withChange(paused, (spec) => ({ ...spec, paused: false }));
    const [step] = reconcile(resumed.objects).steps;
    expect(step).toMatchObject({
      object: { status: { conditions: [{}, { reason: 'DeploymentResumed', status: 'Unknown' }] } },
    });
    expect(setsOf(settle(resumed).state)).toHaveLength(2);
  });

  it('recreates only when no old pod is left', () => {
    const before = settle(world(deployment('web', { replicas: 2, spec: { strategy: { type: 'Recreate' } } }))).state;
    const [old] = setsOf(before);
    if (old === undefined) throw new Error('no ReplicaSet');
    const leaving = podOf(old, 'web-a', { meta: { deletionTimestamp: at(1) } });
    const changed = withImage({ ...before, objects: [...before.objects, leaving] }, 'nginx:2');
    const waiting = settle(changed).state;
    expect(sizes(waiting)).toBe('0');
    const gone = { ...waiting, objects: waiting.objects.filter(({ kind }) => kind !== 'Pod') };
    expect(sizes(settle(gone).state)).toBe('0+2');
  });

  it('counts a collision when its name is taken, and takes another', () => {
    const web = deployment('web');
    const first = reconcile([web]).steps[0];
    if (first?.op !== 'create') throw new Error('no creation');
    const name = first.object.metadata?.name ?? '';
    const taken = replicaSet(name, { meta: { labels: { other: 'x' } } });
    const failed = [{ step: first, status: alreadyExists({ group: 'apps', resource: 'replicasets' }, name) }];
    const counted = reconcile([web, taken], { failed });
    expect(counted.steps).toMatchObject([
      { op: 'update', subresource: 'status', object: { status: { collisionCount: 1 } } },
    ]);
    const after = applyPlan(world(web, taken), counted);
    const second = reconcile(after.objects).steps[0];
    expect(second?.op === 'create' ? second.object.metadata?.name : name).not.toBe(name);
  });

  it('tells of a creation that was refused and tries again', () => {
    const web = deployment('web');
    const first = reconcile([web]).steps[0];
    if (first?.op !== 'create') throw new Error('no creation');
    const status = forbidden({ group: 'apps', resource: 'replicasets' }, 'web', 'no quota');
    const { steps } = reconcile([web], { failed: [{ step: first, status }] });
    expect(steps.map(({ op }) => op)).toEqual(['event', 'update', 'create']);
    expect(steps[0]).toMatchObject({ event: { type: 'Warning', reason: 'ReplicaSetCreateError' } });
  });

  it('refuses an empty selector', () => {
    const web = deployment('web', { spec: { selector: {} } });
    expect(reconcile([web]).steps[0]).toMatchObject({
      event: {
        reason: 'SelectingAll',
        message: 'This deployment is selecting all pods. A non-empty selector is required.',
      },
    });
  });

  it('hands the failure of a ReplicaSet on', () => {
    const before = settle(world(deployment('web'))).state;
    const failure = {
      type: 'ReplicaFailure',
      status: 'True',
      reason: 'FailedCreate',
      message: 'no quota',
      lastTransitionTime: at(3),
    };
    const objects = before.objects.map((each) =>
      each.kind === 'ReplicaSet'
        ? ({ ...each, status: { ...(each as ReplicaSet).status, conditions: [failure] } } as ReplicaSet)
        : each,
    );
    expect(reconcile(objects).steps[0]).toMatchObject({
      object: { status: { conditions: [{}, {}, { ...failure, lastUpdateTime: at(3) }] } },
    });
  });

  it('adopts an orphan of its selector when it is new, and takes its template for its own', () => {
    const before = settle(world(deployment('web', { replicas: 2 }))).state;
    const orphans = setsOf(before).map((set): ReplicaSet => ({
      ...set,
      metadata: { ...set.metadata, ownerReferences: [] },
    }));
    const again = deployment('web', { replicas: 2, meta: { uid: 'another' } });
    const { state } = settle(world(again, ...orphans));
    expect(setsOf(state)).toHaveLength(1);
    expect(setsOf(state)[0]?.metadata.ownerReferences).toEqual([ownerReference(again)]);
  });

  it('owns what it creates', () => {
    const web = deployment('web');
    expect(reconcile([web]).steps[0]).toMatchObject({
      object: { metadata: { ownerReferences: [ownerReference(web)] } },
    });
  });
});
