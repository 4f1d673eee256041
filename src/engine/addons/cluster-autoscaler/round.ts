/**
 * One round of the autoscaler: pods that fit nowhere first; then nodes that nobody needs.
 *
 * @source kubernetes/autoscaler cluster-autoscaler/core/static_autoscaler.go (RunOnce)
 */
import { byteOrder } from '#engine/api/json';
import type { Node, Pod } from '#engine/api/types';
import { cacheOf } from '#engine/client/cache';
import type { Context } from '#engine/kernel/process';
import { type Micros, MINUTE } from '#engine/kernel/time';
import { cloudRequest, type NodeGroupState } from './cloud';
import type { AutoscalerState } from './cluster-autoscaler';
import { aboutPod, beginDeletion, drain, forgetDeleted, markCandidates, say } from './deletion';
import { findUnneeded, mayGo, type Removal } from './scale-down';
import { decideScaleUp, helplessAmong, isUnschedulable, reasonsText } from './scale-up';
import { isReady, look, type Sight } from './sight';
import { roomOf, templateOf } from './simulation';
import { aboutStatus, writeStatus } from './status';

/** @source config/flags (unremovable-node-recheck-timeout, scale-down-delay-after-failure, max-scale-down-parallelism) */
const RECHECK_AFTER: Micros = 5 * MINUTE;
const DELAY_AFTER_FAILURE: Micros = 3 * MINUTE;
const MOST_AT_ONCE = 10;

export function round(state: AutoscalerState, groups: readonly NodeGroupState[], ctx: Context): void {
  const sight = look(state, groups);
  forgetDeleted(state, new Set(groups.flatMap(({ machines }) => machines)), ctx);
  for (const [name, { phase }] of [...state.deletions]) if (phase === 'draining') drain(state, name, ctx);
  const isGrowing = scaleUp(state, sight, ctx);
  if (!isGrowing) scaleDown(state, sight, ctx);
  writeStatus(state, sight, ctx);
}

/** @returns whether a group grows */
function scaleUp(state: AutoscalerState, { groups, nodes, rooms, groupOf }: Sight, ctx: Context): boolean {
  const all = cacheOf(state.client, 'Pod').list();
  const waiting = all.filter(isUnschedulable);
  if (waiting.length === 0) return false;
  const daemons = oneOfEachDaemonSet(all);
  const templates = groups.map((group) => ({ group, template: templateOf(group, daemons) }));
  // Machines that were asked for and do not take pods yet.
  const coming = templates.flatMap(({ group, template }) => {
    const there = nodes.filter((node) => groupOf(node) === group && isReady(node)).length;
    return Array.from({ length: Math.max(0, group.target - there) }, () => template);
  });
  const helpless = helplessAmong(waiting, [...rooms, ...coming]);
  if (helpless.length === 0) return false;
  const { chosen, unhelped } = decideScaleUp(helpless, templates, state.args.expander, ctx.random('expander'));
  for (const { pod, reasons } of unhelped)
    say(state, ctx, aboutPod(pod), 'NotTriggerScaleUp', `pod didn't trigger scale-up: ${reasonsText(reasons)}`);
  if (chosen === null) return false;
  const { name, target, max } = chosen.group;
  const size = target + chosen.count;
  ctx.log(`Final scale-up plan: [{${name} ${target}->${size} (max: ${max})}]`);
  say(
    state,
    ctx,
    aboutStatus,
    'ScaledUpGroup',
    `Scale-up: setting group ${name} size to ${size} instead of ${target} (max: ${max})`,
  );
  ctx.send(state.args.cloud, cloudRequest({ type: 'cloud/set-size', group: name, size }));
  say(
    state,
    ctx,
    aboutStatus,
    'ScaledUpGroup',
    `Scale-up: group ${name} size set to ${size} instead of ${target} (max: ${max})`,
  );
  for (const pod of chosen.pods)
    say(
      state,
      ctx,
      aboutPod(pod),
      'TriggeredScaleUp',
      `pod triggered scale-up: [{${name} ${target}->${size} (max: ${max})}]`,
    );
  state.lastScaleUp = ctx.now;
  return true;
}

function oneOfEachDaemonSet(pods: readonly Pod[]): readonly Pod[] {
  const found = new Map<string, Pod>();
  for (const pod of pods) {
    const owner = pod.metadata.ownerReferences?.find(
      ({ kind, controller }) => controller === true && kind === 'DaemonSet',
    );
    if (owner === undefined || found.has(owner.uid)) continue;
    // Its affinity names the node that it was made for.
    const { affinity: _affinity, ...spec } = pod.spec;
    found.set(owner.uid, { ...pod, spec });
  }
  return [...found.values()];
}

function scaleDown(state: AutoscalerState, sight: Sight, ctx: Context): void {
  const { now } = ctx;
  const { args, unneeded, unremovableUntil } = state;
  const { nodes, groupOf, rooms } = sight;
  const pods = cacheOf(state.client, 'Pod');
  for (const [name, until] of unremovableUntil) if (until <= now) unremovableUntil.delete(name);
  const candidates = nodes
    .filter(
      (node) => mayGo(node) && !state.deletions.has(node.metadata.name) && !unremovableUntil.has(node.metadata.name),
    )
    .toSorted((a, b) => byLength(unneeded, a, b))
    .map((node) => {
      const there = pods.byNode(node.metadata.name);
      return { room: roomOf(node, there), pods: there, group: groupOf(node)!.name };
    });
  const leavingNow = [...state.deletions.values()];
  const spare = new Map(
    sight.groups.map(({ name, target, min }) => [
      name,
      target - min - leavingNow.filter(({ group, phase }) => group === name && phase !== 'gone').length,
    ]),
  );
  const budgets = cacheOf(state.client, 'PodDisruptionBudget').list();
  const { removals, kept } = findUnneeded(candidates, rooms, budgets, args.scaleDownUtilizationThreshold, spare);
  for (const [name, reason] of kept) {
    if (reason !== 'node group min size reached') unremovableUntil.set(name, now + RECHECK_AFTER);
    tellOnce(state, ctx, name, `Node ${name} cannot be removed: ${reason}`);
  }
  const names = new Set(removals.map(({ node }) => node.metadata.name));
  for (const name of unneeded.keys()) if (!names.has(name)) unneeded.delete(name);
  for (const { node, utilization } of removals) {
    const { name } = node.metadata;
    if (unneeded.has(name)) continue;
    unneeded.set(name, now);
    tellOnce(state, ctx, name, `${name} is unneeded since now, utilization ${utilization.most.toFixed(6)}`);
  }
  markCandidates(state, nodes, (name) => unneeded.has(name), ctx);
  if (isCooling(state, now)) return;
  const due = removals.filter(({ node }) => now - unneeded.get(node.metadata.name)! >= waitFor(state, node));
  remove(state, due, sight, ctx);
}

/** Those that were not needed for longest first, so that the same ones are chosen again. */
function byLength(unneeded: ReadonlyMap<string, Micros>, a: Node, b: Node): number {
  const since = ({ metadata }: Node): number => unneeded.get(metadata.name) ?? Number.MAX_SAFE_INTEGER;
  return since(a) - since(b) || byteOrder(a.metadata.name, b.metadata.name);
}

const waitFor = ({ args }: AutoscalerState, node: Node): Micros =>
  isReady(node) ? args.scaleDownUnneededTime : args.scaleDownUnreadyTime;

const isCooling = ({ lastScaleUp, lastScaleDownFailure, args }: AutoscalerState, now: Micros): boolean =>
  (lastScaleUp !== null && now - lastScaleUp < args.scaleDownDelayAfterAdd) ||
  (lastScaleDownFailure !== null && now - lastScaleDownFailure < DELAY_AFTER_FAILURE);

/** All that are empty at once; of those with pods one after the other. */
function remove(state: AutoscalerState, due: readonly Removal[], { groupOf }: Sight, ctx: Context): void {
  const empty = due.filter(({ pods }) => pods.length === 0).slice(0, MOST_AT_ONCE);
  for (const removal of empty) {
    const { name } = removal.node.metadata;
    say(
      state,
      ctx,
      aboutStatus,
      'ScaleDownEmpty',
      `Scale-down: removing empty node "${name}", utilization: ${usageText(removal)}`,
    );
    beginDeletion(state, removal, groupOf(removal.node)!.name, ctx);
  }
  const isDraining = [...state.deletions.values()].some(({ isEmpty, phase }) => !isEmpty && phase !== 'gone');
  const [next] = due.filter(({ pods }) => pods.length > 0);
  if (next === undefined || isDraining || empty.length > 0) return;
  const names = next.pods.map(({ metadata }) => metadata.name).join(',');
  say(
    state,
    ctx,
    aboutStatus,
    'ScaleDown',
    `Scale-down: removing node ${next.node.metadata.name}, utilization: ${usageText(next)}, pods to reschedule: ${names}`,
  );
  beginDeletion(state, next, groupOf(next.node)!.name, ctx);
}

/** As Go prints its utilization.Info. */
function usageText({ utilization: { cpu, memory, most } }: Removal): string {
  return `{${cpu} ${memory} 0 0 ${cpu >= memory ? 'cpu' : 'memory'} ${most}}`;
}

function tellOnce(state: AutoscalerState, ctx: Context, about: string, line: string): void {
  if (state.said.get(about) === line) return;
  state.said.set(about, line);
  ctx.log(line);
}
