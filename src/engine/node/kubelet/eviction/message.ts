import { canonicalQuantity, formatBytes, quantityValue } from '#engine/api/quantity';
import type { Container } from '#engine/api/types';

/** What was found of a resource: bytes. */
export interface Shortage {
  readonly resource: 'memory' | 'ephemeral-storage';
  readonly threshold: number;
  readonly available: number;
}

/** What the containers of a pod use, by their names, in the runtime's order. */
export type Usage = ReadonlyMap<string, number>;

/** Why a pod goes. @source kubernetes pkg/kubelet/eviction/helpers.go (evictionMessage) */
export function evictionMessage(
  { resource, threshold, available }: Shortage,
  containers: readonly Container[],
  usage: Usage,
): { readonly message: string; readonly annotations: Readonly<Record<string, string>> } {
  const parts = [
    `The node was low on resource: ${resource}. `,
    `Threshold quantity: ${formatBytes(threshold)}, available: ${formatBytes(available)}. `,
  ];
  const offending: string[] = [];
  const amounts: string[] = [];
  for (const [name, used] of usage) {
    const container = containers.find((each) => each.name === name);
    const request = container?.resources?.requests?.[resource] ?? '0';
    if (container === undefined || used <= quantityValue(request)) continue;
    parts.push(
      `Container ${name} was using ${formatBytes(used)}, request is ${canonicalQuantity(request)}, has larger consumption of ${resource}. `,
    );
    offending.push(name);
    amounts.push(formatBytes(used));
  }
  return {
    message: parts.join(''),
    annotations: {
      offending_containers: offending.join(','),
      offending_containers_usage: amounts.join(','),
      starved_resource: resource,
    },
  };
}
