import type { KubeObject } from '#engine/api/types';
import { TestApi } from './testing';

/** Real microseconds that `work` takes. */
function micros(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) * 1000;
}

/** A pod as the ReplicaSet controller makes it: of a template that already has its defaults. */
const podOf = (template: unknown, name: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    labels: LABELS,
    ownerReferences: [
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        name: 'web',
        uid: 'uid-of-web',
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
  },
  spec: template,
});
const LABELS = Object.freeze({ app: 'web' });
const CONTAINERS = [
  {
    name: 'web',
    image: 'nginx:1.27',
    ports: [{ containerPort: 80 }],
    resources: { requests: { cpu: '100m', memory: '64Mi' } },
  },
];

/** The template of a Deployment, as stored. */
function templateOf(api: TestApi): unknown {
  const template = { metadata: { labels: LABELS }, spec: { containers: CONTAINERS } };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { selector: { matchLabels: LABELS }, template },
  };
  const stored: unknown = api.want('POST', '/apis/apps/v1/namespaces/default/deployments', deployment);
  return (stored as { spec: { template: { spec: unknown } } }).spec.template.spec;
}

const COUNT = 20_000;
export const BATCH = 200;

/** Runs until everything that was asked is answered. */
export function settle(api: TestApi): void {
  do api.advance(5_000);
  while (api.state.pending.size > 0);
}

export function loaded(): TestApi {
  const api = new TestApi(false);
  api.want('POST', '/api/v1/namespaces/default/serviceaccounts', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default' },
  });
  return api;
}

export function createPods(api: TestApi, count = COUNT): void {
  const template = templateOf(api);
  for (let i = 0; i < count; i += BATCH) {
    for (let j = i; j < i + BATCH; j++)
      api.send('POST', '/api/v1/namespaces/default/pods', podOf(template, `web-${j}`));
    settle(api);
  }
}

export const PATH = '/api/v1/namespaces/default/pods';

export const benchmarks = [
  {
    name: 'apiserver/pod-creates-per-second',
    unit: 'writes/s',
    better: 'higher',
    note: 'decoding, defaults, admission, validation, etcd with WAL, watch cache, one watcher of all pods',
    run(): number {
      const once = (): number => {
        const api = loaded();
        api.watch(`${PATH}?watch=true`);
        const took = micros(() => createPods(api));
        if (api.etcdState.store.live.size < COUNT) throw new Error('pods are missing');
        return (COUNT / took) * 1e6;
      };
      for (let warmUp = 0; warmUp < 3; warmUp++) once(); // so that the code measured is compiled
      return once();
    },
  },
  {
    name: 'apiserver/pod-bindings-and-status-per-second',
    unit: 'writes/s',
    better: 'higher',
    note: 'a binding and a status update of each of 20,000 pods',
    run(): number {
      const api = loaded();
      createPods(api);
      const took = micros(() => {
        for (let i = 0; i < COUNT; i += BATCH) {
          for (let j = i; j < i + BATCH; j++) {
            api.send('POST', `${PATH}/web-${j}/binding`, {
              apiVersion: 'v1',
              kind: 'Binding',
              metadata: { name: `web-${j}` },
              target: { kind: 'Node', name: `node-${j % 100}` },
            });
          }
          settle(api);
          for (let j = i; j < i + BATCH; j++) {
            const pod = api.state.caches.get('pods')!.objects.get(`/registry/pods/default/web-${j}`) as KubeObject & {
              status: object;
            };
            api.send('PUT', `${PATH}/web-${j}/status`, { ...pod, status: { ...pod.status, phase: 'Running' } });
          }
          settle(api);
        }
      });
      if (api.state.counters.errors > 0) throw new Error('writes failed');
      return ((2 * COUNT) / took) * 1e6;
    },
  },
  {
    name: 'apiserver/lease-updates-per-second',
    unit: 'writes/s',
    better: 'higher',
    note: 'the smallest object: what the pipeline itself costs',
    run(): number {
      const api = new TestApi(false);
      const path = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
      const lease = (name: string, seconds: number) => ({
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name },
        spec: { holderIdentity: name, leaseDurationSeconds: 40, leaseTransitions: seconds },
      });
      for (let j = 0; j < BATCH; j++) api.send('POST', path, lease(`node-${j}`, 0));
      settle(api);
      const took = micros(() => {
        for (let i = 0; i < COUNT; i += BATCH) {
          for (let j = 0; j < BATCH; j++) {
            const { metadata } = api.state.caches
              .get('leases.coordination.k8s.io')!
              .objects.get(`/registry/leases/kube-node-lease/node-${j}`)!;
            api.send('PUT', `${path}/node-${j}`, { ...lease(`node-${j}`, i + 1), metadata });
          }
          settle(api);
        }
      });
      if (api.state.counters.errors > 0) throw new Error('writes failed');
      return (COUNT / took) * 1e6;
    },
  },
  {
    name: 'apiserver/fan-out-events-per-second',
    unit: 'events/s',
    better: 'higher',
    note: '5,000 watchers, each of one node; how many changes of pods pass a second',
    run(): number {
      const api = loaded();
      for (let i = 0; i < 5_000; i++)
        api.send('GET', `/api/v1/pods?watch=true&fieldSelector=spec.nodeName%3Dnode-${i}`);
      settle(api);
      const took = micros(() => createPods(api));
      return (COUNT / took) * 1e6;
    },
  },
  {
    name: 'apiserver/table-of-10000-pods-ms',
    unit: 'ms',
    better: 'lower',
    note: 'a list of 10,000 pods as a Table, from the watch cache; median of five',
    run(): number {
      const api = loaded();
      createPods(api, 10_000);
      const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
      const once = (): number =>
        micros(() => api.want('GET', `${PATH}?resourceVersion=0`, undefined, { accept })) / 1000;
      return [once(), once(), once(), once(), once()].sort((a, b) => a - b)[2]!;
    },
  },
  {
    name: 'apiserver/1000-watchers-1000-events-ms',
    unit: 'ms',
    better: 'lower',
    note: 'what 1,000 changes of ConfigMaps cost when 1,000 watches of one client hear of each: a second of such a load, after another to warm up, so that 200 ms are a fifth of a core',
    run(): number {
      const api = new TestApi(false);
      const path = '/api/v1/namespaces/default/configmaps';
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
      api.want('POST', path, body);
      for (let i = 0; i < 1_000; i++) api.send('GET', `${path}?watch=true`);
      settle(api);
      const change = (from: number) => () => {
        for (let i = from; i < from + 1_000; i++) {
          api.send('PUT', `${path}/a`, { ...body, data: { i: String(i) } });
          settle(api);
        }
      };
      change(0)();
      const took = micros(change(1_000));
      if (api.state.counters.watchEvents < 2_000_000) throw new Error('events are missing');
      return took / 1000;
    },
  },
] as const;
