/**
 * Finds each claim its volume, or says why there is none.
 *
 * @source kubernetes pkg/controller/volume/persistentvolume/{pv_controller,index}.go (syncUnboundClaim, syncBoundClaim, findByClaim)
 */
import { byteOrder } from '#engine/api/json';
import { isPodTerminal } from '#engine/api/meta';
import { compareQuantities } from '#engine/api/quantity';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '#engine/api/types';
import {
  BIND_COMPLETED,
  BOUND_BY_CONTROLLER,
  capacityOf,
  hasAccessModes,
  hasAnnotation,
  hasOtherMode,
  isBoundTo,
  matchingVolume,
  requestedStorage,
  SELECTED_NODE,
  storageClassOf,
  waitsForConsumer,
} from '#engine/api/volume-binding';
import { type EventIntent, NOTHING, type Plan, type Step, type View } from '#engine/client/plan';
import { SECOND } from '#engine/kernel/time';
import { splitKey } from '../keys';
import { normal, record, referenceTo, update, warning } from '../steps';
import { claimsOf } from '../storageprotection/protection';
import { bind, claimPhase } from './binding';

/** Claims without a volume are looked at again. */
const RESYNC = 15 * SECOND;
const PROVISIONER = ['volume.beta.kubernetes.io/storage-provisioner', 'volume.kubernetes.io/storage-provisioner'];
const DEFAULT_MARKS = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];

/** @param key - namespace and name of a claim */
export function bindClaim(view: View, key: string): Plan {
  const { namespace, name } = splitKey(key);
  const claim = view.get('PersistentVolumeClaim', namespace, name);
  if (claim === undefined) return NOTHING;
  if (hasAnnotation(claim, BIND_COMPLETED)) return because(`${name} keeps its volume`, boundClaim(view, claim));
  return { ...because(`${name} needs a volume`, unboundClaim(view, claim)), again: RESYNC };
}

const because = (why: string, steps: readonly Step[]): Plan => (steps.length === 0 ? NOTHING : { steps, because: why });

function boundClaim(view: View, claim: PersistentVolumeClaim): readonly Step[] {
  const lost = (reason: string, message: string): readonly Step[] =>
    claimPhase(claim, 'Lost', undefined, warning(referenceTo(claim), reason, message));
  const name = claim.spec?.volumeName ?? '';
  if (name === '')
    return lost('ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!');
  const volume = view.get('PersistentVolume', '', name);
  if (volume === undefined)
    return lost('ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!');
  const { claimRef } = volume.spec ?? {};
  if (claimRef === undefined || claimRef.uid === claim.metadata.uid) return bind(volume, claim);
  return lost('ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly');
}

function unboundClaim(view: View, claim: PersistentVolumeClaim): readonly Step[] {
  const about = referenceTo(claim);
  const name = claim.spec?.volumeName ?? '';
  if (name === '') return unnamedVolume(view, claim);
  const volume = view.get('PersistentVolume', '', name);
  if (volume === undefined) return claimPhase(claim, 'Pending');
  if (volume.spec?.claimRef === undefined) {
    const mismatch = mismatchOf(volume, claim);
    if (mismatch === null) return bind(volume, claim);
    return pending(claim, warning(about, 'VolumeMismatch', `Cannot bind to requested volume "${name}": ${mismatch}`));
  }
  if (isBoundTo(volume, claim)) return bind(volume, claim);
  const taken = warning(about, 'FailedBinding', `volume "${name}" already bound to a different claim.`);
  return hasAnnotation(claim, BOUND_BY_CONTROLLER) ? [record(taken)] : pending(claim, taken);
}

const pending = (claim: PersistentVolumeClaim, event: EventIntent): readonly Step[] => [
  record(event),
  ...claimPhase(claim, 'Pending'),
];

function mismatchOf(volume: PersistentVolume, claim: PersistentVolumeClaim): string | null {
  const { name, deletionTimestamp } = volume.metadata;
  if (deletionTimestamp !== undefined) return `the volume is marked for deletion "${name}"`;
  if (compareQuantities(capacityOf(volume), requestedStorage(claim)) < 0) return 'requested PV is too small';
  if (storageClassOf(volume) !== storageClassOf(claim)) return 'storageClassName does not match';
  if (hasOtherMode(claim, volume)) return 'incompatible volumeMode';
  return hasAccessModes(claim, volume) ? null : 'incompatible accessMode';
}

/** Any volume will do. */
function unnamedVolume(view: View, claim: PersistentVolumeClaim): readonly Step[] {
  const className = storageClassOf(claim);
  const storageClass = className === '' ? undefined : view.get('StorageClass', '', className);
  const waits = waitsForConsumer(storageClass) && !hasAnnotation(claim, SELECTED_NODE);
  const volume = bestVolume(claim, view.list('PersistentVolume'), waitsForConsumer(storageClass));
  if (volume !== null) return bind(volume, claim);
  const byDefault = defaultFor(view, claim);
  if (byDefault !== null) return [update({ ...claim, spec: { ...claim.spec, storageClassName: byDefault } })];
  const about = referenceTo(claim);
  if (waits) {
    const { reason, message } = consumerOf(view, claim);
    return pending(claim, normal(about, reason, message));
  }
  if (className !== '') return provision(claim, className, storageClass);
  const message = 'no persistent volumes available for this claim and no storage class is set';
  return pending(claim, normal(about, 'FailedBinding', message));
}

/** Volumes with the fewest access modes go first, so that what can do more is kept for whom needs it. */
export function bestVolume(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  waits: boolean,
): PersistentVolume | null {
  const groups = new Map<string, PersistentVolume[]>();
  for (const volume of volumes) {
    if (!hasAccessModes(claim, volume)) continue;
    const modes = (volume.spec?.accessModes ?? []).toSorted(byteOrder);
    const group = `${modes.length} ${modes.join()}`;
    groups.set(group, [...(groups.get(group) ?? []), volume]);
  }
  const ordered = [...groups].toSorted(([a], [b]) => byteOrder(a, b)).map(([, group]) => group);
  for (const group of ordered) {
    const volume = matchingVolume(claim, group, waits);
    if (volume !== null) return volume;
  }
  return null;
}

/** The default class for a claim that was made before there was one. @source kubernetes pkg/volume/util/storageclass.go (GetDefaultClass) */
function defaultFor(view: View, claim: PersistentVolumeClaim): string | null {
  if (claim.spec?.storageClassName !== undefined || storageClassOf(claim) !== '') return null;
  const createdAt = ({ metadata }: StorageClass): string => metadata.creationTimestamp ?? '';
  const [first] = view
    .list('StorageClass')
    .filter(({ metadata }) => DEFAULT_MARKS.some((mark) => metadata.annotations?.[mark] === 'true'))
    .toSorted((a, b) => byteOrder(createdAt(b), createdAt(a)) || byteOrder(a.metadata.name, b.metadata.name));
  return first?.metadata.name ?? null;
}

/** Whom a claim waits for that is bound once its first consumer has a node. */
function consumerOf(view: View, { metadata }: PersistentVolumeClaim): { reason: string; message: string } {
  const pods = view
    .list('Pod', metadata.namespace ?? '')
    .filter((pod) => !isPodTerminal(pod) && (pod.spec.nodeName ?? '') === '' && claimsOf(pod).includes(metadata.name))
    .map((pod) => pod.metadata.name);
  if (pods.length === 0)
    return { reason: 'WaitForFirstConsumer', message: 'waiting for first consumer to be created before binding' };
  const who = `${pods.length > 1 ? 'pods' : 'pod'} ${pods.join(',')}`;
  return { reason: 'WaitForPodScheduled', message: `waiting for ${who} to be scheduled` };
}

/** Tells the provisioner of the class that it is its turn. */
function provision(
  claim: PersistentVolumeClaim,
  className: string,
  storageClass: StorageClass | undefined,
): readonly Step[] {
  const about = referenceTo(claim);
  const failed = (message: string): readonly Step[] => [record(warning(about, 'ProvisioningFailed', message))];
  if (storageClass === undefined) return failed(`storageclass.storage.k8s.io "${className}" not found`);
  const { provisioner } = storageClass;
  if (provisioner.startsWith('kubernetes.io/')) return failed(`no volume plugin matched name: ${provisioner}`);
  const { annotations = {} } = claim.metadata;
  const marks = Object.fromEntries(PROVISIONER.map((name) => [name, provisioner]));
  const marked = { ...claim, metadata: { ...claim.metadata, annotations: { ...annotations, ...marks } } };
  const isMarked = PROVISIONER.every((name) => annotations[name] === provisioner);
  const message = `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`;
  return [...(isMarked ? [] : [update(marked)]), record(normal(about, 'ExternalProvisioning', message))];
}
