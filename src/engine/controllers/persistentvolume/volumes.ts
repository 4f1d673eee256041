/**
 * Keeps what a volume says of itself true to its claim, and reclaims it when the claim is gone.
 *
 * @source kubernetes pkg/controller/volume/persistentvolume/pv_controller.go (syncVolume, reclaimVolume)
 * @simplified no pod wipes a volume that is recycled: its files stay
 */
import { byteOrder } from '#engine/api/json';
import { isPodTerminal } from '#engine/api/meta';
import type { PersistentVolume, PersistentVolumeClaim } from '#engine/api/types';
import { hasAnnotation, hasOtherMode, PROVISIONED_BY } from '#engine/api/volume-binding';
import { objectPath } from '#engine/client/paths';
import { NOTHING, type Plan, type Situation, type Step, type View } from '#engine/client/plan';
import { SECOND } from '#engine/kernel/time';
import { normal, record, referenceTo, remove, warning } from '../steps';
import { claimsOf } from '../storageprotection/protection';
import { phase, unbind } from './binding';

/** @param name - of a volume */
export function bindVolume(view: View, name: string, { answers }: Pick<Situation, 'answers'>): Plan {
  const volume = view.get('PersistentVolume', '', name);
  if (volume === undefined) return NOTHING;
  const { claimRef } = volume.spec ?? {};
  if ((claimRef?.uid ?? '') === '') return plan(`${name} is free`, phase(volume, 'Available'));
  const [namespace, claimName] = [claimRef?.namespace ?? '', claimRef?.name ?? ''];
  let claim = view.get('PersistentVolumeClaim', namespace, claimName);
  if (claim?.metadata.uid !== claimRef?.uid && !isReleased(volume)) {
    // A cache may be late, and a volume is not given away because of that.
    const path = objectPath('PersistentVolumeClaim', namespace, claimName);
    const answer = answers.find((each) => each.path === path);
    if (answer === undefined) return { steps: [{ op: 'read', path }], because: `is the claim of ${name} there?` };
    if (answer.code >= 400 && answer.code !== 404) return { steps: [], again: SECOND };
    claim = answer.code === 404 ? undefined : (answer.body as PersistentVolumeClaim);
  }
  if (claim?.metadata.uid !== claimRef?.uid) claim = undefined;
  if (claim === undefined) return plan(`the claim of ${name} is gone`, released(view, volume));
  const bound = claim.spec?.volumeName ?? '';
  if (bound === '') return plan(`${name} and its claim differ`, modeEvents(volume, claim));
  if (bound === name) return plan(`${name} has its claim`, phase(volume, 'Bound'));
  const isSpare = hasAnnotation(volume, PROVISIONED_BY) && volume.spec?.persistentVolumeReclaimPolicy === 'Delete';
  return plan(`the claim of ${name} has another volume`, isSpare ? released(view, volume) : unbind(volume));
}

const plan = (because: string, steps: readonly Step[]): Plan => (steps.length === 0 ? NOTHING : { steps, because });

const isReleased = ({ status }: PersistentVolume): boolean =>
  status?.phase === 'Released' || status?.phase === 'Failed';

function modeEvents(volume: PersistentVolume, claim: PersistentVolumeClaim): readonly Step[] {
  if (!hasOtherMode(claim, volume)) return [];
  const ofVolume = `Cannot bind PersistentVolume to requested PersistentVolumeClaim "${claim.metadata.name}" due to incompatible volumeMode.`;
  const ofClaim = `Cannot bind PersistentVolume "${volume.metadata.name}" to requested PersistentVolumeClaim due to incompatible volumeMode.`;
  return [
    record(warning(referenceTo(volume), 'VolumeMismatch', ofVolume)),
    record(warning(referenceTo(claim), 'VolumeMismatch', ofClaim)),
  ];
}

function released(view: View, volume: PersistentVolume): readonly Step[] {
  if (!isReleased(volume)) return phase(volume, 'Released');
  switch (volume.spec?.persistentVolumeReclaimPolicy) {
    case 'Delete':
      return deleted(volume);
    case 'Recycle':
      return recycled(view, volume);
    default:
      return [];
  }
}

/** Only directories below /tmp can be removed by the controller itself; drivers look after their own. */
function deleted(volume: PersistentVolume): readonly Step[] {
  const { metadata, spec } = volume;
  const provisioner = metadata.annotations?.[PROVISIONED_BY] ?? '';
  if (metadata.deletionTimestamp !== undefined) return [];
  if ((provisioner !== '' && !provisioner.startsWith('kubernetes.io/')) || spec?.csi !== undefined) return [];
  const path = spec?.hostPath?.path;
  if (path !== undefined && /\/tmp\/.+/.test(path)) return [remove(volume)];
  const message =
    path === undefined
      ? `error getting deleter volume plugin for volume "${metadata.name}": no deletable volume plugin matched`
      : `host_path deleter only supports /tmp/.+ but received provided ${path}`;
  return phase(volume, 'Failed', message, warning(referenceTo(volume), 'VolumeFailedDelete', message));
}

function recycled(view: View, volume: PersistentVolume): readonly Step[] {
  const { claimRef, hostPath, nfs } = volume.spec ?? {};
  const about = referenceTo(volume);
  const [namespace, name] = [claimRef?.namespace ?? '', claimRef?.name ?? ''];
  const users = view
    .list('Pod', namespace)
    .filter((pod) => !isPodTerminal(pod) && claimsOf(pod).includes(name))
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
    .toSorted(byteOrder);
  if (users.length > 0 && view.get('PersistentVolumeClaim', namespace, name) === undefined)
    return [record(normal(about, 'VolumeFailedRecycle', `Volume is used by pods: ${users.join(',')}`))];
  if (hostPath === undefined && nfs === undefined) {
    const message = 'No recycler plugin found for the volume!';
    return phase(volume, 'Failed', message, warning(about, 'VolumeFailedRecycle', message));
  }
  return [record(normal(about, 'VolumeRecycled', 'Volume recycled')), ...unbind(volume)];
}
