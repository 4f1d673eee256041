/** What `memory.bench.ts` runs in the page: an API server with its etcd, full of pods that have come to rest. */
import { timestamp } from '#engine/api/timestamp';
import { BATCH, createPods, loaded, PATH, settle } from '#engine/apiserver/apiserver.bench';
import type { TestApi } from '#engine/apiserver/testing';

const MINUTE = 60_000_000;
/** After this many writes etcd takes a snapshot and cuts its log. */
const SNAPSHOT_COUNT = 10_000;
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

const time = (index: number): string => timestamp((index % 60) * 1_000_000);
const address = (index: number): string => `10.244.${Math.floor(index / 250)}.${index % 250}`;

/** The status that a kubelet gives a pod, whose words are those of all others; with an address once it runs. */
function statusOf(index: number, runs: boolean): object {
  const condition = (type: string, status: boolean): object => ({
    type,
    observedGeneration: 1,
    status: status ? 'True' : 'False',
    lastTransitionTime: time(index),
    ...(status ? {} : { reason: 'ContainersNotReady', message: 'containers with unready status: [web]' }),
  });
  return {
    observedGeneration: 1,
    phase: runs ? 'Running' : 'Pending',
    conditions: [
      condition('PodReadyToStartContainers', true),
      condition('Initialized', true),
      condition('Ready', runs),
      condition('ContainersReady', runs),
      condition('PodScheduled', true),
    ],
    hostIP: '192.168.0.11',
    hostIPs: [{ ip: '192.168.0.11' }],
    ...(runs ? { podIP: address(index), podIPs: [{ ip: address(index) }] } : {}),
    startTime: time(index),
    containerStatuses: [
      {
        name: 'web',
        state: runs ? { running: { startedAt: time(index) } } : { waiting: { reason: 'ContainerCreating' } },
        lastState: {},
        ready: runs,
        restartCount: 0,
        image: 'docker.io/library/nginx:1.27',
        imageID: 'docker.io/library/nginx@sha256:0123',
        ...(runs ? { containerID: ['containerd://', String(index).padStart(64, '0')].join('') } : {}),
        started: runs,
      },
    ],
  };
}

function bindAndRun(api: TestApi, count: number): void {
  const each = (ask: (index: number) => void): void => {
    for (let from = 0; from < count; from += BATCH) {
      for (let index = from; index < from + BATCH; index++) ask(index);
      settle(api);
    }
  };
  each((index) => {
    const target = { kind: 'Node', name: `node-${index % 10}` };
    const metadata = { name: `web-${index}` };
    api.send('POST', `${PATH}/web-${index}/binding`, { apiVersion: 'v1', kind: 'Binding', metadata, target });
  });
  for (const runs of [false, true]) {
    each((index) => {
      const contentType = 'application/strategic-merge-patch+json';
      api.send('PATCH', `${PATH}/web-${index}/status`, { status: statusOf(index, runs) }, { contentType });
    });
  }
}

/** Writes of something else, until etcd's log and the server's rings hold nothing of the pods, and time for compaction. */
function rest(api: TestApi): void {
  api.want('POST', CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'other' } });
  for (let write = 1; write <= 1.5 * SNAPSHOT_COUNT; write++) {
    const contentType = 'application/merge-patch+json';
    api.send('PATCH', `${CONFIG_MAPS}/other`, { data: { write: String(write) } }, { contentType });
    settle(api);
  }
  for (let minute = 0; minute < 20; minute++) api.advance(MINUTE);
}

const held: TestApi[] = [];

/** Makes an API server with so many pods at rest, and keeps it. */
export function podsAtRest(count: number): void {
  const api = loaded();
  createPods(api, count);
  bindAndRun(api, count);
  rest(api);
  if (api.state.counters.errors > 0) throw new Error('writes failed');
  const pod = api.want('GET', `${PATH}/web-${count - 1}`) as { readonly status?: { readonly phase?: string } };
  if (pod.status?.phase !== 'Running') throw new Error('pods are missing');
  api.forget();
  held.push(api);
}

Object.assign(globalThis, { podsAtRest });
