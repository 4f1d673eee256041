/**
 * Static pods: what the manifests in a folder of this machine say, run without being asked by anybody. The API shows each by
 * a mirror, which the kubelet creates, keeps and writes the status of; deleting the mirror brings back the mirror.
 *
 * @source kubernetes pkg/kubelet/config/file.go, config/common.go (applyDefaults), pod/mirror_client.go, kubelet.go (tryReconcileMirrorPods)
 * @simplified whoever writes a manifest tells the kubelet (`kubelet/static-pods`, in inotify's place): the folder is not looked
 * at every 20 s
 */
import { hashOf } from '#engine/api/hash';
import { podRules } from '#engine/api/kinds/pod';
import { timestamp } from '#engine/api/timestamp';
import type { KubeObjectInput, Pod } from '#engine/api/types';
import { cacheOf, listOnce } from '#engine/client/cache';
import { request, type Delivery } from '#engine/client/client';
import { collectionPath, objectPath } from '#engine/client/paths';
import type { Context } from '#engine/kernel/process';
import { SECOND } from '#engine/kernel/time';
import { addPod } from './pod-worker';
import type { KubeletState, PodWorker } from './state';
import { noticeOverwriting, writeStatus } from './status-writer';
import { gracePeriod } from './grace-period';
import { podEnd } from './late';

export const MIRROR = 'kubernetes.io/config.mirror';
const HASH = 'kubernetes.io/config.hash';
const RETRY_AFTER = 10 * SECOND;

type Answer = Extract<Delivery, { type: 'answer' }>;
/** A manifest as it stands in its file. */
type Manifest = KubeObjectInput & { readonly spec: Pod['spec'] };

export const isMirror = (pod: Pod): boolean => pod.metadata.annotations?.[MIRROR] !== undefined;

/** Runs what the manifests say now, and ends what they no longer say. */
export function syncStaticPods(state: KubeletState, ctx: Context): void {
  const { staticPodPath } = state.args;
  if (staticPodPath === undefined || !state.runtimeListed) return;
  const wanted = new Map<string, Pod>();
  for (const file of ctx.disk.files(staticPodPath)) {
    const [manifest] = ctx.disk.read(file);
    const pod = staticPod(manifest as Manifest, file, state.args.node.name, timestamp(ctx.now));
    wanted.set(fullName(pod), pod);
  }
  for (const worker of [...state.workers.values()]) {
    if (worker.mirror === undefined || worker.gone) continue;
    if (wanted.get(fullName(worker.pod))?.metadata.uid === worker.uid) continue;
    worker.gone = true;
    if (!wanted.has(fullName(worker.pod))) deleteMirror(state, worker.pod, worker.mirror, ctx);
    podEnd.code.terminate(state, worker, gracePeriod(worker), 'Its manifest has been taken away or changed', ctx);
  }
  for (const [name, pod] of wanted) {
    if (staticWorker(state, name) !== undefined) continue;
    const found = state.found.get(pod.metadata.uid);
    state.found.delete(pod.metadata.uid);
    const sandbox = found?.sandboxes.find(({ ready }) => ready);
    addPod(state, pod, found === undefined ? undefined : { sandbox, containers: found.containers }, ctx);
    syncMirror(state, name, ctx);
  }
}

const fullName = ({ metadata }: Pod): string => `${metadata.namespace ?? ''}/${metadata.name}`;

/** The worker of a static pod by namespace and name, also one that is on its way out. */
function staticWorker(state: KubeletState, name: string): PodWorker | undefined {
  for (const worker of state.workers.values()) {
    if (worker.mirror !== undefined && fullName(worker.pod) === name) return worker;
  }
  return undefined;
}

/** The pod of a manifest: named after its node, with defaults, tolerating all that would evict it. */
function staticPod(manifest: Manifest, file: string, node: string, seen: string): Pod {
  const hash = manifestHash(manifest, file, node);
  const spec = { ...manifest.spec, nodeName: node };
  return Object.freeze(
    podRules.applyDefaults({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        ...manifest.metadata,
        name: `${manifest.metadata?.name ?? ''}-${node}`,
        namespace: manifest.metadata?.namespace ?? 'default',
        uid: hash,
        resourceVersion: '',
        creationTimestamp: seen,
        annotations: {
          ...manifest.metadata?.annotations,
          [HASH]: hash,
          'kubernetes.io/config.seen': seen,
          'kubernetes.io/config.source': 'file',
        },
      },
      spec: { ...spec, tolerations: [...(spec.tolerations ?? []), { operator: 'Exists', effect: 'NoExecute' }] },
      status: { phase: 'Pending' },
    }),
  );
}

/** 32 hexadecimal digits, like the md5 sum that upstream takes of file, node and pod. */
const manifestHash = (manifest: Manifest, file: string, node: string): string =>
  [0, 1, 2, 3].map((part) => hashOf([part, node, file, manifest]).toString(16).padStart(8, '0')).join('');

/** The API's mirror of a static pod, or null. */
const mirrorIn = (state: KubeletState, { metadata }: Pod): Pod | null => {
  const pod = cacheOf(state.client, 'Pod').get(metadata.namespace ?? '', metadata.name);
  return pod !== undefined && isMirror(pod) ? pod : null;
};

/** A mirror has come, changed or gone; or its time has come to be made. */
export function syncMirror(state: KubeletState, name: string, ctx: Context): void {
  if (!state.podsSynced || state.node.uid === '') return;
  const worker = staticWorker(state, name);
  const [namespace = '', podName = ''] = name.split('/');
  const known = cacheOf(state.client, 'Pod').get(namespace, podName);
  const mirror = known !== undefined && isMirror(known) ? known : null;
  if (worker === undefined || worker.gone) {
    if (mirror !== null && worker === undefined) deleteMirror(state, mirror, mirror.metadata.uid, ctx);
    return;
  }
  if (mirror === null) {
    worker.mirror = null;
    if (known === undefined) createMirror(state, worker, ctx);
    return;
  }
  if (mirror.metadata.deletionTimestamp !== undefined || mirror.metadata.annotations?.[MIRROR] !== worker.uid) {
    worker.mirror = null;
    return deleteMirror(state, mirror, mirror.metadata.uid, ctx);
  }
  if (worker.mirror === mirror.metadata.uid) return noticeOverwriting(worker, mirror.status, ctx);
  worker.mirror = mirror.metadata.uid;
  worker.written = mirror.status;
  writeStatus(state, worker, ctx);
}

/** All static pods, when the API has come within reach. */
export function syncMirrors(state: KubeletState, ctx: Context): void {
  for (const worker of [...state.workers.values()])
    if (worker.mirror !== undefined) syncMirror(state, fullName(worker.pod), ctx);
  for (const pod of listOnce(state.client, 'Pod')) if (isMirror(pod)) syncMirror(state, fullName(pod), ctx);
}

export const mirrorChanged = (state: KubeletState, pod: Pod, ctx: Context): void =>
  syncMirror(state, fullName(pod), ctx);

function createMirror(state: KubeletState, worker: PodWorker, ctx: Context): void {
  if (worker.mirroring) return;
  worker.mirroring = true;
  const { metadata, spec } = worker.pod;
  const { name, namespace = '', labels, annotations } = metadata;
  const owner = { apiVersion: 'v1', kind: 'Node', name: state.args.node.name, uid: state.node.uid, controller: true };
  request(
    state.client,
    ctx,
    {
      method: 'POST',
      path: collectionPath('Pod', namespace),
      body: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name,
          namespace,
          ...(labels === undefined ? {} : { labels }),
          annotations: { ...annotations, [MIRROR]: worker.uid },
          ownerReferences: [owner],
        },
        spec,
      },
    },
    { type: 'kubelet/mirror-created', uid: worker.uid } as { type: string },
  );
}

export function mirrorCreated(state: KubeletState, uid: string, answer: Answer, ctx: Context): void {
  const worker = state.workers.get(uid);
  if (worker === undefined) return;
  worker.mirroring = false;
  if (answer.ok || mirrorIn(state, worker.pod) !== null) return;
  ctx.log(`Failed creating a mirror pod for "${worker.pod.metadata.namespace ?? ''}/${worker.pod.metadata.name}"`);
  ctx.after(RETRY_AFTER, { type: 'kubelet/mirrors' });
}

function deleteMirror(state: KubeletState, { metadata }: Pod, uid: string | null | undefined, ctx: Context): void {
  if (uid === null || uid === undefined) return;
  request(
    state.client,
    ctx,
    {
      method: 'DELETE',
      path: objectPath('Pod', metadata.namespace ?? '', metadata.name),
      body: { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0, preconditions: { uid } },
    },
    { type: 'kubelet/mirror-deleted' },
  );
}
