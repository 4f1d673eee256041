/**
 * The plug-ins of volumes, as far as pods without volumes that matter need them: they are skipped. The rest comes late.
 *
 * @source kubernetes pkg/scheduler/framework/plugins/{volumerestrictions,nodevolumelimits,volumebinding,volumezone}
 */
import { LateCode } from '#engine/late/late-code';
import type { Pod } from '#engine/api/types';
import { SECOND } from '#engine/kernel/time';
import { ADD, DELETE, type EventResource, UPDATE, UPDATE_NODE_LABEL } from '../../events';
import { type BindRequest, type Plugin, SKIP, definePlugin, goOn } from '../../plugin';
import type { VolumeChecks, VolumeFilter, VolumeHint } from './types';

/** `late-scheduler.ts` fills it. */
export const volumeChecks = new LateCode<VolumeChecks>('volumes in the scheduler');
export const volumeHints = new LateCode<VolumeHint>('hints of volumes');

type Volumes = Pod['spec']['volumes'];

let lastVolumes: Volumes;
let isLastBound = false;

/** Whether a pod has volumes that are not to be had on every node. All plug-ins of an attempt ask it of the same pod. */
function hasVolumes({ spec: { volumes } }: Pod): boolean {
  if (volumes === undefined) return false;
  if (volumes === lastVolumes) return isLastBound;
  lastVolumes = volumes;
  isLastBound = volumes.some(
    (volume) =>
      (volume.persistentVolumeClaim ??
        volume.ephemeral ??
        volume.gcePersistentDisk ??
        volume.awsElasticBlockStore ??
        volume.iscsi ??
        volume.rbd) !== undefined,
  );
  return isLastBound;
}

type Happening = readonly [resource: EventResource, actions: number];
const CHANGED = ADD | UPDATE;

function volumePlugin(name: keyof VolumeChecks, ...happenings: readonly Happening[]): Plugin {
  return definePlugin<VolumeFilter>({
    name,
    events: happenings.map(([resource, actions]) => ({
      event: { resource, actions, label: resource },
      hint: (pod, objects) => volumeHints.code(name, resource, pod, objects),
    })),
    preFilter(cycle) {
      if (!hasVolumes(cycle.pod.pod)) return SKIP;
      const checks = volumeChecks.code[name];
      const result = (typeof checks === 'function' ? checks : checks.check)(cycle);
      if (result === null) return SKIP;
      return 'code' in result ? { status: result, state: NOTHING_TO_CHECK, nodeNames: null } : goOn(result);
    },
    filter: (state, _pod, node) => state.check(node),
    addPod: (state, _cycle, { pod }) => state.with?.(pod, 1) ?? state,
    removePod: (state, _cycle, { pod }) => state.with?.(pod, -1) ?? state,
  });
}

const NOTHING_TO_CHECK: VolumeFilter = { check: () => null };

/** Binds the volumes of a pod before the pod. */
const volumeBinding: Plugin = {
  ...volumePlugin(
    'VolumeBinding',
    ['PersistentVolumeClaim', CHANGED],
    ['PersistentVolume', CHANGED],
    ['Node', ADD | UPDATE_NODE_LABEL],
    ['CSINode', CHANGED],
    ['StorageClass', CHANGED],
    ['CSIDriver', UPDATE],
    ['CSIStorageCapacity', CHANGED],
  ),

  reserve(cycle, { name }) {
    if (hasVolumes(cycle.pod.pod)) volumeChecks.code.VolumeBinding.reserve(cycle, name);
    return null;
  },

  unreserve({ cache, pod }) {
    cache.volumeReservations.delete(pod.uid);
  },

  preBind: (cycle, nodeName) =>
    cycle.cache.volumeReservations.has(cycle.pod.uid)
      ? volumeChecks.code.VolumeBinding.preBind(cycle, nodeName)
      : NO_REQUESTS,

  preparationTime: ({ cache, pod, profile }) =>
    cache.volumeReservations.has(pod.uid) ? profile.args.VolumeBinding.bindTimeoutSeconds * SECOND : null,

  isPrepared: (cycle, nodeName) => volumeChecks.code.VolumeBinding.isPrepared(cycle, nodeName),

  postBind({ cache, pod }) {
    cache.volumeReservations.delete(pod.uid);
  },
};

const NO_REQUESTS: readonly BindRequest[] = Object.freeze([]);

/** In the order in which they run. */
export const volumePlugins: readonly Plugin[] = [
  volumePlugin('VolumeRestrictions', ['AssignedPod', DELETE], ['Node', ADD], ['PersistentVolumeClaim', CHANGED]),
  volumePlugin(
    'NodeVolumeLimits',
    ['CSINode', CHANGED],
    ['AssignedPod', DELETE],
    ['PersistentVolumeClaim', ADD],
    ['VolumeAttachment', DELETE],
  ),
  volumeBinding,
  volumePlugin(
    'VolumeZone',
    ['StorageClass', ADD],
    ['Node', ADD | UPDATE_NODE_LABEL],
    ['PersistentVolumeClaim', CHANGED],
    ['PersistentVolume', CHANGED],
  ),
];
