/** Words for the clocks that run: what ends with one, and when. */
import type { ClockKind, CountdownRecord } from '#engine/cluster/records';
import { SECOND, type Micros } from '#engine/kernel/time';
import { countdownProgress, secondsLeft } from '../chips/countdown';
import { formatAge, formatBytes } from './virtual-time';

/** What ends, given how much time is left. */
export type ClockWords = Readonly<Record<ClockKind, (left: string) => string>>;

/**
 * A clock in one sentence.
 *
 * @param every - the time left is told in steps of so many seconds, so that what is read aloud does not change each second
 */
export type ClockSentence = (countdown: CountdownRecord, now: Micros, every?: number) => string;

/** @param part - how much of a whole has come */
export const clockSentence =
  (words: ClockWords, part: (come: string, whole: string) => string): ClockSentence =>
  (countdown, now, every = 1) => {
    const { what, bytes } = countdown;
    const left = Math.ceil(secondsLeft(countdown, now) / every) * every;
    const sentence = words[what](formatAge(left * SECOND));
    if (bytes === undefined || every > 1) return sentence;
    return `${sentence} ${part(formatBytes(Math.floor(bytes * countdownProgress(countdown, now))), formatBytes(bytes))}`;
  };
