/** What the containers of a machine use: ListContainerStats, and the root cgroup's numbers. */
import type { Context } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import { runningComponent } from './component';
import { cpuTime } from './cpu-time';
import type { ContainerStats, CriResult, Usage } from './cri';
import type { ContainerdState, ContainerRecord } from './state';
import { cpuLimit } from './limits';

/** kubelet, containerd, systemd and the kernel's own, thousandths of a core. */
const SYSTEM_CPU = 60;

type Moment = Pick<Context, 'now' | 'monotonic'>;

/**
 * What a container that runs uses at present.
 *
 * @simplified a program's memory at rest is all there at its start; what a program takes of CPU at its start is not counted
 */
export function usageOf(state: ContainerdState, container: ContainerRecord, at: Moment): Usage {
  const { service, load, process, shell, status, memory, frozen } = container;
  if (frozen !== undefined) return { cpu: cpuTime(container, at.monotonic), milliCpu: 0, memory };
  if (process !== null) {
    const { milliCpu } = runningComponent(container)?.atRest ?? { milliCpu: 0 };
    return { cpu: (milliCpu * (at.now - status.startedAt)) / 1000, milliCpu, memory };
  }
  const busy = shell !== null && shell.blocked === null ? Math.min(1000, cpuLimit(container) ?? 1000) : 0;
  const uncounted = at.monotonic - (state.traffic?.countedAt ?? at.monotonic);
  return {
    cpu: cpuTime(container, at.monotonic) + ((load?.milliCpu ?? 0) * uncounted) / 1000,
    milliCpu: (service?.program.milliCpu ?? 0) + (load?.milliCpu ?? 0) + busy,
    memory,
  };
}

/** Thousandths of a core that the machine and its containers take at present. */
export function usageAtRest(state: ContainerdState, now: Micros): number {
  let milliCpu = SYSTEM_CPU;
  for (const container of state.containers.values())
    if (container.status.state === 'running') milliCpu += usageOf(state, container, { now, monotonic: now }).milliCpu;
  return milliCpu;
}

export function statsOf(state: ContainerdState, ctx: Context): CriResult {
  const containers: ContainerStats[] = [];
  // What is told carries a time in whole milliseconds: counted up to there, so that rates come out even.
  const past = ctx.now % 1000;
  const at = { now: ctx.now - past, monotonic: ctx.monotonic - past };
  let cpu = state.spentCpu + (SYSTEM_CPU * at.monotonic) / 1000;
  let milliCpu = SYSTEM_CPU;
  const hog = ctx.hog();
  if (hog !== undefined) {
    cpu += hog.spent + (hog.milliCpu * (at.monotonic - hog.since)) / 1000;
    milliCpu += hog.milliCpu;
  }
  const { total, free } = ctx.memory();
  for (const container of state.containers.values()) {
    const { status } = container;
    const pod = state.sandboxes.get(status.sandboxId)?.status.pod;
    if (status.state !== 'running' || pod === undefined) continue;
    const usage = usageOf(state, container, at);
    cpu += usage.cpu;
    milliCpu += usage.milliCpu;
    containers.push({ ...usage, pod, name: status.name, startedAt: status.startedAt });
  }
  return { of: 'stats', at: at.now, node: { cpu, milliCpu, memory: total - free }, containers };
}
