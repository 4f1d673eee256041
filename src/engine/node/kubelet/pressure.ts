/**
 * Whether this machine is short of memory or disk. What is done about it is in `eviction/`, which comes late.
 *
 * @source kubernetes pkg/kubelet/eviction/eviction_manager.go (synchronize), pkg/kubelet/oom/oom_watcher_linux.go
 */
import type { Pod } from '#engine/api/types';
import type { Context } from '#engine/kernel/process';
import { MINUTE, type Micros } from '#engine/kernel/time';
import type { SystemOom } from '../runtime/cri';
import type { Rejection } from './admission';
import { podEviction } from './late';
import { EVICTION_MEMORY } from './node-object';
import { nodeEvent } from './node-event';
import type { KubeletState } from './state';

/** Pressure is told for so long after it was seen last. @source kubernetes pkg/kubelet/apis/config/v1beta1/defaults.go (EvictionPressureTransitionPeriod) */
const PRESSURE_STAYS: Micros = 5 * MINUTE;

export interface Pressure {
  readonly memoryPressure: boolean;
  readonly diskPressure: boolean;
}

/** Looks at memory and disk. */
export function pressureOf(state: KubeletState, ctx: Context): Pressure {
  if (ctx.disk.isFull()) state.node.diskFullAt = ctx.monotonic;
  if (isMemoryLow(ctx)) state.node.memoryLowAt = ctx.monotonic;
  return knownPressure(state, ctx);
}

/** As it was when somebody looked. */
const knownPressure = ({ node }: KubeletState, ctx: Context): Pressure => ({
  memoryPressure: isRecent(node.memoryLowAt, ctx),
  diskPressure: isRecent(node.diskFullAt, ctx),
});

/** The signal memory.available is below its hard threshold. */
export const isMemoryLow = (ctx: Context): boolean => ctx.memory().free < EVICTION_MEMORY;

const isRecent = (at: Micros | null, ctx: Context): boolean => at !== null && ctx.monotonic - at < PRESSURE_STAYS;

/** Evicts when it has to. */
export function relievePressure(state: KubeletState, ctx: Context): void {
  if (isMemoryLow(ctx)) podEviction.code.evict(state, ctx);
}

/** Why a node under pressure does not take a pod on; null: it does. */
export function pressureVerdict(state: KubeletState, pod: Pod, ctx: Context): Rejection | null {
  const pressure = knownPressure(state, ctx);
  return pressure.memoryPressure || pressure.diskPressure ? podEviction.code.refusal(pod, pressure) : null;
}

export function systemOom(state: KubeletState, { process, pid }: SystemOom, ctx: Context): void {
  const message = `System OOM encountered, victim process: ${process}, pid: ${pid}`;
  nodeEvent(state, ctx, 'Warning', 'SystemOOM', message);
}
