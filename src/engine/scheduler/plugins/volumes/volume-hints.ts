/**
 * Whether a change of storage, or a pod that goes, may help a pod that its volumes kept from being scheduled.
 *
 * @source kubernetes pkg/scheduler/framework/plugins/{volumerestrictions,nodevolumelimits,volumebinding,volumezone} (isSchedulableAfter…)
 */
import { semanticEqual } from '#engine/api/json';
import { compareQuantities } from '#engine/api/quantity';
import type { CSIDriver, CSINode, CSIStorageCapacity, PersistentVolume, Pod, StorageClass } from '#engine/api/types';
import type { EventResource } from '../../events';
import type { PodInfo } from '../../pod-info';
import type { EventObject, EventObjects } from '../../registered-event';
import { claimsNamedBy } from './claims';
import type { VolumeChecks } from './types';
import { TOPOLOGY_LABELS, hasConflict } from './volume-limits';

type Hint = (pod: Pod, objects: EventObjects) => boolean;

const as = <Kind>(object: EventObject | undefined): Kind | undefined => object as Kind | undefined;

/** The pod names the claim that has come or changed. */
const isOwnClaim: Hint = (pod, { now }) =>
  now?.metadata.namespace === pod.metadata.namespace &&
  claimsNamedBy(pod).some(({ name }) => name === now?.metadata.name);

const mayFreeDisk: Hint = (pod, { old }) => {
  const gone = as<Pod>(old);
  if (gone === undefined) return false;
  if (hasConflict(pod, gone)) return true;
  const claims = new Set(claimsNamedBy(pod).map(({ name }) => name));
  return gone.metadata.namespace === pod.metadata.namespace && claimsNamedBy(gone).some(({ name }) => claims.has(name));
};

const hadClaims: Hint = (_pod, { old }) => old !== undefined && claimsNamedBy(as<Pod>(old)!).length > 0;

/** A driver may attach more than before. */
const isLimitHigher: Hint = (_pod, { old, now }) => {
  const before = as<CSINode>(old)?.spec?.drivers;
  if (before === undefined) return true;
  return (as<CSINode>(now)?.spec?.drivers ?? []).some(({ name, allocatable }) => {
    const was = before.find((driver) => driver.name === name)?.allocatable?.count;
    return allocatable?.count !== undefined && was !== undefined && allocatable.count > was;
  });
};

const haveTopologiesChanged: Hint = (_pod, { old, now }) =>
  old === undefined ||
  !semanticEqual(as<StorageClass>(old)?.allowedTopologies, as<StorageClass>(now)?.allowedTopologies);

/** Capacity is no longer looked at. */
const isFreeOfCapacity: Hint = (_pod, { old, now }) =>
  as<CSIDriver>(old)?.spec?.storageCapacity === true && as<CSIDriver>(now)?.spec?.storageCapacity !== true;

const isCapacityGreater: Hint = (_pod, { old, now }) => {
  const before = as<CSIStorageCapacity>(old);
  const after = as<CSIStorageCapacity>(now);
  if (before === undefined || after === undefined) return true;
  const sizeOf = ({ maximumVolumeSize, capacity }: CSIStorageCapacity): string | number =>
    maximumVolumeSize ?? capacity ?? 0;
  return compareQuantities(sizeOf(after), sizeOf(before)) > 0;
};

const waitsForConsumer: Hint = (_pod, { now }) => as<StorageClass>(now)?.volumeBindingMode === 'WaitForFirstConsumer';

/** It lies elsewhere than was said. */
const hasVolumeMoved: Hint = (_pod, { old, now }) =>
  old === undefined ||
  TOPOLOGY_LABELS.some(
    (key) => as<PersistentVolume>(old)?.metadata.labels?.[key] !== as<PersistentVolume>(now)?.metadata.labels?.[key],
  );

const HINTS: Readonly<Record<keyof VolumeChecks, Readonly<Partial<Record<EventResource, Hint>>>>> = {
  VolumeRestrictions: { AssignedPod: mayFreeDisk, PersistentVolumeClaim: isOwnClaim },
  NodeVolumeLimits: { AssignedPod: hadClaims, PersistentVolumeClaim: isOwnClaim, CSINode: isLimitHigher },
  VolumeBinding: {
    PersistentVolumeClaim: isOwnClaim,
    StorageClass: haveTopologiesChanged,
    CSIDriver: isFreeOfCapacity,
    CSIStorageCapacity: isCapacityGreater,
  },
  VolumeZone: {
    PersistentVolumeClaim: isOwnClaim,
    StorageClass: waitsForConsumer,
    PersistentVolume: hasVolumeMoved,
  },
};

/** A change without a hint of its own is always worth a try. */
export const volumeHint = (
  plugin: keyof VolumeChecks,
  resource: EventResource,
  { pod }: PodInfo,
  objects: EventObjects,
): boolean => HINTS[plugin][resource]?.(pod, objects) ?? true;
