/** What a container may use. */
import { milliValue, quantityValue } from '#engine/api/quantity';
import type { ContainerRecord } from './state';

const resourcesOf = ({ resized, config }: ContainerRecord) => (resized === null ? config.resources : resized.resources);

/** Thousandths of a core; null: as much as there is. */
export function cpuLimit(container: ContainerRecord): number | null {
  const limit = resourcesOf(container)?.limits?.['cpu'];
  return limit === undefined ? null : milliValue(limit);
}

/** Bytes; 0: as much as there is. */
export const memoryLimit = (container: ContainerRecord): number =>
  quantityValue(resourcesOf(container)?.limits?.['memory']);

const FEWEST_SHARES = 2;

/** Its share of a CPU that does not suffice for all. @source kubernetes pkg/kubelet/cm/helpers_linux.go (MilliCPUToShares) */
export function cpuShares(container: ContainerRecord): number {
  const { requests, limits } = resourcesOf(container) ?? {};
  const requested = milliValue(requests?.['cpu'] ?? limits?.['cpu'] ?? 0);
  return Math.max(FEWEST_SHARES, Math.floor((requested * 1024) / 1000));
}
