/**
 * What the scheduler believes of the cluster: nodes with what is taken on them, by pods that are bound and by pods that
 * it has assumed to be bound while the API server has not said so yet. One scheduling cycle runs without
 * interruption, so that it may read the cache itself where upstream needs a snapshot.
 *
 * @source kubernetes pkg/scheduler/backend/cache/cache.go
 */
import { isSameAmounts } from '#engine/api/pod-resources';
import type { Node } from '#engine/api/types';
import type { Micros } from '#engine/kernel/time';
import { type NodeInfo, addPodTo, imageNamesOf, newNodeInfo, removePodFrom, setNode, unsetNode } from './node-info';
import { type NodeTree, addToTree, newNodeTree, orderOf, removeFromTree, zoneKey } from './node-tree';
import { type PodInfo, assumedOn } from './pod-info';
import { countPod, recountNode, recountPod } from './topology-counts';

/** Immutable; replaced as a whole. */
export interface CachedPod {
  readonly info: PodInfo;
  readonly assumed: boolean;
  /** When an assumed pod whose binding has finished is given up without confirmation; null: never. */
  readonly deadline: Micros | null;
}

/** An image that nodes of the cluster hold. Immutable. */
export interface ImageState {
  /** Bytes, as the first node told it. */
  readonly size: number;
  readonly nodes: number;
}

/** What a pod on its way to a node waits for. Immutable. Versions are those before the scheduler wrote. */
export interface VolumeReservation {
  readonly node: string;
  /** Claims for which a volume is to be made on that node: `namespace/name`. */
  readonly provisions: readonly { readonly claim: string; readonly version: string }[];
  readonly bindings: readonly { readonly claim: string; readonly volume: string; readonly version: string }[];
}

export interface SchedulerCache {
  readonly nodes: Map<string, NodeInfo>;
  readonly tree: NodeTree;
  /** Of the next node. */
  nextSlot: number;
  /** Known nodes in the order in which they are looked at; null: to be made anew. */
  order: NodeInfo[] | null;
  /** Pods on nodes by uid. */
  readonly pods: Map<string, CachedPod>;
  readonly images: Map<string, ImageState>;
  /** By uid of the pod. */
  readonly volumeReservations: Map<string, VolumeReservation>;
  /** How many nodes have a taint that keeps pods away, are cordoned, or have a taint that only deters. */
  hardTainted: number;
  unschedulable: number;
  softTainted: number;
}

/** Told of every change of a node's amounts, pods or taints, if anybody wants to know; `late-scheduler.ts` fills it. */
export const nodeWatch: { changed: ((cache: SchedulerCache, node: NodeInfo) => void) | null } = { changed: null };

export const newCache = (): SchedulerCache => ({
  nodes: new Map(),
  tree: newNodeTree(),
  nextSlot: 0,
  order: null,
  pods: new Map(),
  images: new Map(),
  volumeReservations: new Map(),
  hardTainted: 0,
  unschedulable: 0,
  softTainted: 0,
});

/** Known nodes, one of each zone in turn. */
export function nodeOrder(cache: SchedulerCache): readonly NodeInfo[] {
  if (cache.order === null) {
    cache.order = [];
    for (const name of orderOf(cache.tree)) {
      const info = cache.nodes.get(name);
      if (info !== undefined && info.node !== null) cache.order.push(info);
    }
  }
  return cache.order;
}

/** A node that exists, by name. */
export function knownNode(cache: SchedulerCache, name: string): NodeInfo | null {
  const info = cache.nodes.get(name);
  return info === undefined || info.node === null ? null : info;
}

/** Adds a node, or takes over its new state. */
export function putNode(cache: SchedulerCache, node: Node): NodeInfo {
  const info = nodeNamed(cache, node.metadata.name);
  const old = info.node;
  if (old === null || zoneKey(old) !== zoneKey(node)) {
    if (old !== null) removeFromTree(cache.tree, old);
    addToTree(cache.tree, node);
    cache.order = null;
  }
  countFlags(cache, info, -1);
  setNode(info, node);
  countFlags(cache, info, 1);
  countImages(cache, old, node);
  recountNode(cache, info, old, node);
  nodeWatch.changed?.(cache, info);
  return info;
}

/** Takes a node out. While pods are still known on it, it goes on being counted, but is no place to put pods. */
export function removeNode(cache: SchedulerCache, name: string): void {
  const info = cache.nodes.get(name);
  if (info === undefined || info.node === null) return;
  countFlags(cache, info, -1);
  countImages(cache, info.node, null);
  recountNode(cache, info, info.node, null);
  removeFromTree(cache.tree, info.node);
  cache.order = null;
  unsetNode(info);
  nodeWatch.changed?.(cache, info);
  if (info.pods.length === 0) cache.nodes.delete(name);
}

/** A pod is bound: the API server says so. Confirms it if it was assumed, and corrects the node if it was another. */
export function putPod(cache: SchedulerCache, info: PodInfo): void {
  const known = cache.pods.get(info.uid);
  if (known !== undefined) {
    // Confirmed as assumed: the amounts stand already, and only the object is newer.
    if (known.info.nodeName === info.nodeName && isSameLoad(known.info, info)) {
      replaceIn(cache, known.info, info);
      cache.pods.set(info.uid, bound(info));
      return;
    }
    detach(cache, known.info);
  }
  attach(cache, info);
  cache.pods.set(info.uid, bound(info));
}

/** A bound pod is gone, or has finished. @returns what was known of it */
export function removePod(cache: SchedulerCache, uid: string): PodInfo | null {
  const known = cache.pods.get(uid);
  if (known === undefined) return null;
  detach(cache, known.info);
  cache.pods.delete(uid);
  return known.info;
}

/** Counts a pod on a node before it is bound there. */
export function assumePod(cache: SchedulerCache, info: PodInfo, nodeName: string): PodInfo {
  const assumed = assumedOn(info, nodeName);
  attach(cache, assumed);
  cache.pods.set(info.uid, Object.freeze({ info: assumed, assumed: true, deadline: null }));
  return assumed;
}

export const isAssumed = (cache: SchedulerCache, uid: string): boolean => cache.pods.get(uid)?.assumed === true;

/** The binding of an assumed pod is done. Without confirmation it is given up at `deadline`; null: never, as upstream. */
export function finishBinding(cache: SchedulerCache, uid: string, deadline: Micros | null): void {
  const known = cache.pods.get(uid);
  if (known?.assumed === true) cache.pods.set(uid, Object.freeze({ ...known, deadline }));
}

/** The binding failed: the pod is on no node. @returns whether it was assumed */
export function forgetPod(cache: SchedulerCache, uid: string): boolean {
  if (!isAssumed(cache, uid)) return false;
  removePod(cache, uid);
  return true;
}

/** Gives up assumed pods whose deadline has passed. @returns those given up */
export function expireAssumed(cache: SchedulerCache, now: Micros): readonly PodInfo[] {
  const expired: PodInfo[] = [];
  for (const { info, assumed, deadline } of cache.pods.values()) {
    if (assumed && deadline !== null && deadline <= now) expired.push(info);
  }
  for (const info of expired) removePod(cache, info.uid);
  return expired;
}

/** By value: a restored run holds equal amounts in other objects. */
const isSameLoad = (a: PodInfo, b: PodInfo): boolean =>
  a.scoringMilliCpu === b.scoringMilliCpu &&
  a.scoringMemory === b.scoringMemory &&
  isSameAmounts(a.requests, b.requests);

const bound = (info: PodInfo): CachedPod => Object.freeze({ info, assumed: false, deadline: null });

function nodeNamed(cache: SchedulerCache, name: string): NodeInfo {
  let info = cache.nodes.get(name);
  if (info === undefined) cache.nodes.set(name, (info = newNodeInfo(name, cache.nextSlot++)));
  return info;
}

function replaceIn(cache: SchedulerCache, old: PodInfo, info: PodInfo): void {
  const node = cache.nodes.get(info.nodeName);
  const at = node?.pods.lastIndexOf(old) ?? -1;
  if (node === undefined || at < 0) return;
  node.pods[at] = info;
  recountPod(cache, old, info, node);
  nodeWatch.changed?.(cache, node);
}

function attach(cache: SchedulerCache, info: PodInfo): void {
  const node = nodeNamed(cache, info.nodeName);
  addPodTo(node, info);
  nodeWatch.changed?.(cache, node);
  countPod(cache, info, node, 1);
}

function detach(cache: SchedulerCache, info: PodInfo): void {
  const node = cache.nodes.get(info.nodeName);
  if (node === undefined) return;
  removePodFrom(node, info.uid);
  nodeWatch.changed?.(cache, node);
  countPod(cache, info, node, -1);
  if (node.node === null && node.pods.length === 0) cache.nodes.delete(node.name);
}

function countFlags(cache: SchedulerCache, info: NodeInfo, by: 1 | -1): void {
  if (info.hardTaints.length > 0) cache.hardTainted += by;
  if (info.softTaints.length > 0) cache.softTainted += by;
  if (info.unschedulable) cache.unschedulable += by;
}

/** Only differences count, so that a node's many status updates leave the images as they are. */
function countImages(cache: SchedulerCache, old: Node | null, now: Node | null): void {
  const before = old === null ? NO_NAMES : imageNamesOf(old);
  const after = now === null ? NO_NAMES : imageNamesOf(now);
  if (before === after) return;
  for (const name of before) {
    const known = cache.images.get(name);
    if (known === undefined || after.has(name)) continue;
    if (known.nodes <= 1) cache.images.delete(name);
    else cache.images.set(name, Object.freeze({ size: known.size, nodes: known.nodes - 1 }));
  }
  for (const image of now?.status.images ?? []) {
    for (const name of image.names ?? []) {
      if (before.has(name)) continue;
      const known = cache.images.get(name);
      cache.images.set(
        name,
        Object.freeze({ size: known?.size ?? image.sizeBytes ?? 0, nodes: (known?.nodes ?? 0) + 1 }),
      );
    }
  }
}

const NO_NAMES: ReadonlySet<string> = new Set();
