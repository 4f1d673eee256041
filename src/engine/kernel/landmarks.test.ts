import { describe, expect, it } from 'vitest';
import { type CausesState, findCause, landmarkOf, noCauses, recordCause, recordTold } from './causes';
import type { EventId } from './process';
import { MINUTE } from './time';

const CHUNK = 1024;
const NOBODY = (): EventId[] => [];

interface Telling {
  readonly event: EventId;
  readonly text: string;
}

/** So many events that say nothing, each caused by the one before; begins a chain when there is none. */
function quiet(causes: CausesState, count: number, from: EventId = causes.next - 1, living = NOBODY): EventId {
  let event = from;
  for (let i = 0; i < count; i++) event = recordCause(causes, causes.next, event, 'a/beat', 'tick', living);
  return event;
}

function told(causes: CausesState, from: EventId, text: string, living = NOBODY): EventId {
  const event = recordCause(causes, causes.next, from, 'a/tells', 'word', living);
  recordTold(causes, { event, text } as Telling);
  return event;
}

/** What is told from an event on, into the past; what has no beginning ends with `lost`. */
function storyOf(causes: CausesState, start: EventId): string[] {
  const story: string[] = [];
  for (let event = start; event >= 0;) {
    const landmark = landmarkOf(causes, event);
    if (landmark === null) return [...story, 'lost'];
    story.push(...landmark.told.map((record) => (record as Telling).text));
    event = landmark.cause;
    if (event === -2) return [...story, 'lost'];
  }
  return story;
}

describe('what stays of causes that the ring has let go of', () => {
  it('is what was told, and where chains begin', () => {
    const causes = noCauses(CHUNK);
    const one = told(causes, quiet(causes, 700), 'one');
    const two = told(causes, quiet(causes, 900, one), 'two');
    const last = quiet(causes, 10, two);
    quiet(causes, 4 * CHUNK);
    expect(findCause(causes, last)).toBeNull();
    expect(storyOf(causes, last)).toEqual(['two', 'one']);
    expect(landmarkOf(causes, last)).toMatchObject({ event: two, cause: one, process: 'a/tells', type: 'word' });
    expect(landmarkOf(causes, 0)).toMatchObject({ event: 0, cause: -1, told: [] });
    expect(causes.landmarks.count).toBe(3);
  });

  it('holds what is told of an event in a later chunk', () => {
    const causes = noCauses(CHUNK);
    const asked = quiet(causes, CHUNK - 5);
    quiet(causes, 20);
    recordTold(causes, { event: asked, text: 'answered' } as Telling);
    quiet(causes, 4 * CHUNK);
    expect(storyOf(causes, asked)).toEqual(['answered']);
  });

  it('does not grow by a loop that says the same again and again', () => {
    const causes = noCauses(CHUNK);
    let event = told(causes, quiet(causes, 1), 'once');
    for (let i = 0; i < 50; i++) event = told(causes, quiet(causes, CHUNK, event), 'again');
    quiet(causes, 4 * CHUNK, event);
    expect(storyOf(causes, event)).toEqual(['again', 'once']);
  });

  it('knows the old events on which something living hangs, and forgets others', () => {
    const causes = noCauses(CHUNK);
    const one = quiet(causes, 3, told(causes, quiet(causes, 1), 'one'));
    const other = quiet(causes, 3, told(causes, quiet(causes, 1), 'other'));
    const living = (): EventId[] => [one];
    quiet(causes, 400 * CHUNK, causes.next - 1, living);
    expect(storyOf(causes, one)).toEqual(['one']);
    expect(storyOf(causes, other)).toEqual(['lost']);
  });

  it('does not grow for hours in a small cluster at rest: after five minutes beyond the ring only landmarks stay', () => {
    const causes = noCauses(CHUNK);
    const rest = (minutes: number, living: EventId[]): void => {
      for (let i = 0; i < minutes * 2048; i++)
        recordCause(causes, (causes.next * MINUTE) / 2048, causes.next - 1, 'a/beat', 'tick', () => living);
    };
    const one = quiet(causes, 3, told(causes, quiet(causes, 1), 'one'));
    const other = quiet(causes, 3, told(causes, quiet(causes, 1), 'other'));
    rest(6, [one]);
    expect([storyOf(causes, one), storyOf(causes, other)]).toEqual([['one'], ['other', 'one']]);
    rest(6, [one]);
    expect([storyOf(causes, one), storyOf(causes, other)]).toEqual([['one'], ['lost']]);
    const { length } = causes.landmarks.digests;
    rest(120, [one]);
    expect(causes.landmarks.digests.length).toBeLessThanOrEqual(length + 3);
  });

  it('is bounded: what nothing living hangs on goes first', () => {
    const causes = noCauses(CHUNK);
    const root = quiet(causes, 1);
    const origin = told(causes, root, 'origin');
    const kept = told(causes, origin, 'kept');
    const forgotten = told(causes, origin, 'forgotten');
    const living = (): EventId[] => [kept];
    let most = 0;
    for (let i = 0; i < 100_000; i++) {
      told(causes, root, `leaf ${i}`, living);
      most = Math.max(most, causes.landmarks.count);
    }
    expect(most).toBeLessThanOrEqual(49_152 + CHUNK);
    expect(storyOf(causes, kept)).toEqual(['kept', 'origin']);
    expect(storyOf(causes, forgotten)).toEqual(['lost']);
    expect(storyOf(causes, causes.next - 3 * CHUNK)).toHaveLength(1);
  });

  it('is bounded also when something living hangs on everything: the oldest goes', () => {
    const causes = noCauses(CHUNK);
    const root = quiet(causes, 1);
    const all: EventId[] = [];
    for (let i = 0; i < 80_000; i++) all.push(told(causes, root, `leaf ${i}`, () => all));
    expect(causes.landmarks.count).toBeLessThanOrEqual(49_152 + CHUNK);
    expect(storyOf(causes, all[0]!)).toEqual(['lost']);
    expect(storyOf(causes, all[75_000]!)[0]).toBe('leaf 75000');
  });
});
