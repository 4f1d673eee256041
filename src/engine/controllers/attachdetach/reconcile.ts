/**
 * Where a volume is to be attached, and where no longer: to the nodes of the pods that use it; away from others as soon as their
 * kubelets say that it is not in use, or after six minutes from a node that is not healthy, or at once from one out of service.
 *
 * @source kubernetes pkg/controller/volume/attachdetach/{reconciler/reconciler,populator/desired_state_of_world_populator}.go, pkg/volume/csi/csi_attacher.go
 * @simplified volumes of CSI drivers alone; the desired state is not looked over again each three minutes, since every change is seen
 */
import { deepEqual } from '#engine/api/json';
import { hasCondition } from '#engine/api/meta';
import { sha256 } from '#engine/api/sha256';
import { parseTimestamp } from '#engine/api/timestamp';
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod, VolumeAttachment } from '#engine/api/types';
import type { Change, Plan, Situation, Step, View } from '#engine/client/plan';
import { NOTHING } from '#engine/client/plan';
import { type Micros, MINUTE } from '#engine/kernel/time';
import { claimsOf } from '../storageprotection/protection';
import { create, normal, record, referenceTo, remove, updateStatus, warning } from '../steps';
import { OUT_OF_SERVICE } from '../taints';

/** @source kubernetes attach_detach_controller.go (DefaultTimerConfig: ReconcilerMaxWaitForUnmountDuration) */
const LONGEST_WAIT_FOR_UNMOUNT: Micros = 6 * MINUTE;
/** @source kubernetes pkg/volume/csi/csi_plugin.go (csiTimeout) */
const ATTACH_TIMEOUT: Micros = 2 * MINUTE;

const MANAGED = 'volumes.kubernetes.io/controller-managed-attach-detach';

/** What is remembered of a volume. */
interface VolumeMemory {
  /** Since when no pod of a node wants it there, by node. */
  readonly unwanted: Readonly<Record<string, Micros>>;
  /** What the pods of a node were told last, by node. */
  readonly told: Readonly<Record<string, string>>;
}

/** By volume. */
export type AttachMemory = Readonly<Record<string, VolumeMemory>>;

type Csi = NonNullable<NonNullable<PersistentVolume['spec']>['csi']>;

/** The names of the volumes that a change touches. */
export function attachmentKeys({ kind, object }: Change, view: View): readonly string[] {
  switch (kind) {
    case 'PersistentVolume':
      return [object.metadata.name];
    case 'PersistentVolumeClaim':
      return boundVolume(object as PersistentVolumeClaim);
    case 'Pod':
      return claimsOf(object as Pod).flatMap((name) =>
        boundVolume(view.get('PersistentVolumeClaim', object.metadata.namespace ?? '', name)),
      );
    case 'VolumeAttachment':
      return [volumeOf(object as VolumeAttachment)];
    case 'Node':
      return view
        .list('VolumeAttachment')
        .filter(({ spec }) => spec.nodeName === object.metadata.name)
        .map(volumeOf);
    default:
      return view
        .list('PersistentVolume')
        .filter(({ spec }) => spec?.csi?.driver === object.metadata.name)
        .map(({ metadata }) => metadata.name);
  }
}

function boundVolume(claim: PersistentVolumeClaim | undefined): readonly string[] {
  const name = claim?.spec?.volumeName ?? '';
  return name === '' ? [] : [name];
}

const volumeOf = ({ spec }: VolumeAttachment): string => spec.source.persistentVolumeName ?? '';

/** As nodes list it. @source kubernetes pkg/volume/util/util.go (GetUniqueVolumeName) */
export const uniqueName = ({ driver, volumeHandle }: Csi): string => `kubernetes.io/csi/${driver}^${volumeHandle}`;

/** @source kubernetes pkg/volume/csi/csi_attacher.go (getAttachmentName) */
export const attachmentName = ({ driver, volumeHandle }: Csi, node: string): string =>
  `csi-${sha256(`${volumeHandle}${driver}${node}`)}`;

const NOBODY: ReadonlyMap<string, readonly Pod[]> = new Map();
const UNKNOWN: VolumeMemory = { unwanted: {}, told: {} };

/** The pods that use a volume, by their nodes. */
function usersOf(view: View, volume: PersistentVolume): ReadonlyMap<string, readonly Pod[]> {
  const { csi, claimRef } = volume.spec ?? {};
  const { namespace = '', name = '' } = claimRef ?? {};
  if (csi === undefined || view.get('CSIDriver', '', csi.driver)?.spec.attachRequired === false) return NOBODY;
  if (view.get('PersistentVolumeClaim', namespace, name)?.spec?.volumeName !== volume.metadata.name) return NOBODY;
  const users = new Map<string, Pod[]>();
  for (const pod of view.list('Pod', namespace)) {
    const { nodeName = '' } = pod.spec;
    if (nodeName === '' || isOver(pod) || !claimsOf(pod).includes(name)) continue;
    const annotations = view.get('Node', '', nodeName)?.metadata.annotations;
    if (annotations?.[MANAGED] === 'true') users.set(nodeName, [...(users.get(nodeName) ?? []), pod]);
  }
  return users;
}

/** @source kubernetes pkg/volume/util/util.go (IsPodTerminated) */
function isOver({ metadata, status }: Pod): boolean {
  if (status.phase === 'Failed' || status.phase === 'Succeeded') return true;
  if (metadata.deletionTimestamp === undefined) return false;
  return (status.containerStatuses ?? []).every(({ state }) => state?.terminated ?? state?.waiting);
}

/** @source kubernetes pkg/volume/util/util.go (IsMultiAttachAllowed) */
function mayBeShared({ spec }: PersistentVolume): boolean {
  const modes = spec?.accessModes ?? [];
  return modes.length === 0 || modes.some((mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany');
}

/** What a look at a volume leads to. */
interface Outcome {
  readonly steps: Step[];
  readonly why: string[];
  readonly unwanted: Record<string, Micros>;
  readonly told: Record<string, string>;
  again: Micros;
}

const wait = (outcome: Outcome, until: Micros): void => void (outcome.again = Math.min(outcome.again, until));

/** Nobody on its node wants the volume there any more. */
function detach(view: View, attachment: VolumeAttachment, asked: Asked, outcome: Outcome): void {
  const { nodeName } = attachment.spec;
  if (attachment.metadata.deletionTimestamp !== undefined) return;
  const { now, before, unique } = asked;
  const since = before.unwanted[nodeName] ?? now;
  outcome.unwanted[nodeName] = since;
  const node = view.get('Node', '', nodeName);
  const isHealthy = node !== undefined && hasCondition(node.status.conditions, 'Ready');
  const isForced = !isHealthy && now - since > LONGEST_WAIT_FOR_UNMOUNT;
  const isOut = node?.spec.taints?.some(({ key }) => key === OUT_OF_SERVICE) === true;
  if (node?.status.volumesInUse?.includes(unique) === true && !isForced && !isOut) {
    if (!isHealthy) wait(outcome, since + LONGEST_WAIT_FOR_UNMOUNT + 1);
    return;
  }
  const listed = node?.status.volumesAttached ?? [];
  if (node !== undefined && listed.some(({ name }) => name === unique))
    outcome.steps.push(
      withAttached(
        node,
        listed.filter(({ name }) => name !== unique),
      ),
    );
  outcome.steps.push(remove(attachment));
  outcome.why.push(
    `no pod on ${nodeName} uses it${isForced ? ', which has been silent for six minutes' : ''}: detaching it`,
  );
}

const withAttached = (node: Node, volumesAttached: NonNullable<Node['status']['volumesAttached']>): Step =>
  updateStatus({ ...node, status: { ...node.status, volumesAttached } });

/** What is the same for all nodes of a look. */
interface Asked {
  readonly now: Micros;
  readonly before: VolumeMemory;
  /** Of the volume, as nodes list it. */
  readonly unique: string;
}

/** Tells the pods of a node something, once. */
function tell(
  outcome: Outcome,
  { before }: Asked,
  node: string,
  pods: readonly Pod[],
  about: string,
  message: string,
): void {
  outcome.told[node] = about;
  if (before.told[node] === about) return;
  for (const pod of pods) outcome.steps.push(record(warning(referenceTo(pod), 'FailedAttachVolume', message)));
}

/** It is being attached to the node, or is there. */
function follow(
  view: View,
  attachment: VolumeAttachment,
  volume: PersistentVolume,
  pods: readonly Pod[],
  asked: Asked,
  outcome: Outcome,
): void {
  const { metadata, spec, status } = attachment;
  const { now, unique } = asked;
  const { name } = volume.metadata;
  if (metadata.deletionTimestamp !== undefined) return;
  if (status?.attached === true) {
    const node = view.get('Node', '', spec.nodeName);
    const listed = node?.status.volumesAttached ?? [];
    if (node === undefined || listed.some((each) => each.name === unique)) return;
    outcome.steps.push(withAttached(node, [...listed, { name: unique, devicePath: '' }]));
    for (const pod of pods)
      outcome.steps.push(
        record(
          normal(referenceTo(pod), 'SuccessfulAttachVolume', `AttachVolume.Attach succeeded for volume "${name}" `),
        ),
      );
    outcome.why.push(`it is attached to ${spec.nodeName}`);
    return;
  }
  const failed = `AttachVolume.Attach failed for volume "${name}" : `;
  const { attachError } = status ?? {};
  if (attachError !== undefined) {
    const { message = '', time = '' } = attachError;
    return tell(outcome, asked, spec.nodeName, pods, `error ${time} ${message}`, failed + message);
  }
  const since = metadata.creationTimestamp === undefined ? now : parseTimestamp(metadata.creationTimestamp);
  const round = Math.floor((now - since) / ATTACH_TIMEOUT);
  wait(outcome, since + (round + 1) * ATTACH_TIMEOUT);
  const { driver, volumeHandle } = volume.spec?.csi ?? { driver: 'unknown', volumeHandle: '' };
  if (round > 0) {
    const message = `timed out waiting for external-attacher of ${driver} CSI driver to attach volume ${volumeHandle}`;
    tell(outcome, asked, spec.nodeName, pods, `timeout ${round}`, failed + message);
  }
}

/** @source kubernetes pkg/controller/volume/attachdetach/reconciler/reconciler.go (reportMultiAttachError) */
function multiAttachError(volume: string, pod: Pod, others: readonly Pod[]): string {
  const here = others.filter(({ metadata }) => metadata.namespace === pod.metadata.namespace);
  const away = others.length - here.length;
  const said =
    others.length === 0
      ? "Volume is already exclusively attached to one node and can't be attached to another"
      : here.length === 0
        ? `Volume is already used by ${away} pod(s) in different namespaces`
        : `Volume is already used by pod(s) ${here.map(({ metadata }) => metadata.name).join(', ')}${away === 0 ? '' : ` and ${away} pod(s) in different namespaces`}`;
  return `Multi-Attach error for volume "${volume}" ${said}`;
}

/** Brings the volume to the nodes whose pods use it. */
function attach(
  view: View,
  volume: PersistentVolume,
  csi: Csi,
  { users, attachments }: { users: ReadonlyMap<string, readonly Pod[]>; attachments: readonly VolumeAttachment[] },
  asked: Asked,
  outcome: Outcome,
): void {
  const { name } = volume.metadata;
  const holders = new Set(attachments.map(({ spec }) => spec.nodeName));
  for (const [node, pods] of users) {
    const own = attachments.find(({ spec }) => spec.nodeName === node);
    if (own !== undefined) {
      follow(view, own, volume, pods, asked, outcome);
      continue;
    }
    if (holders.size > 0 && !mayBeShared(volume)) {
      const others = [...holders].flatMap((holder) => users.get(holder) ?? []);
      outcome.told[node] = 'multi-attach';
      if (asked.before.told[node] !== 'multi-attach')
        for (const pod of pods)
          outcome.steps.push(
            record(warning(referenceTo(pod), 'FailedAttachVolume', multiAttachError(name, pod, others))),
          );
      continue;
    }
    holders.add(node);
    outcome.steps.push(
      create({
        apiVersion: 'storage.k8s.io/v1',
        kind: 'VolumeAttachment',
        metadata: { name: attachmentName(csi, node) },
        spec: { attacher: csi.driver, nodeName: node, source: { persistentVolumeName: name } },
      }),
    );
    outcome.why.push(`${pods.map(({ metadata }) => metadata.name).join(', ')} on ${node} uses it: attaching it`);
  }
}

export function reconcileAttachments(
  view: View,
  name: string,
  { now, memory }: Pick<Situation<AttachMemory>, 'now' | 'memory'>,
): Plan<AttachMemory> {
  const volume = view.get('PersistentVolume', '', name);
  const csi = volume?.spec?.csi;
  const attachments = view.list('VolumeAttachment').filter((attachment) => volumeOf(attachment) === name);
  const users = volume === undefined ? NOBODY : usersOf(view, volume);
  const { [name]: before, ...others } = memory;
  if (attachments.length === 0 && users.size === 0)
    return before === undefined ? NOTHING : { steps: [], memory: others };
  const unique = csi === undefined ? '' : uniqueName(csi);
  const asked: Asked = { now, before: before ?? UNKNOWN, unique };
  const outcome: Outcome = { steps: [], why: [], unwanted: {}, told: {}, again: Infinity };
  for (const attachment of attachments)
    if (!users.has(attachment.spec.nodeName)) detach(view, attachment, asked, outcome);
  if (volume !== undefined && csi !== undefined) attach(view, volume, csi, { users, attachments }, asked, outcome);
  const { steps, why, unwanted, told, again } = outcome;
  const after: VolumeMemory = { unwanted, told };
  return {
    steps,
    ...(again === Infinity ? {} : { again: again - now }),
    ...(deepEqual(after, asked.before) ? {} : { memory: { ...others, [name]: after } }),
    ...(why.length === 0 ? {} : { because: `${name}: ${why.join('; ')}` }),
  };
}
