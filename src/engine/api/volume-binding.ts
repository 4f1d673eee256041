/**
 * Which volume a claim may have, as the volume controller and the scheduler see it.
 *
 * @source kubernetes staging/src/k8s.io/component-helpers/storage/volume/{helpers,pv_helpers}.go
 */
import { labelPredicate } from './label-selector';
import { compareQuantities, type Quantity } from './quantity';
import type { KubeObject, PersistentVolume, PersistentVolumeClaim, StorageClass } from './types';

/** On what the volume controller bound by itself, and no user. */
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
export const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';
/** The scheduler's word on a claim that waits for its first consumer: the node for which a volume is to be made. */
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';

export const hasAnnotation = ({ metadata }: KubeObject, name: string): boolean =>
  metadata.annotations?.[name] !== undefined;

/** The class by the annotation that was before the field, else by the field; empty: none. */
export const storageClassOf = ({ metadata, spec }: PersistentVolume | PersistentVolumeClaim): string =>
  metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? '';

export const requestedStorage = ({ spec }: PersistentVolumeClaim): Quantity =>
  spec?.resources?.requests?.['storage'] ?? 0;

export const capacityOf = ({ spec }: PersistentVolume): Quantity => spec?.capacity?.['storage'] ?? 0;

const modeOf = ({ spec }: PersistentVolume | PersistentVolumeClaim): string => spec?.volumeMode ?? 'Filesystem';

export const hasOtherMode = (claim: PersistentVolumeClaim, volume: PersistentVolume): boolean =>
  modeOf(claim) !== modeOf(volume);

export const hasAccessModes = (claim: PersistentVolumeClaim, { spec }: PersistentVolume): boolean =>
  (claim.spec?.accessModes ?? []).every((mode) => spec?.accessModes?.includes(mode) === true);

/** Whether the volume is for this claim: by its name, and by its uid when it says one. */
export function isBoundTo({ spec }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  const claim = spec?.claimRef;
  if (claim === undefined || claim.name !== metadata.name || claim.namespace !== metadata.namespace) return false;
  return (claim.uid ?? '') === '' || claim.uid === metadata.uid;
}

/** Whether the class of a claim has it wait until a pod that uses it has a node. */
export const waitsForConsumer = (storageClass: StorageClass | undefined): boolean =>
  storageClass?.volumeBindingMode === 'WaitForFirstConsumer';

/**
 * One that is for the claim already, whatever its size and class beyond need; else the smallest that fits.
 *
 * @param waits - the scheduler chooses among what is free, and not the volume controller
 */
export function matchingVolume(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  waits: boolean,
): PersistentVolume | null {
  const size = requestedStorage(claim);
  const { selector, volumeAttributesClassName = '' } = claim.spec ?? {};
  const matches = labelPredicate(selector ?? {});
  let smallest: PersistentVolume | null = null;
  for (const volume of volumes) {
    const { metadata, spec, status } = volume;
    if (metadata.deletionTimestamp !== undefined || compareQuantities(capacityOf(volume), size) < 0) continue;
    if (hasOtherMode(claim, volume) || !hasAccessModes(claim, volume)) continue;
    if (isBoundTo(volume, claim)) return volume;
    if (waits || spec?.claimRef !== undefined || status?.phase !== 'Available') continue;
    if (!matches(metadata.labels) || storageClassOf(volume) !== storageClassOf(claim)) continue;
    if ((spec?.volumeAttributesClassName ?? '') !== volumeAttributesClassName) continue;
    if (smallest === null || compareQuantities(capacityOf(smallest), capacityOf(volume)) > 0) smallest = volume;
  }
  return smallest;
}
