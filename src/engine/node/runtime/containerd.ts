/**
 * The container runtime of one machine, process kind `containerd`: images, pod sandboxes, containers and the programs
 * that they run. It is told what to do in the CRI's words (`cri.ts`) and tells its subscriber what happened. It knows
 * nothing of the API server. When it dies its containers die with it (there is no shim); images stay on the disk.
 */
import { defineProcess, type Context, type KernelMessage, type Output, type ProcessId } from '#engine/kernel/process';
import { IMAGE_REGISTRY, type RegistryRequest } from '../images/registry-process';
import { componentAnswered, probeTimedOut } from './component';
import type { CriRequest } from './cri';
import {
  componentEnded,
  componentSaid,
  createContainer,
  killContainer,
  killForMemory,
  programEnded,
  removeContainer,
  startContainer,
  started,
  stopContainer,
  wakeContainer,
  writeFiles,
} from './containers';
import { readLog, unfollow } from './container-log';
import { dial, serveHttp } from './dial';
import {
  downloads,
  imageStored,
  pullImage,
  PULL_BANDWIDTH,
  registryAnswered,
  registryRefused,
  registryTimedOut,
  storedImages,
} from './image-store';
import { hasSessions, lateMemory, lateSessions } from './late';
import { answer, askerOf, NOTHING_RESULT, type RuntimeMessage } from './messages';
import { removePodSandbox, runPodSandbox, sandboxReady, stopPodSandbox } from './sandboxes';
import type { ContainerdState } from './state';

export { runningSandboxes } from './truth';

export const RUNTIME_NAME = 'containerd';
export const RUNTIME_VERSION = '2.1.4';

export interface ContainerdArgs {
  /** Bytes per second that image pulls share; absent: 40 MB/s. */
  readonly bandwidth?: number;
  /** Of the machine, thousandths of a core. Absent: 4 CPU. */
  readonly milliCpu?: number;
  /** Images that the machine was installed with. */
  readonly preloaded?: readonly string[];
}

export const containerd = defineProcess<ContainerdState, ContainerdArgs | null>({
  kind: 'containerd',

  start: (ctx, args) => ({
    bandwidth: args?.bandwidth ?? PULL_BANDWIDTH,
    milliCpu: args?.milliCpu ?? 4000,
    images: storedImages(ctx, args?.preloaded ?? []),
    pulls: new Map(),
    pullTimer: null,
    sandboxes: new Map(),
    sandboxByIP: new Map(),
    lastAddress: 1,
    containers: new Map(),
    probes: new Map(),
    nextProbe: 1,
    spentCpu: 0,
    traffic: null,
    relays: null,
    execs: new Map(),
    running: new Map(),
    connections: new Map(),
    nextExec: 1,
    memory: 0,
    subscriber: null,
  }),

  handle(state, message, ctx) {
    const told = message as RuntimeMessage | KernelMessage | Output;
    if (state.freezes === true && lateSessions.code.standsStill(state, told, ctx)) return;
    switch (told.type) {
      case 'kernel/refused':
        if (told.to === IMAGE_REGISTRY) registryRefused(state, told.message as RegistryRequest, ctx);
        return;
      case 'kernel/output':
        return componentSaid(state, told, ctx);
      case 'kernel/down':
        gone(state, told.process, null, ctx);
        return componentEnded(state, told, ctx);
      case 'registry/manifest':
      case 'registry/not-found':
      case 'registry/denied':
      case 'registry/blob':
        return registryAnswered(state, told, ctx);
      case 'runtime/sandbox-ready':
        return sandboxReady(state, told.sandboxId, told.asker, ctx);
      case 'runtime/started':
        return started(state, told.containerId, told.asker, ctx);
      case 'runtime/run': {
        const container = state.containers.get(told.containerId);
        return container === undefined ? undefined : wakeContainer(state, container, ctx);
      }
      case 'runtime/exit': {
        const container = state.containers.get(told.containerId);
        return container === undefined ? undefined : programEnded(state, container, told.exitCode, told.output, ctx);
      }
      case 'runtime/kill':
      case 'fault/kill-container': {
        const container = state.containers.get(told.containerId);
        return container === undefined ? undefined : killContainer(state, container, ctx);
      }
      case 'fault/freeze-container':
        return lateSessions.code.freeze(state, told, ctx);
      case 'runtime/over-limit': {
        const container = state.containers.get(told.containerId);
        return container === undefined ? undefined : killForMemory(state, container, ctx);
      }
      case 'runtime/memory-taken':
        return ctx.memory().free < 0 ? lateMemory.code.outOfMemory(state, ctx) : undefined;
      case 'runtime/exec-run':
        return lateSessions.code.runExec(state, told.exec, ctx);
      case 'runtime/exec-go-on':
        return lateSessions.code.execGoesOn(state, told.exec, ctx);
      case 'runtime/exec-deadline':
        return lateSessions.code.execTimedOut(state, told.exec, ctx);
      case 'runtime/registry-timeout':
        return registryTimedOut(state, told.name, ctx);
      case 'api/response':
      case 'healthz/answer':
      case 'etcd/progress-answer':
      case 'etcd/status-answer':
      case 'etcd/error':
        return componentAnswered(state, told, ctx);
      case 'runtime/probe-timeout':
        return probeTimedOut(state, told.probe, ctx);
      case 'runtime/downloads':
        return downloads(state, ctx);
      case 'runtime/image-stored':
        return imageStored(state, told.name, ctx);
      case 'http/response':
        return lateSessions.code.relayed(state, told, ctx);
      case 'http/request':
        return serveHttp(state, told, ctx);
      case 'pipe/closed':
        return ctx.from === null ? undefined : gone(state, ctx.from, told.id, ctx);
      case 'pipe/chunk':
        return ctx.from === null ? undefined : lateSessions.code.heard(state, ctx.from, told, ctx);
      case 'node/traffic':
        return lateSessions.code.trafficComes(state, told, ctx);
      case 'runtime/traffic':
        return lateSessions.code.countTraffic(state, ctx);
      case 'runtime/dialled':
        return answer(told.asker, { of: 'dial', outcome: told.outcome }, ctx);
      default:
        return serve(state, told, ctx);
    }
  },
});

/** The other end of a stream is gone: of one, or (null) of all of a process. */
function gone(state: ContainerdState, from: ProcessId, id: number | null, ctx: Context): void {
  unfollow(state, from, id);
  if (hasSessions(state)) lateSessions.code.hangUp(state, from, id, ctx);
}

function serve(state: ContainerdState, request: CriRequest, ctx: Context): void {
  switch (request.type) {
    case 'cri/version':
      return answer(askerOf(request, ctx), { of: 'version', name: RUNTIME_NAME, version: RUNTIME_VERSION }, ctx);
    case 'cri/list':
      return answer(
        askerOf(request, ctx),
        {
          of: 'list',
          sandboxes: [...state.sandboxes.values()].map(({ status }) => status),
          containers: [...state.containers.values()].map(({ status }) => status),
          images: [...state.images.values()],
        },
        ctx,
      );
    case 'cri/get-container-events':
      state.subscriber = ctx.from;
      return answer(askerOf(request, ctx), NOTHING_RESULT, ctx);
    case 'cri/pull-image':
      return pullImage(state, request, ctx);
    case 'cri/run-pod-sandbox':
      return runPodSandbox(state, request, ctx);
    case 'cri/stop-pod-sandbox':
      return stopPodSandbox(state, request, ctx);
    case 'cri/remove-pod-sandbox':
      removePodSandbox(state, request.sandboxId, ctx);
      return answer(askerOf(request, ctx), NOTHING_RESULT, ctx);
    case 'cri/create-container':
      return createContainer(state, request, ctx);
    case 'cri/start-container':
      return startContainer(state, request, ctx);
    case 'cri/stop-container':
      return stopContainer(state, request, ctx);
    case 'cri/remove-container':
      removeContainer(state, request.containerId, ctx);
      return answer(askerOf(request, ctx), NOTHING_RESULT, ctx);
    case 'cri/exec-sync':
      return lateSessions.code.execSync(state, request, ctx);
    case 'node/dial':
      return dial(state, request, ctx);
    case 'node/read-log':
      return readLog(state, request, ctx);
    case 'node/write-files':
      return writeFiles(state, request, ctx);
    case 'cri/update-container-resources': {
      const container = state.containers.get(request.containerId);
      if (container !== undefined) container.resized = { resources: request.resources };
      return answer(askerOf(request, ctx), NOTHING_RESULT, ctx);
    }
    case 'cri/list-container-stats':
      return answer(askerOf(request, ctx), lateSessions.code.statsOf(state, ctx), ctx);
    case 'cri/exec':
      return lateSessions.code.exec(state, request, ctx);
    case 'cri/attach':
      return lateSessions.code.attach(state, request, ctx);
    case 'cri/port-forward':
      return lateSessions.code.portForward(state, request, ctx);
  }
}
