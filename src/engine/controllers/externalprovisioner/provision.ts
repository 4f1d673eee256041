/**
 * What all provisioners outside of the volume controller do alike: they make a volume for a claim that is told to them, and delete it
 * when it is released.
 *
 * @source kubernetes-sigs/sig-storage-lib-external-provisioner controller/controller.go
 */
import { keyOf } from '#engine/api/meta';
import type { Node, PersistentVolume, PersistentVolumeClaim, StorageClass } from '#engine/api/types';
import {
  PROVISIONED_BY,
  requestedStorage,
  SELECTED_NODE,
  storageClassOf,
  waitsForConsumer,
} from '#engine/api/volume-binding';
import { type Change, NOTHING, type Plan, type View } from '#engine/client/plan';
import { SECOND } from '#engine/kernel/time';
import { splitKey } from '../keys';
import { create, normal, record, referenceTo, remove, update, warning } from '../steps';

const RETRY = 15 * SECOND;

/** One that makes volumes. */
export interface Provisioner {
  /** As classes name it. */
  readonly name: string;
  readonly makesBlockDevices: boolean;
  /** Why it cannot make what a claim asks for; null: it can. */
  errorOf(claim: PersistentVolumeClaim, node: Node | undefined): string | null;
  /** What is its own of a volume. `node`: for which the scheduler wants it; undefined: for any. */
  volumeFor(
    view: View,
    claim: PersistentVolumeClaim,
    name: string,
    node: Node | undefined,
  ): { readonly annotations?: Readonly<Record<string, string>>; readonly spec: Partial<PersistentVolume['spec']> };
  /** Why a volume cannot be deleted yet; null: it can. */
  holds(view: View, volume: PersistentVolume): string | null;
}

/** Claims that wait for it, and volumes that are released. */
export function provisionerKeys({ kind, type, object }: Change, { name }: Provisioner): readonly string[] {
  if (type === 'deleted') return [];
  if (kind === 'PersistentVolume')
    return (object as PersistentVolume).status?.phase === 'Released' ? [object.metadata.name] : [];
  const { metadata, spec } = object as PersistentVolumeClaim;
  const provisioner = metadata.annotations?.['volume.kubernetes.io/storage-provisioner'];
  return provisioner === name && (spec?.volumeName ?? '') === '' ? [keyOf(object)] : [];
}

/** @param key - of a claim, or the name of a volume */
export const reconcileProvisioner = (view: View, key: string, provisioner: Provisioner): Plan =>
  key.includes('/') ? provision(view, key, provisioner) : deleteVolume(view, key, provisioner);

function provision(view: View, key: string, provisioner: Provisioner): Plan {
  const { namespace, name } = splitKey(key);
  const claim = view.get('PersistentVolumeClaim', namespace, name);
  if (claim === undefined || (claim.spec?.volumeName ?? '') !== '') return NOTHING;
  const storageClass = view.get('StorageClass', '', storageClassOf(claim));
  if (storageClass?.provisioner !== provisioner.name) return NOTHING;
  const selected = claim.metadata.annotations?.[SELECTED_NODE];
  if (waitsForConsumer(storageClass) && selected === undefined) return NOTHING;
  const volumeName = `pvc-${claim.metadata.uid}`;
  if (view.get('PersistentVolume', '', volumeName) !== undefined) return NOTHING;
  const about = referenceTo(claim);
  if (claim.spec?.volumeMode === 'Block' && !provisioner.makesBlockDevices)
    return failed(claim, `${provisioner.name} does not support block volume provisioning`);
  const began = record(normal(about, 'Provisioning', `External provisioner is provisioning volume for claim "${key}"`));
  const node = selected === undefined ? undefined : view.get('Node', '', selected);
  if (selected !== undefined && node === undefined) {
    const { [SELECTED_NODE]: _gone, ...annotations } = claim.metadata.annotations ?? {};
    const again = update({ ...claim, metadata: { ...claim.metadata, annotations } });
    const plan = failed(claim, `failed to get target node: node "${selected}" not found`);
    return { ...plan, steps: [began, ...plan.steps, again] };
  }
  const error = provisioner.errorOf(claim, node);
  if (error !== null) {
    const plan = failed(
      claim,
      `failed to provision volume with StorageClass "${storageClass.metadata.name}": ${error}`,
    );
    return { ...plan, steps: [began, ...plan.steps] };
  }
  const made = volumeFor(view, claim, storageClass, volumeName, node, provisioner);
  const onSuccess = normal(about, 'ProvisioningSucceeded', `Successfully provisioned volume ${volumeName}`);
  return {
    steps: [began, create(made, { onSuccess })],
    because: `${name} wants a volume on ${selected ?? 'any node'}`,
  };
}

function failed(claim: PersistentVolumeClaim, message: string): Plan {
  return {
    steps: [record(warning(referenceTo(claim), 'ProvisioningFailed', message))],
    again: RETRY,
    because: message,
  };
}

function volumeFor(
  view: View,
  claim: PersistentVolumeClaim,
  storageClass: StorageClass,
  name: string,
  node: Node | undefined,
  provisioner: Provisioner,
) {
  const { reclaimPolicy = 'Delete', mountOptions } = storageClass;
  const own = provisioner.volumeFor(view, claim, name, node);
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, annotations: { ...own.annotations, [PROVISIONED_BY]: provisioner.name } },
    spec: {
      accessModes: claim.spec?.accessModes ?? [],
      capacity: { storage: requestedStorage(claim) },
      claimRef: referenceTo(claim),
      ...(mountOptions === undefined ? {} : { mountOptions }),
      persistentVolumeReclaimPolicy: reclaimPolicy,
      storageClassName: storageClass.metadata.name,
      volumeMode: claim.spec?.volumeMode ?? 'Filesystem',
      ...own.spec,
    },
  } as const;
}

function deleteVolume(view: View, name: string, provisioner: Provisioner): Plan {
  const volume = view.get('PersistentVolume', '', name);
  if (volume?.status?.phase !== 'Released' || volume.metadata.deletionTimestamp !== undefined) return NOTHING;
  const isOurs = volume.metadata.annotations?.[PROVISIONED_BY] === provisioner.name;
  if (!isOurs || volume.spec?.persistentVolumeReclaimPolicy !== 'Delete') return NOTHING;
  const held = provisioner.holds(view, volume);
  if (held !== null)
    return {
      steps: [record(warning(referenceTo(volume), 'VolumeFailedDelete', held))],
      again: RETRY,
      because: held,
    };
  return { steps: [remove(volume)], because: `the claim of ${name} is gone` };
}
