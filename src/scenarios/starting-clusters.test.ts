import { describe, expect, it } from 'vitest';
import { newEngine } from '#engine/cluster/engine';
import { startingCluster, startingClusters } from './starting-clusters';
import { waitForNodes } from './carry-out';
import { World } from './world';

describe('starting clusters', () => {
  it('an unknown name gives the default one', () => {
    expect(startingCluster('no-such').name).toBe('default');
    expect(startingCluster('').name).toBe('default');
  });

  // The one of a thousand takes as long as all other tests of this folder: `npm run bench -- scale/1000-nodes` looks at it.
  const quick = startingClusters.filter(({ spec }) => spec.nodes <= 100);
  it.each(quick.map(({ name }) => name))('%s comes up, its pods Running, within half a minute', (name) => {
    const { spec } = startingCluster(name);
    const world = new World(newEngine({ seed: 7, cluster: spec }));
    expect(waitForNodes(spec.nodes + spec.controlPlanes, 30_000_000, world)).toMatchObject({ ok: true });
    world.advance(30_000_000);
    const pods = [...world.records('Pod')].filter(({ namespace }) => namespace !== 'kube-system');
    expect(pods).toHaveLength(spec.manifests.length === 0 ? 0 : 8);
    expect(pods.filter((pod) => pod.kind === 'Pod' && !pod.ready)).toEqual([]);
    expect(pods.filter((pod) => pod.kind === 'Pod' && pod.node?.startsWith('control-plane'))).toEqual([]);
  });
});
