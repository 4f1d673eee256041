/**
 * The node agent, process kind `kubelet`: registers its machine as a Node, keeps its Lease and status, and makes the
 * pods that are bound to it run, through the runtime of its machine. It knows pods only from the API and containers
 * only from the runtime. A pod's life is in `pod-worker.ts`, its end in `termination.ts`, what the API is told in
 * `pod-status.ts`. Everything is driven by events: nothing is polled but the node's own status.
 */
import type { Node, Pod } from '#engine/api/types';
import { certified } from '#engine/apiserver/wire';
import { newClient, receive, reflect, startClient, type Delivery } from '#engine/client/client';
import { newRecorder } from '#engine/client/events';
import type { ToBackend } from '#engine/apiserver/stream-wire';
import type { Change } from '#engine/client/plan';
import { defineProcess, type Context, type KernelMessage } from '#engine/kernel/process';
import type { FromRuntime } from '../runtime/cri';
import { forgetStaleObjects, objectRead } from './config-objects';
import { forgetOldBackOffs } from './image-puller';
import { leaseDue, leaseRead, leaseWritten } from './lease';
import type { KubeletTag, KubeletTimer } from './messages';
import { nodeEvent } from './node-event';
import { KUBELET_VERSION } from './node-object';
import {
  nodeCreated,
  nodePatched,
  nodeRead,
  nodeStatusDue,
  registerNode,
  startNodeStatus,
  updateNodeStatus,
} from './node-status';
import { containerEnded, deadlineExceeded, removePod, syncPod, updatePod } from './pod-worker';
import { probeDue } from './probes';
import { relievePressure, systemOom } from './pressure';
import { connectRuntime, runtimeAnswered, runtimeDown, takeOverPods } from './runtime-watch';
import { configure, containerSpec } from './start-container';
import { isMirror, mirrorChanged, mirrorCreated, syncMirrors, syncStaticPods } from './static-pods';
import { type BootstrapKubeconfig, containersOf, findContainer, type KubeletArgs, type KubeletState } from './state';
import { kubeletServer } from './server/late';
import { heardPeer, heardRuntime, lookAtSessions, peerGone, peerLives } from './server/sessions';
import { podDeleted, reconcileStatus, statusWritten, updateStatus, writeStatus } from './status-writer';
import { podEnd, podEviction } from './late';

export { kubeletTimers, probesSince } from './timers';

/** Bytes of memory that the kubelet takes, and what else runs on a machine beside the runtime. */
const SYSTEM_MEMORY = 220 * 1_048_576;
const BOOT_ID_FILE = 'run/boot-id';
const MACHINE_ID_FILE = 'etc/machine-id';

export const kubelet = defineProcess<KubeletState, KubeletArgs>({
  kind: 'kubelet',

  start(ctx, args) {
    const { name } = args.node;
    const state: KubeletState = {
      args,
      client: newClient({
        servers: args.server,
        ...(args.endpoint === undefined ? null : { endpoint: args.endpoint }),
        userAgent: `kubelet/${KUBELET_VERSION} (linux/amd64)`,
        credentials: certified(`system:node:${name}`, 'system:nodes'),
        qps: args.qps ?? 50,
        burst: args.burst ?? 100,
      }),
      bootstrap: null,
      recorder: newRecorder('kubelet', name),
      runtimeState: 'connecting',
      runtimeListed: false,
      found: new Map(),
      podsStarted: false,
      nextAsk: 1,
      asks: new Map(),
      images: new Map(),
      imagesRevision: 0,
      node: {
        phase: 'unregistered',
        retries: 0,
        uid: '',
        written: null,
        writing: false,
        dirty: false,
        reportedAt: 0,
        reportDelay: 0,
        bootId: bootId(ctx),
        machineId: machineId(ctx),
        allocatableSaid: false,
        diskFullAt: null,
        memoryLowAt: null,
        eviction: null,
      },
      lease: null,
      leaseFailures: 0,
      workers: new Map(),
      mostGranted: null,
      pullQueue: [],
      probedAt: -1,
      pulling: null,
      imageBackOff: new Map(),
      objects: new Map(),
      volumesInUse: null,
      tokens: new Map(),
      podsSynced: false,
      servicesSynced: false,
      sessions: new Map(),
      access: null,
      sessionsWatched: false,
    };
    if (args.configFile !== undefined && ctx.disk.read(args.configFile).length === 0) {
      ctx.log(
        `"command failed" err="failed to load kubelet config file, path: /${args.configFile}, error: no such file or directory"`,
      );
      ctx.exit(1);
      return state;
    }
    const [kubeconfig] = args.bootstrapFile === undefined ? [] : ctx.disk.read(args.bootstrapFile);
    if (kubeconfig === undefined) run(state, ctx);
    else state.bootstrap = kubeletServer.code.beginBootstrap(ctx, name, kubeconfig as BootstrapKubeconfig);
    return state;
  },

  handle(state, message, ctx) {
    const { bootstrap } = state;
    if (bootstrap !== null) {
      if (!kubeletServer.code.bootstrapHeard(state, bootstrap, message, ctx)) return;
      state.bootstrap = null;
      return run(state, ctx);
    }
    const heard = message as ToBackend | KernelMessage;
    // Also API servers that this kubelet is no client of ask it things.
    if (heard.type === 'kernel/down') peerGone(state, ctx, heard.process);
    const deliveries = receive(state.client, message, ctx);
    if (deliveries !== null) {
      for (const delivery of deliveries) delivered(state, delivery, ctx);
      return;
    }
    const told = message as FromRuntime | ToBackend | KernelMessage | KubeletTimer;
    switch (told.type) {
      case 'kernel/refused':
        if (told.to === state.args.runtime) runtimeDown(state, ctx);
        return;
      case 'kernel/down':
        if (told.process === state.args.runtime) runtimeDown(state, ctx);
        return;
      case 'cri/answer':
        return runtimeAnswered(state, told, ctx);
      case 'cri/log-written':
        return kubeletServer.code.logGrown(state, ctx, told);
      case 'cri/system-oom':
        return systemOom(state, told, ctx);
      case 'cri/stream-ended':
        return kubeletServer.code.streamEnded(state, ctx, told);
      case 'http/request':
        return kubeletServer.code.serveHttp(state, ctx, told);
      case 'pipe/chunk':
      case 'pipe/closed':
        return ctx.from === state.args.runtime ? heardRuntime(state, ctx, told) : heardPeer(state, ctx, told);
      case 'pipe/ping':
      case 'pipe/pong':
        if (ctx.from === null) return;
        peerLives(state, ctx.from, ctx.monotonic);
        return ctx.send(ctx.from, { type: 'pipe/pong' });
      case 'cri/container-event': {
        const worker = state.workers.get(told.container.podUid);
        if (worker !== undefined && told.container.state === 'exited')
          containerEnded(state, worker, told.container, ctx);
        return;
      }
      default:
        return timer(state, told, ctx);
    }
  },
});

/** Takes up its work, with the certificate that it has. */
function run(state: KubeletState, ctx: Context): void {
  const { name } = state.args.node;
  reflect(state.client, 'Node', { fieldSelector: `metadata.name=${name}` });
  reflect(state.client, 'Service');
  reflect(state.client, 'Pod', { fieldSelector: `spec.nodeName=${name}` });
  startClient(state.client, ctx);
  nodeEvent(state, ctx, 'Normal', 'Starting', 'Starting kubelet.');
  connectRuntime(state, ctx);
  registerNode(state, ctx);
  startNodeStatus(ctx);
  ctx.after(0, { type: 'kubelet/lease' });
  ctx.holdMemory(SYSTEM_MEMORY);
}

function timer(state: KubeletState, told: KubeletTimer, ctx: Context): void {
  switch (told.type) {
    case 'kubelet/runtime':
      return connectRuntime(state, ctx);
    case 'kubelet/machine-id-stored':
      return;
    case 'kubelet/register':
      return registerNode(state, ctx);
    case 'kubelet/node-status':
      forgetStaleObjects(state, ctx);
      forgetOldBackOffs(state, ctx);
      nodeStatusDue(state, ctx);
      return relievePressure(state, ctx);
    case 'kubelet/eviction':
      return podEviction.code.evictionDue(state, ctx);
    case 'kubelet/lease':
      return leaseDue(state, ctx);
    case 'kubelet/sessions':
      return lookAtSessions(state, ctx);
    case 'kubelet/static-pods':
      return syncStaticPods(state, ctx);
    case 'kubelet/mirrors':
      return syncMirrors(state, ctx);
    case 'kubelet/renew-token':
      return kubeletServer.code.renewTokens(state, told.uid, ctx);
    case 'kubelet/sync': {
      const worker = state.workers.get(told.uid);
      if (worker === undefined) return;
      worker.sync = null;
      return syncPod(state, worker, ctx);
    }
    case 'kubelet/deadline': {
      const worker = state.workers.get(told.uid);
      return worker === undefined ? undefined : deadlineExceeded(state, worker, ctx);
    }
    case 'kubelet/write-status': {
      const worker = state.workers.get(told.uid);
      if (worker === undefined) return;
      worker.retry = null;
      return writeStatus(state, worker, ctx);
    }
    case 'kubelet/reconcile-status': {
      const worker = state.workers.get(told.uid);
      return worker === undefined ? undefined : reconcileStatus(state, worker, ctx);
    }
    case 'kubelet/probe': {
      const worker = state.workers.get(told.uid);
      const work = findContainer(worker, told.container);
      if (worker === undefined || work === undefined || work.runtime?.id !== told.containerId) return;
      const spec = containerSpec(worker, work);
      return spec === undefined ? undefined : probeDue(state, worker, work, spec, told.probe, ctx);
    }
    case 'kubelet/hook-over': {
      const worker = state.workers.get(told.uid);
      const work = findContainer(worker, told.container);
      if (worker === undefined || work === undefined || work.runtime?.id !== told.containerId) return;
      return podEnd.code.preStopOver(state, worker, work, ctx);
    }
  }
}

function delivered(state: KubeletState, delivery: Delivery, ctx: Context): void {
  switch (delivery.type) {
    case 'synced':
      if (delivery.kind === 'Service') state.servicesSynced = true;
      if (delivery.kind === 'Pod') {
        state.podsSynced = true;
        takeOverPods(state, ctx);
        syncMirrors(state, ctx);
      }
      return;
    case 'change':
      ctx.because(delivery.change.cause ?? ctx.event);
      return changed(state, delivery.change, ctx);
    case 'answer':
      return answered(state, delivery, ctx);
    case 'streamed':
      return;
  }
}

function changed(state: KubeletState, change: Change, ctx: Context): void {
  if (change.kind === 'Node') return nodeChanged(state, change.object as Node, change.old as Node | undefined, ctx);
  if (change.kind !== 'Pod') return;
  const pod = change.object as Pod;
  if (isMirror(pod)) return mirrorChanged(state, pod, ctx);
  if (!state.podsStarted) return;
  if (change.type === 'deleted') removePod(state, pod, ctx);
  else updatePod(state, pod, ctx);
}

function nodeChanged(state: KubeletState, node: Node, old: Node | undefined, ctx: Context): void {
  const held = node.spec.unschedulable === true;
  if (old !== undefined && (old.spec.unschedulable === true) !== held) {
    const reason = held ? 'NodeNotSchedulable' : 'NodeSchedulable';
    nodeEvent(state, ctx, 'Normal', reason, `Node ${node.metadata.name} status is now: ${reason}`);
  }
  updateNodeStatus(state, ctx);
  const isAddressed = node.spec.podCIDR !== undefined && old?.spec.podCIDR !== node.spec.podCIDR;
  if (!isAddressed && state.volumesInUse === null) return;
  for (const worker of state.workers.values()) if (worker.sandbox === null) syncPod(state, worker, ctx);
}

function answered(state: KubeletState, answer: Extract<Delivery, { type: 'answer' }>, ctx: Context): void {
  const tag = answer.tag as KubeletTag;
  switch (tag.type) {
    case 'kubelet/node-created':
      nodeCreated(state, answer, ctx);
      return syncMirrors(state, ctx);
    case 'kubelet/node-read':
      nodeRead(state, answer, ctx);
      return syncMirrors(state, ctx);
    case 'kubelet/node-patched':
      return nodePatched(state, answer, ctx);
    case 'kubelet/lease-read':
      return leaseRead(state, answer, ctx);
    case 'kubelet/lease-written':
      return leaseWritten(state, answer, ctx);
    case 'kubelet/status-written': {
      const worker = state.workers.get(tag.uid);
      return worker === undefined ? undefined : statusWritten(state, worker, answer, ctx);
    }
    case 'kubelet/pod-deleted': {
      const worker = state.workers.get(tag.uid);
      return worker === undefined ? undefined : podDeleted(worker, answer, ctx);
    }
    case 'kubelet/mirror-created':
      return mirrorCreated(state, tag.uid, answer, ctx);
    case 'kubelet/mirror-deleted':
      return;
    case 'kubelet/token':
      if (kubeletServer.code.tokenAnswered(state, tag, answer, ctx)) objectArrived(state, tag.uid, ctx);
      return;
    case 'kubelet/access':
      return kubeletServer.code.accessAnswered(state, ctx, tag, answer);
    case 'kubelet/object-read':
      for (const uid of objectRead(state, tag.key, answer, ctx)) objectArrived(state, uid, ctx);
  }
}

/** What a pod waited for is there, a ConfigMap, a Secret or a token: its containers go on. */
function objectArrived(state: KubeletState, uid: string, ctx: Context): void {
  const worker = state.workers.get(uid);
  if (worker === undefined || worker.state !== 'sync') return;
  if (worker.sandbox === null) return syncPod(state, worker, ctx);
  for (const work of containersOf(worker)) {
    if (work.busy !== 'config') continue;
    work.busy = null;
    configure(state, worker, work, ctx);
  }
  updateStatus(state, worker, ctx);
}

/** The id of this boot: kept where only a running machine remembers it. */
function bootId(ctx: Context): string {
  const known = ctx.disk.read(BOOT_ID_FILE)[0];
  if (typeof known === 'string') return known;
  const id = uuid(ctx, 'boot-id');
  ctx.disk.append(BOOT_ID_FILE, id, 0);
  return id;
}

function machineId(ctx: Context): string {
  const known = ctx.disk.read(MACHINE_ID_FILE)[0];
  if (typeof known === 'string') return known;
  const id = uuid(ctx, 'machine-id');
  ctx.disk.append(MACHINE_ID_FILE, id, 36);
  ctx.disk.sync(MACHINE_ID_FILE, { type: 'kubelet/machine-id-stored' });
  return id;
}

function uuid(ctx: Context, purpose: string): string {
  const random = ctx.random(purpose);
  const hex = [0, 0, 0, 0].map(() => random.word().toString(16).padStart(8, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
