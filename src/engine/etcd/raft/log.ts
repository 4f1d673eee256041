/**
 * A member's log as Raft sees it: the entries above what a snapshot covers, and how far they are safe, committed and
 * applied. Plain data, changed in place.
 *
 * @source etcd-io/raft log.go, log_unstable.go
 */
import { invariant } from '#engine/kernel/invariant';
import type { Entry } from './messages';

export interface RaftLog {
  /** Index and term of the entry before `entries`: it and all before it are gone. */
  base: number;
  baseTerm: number;
  entries: Entry[];
  /** Up to here the driver was given what to persist. */
  handedOut: number;
  /** Up to here it is safe. */
  stable: number;
  committed: number;
  applied: number;
}

export function newLog(base: number, baseTerm: number, entries: readonly Entry[], commit: number): RaftLog {
  const last = base + entries.length;
  return {
    base,
    baseTerm,
    entries: [...entries],
    handedOut: last,
    stable: last,
    committed: Math.max(base, Math.min(commit, last)),
    applied: base,
  };
}

export const lastIndex = (log: RaftLog): number => log.base + log.entries.length;

export const lastTerm = (log: RaftLog): number =>
  log.entries.length === 0 ? log.baseTerm : log.entries[log.entries.length - 1]!.term;

/** Term of the entry at `index`; 0 when there is none, or none any more. */
export function termAt(log: RaftLog, index: number): number {
  if (index === log.base) return log.baseTerm;
  return log.entries[index - log.base - 1]?.term ?? 0;
}

/** Whether a log whose last entry is this one holds all that may be committed (§5.4.1). */
export function isUpToDate(log: RaftLog, index: number, term: number): boolean {
  const own = lastTerm(log);
  return term > own || (term === own && index >= lastIndex(log));
}

export const entriesFrom = (log: RaftLog, index: number, count: number): Entry[] =>
  log.entries.slice(index - log.base - 1, index - log.base - 1 + count);

/** Puts entries at the end; those that stood at their indexes, and all behind, are cut off. */
export function appendEntries(log: RaftLog, entries: readonly Entry[]): void {
  const first = entries[0];
  if (first === undefined) return;
  invariant(first.index > log.committed, `entry ${first.index} would replace a committed one`);
  const keep = first.index - log.base - 1;
  if (keep < log.entries.length) {
    log.entries.length = keep;
    log.handedOut = Math.min(log.handedOut, first.index - 1);
    log.stable = Math.min(log.stable, first.index - 1);
  }
  for (const entry of entries) log.entries.push(entry);
}

/**
 * A leader's entries after the entry (`index`, `term`), taken in where they are new (§5.3).
 *
 * @returns the last index of the agreement, or −1 when the entry before is another one
 */
export function tryAppend(log: RaftLog, index: number, term: number, entries: readonly Entry[]): number {
  if (index < log.base || index > lastIndex(log) || termAt(log, index) !== term) return -1;
  const conflict = entries.findIndex((entry) => entry.index > log.base && termAt(log, entry.index) !== entry.term);
  if (conflict >= 0) appendEntries(log, conflict === 0 ? entries : entries.slice(conflict));
  return index + entries.length;
}

/**
 * The last entry up to `index` whose term is not above `term`: where two logs may agree at best.
 *
 * @source etcd-io/raft log.go (findConflictByTerm)
 */
export function lastPossibleAgreement(log: RaftLog, index: number, term: number): { index: number; term: number } {
  for (let at = Math.min(index, lastIndex(log)); at >= log.base; at--) {
    const own = termAt(log, at);
    if (own <= term) return { index: at, term: own };
  }
  return { index: log.base, term: 0 };
}

/** Raises the commit index, which is never above what the log holds. @returns whether it rose */
export function commitTo(log: RaftLog, index: number): boolean {
  if (index <= log.committed) return false;
  invariant(index <= lastIndex(log), `entry ${index} is committed and not there`);
  log.committed = index;
  return true;
}

/** Lets go of the entries up to `index`, which must be applied. */
export function compactLog(log: RaftLog, index: number): void {
  if (index <= log.base) return;
  invariant(index <= log.applied, `entry ${index} is not applied yet`);
  log.baseTerm = termAt(log, index);
  log.entries.splice(0, index - log.base);
  log.base = index;
}

/** The log after a snapshot was taken in: empty. */
export function restoreLog(log: RaftLog, index: number, term: number): void {
  log.base = index;
  log.baseTerm = term;
  log.entries = [];
  log.handedOut = index;
  log.stable = index;
  log.committed = index;
}
