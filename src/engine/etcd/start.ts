/**
 * How a member starts: from its disk, or as one of a new cluster, or by asking a running one who it is.
 *
 * @source etcd server/etcdserver/bootstrap.go, server/storage/wal/repair.go
 */
import type { Context } from '#engine/kernel/process';
import { hashName } from '#engine/kernel/random';
import { SECOND } from '#engine/kernel/time';
import { applyCommitted } from './apply';
import { shrinkBackend } from './backend';
import { brokenSnapshot } from './disk-trouble';
import { type Hello, type HelloAnswer, identityIn } from './joining';
import { newLessor } from './lease';
import { idText, membershipOf } from './members';
import { newStore } from './mvcc';
import { refreshPeers } from './peers';
import type { ConfChange, ConfState, Entry, HardState, Snapshot } from './raft/messages';
import { electNow } from './raft/raft';
import { isAlone, newRaft, type RaftOptions } from './raft/state';
import { goOn } from './replicate';
import { recoverSnapshot, type Replica, replicaOf } from './snapshot';
import { ELECTION_TICKS, type EtcdArgs, type EtcdState, scheduleBackup, TICK, tickOf } from './state';
import { FILE_NOT_FOUND, type Identity, newWal, openSegment, recoverWal, save, type Wal, WRITTEN } from './wal';
import { newWatchers } from './watch';
import type { Member, StoreSnapshot } from './wire';

/** What a member knows when it starts. */
interface Origin {
  readonly identity: Identity;
  readonly wal: Wal | null;
  readonly hard: HardState;
  readonly snapshot: Snapshot | null;
  readonly entries: readonly Entry[];
}

const NOTHING: HardState = Object.freeze({ term: 0, vote: 0, commit: 0 });

/** How long a member of a new cluster waits for the others to say whether they know it. */
const HELLO_TIMEOUT = 1 * SECOND;

export function startMember(ctx: Context, args: EtcdArgs): EtcdState {
  const found = args.storage === 'memory' ? null : recover(ctx, args);
  if (typeof found === 'string') {
    const what = found === FILE_NOT_FOUND ? 'failed to open WAL' : 'failed to read WAL, cannot be repaired';
    ctx.log(`${what} {"error":"${found}"}`);
    ctx.exit(1);
    return newState(ctx, args, freshOrigin(ctx, args));
  }
  if (found !== null) return setOut(newState(ctx, args, found), ctx);
  const others = (args.initialCluster ?? []).filter(({ process }) => process !== ctx.self);
  if (others.length === 0) return setOut(newState(ctx, args, written(ctx, args, freshOrigin(ctx, args))), ctx);
  const state = newState(ctx, args, freshOrigin(ctx, args));
  state.joining = { held: [], silent: new Set(others.map(({ process }) => process)) };
  const hello: Hello = { type: 'etcd/hello' };
  for (const { process } of others) ctx.send(process, hello);
  ctx.after(HELLO_TIMEOUT, tickOf('etcd/join-timeout'));
  return state;
}

/** Somebody has answered the question who this member is, or cannot be reached (`answer` null). */
export function learn(state: EtcdState, ctx: Context, from: string | null, answer: HelloAnswer | null): void {
  const { joining, args } = state;
  if (joining === null) return;
  if (from !== null) joining.silent.delete(from);
  const known = answer === null ? null : identityIn(answer, ctx.self);
  if (args.initialClusterState === 'existing') {
    if (known !== null) return begin(state, ctx, { ...freshOrigin(ctx, args), identity: known.identity });
  } else if (known?.isKnown === true) {
    ctx.log(`member ${idText(known.identity.cluster, known.identity.member)} has already been bootstrapped`);
    return ctx.exit(1);
  }
  if (joining.silent.size === 0) learnt(state, ctx);
}

/** Nobody else will answer. */
export function learnt(state: EtcdState, ctx: Context): void {
  if (state.joining === null) return;
  if (state.args.initialClusterState !== 'existing') return begin(state, ctx, freshOrigin(ctx, state.args));
  ctx.log('error validating peerURLs: member count is unequal');
  ctx.exit(1);
}

function begin(state: EtcdState, ctx: Context, origin: Origin): void {
  Object.assign(state, newState(ctx, state.args, written(ctx, state.args, origin)));
  setOut(state, ctx);
}

/** The first member of a group begins with what all are told; its data directory is made. */
function freshOrigin(ctx: Context, args: EtcdArgs): Origin {
  const initial = args.initialCluster ?? [{ member: args.member, process: ctx.self }];
  const isAlone = initial.length === 1;
  const name = args.name ?? ctx.machine;
  const genesis = Object.freeze(
    initial.map(({ member, process }): Member =>
      Object.freeze({ id: member, name: isAlone ? name : '', process, learner: false }),
    ),
  );
  const names = initial.map(({ process }) => process).join(',');
  const cluster = hashName(`${args.initialClusterToken ?? 'etcd-cluster'} ${names}`);
  const identity = { member: args.member, cluster, genesis };
  return { identity, wal: null, hard: NOTHING, snapshot: null, entries: [] };
}

function written(ctx: Context, args: EtcdArgs, origin: Origin): Origin {
  if (args.storage === 'memory') return origin;
  const wal = newWal(origin.identity);
  openSegment(wal, ctx.disk, 1);
  return { ...origin, wal };
}

/** What the disk holds; null when it holds nothing; in etcd's words why it cannot be read. */
function recover(ctx: Context, args: EtcdArgs): Origin | string | null {
  const snapshot = recoverSnapshot(ctx.disk, (file) => ctx.log(brokenSnapshot(file)));
  const log = recoverWal(ctx.disk, snapshot?.index ?? 0, snapshot?.term ?? 0);
  if (log === null || typeof log === 'string') return log;
  if (log.repaired) ctx.log('repaired WAL {"error":"unexpected EOF"}');
  const { wal, hard, entries } = log;
  const origin: Origin = { identity: wal.identity, wal, hard, snapshot, entries };
  return args.forceNewCluster === true ? alone(ctx, origin) : origin;
}

/**
 * One survivor goes on without the others: what was not committed goes, and everybody else is removed.
 *
 * @source etcd server/etcdserver/bootstrap.go (createConfigChangeEnts), raft.go
 */
function alone(ctx: Context, origin: Origin): Origin {
  const { wal, snapshot, identity, hard } = origin;
  const base = snapshot?.index ?? 0;
  const entries = origin.entries.slice(0, Math.max(0, hard.commit - base));
  const conf = new Set([...confOf(origin).voters, ...confOf(origin).learners]);
  for (const { change } of entries) {
    if (change?.type === 'remove') conf.delete(change.id);
    else if (change !== null && change.type !== 'none') conf.add(change.id);
  }
  conf.delete(identity.member);
  if (conf.size === 0) return origin;
  const term = hard.term;
  const removals = [...conf].map((id, at): Entry => {
    const proposal = { type: 'etcd/member-change', id: 0, change: 'remove', member: id } as const;
    const data = Object.freeze({ proposal, proposer: '', cause: ctx.event });
    const change: ConfChange = { type: 'remove', id };
    return Object.freeze({
      index: base + entries.length + at + 1,
      term,
      data,
      change,
      bytes: 64,
    });
  });
  const all = [...entries, ...removals];
  const forced: HardState = { term, vote: hard.vote, commit: base + all.length };
  if (wal !== null) {
    openSegment(wal, ctx.disk, base + entries.length + 1);
    const file = save(wal, ctx.disk, forced, removals);
    ctx.disk.sync(file, WRITTEN);
  }
  ctx.log(`forcing restart member {"commit-index":${forced.commit}}`);
  return { ...origin, entries: all, hard: forced };
}

const confOf = ({ identity, snapshot }: Origin): ConfState =>
  snapshot?.conf ?? {
    voters: identity.genesis.filter(({ learner }) => !learner).map(({ id }) => id),
    learners: identity.genesis.filter(({ learner }) => learner).map(({ id }) => id),
  };

function newState(ctx: Context, args: EtcdArgs, origin: Origin): EtcdState {
  const { identity, wal, hard, snapshot, entries } = origin;
  const options: RaftOptions = {
    id: identity.member,
    group: identity.cluster,
    electionTicks: ELECTION_TICKS,
    heartbeatTicks: 1,
    preVote: true,
    checkQuorum: true,
  };
  const random = ctx.random('election');
  const raft = newRaft(
    options,
    { hard, snapshot: { index: snapshot?.index ?? 0, term: snapshot?.term ?? 0, conf: confOf(origin) }, entries },
    [random.word(), random.word(), random.word(), 1],
  );
  const replica: Replica =
    snapshot === null
      ? { store: newStore(), lessor: newLessor(), membership: membershipOf(identity.genesis, []), alarms: [] }
      : replicaOf(snapshot.data as StoreSnapshot, ctx.monotonic);
  const state: EtcdState = {
    ...replica,
    args,
    member: identity.member,
    cluster: identity.cluster,
    genesis: identity.genesis,
    raft,
    wal,
    writing: null,
    peers: new Map(),
    clockStart: ctx.monotonic - random.below(TICK),
    ticks: 0,
    clockTimer: null,
    clockDue: 0,
    watchers: newWatchers(),
    waiters: new Map(),
    nextProposal: ctx.monotonic,
    homeless: [],
    reads: { nextNumber: 1, number: 0, askedOf: 0, asked: [], gathering: [], confirmed: [], timer: null },
    forwarded: new Map(),
    published: 0,
    knownLeader: 0,
    leaderlessSince: -1,
    leaderSince: 0,
    snapshotIndex: snapshot?.index ?? 0,
    snapshotting: false,
    fileBytes: 0,
    defragmenting: null,
    moving: null,
    joining: null,
    restoring: false,
    backup: args.backup === undefined ? null : { schedule: args.backup, fullAt: -1, revision: 0, timer: null },
    leaseTimer: null,
    timeoutTimer: false,
    counters: { proposals: 0, applied: 0, ranges: 0, syncs: 0, watchEvents: 0, snapshots: 0 },
  };
  shrinkBackend(state);
  return state;
}

/** Takes part from here on. Who is alone need not ask anybody whether it leads. */
function setOut(state: EtcdState, ctx: Context): EtcdState {
  refreshPeers(state);
  scheduleBackup(state, ctx);
  applyCommitted(state, ctx);
  if (isAlone(state.raft)) electNow(state.raft);
  goOn(state, ctx);
  return state;
}
