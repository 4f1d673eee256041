/** How late a container answers: not at all while it stands still, and slowly where something else keeps its machine's CPU busy. */
import type { Context } from '#engine/kernel/process';
import { MILLISECOND, type Micros } from '#engine/kernel/time';
import type { RequestCost } from '../programs/program';
import { cpuShares } from './limits';
import type { ContainerdState, ContainerRecord } from './state';

/** Of a program that says nothing else: a thousand requests a second take one core. */
export const PER_REQUEST: RequestCost = { cpu: MILLISECOND, memory: 16_384 };

/** Of a process that nobody has given any weight. @source cgroup cpu.shares, by default */
export const LOOP_SHARES = 1024;

/**
 * µs on top of what an answer takes on an idle machine. Loops never rest: beside them a container has its part by weight of
 * the CPU, and no more than one core for one request.
 *
 * @simplified the containers of a machine do not compete with each other for it
 */
export function lateness({ milliCpu }: ContainerdState, container: ContainerRecord, ctx: Context): Micros {
  if (container.frozen !== undefined) return Infinity;
  const loops = ctx.hog()?.loops ?? 0;
  const { cpu } = container.service?.program.perRequest ?? PER_REQUEST;
  return Math.round((cpu * 1000) / cpuBeside(milliCpu, loops, cpuShares(container))) - cpu;
}

/** Thousandths of a core that somebody with so many shares gets beside so many loops. */
export const cpuBeside = (milliCpu: number, loops: number, shares: number): number =>
  Math.min(1000, Math.max(milliCpu - loops * 1000, (milliCpu * shares) / (shares + loops * LOOP_SHARES)));
