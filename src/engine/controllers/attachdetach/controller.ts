/** Attaches volumes to the nodes of the pods that use them, and detaches them. What it does comes late. @source kubernetes pkg/controller/volume/attachdetach/attach_detach_controller.go */
import type { Pod } from '#engine/api/types';
import { type Change, defineController, type View } from '#engine/client/plan';
import { lateReconcilers } from '../late';
import type { AttachMemory } from './reconcile';

export const attachDetachController = defineController<AttachMemory>({
  name: 'persistentvolume-attach-detach',
  component: 'attachdetach-controller',
  watches: ['Pod', 'PersistentVolumeClaim', 'PersistentVolume', 'VolumeAttachment', 'CSIDriver', 'Node'],
  initialMemory: {},
  workers: 10,
  keysFor: (change, view) => (mayConcern(change, view) ? lateReconcilers.code.attachmentKeys(change, view) : []),
  reconcile: (view, name, situation) => lateReconcilers.code.reconcileAttachments(view, name, situation),
});

/** Nothing of a cluster in which nobody has made a claim. */
function mayConcern({ kind, object }: Change, view: View): boolean {
  if (kind === 'Node') return view.list('VolumeAttachment').length > 0;
  if (kind !== 'Pod') return true;
  return (object as Pod).spec.volumes?.some((volume) => volume.persistentVolumeClaim ?? volume.ephemeral) === true;
}
