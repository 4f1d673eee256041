/**
 * The kubelet's tie to its runtime: connecting, taking over what it has, noticing that it is gone, and handing each
 * answer to whom it concerns.
 */
import type { Context } from '#engine/kernel/process';
import { MILLISECOND, seconds } from '#engine/kernel/time';
import { listOnce } from '#engine/client/cache';
import type { CriAnswer, SandboxStatus } from '../runtime/cri';
import { adoptLost } from './adopt';
import { hookFailed } from './hooks';
import { pullAnswered } from './image-puller';
import { updateNodeStatus } from './node-status';
import { podEvent } from './pod-events';
import { addPod, sandboxAnswered, syncPod, takeOver } from './pod-worker';
import { probeCounted, probeOf, probeOutcome, startupDone, stopProbes } from './probes';
import { retryDeferred } from './granted';
import { askRuntime } from './runtime-link';
import { kubeletServer } from './server/late';
import { endSessions, respond } from './server/sessions';
import { configure, containerSpec, created, startAnswered } from './start-container';
import {
  containersOf,
  findContainer,
  type ContainerWork,
  type KubeletState,
  type PodWorker,
  type RuntimeAsk,
} from './state';
import { isMirror, syncStaticPods } from './static-pods';
import { updateStatus } from './status-writer';
import { gracePeriod } from './grace-period';
import { podEnd, podEviction } from './late';

const RECONNECT_AFTER = 500 * MILLISECOND;

export function connectRuntime(state: KubeletState, ctx: Context): void {
  if (state.runtimeState === 'ready') return;
  state.runtimeState = 'connecting';
  ctx.monitor(state.args.runtime);
  askRuntime(state, ctx, { type: 'cri/version' }, { what: 'version' });
}

/** The runtime has ended, or there is none: everything that was asked of it is void. */
export function runtimeDown(state: KubeletState, ctx: Context): void {
  const before = state.runtimeState;
  if (before === 'down') return;
  state.runtimeState = 'down';
  state.runtimeListed = false;
  endSessions(state, ctx);
  for (const ask of state.asks.values())
    if (ask.what === 'log')
      kubeletServer.code.logReady(state, ctx, 0, { ...ask, options: { ...ask.options, follow: false } });
    else if (ask.what === 'stream' || ask.what === 'stats') respond(ctx, ask.peer, 500, 'container runtime is down');
  state.asks.clear();
  state.node.eviction = null;
  state.pulling = null;
  state.pullQueue.length = 0;
  for (const worker of state.workers.values()) {
    for (const work of containersOf(worker)) {
      work.busy = null;
      stopProbes(work, ctx);
    }
    if (worker.sandbox?.state === 'creating') worker.sandbox = null;
  }
  ctx.after(RECONNECT_AFTER, { type: 'kubelet/runtime' });
  if (before === 'ready') {
    ctx.log('Container runtime sanity check failed: container runtime is down');
    updateNodeStatus(state, ctx);
  }
}

/** Once both the API's pods and the runtime's containers are known: who runs on, who is new, who does not belong here. */
export function takeOverPods(state: KubeletState, ctx: Context): void {
  if (state.podsStarted || !state.podsSynced || !state.runtimeListed) return;
  state.podsStarted = true;
  const pods = listOnce(state.client, 'Pod')
    .filter((pod) => !isMirror(pod))
    .sort((a, b) =>
      a.metadata.creationTimestamp < b.metadata.creationTimestamp
        ? -1
        : a.metadata.creationTimestamp > b.metadata.creationTimestamp
          ? 1
          : 0,
    );
  for (const pod of pods) {
    const found = state.found.get(pod.metadata.uid);
    state.found.delete(pod.metadata.uid);
    const sandbox = found?.sandboxes.find(({ ready }) => ready);
    addPod(state, pod, found === undefined ? undefined : { sandbox, containers: found.containers }, ctx);
    const worker = state.workers.get(pod.metadata.uid);
    for (const { id } of found?.sandboxes ?? [])
      if (worker?.sandboxes.includes(id) === false) worker.sandboxes = worker.sandboxes.concat(id);
  }
  removeFound(state, ctx);
}

/** What the runtime has and no pod: it goes. */
function removeFound(state: KubeletState, ctx: Context): void {
  for (const { sandboxes } of state.found.values()) removeSandboxes(state, sandboxes, ctx);
  state.found.clear();
}

function removeSandboxes(state: KubeletState, sandboxes: readonly SandboxStatus[], ctx: Context): void {
  for (const { id } of sandboxes) {
    askRuntime(state, ctx, { type: 'cri/stop-pod-sandbox', sandboxId: id }, { what: 'forget' });
    askRuntime(state, ctx, { type: 'cri/remove-pod-sandbox', sandboxId: id }, { what: 'forget' });
  }
}

function listed(state: KubeletState, answer: CriAnswer, ctx: Context): void {
  if (answer.result?.of !== 'list') return;
  const { sandboxes, containers, images } = answer.result;
  state.images.clear();
  for (const image of images) state.images.set(image.name, image);
  state.imagesRevision += 1;
  state.runtimeListed = true;
  state.found.clear();
  for (const { pod } of sandboxes) {
    if (state.found.has(pod.uid)) continue;
    state.found.set(pod.uid, {
      sandboxes: sandboxes.filter((sandbox) => sandbox.pod.uid === pod.uid),
      containers: containers.filter(({ podUid }) => podUid === pod.uid),
    });
  }
  for (const worker of [...state.workers.values()])
    if (state.podsStarted || worker.mirror !== undefined) reunite(state, worker, ctx);
  syncStaticPods(state, ctx);
  if (state.podsStarted) removeFound(state, ctx);
  else takeOverPods(state, ctx);
  updateNodeStatus(state, ctx);
}

/** The runtime is back: after a broken connection it still has its containers, after a death it has none. */
function reunite(state: KubeletState, worker: PodWorker, ctx: Context): void {
  const found = state.found.get(worker.uid);
  state.found.delete(worker.uid);
  const sandbox = found?.sandboxes.find(({ id, ready }) => ready && id === worker.sandbox?.id);
  const others = found?.sandboxes.filter((one) => one !== sandbox || worker.state === 'terminated') ?? [];
  removeSandboxes(state, others, ctx);
  if (found === undefined || sandbox === undefined) return containersLost(state, worker, ctx);
  worker.sandboxes = [];
  if (worker.state === 'terminated') return;
  takeOver(worker, sandbox, found.containers, ctx);
  updateStatus(state, worker, ctx);
  syncPod(state, worker, ctx, true);
}

/** The runtime came back without its containers. */
function containersLost(state: KubeletState, worker: PodWorker, ctx: Context): void {
  worker.sandboxes = [];
  if (worker.state === 'terminated') return;
  const ran = adoptLost(worker, ctx);
  if (ran && worker.state === 'sync')
    podEvent(
      state,
      worker.pod,
      ctx,
      'Normal',
      'SandboxChanged',
      'Pod sandbox changed, it will be killed and re-created.',
    );
  syncPod(state, worker, ctx);
}

/** An answer of the runtime. */
export function runtimeAnswered(state: KubeletState, answer: CriAnswer, ctx: Context): void {
  const ask = state.asks.get(answer.id);
  if (ask === undefined) return;
  state.asks.delete(answer.id);
  switch (ask.what) {
    case 'version':
      state.runtimeState = 'ready';
      askRuntime(state, ctx, { type: 'cri/get-container-events' }, { what: 'subscribe' });
      return askRuntime(state, ctx, { type: 'cri/list' }, { what: 'list' });
    case 'list':
      return listed(state, answer, ctx);
    case 'usage':
      return podEviction.code.statsAnswered(state, answer, ctx);
    case 'subscribe':
    case 'forget':
      return;
    case 'log':
      return kubeletServer.code.logReady(state, ctx, answer.id, ask);
    case 'stream':
      return kubeletServer.code.streamAnswered(state, ctx, answer, ask);
    case 'stats':
      return kubeletServer.code.statsAnswered(state, ctx, answer, ask);
    case 'pull': {
      const pulled = pullAnswered(state, answer, ctx);
      if (pulled === null) return;
      configure(state, pulled.worker, pulled.work, ctx);
      return updateStatus(state, pulled.worker, ctx);
    }
    default:
      return podAnswered(state, ask, answer, ctx);
  }
}

type PodAsk = Extract<RuntimeAsk, { readonly uid: string }>;

function podAnswered(state: KubeletState, ask: PodAsk, answer: CriAnswer, ctx: Context): void {
  const worker = state.workers.get(ask.uid);
  if (worker === undefined) return abandoned(state, answer, ctx);
  if (ask.what === 'sandbox') return sandboxAnswered(state, worker, answer, ctx);
  if (ask.what === 'stop-sandbox') {
    podEnd.code.finishTerminating(state, worker, ctx);
    return retryDeferred(state, worker, ctx);
  }
  const work = findContainer(worker, ask.container);
  if (work === undefined) return;
  switch (ask.what) {
    case 'create':
      if (worker.state === 'sync') created(state, worker, work, answer, ctx);
      else {
        work.busy = null;
        return podEnd.code.goOnTerminating(state, worker, ctx);
      }
      if (answer.error !== null) updateStatus(state, worker, ctx);
      return;
    case 'start':
      startAnswered(state, worker, work, answer, ctx);
      if (answer.error === null && worker.resize !== null) kubeletServer.code.resizeDone(state, worker, work, ctx);
      updateStatus(state, worker, ctx);
      // A container that failed to start has ended, and the runtime says so next.
      return answer.error === null || worker.state !== 'sync' ? syncPod(state, worker, ctx, true) : undefined;
    case 'stop':
      return;
    case 'resize':
      if (work.runtime?.id !== ask.containerId) return;
      kubeletServer.code.resizeDone(state, worker, work, ctx);
      return updateStatus(state, worker, ctx);
    case 'probe':
      if (work.runtime?.id === ask.containerId && work.runtime.state === 'running')
        probed(state, worker, work, ask.probe, answer, ctx);
      return;
    case 'hook':
      if (work.runtime?.id !== ask.containerId) return;
      return hookAnswered(state, worker, work, ask.hook, answer, ctx);
  }
}

/** A sandbox was made for a pod that is no more. */
function abandoned(state: KubeletState, answer: CriAnswer, ctx: Context): void {
  if (answer.result?.of !== 'sandbox') return;
  askRuntime(state, ctx, { type: 'cri/remove-pod-sandbox', sandboxId: answer.result.sandbox.id }, { what: 'forget' });
}

function probed(
  state: KubeletState,
  worker: PodWorker,
  work: ContainerWork,
  type: 'startup' | 'readiness' | 'liveness',
  answer: CriAnswer,
  ctx: Context,
): void {
  const spec = containerSpec(worker, work);
  const probe = probeOf(spec, type);
  if (spec === undefined || probe === undefined) return;
  const verdict = probeCounted(state, worker, work, probe, type, probeOutcome(worker, spec, probe, answer), ctx);
  if (verdict === 'nothing') return;
  if (verdict === 'kill') {
    if (work.busy !== null) return;
    stopProbes(work, ctx, ['startup', 'liveness']);
    const restarts = (spec.restartPolicy ?? worker.pod.spec.restartPolicy) !== 'Never';
    const name = work.role === 'regular' ? 'Container' : 'Init container';
    const message = `${name} ${work.name} failed ${type} probe${restarts && work.role === 'regular' ? ', will be restarted' : ''}`;
    return podEnd.code.stopContainer(
      state,
      worker,
      work,
      message,
      seconds(probe.terminationGracePeriodSeconds ?? gracePeriod(worker)),
      ctx,
    );
  }
  if (type === 'startup') startupDone(worker, work, spec, ctx);
  updateStatus(state, worker, ctx);
  if (type === 'startup') syncPod(state, worker, ctx);
}

function hookAnswered(
  state: KubeletState,
  worker: PodWorker,
  work: ContainerWork,
  hook: 'postStart' | 'preStop',
  answer: CriAnswer,
  ctx: Context,
): void {
  const { result } = answer;
  const ok =
    (result?.of === 'exec' && result.exitCode === 0) ||
    (result?.of === 'dial' && result.outcome.kind === 'answered' && result.outcome.code < 400);
  if (!ok) hookFailed(state, worker, work, hook, ctx);
  if (hook === 'preStop') return podEnd.code.preStopOver(state, worker, work, ctx);
  if (ok || work.busy !== null || work.runtime?.state !== 'running') return;
  work.waiting = { reason: 'PostStartHookError', message: 'PostStartHook failed' };
  podEnd.code.stopContainer(state, worker, work, 'FailedPostStartHook', seconds(gracePeriod(worker)), ctx);
}
