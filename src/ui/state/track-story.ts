/**
 * What the timeline shows of a track, kept while the engine stands in its past or on another track: its density and
 * its markers, and how far they have been seen. Pure.
 */
import type { Micros } from '#engine/kernel/time';
import { emptyActivity, type Activity } from './activity';
import type { Marker } from './markers';

export interface TrackStory {
  readonly activity: Activity;
  readonly markers: readonly Marker[];
  /** Nothing before this moment is told twice. */
  readonly seenTo: Micros;
}

export interface TrackStories extends TrackStory {
  readonly track: number;
  /** Those of other tracks. */
  readonly otherStories: ReadonlyMap<number, TrackStory>;
}

export const noStories: TrackStories = {
  activity: emptyActivity,
  markers: [],
  seenTo: -1,
  track: 1,
  otherStories: new Map(),
};

/** The stories with a track's own in front, as when the engine came to stand on it at `now`. A new track has its parent's up to there. */
export function turnTo(track: number, now: Micros, stories: TrackStories): TrackStories {
  const { otherStories, activity, markers, seenTo } = stories;
  if (track === stories.track) return { activity: atRest(activity), markers, seenTo, track, otherStories };
  const known = otherStories.get(track) ?? {
    activity: upTo(activity, now),
    markers: markers.filter(({ at }) => at <= now),
    seenTo: Math.min(now, seenTo),
  };
  const others = new Map(otherStories).set(stories.track, { activity, markers, seenTo });
  others.delete(track);
  return { ...known, activity: atRest(known.activity), track, otherStories: others };
}

/** Rates are of the last seconds before a moment; the moment is another one. */
const atRest = (activity: Activity): Activity => ({ ...activity, recentWrites: [], recentRenewals: [] });

const upTo = (activity: Activity, now: Micros): Activity => ({
  ...activity,
  buckets: activity.buckets.slice(0, Math.floor(now / activity.bucketWidth) + 1),
});
