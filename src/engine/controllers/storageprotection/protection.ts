/** Which claims and volumes are to be looked at. @source kubernetes pkg/util/slice, pkg/volume/util/finalizer.go */
import type { KubeObject, Pod } from '#engine/api/types';

export const CLAIM = 'kubernetes.io/pvc-protection';
export const VOLUME = 'kubernetes.io/pv-protection';

const isProtected = ({ metadata }: KubeObject, finalizer: string): boolean =>
  metadata.finalizers?.includes(finalizer) === true;

/** Either half: it is to go and protected, or it stays and is not. */
export const needsLook = (object: KubeObject, finalizer: string): boolean =>
  (object.metadata.deletionTimestamp !== undefined) === isProtected(object, finalizer);

/** Names of the claims that a pod uses. */
export const claimsOf = ({ metadata, spec }: Pod): readonly string[] =>
  (spec.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
    if (persistentVolumeClaim !== undefined) return [persistentVolumeClaim.claimName];
    return ephemeral === undefined ? [] : [`${metadata.name}-${name}`];
  });
