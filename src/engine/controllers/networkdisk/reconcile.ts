/**
 * Installs the driver, tells of it on each node, makes disks for claims and attaches them.
 *
 * @source kubernetes-csi external-provisioner pkg/controller/controller.go, external-attacher pkg/controller/{csi_handler,util}.go, node-driver-registrar
 * @simplified one process without pods; attaching and detaching take two seconds each and never fail but for a disk that is elsewhere
 */
import { ownerReference } from '#engine/api/meta';
import { fnv32a } from '#engine/api/hash';
import type { CSINode, PersistentVolumeClaim, StorageClass, VolumeAttachment } from '#engine/api/types';
import { type Change, NOTHING, type Plan, type Situation, type View } from '#engine/client/plan';
import { type Micros, SECOND } from '#engine/kernel/time';
import { type Provisioner, provisionerKeys, reconcileProvisioner } from '../externalprovisioner/provision';
import { create, update, updateStatus } from '../steps';
import { timestamp } from '#engine/api/timestamp';
import { type DiskMemory, DRIVER } from './driver';

const FINALIZER = 'external-attacher/pd-csi-kubarium-dev';
const ZONE = 'topology.kubernetes.io/zone';
/** As a cloud allows machines of this size. */
const MOST_ON_A_NODE = 16;
/** What the cloud takes to attach a disk to a machine, and to detach it. */
const CLOUD_TAKES: Micros = 2 * SECOND;

const disks: Provisioner = {
  name: DRIVER,
  makesBlockDevices: true,
  errorOf({ spec }) {
    if (spec?.selector !== undefined) return 'claim Selector is not supported';
    return spec?.accessModes?.includes('ReadWriteMany') === true
      ? 'rpc error: code = InvalidArgument desc = VolumeCapabilities is invalid: specified multi writer with mount access type'
      : null;
  },
  volumeFor(view, claim, name, node) {
    const zone = node?.metadata.labels?.[ZONE] ?? anyZone(view, claim);
    return {
      spec: {
        csi: { driver: DRIVER, fsType: 'ext4', volumeHandle: `zones/${zone}/disks/${name}` },
        nodeAffinity: {
          required: { nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: 'In', values: [zone] }] }] },
        },
      },
    };
  },
  holds(view, { metadata }) {
    const held = view.list('VolumeAttachment').find(({ spec }) => spec.source.persistentVolumeName === metadata.name);
    return held === undefined
      ? null
      : `persistentvolume ${metadata.name} is still attached to node ${held.spec.nodeName}`;
  },
};

/** Claims of a class that binds at once are spread over the zones by their names. */
function anyZone(view: View, claim: PersistentVolumeClaim): string {
  const zones = [...new Set(view.list('Node').flatMap(({ metadata }) => metadata.labels?.[ZONE] ?? []))].sort();
  return zones[fnv32a(claim.metadata.name) % Math.max(1, zones.length)] ?? '';
}

export function networkDiskKeys(change: Change, view: View): readonly string[] {
  const { kind, type, object } = change;
  const { name } = object.metadata;
  switch (kind) {
    case 'StorageClass':
      return type !== 'deleted' && (object as StorageClass).provisioner === DRIVER ? ['driver:'] : [];
    case 'CSIDriver':
      return name === DRIVER && type === 'added' ? view.list('Node').map((node) => `node:${node.metadata.name}`) : [];
    case 'Node':
      return [`node:${name}`];
    case 'CSINode':
      return [];
    case 'VolumeAttachment':
      return (object as VolumeAttachment).spec.attacher === DRIVER ? [`attachment:${name}`] : [];
    default:
      return provisionerKeys(change, disks).map((key) => `volume:${key}`);
  }
}

export function reconcileNetworkDisks(
  view: View,
  key: string,
  situation: Pick<Situation<DiskMemory>, 'now' | 'memory'>,
): Plan<DiskMemory> {
  const colon = key.indexOf(':');
  const name = key.slice(colon + 1);
  switch (key.slice(0, colon)) {
    case 'driver':
      return install(view);
    case 'node':
      return register(view, name);
    case 'attachment':
      return attach(view, name, situation);
    default: {
      const { steps, again, because } = reconcileProvisioner(view, name, disks);
      return { steps, ...(again === undefined ? {} : { again }), ...(because === undefined ? {} : { because }) };
    }
  }
}

function install(view: View): Plan<never> {
  if (view.get('CSIDriver', '', DRIVER) !== undefined) return NOTHING;
  const driver = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSIDriver',
    metadata: { name: DRIVER },
    spec: { attachRequired: true, podInfoOnMount: false },
  };
  return { steps: [create(driver)], because: 'a class names the driver' };
}

/** What the driver on a node says to its kubelet. */
function register(view: View, name: string): Plan<never> {
  const node = view.get('Node', '', name);
  const known = view.get('CSINode', '', name);
  if (node === undefined || known?.spec.drivers.some((driver) => driver.name === DRIVER) === true) return NOTHING;
  const driver = { name: DRIVER, nodeID: name, topologyKeys: [ZONE], allocatable: { count: MOST_ON_A_NODE } };
  const because = `the driver runs on ${name}`;
  if (known !== undefined) {
    const next: CSINode = { ...known, spec: { ...known.spec, drivers: [...known.spec.drivers, driver] } };
    return { steps: [update(next)], because };
  }
  const { controller: _c, blockOwnerDeletion: _b, ...owner } = ownerReference(node);
  const made = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSINode',
    metadata: { name, ownerReferences: [owner] },
    spec: { drivers: [driver] },
  };
  return { steps: [create(made)], because };
}

function attach(
  view: View,
  name: string,
  { now, memory }: Pick<Situation<DiskMemory>, 'now' | 'memory'>,
): Plan<DiskMemory> {
  const attachment = view.get('VolumeAttachment', '', name);
  const { [name]: begun, ...others } = memory;
  const done: Plan<DiskMemory> = begun === undefined ? NOTHING : { steps: [], memory: others };
  if (attachment === undefined) return done;
  const { metadata, spec, status } = attachment;
  const { finalizers = [] } = metadata;
  const isOurs = finalizers.includes(FINALIZER);
  const isGoing = metadata.deletionTimestamp !== undefined;
  if (isGoing ? !isOurs : status?.attached === true) return done;
  // The attacher holds it before it asks the cloud, so that nothing is forgotten.
  if (!isOurs) {
    const annotations = { ...metadata.annotations, 'csi.alpha.kubernetes.io/node-id': spec.nodeName };
    const held = update({
      ...attachment,
      metadata: { ...metadata, annotations, finalizers: [...finalizers, FINALIZER] },
    });
    return { steps: [held], because: `${spec.nodeName} is to have the disk` };
  }
  const what = isGoing ? 'detach' : 'attach';
  if (begun?.what !== what)
    return { steps: [], again: CLOUD_TAKES, memory: { ...others, [name]: { what, since: now } } };
  if (now - begun.since < CLOUD_TAKES) return { steps: [], again: CLOUD_TAKES - (now - begun.since) };
  if (isGoing) {
    const free = update({
      ...attachment,
      metadata: { ...metadata, finalizers: finalizers.filter((each) => each !== FINALIZER) },
    });
    return { steps: [free], memory: others, because: `the disk is detached from ${spec.nodeName}` };
  }
  const holder = holderOf(view, attachment);
  const result =
    holder === null
      ? { attached: true }
      : {
          attached: false,
          attachError: {
            message: `rpc error: code = FailedPrecondition desc = the disk is already attached to ${holder}`,
            time: timestamp(now),
          },
        };
  return {
    steps: [updateStatus({ ...attachment, status: result })],
    memory: others,
    because: holder === null ? `the disk is attached to ${spec.nodeName}` : `the disk is attached to ${holder}`,
  };
}

/** A machine that has the disk, which only one can have. */
function holderOf(view: View, { metadata, spec }: VolumeAttachment): string | null {
  const { persistentVolumeName = '' } = spec.source;
  if (view.get('PersistentVolume', '', persistentVolumeName)?.spec?.accessModes?.includes('ReadOnlyMany') === true)
    return null;
  const other = view
    .list('VolumeAttachment')
    .find(
      (each) =>
        each.metadata.name !== metadata.name &&
        each.spec.source.persistentVolumeName === persistentVolumeName &&
        each.status?.attached === true,
    );
  return other?.spec.nodeName ?? null;
}
