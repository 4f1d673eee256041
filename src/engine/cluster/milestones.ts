/** Where a run stops before its time: after an event, an API write, a reconcile, or the next thing that a person would want to see. */
import type { Event } from '#engine/api/types';
import { etcd } from '#engine/etcd/etcd';
import { eventsSince } from '#engine/etcd/mvcc';
import type { KvEvent } from '#engine/etcd/wire';
import type { Kernel } from '#engine/kernel/kernel';
import { entriesFrom, nextNumber } from '#engine/kernel/ring';
import type { ProcessRecordState } from '#engine/kernel/machine';
import type { Breakpoint, RunResult } from './door';
import { stateOf } from './observe/truth';

type Met = NonNullable<RunResult['met']>;

const EVENTS_PREFIX = '/registry/events/';

/**
 * A question to be asked after each event: has it been met? Reads the etcd members' stores, which hold all that was
 * ever committed, and changes nothing.
 */
export function breakpointOf(kind: Breakpoint, kernel: Kernel): () => Met | null {
  if (kind === 'event') return () => ({ text: eventText(kernel), subject: null });
  if (kind === 'said') {
    const before = kernel.words;
    return () => (kernel.words === before ? null : { text: 'The API server answered.', subject: null });
  }
  if (kind === 'reconcile') return reconcileMet(kernel);
  const members = [...kernel.processes.values()].filter((process) => process.spec.kind === etcd.kind);
  let revision = revisionOf(members);
  return () => {
    const now = revisionOf(members);
    if (now <= revision) return null;
    const changes = changesSince(members, revision + 1);
    revision = now;
    for (const change of changes) {
      const met = kind === 'write' ? writeMet(change) : eventMet(change);
      if (met !== null) return met;
    }
    return null;
  };
}

function revisionOf(members: readonly ProcessRecordState[]): number {
  let revision = 0;
  for (const member of members) revision = Math.max(revision, stateOf(member, etcd)?.store.revision ?? 0);
  return revision;
}

function changesSince(members: readonly ProcessRecordState[], revision: number): readonly KvEvent[] {
  for (const member of members) {
    const store = stateOf(member, etcd)?.store;
    if (store !== undefined && store.revision >= revision) return eventsSince(store, revision);
  }
  return [];
}

/** What control loops and the scheduler say of what they decide. */
const DECISIONS = new Set(['plan', 'silence', 'schedule']);

function reconcileMet({ explanations }: Kernel): () => Met | null {
  let next = nextNumber(explanations);
  return () => {
    const met = entriesFrom(explanations, next).find(({ what }) => DECISIONS.has(what));
    next = nextNumber(explanations);
    if (met === undefined) return null;
    const { actor, process, text, subject } = met;
    const { kind, namespace, name } = subject ?? { kind: '', namespace: '', name: '' };
    return { text: `${actor ?? process}: ${text}`, subject: subject === undefined ? null : { kind, namespace, name } };
  };
}

function eventText(kernel: Kernel): string {
  const { process = '', type = '' } = kernel.causeOf(kernel.causes.next - 1) ?? {};
  return `${process} handled ${type}`;
}

function writeMet({ type, kv, prev }: KvEvent): Met | null {
  if (!kv.key.startsWith('/registry/')) return null;
  const object = (type === 'put' ? kv.value : prev?.value) as Event | null;
  if (object?.metadata?.uid === undefined) return null;
  const { kind, metadata } = object;
  const deed = type === 'delete' ? 'deleted' : prev === null ? 'created' : 'updated';
  const subject = { kind, namespace: metadata.namespace ?? '', name: metadata.name };
  return { text: `${kind} ${metadata.name} ${deed}`, subject };
}

function eventMet({ type, kv }: KvEvent): Met | null {
  if (type !== 'put' || !kv.key.startsWith(EVENTS_PREFIX)) return null;
  const { reason = '', message = '', involvedObject } = kv.value as Event;
  const { kind = '', namespace = '', name = '' } = involvedObject;
  return { text: `${reason}: ${message}`, subject: { kind, namespace: kind === 'Node' ? '' : namespace, name } };
}
