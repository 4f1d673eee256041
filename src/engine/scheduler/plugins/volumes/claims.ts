/** The claims that a pod's volumes name, and the volumes that meet them. */
import { matchesTerm } from '#engine/api/node-selector';
import { matchesSelector } from '#engine/api/label-selector';
import { milliValue } from '#engine/api/quantity';
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '#engine/api/types';
import { BIND_COMPLETED, storageClassOf } from '#engine/api/volume-binding';
import type { View } from '#engine/client/plan';

export const NO_PROVISIONER = 'kubernetes.io/no-provisioner';

export interface NamedClaim {
  readonly name: string;
  readonly isEphemeral: boolean;
}

/** @source kubernetes component-helpers/storage/ephemeral/ephemeral.go (VolumeClaimName) */
export const claimsNamedBy = ({ metadata, spec }: Pod): readonly NamedClaim[] =>
  (spec.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }): NamedClaim[] =>
    persistentVolumeClaim !== undefined
      ? [{ name: persistentVolumeClaim.claimName, isEphemeral: false }]
      : ephemeral !== undefined
        ? [{ name: `${metadata.name}-${name}`, isEphemeral: true }]
        : [],
  );

export const claimNamed = (view: View, pod: Pod, name: string): PersistentVolumeClaim | undefined =>
  view.get('PersistentVolumeClaim', pod.metadata.namespace ?? '', name);

export const classOf = (view: View, claim: PersistentVolumeClaim): StorageClass | undefined =>
  view.get('StorageClass', '', storageClassOf(claim));

export const isFullyBound = ({ metadata, spec }: PersistentVolumeClaim): boolean =>
  (spec?.volumeName ?? '') !== '' && metadata.annotations?.[BIND_COMPLETED] !== undefined;

/** Whether the node of the volume lets pods on this node have it. */
export function isReachable({ spec }: PersistentVolume, node: Node): boolean {
  const terms = spec?.nodeAffinity?.required?.nodeSelectorTerms;
  return terms === undefined || terms.some((term) => matchesTerm(term, node));
}

type Quantities = NonNullable<NonNullable<PersistentVolume['spec']>['capacity']>;
const storageOf = (quantities: Quantities | undefined): number => milliValue(quantities?.['storage']);

/** What a claim asks for, comparable. */
export const requestedBy = ({ spec }: PersistentVolumeClaim): number => storageOf(spec?.resources?.requests);

/** Whether a volume is reserved for this claim. */
export function isReservedFor({ spec }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  const ref = spec?.claimRef;
  return ref?.name === metadata.name && ref.namespace === metadata.namespace && (!ref.uid || ref.uid === metadata.uid);
}

/**
 * The smallest volume on a node that a claim can have; one that is reserved for it goes before.
 *
 * @source kubernetes staging/src/k8s.io/component-helpers/storage/volume/pv_helpers.go (FindMatchingVolume)
 */
export function matchingVolume(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  node: Node,
  taken: ReadonlySet<string>,
): PersistentVolume | null {
  let smallest: PersistentVolume | null = null;
  for (const volume of volumes) {
    const isReserved = isReservedFor(volume, claim);
    if (!isCandidate(volume, claim, isReserved) || taken.has(volume.metadata.name)) continue;
    const isNear = isReachable(volume, node);
    if (isReserved) return isNear ? volume : null;
    if (!isNear || !isFree(volume, claim)) continue;
    if (smallest === null || storageOf(capacityOf(volume)) < storageOf(capacityOf(smallest))) smallest = volume;
  }
  return smallest;
}

const capacityOf = ({ spec }: PersistentVolume): Quantities | undefined => spec?.capacity;

function isCandidate(volume: PersistentVolume, claim: PersistentVolumeClaim, isReserved: boolean): boolean {
  return (
    (volume.spec?.claimRef === undefined || isReserved) &&
    storageOf(capacityOf(volume)) >= requestedBy(claim) &&
    (volume.spec?.volumeMode ?? 'Filesystem') === (claim.spec?.volumeMode ?? 'Filesystem') &&
    (volume.spec?.volumeAttributesClassName ?? '') === (claim.spec?.volumeAttributesClassName ?? '') &&
    volume.metadata.deletionTimestamp === undefined
  );
}

function isFree(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const modes = volume.spec?.accessModes ?? [];
  const selector = claim.spec?.selector;
  return (
    volume.status?.phase === 'Available' &&
    (selector === undefined || matchesSelector(selector, volume.metadata.labels)) &&
    storageClassOf(volume) === storageClassOf(claim) &&
    (claim.spec?.accessModes ?? []).every((mode) => modes.includes(mode))
  );
}
