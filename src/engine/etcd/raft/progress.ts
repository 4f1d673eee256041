/**
 * What a leader knows of a member's log, and how it feeds it: `probe` asks with one append at a time where the logs
 * agree, `replicate` sends ahead of the answers, `snapshot` waits until the member has taken one in.
 *
 * @source etcd-io/raft tracker/progress.go, tracker/inflights.go
 */
import type { MemberId } from './messages';

/** Appends under way to one member. @source etcd server/etcdserver/raft.go (maxInflightMsgs) */
export const MAX_IN_FLIGHT = 512;

export interface Progress {
  readonly id: MemberId;
  learner: boolean;
  /** Last index that it is known to have. */
  match: number;
  /** First index that it gets next. */
  next: number;
  state: 'probe' | 'replicate' | 'snapshot';
  /** In `probe`: an append is under way. */
  paused: boolean;
  /** In `snapshot`: index of the one that was sent, and the ticks since. */
  pendingSnapshot: number;
  snapshotTicks: number;
  /** It answered a heartbeat and is behind: what was sent may be lost, so something is to be sent whatever is under way. */
  nudged: boolean;
  /** It was heard of since the last check of the quorum. */
  recentActive: boolean;
  /** The highest commit index that it was told. */
  sentCommit: number;
  /** Last index of each append under way. */
  inFlight: number[];
}

export const newProgress = (id: MemberId, learner: boolean, next: number): Progress => ({
  id,
  learner,
  match: 0,
  next,
  state: 'probe',
  paused: false,
  pendingSnapshot: 0,
  snapshotTicks: 0,
  nudged: false,
  recentActive: false,
  sentCommit: 0,
  inFlight: [],
});

export function becomeProbe(progress: Progress): void {
  const { state, pendingSnapshot, match } = progress;
  progress.next = Math.max(match, state === 'snapshot' ? pendingSnapshot : 0) + 1;
  enter(progress, 'probe');
}

export function becomeReplicate(progress: Progress): void {
  enter(progress, 'replicate');
  progress.next = progress.match + 1;
}

export function becomeSnapshot(progress: Progress, index: number): void {
  enter(progress, 'snapshot');
  progress.pendingSnapshot = index;
  progress.next = index + 1;
  progress.sentCommit = index;
}

function enter(progress: Progress, state: Progress['state']): void {
  progress.state = state;
  progress.paused = false;
  progress.pendingSnapshot = 0;
  progress.snapshotTicks = 0;
  progress.inFlight = [];
  progress.sentCommit = Math.min(progress.sentCommit, progress.next - 1);
}

export const isPaused = ({ state, paused, inFlight }: Progress): boolean =>
  state === 'probe' ? paused : state === 'snapshot' || inFlight.length >= MAX_IN_FLIGHT;

/** An append was acknowledged up to `index`. @returns whether that is news */
export function acknowledge(progress: Progress, index: number): boolean {
  if (index <= progress.match) return false;
  progress.match = index;
  progress.next = Math.max(progress.next, index + 1);
  progress.paused = false;
  return true;
}

/** Appends up to `index` have been answered. */
export function freeInFlight(progress: Progress, index: number): void {
  const { inFlight } = progress;
  let free = 0;
  while (free < inFlight.length && inFlight[free]! <= index) free++;
  if (free > 0) inFlight.splice(0, free);
}

/**
 * An append after `rejected` was refused; the logs agree at `hint` at best.
 *
 * @returns false when the refusal is an old one
 */
export function backUp(progress: Progress, rejected: number, hint: number): boolean {
  if (progress.state === 'replicate') {
    if (rejected <= progress.match) return false;
    progress.next = progress.match + 1;
  } else {
    if (progress.next - 1 !== rejected) return false;
    progress.next = Math.max(Math.min(rejected, hint + 1), progress.match + 1);
  }
  progress.sentCommit = Math.min(progress.sentCommit, progress.next - 1);
  progress.paused = false;
  return true;
}
