/**
 * The plug-ins of volumes, as far as pods without volumes that matter need them: they are skipped. The rest comes late.
 *
 * @source kubernetes pkg/scheduler/framework/plugins/{volumerestrictions,nodevolumelimits,volumebinding,volumezone}
 */
import { LateCode } from '#engine/api/late-code';
import type { Pod } from '#engine/api/types';
import { ADD, DELETE, type EventResource, UPDATE, UPDATE_NODE_LABEL } from '../../events';
import { type Plugin, SKIP, definePlugin, goOn } from '../../plugin';
import type { RegisteredEvent } from '../../registered-event';
import type { VolumeChecks, VolumeFilter } from './types';

/** `late-scheduler.ts` fills it. */
export const volumeChecks = new LateCode<VolumeChecks>('volumes in the scheduler');

const byVolumes = new WeakMap<object, boolean>();

/** Whether a pod has volumes that are not to be had on every node. */
function hasVolumes({ spec: { volumes } }: Pod): boolean {
  if (volumes === undefined) return false;
  let has = byVolumes.get(volumes);
  if (has === undefined) {
    has = volumes.some(
      (volume) =>
        (volume.persistentVolumeClaim ??
          volume.ephemeral ??
          volume.gcePersistentDisk ??
          volume.awsElasticBlockStore ??
          volume.iscsi ??
          volume.rbd) !== undefined,
    );
    byVolumes.set(volumes, has);
  }
  return has;
}

const on = (resource: EventResource, actions: number): RegisteredEvent => ({
  event: { resource, actions, label: resource },
});
const CHANGED = ADD | UPDATE;

function volumePlugin(name: keyof VolumeChecks, ...events: readonly RegisteredEvent[]): Plugin {
  return definePlugin<VolumeFilter>({
    name,
    events,
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
    preBind: (cycle, nodeName) =>
      name === 'VolumeBinding' && hasVolumes(cycle.pod.pod)
        ? volumeChecks.code.VolumeBinding.preBind(cycle, nodeName)
        : [],
  });
}

const NOTHING_TO_CHECK: VolumeFilter = { check: () => null };

/** In the order in which they run. */
export const volumePlugins: readonly Plugin[] = [
  volumePlugin('VolumeRestrictions', on('AssignedPod', DELETE), on('Node', ADD), on('PersistentVolumeClaim', CHANGED)),
  volumePlugin(
    'NodeVolumeLimits',
    on('CSINode', CHANGED),
    on('AssignedPod', DELETE),
    on('PersistentVolumeClaim', CHANGED),
  ),
  volumePlugin(
    'VolumeBinding',
    on('PersistentVolumeClaim', CHANGED),
    on('PersistentVolume', CHANGED),
    on('Node', ADD | UPDATE_NODE_LABEL),
    on('CSINode', CHANGED),
    on('StorageClass', CHANGED),
  ),
  volumePlugin(
    'VolumeZone',
    on('StorageClass', ADD),
    on('Node', ADD | UPDATE_NODE_LABEL),
    on('PersistentVolumeClaim', CHANGED),
    on('PersistentVolume', CHANGED),
  ),
];
