import { describe, expect, it } from 'vitest';
import type { KubeObject, PersistentVolumeClaim, StatefulSet } from '#engine/api/types';
import { SECOND } from '#engine/kernel/time';
import { world, type World } from '../testing/apply';
import { meta } from '../testing/builders';
import { allReady, podNames, podsIn, settle, withObject, withPods } from '../testing/settle';
import { situation, viewOfObjects } from '../testing/view';
import { statefulSetController as controller } from './controller';
import { parentAndOrdinal } from './identity';

const KEY = 'default/web';
type Spec = NonNullable<StatefulSet['spec']>;

interface Parts extends Partial<
  Pick<Spec, 'replicas' | 'podManagementPolicy' | 'ordinals' | 'minReadySeconds' | 'updateStrategy'>
> {
  readonly image?: string;
  readonly claims?: boolean;
  readonly retention?: Spec['persistentVolumeClaimRetentionPolicy'];
}

function web({ image = 'nginx:1', claims = false, retention, ...spec }: Parts = {}): StatefulSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: meta('StatefulSet', 'web'),
    spec: {
      replicas: 3,
      serviceName: 'web',
      podManagementPolicy: 'OrderedReady',
      revisionHistoryLimit: 10,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image }] } },
      ...(claims
        ? {
            volumeClaimTemplates: [
              { metadata: { name: 'data', labels: { tier: 'db' } }, spec: { accessModes: ['ReadWriteOnce'] } },
            ],
          }
        : {}),
      ...(retention === undefined ? {} : { persistentVolumeClaimRetentionPolicy: retention }),
      ...spec,
    },
    status: { replicas: 0, availableReplicas: 0 },
  };
}

const run = (before: World, now = 0): World => settle({ world: before, memory: null }, controller, KEY, now).world;
const ready = (before: World, ...names: readonly string[]): World => run(allReady(before, ...names));
/** The set with other words in its spec. */
const changed = (before: World, parts: Parts): World => {
  const old = stored(before);
  const { spec } = web(parts);
  return withObject(before, { ...old, spec, metadata: { ...old.metadata, generation: 2 } } as StatefulSet);
};
const stored = ({ objects }: World): StatefulSet => objects.find(({ kind }) => kind === 'StatefulSet') as StatefulSet;
const claimsIn = ({ objects }: World): PersistentVolumeClaim[] =>
  objects.filter((object): object is PersistentVolumeClaim => object.kind === 'PersistentVolumeClaim');
const images = (before: World): string[] =>
  podsIn(before)
    .map(({ metadata, spec }) => `${metadata.name} ${spec.containers[0]!.image}`)
    .sort();
const without = (before: World, name: string): World => ({
  ...before,
  objects: before.objects.filter(({ kind, metadata }) => kind !== 'Pod' || metadata.name !== name),
});
/** All three are there and Ready. */
const grown = (parts: Parts = {}): World => ready(ready(ready(run(world(web(parts))))));

describe('names (kubernetes stateful_set_utils_test.go, TestGetParentNameAndOrdinal)', () => {
  it.each([
    ['set-1', 'set', 1],
    ['1-bar', '', -1],
    ['set', '', -1],
    ['a-b-12', 'a-b', 12],
    ['set-99999999999', '', -1],
  ])('%s', (name, parent, ordinal) => {
    expect(parentAndOrdinal(name)).toEqual({ parent, ordinal });
  });
});

describe('a StatefulSet (kubernetes stateful_set_control_test.go)', () => {
  it('makes one pod after the other, each when the last is Ready', () => {
    let now = run(world(web()));
    expect(podNames(now)).toEqual(['web-0']);
    expect(podNames(run(withPods(now, () => ({ phase: 'Running', conditions: [] }))))).toEqual(['web-0']);
    now = ready(now);
    expect(podNames(now)).toEqual(['web-0', 'web-1']);
    now = ready(ready(now));
    expect(podNames(now)).toEqual(['web-0', 'web-1', 'web-2']);
    expect(now.events).toEqual(
      ['web-0', 'web-1', 'web-2'].map(
        (name) => `Normal SuccessfulCreate Create Pod ${name} in StatefulSet web successful`,
      ),
    );
    const { updateRevision, ...status } = stored(ready(now)).status!;
    expect(status).toEqual({
      observedGeneration: 1,
      replicas: 3,
      readyReplicas: 3,
      currentReplicas: 3,
      updatedReplicas: 3,
      availableReplicas: 3,
      collisionCount: 0,
      currentRevision: updateRevision,
    });
  });

  it('gives each pod its name, labels, hostname and claims', () => {
    const now = run(world(web({ claims: true })));
    const [first] = podsIn(now);
    expect(first!.metadata).toMatchObject({
      name: 'web-0',
      labels: {
        app: 'web',
        'statefulset.kubernetes.io/pod-name': 'web-0',
        'apps.kubernetes.io/pod-index': '0',
        'controller-revision-hash': stored(now).status?.updateRevision,
      },
    });
    expect(first!.spec).toMatchObject({
      hostname: 'web-0',
      subdomain: 'web',
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-web-0' } }],
    });
    expect(claimsIn(now)).toMatchObject([
      {
        metadata: { name: 'data-web-0', labels: { tier: 'db', app: 'web' } },
        spec: { accessModes: ['ReadWriteOnce'] },
      },
    ]);
    expect(claimsIn(now)[0]!.metadata.ownerReferences).toBeUndefined();
    expect(now.events).toEqual([
      'Normal SuccessfulCreate Create Claim data-web-0 Pod web-0 in StatefulSet web success',
      'Normal SuccessfulCreate Create Pod web-0 in StatefulSet web successful',
    ]);
  });

  it('makes a pod that is gone anew, with its name and its claim', () => {
    const now = grown({ claims: true });
    const after = run(without(now, 'web-1'));
    expect([...podNames(after)].sort()).toEqual(['web-0', 'web-1', 'web-2']);
    expect(claimsIn(after)).toEqual(claimsIn(now));
  });

  it('begins at its first ordinal', () => {
    expect([...podNames(grown({ ordinals: { start: 2 } }))]).toEqual(['web-2', 'web-3', 'web-4']);
  });

  it('shrinks from the highest ordinal, one at a time, and waits for the one that goes', () => {
    const now = grown();
    const shrinking = changed(now, { replicas: 1 });
    const plan = controller.reconcile(viewOfObjects(shrinking.objects), KEY, situation());
    expect(plan.steps.filter(({ op }) => op === 'delete')).toMatchObject([{ target: { name: 'web-2' } }]);
    const going = withDeletion(shrinking, 'web-2');
    expect(
      controller.reconcile(viewOfObjects(going.objects), KEY, situation()).steps.filter(({ op }) => op === 'delete'),
    ).toEqual([]);
    expect(podNames(run(shrinking))).toEqual(['web-0']);
  });

  it('waits with shrinking until the lower ones are healthy, but takes the sick one that is too many', () => {
    const now = changed(grown(), { replicas: 2 });
    const sick = (name: string): World =>
      withPods(now, ({ metadata }) => (metadata.name === name ? { phase: 'Running', conditions: [] } : null));
    expect(podNames(run(sick('web-0')))).toHaveLength(3);
    expect(podNames(run(sick('web-2')))).toEqual(['web-0', 'web-1']);
  });

  it('Parallel: makes all, and takes all that are too many, at once', () => {
    const parallel = { podManagementPolicy: 'Parallel', replicas: 5 } as const;
    const now = run(world(web(parallel)));
    expect(podNames(now)).toEqual(['web-0', 'web-1', 'web-2', 'web-3', 'web-4']);
    const plan = controller.reconcile(
      viewOfObjects(changed(ready(now), { ...parallel, replicas: 2 }).objects),
      KEY,
      situation(),
    );
    expect(plan.steps.flatMap((step) => (step.op === 'delete' ? [step.target.name] : []))).toEqual([
      'web-4',
      'web-3',
      'web-2',
    ]);
  });

  it('deletes a pod that has failed and makes it anew', () => {
    const failed = withPods(grown(), ({ metadata }) =>
      metadata.name === 'web-1' ? { phase: 'Failed', conditions: [] } : null,
    );
    const after = run(failed);
    expect(after.events.slice(-2)).toEqual([
      'Normal SuccessfulDelete Delete Pod web-1 in StatefulSet web successful',
      'Normal SuccessfulCreate Create Pod web-1 in StatefulSet web successful',
    ]);
  });

  it('lets minReadySeconds pass before it goes on', () => {
    const now = allReady(run(world(web({ minReadySeconds: 10 }))));
    expect(podNames(run(now, 9 * SECOND))).toEqual(['web-0']);
    expect(podNames(run(now, 10 * SECOND))).toEqual(['web-0', 'web-1']);
    expect(controller.reconcile(viewOfObjects(run(now, SECOND).objects), KEY, situation({ now: SECOND })).again).toBe(
      10 * SECOND,
    );
  });
});

describe('an update of a StatefulSet', () => {
  it('goes from the highest ordinal down, each when the one above is Ready, then its revision is the current one', () => {
    let now = run(changed(grown(), { image: 'nginx:2' }));
    expect(images(now)).toEqual(['web-0 nginx:1', 'web-1 nginx:1', 'web-2 nginx:2']);
    expect(images(run(now))).toEqual(images(now));
    now = ready(now);
    expect(images(now)).toEqual(['web-0 nginx:1', 'web-1 nginx:2', 'web-2 nginx:2']);
    expect(stored(now).status!.currentRevision).not.toBe(stored(now).status!.updateRevision);
    now = ready(ready(now));
    expect(images(now)).toEqual(['web-0 nginx:2', 'web-1 nginx:2', 'web-2 nginx:2']);
    expect(stored(now).status!.currentRevision).toBe(stored(now).status!.updateRevision);
  });

  it('with a partition leaves the lower ones as they are, even when they are made anew', () => {
    const parts: Parts = {
      replicas: 5,
      image: 'nginx:2',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 3 } },
    };
    let now = run(changed(ready(ready(grown({ replicas: 5 }))), parts));
    for (let round = 0; round < 4; round++) now = ready(now);
    const expected = ['web-0 nginx:1', 'web-1 nginx:1', 'web-2 nginx:1', 'web-3 nginx:2', 'web-4 nginx:2'];
    expect(images(now)).toEqual(expected);
    expect(images(run(without(now, 'web-1')))).toEqual(expected);
  });

  it('OnDelete touches nothing; what is deleted by hand comes back new', () => {
    const now = run(changed(grown(), { image: 'nginx:2', updateStrategy: { type: 'OnDelete' } }));
    expect(images(now)).toEqual(['web-0 nginx:1', 'web-1 nginx:1', 'web-2 nginx:1']);
    expect(images(run(without(now, 'web-0')))).toEqual(['web-0 nginx:2', 'web-1 nginx:1', 'web-2 nginx:1']);
  });

  it('that is broken is stuck, also when it is taken back, until the broken pod is deleted by hand', () => {
    const broken = run(changed(grown(), { image: 'nginx:none' }));
    const back = run(changed(broken, { image: 'nginx:1' }));
    expect(images(back)).toEqual(['web-0 nginx:1', 'web-1 nginx:1', 'web-2 nginx:none']);
    expect(images(run(without(back, 'web-2')))).toEqual(['web-0 nginx:1', 'web-1 nginx:1', 'web-2 nginx:1']);
  });
});

describe('claims that do not stay (persistentVolumeClaimRetentionPolicy)', () => {
  const owners = (before: World): string[] =>
    claimsIn(before).map(
      ({ metadata }) =>
        `${metadata.name} ${(metadata.ownerReferences ?? []).map(({ kind, name }) => `${kind}/${name}`).join()}`,
    );
  it('whenDeleted: Delete makes the set their owner', () => {
    const now = grown({ claims: true, retention: { whenDeleted: 'Delete', whenScaled: 'Retain' } });
    expect(owners(ready(now))).toEqual([
      'data-web-0 StatefulSet/web',
      'data-web-1 StatefulSet/web',
      'data-web-2 StatefulSet/web',
    ]);
  });
  it.each([
    ['Retain', ['data-web-0 ', 'data-web-1 ', 'data-web-2 Pod/web-2']],
    ['Delete', ['data-web-0 StatefulSet/web', 'data-web-1 StatefulSet/web', 'data-web-2 Pod/web-2']],
  ] as const)(
    'whenScaled: Delete makes the pod that is one too many the owner of its claim, whenDeleted: %s',
    (whenDeleted, expected) => {
      const retention = { whenDeleted, whenScaled: 'Delete' } as const;
      const now = changed(ready(grown({ claims: true, retention })), { claims: true, retention, replicas: 2 });
      expect(owners(run(now)).sort()).toEqual(expected);
    },
  );
});

function withDeletion(before: World, name: string): World {
  const objects = before.objects.map((object): KubeObject =>
    object.kind === 'Pod' && object.metadata.name === name
      ? { ...object, metadata: { ...object.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } }
      : object,
  );
  return { ...before, objects };
}
