/**
 * An etcd member as a process. Client requests that change something become proposals in the log (`log.ts`); once an
 * entry is committed it is applied to the store (`mvcc.ts`, `txn.ts`, `lease.ts`), the watchers hear of it
 * (`watch.ts`) and whoever proposed it gets the answer. Reads wait until this term's first entry is applied.
 * The log is the place of Raft: with one member, what its disk holds is committed.
 *
 * All events of a client's watches up to a revision are sent before any answer that carries it in its header.
 */
import {
  type Context,
  defineProcess,
  type EventId,
  type KernelMessage,
  type Message,
  type ProcessId,
} from '#engine/kernel/process';
import { type Micros, SECOND } from '#engine/kernel/time';
import { COMPACTED, REQUEST_TIMED_OUT, TOO_MANY_REQUESTS } from './errors';
import { expiredLeases, grantLease, type Lessor, nextExpiry, renewAllLeases, renewLease, revokeLease } from './lease';
import {
  append,
  beginTerm,
  cutLog,
  type Entry,
  type Log,
  openSegment,
  persist,
  type Persisted,
  persisted,
  recoverLog,
} from './log';
import { compact, eventsSince, inRange, range, rangeError, type Store } from './mvcc';
import { recoverSnapshot, removeOldSnapshots, SNAPSHOT_COUNT, type SnapshotSaved, takeSnapshot } from './snapshot';
import { applyTxn, txnBytes, txnError } from './txn';
import {
  addWatcher,
  newWatchers,
  notifyWatchers,
  removeClient,
  removeWatcher,
  takeDeliveries,
  type Watchers,
} from './watch';
import type {
  EtcdAnswer,
  EtcdHeader,
  EtcdRequest,
  KvEvent,
  LeaseKeepAliveRequest,
  Proposal,
  RangeRequest,
  WatchCreateRequest,
} from './wire';

export interface EtcdArgs {
  /** This member's number in its group. */
  readonly member: number;
}

/** A client that waits for its proposal. */
interface Waiter {
  readonly client: ProcessId;
  readonly id: number;
  readonly deadline: Micros;
}

export interface EtcdCounters {
  proposals: number;
  applied: number;
  ranges: number;
  syncs: number;
  watchEvents: number;
  snapshots: number;
}

export interface EtcdState {
  readonly member: number;
  readonly log: Log;
  readonly store: Store;
  readonly lessor: Lessor;
  readonly watchers: Watchers;
  /** By proposer, in order of their deadlines. */
  readonly waiters: Map<string, Waiter>;
  nextProposal: number;
  /** Reads that came before this term's first entry was applied. */
  readonly waitingReads: { readonly client: ProcessId; readonly request: RangeRequest }[];
  snapshotIndex: number;
  /** A snapshot is being written. */
  snapshotting: boolean;
  leaseTimer: EventId | null;
  timeoutTimer: boolean;
  readonly counters: EtcdCounters;
}

interface Tick extends Message {
  readonly type: 'etcd/expire-leases' | 'etcd/expire-requests';
}

/** Proposals that may be in the log and not yet applied. @source etcd server/etcdserver/v3_server.go (maxGapBetweenApplyAndCommitIndex) */
const MAX_BACKLOG = 5_000;
/** 5 s and two election timeouts. @source etcd server/config/config.go (ReqTimeout) */
const REQUEST_TIMEOUT: Micros = 7 * SECOND;

type EtcdMessage = EtcdRequest | Persisted | SnapshotSaved | Tick | KernelMessage;

export const etcd = defineProcess<EtcdState, EtcdArgs>({
  kind: 'etcd',

  start(ctx, args) {
    const recovered = recoverSnapshot(ctx.disk, ctx.monotonic);
    const state: EtcdState = {
      member: args.member,
      log: recoverLog(ctx.disk, recovered.index, recovered.term),
      store: recovered.store,
      lessor: recovered.lessor,
      watchers: newWatchers(),
      waiters: new Map(),
      nextProposal: ctx.monotonic,
      waitingReads: [],
      snapshotIndex: recovered.index,
      snapshotting: false,
      leaseTimer: null,
      timeoutTimer: false,
      counters: { proposals: 0, applied: 0, ranges: 0, syncs: 0, watchEvents: 0, snapshots: 0 },
    };
    beginTerm(state.log, ctx.disk, ctx.event);
    persist(state.log, ctx.disk);
    ctx.log(`became leader at term ${state.log.term}, ${state.log.unapplied.length} entries to apply`);
    return state;
  },

  handle(state, incoming, ctx) {
    const message = incoming as EtcdMessage;
    switch (message.type) {
      case 'etcd/txn':
      case 'etcd/compact':
      case 'etcd/lease-grant':
      case 'etcd/lease-revoke':
        return propose(state, message, ctx);
      case 'etcd/range':
        return read(state, message, ctx);
      case 'etcd/lease-keepalive':
        return keepAlive(state, message, ctx);
      case 'etcd/watch-create':
        return createWatch(state, message, ctx);
      case 'etcd/watch-cancel':
        if (ctx.from !== null) removeWatcher(state.watchers, ctx.from, message.id);
        return;
      case 'etcd/progress': {
        const watches = ctx.from === null ? 0 : (state.watchers.byClient.get(ctx.from)?.size ?? 0);
        return answer(ctx, { type: 'etcd/progress-answer', id: message.id, header: headerOf(state), watches });
      }
      case 'etcd/persisted':
        state.counters.syncs++;
        applyEntries(state, persisted(state.log, message.index), ctx);
        persist(state.log, ctx.disk);
        return;
      case 'etcd/snapshot-saved':
        state.snapshotting = false;
        state.snapshotIndex = message.index;
        state.counters.snapshots++;
        removeOldSnapshots(ctx.disk, message.file);
        cutLog(state.log, ctx.disk, message.index);
        return;
      case 'etcd/expire-leases':
        return expireLeases(state, ctx);
      case 'etcd/expire-requests':
        return expireRequests(state, ctx);
      case 'kernel/down':
        return removeClient(state.watchers, message.process);
      case 'kernel/refused':
        return removeClient(state.watchers, message.to);
    }
  },
});

/** How the member stands, as every answer says it. */
export function headerOf(state: EtcdState): EtcdHeader {
  const { log } = state;
  return { member: state.member, term: log.term, index: log.appliedIndex, revision: state.store.revision };
}

function answer(ctx: Context, message: EtcdAnswer): void {
  if (ctx.from !== null) ctx.send(ctx.from, message);
}

function fail(state: EtcdState, ctx: Context, client: ProcessId, id: number, error: string): void {
  const message: EtcdAnswer = { type: 'etcd/error', id, header: headerOf(state), error };
  ctx.send(client, message);
}

function propose(state: EtcdState, proposal: Proposal, ctx: Context): void {
  const client = ctx.from;
  if (client === null) return;
  const error = state.log.unapplied.length >= MAX_BACKLOG ? TOO_MANY_REQUESTS : proposalError(proposal);
  if (error !== null) return fail(state, ctx, client, proposal.id, error);
  const proposer = `${state.member}#${state.nextProposal++}`;
  state.waiters.set(proposer, { client, id: proposal.id, deadline: ctx.monotonic + REQUEST_TIMEOUT });
  if (!state.timeoutTimer) {
    state.timeoutTimer = true;
    const tick: Tick = { type: 'etcd/expire-requests' };
    ctx.after(REQUEST_TIMEOUT, tick);
  }
  enter(state, proposal, proposer, ctx);
}

const proposalError = (proposal: Proposal): string | null => (proposal.type === 'etcd/txn' ? txnError(proposal) : null);

function enter(state: EtcdState, proposal: Proposal, proposer: string, ctx: Context): void {
  state.counters.proposals++;
  append(state.log, ctx.disk, proposal, proposer, ctx.event, proposal.type === 'etcd/txn' ? txnBytes(proposal) : 64);
  persist(state.log, ctx.disk);
}

/** Applies committed entries: first the changes go out to the watchers, then the answers. */
function applyEntries(state: EtcdState, entries: readonly Entry[], ctx: Context): void {
  const answers: { readonly client: ProcessId; readonly message: EtcdAnswer }[] = [];
  for (const entry of entries) {
    state.log.appliedIndex = entry.index;
    state.counters.applied++;
    const waiter = state.waiters.get(entry.proposer);
    if (waiter !== undefined) state.waiters.delete(entry.proposer);
    if (entry.proposal === null) {
      if (entry.index === state.log.termStart) renewAllLeases(state.lessor, ctx.monotonic);
      continue;
    }
    const message = applyEntry(state, entry, entry.proposal, waiter?.id ?? 0, ctx.monotonic);
    if (waiter !== undefined) answers.push({ client: waiter.client, message });
  }
  const header = headerOf(state);
  for (const { watcher, events } of takeDeliveries(state.watchers)) {
    state.counters.watchEvents += events.length;
    const message: EtcdAnswer = { type: 'etcd/watch-events', id: watcher.id, header, events };
    ctx.send(watcher.client, message);
  }
  for (const { client, message } of answers) ctx.send(client, message);
  if (state.waitingReads.length > 0 && isReadable(state)) {
    for (const { client, request } of state.waitingReads.splice(0)) ctx.send(client, rangeAnswer(state, request));
  }
  if (entries.some((entry) => entry.proposal === null || entry.proposal.type === 'etcd/lease-grant')) {
    ctx.cancel(state.leaseTimer);
    state.leaseTimer = null;
    armLeaseTimer(state, ctx);
  }
  const compacted = entries.some((entry) => entry.proposal?.type === 'etcd/compact');
  if (!state.snapshotting && (compacted || state.log.appliedIndex - state.snapshotIndex >= SNAPSHOT_COUNT)) {
    state.snapshotting = true;
    takeSnapshot(ctx.disk, state.store, state.lessor, state.log.appliedIndex, state.log.term);
    openSegment(state.log);
  }
}

function applyEntry(state: EtcdState, entry: Entry, proposal: Proposal, id: number, now: Micros): EtcdAnswer {
  const { store, lessor } = state;
  switch (proposal.type) {
    case 'etcd/txn': {
      const outcome = applyTxn(store, lessor, proposal, entry.cause);
      notify(state, outcome.events);
      const header = headerOf(state);
      if (outcome.error !== null) return { type: 'etcd/error', id, header, error: outcome.error };
      return { type: 'etcd/txn-answer', id, header, succeeded: outcome.succeeded, results: outcome.results };
    }
    case 'etcd/compact': {
      const error = compact(store, proposal.revision);
      if (error !== null) return { type: 'etcd/error', id, header: headerOf(state), error };
      return { type: 'etcd/compact-answer', id, header: headerOf(state) };
    }
    case 'etcd/lease-grant': {
      const error = grantLease(lessor, entry.index, proposal.ttl, now);
      if (error !== null) return { type: 'etcd/error', id, header: headerOf(state), error };
      const ttl = lessor.leases.get(entry.index)!.ttl;
      return { type: 'etcd/lease-answer', id, header: headerOf(state), lease: entry.index, ttl };
    }
    case 'etcd/lease-revoke': {
      const { error, events } = revokeLease(lessor, store, proposal.lease, entry.cause);
      notify(state, events);
      if (error !== null) return { type: 'etcd/error', id, header: headerOf(state), error };
      return { type: 'etcd/lease-answer', id, header: headerOf(state), lease: proposal.lease, ttl: 0 };
    }
  }
}

function notify(state: EtcdState, events: readonly KvEvent[]): void {
  for (const event of events) notifyWatchers(state.watchers, event);
}

/** Whether a linearizable read may be answered from the store. */
const isReadable = (state: EtcdState): boolean => state.log.appliedIndex >= state.log.termStart;

function read(state: EtcdState, request: RangeRequest, ctx: Context): void {
  if (ctx.from === null) return;
  state.counters.ranges++;
  if (request.serializable !== true && !isReadable(state)) state.waitingReads.push({ client: ctx.from, request });
  else ctx.send(ctx.from, rangeAnswer(state, request));
}

function rangeAnswer(state: EtcdState, request: RangeRequest): EtcdAnswer {
  const error = rangeError(state.store, request.range.revision ?? 0);
  if (error !== null) return { type: 'etcd/error', id: request.id, header: headerOf(state), error };
  return {
    type: 'etcd/range-answer',
    id: request.id,
    header: headerOf(state),
    result: range(state.store, request.range),
  };
}

function keepAlive(state: EtcdState, request: LeaseKeepAliveRequest, ctx: Context): void {
  const lease = renewLease(state.lessor, request.lease, ctx.monotonic);
  const ttl = lease === null ? 0 : lease.ttl;
  answer(ctx, { type: 'etcd/lease-answer', id: request.id, header: headerOf(state), lease: request.lease, ttl });
}

/** Opens a watch: what happened since its start comes at once, the rest as it happens. */
function createWatch(state: EtcdState, request: WatchCreateRequest, ctx: Context): void {
  const client = ctx.from;
  if (client === null) return;
  const { store, watchers } = state;
  const header = headerOf(state);
  if (request.startRevision > 0 && request.startRevision < store.compactRevision) {
    const compactRevision = store.compactRevision;
    return answer(ctx, { type: 'etcd/watch-canceled', id: request.id, header, reason: COMPACTED, compactRevision });
  }
  ctx.monitor(client);
  const start = request.startRevision > 0 ? request.startRevision : store.revision + 1;
  addWatcher(watchers, client, request.id, request.range, Math.max(start, store.revision + 1));
  if (start <= store.revision) {
    const events = eventsSince(store, start).filter((event) => inRange(request.range, event.kv.key));
    if (events.length > 0) answer(ctx, { type: 'etcd/watch-events', id: request.id, header, events });
  }
  answer(ctx, { type: 'etcd/watch-created', id: request.id, header });
}

/** Keeps a timer at the end of the earliest lease. */
function armLeaseTimer(state: EtcdState, ctx: Context): void {
  if (state.lessor.leases.size === 0 || state.leaseTimer !== null) return;
  const at = nextExpiry(state.lessor);
  if (at === null) return;
  const tick: Tick = { type: 'etcd/expire-leases' };
  state.leaseTimer = ctx.after(Math.max(0, at - ctx.monotonic), tick);
}

function expireLeases(state: EtcdState, ctx: Context): void {
  state.leaseTimer = null;
  const expired = expiredLeases(state.lessor, ctx.monotonic);
  for (const lease of expired) {
    lease.expiry = ctx.monotonic + REQUEST_TIMEOUT;
    enter(state, { type: 'etcd/lease-revoke', id: 0, lease: lease.id }, '', ctx);
  }
  armLeaseTimer(state, ctx);
}

/** Tells those who wait too long that they do. What they proposed may still happen. */
function expireRequests(state: EtcdState, ctx: Context): void {
  for (const [proposer, waiter] of state.waiters) {
    if (waiter.deadline > ctx.monotonic) {
      const tick: Tick = { type: 'etcd/expire-requests' };
      ctx.after(waiter.deadline - ctx.monotonic, tick);
      return;
    }
    state.waiters.delete(proposer);
    fail(state, ctx, waiter.client, waiter.id, REQUEST_TIMED_OUT);
  }
  state.timeoutTimer = false;
}
