/**
 * Images before containers: is it there, may it be pulled, one pull at a time, back-off after failures.
 *
 * @source kubernetes pkg/kubelet/images/image_manager.go, puller.go (serializeImagePulls)
 */
import { goMilliseconds } from '#engine/kernel/go-duration';
import type { Container } from '#engine/api/types';
import type { Context } from '#engine/kernel/process';
import { SECOND } from '#engine/kernel/time';
import { invalidImageNameMessage, parseImageReference } from '../images/reference';
import { rpcErrorText, type CriAnswer } from '../runtime/cri';
import { nextBackOff, RESET_AFTER } from './back-off';
import { containerEvent, podSubject } from './pod-events';
import { askRuntime } from './runtime-link';
import { findContainer, type ContainerWork, type KubeletState, type PodWorker, type PullTask } from './state';
import { updateStatus } from './status-writer';
import { syncAt, SYNC_RETRY } from './sync-timer';

/** From ErrImagePull until the next sync finds the back-off. */
const FIRST_LOOK = 2 * SECOND;

/** `present`: go on. `pending`: a pull is under way or queued. `failed`: the container waits, the reason is set. */
export function ensureImage(
  state: KubeletState,
  worker: PodWorker,
  work: ContainerWork,
  spec: Container,
  ctx: Context,
): 'present' | 'pending' | 'failed' {
  const image = spec.image ?? '';
  const reference = parseImageReference(image);
  if (reference === null) {
    const message = invalidImageNameMessage(image);
    containerEvent(state, worker.pod, work, ctx, 'Warning', 'InspectFailed', message);
    return fail(state, worker, work, 'InvalidImageName', message, ctx);
  }
  const policy = spec.imagePullPolicy ?? (reference.tag === 'latest' ? 'Always' : 'IfNotPresent');
  const present = state.images.has(reference.canonical);
  if (present && policy !== 'Always') {
    containerEvent(
      state,
      worker.pod,
      work,
      ctx,
      'Normal',
      'Pulled',
      `Container image "${image}" already present on machine and can be accessed by the pod`,
    );
    return 'present';
  }
  if (policy === 'Never') {
    const message = `Container image "${image}" is not present with pull policy of Never`;
    containerEvent(state, worker.pod, work, ctx, 'Warning', 'ErrImageNeverPull', message);
    return fail(state, worker, work, 'ErrImageNeverPull', message, ctx);
  }
  const backOff = state.imageBackOff.get(`${worker.uid}_${image}`);
  const end = backOff === undefined ? 0 : backOff.changedAt + backOff.delay;
  if (end > ctx.monotonic) {
    const before = work.waiting;
    const text = before?.reason === 'ErrImagePull' ? `: ErrImagePull: ${before.message}` : '';
    const message = before?.reason === 'ImagePullBackOff' ? before.message : `Back-off pulling image "${image}"${text}`;
    containerEvent(state, worker.pod, work, ctx, 'Normal', 'BackOff', `Back-off pulling image "${image}"`);
    fail(state, worker, work, 'ImagePullBackOff', message, ctx);
    syncAt(worker, end, ctx);
    return 'failed';
  }
  containerEvent(state, worker.pod, work, ctx, 'Normal', 'Pulling', `Pulling image "${image}"`);
  work.busy = 'image';
  state.pullQueue.push({ uid: worker.uid, container: work.name, image, queuedAt: ctx.monotonic, startedAt: 0 });
  pullNext(state, ctx);
  return 'pending';
}

function fail(
  state: KubeletState,
  worker: PodWorker,
  work: ContainerWork,
  reason: string,
  message: string,
  ctx: Context,
): 'failed' {
  containerEvent(state, worker.pod, work, ctx, 'Warning', 'Failed', `Error: ${reason}`);
  work.waiting = { reason, message };
  if (reason !== 'ImagePullBackOff') syncAt(worker, ctx.monotonic + SYNC_RETRY, ctx);
  return 'failed';
}

/** Starts the next pull of the queue, if none is under way. */
export function pullNext(state: KubeletState, ctx: Context): void {
  while (state.pulling === null) {
    const task = state.pullQueue.shift();
    if (task === undefined) return;
    const worker = state.workers.get(task.uid);
    if (worker === undefined || worker.state !== 'sync') continue;
    task.startedAt = ctx.monotonic;
    state.pulling = task;
    askRuntime(state, ctx, { type: 'cri/pull-image', image: task.image }, { what: 'pull', at: ctx.monotonic });
  }
}

/**
 * The runtime has pulled, or could not.
 *
 * @returns the container that can go on now
 */
export function pullAnswered(
  state: KubeletState,
  answer: CriAnswer,
  ctx: Context,
): { worker: PodWorker; work: ContainerWork } | null {
  const task = state.pulling;
  state.pulling = null;
  if (answer.result?.of === 'image') {
    const { image } = answer.result;
    if (!state.images.has(image.name)) {
      state.images.set(image.name, image);
      state.imagesRevision += 1;
    }
  }
  const worker = task === null ? undefined : state.workers.get(task.uid);
  const work = task === null ? undefined : findContainer(worker, task.container);
  pullNext(state, ctx);
  if (task === null || worker === undefined || work === undefined || work.busy !== 'image') return null;
  work.busy = null;
  if (worker.state !== 'sync') return null;
  const key = `${worker.uid}_${task.image}`;
  if (answer.result?.of === 'image') {
    const { size } = answer.result.image;
    const took = goMilliseconds(ctx.monotonic - task.startedAt);
    const waited = goMilliseconds(ctx.monotonic - task.queuedAt);
    containerEvent(
      state,
      worker.pod,
      work,
      ctx,
      'Normal',
      'Pulled',
      `Successfully pulled image "${task.image}" in ${took} (${waited} including waiting). Image size: ${size} bytes.`,
    );
    state.imageBackOff.delete(key);
    work.waiting = null;
    return { worker, work };
  }
  pullFailed(state, worker, work, task, answer.error === null ? 'unknown' : rpcErrorText(answer.error), ctx);
  return null;
}

function pullFailed(
  state: KubeletState,
  worker: PodWorker,
  work: ContainerWork,
  task: PullTask,
  text: string,
  ctx: Context,
): void {
  const key = `${worker.uid}_${task.image}`;
  containerEvent(state, worker.pod, work, ctx, 'Warning', 'Failed', `Failed to pull image "${task.image}": ${text}`);
  containerEvent(state, worker.pod, work, ctx, 'Warning', 'Failed', 'Error: ErrImagePull');
  const backOff = nextBackOff(state.imageBackOff.get(key), ctx.monotonic, ctx.monotonic);
  state.imageBackOff.set(key, backOff);
  work.waiting = { reason: 'ErrImagePull', message: text };
  ctx.explain({
    what: 'image-pull-back-off',
    subject: podSubject(worker.pod),
    text: `The image ${task.image} of container ${work.name} could not be pulled; the next try is in ${backOff.delay / SECOND} s.`,
  });
  syncAt(worker, ctx.monotonic + FIRST_LOOK, ctx);
  updateStatus(state, worker, ctx);
}

/** Forgets back-offs that are long over. */
export function forgetOldBackOffs(state: KubeletState, ctx: Context): void {
  for (const [key, entry] of state.imageBackOff)
    if (ctx.monotonic - entry.changedAt > RESET_AFTER) state.imageBackOff.delete(key);
}
