/**
 * The writes that bring a claim and a volume together or apart. Of one object they are one after the other: the next follows when
 * the caches have seen the one before.
 *
 * @source kubernetes pkg/controller/volume/persistentvolume/pv_controller.go (bind, unbindVolume, updateClaimStatus, updateVolumePhase)
 */
import { deepEqual } from '#engine/api/json';
import type { PersistentVolume, PersistentVolumeClaim } from '#engine/api/types';
import { BIND_COMPLETED, BOUND_BY_CONTROLLER, capacityOf, hasAnnotation, isBoundTo } from '#engine/api/volume-binding';
import { compareQuantities } from '#engine/api/quantity';
import type { EventIntent, Step } from '#engine/client/plan';
import { referenceTo, update, updateStatus } from '../steps';

type Phase = NonNullable<NonNullable<PersistentVolume['status']>['phase']>;
type VolumeSpec = NonNullable<PersistentVolume['spec']>;

function withAnnotation<T extends PersistentVolume | PersistentVolumeClaim>(object: T, name: string): T {
  const annotations = { ...object.metadata.annotations, [name]: 'yes' };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** What is missing until both know of each other and say so. */
export function bind(volume: PersistentVolume, claim: PersistentVolumeClaim): readonly Step[] {
  if (volume.spec?.claimRef?.uid !== claim.metadata.uid || !isBoundTo(volume, claim)) {
    const taken: PersistentVolume = { ...volume, spec: { ...volume.spec, claimRef: referenceTo(claim) } };
    return [update(isBoundTo(volume, claim) ? taken : withAnnotation(taken, BOUND_BY_CONTROLLER))];
  }
  const steps: Step[] = [...phase(volume, 'Bound')];
  if (claim.spec?.volumeName !== volume.metadata.name) {
    const linked: PersistentVolumeClaim = { ...claim, spec: { ...claim.spec, volumeName: volume.metadata.name } };
    steps.push(update(withAnnotation(withAnnotation(linked, BOUND_BY_CONTROLLER), BIND_COMPLETED)));
  } else if (!hasAnnotation(claim, BIND_COMPLETED)) steps.push(update(withAnnotation(claim, BIND_COMPLETED)));
  else steps.push(...claimPhase(claim, 'Bound', volume));
  return steps;
}

/** Who bound a volume by hand keeps it for the claim of that name; what the controller bound is free again. */
export function unbind(volume: PersistentVolume): readonly Step[] {
  const { claimRef, ...spec }: VolumeSpec = volume.spec ?? {};
  if (claimRef === undefined) return phase(volume, 'Available');
  if (!hasAnnotation(volume, BOUND_BY_CONTROLLER)) {
    const { uid: _uid, ...kept } = claimRef;
    return [update({ ...volume, spec: { ...spec, claimRef: kept } })];
  }
  const { [BOUND_BY_CONTROLLER]: _mark, ...annotations } = volume.metadata.annotations ?? {};
  return [update({ ...volume, metadata: { ...volume.metadata, annotations }, spec })];
}

/** A volume enters a phase; nothing when it is in it. */
export function phase(volume: PersistentVolume, name: Phase, message = '', event?: EventIntent): readonly Step[] {
  if (volume.status?.phase === name) return [];
  const status = { phase: name, ...(message === '' ? {} : { message }) };
  return [updateStatus({ ...volume, status }, event === undefined ? {} : { onSuccess: event })];
}

/** A claim enters a phase, with the size and access modes of its volume; nothing when all is said. */
export function claimPhase(
  claim: PersistentVolumeClaim,
  name: 'Pending' | 'Bound' | 'Lost',
  volume?: PersistentVolume,
  event?: EventIntent,
): readonly Step[] {
  const { accessModes: _modes, capacity, ...rest } = claim.status ?? {};
  const entered = rest.phase !== name;
  if (event !== undefined && !entered) return [];
  const size =
    volume !== undefined && entered && compareQuantities(capacityOf(volume), capacity?.['storage']) !== 0
      ? volume.spec?.capacity
      : capacity;
  const status: PersistentVolumeClaim['status'] = {
    ...(volume?.spec?.accessModes === undefined ? {} : { accessModes: volume.spec.accessModes }),
    ...(volume === undefined || size === undefined ? {} : { capacity: size }),
    ...rest,
    phase: name,
  };
  if (deepEqual(status, claim.status ?? {})) return [];
  return [updateStatus({ ...claim, status }, event === undefined ? {} : { onSuccess: event })];
}
