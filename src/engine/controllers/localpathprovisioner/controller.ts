/** The provisioner of the class `standard`, an add-on that uses the API alone: what it watches. What it does comes late. */
import { certified } from '#engine/apiserver/wire';
import { defineController } from '#engine/client/plan';
import { type Micros, SECOND } from '#engine/kernel/time';
import { lateReconcilers } from '../late';
import { isOfStorage } from '../persistentvolume/controller';

export const PROVISIONER = 'rancher.io/local-path';

export const localPathProvisioner = defineController({
  name: 'local-path-provisioner',
  component: `${PROVISIONER}_local-path-provisioner`,
  serviceAccount: 'persistent-volume-binder',
  watches: ['PersistentVolume', 'PersistentVolumeClaim', 'StorageClass', 'Node'],
  initialMemory: null,
  workers: 4,
  keysFor: (change) => (isOfStorage(change) ? lateReconcilers.code.localPathKeys(change) : []),
  reconcile: (view, key) => lateReconcilers.code.reconcileLocalPath(view, key),
});

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
