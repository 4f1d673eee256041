/** The containers of pods, as the API has them: their states and what probes them. Reads only. */
import { isSidecar } from '#engine/api/pod-resources';
import type { Pod } from '#engine/api/types';
import type { Kernel } from '#engine/kernel/kernel';
import { leadingMember, runtimeOf } from './observe/truth';
import type { ContainerEntry, Containers } from './structure';

type Status = NonNullable<Pod['status']['containerStatuses']>[number];
type Container = Pick<Pod['spec']['containers'][number], 'name' | 'startupProbe' | 'livenessProbe' | 'readinessProbe'>;

function entryOf(
  container: Container,
  role: ContainerEntry['role'],
  statuses: readonly Status[] | undefined,
  really: Really,
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
    really: really.get(container.name) ?? 'absent',
  };
}

/** What containers of one pod do, by their names. */
type Really = ReadonlyMap<string, ContainerEntry['really']>;

const NOTHING: Really = new Map();

/** A static pod has another uid on its machine than in the API. */
const podKey = ({ namespace, name }: { readonly namespace?: string; readonly name: string }): string =>
  `${namespace}/${name}`;

/** By pod, of each name the container that was made last. */
function reallyOn(kernel: Kernel, node: string): ReadonlyMap<string, Really> {
  const found = new Map<string, Map<string, ContainerEntry['really']>>();
  const machine = kernel.machines.get(node);
  const runtime = machine === undefined ? null : runtimeOf(machine);
  for (const { status, frozen, process } of runtime?.containers.values() ?? []) {
    const pod = runtime?.sandboxes.get(status.sandboxId)?.status.pod;
    if (pod === undefined) continue;
    const own = found.get(podKey(pod)) ?? new Map<string, ContainerEntry['really']>();
    found.set(podKey(pod), own);
    const isStill = frozen !== undefined || (process !== null && kernel.processes.get(process)?.status === 'paused');
    own.set(status.name, status.state === 'running' && isStill ? 'paused' : status.state);
  }
  return found;
}

/** In the order in which they start: init containers and sidecars, the others, those that were put in later. */
function containersOf({ spec, status }: Pod, really: Really): readonly ContainerEntry[] {
  return [
    ...(spec.initContainers ?? []).map((one) =>
      entryOf(one, isSidecar(one) ? 'sidecar' : 'init', status.initContainerStatuses, really),
    ),
    ...spec.containers.map((one) => entryOf(one, 'main', status.containerStatuses, really)),
    ...(spec.ephemeralContainers ?? []).map((one) =>
      entryOf({ name: one.name }, 'ephemeral', status.ephemeralContainerStatuses, really),
    ),
  ];
}

/** Those of all pods that are bound to these nodes, by the pod's uid. */
export function containersOn(kernel: Kernel, nodes: readonly string[]): Containers {
  const wanted = new Set(nodes);
  const runtimes = new Map(nodes.flatMap((node) => [...reallyOn(kernel, node)]));
  const found: Record<string, readonly ContainerEntry[]> = {};
  for (const { value } of leadingMember(kernel)?.state.store.live.values() ?? []) {
    const object = value as Partial<Pod> | null;
    if (typeof object !== 'object' || object?.kind !== 'Pod' || !wanted.has(object.spec?.nodeName ?? '')) continue;
    const pod = object as Pod;
    found[pod.metadata.uid] = containersOf(pod, runtimes.get(podKey(pod.metadata)) ?? NOTHING);
  }
  return found;
}
