/**
 * `/containerLogs/NAMESPACE/POD/CONTAINER`: which log is meant, what of it, and what comes to it while somebody follows.
 *
 * @source kubernetes pkg/kubelet/server/server.go (getContainerLogs), pkg/kubelet/kubelet_pods.go (validateContainerLogStatus)
 */
import { textOf } from '#engine/api/bytes';
import type { ContainerStatus, Pod } from '#engine/api/types';
import { CHANNELS } from '#engine/apiserver/wire';
import type { Context } from '#engine/kernel/process';
import type { LogWritten } from '../../runtime/cri';
import { logFile, type LogRecord } from '../../runtime/log-record';
import { askRuntime } from '../runtime-link';
import { findContainer, type KubeletState, type PodWorker } from '../state';
import { limited, logOptionsOf, logText } from './log-text';
import { closeSession, openSession, respond, sendPiece } from './sessions';
import type { FollowedLog, LogAsk, ServerPeer } from './state';

export function serveLog(
  state: KubeletState,
  ctx: Context,
  peer: ServerPeer,
  worker: PodWorker,
  container: string,
  query: Readonly<Record<string, string>>,
): void {
  const options = logOptionsOf(query, ctx.now);
  const { pod } = worker;
  const containers = [
    ...pod.spec.containers,
    ...(pod.spec.initContainers ?? []),
    ...(pod.spec.ephemeralContainers ?? []),
  ];
  if (!containers.some(({ name }) => name === container))
    return respond(ctx, peer, 404, `container "${container}" not found in pod "${pod.metadata.name}"`);
  const which = logOf(worker, container, options.previous);
  if (typeof which === 'string') return respond(ctx, peer, 400, which);
  const { namespace = '', name, uid } = pod.metadata;
  const file = logFile({ namespace, name, uid }, container, which.attempt);
  const ask: LogAsk = { what: 'log', peer, file, containerId: which.id, options };
  if (state.runtimeState !== 'ready')
    return logReady(state, ctx, 0, { ...ask, options: { ...options, follow: false } });
  askRuntime(state, ctx, { type: 'node/read-log', containerId: which.id, follow: options.follow }, ask);
}

/** The container whose log is meant, or the kubelet's words why there is none. */
function logOf(
  worker: PodWorker,
  name: string,
  previous: boolean,
): { readonly id: string; readonly attempt: number } | string {
  const work = findContainer(worker, name);
  const status = statusOf(worker.status, name);
  const of = `container "${name}" in pod "${worker.pod.metadata.name}"`;
  if (status === undefined || work === undefined) return `${of} is not available`;
  const idOf = (containerID: string | undefined): string => (containerID ?? '').replace('containerd://', '');
  const { waiting, running, terminated } = status.state ?? {};
  const last = status.lastState?.terminated;
  const before = { id: idOf(last?.containerID), attempt: status.restartCount - 1 };
  if (previous) return before.id === '' ? `previous terminated ${of} not found` : before;
  if (running !== undefined) return { id: idOf(status.containerID), attempt: status.restartCount };
  if (terminated?.containerID !== undefined) return { id: idOf(terminated.containerID), attempt: status.restartCount };
  if (terminated !== undefined) return before.id === '' ? `${of} is terminated` : before;
  if (last !== undefined)
    return before.id === '' ? `${of} is terminated` : { id: before.id, attempt: status.restartCount };
  if (waiting === undefined) return `${of} is waiting to start - no logs yet`;
  return `${of} is waiting to start: ${WAITING[waiting.reason ?? ''] ?? waiting.reason ?? ''}`;
}

const WAITING: Readonly<Record<string, string>> = {
  ErrImagePull: "image can't be pulled",
  ImagePullBackOff: 'trying and failing to pull image',
};

const statusOf = (status: Pod['status'], name: string): ContainerStatus | undefined =>
  [
    ...(status.containerStatuses ?? []),
    ...(status.initContainerStatuses ?? []),
    ...(status.ephemeralContainerStatuses ?? []),
  ].find((one) => one.name === name);

/** The file holds all that was written: answers, and goes on when somebody follows. @param number - of the follower */
export function logReady(state: KubeletState, ctx: Context, number: number, ask: LogAsk): void {
  const { peer, file, options, containerId } = ask;
  const records = ctx.disk.read(file) as readonly LogRecord[];
  const text =
    records.length === 0 && state.runtimeState !== 'ready'
      ? `unable to retrieve container logs for containerd://${containerId}`
      : logText(records, options);
  const bytes = limited(text, options.limit);
  if (!options.follow) return respond(ctx, peer, 200, textOf(bytes));
  const log: FollowedLog = { options, left: options.limit === null ? null : options.limit - bytes.length };
  openSession(state, ctx, number, { peer, log, command: null, heard: ctx.monotonic }, 200);
  sendPiece(state, ctx, number, { channel: CHANNELS.stdout, data: bytes });
  if (log.left !== null && log.left <= 0) closeSession(state, ctx, number, 'both');
}

/** A followed log has grown, or is over. */
export function logGrown(state: KubeletState, ctx: Context, { id, record, ended }: LogWritten): void {
  const log = state.sessions.get(id)?.log ?? null;
  if (log === null) return;
  if (record !== null) {
    const data = limited(logText([record], { ...log.options, tail: null }), log.left);
    if (log.left !== null) log.left -= data.length;
    sendPiece(state, ctx, id, { channel: CHANNELS.stdout, data });
  }
  if (ended) closeSession(state, ctx, id, 'peer');
  else if (log.left !== null && log.left <= 0) closeSession(state, ctx, id, 'both');
}
