/** When a pod is looked at again although nothing happened. */
import type { Context } from '#engine/kernel/process';
import { SECOND, type Micros } from '#engine/kernel/time';
import type { PodWorker } from './state';

/** After a failed sync. */
export const SYNC_RETRY: Micros = 10 * SECOND;

/** Looks at the pod again at this monotonic time, or sooner if that was planned already. */
export function syncAt(worker: PodWorker, at: Micros, ctx: Context): void {
  const whole = Math.max(ctx.monotonic, Math.ceil(at));
  if (worker.sync !== null && worker.sync.at <= whole) return;
  ctx.cancel(worker.sync?.timer ?? null);
  worker.sync = {
    timer: ctx.after(whole - ctx.monotonic, { type: 'kubelet/sync', uid: worker.uid } as { type: string }),
    at: whole,
  };
}

export function cancelSync(worker: PodWorker, ctx: Context): void {
  ctx.cancel(worker.sync?.timer ?? null);
  worker.sync = null;
}
