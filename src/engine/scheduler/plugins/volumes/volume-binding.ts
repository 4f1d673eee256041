/**
 * A pod goes where its volumes are, or can be made.
 *
 * @source kubernetes pkg/scheduler/framework/plugins/volumebinding/{volume_binding,binder}.go
 */
import { objectPath } from '#engine/client/paths';
import type { View } from '#engine/client/plan';
import { keyOf } from '#engine/api/meta';
import { matchesSelector } from '#engine/api/label-selector';
import { compareQuantities } from '#engine/api/quantity';
import type { KubeObject, Node, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '#engine/api/types';
import { SELECTED_NODE, requestedStorage } from '#engine/api/volume-binding';
import type { VolumeReservation } from '../../cache';
import type { BindRequest, Cycle } from '../../plugin';
import { type Status, unresolvable } from '../../status';
import {
  NO_PROVISIONER,
  claimNamed,
  claimsNamedBy,
  classOf,
  isFullyBound,
  isReachable,
  isReservedFor,
  matchingVolume,
  requestedBy,
} from './claims';
import type { VolumeChecks } from './types';

const NAME = 'VolumeBinding';
const UNBOUND = unresolvable(NAME, 'pod has unbound immediate PersistentVolumeClaims');
const FAR_AWAY = "node(s) didn't match PersistentVolume's node affinity";
const NOT_FOUND = "node(s) didn't find available persistent volumes to bind";
const NO_SPACE = 'node(s) did not have enough free storage';
const GONE = 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)';

interface Claims {
  readonly bound: readonly PersistentVolumeClaim[];
  /** To be bound when the pod has a node. */
  readonly delayed: readonly PersistentVolumeClaim[];
}

interface Plan {
  readonly bindings: readonly { readonly volume: PersistentVolume; readonly claim: PersistentVolumeClaim }[];
  readonly provisions: readonly PersistentVolumeClaim[];
}

export const volumeBinding: VolumeChecks['VolumeBinding'] = {
  check(cycle) {
    const claims = claimsOf(cycle.pod.pod, cycle.view);
    if (claims === null || 'code' in claims) return claims;
    const promised = promisedTo(cycle);
    return { check: ({ node }) => refusal(claims, cycle.view, node!, promised) };
  },

  reserve(cycle, nodeName) {
    const plan = planOn(cycle, nodeName);
    if (plan === null || plan.bindings.length + plan.provisions.length === 0) return;
    cycle.cache.volumeReservations.set(
      cycle.pod.uid,
      Object.freeze({
        node: nodeName,
        provisions: plan.provisions.map((claim) => ({ claim: keyOf(claim), version: versionOf(claim) })),
        bindings: plan.bindings.map(({ volume, claim }) => ({
          claim: keyOf(claim),
          volume: volume.metadata.name,
          version: versionOf(volume),
        })),
      }),
    );
  },

  preBind(cycle, nodeName): readonly BindRequest[] {
    const plan = planOn(cycle, nodeName);
    if (plan === null) return [];
    return [
      ...plan.bindings
        .filter(({ volume, claim }) => !isReservedFor(volume, claim))
        .map(({ volume, claim }) => reservation(volume, claim)),
      ...plan.provisions
        .filter(({ metadata }) => metadata.annotations?.[SELECTED_NODE] !== nodeName)
        .map((claim) => selection(claim, nodeName)),
    ];
  },

  isPrepared({ view, cache, pod: { uid } }, nodeName) {
    const reserved = cache.volumeReservations.get(uid);
    if (reserved === undefined) return true;
    const node = cache.nodes.get(nodeName)?.node ?? null;
    const outcome = node === null ? `node "${nodeName}" not found` : progressOf(reserved, view, node);
    return typeof outcome === 'string' ? `binding volumes: ${outcome}` : outcome;
  },
};

/** Whether all that was asked for has come about. What the scheduler has not seen changed since it wrote says nothing. */
function progressOf(
  { provisions, bindings, node: nodeName }: VolumeReservation,
  view: View,
  node: Node,
): boolean | string {
  let areAllBound = true;
  for (const { claim: key, volume: name, version } of bindings) {
    const volume = view.get('PersistentVolume', '', name);
    if (volume === undefined) return `failed to check binding: persistentvolume "${name}" not found`;
    if (versionOf(volume) === version && volume.spec?.claimRef === undefined) areAllBound = false;
    else if (!isReachable(volume, node)) return misplaced(volume, nodeName);
    else if ((volume.spec?.claimRef?.uid ?? '') === '') return `ClaimRef got reset for pv "${name}"`;
    else if (!isBoundIn(view, key)) areAllBound = false;
  }
  for (const { claim: key, version } of provisions) {
    const claim = claimBy(view, key);
    if (claim === undefined) return `failed to check provisioning: persistentvolumeclaim "${nameOf(key)}" not found`;
    const { annotations } = claim.metadata;
    if (annotations?.[SELECTED_NODE] !== nodeName) {
      if (versionOf(claim) !== version) {
        return annotations === undefined
          ? `selectedNode annotation reset for PVC "${nameOf(key)}"`
          : `provisioning failed for PVC "${nameOf(key)}"`;
      }
      areAllBound = false;
      continue;
    }
    const volume = view.get('PersistentVolume', '', claim.spec?.volumeName ?? '');
    if (volume !== undefined && !isReachable(volume, node)) return misplaced(volume, nodeName);
    if (volume === undefined || !isFullyBound(claim)) areAllBound = false;
  }
  return areAllBound;
}

const versionOf = ({ metadata }: KubeObject): string => metadata.resourceVersion ?? '';
const nameOf = (key: string): string => key.slice(key.indexOf('/') + 1);
const claimBy = (view: View, key: string): PersistentVolumeClaim | undefined =>
  view.get('PersistentVolumeClaim', key.slice(0, key.indexOf('/')), nameOf(key));

function isBoundIn(view: View, key: string): boolean {
  const claim = claimBy(view, key);
  return claim !== undefined && isFullyBound(claim);
}

const misplaced = ({ metadata }: PersistentVolume, node: string): string =>
  `pv "${metadata.name}" node affinity doesn't match node "${node}": no matching NodeSelectorTerms`;

/** What other pods, on their way to their nodes, have laid their hands on. */
interface Promised {
  /** Claims by name of the volume. */
  readonly volumes: ReadonlyMap<string, string>;
  /** Nodes by claim. */
  readonly nodes: ReadonlyMap<string, string>;
}

function promisedTo({ cache, pod }: Cycle): Promised {
  const volumes = new Map<string, string>();
  const nodes = new Map<string, string>();
  for (const [uid, { node, provisions, bindings }] of cache.volumeReservations) {
    if (uid === pod.uid) continue;
    for (const { volume, claim } of bindings) volumes.set(volume, claim);
    for (const { claim } of provisions) nodes.set(claim, node);
  }
  return { volumes, nodes };
}

function planOn(cycle: Cycle, nodeName: string): Plan | null {
  const claims = claimsOf(cycle.pod.pod, cycle.view);
  const node = cycle.cache.nodes.get(nodeName)?.node ?? null;
  if (claims === null || 'code' in claims || node === null) return null;
  const plan = planFor(claims.delayed, cycle.view, node, promisedTo(cycle));
  return typeof plan === 'string' ? null : plan;
}

/** null: the pod has none. */
function claimsOf(pod: Pod, view: View): Claims | Status | null {
  const named = claimsNamedBy(pod);
  if (named.length === 0) return null;
  const bound: PersistentVolumeClaim[] = [];
  const delayed: PersistentVolumeClaim[] = [];
  let isWaiting = false;
  for (const { name, isEphemeral } of named) {
    const claim = claimNamed(view, pod, name);
    const problem = problemOf(pod, name, claim, isEphemeral);
    if (problem !== null) return unresolvable(NAME, problem);
    if (isFullyBound(claim!)) bound.push(claim!);
    else if (classOf(view, claim!)?.volumeBindingMode === 'WaitForFirstConsumer' && !claim!.spec?.volumeName) {
      delayed.push(claim!);
    } else isWaiting = true;
  }
  return isWaiting ? UNBOUND : { bound, delayed };
}

function problemOf(
  { metadata: { namespace = '', name: podName, uid } }: Pod,
  name: string,
  claim: PersistentVolumeClaim | undefined,
  isEphemeral: boolean,
): string | null {
  if (claim === undefined) {
    return isEphemeral
      ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`
      : `persistentvolumeclaim "${name}" not found`;
  }
  if (claim.status?.phase === 'Lost') {
    return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec?.volumeName ?? ''}"`;
  }
  if (claim.metadata.deletionTimestamp !== undefined) return `persistentvolumeclaim "${name}" is being deleted`;
  const isOwned = claim.metadata.ownerReferences?.some((owner) => owner.controller === true && owner.uid === uid);
  return isEphemeral && isOwned !== true
    ? `PVC ${namespace}/${name} was not created for pod ${namespace}/${podName} (pod is not owner)`
    : null;
}

function refusal({ bound, delayed }: Claims, view: View, node: Node, promised: Promised): Status | null {
  const reasons: string[] = [];
  const volumes = bound.map(({ spec }) => view.get('PersistentVolume', '', spec?.volumeName ?? ''));
  const first = volumes.find((volume) => volume === undefined || !isReachable(volume, node));
  const isGone = first === undefined && volumes.includes(undefined);
  if (first !== undefined) reasons.push(FAR_AWAY);
  const plan = planFor(delayed, view, node, promised);
  if (typeof plan === 'string') reasons.push(plan);
  if (isGone) reasons.push(GONE);
  return reasons.length === 0 ? null : unresolvable(NAME, ...reasons);
}

/** What would have to be bound and made for the claims on a node; a text: why it cannot be. */
function planFor(
  claims: readonly PersistentVolumeClaim[],
  view: View,
  node: Node,
  promised: Promised,
): Plan | typeof NOT_FOUND | typeof NO_SPACE {
  const provisions: PersistentVolumeClaim[] = [];
  const toMatch: PersistentVolumeClaim[] = [];
  for (const claim of claims) {
    const selected = promised.nodes.get(keyOf(claim)) ?? claim.metadata.annotations?.[SELECTED_NODE];
    if (selected !== undefined && selected !== node.metadata.name) return NOT_FOUND;
    (selected === undefined ? toMatch : provisions).push(claim);
  }
  const taken = new Set<string>();
  const bindings: Plan['bindings'][number][] = [];
  const volumes = toMatch.length === 0 ? [] : view.list('PersistentVolume');
  for (const claim of toMatch.toSorted((a, b) => requestedBy(a) - requestedBy(b))) {
    const key = keyOf(claim);
    const mayHave = ({ metadata }: PersistentVolume): boolean => (promised.volumes.get(metadata.name) ?? key) === key;
    const volume = matchingVolume(claim, promised.volumes.size === 0 ? volumes : volumes.filter(mayHave), node, taken);
    if (volume === null) {
      provisions.push(claim);
      continue;
    }
    taken.add(volume.metadata.name);
    bindings.push({ volume, claim });
  }
  if (!provisions.every((claim) => canProvision(classOf(view, claim), node))) return NOT_FOUND;
  return provisions.every((claim) => hasCapacity(claim, view, node)) ? { bindings, provisions } : NO_SPACE;
}

function canProvision(storageClass: StorageClass | undefined, node: Node): boolean {
  if (storageClass === undefined) return false;
  const { provisioner, allowedTopologies = [] } = storageClass;
  if (provisioner === '' || provisioner === NO_PROVISIONER) return false;
  if (allowedTopologies.length === 0) return true;
  return allowedTopologies.some(
    ({ matchLabelExpressions = [] }) =>
      matchLabelExpressions.length > 0 &&
      matchLabelExpressions.every(({ key, values }) => values.includes(node.metadata.labels?.[key] ?? '')),
  );
}

/** Where a driver tells what it has room for, there must be room that the node can reach. */
function hasCapacity(claim: PersistentVolumeClaim, view: View, { metadata }: Node): boolean {
  const storageClass = classOf(view, claim);
  const driver = view.get('CSIDriver', '', storageClass?.provisioner ?? '');
  if (driver?.spec?.storageCapacity !== true) return true;
  const wanted = requestedStorage(claim);
  return view
    .list('CSIStorageCapacity')
    .some(
      ({ storageClassName, nodeTopology, maximumVolumeSize, capacity }) =>
        storageClassName === storageClass?.metadata.name &&
        nodeTopology !== undefined &&
        compareQuantities(maximumVolumeSize ?? capacity ?? 0, wanted) >= 0 &&
        matchesSelector(nodeTopology, metadata.labels),
    );
}

/** The volume is kept for the claim; binding the two is the controller's. */
function reservation(volume: PersistentVolume, { metadata }: PersistentVolumeClaim): BindRequest {
  const { name, namespace = '', uid, resourceVersion } = metadata;
  const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid, resourceVersion };
  const annotations = { ...volume.metadata.annotations, 'pv.kubernetes.io/bound-by-controller': 'yes' };
  return {
    method: 'PUT',
    path: objectPath('PersistentVolume', '', volume.metadata.name),
    body: { ...volume, metadata: { ...volume.metadata, annotations }, spec: { ...volume.spec, claimRef } },
  };
}

/** The provisioner is told the node. */
function selection(claim: PersistentVolumeClaim, nodeName: string): BindRequest {
  const annotations = { ...claim.metadata.annotations, [SELECTED_NODE]: nodeName };
  return {
    method: 'PUT',
    path: objectPath('PersistentVolumeClaim', claim.metadata.namespace ?? '', claim.metadata.name),
    body: { ...claim, metadata: { ...claim.metadata, annotations } },
  };
}
