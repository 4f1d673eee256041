/**
 * Disks of the network, which a node has while they are attached to it: the CSI driver `pd.csi.kubarium.dev` with its sidecars
 * (external-provisioner, external-attacher, node-driver-registrar) and the cloud behind it, an add-on that uses the API alone. It
 * installs itself when the first StorageClass names it. What it does comes late.
 */
import { certified } from '#engine/apiserver/wire';
import { type Change, defineController, type View } from '#engine/client/plan';
import { lateReconcilers } from '../late';
import { type DiskMemory, DRIVER } from './driver';

export const networkDiskDriver = defineController<DiskMemory>({
  name: 'network-disk-driver',
  component: `${DRIVER}_pd-csi-controller`,
  credentials: certified('kubernetes-admin', 'kubeadm:cluster-admins'),
  watches: [
    'StorageClass',
    'CSIDriver',
    'CSINode',
    'VolumeAttachment',
    'PersistentVolume',
    'PersistentVolumeClaim',
    'Node',
  ],
  initialMemory: {},
  workers: 10,
  keysFor: (change, view) => (mayConcern(change, view) ? lateReconcilers.code.networkDiskKeys(change, view) : []),
  reconcile: (view, key, situation) => lateReconcilers.code.reconcileNetworkDisks(view, key, situation),
});

const mayConcern = ({ kind, type }: Change, view: View): boolean =>
  kind !== 'Node' || (type === 'added' && view.get('CSIDriver', '', DRIVER) !== undefined);
