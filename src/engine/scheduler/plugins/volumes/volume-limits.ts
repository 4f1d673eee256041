/**
 * Volumes that exclude each other, volumes that are too many, and volumes of other zones.
 *
 * @source kubernetes pkg/scheduler/framework/plugins/volumerestrictions/volume_restrictions.go, nodevolumelimits/csi.go, volumezone/volume_zone.go
 */
import { storageClassOf } from '#engine/api/volume-binding';
import type { View } from '#engine/client/plan';
import type { Pod } from '#engine/api/types';
import type { Cycle } from '../../plugin';
import { type Status, unresolvable, unschedulable } from '../../status';
import { claimNamed, claimsNamedBy, classOf } from './claims';
import type { VolumeCheck, VolumeFilter } from './types';

const RESTRICTIONS = 'VolumeRestrictions';
const LIMITS = 'NodeVolumeLimits';
const ZONE = 'VolumeZone';
const CONFLICT = unschedulable(RESTRICTIONS, 'node(s) had no available disk');
const IN_USE = unschedulable(
  RESTRICTIONS,
  'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
);
const TOO_MANY = unschedulable(LIMITS, 'node(s) exceed max volume count');
const OTHER_ZONE = unresolvable(ZONE, 'node(s) had no available volume zone');

type Volume = NonNullable<Pod['spec']['volumes']>[number];

/** Disks that are attached once, and claims of which there is one pod at a time. */
export const volumeRestrictions: VolumeCheck = ({ cache, view, pod: { pod } }) => {
  const disks = (pod.spec.volumes ?? []).filter(isDisk);
  const exclusive = new Set<string>();
  for (const { name, isEphemeral } of claimsNamedBy(pod)) {
    if (isEphemeral) continue;
    const claim = claimNamed(view, pod, name);
    if (claim === undefined) return notFound(RESTRICTIONS, name);
    if (claim.spec?.accessModes?.includes('ReadWriteOncePod') === true) exclusive.add(name);
  }
  let users = 0;
  if (exclusive.size > 0) for (const { info } of cache.pods.values()) users += usersAmong(info.pod, pod, exclusive);
  return disks.length === 0 && users === 0 ? null : restrictions(pod, disks, exclusive, users);
};

const notFound = (plugin: string, name: string): Status =>
  unresolvable(plugin, `persistentvolumeclaim "${name}" not found`);

const isDisk = ({ gcePersistentDisk, awsElasticBlockStore, rbd, iscsi }: Volume): boolean =>
  (gcePersistentDisk ?? awsElasticBlockStore ?? rbd ?? iscsi) !== undefined;

/** How many of its claims another pod uses as well. */
function usersAmong(other: Pod, pod: Pod, claims: ReadonlySet<string>): number {
  if (other.spec.volumes === undefined || other.metadata.namespace !== pod.metadata.namespace) return 0;
  return claimsNamedBy(other).filter(({ name, isEphemeral }) => !isEphemeral && claims.has(name)).length;
}

const restrictions = (
  pod: Pod,
  disks: readonly Volume[],
  exclusive: ReadonlySet<string>,
  users: number,
): VolumeFilter => ({
  check({ pods }) {
    const isTaken = disks.some((disk) =>
      pods.some((other) => (other.pod.spec.volumes ?? []).some((volume) => isConflict(disk, volume))),
    );
    if (isTaken) return CONFLICT;
    return users > 0 ? IN_USE : null;
  },
  with: (other, by) => restrictions(pod, disks, exclusive, users + by * usersAmong(other, pod, exclusive)),
});

/** Whether two pods want the same disk, and may not share it. */
export const hasConflict = (pod: Pod, other: Pod): boolean =>
  (pod.spec.volumes ?? []).some((disk) => (other.spec.volumes ?? []).some((volume) => isConflict(disk, volume)));

/** Some disks may be shared by those that only read. */
function isConflict(a: Volume, b: Volume): boolean {
  if (a.gcePersistentDisk && b.gcePersistentDisk?.pdName === a.gcePersistentDisk.pdName) {
    return a.gcePersistentDisk.readOnly !== true || b.gcePersistentDisk.readOnly !== true;
  }
  if (a.awsElasticBlockStore && b.awsElasticBlockStore?.volumeID === a.awsElasticBlockStore.volumeID) return true;
  if (a.iscsi && b.iscsi?.iqn === a.iscsi.iqn) return a.iscsi.readOnly !== true || b.iscsi.readOnly !== true;
  if (a.rbd && b.rbd) {
    const { monitors, pool = 'rbd', image, readOnly } = a.rbd;
    const isSame = (b.rbd.pool ?? 'rbd') === pool && b.rbd.image === image;
    const isOverlapping = b.rbd.monitors.some((monitor) => monitors.includes(monitor));
    return isSame && isOverlapping && (readOnly !== true || b.rbd.readOnly !== true);
  }
  return false;
}

/** A node attaches so many volumes of each CSI driver. */
export const nodeVolumeLimits: VolumeCheck = ({ view, pod: { pod } }: Cycle) => {
  const wanted = attachedBy(pod, view);
  if (wanted.size === 0) return null;
  const attachments = attachmentsByNode(view);
  return {
    check({ name, pods }) {
      const limits = view.get('CSINode', '', name)?.spec?.drivers ?? [];
      if (!limits.some(({ allocatable }) => allocatable?.count !== undefined)) return null;
      const attached = new Map<string, string>();
      for (const other of pods)
        for (const [volume, driver] of attachedBy(other.pod, view)) attached.set(volume, driver);
      for (const [volume, driver] of attachments.get(name) ?? []) attached.set(volume, driver);
      const isNew = [...wanted].filter(([volume]) => !attached.has(volume));
      const isOver = limits.some(({ name: driver, allocatable }) => {
        const more = isNew.filter(([, of]) => of === driver).length;
        if (allocatable?.count === undefined || more === 0) return false;
        const there = [...attached.values()].filter((of) => of === driver).length;
        return there + more > allocatable.count;
      });
      return isOver ? TOO_MANY : null;
    },
  };
};

/** CSI volumes of a pod with their drivers; of claims without a volume the class tells the driver. */
function attachedBy(pod: Pod, view: View): Map<string, string> {
  const volumes = new Map<string, string>();
  for (const { name } of claimsNamedBy(pod)) {
    const claim = claimNamed(view, pod, name);
    if (claim === undefined) continue;
    const csi = view.get('PersistentVolume', '', claim.spec?.volumeName ?? '')?.spec?.csi;
    if (csi !== undefined) volumes.set(`${csi.driver}/${csi.volumeHandle}`, csi.driver);
    const provisioner = claim.spec?.volumeName ? undefined : classOf(view, claim)?.provisioner;
    if (provisioner !== undefined) volumes.set(`${pod.metadata.namespace ?? ''}/${name}`, provisioner);
  }
  return volumes;
}

/** Volumes that are attached to nodes whatever pods are there, with their drivers. */
function attachmentsByNode(view: View): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const byNode = new Map<string, Map<string, string>>();
  for (const { spec } of view.list('VolumeAttachment')) {
    const csi = view.get('PersistentVolume', '', spec?.source.persistentVolumeName ?? '')?.spec?.csi;
    if (spec === undefined || csi === undefined) continue;
    const volumes = byNode.get(spec.nodeName) ?? new Map<string, string>();
    byNode.set(spec.nodeName, volumes.set(`${csi.driver}/${csi.volumeHandle}`, csi.driver));
  }
  return byNode;
}

export const TOPOLOGY_LABELS = [
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
];

/** A volume that says where it is can be had there only. */
export const volumeZone: VolumeCheck = ({ view, pod: { pod } }) => {
  const places: { readonly key: string; readonly values: readonly string[] }[] = [];
  for (const { name, isEphemeral } of claimsNamedBy(pod)) {
    if (isEphemeral) continue;
    if (name === '') return unresolvable(ZONE, 'PersistentVolumeClaim had no name');
    const claim = claimNamed(view, pod, name);
    if (claim === undefined) return notFound(ZONE, name);
    const volumeName = claim.spec?.volumeName ?? '';
    if (volumeName === '') {
      if (storageClassOf(claim) === '') {
        return unresolvable(ZONE, 'PersistentVolumeClaim had no pv name and storageClass name');
      }
      if (classOf(view, claim)?.volumeBindingMode === 'WaitForFirstConsumer') continue;
      return unresolvable(ZONE, 'PersistentVolume had no name');
    }
    const labels = view.get('PersistentVolume', '', volumeName)?.metadata.labels;
    for (const key of TOPOLOGY_LABELS) {
      const value = labels?.[key];
      if (value !== undefined) places.push({ key, values: value.split('__') });
    }
  }
  return places.length === 0
    ? null
    : { check: ({ node }) => (isThere(node?.metadata.labels ?? {}) ? null : OTHER_ZONE) };

  function isThere(labels: Readonly<Record<string, string>>): boolean {
    if (!TOPOLOGY_LABELS.some((key) => labels[key] !== undefined)) return true;
    return places.every(({ key, values }) => {
      const value = labels[key] ?? labels[key.replace('failure-domain.beta', 'topology')];
      return value !== undefined && values.includes(value);
    });
  }
};
