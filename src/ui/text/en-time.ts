/** What is said of the past, of branches, and of what is different in them. */
import type { TrackStatus } from '#host/worker/protocol';

export const enTime = {
  scrubber: 'Moment',
  hint: 'Drag to go to any moment',
  past: (clock: string, track: string) => `You look at ${clock} of ${track}.`,
  readOnly: 'Nothing can be done to the past.',
  toPresent: 'Back to now',
  branch: 'Branch here',
  branchHint: 'From this moment the run goes another way; what was done later stays on its own track',
  back: '−10 s',
  backHint: 'Ten seconds back',
  branchName: (number: number) => `branch ${number}`,
  tracks: 'Tracks',
  trackSpan: ({ from, parent }: TrackStatus, start: string, end: string) =>
    parent === null && from === 0 ? `up to ${end}` : `left at ${start}, up to ${end}`,
  goTo: (name: string) => `Go to ${name}`,
  compare: (name: string) => `Compare with ${name}`,
  forget: (name: string) => `Forget ${name}`,
  comparison: 'What is different',
  comparing: 'Both runs are played again, side by side …',
  close: 'Close the comparison',
  same: 'Nothing is different: the same happened in both.',
  firstEvent: 'First event that differs',
  firstCommit: 'First change of an object that differs',
  nothingMore: 'It had come to its end.',
  stateAt: (clock: string) => `At ${clock}`,
  thing: 'Thing',
  field: 'What',
  absent: 'not there',
  none: '–',
  more: (count: number) => `and ${count} more`,
};
