/**
 * Whether the caches have seen what was written: what upstream's controllers count by hand as expectations.
 * @source kubernetes pkg/controller/controller_utils.go (ControllerExpectations)
 */
import { type Micros, MINUTE } from '#engine/kernel/time';
import { viewOf } from './cache';
import { targetOfStep } from './plan-requests';
import type { Collection, WriteStep } from './plan';
import type { Client } from './state';

/** A write that the cache of its kind may not have seen yet. */
export type OwnWrite =
  | { readonly kind: Collection; readonly revision: number }
  | { readonly kind: Collection; readonly namespace: string; readonly name: string; readonly deletedUid: string };

/** After this long the cache is believed although it has not seen the writes. */
export const OWN_WRITES_EXPIRE_AFTER: Micros = 5 * MINUTE;

interface Written {
  readonly metadata?: { readonly uid?: string; readonly resourceVersion?: string };
}

/**
 * What there is to wait for after a write succeeded.
 *
 * @param body - the answer
 * @param deletedUid - the object that a deletion was meant for; null when it was not known
 * @returns null when no cache will ever show the write
 */
export function ownWrite(client: Client, step: WriteStep, body: unknown, deletedUid: string | null): OwnWrite | null {
  const { kind, namespace, name } = targetOfStep(step);
  if (!client.stores.has(kind)) return null;
  if (step.op === 'delete') return deletedUid === null ? null : { kind, namespace, name, deletedUid };
  const version = (body as Written).metadata?.resourceVersion;
  return version === undefined || version === '' ? null : { kind, revision: Number(version) };
}

/** Whether the cache shows the write, or something later. */
export function isSeen(client: Client, write: OwnWrite): boolean {
  if ('revision' in write) return (client.stores.get(write.kind)?.revision ?? 0) >= write.revision;
  const object = viewOf(client).get(write.kind, write.namespace, write.name);
  return (
    object === undefined || object.metadata.uid !== write.deletedUid || object.metadata.deletionTimestamp !== undefined
  );
}
