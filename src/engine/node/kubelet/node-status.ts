/**
 * Registration and status of this machine's Node: computed every 10 s, written when something changed, else every five
 * minutes.
 *
 * @source kubernetes pkg/kubelet/kubelet_node_status.go, pkg/kubelet/nodestatus/setters.go, pkg/kubelet/kubelet.go
 */
import { timestamp } from '#engine/api/timestamp';
import type { Node } from '#engine/api/types';
import { cacheOf } from '#engine/client/cache';
import { request, type Delivery } from '#engine/client/client';
import { collectionPath, objectPath } from '#engine/client/paths';
import type { Context } from '#engine/kernel/process';
import { MILLISECOND, MINUTE, SECOND, type Micros } from '#engine/kernel/time';
import { capacityLists, nodeAddresses, nodeInfo, nodeLabels } from './node-object';
import { nodeEvent } from './node-event';
import { pressureOf } from './pressure';
import { kubeletServer } from './server/late';
import type { KubeletState, NodeStatusParts } from './state';
import { deepEqual } from '#engine/api/json';

const COMPUTE_EVERY: Micros = 10 * SECOND;
const REPORT_EVERY: Micros = 5 * MINUTE;
const LONGEST_REGISTER_RETRY: Micros = 7 * SECOND;
const MAX_IMAGES = 50;
/** The bucket of requests that must not wait behind others. */
const HEARTBEAT = 'heartbeat';

type Condition = NonNullable<Node['status']['conditions']>[number];
type Answer = Extract<Delivery, { type: 'answer' }>;

export const networkError = (): string =>
  'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';

/** Why the node is not ready; empty when it is. */
function readyProblem(state: KubeletState, podCIDR: string): string {
  const problems: string[] = [];
  if (state.runtimeState !== 'ready') problems.push('container runtime is down');
  else if (podCIDR === '') problems.push(networkError());
  if (state.runtimeState === 'ready' && !state.runtimeListed)
    problems.push('PLEG is not healthy: pleg has yet to be successful');
  return problems.length > 1 ? `[${problems.join(', ')}]` : (problems[0] ?? '');
}

const diskReason = (pressure: boolean): string => (pressure ? 'KubeletHasDiskPressure' : 'KubeletHasNoDiskPressure');
const diskEvent = (pressure: boolean): string => (pressure ? 'NodeHasDiskPressure' : 'NodeHasNoDiskPressure');
const memoryWord = (pressure: boolean): string => `Has${pressure ? 'Insufficient' : 'Sufficient'}Memory`;
const memoryEvent = (pressure: boolean): string => `Node${memoryWord(pressure)}`;

const ownNode = (state: KubeletState): Node | undefined => cacheOf(state.client, 'Node').get('', state.args.node.name);

/** Sends the Node to the API server. */
export function registerNode(state: KubeletState, ctx: Context): void {
  if (state.node.phase === 'registered') return;
  state.node.phase = 'registering';
  const config = state.args.node;
  const status = nodeStatus(state, undefined, ctx);
  const taints = config.taints ?? [];
  request(
    state.client,
    ctx,
    {
      method: 'POST',
      path: collectionPath('Node', ''),
      bucket: HEARTBEAT,
      body: {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: {
          name: config.name,
          labels: nodeLabels(config),
          annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
        },
        spec: taints.length === 0 ? {} : { taints: taints.map((taint) => ({ ...taint })) },
        status,
      },
    },
    { type: 'kubelet/node-created' },
  );
}

export function nodeCreated(state: KubeletState, answer: Answer, ctx: Context): void {
  if (answer.ok) return registered(state, answer.body as Node, ctx);
  if (answer.code === 409) {
    request(
      state.client,
      ctx,
      { method: 'GET', path: objectPath('Node', '', state.args.node.name), bucket: HEARTBEAT },
      { type: 'kubelet/node-read' },
    );
    return;
  }
  retryRegistration(state, ctx);
}

/** The node was there before: a restart of the kubelet, or of the machine. */
export function nodeRead(state: KubeletState, answer: Answer, ctx: Context): void {
  if (!answer.ok) return retryRegistration(state, ctx);
  const node = answer.body as Node;
  const before = node.status.nodeInfo?.bootID ?? '';
  if (before !== '' && before !== state.node.bootId) {
    nodeEvent(
      state,
      ctx,
      'Warning',
      'Rebooted',
      `Node ${state.args.node.name} has been rebooted, boot id: ${state.node.bootId}`,
    );
  }
  registered(state, node, ctx);
}

function retryRegistration(state: KubeletState, ctx: Context): void {
  state.node.phase = 'unregistered';
  const wait = Math.min(LONGEST_REGISTER_RETRY, 100 * MILLISECOND * 2 ** Math.min(state.node.retries, 10));
  state.node.retries += 1;
  ctx.after(wait, { type: 'kubelet/register' });
}

function registered(state: KubeletState, node: Node, ctx: Context): void {
  const { conditions = [] } = node.status;
  state.node.phase = 'registered';
  state.node.uid = node.metadata.uid;
  state.node.reportedAt = ctx.monotonic;
  const { memoryPressure, diskPressure } = pressureOf(state, ctx);
  for (const reason of [memoryEvent(memoryPressure), diskEvent(diskPressure), 'NodeHasSufficientPID'])
    statusEvent(state, ctx, reason);
  if (!state.node.allocatableSaid) {
    state.node.allocatableSaid = true;
    nodeEvent(state, ctx, 'Normal', 'NodeAllocatableEnforced', 'Updated Node Allocatable limit across pods');
  }
  const ready = conditions.find(({ type }) => type === 'Ready');
  state.node.written = {
    ready: ready?.status === 'True',
    readyMessage: ready?.message ?? '',
    readySince: ready?.lastTransitionTime ?? timestamp(ctx.now),
    imagesRevision:
      node.status.nodeInfo?.bootID === state.node.bootId && ready?.status !== 'Unknown' ? state.imagesRevision : -1,
    diskPressure: conditions.some(({ type, status }) => type === 'DiskPressure' && status === 'True'),
    memoryPressure: conditions.some(({ type, status }) => type === 'MemoryPressure' && status === 'True'),
  };
  state.node.dirty = ready?.status === 'Unknown' || node.status.nodeInfo?.bootID !== state.node.bootId;
  updateNodeStatus(state, ctx);
}

export function startNodeStatus(ctx: Context): void {
  ctx.after(COMPUTE_EVERY, { type: 'kubelet/node-status' });
}

/** The 10 s beat. */
export function nodeStatusDue(state: KubeletState, ctx: Context): void {
  ctx.after(COMPUTE_EVERY, { type: 'kubelet/node-status' });
  updateNodeStatus(state, ctx);
}

/** Computes the status; writes it when something changed or the last report is too old. */
export function updateNodeStatus(state: KubeletState, ctx: Context): void {
  const { node } = state;
  const written = node.written;
  if (node.phase !== 'registered' || node.writing || written === null) return;
  const current = ownNode(state);
  const problem = readyProblem(state, current?.spec.podCIDR ?? '');
  const ready = problem === '';
  const { diskPressure, memoryPressure } = pressureOf(state, ctx);
  const inUse = volumesInUse(state, current, ctx);
  const changed =
    ready !== written.ready ||
    diskPressure !== written.diskPressure ||
    memoryPressure !== written.memoryPressure ||
    (!ready && problem !== written.readyMessage) ||
    state.imagesRevision !== written.imagesRevision ||
    (inUse !== undefined && !deepEqual(inUse, current?.status.volumesInUse ?? null)) ||
    node.dirty ||
    isDoubted(current);
  if (!changed && ctx.monotonic - node.reportedAt < REPORT_EVERY + node.reportDelay) return;
  const readyChanged = ready !== written.ready;
  const parts: NodeStatusParts = {
    ready,
    readyMessage: ready ? 'kubelet is posting ready status' : problem,
    readySince: readyChanged || isDoubted(current) ? timestamp(ctx.now) : written.readySince,
    imagesRevision: state.imagesRevision,
    diskPressure,
    memoryPressure,
  };
  node.written = parts;
  node.writing = true;
  node.dirty = false;
  node.reportedAt = ctx.monotonic;
  node.reportDelay = changed
    ? Math.floor((ctx.random('node-status').fraction() - 0.5) * REPORT_EVERY)
    : node.reportDelay;
  request(
    state.client,
    ctx,
    {
      method: 'PATCH',
      path: objectPath('Node', '', state.args.node.name, 'status'),
      contentType: 'application/strategic-merge-patch+json',
      bucket: HEARTBEAT,
      timeout: COMPUTE_EVERY,
      body: {
        status: {
          ...statusChange(nodeStatus(state, current, ctx), current),
          ...(inUse === undefined ? null : { volumesInUse: inUse }),
        },
      },
    },
    { type: 'kubelet/node-patched' },
  );
  if (memoryPressure !== written.memoryPressure) statusEvent(state, ctx, memoryEvent(memoryPressure));
  if (diskPressure !== written.diskPressure) statusEvent(state, ctx, diskEvent(diskPressure));
  if (!readyChanged) return;
  statusEvent(state, ctx, ready ? 'NodeReady' : 'NodeNotReady');
  ctx.explain({
    what: 'node-ready',
    subject: { kind: 'Node', namespace: '', name: state.args.node.name },
    text: ready
      ? 'The runtime answers and the pod network is set up: the node is ready.'
      : `The node is not ready: ${problem}.`,
  });
}

/** What of the node's volumes is told; undefined: it never had any. */
const volumesInUse = (
  state: KubeletState,
  node: Node | undefined,
  ctx: Context,
): readonly string[] | null | undefined =>
  state.volumesInUse === null && node?.status.volumesInUse === undefined
    ? undefined
    : kubeletServer.code.volumesInUse(state, node, ctx);

/** Somebody else has called a condition of this node Unknown. */
const isDoubted = (node: Node | undefined): boolean =>
  node?.status.conditions?.some(({ status, type }) => status === 'Unknown' && OWN_CONDITIONS.includes(type)) ?? false;

const OWN_CONDITIONS: readonly string[] = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'];

/** What differs; conditions always, because they carry the heartbeat. */
function statusChange(status: Node['status'], before: Node | undefined): Record<string, unknown> {
  const old = (before?.status ?? {}) as Readonly<Record<string, unknown>>;
  const now = status as Readonly<Record<string, unknown>>;
  const change: Record<string, unknown> = { '$setElementOrder/conditions': OWN_CONDITIONS.map((type) => ({ type })) };
  for (const field in now) if (field === 'conditions' || !deepEqual(old[field], now[field])) change[field] = now[field];
  return change;
}

/**
 * A write that failed is tried again with the next beat; a node that has become ready meanwhile says so at once. A deleted
 * Node stays away until the kubelet is restarted.
 *
 * @source kubernetes pkg/kubelet/kubelet_node_status.go (fastStatusUpdateOnce)
 */
export function nodePatched(state: KubeletState, answer: Answer, ctx: Context): void {
  state.node.writing = false;
  if (!answer.ok) state.node.dirty = true;
  else if (state.node.written?.ready === false && readyProblem(state, ownNode(state)?.spec.podCIDR ?? '') === '')
    updateNodeStatus(state, ctx);
}

function nodeStatus(state: KubeletState, before: Node | undefined, ctx: Context): Node['status'] {
  const config = state.args.node;
  const parts = state.node.written;
  const { diskPressure, memoryPressure } = parts ?? pressureOf(state, ctx);
  const ready = parts?.ready ?? false;
  const images = [...state.images.values()]
    .sort((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1))
    .slice(0, MAX_IMAGES);
  const message = parts?.readyMessage ?? readyProblem(state, before?.spec.podCIDR ?? '');
  return {
    ...capacityLists(config),
    conditions: [
      condition(
        'MemoryPressure',
        memoryPressure ? 'True' : 'False',
        `Kubelet${memoryWord(memoryPressure)}`,
        `kubelet has ${memoryPressure ? 'insufficient' : 'sufficient'} memory available`,
        before,
        ctx,
      ),
      condition(
        'DiskPressure',
        diskPressure ? 'True' : 'False',
        diskReason(diskPressure),
        `kubelet has ${diskPressure ? '' : 'no '}disk pressure`,
        before,
        ctx,
      ),
      condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available', before, ctx),
      {
        ...condition(
          'Ready',
          ready ? 'True' : 'False',
          ready ? 'KubeletReady' : 'KubeletNotReady',
          message,
          before,
          ctx,
        ),
        ...(parts === null ? {} : { lastTransitionTime: parts.readySince }),
      },
    ],
    addresses: nodeAddresses(config),
    daemonEndpoints: { kubeletEndpoint: { Port: 10_250 } },
    nodeInfo: nodeInfo(state.node.bootId, state.node.machineId),
    images: images.map(({ name, id, size }) => ({ names: [id, name], sizeBytes: size })),
  };
}

function condition(
  type: Condition['type'],
  status: Condition['status'],
  reason: string,
  message: string,
  before: Node | undefined,
  ctx: Context,
): Condition {
  const now = timestamp(ctx.now);
  const old = before?.status.conditions?.find((candidate) => candidate.type === type);
  const lastTransitionTime = old?.status === status ? (old.lastTransitionTime ?? now) : now;
  return { type, status, lastHeartbeatTime: now, lastTransitionTime, reason, message };
}

const statusEvent = (state: KubeletState, ctx: Context, reason: string): void =>
  nodeEvent(state, ctx, 'Normal', reason, `Node ${state.args.node.name} status is now: ${reason}`);
