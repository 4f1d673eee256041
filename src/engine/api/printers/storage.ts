/** The columns of kinds that give pods storage. @source kubernetes pkg/printers/internalversion/printers.go */
import { canonicalQuantity, type Quantity } from '../quantity';
import type { KubeObject } from '../types';
import { ageText, columns, NONE, type Printers, UNSET } from './printer';

const MODES: readonly (readonly [mode: string, short: string])[] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
];

/** Access modes in the order RWO, ROX, RWX, RWOP. @source kubernetes pkg/apis/core/helper/helpers.go (GetAccessModesAsString) */
const modesText = (modes: readonly string[] = []): string =>
  MODES.filter(([mode]) => modes.includes(mode))
    .map(([, short]) => short)
    .join(',');

const sizeText = (capacity: Readonly<Record<string, Quantity>> | undefined): string =>
  canonicalQuantity(capacity?.['storage'] ?? '0');

const phaseText = ({ metadata }: KubeObject, phase: string | undefined): string =>
  metadata.deletionTimestamp === undefined ? (phase ?? '') : 'Terminating';

/** The class by the annotation that was before the field, else by the field. */
const classText = ({ metadata }: KubeObject, name: string | undefined): string =>
  metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? name ?? '';

/** A class' name, marked when an annotation says that it is the default. */
function classNameText({ metadata }: KubeObject, ...annotations: readonly string[]): string {
  const isDefault = annotations.some((annotation) => metadata.annotations?.[annotation] === 'true');
  return isDefault ? `${metadata.name} (default)` : metadata.name;
}

export const storagePrinters: Printers = {
  PersistentVolume: {
    columns: columns(
      'Name,Capacity,Access Modes,Reclaim Policy,Status,Claim,StorageClass,VolumeAttributesClass,Reason,Age,VolumeMode+',
    ),
    cells(volume, now) {
      const { metadata, spec, status } = volume;
      const claim = spec?.claimRef;
      return [
        metadata.name,
        sizeText(spec?.capacity),
        modesText(spec?.accessModes),
        spec?.persistentVolumeReclaimPolicy ?? '',
        phaseText(volume, status?.phase),
        claim === undefined ? '' : `${claim.namespace ?? ''}/${claim.name ?? ''}`,
        classText(volume, spec?.storageClassName),
        spec?.volumeAttributesClassName ?? UNSET,
        status?.reason ?? '',
        ageText(metadata, now),
        spec?.volumeMode ?? UNSET,
      ];
    },
  },
  PersistentVolumeClaim: {
    columns: columns('Name,Status,Volume,Capacity,Access Modes,StorageClass,VolumeAttributesClass,Age,VolumeMode+'),
    cells(claim, now) {
      const { metadata, spec, status } = claim;
      const volume = spec?.volumeName ?? '';
      return [
        metadata.name,
        phaseText(claim, status?.phase),
        volume,
        volume === '' ? '' : sizeText(status?.capacity),
        volume === '' ? '' : modesText(status?.accessModes),
        classText(claim, spec?.storageClassName),
        spec?.volumeAttributesClassName ?? UNSET,
        ageText(metadata, now),
        spec?.volumeMode ?? UNSET,
      ];
    },
  },
  StorageClass: {
    columns: columns('Name,Provisioner,ReclaimPolicy,VolumeBindingMode,AllowVolumeExpansion,Age'),
    cells: (storageClass, now) => [
      classNameText(
        storageClass,
        'storageclass.kubernetes.io/is-default-class',
        'storageclass.beta.kubernetes.io/is-default-class',
      ),
      storageClass.provisioner,
      storageClass.reclaimPolicy ?? 'Delete',
      storageClass.volumeBindingMode ?? 'Immediate',
      storageClass.allowVolumeExpansion ?? false,
      ageText(storageClass.metadata, now),
    ],
  },
  VolumeAttributesClass: {
    columns: columns('Name,DriverName,Age'),
    cells: (attributes, now) => [
      classNameText(attributes, 'volumeattributesclass.alpha.kubernetes.io/is-default-class'),
      attributes.driverName,
      ageText(attributes.metadata, now),
    ],
  },
  VolumeAttachment: {
    columns: columns('Name,Attacher,PV,Node,Attached:boolean,Age'),
    cells: ({ metadata, spec, status }, now) => [
      metadata.name,
      spec.attacher,
      spec.source?.persistentVolumeName ?? '',
      spec.nodeName,
      status?.attached ?? false,
      ageText(metadata, now),
    ],
  },
  CSINode: {
    columns: columns('Name,Drivers:integer,Age'),
    cells: ({ metadata, spec }, now) => [metadata.name, (spec.drivers ?? []).length, ageText(metadata, now)],
  },
  CSIDriver: {
    columns: columns(
      'Name,AttachRequired:boolean,PodInfoOnMount:boolean,StorageCapacity:boolean,TokenRequests,RequiresRepublish:boolean,Modes,Age',
    ),
    cells: ({ metadata, spec }, now) => [
      metadata.name,
      spec.attachRequired ?? true,
      spec.podInfoOnMount ?? false,
      spec.storageCapacity ?? false,
      spec.tokenRequests?.map(({ audience }) => audience).join(',') ?? UNSET,
      spec.requiresRepublish ?? false,
      (spec.volumeLifecycleModes ?? []).join(',') || NONE,
      ageText(metadata, now),
    ],
  },
};
