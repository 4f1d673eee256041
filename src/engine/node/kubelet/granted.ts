/**
 * What pods hold on to: what their specs say, or what was granted before that changed. What follows from a change is in
 * `resize.ts`, which comes late: no starting cluster resizes a pod.
 *
 * @source kubernetes pkg/kubelet/allocation/allocation_manager.go
 */
import { deepEqual } from '#engine/api/json';
import { specRequests } from '#engine/api/pod-resources';
import type { Container, Pod } from '#engine/api/types';
import type { Context } from '#engine/kernel/process';
import type { Resources } from '../runtime/cri';
import type { Taken } from './admission';
import { kubeletServer } from './server/late';
import { containersOf, type ContainerWork, type KubeletState, type PodWorker, specsOf } from './state';

/** What the spec says of a container. */
export const specOf = (pod: Pod, work: ContainerWork): Container | undefined =>
  specsOf(pod.spec, work.role)?.[work.index];

/** Ephemeral containers have no resources of their own. */
export const resizable = (worker: PodWorker): readonly ContainerWork[] =>
  containersOf(worker).filter(({ role }) => role !== 'ephemeral');

/** A pod's object has changed: remembers what its containers have, if that is no longer what the spec says. */
export function noticeResize(state: KubeletState, worker: PodWorker, before: Pod, ctx: Context): void {
  state.mostGranted = null;
  if (worker.resize === null) {
    const works = resizable(worker);
    const changed = works.some(
      (work) => !deepEqual(specOf(before, work)?.resources, specOf(worker.pod, work)?.resources),
    );
    if (!changed) return;
    const given = new Map(works.map((work) => [work.name, specOf(before, work)?.resources]));
    worker.resize = { allocated: given, actual: new Map(given), pending: null, said: '' };
  }
  kubeletServer.code.considerResize(state, worker, ctx);
}

/**
 * No less than what is granted to all pods but for one: counted once, and on from there with each pod that comes. Of pods that
 * have gone it knows nothing; who finds too little room asks `takenBesides`.
 */
export function mostTaken(state: KubeletState, worker: PodWorker): Taken {
  const { milliCpu, memory } = (state.mostGranted ??= amounts(takenBesides(state, worker)));
  return { count: state.workers.size - 1, pods: () => takenBesides(state, worker).pods(), milliCpu, memory };
}

/** A pod was taken on, beside which so much is granted. */
export function noteGranted(state: KubeletState, taken: Taken, { spec }: Pod): void {
  const granted = specRequests(spec);
  state.mostGranted = { milliCpu: taken.milliCpu + granted.milliCpu, memory: taken.memory + granted.memory };
}

const amounts = ({ milliCpu, memory }: Taken): NonNullable<KubeletState['mostGranted']> => ({ milliCpu, memory });

const isTaken = ({ state, failure }: PodWorker): boolean => state === 'sync' && failure === null;

/** What is granted to all pods that the kubelet has taken on, but for one. */
export function takenBesides(state: KubeletState, worker: PodWorker): Taken {
  let count = 0;
  let milliCpu = 0;
  let memory = 0;
  let spec: Pod['spec'] | null = null;
  let granted = NOTHING;
  for (const other of state.workers.values()) {
    if (other === worker || !isTaken(other)) continue;
    // Pods of one template share their spec, and mostly come one after the other.
    if (other.resize !== null) granted = specRequests(grantedSpec(other));
    else if (other.pod.spec !== spec) granted = specRequests(other.pod.spec);
    spec = other.resize === null ? other.pod.spec : null;
    count++;
    milliCpu += granted.milliCpu;
    memory += granted.memory;
  }
  const pods = (): readonly Pod[] =>
    [...state.workers.values()].filter((other) => other !== worker && isTaken(other)).map(({ pod }) => pod);
  return { count, pods, milliCpu, memory };
}

const NOTHING: ReturnType<typeof specRequests> = { milliCpu: 0, memory: 0, ephemeralStorage: 0, scalars: null };

/** The pod's spec with what has been granted, which counts for the node whatever is wanted by now. */
function grantedSpec({ pod: { spec }, resize }: PodWorker): Pod['spec'] {
  if (resize === null) return spec;
  const granted = (containers: readonly Container[]): Container[] =>
    containers.map((container) => withResources(container, resize.allocated.get(container.name)));
  const { containers, initContainers } = spec;
  return {
    ...spec,
    containers: granted(containers),
    ...(initContainers === undefined ? null : { initContainers: granted(initContainers) }),
  };
}

function withResources(container: Container, resources: Resources | undefined): Container {
  const { resources: _, ...rest } = container;
  return resources === undefined ? rest : { ...rest, resources };
}

/** A pod has ended or shrunk: others that wait for room may have it. */
export function retryDeferred(state: KubeletState, freed: PodWorker, ctx: Context): void {
  for (const worker of state.workers.values())
    if (worker !== freed && worker.resize?.pending?.reason === 'Deferred')
      kubeletServer.code.considerResize(state, worker, ctx);
}
