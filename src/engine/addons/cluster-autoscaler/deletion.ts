/**
 * How a node goes: it is tainted, its pods are evicted and waited for, the cloud takes its machine away, and its Node goes.
 *
 * @source kubernetes/autoscaler cluster-autoscaler/core/scaledown/actuation/{actuator,drain,delete_in_batch}.go
 * @simplified there is no cloud controller manager, which would delete the Node: the autoscaler does
 */
import type { Node, Pod, Taint } from '#engine/api/types';
import { EPOCH_SECONDS } from '#engine/api/timestamp';
import { cacheOf } from '#engine/client/cache';
import { request } from '#engine/client/client';
import { recordEvent } from '#engine/client/events';
import { objectPath } from '#engine/client/paths';
import type { Context } from '#engine/kernel/process';
import { type Micros, MINUTE, SECOND } from '#engine/kernel/time';
import { cloudRequest } from './cloud';
import type { AutoscalerState } from './cluster-autoscaler';
import { DELETION_CANDIDATE, type Removal, staysBehind, TO_BE_DELETED } from './scale-down';

/** @source actuation/drain.go (DefaultMaxPodEvictionTime) */
const LONGEST_EVICTION: Micros = 2 * MINUTE;

export type AutoscalerTag =
  | { readonly type: 'autoscaler/tainted'; readonly node: string }
  | { readonly type: 'autoscaler/status' }
  | { readonly type: 'autoscaler/done' };

const DONE: AutoscalerTag = { type: 'autoscaler/done' };

type Said = Parameters<typeof recordEvent>[3];

export function say(
  state: AutoscalerState,
  ctx: Context,
  regarding: Said['regarding'],
  reason: string,
  message: string,
  type: Said['type'] = 'Normal',
): void {
  recordEvent(state.client, state.recorder, ctx, { regarding, type, reason, message });
}

export const aboutNode = ({ metadata }: Node): Said['regarding'] => ({
  apiVersion: 'v1',
  kind: 'Node',
  name: metadata.name,
  uid: metadata.uid,
});

export const aboutPod = ({ metadata }: Pod): Said['regarding'] => ({
  apiVersion: 'v1',
  kind: 'Pod',
  namespace: metadata.namespace ?? '',
  name: metadata.name,
  uid: metadata.uid,
});

/** Puts a taint on a node, or takes it off; conditional on what was seen, so that nobody's taints are lost. */
export function setTaint(
  state: AutoscalerState,
  ctx: Context,
  node: Node,
  key: string,
  effect: Taint['effect'] | null,
  tag: AutoscalerTag = DONE,
): void {
  const others = (node.spec.taints ?? []).filter((taint) => taint.key !== key);
  const value = String(Math.floor(EPOCH_SECONDS + ctx.now / SECOND));
  const taints = effect === null ? others : [...others, { key, value, effect }];
  request(
    state.client,
    ctx,
    {
      method: 'PUT',
      path: objectPath('Node', '', node.metadata.name),
      body: { ...node, spec: { ...node.spec, taints } },
    },
    tag,
  );
}

/** Pods that are to leave a node before it goes. */
export const leaving = (state: AutoscalerState, node: string): readonly Pod[] =>
  cacheOf(state.client, 'Pod')
    .byNode(node)
    .filter((pod) => !staysBehind(pod));

const nodeNamed = (state: AutoscalerState, name: string): Node | undefined =>
  cacheOf(state.client, 'Node').get('', name);

export function beginDeletion(state: AutoscalerState, { node, pods }: Removal, group: string, ctx: Context): void {
  const { name } = node.metadata;
  state.unneeded.delete(name);
  state.deletions.set(name, { group, since: ctx.now, phase: 'tainting', isEmpty: pods.length === 0 });
  setTaint(state, ctx, node, TO_BE_DELETED, 'NoSchedule', { type: 'autoscaler/tainted', node: name });
}

/** The answer to the taint has come. Without it the node stays. */
export function tainted(state: AutoscalerState, name: string, ok: boolean, ctx: Context): void {
  const deletion = state.deletions.get(name);
  const node = nodeNamed(state, name);
  if (deletion === undefined || deletion.phase !== 'tainting') return;
  if (!ok || node === undefined) {
    state.deletions.delete(name);
    return;
  }
  say(state, ctx, aboutNode(node), 'ScaleDown', 'marked the node as toBeDeleted/unschedulable');
  deletion.phase = 'draining';
  for (const pod of leaving(state, name))
    say(state, ctx, aboutPod(pod), 'ScaleDown', 'deleting pod for node scale down');
  drain(state, name, ctx);
}

/** Evicts who is left, and goes on when nobody is; tried again with each round. */
export function drain(state: AutoscalerState, name: string, ctx: Context): void {
  const deletion = state.deletions.get(name);
  const node = nodeNamed(state, name);
  if (deletion === undefined || deletion.phase !== 'draining') return;
  const left = leaving(state, name);
  if (left.length === 0) return removeMachine(state, name, ctx);
  const stuck = left.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  if (ctx.now - deletion.since > LONGEST_EVICTION && stuck.length > 0) return giveUp(state, name, node, stuck, ctx);
  for (const { metadata, spec } of stuck) {
    const { namespace = '', name: pod } = metadata;
    request(
      state.client,
      ctx,
      {
        method: 'POST',
        path: objectPath('Pod', namespace, pod, 'eviction'),
        body: {
          apiVersion: 'policy/v1',
          kind: 'Eviction',
          metadata: { name: pod, namespace },
          deleteOptions: { gracePeriodSeconds: Math.min(600, spec.terminationGracePeriodSeconds ?? 30) },
        },
      },
      DONE,
    );
  }
}

function giveUp(
  state: AutoscalerState,
  name: string,
  node: Node | undefined,
  stuck: readonly Pod[],
  ctx: Context,
): void {
  state.deletions.delete(name);
  state.lastScaleDownFailure = ctx.now;
  for (const pod of stuck)
    say(state, ctx, aboutPod(pod), 'ScaleDownFailed', 'failed to delete pod for ScaleDown', 'Warning');
  if (node === undefined) return;
  const first = stuck[0]?.metadata;
  const why = `Failed to drain node /${name}, due to following errors: [failed to evict pod ${first?.namespace}/${first?.name} within allowed timeout]`;
  say(state, ctx, aboutNode(node), 'ScaleDownFailed', `failed to drain the node: ${why}`, 'Warning');
  setTaint(state, ctx, node, TO_BE_DELETED, null);
}

function removeMachine(state: AutoscalerState, name: string, ctx: Context): void {
  const deletion = state.deletions.get(name)!;
  const node = nodeNamed(state, name);
  deletion.phase = 'gone';
  ctx.send(
    state.args.cloud,
    cloudRequest({
      type: 'cloud/delete-machine',
      group: deletion.group,
      machine: name,
    }),
  );
  if (node === undefined) return;
  say(state, ctx, aboutNode(node), 'ScaleDown', 'node removed by cluster autoscaler');
}

/** The machine is gone: nobody else will delete its Node. */
export function forgetDeleted(state: AutoscalerState, machines: ReadonlySet<string>, ctx: Context): void {
  for (const [name, { phase }] of state.deletions) {
    if (phase !== 'gone' || machines.has(name)) continue;
    if (nodeNamed(state, name) === undefined) state.deletions.delete(name);
    else request(state.client, ctx, { method: 'DELETE', path: objectPath('Node', '', name) }, DONE);
  }
}

/** Nodes that nobody needs are taken last. @source core/scaledown/actuation/softtaint.go */
export function markCandidates(
  state: AutoscalerState,
  nodes: readonly Node[],
  isCandidate: (name: string) => boolean,
  ctx: Context,
): void {
  for (const node of nodes) {
    const { name } = node.metadata;
    if (state.deletions.has(name)) continue;
    const isMarked = node.spec.taints?.some(({ key }) => key === DELETION_CANDIDATE) === true;
    if (isMarked !== isCandidate(name))
      setTaint(state, ctx, node, DELETION_CANDIDATE, isMarked ? null : 'PreferNoSchedule');
  }
}
