/**
 * Makes volumes that are directories of the node that the scheduler has chosen, and takes them away again.
 *
 * @source rancher/local-path-provisioner provisioner.go
 * @simplified no helper pods: the directory is made by the kubelet that mounts it, and stays when the volume is deleted
 */
import { parseTimestamp } from '#engine/api/timestamp';
import { type Change, NOTHING, type Plan, type View } from '#engine/client/plan';
import { MINUTE, type Micros } from '#engine/kernel/time';
import { type Provisioner, provisionerKeys, reconcileProvisioner } from '../externalprovisioner/provision';
import { create } from '../steps';
import { PROVISIONER } from './controller';

const FOLDER = '/var/local-path-provisioner';
const HOSTNAME = 'kubernetes.io/hostname';

const localPath: Provisioner = {
  name: PROVISIONER,
  makesBlockDevices: false,
  errorOf({ spec }, node) {
    if (spec?.selector !== undefined) return 'claim.Spec.Selector is not supported';
    if (spec?.accessModes?.some((mode) => mode !== 'ReadWriteOnce' && mode !== 'ReadWriteOncePod') === true)
      return 'NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes';
    return node === undefined ? 'configuration error, no node was specified' : null;
  },
  volumeFor(_view, { metadata }, name, node) {
    const hostname = node?.metadata.labels?.[HOSTNAME] ?? node?.metadata.name ?? '';
    return {
      annotations: { 'local.path.provisioner/selected-node': hostname },
      spec: {
        hostPath: { path: `${FOLDER}/${name}_${metadata.namespace}_${metadata.name}`, type: 'DirectoryOrCreate' },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: HOSTNAME, operator: 'In', values: [hostname] }] }],
          },
        },
      },
    };
  },
  holds: () => null,
};

export const localPathKeys = (change: Change): readonly string[] => provisionerKeys(change, localPath);

export const reconcileLocalPath = (view: View, key: string): Plan => reconcileProvisioner(view, key, localPath);

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
