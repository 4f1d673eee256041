/**
 * Resizing a running pod: whether the node has what its spec wants, and bringing its containers there.
 *
 * @source kubernetes pkg/kubelet/allocation/allocation_manager.go (canResizePod, handlePodResourcesResize),
 * pkg/kubelet/kuberuntime/kuberuntime_manager.go (computePodResizeAction)
 * @simplified deferred resizes are looked at again when a pod of the node ends or shrinks, not every 3 minutes as well
 */
import { deepEqual } from '#engine/api/json';
import { specRequests } from '#engine/api/pod-resources';
import type { Container } from '#engine/api/types';
import type { Context } from '#engine/kernel/process';
import { seconds } from '#engine/kernel/time';
import { resizable, retryDeferred, specOf, takenBesides } from './granted';
import { allocatableOf } from './node-object';
import { podEvent } from './pod-events';
import { askRuntime } from './runtime-link';
import { type ContainerWork, type KubeletState, type PodWorker, type ResizeWork } from './state';
import { updateStatus } from './status-writer';
import type { Resources } from '../runtime/cri';
import { gracePeriod } from './grace-period';
import { podEnd } from './late';

/** Grants what the spec wants when the node has it. */
export function considerResize(state: KubeletState, worker: PodWorker, ctx: Context): void {
  const { resize, pod } = worker;
  if (resize === null || worker.state !== 'sync') return;
  const works = resizable(worker);
  if (works.every((work) => deepEqual(resize.allocated.get(work.name), specOf(pod, work)?.resources))) {
    resize.pending = null;
    return actuate(state, worker, resize, ctx);
  }
  const verdict = verdictOf(state, worker);
  if (verdict !== null) {
    const before = resize.pending;
    resize.pending = verdict;
    if (before?.message !== verdict.message)
      podEvent(
        state,
        pod,
        ctx,
        'Warning',
        `Resize${verdict.reason}`,
        `Pod resize ${verdict.event}: ${detailsOf(worker, (work) => specOf(pod, work)?.resources, verdict.message)}`,
      );
    return updateStatus(state, worker, ctx);
  }
  resize.pending = null;
  for (const work of works) resize.allocated.set(work.name, specOf(pod, work)?.resources);
  state.mostGranted = null;
  actuate(state, worker, resize, ctx);
}

/** Why the node cannot give what is wanted; null: it can. */
function verdictOf(state: KubeletState, worker: PodWorker): ResizeWork['pending'] {
  const allocatable = allocatableOf(state.args.node);
  const wanted = specRequests(worker.pod.spec);
  const taken = takenBesides(state, worker);
  for (const [name, requested, used, capacity] of [
    ['cpu', wanted.milliCpu, taken.milliCpu, allocatable.milliCpu],
    ['memory', wanted.memory, taken.memory, allocatable.memory],
  ] as const) {
    if (requested > capacity)
      return {
        reason: 'Infeasible',
        event: 'Infeasible',
        message: `Node didn't have enough capacity: ${name}, requested: ${requested}, capacity: ${capacity}`,
      };
    if (used + requested > capacity)
      return {
        reason: 'Deferred',
        event: `OutOf${name}`,
        message: `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
      };
  }
  return null;
}

/** Gives running containers what was granted: in place, or by a restart where their policy says so. */
function actuate(state: KubeletState, worker: PodWorker, resize: ResizeWork, ctx: Context): void {
  const behind = resizable(worker).filter(
    ({ name }) => !deepEqual(resize.actual.get(name), resize.allocated.get(name)),
  );
  if (behind.length === 0) return updateStatus(state, worker, ctx);
  const details = detailsOf(worker, ({ name }) => resize.allocated.get(name));
  if (resize.said !== details) {
    resize.said = details;
    podEvent(state, worker.pod, ctx, 'Normal', 'ResizeStarted', `Pod resize started: ${details}`);
  }
  for (const work of behind) {
    if (work.runtime?.state !== 'running') {
      resize.actual.set(work.name, resize.allocated.get(work.name));
      continue;
    }
    if (work.busy !== null) continue;
    if (restartsFor(specOf(worker.pod, work), resize.actual.get(work.name), resize.allocated.get(work.name))) {
      const message = `Container ${work.name} resize requires restart`;
      podEnd.code.stopContainer(state, worker, work, message, seconds(gracePeriod(worker)), ctx);
      continue;
    }
    const containerId = work.runtime.id;
    askRuntime(
      state,
      ctx,
      { type: 'cri/update-container-resources', containerId, resources: resize.allocated.get(work.name) },
      { what: 'resize', uid: worker.uid, container: work.name, containerId },
    );
  }
  updateStatus(state, worker, ctx);
}

/** Whether a resource changes whose policy wants a restart. */
function restartsFor(
  spec: Container | undefined,
  before: Resources | undefined,
  after: Resources | undefined,
): boolean {
  return (spec?.resizePolicy ?? []).some(
    ({ resourceName, restartPolicy }) =>
      restartPolicy === 'RestartContainer' &&
      (['requests', 'limits'] as const).some(
        (kind) => before?.[kind]?.[resourceName] !== after?.[kind]?.[resourceName],
      ),
  );
}

/** The runtime has changed a container, or a container was started anew: it has what was granted. */
export function resizeDone(state: KubeletState, worker: PodWorker, work: ContainerWork, ctx: Context): void {
  const { resize } = worker;
  if (resize === null) return;
  resize.actual.set(work.name, resize.allocated.get(work.name));
  const complete = resizable(worker).every(({ name }) =>
    deepEqual(resize.actual.get(name), resize.allocated.get(name)),
  );
  if (complete && resize.said !== '') {
    podEvent(state, worker.pod, ctx, 'Normal', 'ResizeCompleted', `Pod resize completed: ${resize.said}`);
    resize.said = '';
    retryDeferred(state, worker, ctx);
  }
}

function detailsOf(worker: PodWorker, of: (work: ContainerWork) => Resources | undefined, error?: string): string {
  const containers = [...worker.init.filter(({ role }) => role === 'sidecar'), ...worker.regular].map((work) => ({
    name: work.name,
    resources: sorted(of(work)),
  }));
  const { generation } = worker.pod.metadata;
  return JSON.stringify({ containers, generation, ...(error === undefined ? null : { error }) });
}

/** As Go prints it: limits before requests, names in order. */
function sorted(resources: Resources | undefined): object {
  const list = (given: Resources['limits']): object =>
    Object.fromEntries(Object.entries(given ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    ...(resources?.limits === undefined ? null : { limits: list(resources.limits) }),
    ...(resources?.requests === undefined ? null : { requests: list(resources.requests) }),
  };
}
