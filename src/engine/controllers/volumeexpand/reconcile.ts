/** No volume is expanded by the controller itself: that is up to whoever drives it. @source kubernetes pkg/controller/volume/expand/expand_controller.go */
import { keyOf } from '#engine/api/meta';
import { compareQuantities } from '#engine/api/quantity';
import { requestedStorage } from '#engine/api/volume-binding';
import type { PersistentVolumeClaim } from '#engine/api/types';
import { type Change, NOTHING, type Plan, type View } from '#engine/client/plan';
import { splitKey } from '../keys';
import { normal, record, referenceTo } from '../steps';

export function expansionKeys({ kind, type, object, old }: Change): readonly string[] {
  if (kind !== 'PersistentVolumeClaim' || type === 'deleted') return [];
  const claim = object as PersistentVolumeClaim;
  const grew = old === undefined || requestedStorage(claim) !== requestedStorage(old as PersistentVolumeClaim);
  return grew && claim.status?.phase === 'Bound' ? [keyOf(claim)] : [];
}

export function reconcileExpansion(view: View, key: string): Plan {
  const { namespace, name } = splitKey(key);
  const claim = view.get('PersistentVolumeClaim', namespace, name);
  const volume = view.get('PersistentVolume', '', claim?.spec?.volumeName ?? '');
  if (claim === undefined || volume?.spec?.claimRef?.uid !== claim.metadata.uid) return NOTHING;
  if (compareQuantities(requestedStorage(claim), claim.status?.capacity?.['storage']) <= 0) return NOTHING;
  const message = 'waiting for an external controller to expand this PVC';
  return {
    steps: [record(normal(referenceTo(claim), 'ExternalExpanding', message))],
    because: `${name} asks for more than its volume has`,
  };
}
