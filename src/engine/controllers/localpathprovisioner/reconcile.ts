/**
 * Makes volumes that are directories of the node that the scheduler has chosen, and takes them away again.
 *
 * @source rancher/local-path-provisioner provisioner.go; sig-storage-lib-external-provisioner controller/controller.go
 * @simplified no helper pods: the directory is made by the kubelet that mounts it, and stays when the volume is deleted
 */
import { keyOf } from '#engine/api/meta';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '#engine/api/types';
import {
  requestedStorage,
  SELECTED_NODE,
  PROVISIONED_BY,
  storageClassOf,
  waitsForConsumer,
} from '#engine/api/volume-binding';
import { type Change, NOTHING, type Plan, type View } from '#engine/client/plan';
import { MINUTE, type Micros, SECOND } from '#engine/kernel/time';
import { parseTimestamp } from '#engine/api/timestamp';
import { splitKey } from '../keys';
import { create, normal, record, referenceTo, remove, update, warning } from '../steps';
import { PROVISIONER } from './controller';

const FOLDER = '/var/local-path-provisioner';
const HOSTNAME = 'kubernetes.io/hostname';
const RETRY = 15 * SECOND;

export function localPathKeys({ kind, type, object }: Change): readonly string[] {
  if (type === 'deleted') return [];
  if (kind === 'PersistentVolume')
    return (object as PersistentVolume).status?.phase === 'Released' ? [object.metadata.name] : [];
  const { metadata, spec } = object as PersistentVolumeClaim;
  const provisioner = metadata.annotations?.['volume.kubernetes.io/storage-provisioner'];
  return provisioner === PROVISIONER && (spec?.volumeName ?? '') === '' ? [keyOf(object)] : [];
}

/** @param key - of a claim, or the name of a volume */
export const reconcileLocalPath = (view: View, key: string): Plan =>
  key.includes('/') ? provisionLocalPath(view, key) : deleteLocalPath(view, key);

function provisionLocalPath(view: View, key: string): Plan {
  const { namespace, name } = splitKey(key);
  const claim = view.get('PersistentVolumeClaim', namespace, name);
  if (claim === undefined || (claim.spec?.volumeName ?? '') !== '') return NOTHING;
  const storageClass = view.get('StorageClass', '', storageClassOf(claim));
  if (storageClass?.provisioner !== PROVISIONER) return NOTHING;
  const selected = claim.metadata.annotations?.[SELECTED_NODE];
  if (waitsForConsumer(storageClass) && selected === undefined) return NOTHING;
  const volumeName = `pvc-${claim.metadata.uid}`;
  if (view.get('PersistentVolume', '', volumeName) !== undefined) return NOTHING;
  const about = referenceTo(claim);
  if (claim.spec?.volumeMode === 'Block')
    return failed(claim, `${PROVISIONER} does not support block volume provisioning`);
  const began = record(normal(about, 'Provisioning', `External provisioner is provisioning volume for claim "${key}"`));
  const node = selected === undefined ? undefined : view.get('Node', '', selected);
  if (selected !== undefined && node === undefined) {
    const { [SELECTED_NODE]: _gone, ...annotations } = claim.metadata.annotations ?? {};
    const again = update({ ...claim, metadata: { ...claim.metadata, annotations } });
    const plan = failed(claim, `failed to get target node: node "${selected}" not found`);
    return { ...plan, steps: [began, ...plan.steps, again] };
  }
  const error = errorOf(claim, node === undefined);
  if (error !== null) {
    const plan = failed(
      claim,
      `failed to provision volume with StorageClass "${storageClass.metadata.name}": ${error}`,
    );
    return { ...plan, steps: [began, ...plan.steps] };
  }
  const made = volumeFor(claim, storageClass, volumeName, node?.metadata.labels?.[HOSTNAME] ?? selected ?? '');
  const onSuccess = normal(about, 'ProvisioningSucceeded', `Successfully provisioned volume ${volumeName}`);
  return { steps: [began, create(made, { onSuccess })], because: `${name} wants a volume on ${selected}` };
}

function failed(claim: PersistentVolumeClaim, message: string): Plan {
  return {
    steps: [record(warning(referenceTo(claim), 'ProvisioningFailed', message))],
    again: RETRY,
    because: message,
  };
}

function errorOf({ spec }: PersistentVolumeClaim, isHomeless: boolean): string | null {
  if (spec?.selector !== undefined) return 'claim.Spec.Selector is not supported';
  if (spec?.accessModes?.some((mode) => mode !== 'ReadWriteOnce' && mode !== 'ReadWriteOncePod') === true)
    return 'NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes';
  return isHomeless ? 'configuration error, no node was specified' : null;
}

function volumeFor(claim: PersistentVolumeClaim, storageClass: StorageClass, name: string, hostname: string) {
  const { metadata, spec } = claim;
  const { reclaimPolicy = 'Delete', mountOptions } = storageClass;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name,
      annotations: { 'local.path.provisioner/selected-node': hostname, [PROVISIONED_BY]: PROVISIONER },
    },
    spec: {
      accessModes: spec?.accessModes ?? [],
      capacity: { storage: requestedStorage(claim) },
      claimRef: referenceTo(claim),
      hostPath: { path: `${FOLDER}/${name}_${metadata.namespace}_${metadata.name}`, type: 'DirectoryOrCreate' },
      ...(mountOptions === undefined ? {} : { mountOptions }),
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: HOSTNAME, operator: 'In', values: [hostname] }] }],
        },
      },
      persistentVolumeReclaimPolicy: reclaimPolicy,
      storageClassName: storageClass.metadata.name,
      volumeMode: 'Filesystem',
    },
  } as const;
}

function deleteLocalPath(view: View, name: string): Plan {
  const volume = view.get('PersistentVolume', '', name);
  if (volume?.status?.phase !== 'Released' || volume.metadata.deletionTimestamp !== undefined) return NOTHING;
  const isOurs = volume.metadata.annotations?.[PROVISIONED_BY] === PROVISIONER;
  if (!isOurs || volume.spec?.persistentVolumeReclaimPolicy !== 'Delete') return NOTHING;
  return { steps: [remove(volume)], because: `the claim of ${name} is gone` };
}

/** After this age of the cluster somebody has deleted the class, and it stays away. */
const YOUNG = 5 * MINUTE;

/** @source kubernetes-sigs/kind pkg/build/nodeimage/const_storage.go */
export function installStorageClass(view: View, name: string, now: Micros): Plan<never> {
  const began = view.get('Namespace', '', 'kube-system')?.metadata.creationTimestamp;
  if (view.get('StorageClass', '', name) !== undefined || began === undefined) return NOTHING;
  if (now - parseTimestamp(began) > YOUNG) return NOTHING;
  const standard = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: PROVISIONER,
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'WaitForFirstConsumer',
  };
  return { steps: [create(standard)], because: 'the cluster is to have a default class' };
}
