/** The PersistentVolume binder: what it watches and which keys a change touches. What it does comes late: no starting cluster has a claim. */
import { keyOf } from '#engine/api/meta';
import type { PersistentVolume, PersistentVolumeClaim } from '#engine/api/types';
import { type Change, type View, defineController } from '#engine/client/plan';
import { lateReconcilers } from '../late';

const CLAIM = 'claim:';
const VOLUME = 'volume:';

export const persistentVolumeBinder = defineController({
  name: 'persistentvolume-binder',
  component: 'persistentvolume-controller',
  serviceAccount: 'persistent-volume-binder',
  watches: ['PersistentVolume', 'PersistentVolumeClaim', 'StorageClass', 'Pod'],
  initialMemory: null,
  workers: 1,
  keysFor,
  reconcile: (view, key, situation) =>
    key.startsWith(CLAIM)
      ? lateReconcilers.code.bindClaim(view, key.slice(CLAIM.length))
      : lateReconcilers.code.bindVolume(view, key.slice(VOLUME.length), situation),
});

function keysFor({ kind, type, object }: Change, view: View): readonly string[] {
  if (kind === 'PersistentVolume') {
    const { claimRef } = (object as PersistentVolume).spec ?? {};
    const own = VOLUME + object.metadata.name;
    return claimRef === undefined ? [own] : [own, `${CLAIM}${claimRef.namespace ?? ''}/${claimRef.name ?? ''}`];
  }
  if (kind !== 'PersistentVolumeClaim') return [];
  const { metadata, spec } = object as PersistentVolumeClaim;
  const own = CLAIM + keyOf(object);
  if (type !== 'deleted') return (spec?.volumeName ?? '') === '' ? [own] : [own, `${VOLUME}${spec?.volumeName}`];
  return view
    .list('PersistentVolume')
    .filter((volume) => volume.spec?.claimRef?.uid === metadata.uid || volume.metadata.name === spec?.volumeName)
    .map((volume) => VOLUME + volume.metadata.name);
}
