/**
 * postStart and preStop.
 *
 * @source kubernetes pkg/kubelet/lifecycle/handlers.go, pkg/kubelet/kuberuntime/kuberuntime_container.go
 */
import type { Container } from '#engine/api/types';
import type { Context } from '#engine/kernel/process';
import { seconds, type Micros } from '#engine/kernel/time';
import { containerEvent } from './pod-events';
import { portNumber } from './ports';
import { askRuntime } from './runtime-link';
import type { ContainerWork, KubeletState, PodWorker } from './state';

const FOREVER: Micros = seconds(600);

type Handler = NonNullable<NonNullable<Container['lifecycle']>['postStart']>;

export function postStart(
  state: KubeletState,
  worker: PodWorker,
  work: ContainerWork,
  spec: Container,
  ctx: Context,
): void {
  const handler = spec.lifecycle?.postStart;
  if (handler !== undefined) runHook(state, worker, work, spec, handler, 'postStart', FOREVER, ctx);
}

/** Runs preStop, at most for `grace`. @returns whether there is something to wait for */
export function preStop(
  state: KubeletState,
  worker: PodWorker,
  work: ContainerWork,
  spec: Container | undefined,
  grace: Micros,
  ctx: Context,
): boolean {
  const handler = spec?.lifecycle?.preStop;
  if (spec === undefined || handler === undefined || work.runtime?.state !== 'running') return false;
  const containerId = work.runtime.id;
  const nap = handler.sleep?.seconds;
  const length = nap === undefined ? grace : Math.min(grace, seconds(nap));
  const timer = ctx.after(length, { type: 'kubelet/hook-over', uid: worker.uid, container: work.name, containerId } as {
    type: string;
  });
  work.hook = { timer, until: ctx.monotonic + length };
  if (nap === undefined) runHook(state, worker, work, spec, handler, 'preStop', grace, ctx);
  return true;
}

function runHook(
  state: KubeletState,
  worker: PodWorker,
  work: ContainerWork,
  spec: Container,
  handler: Handler,
  hook: 'postStart' | 'preStop',
  timeout: Micros,
  ctx: Context,
): void {
  const containerId = work.runtime?.id ?? '';
  const ask = { what: 'hook', uid: worker.uid, container: work.name, hook, containerId } as const;
  if (handler.exec?.command !== undefined) {
    return askRuntime(state, ctx, { type: 'cri/exec-sync', containerId, command: handler.exec.command, timeout }, ask);
  }
  const get = handler.httpGet;
  if (get === undefined) return;
  const address = get.host ?? worker.sandbox?.ip ?? '';
  askRuntime(
    state,
    ctx,
    { type: 'node/dial', address, port: portNumber(spec, get.port), protocol: 'http', path: get.path ?? '/', timeout },
    ask,
  );
}

export function hookFailed(
  state: KubeletState,
  worker: PodWorker,
  work: ContainerWork,
  hook: 'postStart' | 'preStop',
  ctx: Context,
): void {
  if (hook === 'preStop')
    containerEvent(state, worker.pod, work, ctx, 'Warning', 'FailedPreStopHook', 'PreStopHook failed');
  else containerEvent(state, worker.pod, work, ctx, 'Warning', 'FailedPostStartHook', 'PostStartHook failed');
}
