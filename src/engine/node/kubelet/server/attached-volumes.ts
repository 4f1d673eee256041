/**
 * Volumes that have to be attached to the machine before a pod can have them: the node says that they are in use, the attach/detach
 * controller that they are attached; only then are they mounted.
 *
 * @source kubernetes pkg/kubelet/volumemanager/{volume_manager,reconciler/reconciler}.go, pkg/kubelet/nodestatus/setters.go (VolumesInUse)
 * @simplified a volume is unmounted at the moment that its pod has ended
 */
import type { CSIDriver, Node, PersistentVolume } from '#engine/api/types';
import { cacheOf } from '#engine/client/cache';
import type { Context } from '#engine/kernel/process';
import { objectsReady } from '../config-objects';
import type { KubeletState, PodWorker } from '../state';

/** As nodes list it. @source kubernetes pkg/volume/util/util.go (GetUniqueVolumeName) */
const uniqueName = ({ spec }: PersistentVolume): string =>
  `kubernetes.io/csi/${spec?.csi?.driver}^${spec?.csi?.volumeHandle}`;

/** Whether all that a pod needs is attached. What is not known yet is being read; until then the node says that it waits. */
export function volumesAttached(
  state: KubeletState,
  worker: PodWorker,
  volumes: readonly PersistentVolume[],
  ctx: Context,
): boolean {
  const ofDrivers = volumes.filter(({ spec }) => spec?.csi !== undefined);
  if (ofDrivers.length === 0) return true;
  const drivers = ofDrivers.map(({ spec }) => ({ kind: 'CSIDriver' as const, name: spec?.csi?.driver ?? '' }));
  if (!objectsReady(state, worker, drivers, ctx)) return false;
  const names = ofDrivers.filter((volume) => isAttachable(state, worker, volume)).map(uniqueName);
  if (names.length === 0) return true;
  (state.volumesInUse ??= new Map()).set(worker.uid, names);
  if (worker.sandbox !== null) return true;
  const { volumesInUse = [], volumesAttached: attached = [] } = ownNode(state)?.status ?? {};
  return names.every((name) => volumesInUse.includes(name) && attached.some((each) => each.name === name));
}

const ownNode = (state: KubeletState): Node | undefined => cacheOf(state.client, 'Node').get('', state.args.node.name);

/** A driver that nobody has told of wants its volumes attached. */
function isAttachable(state: KubeletState, { pod }: PodWorker, { spec }: PersistentVolume): boolean {
  const key = `CSIDriver/${pod.metadata.namespace ?? ''}/${spec?.csi?.driver ?? ''}`;
  return (state.objects.get(key)?.value as CSIDriver | null | undefined)?.spec.attachRequired !== false;
}
