/**
 * The volumes of pods that are directories of the machine: claims are to be bound before anything starts, and what a container
 * mounts is found by its path.
 *
 * @source kubernetes pkg/kubelet/volumemanager/{volume_manager,populator/desired_state_of_world_populator}.go
 * @simplified volumes of the network (NFS, CSI) are directories of each machine
 */
import { matchesTerm } from '#engine/api/node-selector';
import type { Container, Node, PersistentVolume, PersistentVolumeClaim, Pod } from '#engine/api/types';
import { cacheOf } from '#engine/client/cache';
import type { Context } from '#engine/kernel/process';
import type { Mount } from '../../runtime/cri';
import { objectsReady } from '../config-objects';
import { expandVariables } from '../environment';
import { podEvent } from '../pod-events';
import type { KubeletState, PodWorker } from '../state';
import { syncAt, SYNC_RETRY } from '../sync-timer';
import { volumesAttached } from './attached-volumes';
import { volumeProblem } from './volume-checks';

interface NamedClaim {
  readonly volume: string;
  readonly claim: string;
  readonly ephemeral: boolean;
}

const namedClaims = ({ metadata, spec }: Pod): readonly NamedClaim[] =>
  (spec.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }): NamedClaim[] => {
    if (persistentVolumeClaim !== undefined)
      return [{ volume: name, claim: persistentVolumeClaim.claimName, ephemeral: false }];
    return ephemeral === undefined ? [] : [{ volume: name, claim: `${metadata.name}-${name}`, ephemeral: true }];
  });

type Known<T> = T | null | undefined;

function known(
  state: KubeletState,
  kind: 'PersistentVolume' | 'PersistentVolumeClaim',
  namespace: string,
  name: string,
) {
  return state.objects.get(`${kind}/${namespace}/${name}`)?.value;
}
const knownClaim = (state: KubeletState, pod: Pod, name: string) =>
  known(state, 'PersistentVolumeClaim', pod.metadata.namespace ?? '', name) as Known<PersistentVolumeClaim>;
const knownVolume = (state: KubeletState, pod: Pod, name: string) =>
  known(state, 'PersistentVolume', pod.metadata.namespace ?? '', name) as Known<PersistentVolume>;

/** Finds the directories of a pod's volumes. False: a claim is not bound, or not known yet; what is not known is being read. */
export function findDirectories(state: KubeletState, worker: PodWorker, ctx: Context): boolean {
  const { pod } = worker;
  const { namespace = '' } = pod.metadata;
  const claims = namedClaims(pod);
  const references = claims.map(({ claim }) => ({ kind: 'PersistentVolumeClaim' as const, name: claim }));
  if (!objectsReady(state, worker, references, ctx)) return false;
  const bound = claims.flatMap(({ claim }) => knownClaim(state, pod, claim)?.spec?.volumeName ?? []);
  if (
    !objectsReady(
      state,
      worker,
      bound.map((name) => ({ kind: 'PersistentVolume' as const, name })),
      ctx,
    )
  )
    return false;
  const problems = claims.flatMap((named) => {
    const problem = problemOf(state, pod, named);
    return problem === null ? [] : [{ volume: named.volume, problem }];
  });
  const impossible = (pod.spec.volumes ?? []).flatMap((volume) => volumeProblem(volume, ctx.disk) ?? []);
  const failed =
    impossible[0] ??
    (problems.length > 0
      ? `Unable to attach or mount volumes: unmounted volumes=[${names(problems)}], unattached volumes=[], failed to process volumes=[${names(problems)}]: ${problems.map(({ problem }) => problem).join('; ')}`
      : claims.map(({ claim }) => unreachable(state, pod, claim)).find((problem) => problem !== null));
  // What runs keeps the volumes that it has.
  if (failed === undefined || worker.sandbox !== null) {
    const volumes = claims.flatMap(
      ({ claim }) => knownVolume(state, pod, knownClaim(state, pod, claim)?.spec?.volumeName ?? '') ?? [],
    );
    if (!volumesAttached(state, worker, volumes, ctx)) return false;
    worker.directories = directoriesOf(state, pod);
    return true;
  }
  podEvent(state, pod, ctx, 'Warning', 'FailedMount', failed);
  // Whatever was wrong is looked at anew.
  for (const { name } of references) state.objects.delete(`PersistentVolumeClaim/${namespace}/${name}`);
  for (const name of bound) state.objects.delete(`PersistentVolume/${namespace}/${name}`);
  syncAt(worker, ctx.monotonic + SYNC_RETRY, ctx);
  return false;
}

const names = (problems: readonly { readonly volume: string }[]): string =>
  problems.map(({ volume }) => volume).join(' ');

function problemOf(state: KubeletState, pod: Pod, { claim: name, ephemeral }: NamedClaim): string | null {
  const { namespace = '', name: podName, uid } = pod.metadata;
  const about = (problem: string): string => `error processing PVC ${namespace}/${name}: ${problem}`;
  const claim = knownClaim(state, pod, name);
  if (claim === undefined || claim === null)
    return about(`failed to fetch PVC from API server: persistentvolumeclaims "${name}" not found`);
  if (ephemeral && claim.metadata.ownerReferences?.some((owner) => owner.uid === uid) !== true)
    return about(`PVC ${namespace}/${name} was not created for pod ${namespace}/${podName} (pod is not owner)`);
  if (claim.metadata.deletionTimestamp !== undefined) return about('PVC is being deleted');
  const volumeName = claim.spec?.volumeName ?? '';
  if (claim.status?.phase !== 'Bound' || volumeName === '') return about('PVC is not bound');
  const volume = knownVolume(state, pod, volumeName);
  if (volume === undefined || volume === null)
    return about(`failed to fetch PV ${volumeName} from API server: persistentvolumes "${volumeName}" not found`);
  return volume.spec?.claimRef?.uid === claim.metadata.uid
    ? null
    : about(
        `found PV object ${volumeName} with a pv.Spec.ClaimRef.UID ${volume.spec?.claimRef?.uid ?? ''} that does not point to claim.UID ${claim.metadata.uid}`,
      );
}

/** @source kubernetes pkg/volume/util/operationexecutor/operation_generator.go (checkNodeAffinity) */
function unreachable(state: KubeletState, pod: Pod, claim: string): string | null {
  const name = knownClaim(state, pod, claim)?.spec?.volumeName ?? '';
  const terms = knownVolume(state, pod, name)?.spec?.nodeAffinity?.required?.nodeSelectorTerms;
  const node = cacheOf(state.client, 'Node').get('', state.args.node.name);
  if (terms === undefined || node === undefined || terms.some((term) => matchesTerm(term, node))) return null;
  return `MountVolume.NodeAffinity check failed for volume "${name}" : no matching NodeSelectorTerms`;
}

/** What the node's status is to say; null: none. A kubelet that has just started keeps what it said until it has looked after all pods. */
export function volumesInUse(state: KubeletState, node: Node | undefined, ctx: Context): readonly string[] | null {
  const before = node?.status.volumesInUse ?? [];
  if (!state.podsStarted) return before.length === 0 ? null : before;
  let isKnown = true;
  for (const worker of state.workers.values()) {
    const claims = worker.pod.spec.volumes?.some((volume) => volume.persistentVolumeClaim ?? volume.ephemeral) === true;
    if (!claims || worker.sandbox === null || worker.directories !== null || worker.state === 'terminated') continue;
    isKnown = findDirectories(state, worker, ctx) && isKnown;
  }
  const held = [...(state.volumesInUse?.values() ?? [])].flat();
  const all = [...new Set(isKnown ? held : [...held, ...before])].sort();
  return all.length === 0 ? null : all;
}

/** What the machine keeps for a pod as long as it has it. */
export const podFolder = (uid: string): string => `var/lib/kubelet/pods/${uid}/`;

/** The directories of the machine that a container mounts. */
export function mountsOf(
  directories: ReadonlyMap<string, string>,
  { volumeMounts = [] }: Container,
  env: Readonly<Record<string, string>>,
): readonly Mount[] {
  return volumeMounts.flatMap(({ name, mountPath, subPath, subPathExpr }): Mount[] => {
    const source = directories.get(name);
    if (source === undefined) return [];
    const below = trimmed(subPathExpr === undefined ? (subPath ?? '') : expandVariables(subPathExpr, env));
    return [{ path: trimmed(mountPath), source: below === '' ? source : `${source}/${below}` }];
  });
}

const trimmed = (path: string): string => (path.endsWith('/') ? path.slice(0, -1) : path);
/** Names of files on the disk have no slash at their beginning. */
const onDisk = (path: string): string => trimmed(path.startsWith('/') ? path.slice(1) : path);

function directoriesOf(state: KubeletState, pod: Pod): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { name, emptyDir, hostPath } of pod.spec.volumes ?? []) {
    if (emptyDir !== undefined)
      found.set(name, `${podFolder(pod.metadata.uid)}volumes/kubernetes.io~empty-dir/${name}`);
    else if (hostPath !== undefined) found.set(name, onDisk(hostPath.path));
  }
  for (const { volume, claim } of namedClaims(pod)) {
    const bound = knownClaim(state, pod, claim)?.spec?.volumeName ?? '';
    const { hostPath, local } = knownVolume(state, pod, bound)?.spec ?? {};
    const path = hostPath?.path ?? local?.path;
    if (bound !== '') found.set(volume, path === undefined ? `var/lib/kubelet/volumes/${bound}` : onDisk(path));
  }
  return found;
}
