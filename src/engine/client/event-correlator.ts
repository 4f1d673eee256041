/**
 * What keeps a component from flooding the API with Events: equal ones are counted, similar ones combined, and a source
 * that goes on and on about one object is silenced.
 *
 * @source client-go tools/record/events_cache.go
 * @simplified of ten similar messages upstream forgets a random one, this forgets the newest; upstream bounds each of its
 * three caches by 4096 entries of all objects, this by objects and per object
 */
import type { ObjectReference } from '#engine/api/types';
import { type Micros, SECOND } from '#engine/kernel/time';
import { type Limited, tryTake } from './rate-limit';

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

/**
 * One thing that was said of an object, and what was said of it before. Immutable, so that checkpoints share it, and one object
 * for all: most objects are spoken of a few times and never again.
 */
interface Said extends ObservedEvent {
  readonly fieldPath: string;
  readonly type: string;
  readonly reason: string;
  /** Null: the Event that combines several messages. */
  readonly message: string | null;
  readonly at: Micros;
  /** Since when what differs from it in nothing but the message has been told without a long pause. */
  readonly since: Micros;
  /** Of the tokens for more, after it. */
  readonly theoretical: Limited['theoretical'];
  readonly before: Said | null;
}

/** Of one source: the last that it said of each object. Objects that were spoken of least recently are forgotten first. */
export interface Correlator {
  readonly subjects: Map<string, Said>;
}

/** What is to be told to the API. `isNew`: by creating it; otherwise by patching what is there. */
export interface Correlated extends ObservedEvent {
  readonly message: string;
  readonly isNew: boolean;
}

const MOST_SUBJECTS = 4096;
/** Of one object. */
const MOST_SAID = 128;
const MOST_SIMILAR = 10;
const SIMILAR_WITHIN: Micros = 600 * SECOND;
const SPAM_RATE = { qps: 1 / 300, burst: 25 };
export const COMBINED_PREFIX = '(combined from similar events): ';

export const newCorrelator = (): Correlator => ({ subjects: new Map() });

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
  const { subjects } = correlator;
  const { regarding, type, reason, message } = observation;
  const fieldPath = regarding.fieldPath ?? '';
  const about = referenceKey(regarding);
  const before = subjects.get(about) ?? null;

  let since = now;
  let isFirst = true;
  let different = 1;
  let all = 0;
  let same: Said | null = null;
  let together: Said | null = null;
  for (let one = before; one !== null; one = one.before) {
    all++;
    if (one.reason !== reason || one.fieldPath !== fieldPath || one.type !== type) continue;
    if (isFirst && now - one.at <= SIMILAR_WITHIN) since = one.since;
    isFirst = false;
    if (one.message === null) together = one;
    else if (one.message === message) same = one;
    else if (one.at >= since) different++;
  }
  const combined = different >= MOST_SIMILAR;
  const last = combined ? together : same;

  const tokens: Limited = { rate: SPAM_RATE, theoretical: before === null ? 0 : before.theoretical };
  const allowed = tryTake(tokens, now);
  const count = last === null ? 1 : last.count + 1;
  const name = last === null ? freshName : last.name;
  const firstAt = last === null ? now : last.firstAt;
  const { theoretical } = tokens;
  const others = last !== null ? without(before!, last) : all < MOST_SAID ? before : lastOf(before, MOST_SAID / 2);
  const key = combined ? null : message;
  const said = {
    fieldPath,
    type,
    reason,
    message: key,
    name,
    count,
    firstAt,
    at: now,
    since,
    theoretical,
    before: others,
  };
  if (!subjects.delete(about) && subjects.size >= MOST_SUBJECTS) forgetOldest(subjects);
  subjects.set(about, Object.freeze(said));

  if (!allowed) return null;
  return { name, count, firstAt, message: combined ? COMBINED_PREFIX + message : message, isNew: last === null };
}

function forgetOldest(subjects: Map<string, Said>): void {
  const oldest = subjects.keys().next();
  if (oldest.done !== true) subjects.delete(oldest.value);
}

/** What was said, but for one thing. */
const without = (newest: Said, one: Said): Said | null =>
  newest === one ? one.before : after(without(newest.before!, one), newest);

/** The last things that were said, so many. */
const lastOf = (newest: Said | null, count: number): Said | null =>
  newest === null || count === 0 ? null : after(lastOf(newest.before, count - 1), newest);

/** The same with other things before it. Field by field: V8 gives each frozen copy of a frozen object a hidden class of its own. */
function after(before: Said | null, said: Said): Said {
  const { fieldPath, type, reason, message, name, count, firstAt, at, since, theoretical } = said;
  return Object.freeze({ fieldPath, type, reason, message, name, count, firstAt, at, since, theoretical, before });
}

/** What names an object: its uid, where that is told. */
function referenceKey({ kind, namespace, name, uid, apiVersion }: ObjectReference): string {
  if (uid !== undefined && uid !== '') return uid;
  return `${kind ?? ''}\n${namespace ?? ''}\n${name ?? ''}\n${apiVersion ?? ''}`;
}
