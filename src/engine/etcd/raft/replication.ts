/**
 * How a leader brings its log to the others (§5.3, §7), what commits an entry (§5.4.2), and how followers take entries,
 * heartbeats and snapshots in.
 *
 * @source etcd-io/raft raft.go (maybeSendAppend, handleAppendEntries, handleHeartbeat, handleSnapshot, stepLeader)
 */
import {
  appendEntries,
  commitTo,
  entriesFrom,
  lastIndex,
  lastPossibleAgreement,
  restoreLog,
  termAt,
  tryAppend,
} from './log';
import {
  type Append,
  type AppendAnswer,
  type ConfState,
  type Entry,
  type Heartbeat,
  type HeartbeatAnswer,
  type InstallSnapshot,
  type MemberId,
  NOBODY,
  type Payload,
} from './messages';
import {
  acknowledge,
  backUp,
  becomeProbe,
  becomeReplicate,
  becomeSnapshot,
  freeInFlight,
  isPaused,
  type Progress,
} from './progress';
import { committedIndex } from './quorum';
import { releaseEarlyReads } from './reads';
import { progressOf, type Raft, send, sendAfterSync, setConf } from './state';

/** Bytes of entries in one append. @source etcd server/etcdserver/raft.go (maxSizePerMsg) */
const MAX_APPEND_BYTES = 1024 * 1024;

/** Election timeouts after which a snapshot that nobody acknowledged counts as lost. */
const SNAPSHOT_ELECTIONS = 3;

/** A leader puts payloads into its log. A change of members that may not enter becomes an empty entry. */
export function appendPayloads(raft: Raft, payloads: readonly Payload[]): void {
  const { log, term } = raft;
  let index = lastIndex(log);
  const entries = payloads.map((payload): Entry => {
    index++;
    const { data, change, bytes } = payload;
    if (change === null) return Object.freeze({ index, term, data, change, bytes });
    if (raft.pendingConfIndex > log.applied) return Object.freeze({ index, term, data: null, change: null, bytes: 0 });
    raft.pendingConfIndex = index;
    return Object.freeze({ index, term, data, change, bytes });
  });
  appendEntries(log, entries);
}

/** Sends every member what it lacks, as far as its window allows. Called when a batch is complete. */
export function sendAppends(raft: Raft): void {
  for (const progress of raft.progress) {
    if (progress.id === raft.id) continue;
    while (wants(raft, progress) && sendAppend(raft, progress));
    progress.nudged = false;
  }
}

function wants({ log }: Raft, progress: Progress): boolean {
  if (progress.nudged && progress.state !== 'snapshot') return true;
  if (isPaused(progress)) return false;
  if (progress.next <= lastIndex(log)) return true;
  if (progress.state === 'probe') return progress.match < progress.next - 1;
  return log.committed > progress.sentCommit && progress.sentCommit < progress.next - 1;
}

/** @returns whether more may follow */
function sendAppend(raft: Raft, progress: Progress): boolean {
  const { log } = raft;
  const index = progress.next - 1;
  if (index < log.base) return sendSnapshot(raft, progress);
  const entries = isPaused(progress) ? [] : batchFrom(raft, progress.next);
  progress.nudged = false;
  send(raft, {
    type: 'raft/append',
    ...between(raft, progress.id),
    index,
    logTerm: termAt(log, index),
    entries,
    commit: log.committed,
  });
  progress.sentCommit = log.committed;
  if (progress.state === 'probe') {
    progress.paused = true;
    return false;
  }
  if (entries.length > 0) {
    progress.next += entries.length;
    progress.inFlight.push(progress.next - 1);
  }
  return entries.length > 0;
}

function batchFrom({ log }: Raft, next: number): Entry[] {
  const first = next - log.base - 1;
  let bytes = 0;
  let end = first;
  while (end < log.entries.length && (end === first || bytes + log.entries[end]!.bytes <= MAX_APPEND_BYTES)) {
    bytes += log.entries[end]!.bytes;
    end++;
  }
  return entriesFrom(log, next, end - first);
}

/** What the member needs is gone: it gets all at once. One that was not heard of waits. */
function sendSnapshot(raft: Raft, progress: Progress): boolean {
  if (!progress.recentActive) return false;
  becomeSnapshot(progress, raft.log.applied);
  send(raft, { type: 'raft/snapshot', ...between(raft, progress.id), snapshot: null });
  return false;
}

const between = (raft: Raft, to: MemberId): { group: number; from: MemberId; to: MemberId; term: number } => ({
  group: raft.options.group,
  from: raft.id,
  to,
  term: raft.term,
});

/** Commits what a majority has, if it is of this term: older entries follow along (§5.4.2). */
export function tryCommit(raft: Raft): void {
  const { log, conf, progress } = raft;
  // A quick no: the member that is furthest has nothing new.
  if (progress.every(({ match }) => match <= log.committed)) return;
  const index = committedIndex([conf.voters], (id) => progressOf(raft, id)?.match ?? 0);
  if (index === Infinity || index <= log.committed || termAt(log, index) !== raft.term) return;
  commitTo(raft.log, index);
  releaseEarlyReads(raft);
}

/** The leader hears how far a member has come. @returns true when the member may be asked to lead at once */
export function handleAppendAnswer(raft: Raft, message: AppendAnswer): boolean {
  const progress = progressOf(raft, message.from);
  if (progress === undefined) return false;
  progress.recentActive = true;
  if (message.reject) {
    const { hint, hintTerm } = message;
    const next = hintTerm > 0 ? lastPossibleAgreement(raft.log, hint, hintTerm).index : hint;
    if (backUp(progress, message.index, next) && progress.state === 'replicate') becomeProbe(progress);
    return false;
  }
  const isProbed = progress.state === 'probe' && progress.match === message.index;
  if (!acknowledge(progress, message.index) && !isProbed) return false;
  if (progress.state === 'replicate') freeInFlight(progress, message.index);
  else if (progress.state === 'probe' || progress.match >= raft.log.base) becomeReplicate(progress);
  tryCommit(raft);
  return message.from === raft.transferee && progress.match === lastIndex(raft.log);
}

/** Heartbeats to all, with the newest read that waits for one. */
export function sendHeartbeats(raft: Raft): void {
  raft.heartbeatDue = false;
  const read = raft.pendingReads[raft.pendingReads.length - 1]?.number ?? 0;
  for (const progress of raft.progress) {
    if (progress.id === raft.id) continue;
    const commit = Math.min(progress.match, raft.log.committed);
    progress.sentCommit = Math.max(progress.sentCommit, commit);
    send(raft, { type: 'raft/heartbeat', ...between(raft, progress.id), commit, read });
  }
}

export function handleHeartbeatAnswer(raft: Raft, message: HeartbeatAnswer): void {
  const progress = progressOf(raft, message.from);
  if (progress === undefined) return;
  progress.recentActive = true;
  progress.paused = false;
  progress.nudged = progress.match < lastIndex(raft.log) || progress.state === 'probe';
}

/** A follower takes in what its leader sends. */
export function handleAppend(raft: Raft, message: Append): void {
  const { log } = raft;
  const { index, logTerm, entries, commit } = message;
  if (index < log.committed) return answerAppend(raft, message.from, log.committed);
  const last = tryAppend(log, index, logTerm, entries);
  if (last >= 0) {
    commitTo(log, Math.min(commit, last));
    return answerAppend(raft, message.from, last);
  }
  const hint = lastPossibleAgreement(log, index, logTerm);
  sendAfterSync(raft, {
    type: 'raft/append-answer',
    ...between(raft, message.from),
    index,
    reject: true,
    hint: hint.index,
    hintTerm: hint.term,
  });
}

export function answerAppend(raft: Raft, to: MemberId, index: number): void {
  const own = between(raft, to);
  sendAfterSync(raft, { type: 'raft/append-answer', ...own, index, reject: false, hint: 0, hintTerm: 0 });
}

export function handleHeartbeat(raft: Raft, message: Heartbeat): void {
  const { commit, read, from } = message;
  const last = lastIndex(raft.log);
  if (commit > last) {
    const words = `tocommit(${commit}) is out of range [lastIndex(${last})]`;
    raft.panic = `${words}. Was the raft log corrupted, truncated, or lost?`;
    return;
  }
  commitTo(raft.log, commit);
  send(raft, { type: 'raft/heartbeat-answer', ...between(raft, from), read });
}

/** A follower takes in a snapshot, unless it has all that is in it. */
export function handleSnapshot(raft: Raft, message: InstallSnapshot): void {
  const { snapshot, from } = message;
  const { log } = raft;
  if (snapshot === null) return;
  const { index, term, conf } = snapshot;
  const isNews = index > log.committed && belongs(conf, raft.id);
  if (isNews && termAt(log, index) === term) commitTo(log, index);
  else if (isNews) {
    restoreLog(log, index, term);
    raft.installing = snapshot;
    setConf(raft, conf);
  }
  answerAppend(raft, from, log.committed);
}

const belongs = ({ voters, learners }: ConfState, id: MemberId): boolean =>
  voters.includes(id) || learners.includes(id);

/** A member cannot be reached: what is under way to it may be lost. */
export function reportUnreachable(raft: Raft, id: MemberId): void {
  const progress = progressOf(raft, id);
  if (raft.role === 'leader' && progress?.state === 'replicate') becomeProbe(progress);
}

/** A snapshot got lost on its way: the member is asked again where it stands, after the next heartbeat. */
export function reportSnapshotFailure(raft: Raft, id: MemberId): void {
  const progress = progressOf(raft, id);
  if (progress?.state !== 'snapshot') return;
  progress.pendingSnapshot = 0;
  becomeProbe(progress);
  progress.paused = true;
}

/** A tick of a leader that waits for members to take a snapshot in: one that nobody acknowledges counts as lost. */
export function tickSnapshots(raft: Raft): void {
  for (const { id, state, snapshotTicks } of raft.progress) {
    if (state !== 'snapshot') continue;
    progressOf(raft, id)!.snapshotTicks = snapshotTicks + 1;
    if (snapshotTicks + 1 >= SNAPSHOT_ELECTIONS * raft.options.electionTicks) reportSnapshotFailure(raft, id);
  }
}

/** Takes over a changed configuration. A leader goes on with it at once. */
export function switchConf(raft: Raft, conf: ConfState): void {
  setConf(raft, conf);
  if (raft.role !== 'leader') return;
  if (!conf.voters.includes(raft.transferee)) raft.transferee = NOBODY;
  tryCommit(raft);
}
