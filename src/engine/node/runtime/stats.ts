/** What the containers of a machine use: ListContainerStats, and the root cgroup's numbers. */
import type { Context } from '#engine/kernel/process';
import { runningComponent } from './component';
import { cpuTime } from './cpu-time';
import type { ContainerStats, CriResult, Usage } from './cri';
import type { ContainerdState, ContainerRecord } from './state';
import { cpuLimit } from './limits';

/** kubelet, containerd, systemd and the kernel's own, thousandths of a core. */
const SYSTEM_CPU = 60;

/**
 * What a container that runs uses at present.
 *
 * @simplified a program's memory at rest is all there at its start; what a program takes of CPU at its start is not counted
 */
export function usageOf(state: ContainerdState, container: ContainerRecord, ctx: Context): Usage {
  const { service, load, process, shell, status, memory } = container;
  if (process !== null) {
    const { milliCpu } = runningComponent(container)?.atRest ?? { milliCpu: 0 };
    return { cpu: (milliCpu * (ctx.now - status.startedAt)) / 1000, milliCpu, memory };
  }
  const busy = shell !== null && shell.blocked === null ? Math.min(1000, cpuLimit(container) ?? 1000) : 0;
  const uncounted = ctx.monotonic - (state.traffic?.countedAt ?? ctx.monotonic);
  return {
    cpu: cpuTime(container, ctx.monotonic) + ((load?.milliCpu ?? 0) * uncounted) / 1000,
    milliCpu: (service?.program.milliCpu ?? 0) + (load?.milliCpu ?? 0) + busy,
    memory,
  };
}

export function statsOf(state: ContainerdState, ctx: Context): CriResult {
  const containers: ContainerStats[] = [];
  let cpu = state.spentCpu + (SYSTEM_CPU * ctx.monotonic) / 1000;
  let milliCpu = SYSTEM_CPU;
  const { total, free } = ctx.memory();
  for (const container of state.containers.values()) {
    const { status } = container;
    const pod = state.sandboxes.get(status.sandboxId)?.status.pod;
    if (status.state !== 'running' || pod === undefined) continue;
    const usage = usageOf(state, container, ctx);
    cpu += usage.cpu;
    milliCpu += usage.milliCpu;
    containers.push({ ...usage, pod, name: status.name, startedAt: status.startedAt });
  }
  return { of: 'stats', at: ctx.now, node: { cpu, milliCpu, memory: total - free }, containers };
}
