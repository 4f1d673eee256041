/** Which claims and volumes a change touches, and what each key means. */
import { keyOf } from '#engine/api/meta';
import type { PersistentVolume, PersistentVolumeClaim } from '#engine/api/types';
import type { Change, Plan, Situation, View } from '#engine/client/plan';
import { bindClaim } from './claims';
import { bindVolume } from './volumes';

const CLAIM = 'claim:';
const VOLUME = 'volume:';

/** @param key - of a claim or of a volume, told apart by what it begins with */
export const reconcileBinding = (view: View, key: string, situation: Pick<Situation, 'answers'>): Plan =>
  key.startsWith(CLAIM)
    ? bindClaim(view, key.slice(CLAIM.length))
    : bindVolume(view, key.slice(VOLUME.length), situation);

export function bindingKeys({ kind, type, object }: Change, view: View): readonly string[] {
  if (kind === 'PersistentVolume') {
    const { claimRef } = (object as PersistentVolume).spec ?? {};
    const own = VOLUME + object.metadata.name;
    return claimRef === undefined ? [own] : [own, `${CLAIM}${claimRef.namespace ?? ''}/${claimRef.name ?? ''}`];
  }
  const { metadata, spec } = object as PersistentVolumeClaim;
  const own = CLAIM + keyOf(object);
  if (type !== 'deleted') return (spec?.volumeName ?? '') === '' ? [own] : [own, `${VOLUME}${spec?.volumeName}`];
  return view
    .list('PersistentVolume')
    .filter((volume) => volume.spec?.claimRef?.uid === metadata.uid || volume.metadata.name === spec?.volumeName)
    .map((volume) => VOLUME + volume.metadata.name);
}
