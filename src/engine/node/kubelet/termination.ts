/**
 * A pod comes to its end: preStop, stop signal, grace, kill; regular containers together, then sidecars in reverse
 * order, then the sandbox.
 *
 * @source kubernetes pkg/kubelet/pod_workers.go, kuberuntime/kuberuntime_container.go (killContainer), kuberuntime_termination_order.go
 */
import type { Context } from '#engine/kernel/process';
import { SECOND, seconds, type Micros } from '#engine/kernel/time';
import { gracePeriod } from './grace-period';
import { preStop } from './hooks';
import { podLogDirectory } from '../runtime/log-record';
import { containerEvent, podSubject } from './pod-events';
import { stopProbes } from './probes';
import { askRuntime } from './runtime-link';
import { podFolder } from './server/volumes';
import { containerSpec } from './start-container';
import { containersOf, type ContainerWork, type KubeletState, type PodWorker } from './state';
import { updateStatus } from './status-writer';
import { cancelSync } from './sync-timer';

/** A container gets at least so long after its stop signal. */
const LEAST_GRACE: Micros = 2 * SECOND;

/** From now on nothing is started any more. Called again, only a shorter grace changes anything. */
export function terminate(state: KubeletState, worker: PodWorker, grace: number, why: string, ctx: Context): void {
  if (worker.state === 'terminated') return;
  const known = worker.termination;
  if (known === null) {
    worker.state = 'terminating';
    worker.termination = { grace, deadline: ctx.monotonic + seconds(grace), startedAt: ctx.monotonic };
    cancelSync(worker, ctx);
    ctx.cancel(worker.deadline);
    worker.deadline = null;
    ctx.explain({
      what: 'terminate',
      subject: podSubject(worker.pod),
      text: `${why}; its containers get ${grace} s to end.`,
    });
    for (const work of containersOf(worker)) {
      if (work.busy === 'image' || work.busy === 'config') work.busy = null;
      stopProbes(work, ctx, ['startup', 'liveness']);
    }
  } else if (grace < known.grace) {
    known.grace = grace;
    known.deadline = Math.min(known.deadline, ctx.monotonic + seconds(grace));
    for (const work of containersOf(worker))
      if (work.busy === 'stopping' && work.hook === null) sendStop(state, worker, work, remaining(worker, ctx), ctx);
  }
  goOnTerminating(state, worker, ctx);
}

const remaining = (worker: PodWorker, ctx: Context): Micros =>
  Math.max(LEAST_GRACE, (worker.termination?.deadline ?? 0) - ctx.monotonic);

/** The next step of a pod's end: whatever has to be waited for calls this again. */
export function goOnTerminating(state: KubeletState, worker: PodWorker, ctx: Context): void {
  if (worker.state !== 'terminating' || state.runtimeState !== 'ready') return;
  const all = containersOf(worker);
  for (const work of worker.regular) stopIfRunning(state, worker, work, ctx);
  for (const work of worker.ephemeral ?? []) stopIfRunning(state, worker, work, ctx);
  for (const work of worker.init) if (work.role === 'init') stopIfRunning(state, worker, work, ctx);
  if (all.some((work) => work.role !== 'sidecar' && isLive(work))) return;
  for (let i = worker.init.length - 1; i >= 0; i--) {
    const work = worker.init[i];
    if (work === undefined || work.role !== 'sidecar' || !isLive(work)) continue;
    stopIfRunning(state, worker, work, ctx);
    return;
  }
  const { sandbox } = worker;
  if (sandbox === null) return finishTerminating(state, worker, ctx);
  if (sandbox.state !== 'ready') return;
  sandbox.state = 'stopping';
  askRuntime(
    state,
    ctx,
    { type: 'cri/stop-pod-sandbox', sandboxId: sandbox.id },
    { what: 'stop-sandbox', uid: worker.uid },
  );
}

const isLive = (work: ContainerWork): boolean =>
  work.runtime?.state === 'running' || work.busy === 'creating' || work.busy === 'starting' || work.busy === 'stopping';

function stopIfRunning(state: KubeletState, worker: PodWorker, work: ContainerWork, ctx: Context): void {
  if (work.runtime?.state !== 'running' || work.busy !== null) return;
  stopContainer(state, worker, work, `Stopping container ${work.name}`, remaining(worker, ctx), ctx);
}

/** Kills one container with this much grace, its preStop included; says why. */
export function stopContainer(
  state: KubeletState,
  worker: PodWorker,
  work: ContainerWork,
  message: string,
  grace: Micros,
  ctx: Context,
): void {
  containerEvent(state, worker.pod, work, ctx, 'Normal', 'Killing', message);
  work.busy = 'stopping';
  if (preStop(state, worker, work, containerSpec(worker, work), grace, ctx)) return;
  sendStop(state, worker, work, grace, ctx);
}

/** preStop has ended: the rest of the grace is the container's. */
export function preStopOver(state: KubeletState, worker: PodWorker, work: ContainerWork, ctx: Context): void {
  if (work.hook === null) return;
  ctx.cancel(work.hook.timer);
  work.hook = null;
  if (work.runtime?.state !== 'running') return;
  sendStop(
    state,
    worker,
    work,
    worker.termination === null ? Math.max(LEAST_GRACE, seconds(gracePeriod(worker))) : remaining(worker, ctx),
    ctx,
  );
}

function sendStop(state: KubeletState, worker: PodWorker, work: ContainerWork, grace: Micros, ctx: Context): void {
  const containerId = work.runtime?.id ?? '';
  askRuntime(
    state,
    ctx,
    { type: 'cri/stop-container', containerId, timeout: Math.max(LEAST_GRACE, grace) },
    { what: 'stop', uid: worker.uid, container: work.name, containerId },
  );
}

/** Nothing of it runs any more. */
export function finishTerminating(state: KubeletState, worker: PodWorker, ctx: Context): void {
  worker.state = 'terminated';
  state.volumesInUse?.delete(worker.uid);
  for (const work of containersOf(worker)) {
    work.busy = null;
    stopProbes(work, ctx);
  }
  if (worker.sandbox?.state === 'stopping') worker.sandbox = null;
  ctx.explain({
    what: 'terminated',
    subject: podSubject(worker.pod),
    text: 'All its containers have ended and its sandbox is stopped.',
  });
  updateStatus(state, worker, ctx);
  if (worker.gone) forget(state, worker, ctx);
}

/** The pod is gone from the API and from the machine. */
export function forget(state: KubeletState, worker: PodWorker, ctx: Context): void {
  cancelSync(worker, ctx);
  ctx.cancel(worker.retry);
  ctx.cancel(worker.deadline);
  for (const work of containersOf(worker)) stopProbes(work, ctx);
  state.workers.delete(worker.uid);
  state.tokens.delete(worker.uid);
  if (worker.mirror !== undefined) ctx.after(0, { type: 'kubelet/static-pods' });
  for (const work of containersOf(worker))
    state.imageBackOff.delete(`${worker.uid}_${containerSpec(worker, work)?.image ?? ''}`);
  const { namespace = '', name, uid } = worker.pod.metadata;
  for (const folder of [podLogDirectory({ namespace, name, uid }), podFolder(uid)])
    for (const file of ctx.disk.files(folder)) ctx.disk.remove(file);
  const { sandboxes } = worker;
  for (const sandboxId of sandboxes)
    askRuntime(state, ctx, { type: 'cri/remove-pod-sandbox', sandboxId }, { what: 'forget' });
}
