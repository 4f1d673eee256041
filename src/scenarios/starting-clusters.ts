/** The clusters that a run can start from, by the name that stands in the page's address (`?scenario=NAME`). */
import type { ClusterSpec } from '#engine/cluster/door';
import { DEFAULT_CLUSTER } from '#engine/cluster/topology';
import { defaultApp } from './default-app';

export interface StartingCluster {
  readonly name: string;
  readonly title: string;
  readonly spec: ClusterSpec;
}

const defaultCluster: StartingCluster = {
  name: 'default',
  title: 'Four workers in two zones, with an app',
  spec: { ...DEFAULT_CLUSTER, manifests: [defaultApp] },
};

/** In the order in which they are offered. */
export const startingClusters: readonly StartingCluster[] = [
  defaultCluster,
  { name: 'empty', title: 'Four workers in two zones, nothing on them', spec: DEFAULT_CLUSTER },
  {
    name: 'one-node',
    title: 'One worker, with an app',
    spec: { ...DEFAULT_CLUSTER, nodes: 1, zones: 1, manifests: [defaultApp] },
  },
  {
    name: 'three-zones',
    title: 'Six workers in three zones, with an app',
    spec: { ...DEFAULT_CLUSTER, nodes: 6, zones: 3, manifests: [defaultApp] },
  },
  {
    name: 'ha',
    title: 'HA: three control planes, one may be lost',
    spec: { ...DEFAULT_CLUSTER, controlPlanes: 3, zones: 3, nodes: 3, manifests: [defaultApp] },
  },
  {
    name: 'even-ha',
    title: 'Even-numbered HA: four control planes, still only one may be lost',
    spec: { ...DEFAULT_CLUSTER, controlPlanes: 4, manifests: [defaultApp] },
  },
  {
    name: 'regions',
    title: 'Two regions, four zones, two racks in each, sixteen workers, with an app',
    spec: { ...DEFAULT_CLUSTER, nodes: 16, zones: 4, racks: 2, regions: 2, manifests: [defaultApp] },
  },
  {
    name: '100-nodes',
    title: '100 workers in three zones, with an app',
    spec: { ...DEFAULT_CLUSTER, nodes: 100, zones: 3, manifests: [defaultApp] },
  },
  {
    name: '1000-nodes',
    title: '1,000 workers in three zones, with an app: all Ready after a minute',
    spec: { ...DEFAULT_CLUSTER, nodes: 1_000, zones: 3, manifests: [defaultApp] },
  },
  {
    name: 'etcd-in-memory',
    title: 'etcd as it was in version 2: all in memory, gone with the power',
    spec: { ...DEFAULT_CLUSTER, etcdStorage: 'memory', manifests: [defaultApp] },
  },
];

/** The cluster of that name; the default one where there is none. */
export const startingCluster = (name: string): StartingCluster =>
  startingClusters.find((cluster) => cluster.name === name) ?? defaultCluster;
