/** Endless loops on a machine's CPU: how much of it they take, and how long everybody else waits for his turn. */
import type { Kernel } from '#engine/kernel/kernel';
import type { MachineState } from '#engine/kernel/machine';
import { MILLISECOND } from '#engine/kernel/time';
import { cpuBeside, LOOP_SHARES } from '#engine/node/runtime/lateness';
import { usageAtRest } from '#engine/node/runtime/stats';
import { runtimeOf } from './observe/truth';
import { factsOf } from './topology';

const LOOPS_PER_CORE = 25;

/**
 * What a process of the machine computes for a message takes a millisecond of CPU; it has the weight of one loop.
 *
 * @simplified what a process computes takes no time otherwise; the loops take what is left over as they begin
 */
export function beginStress(kernel: Kernel, machine: MachineState, workers?: number): void {
  const { milliCpu } = factsOf(machine.spec);
  const loops = workers ?? Math.ceil(milliCpu / 1000) * LOOPS_PER_CORE;
  const runtime = runtimeOf(machine);
  const others = runtime === null ? 0 : usageAtRest(runtime, kernel.now);
  const lag = Math.round((MILLISECOND * 1000) / cpuBeside(milliCpu, loops, LOOP_SHARES)) - MILLISECOND;
  setHog(kernel, machine, { loops, milliCpu: Math.max(0, Math.min(loops * 1000, milliCpu - others)), lag });
}

export const endStress = (kernel: Kernel, machine: MachineState): void =>
  setHog(kernel, machine, { loops: 0, milliCpu: 0, lag: 0 });

function setHog(
  kernel: Kernel,
  machine: MachineState,
  now: Pick<NonNullable<MachineState['hog']>, 'loops' | 'milliCpu' | 'lag'>,
): void {
  const { spent = 0, milliCpu = 0, since = kernel.now } = machine.hog ?? {};
  machine.hog = { ...now, since: kernel.now, spent: spent + (milliCpu * (kernel.now - since)) / 1000 };
}
