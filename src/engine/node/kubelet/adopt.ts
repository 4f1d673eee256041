/**
 * What is known of a pod when a kubelet meets it: from the runtime, where it runs, and from the API's status, where it
 * ran before the machine or the runtime died.
 *
 * @source kubernetes pkg/kubelet/kubelet_pods.go (convertToAPIContainerStatuses), kuberuntime_manager.go (podSandboxChanged)
 * @simplified the runtime forgets containers when it dies; what the API said takes their place
 */
import { isPodTerminal } from '#engine/api/meta';
import { isSidecar } from '#engine/api/pod-resources';
import { parseTimestamp, timestamp } from '#engine/api/timestamp';
import type { Container, ContainerStatus, Pod } from '#engine/api/types';
import type { Context } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import type { RuntimeContainerStatus, SandboxStatus } from '../runtime/cri';
import { restartPolicyOf, restartsAfter } from './pod-phase';
import { NEVER, terminated } from './pod-status';
import { containersOf, type ContainerWork, type PodWorker, specsOf, type Terminated } from './state';

/** What a container's end looks like when nobody saw it. */
const LOST_EXIT_CODE = 255;
const LOST_REASON = 'Unknown';

export function newWorker(pod: Pod, ctx: Context): PodWorker {
  const { spec, status, metadata } = pod;
  return {
    uid: metadata.uid,
    pod,
    state: 'sync',
    startTime: status.startTime ?? timestamp(ctx.now),
    sandbox: null,
    sandboxAttempt: 0,
    sandboxes: [],
    init: (spec.initContainers ?? []).map((container, index) =>
      newWork(container, index, isSidecar(container) ? 'sidecar' : 'init'),
    ),
    regular: spec.containers.map((container, index) => newWork(container, index, 'regular')),
    ephemeral: ephemeralWork(spec),
    resize: null,
    backOff: null,
    failure: null,
    termination: null,
    status,
    written: status,
    writing: false,
    mirror: metadata.annotations?.['kubernetes.io/config.source'] === 'file' ? null : undefined,
    mirroring: false,
    gone: false,
    deleting: false,
    retry: null,
    reconcile: null,
    sync: null,
    deadline: null,
    directories: null,
    mountBackOff: 0,
  };
}

/** Ephemeral containers that a spec has, beside those that are known. */
export function ephemeralWork(spec: Pod['spec'], known: ContainerWork[] | null = null): ContainerWork[] | null {
  const specs = specsOf(spec, 'ephemeral') ?? [];
  if (specs.length === 0) return known;
  return specs.map(
    (container, index) => known?.find(({ name }) => name === container.name) ?? newWork(container, index, 'ephemeral'),
  );
}

const newWork = (container: Container, index: number, role: ContainerWork['role']): ContainerWork => ({
  name: container.name,
  role,
  index,
  runtime: null,
  last: null,
  restartCount: 0,
  waiting: null,
  busy: null,
  createdId: null,
  started: false,
  ready: false,
  probes: [],
  endedAt: 0,
  passedBackOff: null,
  previousId: null,
  hook: null,
});

/** Takes over what the runtime has of this pod. */
export function adoptRunning(
  worker: PodWorker,
  sandbox: SandboxStatus,
  containers: readonly RuntimeContainerStatus[],
  ctx: Context,
): void {
  worker.sandbox = { id: sandbox.id, ip: sandbox.ip, state: 'ready' };
  worker.sandboxAttempt = sandbox.attempt + 1;
  worker.sandboxes = worker.sandboxes.concat(sandbox.id);
  for (const work of containersOf(worker)) {
    const own = containers.filter(({ name, state }) => name === work.name && state !== 'created');
    const latest = own.reduce<RuntimeContainerStatus | null>(
      (best, one) => (best === null || one.attempt > best.attempt ? one : best),
      null,
    );
    const known = statusOf(worker, work);
    work.runtime = latest;
    work.restartCount = latest?.attempt ?? known?.restartCount ?? 0;
    work.started = known?.started === true && latest?.state === 'running';
    work.ready = known?.ready === true && latest?.state === 'running';
    work.endedAt = latest?.state === 'exited' ? ctx.monotonic - Math.max(0, ctx.now - latest.finishedAt) : 0;
    const before = own.find(({ attempt }) => attempt === (latest?.attempt ?? 0) - 1);
    work.last =
      before === undefined ? ((known?.lastState?.terminated as Terminated | undefined) ?? null) : terminated(before);
    work.previousId = before?.id ?? null;
  }
}

/**
 * The runtime knows nothing of a pod that has run before.
 *
 * @returns whether it had run at all
 */
export function adoptLost(worker: PodWorker, ctx: Context): boolean {
  const { pod } = worker;
  worker.sandbox = null;
  worker.sandboxAttempt += 1;
  const ending = pod.metadata.deletionTimestamp !== undefined || isPodTerminal(pod);
  let ran = false;
  let again = false;
  for (const work of [...worker.regular, ...worker.init, ...(worker.ephemeral ?? [])]) {
    const known = statusOf(worker, work);
    resetWork(work);
    const ended = endOf(known, ending, ctx);
    work.last = (known?.lastState?.terminated as Terminated | undefined) ?? null;
    work.restartCount = known?.restartCount ?? 0;
    if (known === undefined || ended === undefined) continue;
    ran = true;
    const spec = specsOf(pod.spec, work.role)?.[work.index];
    const restarts =
      !ending &&
      work.role !== 'ephemeral' &&
      restartsAfter(restartPolicyOf(pod.spec, spec), ended.exitCode, work.role === 'init');
    if (restarts || (work.role === 'init' && again)) {
      again = true;
      work.last = ended;
      work.restartCount += 1;
    } else work.runtime = lostContainer(work, known, ended);
  }
  return ran;
}

const statusOf = (worker: PodWorker, work: ContainerWork): ContainerStatus | undefined =>
  (work.role === 'regular'
    ? worker.status.containerStatuses
    : work.role === 'ephemeral'
      ? worker.status.ephemeralContainerStatuses
      : worker.status.initContainerStatuses
  )?.find(({ name }) => name === work.name);

function endOf(known: ContainerStatus | undefined, ending: boolean, ctx: Context): Terminated | undefined {
  const ended =
    known?.state?.terminated ?? (known?.state?.waiting === undefined ? undefined : known.lastState?.terminated);
  if (ended !== undefined) return ended as Terminated;
  const running = known?.state?.running;
  if (known === undefined || running === undefined) return undefined;
  const containerID = known.containerID === undefined ? {} : { containerID: known.containerID };
  if (ending) {
    return {
      exitCode: 137,
      reason: 'ContainerStatusUnknown',
      message: 'The container could not be located when the pod was terminated',
      startedAt: running.startedAt ?? timestamp(ctx.now),
      finishedAt: timestamp(ctx.now),
      ...containerID,
    };
  }
  return {
    exitCode: LOST_EXIT_CODE,
    reason: LOST_REASON,
    startedAt: running.startedAt ?? timestamp(ctx.now),
    finishedAt: timestamp(ctx.now),
    ...containerID,
  };
}

function lostContainer(work: ContainerWork, known: ContainerStatus, ended: Terminated): RuntimeContainerStatus {
  return {
    id: (ended.containerID ?? known.containerID ?? '').replace('containerd://', ''),
    sandboxId: '',
    podUid: '',
    name: work.name,
    attempt: known.restartCount,
    role: work.role,
    image: known.image,
    imageRef: known.image,
    imageId: known.imageID,
    state: 'exited',
    createdAt: 0,
    startedAt: momentOf(ended.startedAt),
    finishedAt: momentOf(ended.finishedAt),
    exitCode: ended.exitCode,
    reason: ended.reason,
    message: ended.message ?? '',
  };
}

/** 0: it never came, or nobody knows. */
const momentOf = (text: string | undefined): Micros =>
  text === undefined || text === NEVER ? 0 : parseTimestamp(text);

function resetWork(work: ContainerWork): void {
  work.runtime = null;
  work.waiting = null;
  work.busy = null;
  work.createdId = null;
  work.started = false;
  work.ready = false;
  work.probes.length = 0;
  work.passedBackOff = null;
  work.previousId = null;
  work.hook = null;
}
