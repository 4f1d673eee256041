/**
 * Leases: a time to live that keys share. Grants and revocations go through the log; when a lease ends is the
 * leader's business alone, so its clock starts anew when the member starts.
 *
 * @source etcd server/lease/lessor.go
 */
import type { EventId } from '#engine/kernel/process';
import { type Micros, SECOND } from '#engine/kernel/time';
import { LEASE_NOT_FOUND, LEASE_TTL_TOO_LARGE } from './errors';
import { deleteRange, type Store } from './mvcc';
import type { KvEvent } from './wire';

/** Seconds: one and a half election timeouts, rounded up. */
const MIN_TTL = 2;
/** Seconds. */
const MAX_TTL = 9_000_000_000;

export interface Lease {
  readonly id: number;
  /** Seconds. */
  readonly ttl: number;
  /** Monotonic time of its end unless it is renewed. */
  expiry: Micros;
  readonly keys: Set<string>;
}

export interface Lessor {
  readonly leases: Map<number, Lease>;
}

/** A lease as a snapshot records it; its keys are found from the keys. */
export interface LeaseRecord {
  readonly id: number;
  readonly ttl: number;
}

export function newLessor(): Lessor {
  return { leases: new Map() };
}

/** Leases from a snapshot, each with its full time ahead, and the keys that name them. */
export function lessorOf(records: readonly LeaseRecord[], store: Store, now: Micros): Lessor {
  const lessor = newLessor();
  for (const { id, ttl } of records) lessor.leases.set(id, { id, ttl, expiry: now + ttl * SECOND, keys: new Set() });
  for (const kv of store.live.values()) if (kv.lease !== 0) attachKey(lessor, kv.lease, kv.key);
  return lessor;
}

export function leaseRecords(lessor: Lessor): LeaseRecord[] {
  return [...lessor.leases.values()].map(({ id, ttl }) => ({ id, ttl }));
}

/** Makes a lease of at least `MIN_TTL` seconds. Answers an error in etcd's words, or null. */
export function grantLease(lessor: Lessor, id: number, ttl: number, now: Micros): string | null {
  if (ttl > MAX_TTL) return LEASE_TTL_TOO_LARGE;
  const granted = Math.max(ttl, MIN_TTL);
  lessor.leases.set(id, { id, ttl: granted, expiry: now + granted * SECOND, keys: new Set() });
  return null;
}

/** Gives a lease its full time again; null when there is none. */
export function renewLease(lessor: Lessor, id: number, now: Micros): Lease | null {
  const lease = lessor.leases.get(id);
  if (lease === undefined) return null;
  lease.expiry = now + lease.ttl * SECOND;
  return lease;
}

/** Gives every lease its full time: a new leader knows nothing of the old one's clock. */
export function renewAllLeases(lessor: Lessor, now: Micros): void {
  for (const lease of lessor.leases.values()) lease.expiry = now + lease.ttl * SECOND;
}

/** Ends a lease and deletes its keys in byte order, all at one revision. */
export function revokeLease(
  lessor: Lessor,
  store: Store,
  id: number,
  cause: EventId,
): { readonly error: string | null; readonly events: readonly KvEvent[] } {
  const lease = lessor.leases.get(id);
  if (lease === undefined) return { error: LEASE_NOT_FOUND, events: [] };
  lessor.leases.delete(id);
  const keys = [...lease.keys].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const events = keys.flatMap((key) => deleteRange(store, { key }, store.revision + 1, cause));
  if (events.length > 0) store.revision++;
  return { error: null, events };
}

export function attachKey(lessor: Lessor, id: number, key: string): void {
  lessor.leases.get(id)?.keys.add(key);
}

export function detachKey(lessor: Lessor, id: number, key: string): void {
  lessor.leases.get(id)?.keys.delete(key);
}

/** The leases whose time is over. */
export function expiredLeases(lessor: Lessor, now: Micros): Lease[] {
  return [...lessor.leases.values()].filter((lease) => lease.expiry <= now);
}

/** When the next lease ends; null when there is none. */
export function nextExpiry(lessor: Lessor): Micros | null {
  let next: Micros | null = null;
  for (const lease of lessor.leases.values()) if (next === null || lease.expiry < next) next = lease.expiry;
  return next;
}
