/** What containers use of their machine's memory. */
import type { Context } from '#engine/kernel/process';
import type { ContainerdState, ContainerRecord } from './state';

const MIB = 1_048_576;
/** Of a shell and what it runs beside a service. */
const SHELL_MEMORY = MIB;
/** The runtime's own. */
const RUNTIME_MEMORY = 60 * MIB;

/** What its processes use when nobody asks anything of them. */
export const memoryAtRest = ({ service, shell }: ContainerRecord): number =>
  (service?.program.memory ?? 0) + (shell === null ? 0 : SHELL_MEMORY);

/** A container's processes use so many bytes from now on. When the machine has no more, somebody has to go. */
export function takeMemory(state: ContainerdState, container: ContainerRecord, bytes: number, ctx: Context): void {
  state.memory += bytes - container.memory;
  container.memory = bytes;
  ctx.holdMemory(RUNTIME_MEMORY + state.memory);
  if (ctx.memory().free < 0) ctx.after(0, { type: 'runtime/memory-taken' });
}
