/** What the containers of a machine use: ListContainerStats, and the root cgroup's numbers. */
import type { Context } from '#engine/kernel/process';
import { runningComponent } from './component';
import { cpuTime } from './cpu-time';
import type { ContainerStats, CriResult, Usage } from './cri';
import type { ContainerdState, ContainerRecord } from './state';
import { cpuLimit } from './limits';
import { trafficMemory } from './traffic';

const MIB = 1_048_576;
/** kubelet, containerd, systemd and the kernel's own. */
const SYSTEM: Omit<Usage, 'cpu'> = { milliCpu: 60, memory: 280 * MIB };
/** A shell and what it runs. */
const SHELL_MEMORY = MIB;

/**
 * What a container that runs uses at present.
 *
 * @simplified a program's memory at rest is all there at its start; what a program takes of CPU at its start is not counted
 */
export function usageOf(state: ContainerdState, container: ContainerRecord, ctx: Context): Usage {
  const { service, load, process, shell, status } = container;
  if (process !== null) {
    const { milliCpu, memory } = runningComponent(container)?.atRest ?? { milliCpu: 0, memory: 0 };
    return { cpu: (milliCpu * (ctx.now - status.startedAt)) / 1000, milliCpu, memory };
  }
  const busy = shell !== null && shell.blocked === null ? Math.min(1000, cpuLimit(container) ?? 1000) : 0;
  const uncounted = ctx.monotonic - (state.traffic?.countedAt ?? ctx.monotonic);
  return {
    cpu: cpuTime(container, ctx.monotonic) + ((load?.milliCpu ?? 0) * uncounted) / 1000,
    milliCpu: (service?.program.milliCpu ?? 0) + (load?.milliCpu ?? 0) + busy,
    memory: (service?.program.memory ?? 0) + trafficMemory(container) + (shell === null ? 0 : SHELL_MEMORY),
  };
}

export function statsOf(state: ContainerdState, ctx: Context): CriResult {
  const containers: ContainerStats[] = [];
  let cpu = state.spentCpu + (SYSTEM.milliCpu * ctx.monotonic) / 1000;
  let { milliCpu, memory } = SYSTEM;
  for (const container of state.containers.values()) {
    const { status } = container;
    const pod = state.sandboxes.get(status.sandboxId)?.status.pod;
    if (status.state !== 'running' || pod === undefined) continue;
    const usage = usageOf(state, container, ctx);
    cpu += usage.cpu;
    milliCpu += usage.milliCpu;
    memory += usage.memory;
    containers.push({ ...usage, pod, name: status.name, startedAt: status.startedAt });
  }
  return { of: 'stats', at: ctx.now, node: { cpu, milliCpu, memory }, containers };
}
