/** The garbage collector's keys name one object by kind, place and uid, and the owner that was just seen to go, if that is why. */
import type { KubeObject } from '#engine/api/types';

export interface ItemKey {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** uid of an owner whose deletion was seen. */
  readonly goneOwner: string | null;
}

export function itemKey({ kind, metadata }: KubeObject, goneOwner = ''): string {
  return [kind, metadata.namespace ?? '', metadata.name, metadata.uid, goneOwner].join('|');
}

export function readItemKey(key: string): ItemKey {
  const [kind = '', namespace = '', name = '', uid = '', goneOwner = ''] = key.split('|');
  return { kind, namespace, name, uid, goneOwner: goneOwner === '' ? null : goneOwner };
}
