import { describe, expect, it } from 'vitest';
import { PLANTED } from './planted';
import { runOnce } from './run';

/** The first seed, from 1 on, that shows a bug, and with how many members. */
const CAUGHT: readonly (readonly [bug: string, members: number, seed: number, words: string])[] = [
  ['a leader counts entries of old terms as committed', 3, 98, 'r/d: violation behind'],
  ['the log is not synced before it is acknowledged', 5, 2, 'both lead term 1'],
  ['events before a compaction are left out without a word', 3, 11, 'never told of'],
  ['reads do not ask the majority', 3, 1, 'r/a: violation behind'],
  ['a leader acknowledges before the majority has it', 3, 1, 'acknowledged r/a=18 at revision 15: there is'],
  ['a follower revokes leases by its own clock', 3, 1, 'was nothing, but it was lease/x'],
  ['a snapshot forgets a key', 3, 1, 'was nothing, but it was lease/x'],
  ['a follower drops the last entries of its log when it restarts', 3, 4, 'but it was'],
  ['a forwarded proposal is taken twice', 3, 1, 'r/c: violation behind'],
  ['a watch that is resumed begins one revision too late', 3, 1, 'but it was'],
  ['the vote is not persisted', 3, 889, '1 and 2 both lead term 2'],
  ['a member votes for everybody', 3, 42, 'both lead term'],
];

describe('bugs planted into etcd', () => {
  it('are all in the table', () => {
    expect(CAUGHT.map(([bug]) => bug)).toEqual(Object.keys(PLANTED));
  });

  it.each(CAUGHT)('%s: caught with %i members by seed %i', (bug, members, seed, words) => {
    expect(runOnce({ seed, members, etcd: PLANTED[bug]! }).violations.join('\n')).toContain(words);
  });
});
