/**
 * Taints of nodes: which there are, and how a node's list of them changes.
 *
 * @source kubernetes pkg/util/taints/taints.go, pkg/controller/util/node/controller_utils.go
 */
import { timestamp } from '#engine/api/timestamp';
import type { Node, Taint } from '#engine/api/types';
import type { Micros } from '#engine/kernel/time';
import type { PatchStep } from '#engine/client/plan';
import { mergePatch, targetOf } from './steps';

export const NOT_READY = 'node.kubernetes.io/not-ready';
export const UNREACHABLE = 'node.kubernetes.io/unreachable';
export const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

type Extras = Pick<PatchStep, 'onSuccess' | 'optional'>;

/** The same taint: key and effect, whatever its value. */
export function isTaint(taint: Taint, key: string, effect: Taint['effect']): boolean {
  return taint.key === key && taint.effect === effect;
}

export function hasTaint({ spec }: Node, key: string, effect: Taint['effect']): boolean {
  return spec.taints?.some((taint) => isTaint(taint, key, effect)) === true;
}

/**
 * Replaces taints of a node, refused when the node has changed since it was seen.
 *
 * @param add - keys and effects to put on; they are marked with the time
 * @param drop - keys and effects to take off
 */
export function taintPatch(
  node: Node,
  add: readonly Pick<Taint, 'key' | 'effect'>[],
  drop: readonly Pick<Taint, 'key' | 'effect'>[],
  now: Micros,
  extras: Extras = {},
): PatchStep {
  return mergePatch(targetOf(node), { ...guardOf(node), spec: taintsChanged(node, add, drop, now) }, extras);
}

/** The `spec` part of a merge patch: lists are replaced as a whole, and `null` takes the field away. */
export function taintsChanged(
  { spec }: Node,
  add: readonly Pick<Taint, 'key' | 'effect'>[],
  drop: readonly Pick<Taint, 'key' | 'effect'>[],
  now: Micros,
): { readonly taints: readonly Taint[] | null } {
  const replaced = [...add, ...drop];
  const kept = (spec.taints ?? []).filter((taint) => !replaced.some(({ key, effect }) => isTaint(taint, key, effect)));
  const taints = [...kept, ...add.map(({ key, effect }): Taint => ({ key, effect, timeAdded: timestamp(now) }))];
  return { taints: taints.length === 0 ? null : taints };
}

export function guardOf({ metadata }: Node): { readonly metadata: { readonly resourceVersion: string } } {
  return { metadata: { resourceVersion: metadata.resourceVersion } };
}
