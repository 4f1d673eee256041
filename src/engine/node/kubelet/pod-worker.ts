/**
 * One pod on this node: taken on or rejected, synced towards what its spec wants, ended.
 *
 * @source kubernetes pkg/kubelet/kubelet.go (HandlePodAdditions, SyncPod), pod_workers.go
 */
import { isPodTerminal } from '#engine/api/meta';
import { parseTimestamp } from '#engine/api/timestamp';
import type { Pod } from '#engine/api/types';
import { cacheOf } from '#engine/client/cache';
import type { Context } from '#engine/kernel/process';
import { SECOND, seconds } from '#engine/kernel/time';
import type { CriAnswer, RuntimeContainerStatus, SandboxStatus } from '../runtime/cri';
import { admissionVerdict, type Rejection } from './admission';
import { adoptLost, adoptRunning, ephemeralWork, newWorker } from './adopt';
import { knownObjects, objectsReady, volumeReferencesOf } from './config-objects';
import { allocatableOf } from './node-object';
import { networkError } from './node-status';
import { podActions } from './pod-actions';
import { podEvent, podSubject } from './pod-events';
import { pressureVerdict } from './pressure';
import { startProbes, stopProbes } from './probes';
import { askRuntime } from './runtime-link';
import { containerSpec, directoriesReady, startWork, succeed } from './start-container';
import { containersOf, type KubeletState, type PodWorker } from './state';
import { noticeOverwriting, updateStatus, writeStatus } from './status-writer';
import { gracePeriod } from './grace-period';
import { podEnd } from './late';
import { mostTaken, noteGranted, noticeResize, takenBesides } from './granted';
import { syncAt, SYNC_RETRY } from './sync-timer';

const FIRST_MOUNT_RETRY = SECOND / 2;
const LONGEST_MOUNT_RETRY = 122 * SECOND;

/** What the runtime has of one pod. */
export interface FoundPod {
  readonly sandbox: SandboxStatus | undefined;
  readonly containers: readonly RuntimeContainerStatus[];
}

/** Takes over what the runtime has of a pod, and watches it. */
export function takeOver(
  worker: PodWorker,
  sandbox: SandboxStatus,
  containers: readonly RuntimeContainerStatus[],
  ctx: Context,
): void {
  adoptRunning(worker, sandbox, containers, ctx);
  for (const work of containersOf(worker)) {
    const spec = containerSpec(worker, work);
    if (spec === undefined || work.runtime?.state !== 'running') continue;
    if (spec.startupProbe === undefined) work.started = true;
    if (spec.readinessProbe === undefined) work.ready = work.started;
    startProbes(worker, work, spec, ctx, true);
  }
}

/** A pod has come to this node (or the kubelet has come back to it). */
export function addPod(state: KubeletState, pod: Pod, found: FoundPod | undefined, ctx: Context): void {
  if (state.workers.has(pod.metadata.uid)) return updatePod(state, pod, ctx);
  const worker = newWorker(pod, ctx);
  state.workers.set(worker.uid, worker);
  if (found?.sandbox !== undefined) takeOver(worker, found.sandbox, found.containers, ctx);
  else if (adoptLost(worker, ctx) && !isPodTerminal(pod) && pod.metadata.deletionTimestamp === undefined) {
    sandboxChanged(state, worker, ctx);
  }
  if (isPodTerminal(pod))
    return podEnd.code.terminate(state, worker, gracePeriod(worker), 'The pod has come to its end before', ctx);
  if (pod.metadata.deletionTimestamp !== undefined)
    return podEnd.code.terminate(state, worker, gracePeriod(worker), 'The pod is being deleted', ctx);
  if (found?.sandbox !== undefined) state.mostGranted = null;
  else if (rejected(state, worker, ctx)) return;
  setDeadline(worker, ctx);
  syncPod(state, worker, ctx);
}

function sandboxChanged(state: KubeletState, worker: PodWorker, ctx: Context): void {
  podEvent(
    state,
    worker.pod,
    ctx,
    'Normal',
    'SandboxChanged',
    'Pod sandbox changed, it will be killed and re-created.',
  );
  ctx.explain({
    what: 'sandbox-changed',
    subject: podSubject(worker.pod),
    text: 'The machine no longer has its sandbox and containers; they are made anew.',
  });
}

function rejected(state: KubeletState, worker: PodWorker, ctx: Context): boolean {
  const verdict = pressureVerdict(state, worker.pod, ctx) ?? verdictOf(state, worker);
  if (verdict === null) return false;
  podEvent(state, worker.pod, ctx, 'Warning', verdict.reason, verdict.message);
  worker.failure = { reason: verdict.reason, message: `Pod was rejected: ${verdict.message}` };
  ctx.explain({ what: 'rejected', subject: podSubject(worker.pod), text: verdict.message });
  podEnd.code.terminate(state, worker, 1, 'The node has rejected the pod', ctx);
  return true;
}

/** Whether there is room for it, and whatever else it asks of the node. @returns why not */
function verdictOf(state: KubeletState, worker: PodWorker): Rejection | null {
  const node = cacheOf(state.client, 'Node').get('', state.args.node.name);
  const allocatable = allocatableOf(state.args.node);
  const most = mostTaken(state, worker);
  const fits = admissionVerdict(worker.pod, most, allocatable, node) === null;
  const taken = fits ? most : takenBesides(state, worker);
  const verdict = fits ? null : admissionVerdict(worker.pod, taken, allocatable, node);
  if (verdict === null) noteGranted(state, taken, worker.pod);
  return verdict;
}

function setDeadline(worker: PodWorker, ctx: Context): void {
  const limit = worker.pod.spec.activeDeadlineSeconds;
  if (limit === undefined) return;
  const spent = Math.max(0, ctx.now - parseTimestamp(worker.startTime));
  worker.deadline = ctx.after(Math.max(0, seconds(limit) - spent), { type: 'kubelet/deadline', uid: worker.uid } as {
    type: string;
  });
}

/** activeDeadlineSeconds is over. */
export function deadlineExceeded(state: KubeletState, worker: PodWorker, ctx: Context): void {
  worker.deadline = null;
  if (worker.state !== 'sync') return;
  const message = 'Pod was active on the node longer than the specified deadline';
  podEvent(state, worker.pod, ctx, 'Normal', 'DeadlineExceeded', message);
  worker.failure = { reason: 'DeadlineExceeded', message };
  podEnd.code.terminate(state, worker, gracePeriod(worker), 'The pod was active longer than its deadline', ctx);
}

/** The pod's object has changed. Most changes are echoes of the kubelet's own status writes. */
export function updatePod(state: KubeletState, pod: Pod, ctx: Context): void {
  const worker = state.workers.get(pod.metadata.uid);
  if (worker === undefined) return addPod(state, pod, undefined, ctx);
  const before = worker.pod;
  worker.pod = pod;
  if (pod.metadata.deletionTimestamp !== undefined) {
    if (worker.state === 'terminated') return writeStatus(state, worker, ctx);
    return podEnd.code.terminate(state, worker, gracePeriod(worker), 'The pod is being deleted', ctx);
  }
  if (worker.state !== 'sync' || before.spec === pod.spec || before.metadata.generation === pod.metadata.generation) {
    if (!sameForeignConditions(before, pod)) updateStatus(state, worker, ctx);
    else noticeOverwriting(worker, pod.status, ctx);
    return;
  }
  worker.ephemeral = ephemeralWork(pod.spec, worker.ephemeral);
  for (const work of containersOf(worker)) {
    const image = containerSpec(worker, work)?.image;
    if (work.runtime?.state !== 'running' || work.busy !== null || image === undefined || image === work.runtime.image)
      continue;
    podEnd.code.stopContainer(
      state,
      worker,
      work,
      `Container ${work.name} definition changed, will be restarted`,
      seconds(gracePeriod(worker)),
      ctx,
    );
  }
  noticeResize(state, worker, before, ctx);
  syncPod(state, worker, ctx);
}

function sameForeignConditions(a: Pod, b: Pod): boolean {
  if ((b.spec.readinessGates ?? []).length === 0) return true;
  return a.status.conditions === b.status.conditions;
}

/** The object is gone: deleted by force, or by this kubelet itself. */
export function removePod(state: KubeletState, pod: Pod, ctx: Context): void {
  const worker = state.workers.get(pod.metadata.uid);
  if (worker === undefined) return;
  worker.gone = true;
  if (worker.state === 'terminated') return podEnd.code.forget(state, worker, ctx);
  worker.pod = pod;
  podEnd.code.terminate(state, worker, gracePeriod(worker), 'The pod is gone from the API', ctx);
}

/** Takes the pod a step towards what its spec wants. `isTold`: its status was brought up to date just now. */
export function syncPod(state: KubeletState, worker: PodWorker, ctx: Context, isTold = false): void {
  if (worker.state === 'terminating') return podEnd.code.goOnTerminating(state, worker, ctx);
  if (worker.state !== 'sync' || state.runtimeState !== 'ready' || !state.runtimeListed) return;
  if (worker.sandbox === null) {
    const over = podActions(worker);
    if (over.finished)
      return podEnd.code.terminate(
        state,
        worker,
        gracePeriod(worker),
        'All its containers have ended and none is to be restarted',
        ctx,
      );
    makeSandbox(state, worker, ctx);
    updateStatus(state, worker, ctx);
    return;
  }
  if (worker.sandbox.state !== 'ready') return;
  const actions = podActions(worker);
  if (actions.finished)
    return podEnd.code.terminate(
      state,
      worker,
      gracePeriod(worker),
      'All its containers have ended and none is to be restarted',
      ctx,
    );
  for (const work of actions.start) startWork(state, worker, work, ctx);
  if (!isTold || actions.start.length > 0) updateStatus(state, worker, ctx);
}

function makeSandbox(state: KubeletState, worker: PodWorker, ctx: Context): void {
  const { pod } = worker;
  const hostNetwork = pod.spec.hostNetwork === true;
  const podCIDR = cacheOf(state.client, 'Node').get('', state.args.node.name)?.spec.podCIDR ?? '';
  if (!hostNetwork && podCIDR === '') {
    podEvent(state, pod, ctx, 'Warning', 'NetworkNotReady', `network is not ready: ${networkError()}`);
    return syncAt(worker, ctx.monotonic + SYNC_RETRY, ctx);
  }
  if (!volumesReady(state, worker, ctx) || !directoriesReady(state, worker, ctx)) return;
  worker.sandbox = { id: '', ip: '', state: 'creating' };
  askRuntime(
    state,
    ctx,
    {
      type: 'cri/run-pod-sandbox',
      pod: { uid: worker.uid, namespace: pod.metadata.namespace ?? '', name: pod.metadata.name },
      attempt: worker.sandboxAttempt,
      hostname: pod.spec.hostname ?? pod.metadata.name,
      podCIDR: hostNetwork ? '' : podCIDR,
      hostIP: state.args.node.internalIP,
    },
    { what: 'sandbox', uid: worker.uid },
  );
}

/** ConfigMaps and Secrets that are mounted must exist before anything runs. */
function volumesReady(state: KubeletState, worker: PodWorker, ctx: Context): boolean {
  const references = volumeReferencesOf(worker.pod);
  if (references.length === 0) return true;
  if (!objectsReady(state, worker, references, ctx)) return false;
  const objects = knownObjects(state, worker.pod.metadata.namespace ?? '');
  const missing = references.filter(
    ({ kind, name, optional }) =>
      !optional && (kind === 'ConfigMap' ? objects.configMap(name) : objects.secret(name)) === undefined,
  );
  if (missing.length === 0) return true;
  for (const { kind, name, volume } of missing) {
    podEvent(
      state,
      worker.pod,
      ctx,
      'Warning',
      'FailedMount',
      `MountVolume.SetUp failed for volume "${volume}" : ${kind.toLowerCase()} "${name}" not found`,
    );
    const entry = state.objects.get(`${kind}/${worker.pod.metadata.namespace ?? ''}/${name}`);
    if (entry !== undefined) entry.readAt = -1;
  }
  worker.mountBackOff = Math.min(
    LONGEST_MOUNT_RETRY,
    worker.mountBackOff === 0 ? FIRST_MOUNT_RETRY : worker.mountBackOff * 2,
  );
  syncAt(worker, ctx.monotonic + worker.mountBackOff, ctx);
  return false;
}

export function sandboxAnswered(state: KubeletState, worker: PodWorker, answer: CriAnswer, ctx: Context): void {
  worker.sandboxAttempt += 1;
  if (answer.result?.of !== 'sandbox') {
    worker.sandbox = null;
    if (worker.state !== 'sync') return podEnd.code.goOnTerminating(state, worker, ctx);
    podEvent(
      state,
      worker.pod,
      ctx,
      'Warning',
      'FailedCreatePodSandBox',
      `Failed to create pod sandbox: rpc error: code = ${answer.error?.code ?? 'Unknown'} desc = ${answer.error?.message ?? ''}`,
    );
    return syncAt(worker, ctx.monotonic + SYNC_RETRY, ctx);
  }
  const { id, ip } = answer.result.sandbox;
  worker.sandbox = { id, ip, state: 'ready' };
  worker.sandboxes = [...worker.sandboxes, id];
  if (worker.state !== 'sync') return podEnd.code.goOnTerminating(state, worker, ctx);
  const actions = podActions(worker);
  for (const work of actions.start) startWork(state, worker, work, ctx);
  // The status is written when there is more to say than an address, unless an image has to come first.
  if (containersOf(worker).some(({ busy, waiting }) => busy === 'image' || waiting !== null))
    updateStatus(state, worker, ctx);
}

/** A container has ended. */
export function containerEnded(
  state: KubeletState,
  worker: PodWorker,
  container: RuntimeContainerStatus,
  ctx: Context,
): void {
  const work = containersOf(worker).find(({ name }) => name === container.name);
  if (work === undefined || (work.runtime?.id !== container.id && work.createdId !== container.id)) return;
  if (work.runtime?.id === container.id) work.runtime = container;
  else succeed(state, work, container, ctx);
  work.endedAt = ctx.monotonic;
  work.started = false;
  work.ready = false;
  if (work.busy === 'stopping') work.busy = null;
  if (work.hook !== null) {
    ctx.cancel(work.hook.timer);
    work.hook = null;
  }
  stopProbes(work, ctx);
  if (worker.state !== 'sync') {
    updateStatus(state, worker, ctx);
    return podEnd.code.goOnTerminating(state, worker, ctx);
  }
  updateStatus(state, worker, ctx);
  syncPod(state, worker, ctx, true);
}
