/**
 * The loop between Raft, the disk, the network and the store. A batch is handed out by Raft, written, made safe by one
 * fsync, and only then acknowledged; what gathers meanwhile goes with the next batch. A leader sends a batch to its
 * followers while its own disk is at work.
 *
 * @source etcd server/etcdserver/raft.go (raftNode.start), etcd-io/raft doc.go
 */
import type { Context, Message } from '#engine/kernel/process';
import { type Micros, SECOND } from '#engine/kernel/time';
import { applyCommitted } from './apply';
import { BAD_TRANSFEREE } from './errors';
import { payloadOf } from './command';
import { endWithoutSpace, noticeSync } from './disk-trouble';
import { clusterText, idText } from './members';
import { heardPeer, sendToPeer } from './peers';
import { answerReads, confirmReads, leaderChanged } from './reads';
import type { RaftMessage } from './raft/messages';
import { persisted, propose, type Ready, step, takeReads, takeReady, tick, ticksUntilDue } from './raft/raft';
import { removeOldSnapshots, snapshotFile, writeSnapshot } from './snapshot';
import { installSnapshot, withSnapshot } from './snapshotting';
import { type EtcdState, headerOf, tickOf, TICK } from './state';
import { cutWal, lastFileOf, openSegment, save } from './wal';
import type { EtcdAnswer } from './wire';

/** An fsync of the log is done. */
export interface Persisted extends Message {
  readonly type: 'etcd/persisted';
}
const PERSISTED: Persisted = Object.freeze({ type: 'etcd/persisted' });

/** Another member was removed while it was away, and is told when it calls. */
export interface Removed extends Message {
  readonly type: 'etcd/removed';
}

/** Three election timeouts. @source etcd server/etcdserver/api/v3rpc/interceptor.go (maxNoLeaderCnt) */
export const NO_LEADER_AFTER: Micros = 3 * SECOND;

const PUBLISH_AGAIN_AFTER: Micros = 7 * SECOND;

/** Does all that can be done now. Called at the end of whatever happened. */
export function goOn(state: EtcdState, ctx: Context): void {
  const { raft } = state;
  for (;;) {
    applyCommitted(state, ctx);
    for (let reads = takeReads(raft); reads.length > 0; reads = takeReads(raft)) {
      for (const read of reads) confirmReads(state, ctx, read);
    }
    if (state.writing !== null) break;
    const ready = takeReady(raft);
    if (ready === null) break;
    if (!takeUp(state, ctx, ready)) return;
  }
  if (raft.panic !== null) {
    ctx.log(raft.panic);
    return ctx.exit(1);
  }
  noticeLeader(state, ctx);
  if (state.published !== null) publish(state, ctx);
  if (state.homeless.length > 0 && propose(raft, state.homeless)) {
    state.homeless = [];
    return goOn(state, ctx);
  }
  answerReads(state, ctx);
  armClock(state, ctx);
}

/** @returns false: it could not be written, and the member ends */
function takeUp(state: EtcdState, ctx: Context, ready: Ready): boolean {
  const { wal } = state;
  sendAll(state, ctx, ready.messages);
  if (wal !== null && ready.hard !== null && ctx.disk.isFull()) {
    if (ready.snapshot === null) endWithoutSpace(ctx, 'Raft hard state and entries', lastFileOf(wal));
    else endWithoutSpace(ctx, 'Raft snapshot', snapshotFile(ready.snapshot.index));
    return false;
  }
  if (!ready.mustSync) {
    if (ready.hard !== null && wal !== null) save(wal, ctx.disk, ready.hard, ready.entries);
    sendAll(state, ctx, ready.afterSync);
  } else if (wal === null) finish(state, ctx, ready);
  else if (ready.snapshot === null) writeLog(state, ctx, ready);
  else {
    writeSnapshot(ctx.disk, ready.snapshot, ready.snapshot.bytes);
    state.writing = { ready, phase: 'snapshot', since: ctx.monotonic };
  }
  return true;
}

function writeLog(state: EtcdState, ctx: Context, ready: Ready): void {
  state.writing = { ready, phase: 'wal', since: ctx.monotonic };
  ctx.disk.sync(save(state.wal!, ctx.disk, ready.hard!, ready.entries), PERSISTED);
}

/** The snapshot of a batch is safe: the log begins anew behind it. What was before goes once that is safe, too. */
export function snapshotWritten(state: EtcdState, ctx: Context, file: string): void {
  const { snapshot } = state.writing!.ready;
  if (ctx.disk.isFull()) return endWithoutSpace(ctx, 'Raft hard state and entries', lastFileOf(state.wal!));
  openSegment(state.wal!, ctx.disk, snapshot!.index + 1);
  removeOldSnapshots(ctx.disk, file);
  writeLog(state, ctx, state.writing!.ready);
}

/** The log of a batch is safe. */
export function logWritten(state: EtcdState, ctx: Context): void {
  state.counters.syncs++;
  const { ready, since } = state.writing!;
  noticeSync(ctx, since);
  state.writing = null;
  if (ready.snapshot !== null) cutWal(state.wal!, ctx.disk, ready.snapshot.index);
  finish(state, ctx, ready);
}

function finish(state: EtcdState, ctx: Context, ready: Ready): void {
  persisted(state.raft, ready);
  if (ready.snapshot !== null) installSnapshot(state, ctx, ready.snapshot);
  sendAll(state, ctx, ready.afterSync);
}

function sendAll(state: EtcdState, ctx: Context, messages: readonly RaftMessage[]): void {
  for (const message of messages) {
    sendToPeer(state, ctx, message.type === 'raft/snapshot' ? withSnapshot(state, ctx, message) : message);
  }
}

/** A message of another member. */
export function heard(state: EtcdState, ctx: Context, message: RaftMessage): void {
  if (message.group !== state.cluster) {
    ctx.log(`request cluster ID mismatch {"local-member-cluster-id":"${clusterText(state.cluster)}"}`);
    return;
  }
  if (state.membership.removed.has(message.from)) {
    const removed: Removed = { type: 'etcd/removed' };
    if (ctx.from !== null) ctx.send(ctx.from, removed);
    return;
  }
  heardPeer(state, ctx, message.from);
  step(state.raft, message);
  goOn(state, ctx);
}

/** Tells Raft of the ticks that have passed. Those that a paused member slept through are lost, as Go's ticker loses them. */
export function catchUpClock(state: EtcdState, ctx: Context): void {
  const passed = Math.floor((ctx.monotonic - state.clockStart) / TICK) - state.ticks;
  if (passed <= 0) return;
  state.ticks += passed;
  const due = ticksUntilDue(state.raft);
  if (due !== Infinity) tick(state.raft, Math.min(passed, due));
}

/** Keeps a timer at the tick at which something is due: nobody wakes for ticks in which nothing can happen. */
function armClock(state: EtcdState, ctx: Context): void {
  const ticks = ticksUntilDue(state.raft);
  if (ticks === Infinity) return;
  const due = state.clockStart + (state.ticks + ticks) * TICK;
  if (state.clockTimer !== null && state.clockDue <= due) return;
  ctx.cancel(state.clockTimer);
  state.clockDue = due;
  state.clockTimer = ctx.after(Math.max(0, due - ctx.monotonic), tickOf('etcd/tick'));
}

/** Somebody else leads, or nobody. */
function noticeLeader(state: EtcdState, ctx: Context): void {
  const { raft, knownLeader } = state;
  if (raft.leader === knownLeader) return;
  state.knownLeader = raft.leader;
  const term = `term ${raft.term}`;
  const name = (id: number): string => idText(state.cluster, id);
  if (raft.leader === 0) {
    ctx.log(`raft.node: ${name(raft.id)} lost leader ${name(knownLeader)} at ${term}`);
    state.leaderlessSince = ctx.monotonic;
    ctx.after(NO_LEADER_AFTER, tickOf('etcd/no-leader'));
    return;
  }
  state.leaderlessSince = -1;
  state.leaderSince = ctx.monotonic;
  for (const peer of state.peers.values()) peer.heartbeatAt = -1;
  const isMe = raft.leader === raft.id;
  ctx.log(
    isMe
      ? `${name(raft.id)} became leader at ${term}`
      : `raft.node: ${name(raft.id)} elected leader ${name(raft.leader)} at ${term}`,
  );
  leaderChanged(state, ctx);
  if (state.moving !== null) moved(state, ctx, state.moving);
}

/** A member that has started says its name, as soon as it belongs to the group and somebody leads; again when that got lost. */
function publish(state: EtcdState, ctx: Context): void {
  const own = state.membership.byId.get(state.member);
  const name = state.args.name ?? ctx.machine;
  if (own === undefined || state.raft.leader === 0) return;
  if (own.name === name) {
    state.published = null;
    ctx.log(
      `published local member to cluster through raft {"local-member-id":"${idText(state.cluster, state.member)}"}`,
    );
    ctx.log('ready to serve client requests');
    return;
  }
  if (state.published === null || ctx.monotonic < state.published) return;
  state.published = ctx.monotonic + PUBLISH_AGAIN_AFTER;
  const proposal = { type: 'etcd/publish', id: 0, member: state.member, name } as const;
  state.homeless.push(payloadOf(proposal, '', ctx.event));
}

function moved(state: EtcdState, ctx: Context, { client, id, target }: NonNullable<EtcdState['moving']>): void {
  state.moving = null;
  const header = headerOf(state);
  const done: EtcdAnswer =
    state.raft.leader === target
      ? { type: 'etcd/done', id, header }
      : { type: 'etcd/error', id, header, error: BAD_TRANSFEREE };
  ctx.send(client, done);
}
