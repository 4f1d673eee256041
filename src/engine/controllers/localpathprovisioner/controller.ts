/** The provisioner of the class `standard`, an add-on that uses the API alone: what it watches. What it does comes late. */
import { certified } from '#engine/apiserver/wire';
import { keyOf } from '#engine/api/meta';
import type { PersistentVolume, PersistentVolumeClaim } from '#engine/api/types';
import { type Change, defineController } from '#engine/client/plan';
import { type Micros, SECOND } from '#engine/kernel/time';
import { lateReconcilers } from '../late';

export const PROVISIONER = 'rancher.io/local-path';

export const localPathProvisioner = defineController({
  name: 'local-path-provisioner',
  component: `${PROVISIONER}_local-path-provisioner`,
  serviceAccount: 'persistent-volume-binder',
  watches: ['PersistentVolume', 'PersistentVolumeClaim', 'StorageClass', 'Node'],
  initialMemory: null,
  workers: 4,
  keysFor,
  reconcile: (view, key) =>
    key.includes('/')
      ? lateReconcilers.code.provisionLocalPath(view, key)
      : lateReconcilers.code.deleteLocalPath(view, key),
});

function keysFor({ kind, type, object }: Change): readonly string[] {
  if (type === 'deleted') return [];
  if (kind === 'PersistentVolume')
    return (object as PersistentVolume).status?.phase === 'Released' ? [object.metadata.name] : [];
  if (kind !== 'PersistentVolumeClaim') return [];
  const { metadata, spec } = object as PersistentVolumeClaim;
  const provisioner = metadata.annotations?.['volume.kubernetes.io/storage-provisioner'];
  return provisioner === PROVISIONER && (spec?.volumeName ?? '') === '' ? [keyOf(object)] : [];
}

/** Installs the class that a cluster has from its installer, a while after the start: nobody needs it before somebody acts. */
export const storageClassInstaller = defineController<Micros | null>({
  name: 'storage-class-installer',
  component: 'kind',
  credentials: certified('kubernetes-admin', 'kubeadm:cluster-admins'),
  watches: ['StorageClass', 'Namespace'],
  initialMemory: null,
  workers: 1,
  keysFor: () => [],
  initialKeys: () => ['standard'],
  reconcile: (view, name, { now, memory }) =>
    memory === null
      ? { steps: [], memory: now, again: 30 * SECOND }
      : lateReconcilers.code.installStorageClass(view, name, now),
});
