/**
 * The kernel's last resort when a machine has no memory left: the container with the highest score goes, until there is some.
 *
 * @source Linux mm/oom_kill.c (oom_badness); kubernetes pkg/kubelet/qos/policy.go for the adjustments
 */
import type { Context } from '#engine/kernel/process';
import { killForMemory } from './containers';
import type { ContainerdState, ContainerRecord } from './state';

/** Above 0 for whoever may be killed: pages used, and the adjustment in thousandths of all memory. */
const badness = ({ memory, config }: ContainerRecord, total: number): number =>
  config.oomScoreAdj <= -1_000 ? 0 : memory + (config.oomScoreAdj * total) / 1_000;

export function outOfMemory(state: ContainerdState, ctx: Context): void {
  const total = ctx.memory().total;
  while (ctx.memory().free < 0) {
    let victim: ContainerRecord | null = null;
    for (const container of state.containers.values())
      if (container.memory > 0 && (victim === null || badness(container, total) > badness(victim, total)))
        victim = container;
    if (victim === null) return;
    if (state.subscriber !== null)
      ctx.send(state.subscriber, { type: 'cri/system-oom', process: processName(victim), pid: pidOf(victim) } as {
        type: string;
      });
    killForMemory(state, victim, ctx);
  }
}

/** As the kernel names it: the first 15 characters of its program. */
const processName = ({ service, shell, config }: ContainerRecord): string => {
  const program = service?.program.name ?? (shell === null ? '' : 'sh');
  const name = program === '' ? (config.command[0] ?? config.name) : program;
  return name.slice(name.lastIndexOf('/') + 1, name.lastIndexOf('/') + 16);
};

/** A number that the machine could have given its first process: the same for the same container. */
const pidOf = ({ status }: ContainerRecord): number => 1_000 + (parseInt(status.id.slice(0, 6), 16) % 30_000);
