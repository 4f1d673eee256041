/** How much CPU time a container has taken. */
import type { Micros } from '#engine/kernel/time';
import type { ContainerRecord } from './state';

/** µs of one core since it was started. */
export const cpuTime = ({ service, extraCpu, frozen }: ContainerRecord, now: Micros): number =>
  extraCpu + (service === null ? 0 : (service.program.milliCpu * ((frozen?.since ?? now) - service.since)) / 1000);
