/** Volumes that are not on the node, by what provides them. @source kubernetes kubectl/pkg/describe/describe.go (print…VolumeSource) */
import { byteOrder } from '#engine/api/json';
import type { PersistentVolume, PodSpec } from '#engine/api/types';
import { type Description, goList, NONE, UNSET } from './description';

/** Of a pod's volume, or of a volume of the cluster: that one has a capacity. */
export type Source = Omit<NonNullable<PodSpec['volumes']>[number], 'name'> & NonNullable<PersistentVolume['spec']>;

export type Lines = readonly (readonly [string, unknown])[];

export const readOnly = (one: { readonly readOnly?: boolean }): boolean => one.readOnly ?? false;

/** As a generated `String()` has it. */
const referenceText = (
  reference: { readonly name?: string; readonly namespace?: string } | undefined,
  of: Source,
): string => {
  if (reference === undefined) return 'nil';
  const { name = '', namespace = '' } = reference;
  return of.capacity === undefined
    ? `&LocalObjectReference{Name:${name},}`
    : `&SecretReference{Name:${name},Namespace:${namespace},}`;
};

/** Volumes that are somewhere else, by what provides them. @returns null: of no type that kubectl knows */
export function sourceElsewhere(source: Source): readonly [type: string, Lines] | null {
  const ofCluster = source.capacity !== undefined;
  if (source.nfs !== undefined) {
    const { server, path } = source.nfs;
    return [
      'NFS (an NFS mount that lasts the lifetime of a pod)',
      [
        ['Server', server],
        ['Path', path],
        ['ReadOnly', readOnly(source.nfs)],
      ],
    ];
  }
  if (source.local !== undefined)
    return ['LocalVolume (a persistent volume backed by local storage on a node)', [['Path', source.local.path]]];
  if (source.image !== undefined) {
    const { reference = '', pullPolicy = '' } = source.image;
    return [
      'Image (a container image or OCI artifact)',
      [
        ['Reference', reference],
        ['PullPolicy', pullPolicy],
      ],
    ];
  }
  if (source.fc !== undefined) {
    const { targetWWNs = [], lun = NONE, fsType = '' } = source.fc;
    return [
      'FC (a Fibre Channel disk)',
      [
        ['TargetWWNs', targetWWNs.join(', ')],
        ['LUN', lun],
        ['FSType', fsType],
        ['ReadOnly', readOnly(source.fc)],
      ],
    ];
  }
  if (source.gitRepo !== undefined) {
    const { repository, revision = '' } = source.gitRepo;
    return [
      'GitRepo (a volume that is pulled from git when the pod is created)',
      [
        ['Repository', repository],
        ['Revision', revision],
      ],
    ];
  }
  if (source.iscsi !== undefined) {
    const { targetPortal, iqn, lun, iscsiInterface = '', fsType = '', portals, initiatorName = NONE } = source.iscsi;
    const { chapAuthDiscovery = false, chapAuthSession = false, secretRef } = source.iscsi;
    return [
      "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
      [
        ['TargetPortal', targetPortal],
        ['IQN', iqn],
        ['Lun', lun],
        [ISCSI_INTERFACE, iscsiInterface],
        ['FSType', fsType],
        ['ReadOnly', readOnly(source.iscsi)],
        ['Portals', goList(portals)],
        ['DiscoveryCHAPAuth', chapAuthDiscovery],
        ['SessionCHAPAuth', chapAuthSession],
        ['SecretRef', referenceText(secretRef, source)],
        ['InitiatorName', initiatorName],
      ],
    ];
  }
  if (source.glusterfs !== undefined) {
    const { endpoints, endpointsNamespace = UNSET, path } = source.glusterfs;
    return [
      "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
      [
        ['EndpointsName', endpoints],
        ...(ofCluster ? [['EndpointsNamespace', endpointsNamespace] as const] : []),
        ['Path', path],
        ['ReadOnly', readOnly(source.glusterfs)],
      ],
    ];
  }
  if (source.rbd !== undefined) {
    const { monitors, image, fsType = '', pool = '', user = '', keyring = '', secretRef } = source.rbd;
    return [
      "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
      [
        ['CephMonitors', goList(monitors)],
        ['RBDImage', image],
        ['FSType', fsType],
        ['RBDPool', pool],
        ['RadosUser', user],
        ['Keyring', keyring],
        ['SecretRef', referenceText(secretRef, source)],
        ['ReadOnly', readOnly(source.rbd)],
      ],
    ];
  }
  if (source.cephfs !== undefined) {
    const { monitors, path = '', user = '', secretFile = '', secretRef } = source.cephfs;
    return [
      "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
      [
        ['Monitors', goList(monitors)],
        ['Path', path],
        ['User', user],
        ['SecretFile', secretFile],
        ['SecretRef', referenceText(secretRef, source)],
        ['ReadOnly', readOnly(source.cephfs)],
      ],
    ];
  }
  if (source.storageos !== undefined) {
    const { volumeName = '', volumeNamespace = '', fsType = '' } = source.storageos;
    return [
      'StorageOS (a StorageOS Persistent Disk resource)',
      [
        ['VolumeName', volumeName],
        ['VolumeNamespace', volumeNamespace],
        ['FSType', fsType],
        ['ReadOnly', readOnly(source.storageos)],
      ],
    ];
  }
  if (source.quobyte !== undefined) {
    const { registry, volume } = source.quobyte;
    return [
      "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)",
      [
        ['Registry', registry],
        ['Volume', volume],
        ['ReadOnly', readOnly(source.quobyte)],
      ],
    ];
  }
  if (source.flocker !== undefined) {
    const { datasetName = '', datasetUUID = '' } = source.flocker;
    return [
      'Flocker (a Flocker volume mounted by the Flocker agent)',
      [
        ['DatasetName', datasetName],
        ['DatasetUUID', datasetUUID],
      ],
    ];
  }
  if (source.flexVolume !== undefined) {
    const { driver, fsType = '', secretRef, options = {} } = source.flexVolume;
    return [
      'FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)',
      [
        ['Driver', driver],
        ['FSType', fsType],
        ['SecretRef', referenceText(secretRef, source)],
        ['ReadOnly', readOnly(source.flexVolume)],
        ['Options', `map[${pairsOf(options, ':').join(' ')}]`],
      ],
    ];
  }
  return ofCloud(source, ofCluster);
}

/** Disks of clouds. */
function ofCloud(source: Source, ofCluster: boolean): readonly [type: string, Lines] | null {
  if (source.gcePersistentDisk !== undefined) {
    const { pdName, fsType = '', partition = 0 } = source.gcePersistentDisk;
    return [
      'GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)',
      [
        ['PDName', pdName],
        ['FSType', fsType],
        ['Partition', partition],
        ['ReadOnly', readOnly(source.gcePersistentDisk)],
      ],
    ];
  }
  if (source.awsElasticBlockStore !== undefined) {
    const { volumeID, fsType = '', partition = 0 } = source.awsElasticBlockStore;
    return [
      'AWSElasticBlockStore (a Persistent Disk resource in AWS)',
      [
        ['VolumeID', volumeID],
        ['FSType', fsType],
        ['Partition', partition],
        ['ReadOnly', readOnly(source.awsElasticBlockStore)],
      ],
    ];
  }
  if (source.azureDisk !== undefined) {
    const { diskName, diskURI, kind = '', fsType = '', cachingMode = '' } = source.azureDisk;
    return [
      'AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)',
      [
        ['DiskName', diskName],
        ['DiskURI', diskURI],
        ['Kind', kind],
        ['FSType', fsType],
        ['CachingMode', cachingMode],
        ['ReadOnly', readOnly(source.azureDisk)],
      ],
    ];
  }
  if (source.azureFile !== undefined) {
    const { secretName, secretNamespace, shareName } = source.azureFile;
    return [
      'AzureFile (an Azure File Service mount on the host and bind mount to the pod)',
      [
        ['SecretName', secretName],
        ...(ofCluster ? [['SecretNamespace', secretNamespace ?? ''] as const] : []),
        ['ShareName', shareName],
        ['ReadOnly', readOnly(source.azureFile)],
      ],
    ];
  }
  if (source.vsphereVolume !== undefined) {
    const { volumePath, fsType = '', storagePolicyName = '' } = source.vsphereVolume;
    return [
      'vSphereVolume (a Persistent Disk resource in vSphere)',
      [
        ['VolumePath', volumePath],
        ['FSType', fsType],
        ['StoragePolicyName', storagePolicyName],
      ],
    ];
  }
  if (source.cinder !== undefined) {
    const { volumeID, fsType = '', secretRef } = source.cinder;
    return [
      'Cinder (a Persistent Disk resource in OpenStack)',
      [
        ['VolumeID', volumeID],
        ['FSType', fsType],
        ['ReadOnly', readOnly(source.cinder)],
        ['SecretRef', referenceText(secretRef, source)],
      ],
    ];
  }
  if (source.photonPersistentDisk !== undefined) {
    const { pdID, fsType = '' } = source.photonPersistentDisk;
    return [
      'PhotonPersistentDisk (a Persistent Disk resource in photon platform)',
      [
        ['PdID', pdID],
        ['FSType', fsType],
      ],
    ];
  }
  if (source.portworxVolume !== undefined)
    return ['PortworxVolume (a Portworx Volume resource)', [['VolumeID', source.portworxVolume.volumeID]]];
  if (source.scaleIO !== undefined) {
    const { gateway, system, protectionDomain = '', storagePool = '', storageMode = '' } = source.scaleIO;
    const { volumeName = '', fsType = '' } = source.scaleIO;
    const secret = source.scaleIO.secretRef as { readonly name?: string; readonly namespace?: string };
    return [
      'ScaleIO (a persistent volume backed by a block device in ScaleIO)',
      [
        ['Gateway', gateway],
        ['System', system],
        ['Protection Domain', protectionDomain],
        ['Storage Pool', storagePool],
        ['Storage Mode', storageMode],
        ['VolumeName', volumeName],
        ...(ofCluster
          ? ([
              ['SecretName', secret.name ?? ''],
              ['SecretNamespace', secret.namespace ?? ''],
            ] as const)
          : []),
        ['FSType', fsType],
        ['ReadOnly', readOnly(source.scaleIO)],
      ],
    ];
  }
  return null;
}

/** This one has no colon. */
export const ISCSI_INTERFACE = 'ISCSIInterface';
const MOST_LETTERS = 140;

const pairsOf = (map: Readonly<Record<string, string>>, between: string): string[] =>
  Object.keys(map)
    .sort(byteOrder)
    .map((key) => `${key}${between}${map[key]}`);

interface Csi {
  readonly driver: string;
  readonly fsType?: string;
  readonly readOnly?: boolean;
  readonly volumeAttributes?: Readonly<Record<string, string>>;
  /** Of a volume of the cluster. */
  readonly volumeHandle?: string;
}

export function describeCsi(d: Description, csi: Csi, level: number): void {
  const { driver, fsType = '', volumeAttributes = {}, volumeHandle } = csi;
  d.field('Type', 'CSI (a Container Storage Interface (CSI) volume source)', level);
  d.field('Driver', driver, level);
  d.field('FSType', fsType, level);
  if (volumeHandle !== undefined) d.field('VolumeHandle', volumeHandle, level);
  d.field('ReadOnly', readOnly(csi), level);
  const pairs = pairsOf(volumeAttributes, '=');
  if (pairs.length === 0) return d.field('VolumeAttributes', NONE, level);
  const blank = '  '.repeat(level);
  pairs.forEach((pair, index) => {
    const shown = pair.length > MOST_LETTERS ? `${pair.slice(0, MOST_LETTERS)}...` : pair;
    d.line(level, `${index === 0 ? 'VolumeAttributes:' : blank}\t${blank}${shown}`);
  });
}
