/**
 * A pod goes where its volumes are, or can be made.
 *
 * @source kubernetes pkg/scheduler/framework/plugins/volumebinding/{volume_binding,binder}.go
 */
import { objectPath } from '#engine/client/paths';
import type { View } from '#engine/client/plan';
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '#engine/api/types';
import type { BindRequest, Cycle } from '../../plugin';
import { type Status, unresolvable } from '../../status';
import {
  NO_PROVISIONER,
  claimNamed,
  claimsNamedBy,
  classOf,
  isFullyBound,
  isReachable,
  matchingVolume,
  requestedBy,
} from './claims';
import type { VolumeChecks } from './types';

const NAME = 'VolumeBinding';
const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
const UNBOUND = unresolvable(NAME, 'pod has unbound immediate PersistentVolumeClaims');
const FAR_AWAY = "node(s) didn't match PersistentVolume's node affinity";
const NOT_FOUND = "node(s) didn't find available persistent volumes to bind";
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
  check({ view, pod: { pod } }) {
    const claims = claimsOf(pod, view);
    if (claims === null || 'code' in claims) return claims;
    return { check: ({ node }) => refusal(claims, view, node!) };
  },

  preBind({ view, cache, pod: { pod } }: Cycle, nodeName: string): readonly BindRequest[] {
    const claims = claimsOf(pod, view);
    const node = cache.nodes.get(nodeName)?.node ?? null;
    if (claims === null || 'code' in claims || node === null) return [];
    const plan = planFor(claims.delayed, view, node);
    if (plan === null) return [];
    return [
      ...plan.bindings.map(({ volume, claim }) => reservation(volume, claim)),
      ...plan.provisions.map((claim) => selection(claim, nodeName)),
    ];
  },
};

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

function refusal({ bound, delayed }: Claims, view: View, node: Node): Status | null {
  const reasons: string[] = [];
  const volumes = bound.map(({ spec }) => view.get('PersistentVolume', '', spec?.volumeName ?? ''));
  const first = volumes.find((volume) => volume === undefined || !isReachable(volume, node));
  const isGone = first === undefined && volumes.includes(undefined);
  if (first !== undefined) reasons.push(FAR_AWAY);
  if (planFor(delayed, view, node) === null) reasons.push(NOT_FOUND);
  if (isGone) reasons.push(GONE);
  return reasons.length === 0 ? null : unresolvable(NAME, ...reasons);
}

/** What would have to be bound and made for the claims on a node; null: it cannot be done. */
function planFor(claims: readonly PersistentVolumeClaim[], view: View, node: Node): Plan | null {
  const provisions: PersistentVolumeClaim[] = [];
  const toMatch: PersistentVolumeClaim[] = [];
  for (const claim of claims) {
    const selected = claim.metadata.annotations?.[SELECTED_NODE];
    if (selected !== undefined && selected !== node.metadata.name) return null;
    (selected === undefined ? toMatch : provisions).push(claim);
  }
  const taken = new Set<string>();
  const bindings: Plan['bindings'][number][] = [];
  const volumes = toMatch.length === 0 ? [] : view.list('PersistentVolume');
  for (const claim of toMatch.toSorted((a, b) => requestedBy(a) - requestedBy(b))) {
    const volume = matchingVolume(claim, volumes, node, taken);
    if (volume === null) {
      provisions.push(claim);
      continue;
    }
    taken.add(volume.metadata.name);
    bindings.push({ volume, claim });
  }
  return provisions.every((claim) => canProvision(classOf(view, claim), node)) ? { bindings, provisions } : null;
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
