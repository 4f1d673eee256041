/** The garbage collector's keys name one object by kind, place and uid, and the owner that was just seen to go, if that is why. */
import type { Collection } from '#engine/client/plan';
import type { Item } from './owners';

export interface ItemKey {
  readonly collection: Collection;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** uid of an owner whose deletion was seen. */
  readonly goneOwner: string | null;
}

export function itemKey({ collection, object: { metadata } }: Item, goneOwner = ''): string {
  return [collection, metadata.namespace ?? '', metadata.name, metadata.uid, goneOwner].join('|');
}

export function readItemKey(key: string): ItemKey {
  const [collection = '', namespace = '', name = '', uid = '', goneOwner = ''] = key.split('|');
  return { collection: collection as Collection, namespace, name, uid, goneOwner: goneOwner === '' ? null : goneOwner };
}
