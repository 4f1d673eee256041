import { describe, expect, it } from 'vitest';
import type { ReplicationController } from '#engine/api/types';
import { world, type World } from '../testing/apply';
import { meta, pod } from '../testing/builders';
import { allReady, podNames, podsIn, settle, withObject } from '../testing/settle';
import { replicationController as controller } from './controller';

const web = (replicas: number): ReplicationController => ({
  apiVersion: 'v1',
  kind: 'ReplicationController',
  metadata: meta('ReplicationController', 'web'),
  spec: {
    replicas,
    selector: { app: 'web' },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
  },
  status: { replicas: 0 },
});
const run = (before: World): World => settle({ world: before, memory: null }, controller, 'default/web').world;
const stored = ({ objects }: World): ReplicationController =>
  objects.find(({ kind }) => kind === 'ReplicationController') as ReplicationController;

describe('a ReplicationController (kubernetes pkg/controller/replication/replication_controller.go)', () => {
  it('has as many pods as it asks for, and tells of them', () => {
    const now = run(allReady(run(world(web(2)))));
    expect(podsIn(now)).toMatchObject([
      {
        metadata: {
          generateName: 'web-',
          ownerReferences: [{ apiVersion: 'v1', kind: 'ReplicationController', name: 'web' }],
        },
      },
      {},
    ]);
    expect(stored(now)).toMatchObject({
      spec: { selector: { app: 'web' } },
      status: { replicas: 2, fullyLabeledReplicas: 2, readyReplicas: 2, availableReplicas: 2, observedGeneration: 1 },
    });
    expect(now.events[0]).toMatch(/^Normal SuccessfulCreate Created pod: web-/);
  });

  it('takes away what is too much', () => {
    const now = run(world(web(3)));
    const fewer: ReplicationController = { ...stored(now), spec: { ...stored(now).spec!, replicas: 1 } };
    expect(podNames(run(withObject(now, fewer)))).toHaveLength(1);
  });

  it('adopts what its selector matches, and lets go what it no longer does', () => {
    const orphan = pod('orphan', { meta: { labels: { app: 'web' } } });
    const now = run(world(web(1), orphan));
    expect(podNames(now)).toEqual(['orphan']);
    const [adopted] = podsIn(now);
    const renamed = { ...adopted!, metadata: { ...adopted!.metadata, labels: { app: 'other' } } };
    const after = run(withObject(now, renamed));
    expect(podNames(after)).toHaveLength(2);
    expect(podsIn(after).find(({ metadata }) => metadata.name === 'orphan')?.metadata.ownerReferences).toEqual([]);
  });
});
