/** The containers of pods, as the API has them: their states and what probes them. Reads only. */
import { isSidecar } from '#engine/api/pod-resources';
import type { Pod } from '#engine/api/types';
import type { Kernel } from '#engine/kernel/kernel';
import { leadingMember } from './observe/truth';
import type { ContainerEntry, Containers } from './structure';

type Status = NonNullable<Pod['status']['containerStatuses']>[number];
type Container = Pick<Pod['spec']['containers'][number], 'name' | 'startupProbe' | 'livenessProbe' | 'readinessProbe'>;

function entryOf(
  container: Container,
  role: ContainerEntry['role'],
  statuses: readonly Status[] | undefined,
): ContainerEntry {
  const status = statuses?.find(({ name }) => name === container.name);
  const { waiting, running, terminated } = status?.state ?? {};
  return {
    name: container.name,
    role,
    state: running ? 'running' : terminated ? 'terminated' : 'waiting',
    reason: terminated?.reason ?? waiting?.reason ?? '',
    exitCode: terminated?.exitCode ?? null,
    ready: status?.ready ?? false,
    started: status?.started ?? false,
    restarts: status?.restartCount ?? 0,
    probes: [
      ...(container.startupProbe ? (['startup'] as const) : []),
      ...(container.livenessProbe ? (['liveness'] as const) : []),
      ...(container.readinessProbe ? (['readiness'] as const) : []),
    ],
  };
}

/** In the order in which they start: init containers and sidecars, the others, those that were put in later. */
function containersOf({ spec, status }: Pod): readonly ContainerEntry[] {
  return [
    ...(spec.initContainers ?? []).map((one) =>
      entryOf(one, isSidecar(one) ? 'sidecar' : 'init', status.initContainerStatuses),
    ),
    ...spec.containers.map((one) => entryOf(one, 'main', status.containerStatuses)),
    ...(spec.ephemeralContainers ?? []).map((one) =>
      entryOf({ name: one.name }, 'ephemeral', status.ephemeralContainerStatuses),
    ),
  ];
}

/** Those of all pods that are bound to these nodes, by the pod's uid. */
export function containersOn(kernel: Kernel, nodes: readonly string[]): Containers {
  const wanted = new Set(nodes);
  const found: Record<string, readonly ContainerEntry[]> = {};
  for (const { value } of leadingMember(kernel)?.state.store.live.values() ?? []) {
    const object = value as Partial<Pod> | null;
    if (typeof object !== 'object' || object?.kind !== 'Pod' || !wanted.has(object.spec?.nodeName ?? '')) continue;
    const pod = object as Pod;
    found[pod.metadata.uid] = containersOf(pod);
  }
  return found;
}
