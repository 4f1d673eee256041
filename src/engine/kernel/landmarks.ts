/**
 * What stays of causes when the ring lets go of them. Of a chunk of events its landmarks stay: the events of which something
 * is told, and those in which chains begin. For each other event the number of the landmark that stands for it is kept, its nearest
 * ancestor; so a chain of causes that leads into the past goes on there from landmark to landmark, back to its beginning,
 * while heartbeats, probes and whatever else says nothing cost a byte or two each, and only for a while.
 *
 * Bounded: of too many landmarks those go first that nothing hangs on which still exists, then the oldest.
 */
import type { EventId, ProcessId, Told } from './process';
import { packed, type StandIns, standInAt } from './stand-ins';
import { type Micros, MINUTE } from './time';

export interface Landmark {
  readonly event: EventId;
  readonly at: Micros;
  /** The landmark before it in the chain of causes; −1 where chains begin, `LOST` where the one before is forgotten. */
  readonly cause: EventId;
  readonly process: ProcessId;
  readonly type: string;
  readonly told: readonly Told[];
}

/** Instead of an event: it is not known any more. */
export const LOST: EventId = -2;

/** What stays of one chunk of events, or of several old ones. Frozen. */
interface Digest {
  readonly first: EventId;
  /** When the last of them was handled. */
  readonly until: Micros;
  /** In order of their events. */
  readonly landmarks: readonly Landmark[];
  /** Null: kept for the landmarks alone. */
  readonly standIns: StandIns | null;
}

/** Landmarks that stand for single old events because something that exists hangs on these. Frozen, in order of events. */
interface Pins {
  readonly events: Float64Array;
  readonly standIns: Float64Array;
}

export interface LandmarksState {
  /** In order of their events. */
  digests: Digest[];
  /** Landmarks in all digests. */
  count: number;
  pins: Pins;
}

/** The events that something hangs on which exists: what is asked about is most often one of these. */
export type Living = () => Iterable<EventId>;

/** Landmarks that are kept at most; some 200 bytes each. */
const MOST_LANDMARKS = 49_152;
/** Of those that are too many, so many stay at most, and so many of the newest at least: to choose them is to look at all that exists. */
const MOST_KEPT = MOST_LANDMARKS / 2;
const NEWEST_KEPT = MOST_LANDMARKS / 6;
/** Digests that are left to know of all their events, when there are too many of these: a quarter of a million events. */
const WHOLE_DIGESTS = 256;
/** So many more come before one looks at them, since that, too, means to look at all that exists. */
const BATCH = 128;
/** Nor do they know of all for longer than this beyond the ring: a cluster at rest is small, and must not grow for hours. */
const WHOLE_SPAN = 5 * MINUTE;
/** So many that are too old, and a quarter of all, are gathered first, again since one has to look at all that exists. */
const OLD_BATCH = 4;

export const noLandmarks = (): LandmarksState => ({
  digests: [],
  count: 0,
  pins: pinsOf([]),
});

/** The landmark that stands for an event which the ring has let go of, or null when it is forgotten. */
export function findLandmark(state: LandmarksState, event: EventId): Landmark | null {
  return landmarkAt(state, standInOf(state, event));
}

function landmarkAt({ digests }: LandmarksState, event: EventId): Landmark | null {
  const landmarks = digests[lastUpTo(digests, event)]?.landmarks;
  const found = landmarks?.[lastUpTo(landmarks, event, ({ event: at }) => at)];
  return found?.event === event ? found : null;
}

/** @returns the number of the landmark that stands for an event, or `LOST` */
function standInOf(state: LandmarksState, event: EventId): EventId {
  const { digests, pins } = state;
  const digest = digestAround(digests, event);
  if (digest !== undefined && digest.standIns !== null) return standInAt(digest.standIns, event - digest.first) ?? LOST;
  if (landmarkAt(state, event) !== null) return event;
  const pin = lastUpTo(pins.events, event, (at) => at);
  return pins.events[pin] === event ? pins.standIns[pin]! : LOST;
}

/** Digests that are whole lie one behind the other: the place of one tells those of the others. */
function digestAround(digests: readonly Digest[], event: EventId): Digest | undefined {
  const last = digests[digests.length - 1];
  if (last?.standIns === null || last === undefined) return digests[lastUpTo(digests, event)];
  const size = last.standIns.places.length;
  const near = digests[digests.length - 1 - Math.ceil((last.first - event) / size)];
  return near !== undefined && near.first <= event && event < near.first + size
    ? near
    : digests[lastUpTo(digests, event)];
}

/** Index of the last entry whose event is not after `event`; −1: there is none. */
function lastUpTo<Entry>(
  entries: ArrayLike<Entry>,
  event: EventId,
  eventOf: (entry: Entry) => EventId = (entry) => (entry as Digest).first,
): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (eventOf(entries[middle]!) <= event) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** A chunk of events that is let go of. */
export interface Leaving {
  readonly first: EventId;
  /** By the event's place in the chunk. */
  readonly causes: Float64Array;
  /** What is told of each, by its place. */
  readonly told: readonly (readonly Told[] | undefined)[];
  readonly record: (event: EventId) => Omit<Landmark, 'told'>;
}

/**
 * Takes in a chunk that the ring lets go of.
 *
 * @param standing - the causes that later events still name
 */
export function digest(state: LandmarksState, { first, causes, told, record }: Leaving, standing: Living): void {
  const standIns = new Float64Array(causes.length);
  const landmarks: Landmark[] = [];
  const made = new Map<EventId, Landmark>();
  for (let row = 0; row < causes.length; row++) {
    const event = first + row;
    const cause = causes[row]!;
    const above = cause < 0 ? cause : cause >= first ? standIns[cause - first]! : standInOf(state, cause);
    const said = told[row];
    standIns[row] = above;
    if (cause >= 0 && said === undefined) continue;
    standIns[row] = event;
    // A loop that says the same each time is one link, so that its chain does not grow.
    const before = made.get(above) ?? landmarkAt(state, above);
    const again = before !== null && before.cause >= 0 && isSame(before.told, said ?? NOTHING);
    const { at, process, type } = record(event);
    const link = again ? before.cause : above;
    const landmark = Object.freeze({ event, at, cause: link, process, type, told: Object.freeze(said ?? []) });
    made.set(event, landmark);
    landmarks.push(landmark);
  }
  const until = record(first + causes.length - 1).at;
  state.digests.push(digestOf(first, until, landmarks, packed(standIns)));
  state.count += landmarks.length;
  loosen(state, dueToLoosen(state, until), standing);
  if (state.count > MOST_LANDMARKS) thin(state, standing);
}

const NOTHING: readonly Told[] = [];

const digestOf = (first: EventId, until: Micros, landmarks: readonly Landmark[], standIns: StandIns | null): Digest =>
  Object.freeze({ first, until, landmarks: Object.freeze(landmarks), standIns });

/** The digests that know of all their events are the last ones. @returns where they begin */
const beginOfWhole = ({ digests }: LandmarksState): number =>
  digests.findLastIndex(({ standIns }) => standIns === null) + 1;

/** @returns how many of the whole digests are to keep their landmarks alone now */
function dueToLoosen(state: LandmarksState, now: Micros): number {
  const { digests } = state;
  const begin = beginOfWhole(state);
  const whole = digests.length - begin;
  const surplus = whole - WHOLE_DIGESTS;
  const enough = Math.max(OLD_BATCH, whole >> 2);
  let old = 0;
  while (old < enough && digests[begin + old]!.until < now - WHOLE_SPAN) old++;
  return Math.max(surplus >= BATCH ? surplus : 0, old >= enough ? old : 0);
}

/** Of the first `count` of the whole digests stay their landmarks alone, and who stands for what exists. */
function loosen(state: LandmarksState, count: number, standing: Living): void {
  if (count === 0) return;
  const { digests } = state;
  const begin = beginOfWhole(state);
  const end = begin + count;
  const beyond = digests[end]!.first;
  const pins = new Map<EventId, EventId>();
  for (const event of standing()) {
    if (event < 0 || event >= beyond) continue;
    const standIn = standInOf(state, event);
    if (standIn >= 0 && standIn !== event) pins.set(event, standIn);
  }
  const loosened = digests.slice(begin, end);
  const landmarks = loosened.flatMap((old) => old.landmarks);
  state.digests = [
    ...digests.slice(0, begin),
    ...(landmarks.length > 0 ? [digestOf(loosened[0]!.first, loosened.at(-1)!.until, landmarks, null)] : []),
    ...digests.slice(end),
  ];
  state.pins = pinsOf([...pins].sort(([a], [b]) => a - b));
}

const pinsOf = (pairs: readonly (readonly [EventId, EventId])[]): Pins =>
  Object.freeze({
    events: Float64Array.from(pairs, ([event]) => event),
    standIns: Float64Array.from(pairs, ([, standIn]) => standIn),
  });

/** The newest stay, and of what is older that on which they hang, or something that exists. */
function thin(state: LandmarksState, standing: Living): void {
  const needed = new Set<EventId>();
  for (const event of standing()) if (event >= 0) needed.add(standInOf(state, event));
  let kept = 0;
  const digests: Digest[] = [];
  for (const old of [...state.digests].reverse()) {
    const isNew = kept < NEWEST_KEPT;
    const isFull = kept > MOST_KEPT;
    const landmarks = old.landmarks
      .toReversed()
      .filter(({ event, cause }) => {
        if (isFull || (!isNew && !needed.has(event))) return false;
        needed.add(cause);
        return true;
      })
      .reverse();
    kept += landmarks.length;
    if (landmarks.length > 0 || old.standIns !== null)
      digests.push(digestOf(old.first, old.until, landmarks, old.standIns));
  }
  state.digests = digests.reverse();
  state.count = kept;
}

/** Whether the same is told, but for when. */
function isSame(some: readonly Told[], others: readonly Told[]): boolean {
  if (some.length !== others.length) return false;
  for (let index = 0; index < some.length; index++) {
    if (!hasWords(some[index]!, others[index]!) || !hasWords(others[index]!, some[index]!)) return false;
  }
  return true;
}

/** Whether `told` says all that `other` says in words and numbers. */
function hasWords(told: Told, other: Told): boolean {
  for (const key in other) {
    const word = wordOf(other, key);
    if (key !== 'event' && key !== 'at' && typeof word !== 'object' && wordOf(told, key) !== word) return false;
  }
  return true;
}

const wordOf = (told: Told, key: string): unknown => told[key as keyof Told];
