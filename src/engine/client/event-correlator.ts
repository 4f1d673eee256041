/**
 * What keeps a component from flooding the API with Events: equal ones are counted, similar ones combined, and a source
 * that goes on and on about one object is silenced.
 *
 * @source client-go tools/record/events_cache.go
 * @simplified of ten similar messages upstream forgets a random one, this forgets the newest
 */
import type { ObjectReference } from '#engine/api/types';
import { type Micros, SECOND } from '#engine/kernel/time';
import { type Bucket, newBucket, tryTake } from './rate-limit';

/** Who reports, and from which machine (empty: not told). */
export interface EventSource {
  readonly component: string;
  readonly host: string;
}

export interface Observation {
  readonly regarding: ObjectReference;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
}

/** An Event as the API holds it. */
export interface ObservedEvent {
  readonly name: string;
  readonly count: number;
  readonly firstAt: Micros;
}

interface Similar {
  readonly messages: Set<string>;
  lastAt: Micros;
}

/** Of one source. Least recently used entries leave first. */
export interface Correlator {
  readonly observed: Map<string, ObservedEvent>;
  readonly similar: Map<string, Similar>;
  readonly spam: Map<string, Bucket<never>>;
}

/** What is to be told to the API. `isNew`: by creating it; otherwise by patching what is there. */
export interface Correlated extends ObservedEvent {
  readonly message: string;
  readonly isNew: boolean;
}

const MOST_ENTRIES = 4096;
const MOST_SIMILAR = 10;
const SIMILAR_WITHIN: Micros = 600 * SECOND;
const SPAM_RATE = { qps: 1 / 300, burst: 25 };
export const COMBINED_PREFIX = '(combined from similar events): ';

export function newCorrelator(): Correlator {
  return { observed: new Map(), similar: new Map(), spam: new Map() };
}

/**
 * Takes note of an observation at `now`.
 *
 * @param freshName - the name of the Event should it be a new one
 * @returns null when the source has said too much about this object
 */
export function correlate(
  correlator: Correlator,
  observation: Observation,
  now: Micros,
  freshName: string,
): Correlated | null {
  const about = referenceKey(observation.regarding);
  const group = `${about}\n${observation.regarding.fieldPath ?? ''}\n${observation.type}\n${observation.reason}`;
  const combined = isOneOfMany(correlator, group, observation.message, now);
  const key = combined ? group : `${group}\n${observation.message}`;

  const last = correlator.observed.get(key);
  const event: ObservedEvent =
    last === undefined
      ? { name: freshName, count: 1, firstAt: now }
      : { name: last.name, count: last.count + 1, firstAt: last.firstAt };
  remember(correlator.observed, key, event);

  const bucket = correlator.spam.get(about) ?? newBucket<never>(SPAM_RATE);
  remember(correlator.spam, about, bucket);
  if (!tryTake(bucket, now)) return null;
  const message = combined ? COMBINED_PREFIX + observation.message : observation.message;
  return { ...event, message, isNew: last === undefined };
}

function isOneOfMany(correlator: Correlator, group: string, message: string, now: Micros): boolean {
  let similar = correlator.similar.get(group);
  if (similar === undefined || now - similar.lastAt > SIMILAR_WITHIN) similar = { messages: new Set(), lastAt: now };
  similar.lastAt = now;
  similar.messages.add(message);
  remember(correlator.similar, group, similar);
  if (similar.messages.size < MOST_SIMILAR) return false;
  similar.messages.delete(message);
  return true;
}

function remember<Value>(entries: Map<string, Value>, key: string, value: Value): void {
  if (!entries.delete(key) && entries.size >= MOST_ENTRIES) {
    const oldest = entries.keys().next();
    if (oldest.done !== true) entries.delete(oldest.value);
  }
  entries.set(key, value);
}

/** What names an object: its uid, where that is told. */
function referenceKey({ kind, namespace, name, uid, apiVersion }: ObjectReference): string {
  if (uid !== undefined && uid !== '') return uid;
  return `${kind ?? ''}\n${namespace ?? ''}\n${name ?? ''}\n${apiVersion ?? ''}`;
}
