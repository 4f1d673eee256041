/**
 * The status of a pod in the API, from what its worker knows.
 *
 * @source kubernetes pkg/kubelet/kubelet_pods.go (generateAPIPodStatus, convertToAPIContainerStatuses)
 */
import { qosClass } from '#engine/api/qos-class';
import { timestamp } from '#engine/api/timestamp';
import type { Container, ContainerStatus, Pod, PodCondition } from '#engine/api/types';
import type { Micros } from '#engine/kernel/time';
import type { RuntimeContainerStatus } from '../runtime/cri';
import { lastStatus } from './last-status';
import { isOwn, podConditions } from './pod-conditions';
import { RESIZE_CONDITIONS, resizeConditions } from './resize-conditions';
import { podPhase, restartPolicyOf, restartsAfter } from './pod-phase';
import { type ContainerWork, type PodWorker, specsOf, type Terminated } from './state';

type PodStatus = Pod['status'];

/** What the API should say of this pod now. `hostIP`: the node's address. */
export function podStatus(worker: PodWorker, hostIP: string, now: Micros): PodStatus {
  const { pod } = worker;
  const initialized = worker.init.every((container) =>
    container.role === 'sidecar'
      ? container.started
      : container.runtime?.state === 'exited' && container.runtime.exitCode === 0,
  );
  const regularBegun = worker.regular.some(({ runtime }) => runtime !== null);
  const waitingReason = initialized || regularBegun ? 'ContainerCreating' : 'PodInitializing';
  let init = worker.init.map((container) =>
    containerStatus(worker, container, pod.spec.initContainers?.[container.index], 'PodInitializing'),
  );
  let regular = worker.regular.map((container) =>
    containerStatus(
      worker,
      container,
      pod.spec.containers[container.index],
      worker.init.length === 0 ? 'ContainerCreating' : waitingReason,
    ),
  );
  const ending = worker.state !== 'sync';
  const isOver = worker.state === 'terminated' && worker.mirror === undefined && !wasRejected(worker);
  if (isOver) ({ init, regular } = lastStatus.code(init, regular, initialized || regularBegun));
  const done = pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
  const reached = done
    ? (pod.status.phase ?? 'Failed')
    : worker.failure !== null
      ? 'Failed'
      : podPhase(pod.spec, init.length === 0 ? regular : [...init, ...regular], ending, initialized || regularBegun);
  const phase = isOver && reached !== 'Succeeded' ? 'Failed' : reached;
  const facts = { phase, hasSandbox: worker.sandbox?.state === 'ready', init, regular };
  const conditions = podConditions(pod, facts, worker.status.conditions ?? [], now);
  const ip = pod.spec.hostNetwork === true ? hostIP : (worker.sandbox?.ip ?? worker.status.podIP ?? '');
  // Field by field: an object of spread parts would be a dictionary, a hundred times a node.
  const status: MutableStatus = {};
  const { generation } = pod.metadata;
  if (generation !== undefined) status.observedGeneration = generation;
  status.phase = phase;
  status.conditions = allConditions(worker, conditions, now);
  const { reason, message } = worker.failure ?? (done ? pod.status : NO_STATUS);
  if (reason !== undefined) status.reason = reason;
  if (message !== undefined) status.message = message;
  status.hostIP = hostIP;
  status.hostIPs = [{ ip: hostIP }];
  if (ip !== '') {
    status.podIP = ip;
    status.podIPs = [{ ip }];
  }
  status.startTime = worker.startTime;
  if (init.length > 0) status.initContainerStatuses = init;
  status.containerStatuses = regular;
  if (worker.ephemeral !== null) {
    status.ephemeralContainerStatuses = worker.ephemeral.map((container) =>
      containerStatus(worker, container, specsOf(pod.spec, 'ephemeral')?.[container.index], waitingReason),
    );
  }
  status.qosClass = qosClass(pod);
  return status;
}

/** It never had a sandbox here. */
const wasRejected = ({ failure, sandboxes }: PodWorker): boolean => failure !== null && sandboxes.length === 0;

type MutableStatus = { -readonly [Field in keyof PodStatus]: PodStatus[Field] };
const NO_STATUS: PodStatus = Object.freeze({});

/** The condition that says why the kubelet itself ends the pod, until the API has it. */
function disruptionOf({ pod, failure, status }: PodWorker, now: Micros): readonly PodCondition[] {
  if (failure?.isDisruption !== true) return [];
  const own = (each: PodCondition): boolean => each.type === 'DisruptionTarget';
  if (pod.status.conditions?.some(own) === true) return [];
  const known = status.conditions?.find(own);
  return [
    known ?? {
      type: 'DisruptionTarget',
      ...(pod.metadata.generation === undefined ? null : { observedGeneration: pod.metadata.generation }),
      status: 'True',
      lastTransitionTime: timestamp(now),
      reason: 'TerminationByKubelet',
      message: failure.message,
    },
  ];
}

/** Conditions of a resize come first; those of others (readiness gates, DisruptionTarget) stay as they are. */
function allConditions(worker: PodWorker, own: PodCondition[], now: Micros): PodCondition[] {
  const { pod, resize, failure } = worker;
  for (const condition of pod.status.conditions ?? [])
    if (!isOwn(condition) && !RESIZE_CONDITIONS.includes(condition.type)) own.push(condition);
  if (failure !== null) own.push(...disruptionOf(worker, now));
  return resize === null ? own : [...resizeConditions(resize, worker, now), ...own];
}

/** What the API shows as the start of a container that never was started. */
export const NEVER = '1970-01-01T00:00:00Z';

/** The state that the API shows of a container's end. */
export function terminated(container: RuntimeContainerStatus): Terminated {
  return {
    exitCode: container.exitCode,
    reason: container.reason,
    ...(container.message === '' ? {} : { message: container.message }),
    ...(container.finishedAt === 0
      ? null
      : {
          startedAt: container.startedAt === 0 ? NEVER : timestamp(container.startedAt),
          finishedAt: timestamp(container.finishedAt),
        }),
    ...(container.id === '' ? null : { containerID: `containerd://${container.id}` }),
  };
}

/** Whether this container, having ended, is started again. */
export function willRestart(worker: PodWorker, work: ContainerWork): boolean {
  if (worker.state !== 'sync' || worker.failure !== null || work.runtime?.state !== 'exited') return false;
  const { spec } = worker.pod;
  if (work.role === 'ephemeral') return false;
  return restartsAfter(
    restartPolicyOf(spec, specsOf(spec, work.role)?.[work.index]),
    work.runtime.exitCode,
    work.role === 'init',
  );
}

function containerStatus(
  worker: PodWorker,
  work: ContainerWork,
  spec: Container | undefined,
  waiting: string,
): ContainerStatus {
  const { runtime } = work;
  const running = runtime?.state === 'running';
  const ended = runtime?.state === 'exited' ? terminated(runtime) : undefined;
  const backInLine = ended !== undefined && work.waiting !== null && willRestart(worker, work);
  const last = backInLine ? ended : work.last;
  const completed = ended !== undefined && ended.exitCode === 0 && work.role === 'init';
  const status: ContainerStatus = {
    name: work.name,
    state: running
      ? { running: { startedAt: timestamp(runtime.startedAt) } }
      : ended !== undefined && !backInLine
        ? { terminated: ended }
        : { waiting: waitingState(work, waiting) },
    lastState: last === null ? {} : { terminated: last },
    ready: running ? work.ready && work.role !== 'init' && work.role !== 'ephemeral' : completed,
    restartCount: work.restartCount,
    image: runtime?.imageRef ?? spec?.image ?? '',
    imageID: runtime?.imageId ?? '',
  };
  if (runtime !== null) status.containerID = `containerd://${runtime.id}`;
  status.started = running && work.started;
  if (runtime !== null) addResources(status, worker, work, spec);
  return status;
}

/** What a container runs with, and what the node keeps for it. */
function addResources(
  status: ContainerStatus,
  { resize }: PodWorker,
  work: ContainerWork,
  spec: Container | undefined,
): void {
  const actual = resize === null ? spec?.resources : resize.actual.get(work.name);
  const requests = resize === null ? actual?.requests : resize.allocated.get(work.name)?.requests;
  if (actual === undefined) return;
  status.resources = actual;
  if (requests !== undefined) status.allocatedResources = requests;
}

const waitingState = (work: ContainerWork, otherwise: string): { reason: string; message?: string } =>
  work.waiting === null
    ? { reason: otherwise }
    : work.waiting.message === ''
      ? { reason: work.waiting.reason }
      : { ...work.waiting };
