/**
 * Claims and volumes in use are not lost: they carry a finalizer until nobody uses them. A bound claim may grow where its
 * class allows it.
 *
 * @source kubernetes plugin/pkg/admission/storage/storageobjectinuseprotection/admission.go, plugin/pkg/admission/storage/persistentvolume/resize/admission.go
 */
import { compareQuantities } from '#engine/api/quantity';
import { forbidden } from '#engine/api/status-error';
import type { PersistentVolumeClaim, StorageClass } from '#engine/api/types';
import { admit, type AdmissionPlugin, refuse } from '../plugin';

const FINALIZERS: Readonly<Record<string, string>> = {
  PersistentVolumeClaim: 'kubernetes.io/pvc-protection',
  PersistentVolume: 'kubernetes.io/pv-protection',
};

export const storageProtection: AdmissionPlugin = ({ info, verb, subresource }, object) => {
  const finalizer = FINALIZERS[info.kind];
  if (finalizer === undefined || verb !== 'create' || subresource !== '') return admit(object);
  const { finalizers = [] } = object.metadata;
  if (finalizers.includes(finalizer)) return admit(object);
  return admit({ ...object, metadata: { ...object.metadata, finalizers: [...finalizers, finalizer] } });
};

const classOf = ({ metadata, spec }: PersistentVolumeClaim): string =>
  metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? '';

/** Validating. */
export const claimResize: AdmissionPlugin = ({ info, subresource, old, shownName }, object, around) => {
  if (info.kind !== 'PersistentVolumeClaim' || subresource !== '' || old === undefined) return admit(object);
  const [next, before] = [object as PersistentVolumeClaim, old as PersistentVolumeClaim];
  const sizeOf = ({ spec }: PersistentVolumeClaim) => spec?.resources?.requests?.['storage'];
  if (compareQuantities(sizeOf(next), sizeOf(before)) <= 0) return admit(object);
  if (before.status?.phase !== 'Bound')
    return refuse(forbidden(info, shownName, 'Only bound persistent volume claims can be expanded'));
  const name = classOf(next);
  const found = around.find('storageclasses.storage.k8s.io', '', name) as StorageClass | undefined;
  if (name !== '' && name === classOf(before) && found?.allowVolumeExpansion === true) return admit(object);
  const text =
    'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize';
  return refuse(forbidden(info, shownName, text));
};
