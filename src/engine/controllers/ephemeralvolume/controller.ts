/** Makes the claims of generic ephemeral volumes. @source kubernetes pkg/controller/volume/ephemeral/controller.go */
import { keyOf } from '#engine/api/meta';
import type { Pod } from '#engine/api/types';
import { type Change, type View, defineController } from '#engine/client/plan';
import { lateReconcilers } from '../late';

const isOne = ({ metadata, spec }: Pod): boolean =>
  metadata.deletionTimestamp === undefined && spec.volumes?.some(({ ephemeral }) => ephemeral !== undefined) === true;

export const ephemeralVolumeController = defineController({
  name: 'ephemeral-volume',
  component: 'ephemeral_volume',
  serviceAccount: 'ephemeral-volume-controller',
  watches: ['Pod', 'PersistentVolumeClaim'],
  initialMemory: null,
  workers: 5,
  keysFor({ kind, type, object }: Change, view: View) {
    if (kind === 'Pod') return type !== 'deleted' && isOne(object as Pod) ? [keyOf(object)] : [];
    if (type !== 'deleted') return [];
    const owner = object.metadata.ownerReferences?.find((reference) => reference.kind === 'Pod');
    const pod = owner === undefined ? undefined : view.get('Pod', object.metadata.namespace ?? '', owner.name);
    return pod !== undefined && isOne(pod) ? [keyOf(pod)] : [];
  },
  reconcile: (view, key) => lateReconcilers.code.reconcileEphemeralVolumes(view, key),
});
