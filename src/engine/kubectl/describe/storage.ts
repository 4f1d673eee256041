/** Volumes, claims, classes. @source kubernetes kubectl/pkg/describe/describe.go */
import { byteOrder } from '#engine/api/json';
import type {
  CSINode,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  StorageClass,
  VolumeAttributesClass,
} from '#engine/api/types';
import { want } from '../call/context';
import type { Doing } from '../call/effects';
import { agoText, type Description, describeEvents, goList, labelsText, momentText, NONE, UNSET } from './description';
import { accessModesText } from './storage-text';
import { describeSource } from './volumes';

const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';

export function* describeVolume(d: Description, volume: PersistentVolume): Doing<void> {
  const { metadata, spec, status } = volume;
  d.field('Name', metadata.name);
  d.marks(volume);
  d.field('Finalizers', goList(metadata.finalizers));
  d.field('StorageClass', metadata.annotations?.[BETA_CLASS] ?? spec?.storageClassName ?? '');
  d.field(
    'Status',
    metadata.deletionTimestamp === undefined
      ? (status?.phase ?? '')
      : `Terminating (lasts ${agoText(metadata.deletionTimestamp, d.now)})`,
  );
  const claim = spec?.claimRef;
  d.field('Claim', claim === undefined ? '' : `${claim.namespace}/${claim.name}`);
  d.field('Reclaim Policy', spec?.persistentVolumeReclaimPolicy ?? '');
  d.field('Access Modes', accessModesText(spec?.accessModes));
  if (spec?.volumeMode !== undefined) d.field('VolumeMode', spec.volumeMode);
  d.field('Capacity', spec?.capacity?.['storage'] ?? '');
  const terms = spec?.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  if (terms.length === 0) d.field('Node Affinity', NONE);
  else {
    d.line(0, 'Node Affinity:\t');
    d.line(1, 'Required Terms:\t');
    terms.forEach(({ matchExpressions = [] }, index) => {
      d.write(2, `Term ${index}:\t`);
      if (matchExpressions.length === 0) d.line(0, NONE);
      matchExpressions.forEach(({ key, operator, values = [] }, at) => {
        d.line(
          0,
          `${at === 0 ? '' : '    \t'}${key} ${operator.toLowerCase()}${values.length === 0 ? '' : ` [${values.join(', ')}]`}`,
        );
      });
    });
  }
  d.field('Message', status?.message ?? '');
  d.line(0, 'Source:');
  describeSource(d, spec as Parameters<typeof describeSource>[1], 2);
  yield* describeEvents(d, volume);
}

export function* describeClaim(d: Description, claim: PersistentVolumeClaim): Doing<void> {
  const { metadata, spec, status } = claim;
  d.head(claim);
  d.field('StorageClass', metadata.annotations?.[BETA_CLASS] ?? spec?.storageClassName ?? '');
  d.field(
    'Status',
    metadata.deletionTimestamp === undefined
      ? (status?.phase ?? '')
      : `Terminating (lasts ${agoText(metadata.deletionTimestamp, d.now)})`,
  );
  d.field('Volume', spec?.volumeName ?? '');
  d.marks(claim);
  d.field('Finalizers', goList(metadata.finalizers));
  const bound = (spec?.volumeName ?? '') !== '';
  d.field('Capacity', bound ? (status?.capacity?.['storage'] ?? '') : '');
  d.field('Access Modes', bound ? accessModesText(status?.accessModes) : '');
  if (spec?.volumeMode !== undefined) d.field('VolumeMode', spec.volumeMode);
  const source = spec?.dataSource;
  if (source !== undefined) {
    d.line(0, 'DataSource:');
    if (source.apiGroup !== undefined) d.field('APIGroup', source.apiGroup, 1);
    d.field('Kind', source.kind, 1);
    d.field('Name', source.name, 1);
  }
  const { items } = yield* want<{ readonly items: readonly Pod[] }>(d.call, {
    method: 'GET',
    path: `/api/v1/namespaces/${metadata.namespace}/pods`,
    query: { limit: '500' },
  });
  const users = items
    .filter((pod) =>
      (pod.spec.volumes ?? []).some(
        (volume) =>
          volume.persistentVolumeClaim?.claimName === metadata.name ||
          (volume.ephemeral !== undefined && `${pod.metadata.name}-${volume.name}` === metadata.name),
      ),
    )
    .map((pod) => pod.metadata.name)
    .sort(byteOrder);
  if (users.length === 0) d.field('Used By', NONE);
  users.forEach((name, index) => d.line(0, `${index === 0 ? 'Used By:' : '        '}\t${name}`));
  const conditions = status?.conditions ?? [];
  if (conditions.length > 0) {
    d.line(0, 'Conditions:');
    d.line(1, 'Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage');
    d.line(1, '----\t------\t-----------------\t------------------\t------\t-------');
    for (const { type, status: value, lastProbeTime, lastTransitionTime, reason = '', message = '' } of conditions)
      d.line(
        1,
        `${type} \t${value} \t${momentText(lastProbeTime)} \t${momentText(lastTransitionTime)} \t${reason} \t${message}`,
      );
  }
  yield* describeEvents(d, claim);
}

const yesNo = (value: boolean | undefined): string => (value === undefined ? UNSET : value ? 'True' : 'False');

export function* describeCsiNode(d: Description, node: CSINode): Doing<void> {
  d.field('Name', node.metadata.name);
  d.marks(node);
  d.field('CreationTimestamp', momentText(node.metadata.creationTimestamp));
  d.line(0, 'Spec:');
  const drivers = node.spec?.drivers ?? [];
  if (drivers.length > 0) d.line(1, 'Drivers:');
  for (const { name, nodeID, allocatable, topologyKeys } of drivers) {
    d.line(2, `${name}:`);
    d.field('Node ID', nodeID, 3);
    if (allocatable?.count !== undefined) {
      d.line(3, 'Allocatables:');
      d.field('Count', allocatable.count, 4);
    }
    if (topologyKeys !== undefined) d.field('Topology Keys', goList(topologyKeys), 3);
  }
  yield* describeEvents(d, node);
}

export function* describeStorageClass(d: Description, storage: StorageClass): Doing<void> {
  const { metadata } = storage;
  d.field('Name', metadata.name);
  const marked = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];
  d.field('IsDefaultClass', marked.some((key) => metadata.annotations?.[key] === 'true') ? 'Yes' : 'No');
  d.field('Annotations', labelsText(metadata.annotations));
  d.field('Provisioner', storage.provisioner);
  d.field('Parameters', labelsText(storage.parameters));
  d.field('AllowVolumeExpansion', yesNo(storage.allowVolumeExpansion));
  const options = storage.mountOptions ?? [];
  if (options.length === 0) d.field('MountOptions', NONE);
  else d.line(0, 'MountOptions:');
  for (const option of options) d.line(1, option);
  if (storage.reclaimPolicy !== undefined) d.field('ReclaimPolicy', storage.reclaimPolicy);
  if (storage.volumeBindingMode !== undefined) d.field('VolumeBindingMode', storage.volumeBindingMode);
  const topologies = storage.allowedTopologies ?? [];
  if (topologies.length > 0) d.line(0, 'AllowedTopologies:\t');
  topologies.forEach(({ matchLabelExpressions = [] }, index) => {
    d.write(1, `Term ${index}:\t`);
    matchLabelExpressions.forEach(({ key, values }, at) =>
      d.line(0, `${at === 0 ? '' : '    \t'}${key} in [${values.join(', ')}]`),
    );
  });
  yield* describeEvents(d, storage);
}

export function* describeAttributesClass(d: Description, attributes: VolumeAttributesClass): Doing<void> {
  d.field('Name', attributes.metadata.name);
  d.field('Annotations', labelsText(attributes.metadata.annotations));
  d.field('DriverName', attributes.driverName);
  d.field('Parameters', labelsText(attributes.parameters));
  yield* describeEvents(d, attributes);
}
