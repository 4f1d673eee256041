/**
 * An etcd member as a process. Client requests that change something become proposals in Raft's log (`proposing.ts`,
 * `raft/`); once an entry is committed by a majority it is applied to the store (`apply.ts`, `mvcc.ts`, `txn.ts`, `lease.ts`),
 * the watchers hear of it (`watching.ts`) and whoever proposed it gets the answer. Reads are linearizable unless they ask
 * not to be (`reads.ts`). `replicate.ts` is the loop between Raft, the disk (`wal.ts`, `snapshot.ts`) and the other
 * members (`peers.ts`). A member may be asked anything, whoever leads.
 *
 * All events of a client's watches up to a revision are sent before any answer that carries it in its header.
 */
import { type Context, defineProcess, type KernelMessage, type ProcessId } from '#engine/kernel/process';
import { NOT_FOR_LEARNER } from './errors';
import { expireLeases, keepAlive } from './expiry';
import { passBack } from './forwarding';
import { type Hello, type HelloAnswer, helloAnswer } from './joining';
import { lateOperations } from './late';
import { peerStarts, refusedByPeer } from './peers';
import { expireRequests, propose } from './proposing';
import type { RaftMessage } from './raft/messages';
import { answerOf, beginRead, retryReads } from './reads';
import {
  catchUpClock,
  goOn,
  heard,
  logWritten,
  NO_LEADER_AFTER,
  type Persisted,
  type Removed,
  snapshotWritten,
} from './replicate';
import { restore, type Restored } from './restoring';
import type { SnapshotSaved } from './snapshot';
import { snapshotSaved } from './snapshotting';
import { learn, learnt, startMember } from './start';
import { statusOf } from './status';
import { type EtcdArgs, type EtcdState, fail, headerOf, isLearner, type Tick } from './state';
import type { Written } from './wal';
import { removeClient, removeWatcher } from './watch';
import { cancelLeaderless, createWatch } from './watching';
import type { EtcdAnswer, EtcdRequest } from './wire';

type EtcdMessage =
  | EtcdRequest
  | EtcdAnswer
  | RaftMessage
  | Hello
  | HelloAnswer
  | Removed
  | Persisted
  | SnapshotSaved
  | Written
  | Restored
  | Tick
  | KernelMessage;

export const etcd = defineProcess<EtcdState, EtcdArgs>({
  kind: 'etcd',
  start: startMember,

  handle(state, incoming, ctx) {
    const message = incoming as EtcdMessage;
    if (state.restoring) return message.type === 'etcd/restored' ? ctx.exit(1) : undefined;
    if (state.joining === null) catchUpClock(state, ctx);
    switch (message.type) {
      case 'etcd/hello':
        if (ctx.from === null) return;
        peerStarts(state, ctx.from);
        return ctx.send(ctx.from, helloAnswer(state));
      case 'etcd/hello-answer':
        return whileJoining(state, ctx, () => learn(state, ctx, ctx.from, message));
      case 'etcd/join-timeout':
        return whileJoining(state, ctx, () => learnt(state, ctx));
      case 'kernel/down':
        return removeClient(state.watchers, message.process);
      case 'kernel/refused':
        removeClient(state.watchers, message.to);
        if (message.message.type === 'etcd/hello') {
          return whileJoining(state, ctx, () => learn(state, ctx, message.to, null));
        }
        return refusedByPeer(state, ctx, message.to, message.message);
      case 'etcd/snapshot-saved':
        if (state.writing?.phase === 'snapshot') snapshotWritten(state, ctx, message.file);
        else snapshotSaved(state, ctx.disk, message);
        return;
      case 'etcd/persisted':
        logWritten(state, ctx);
        return goOn(state, ctx);
      case 'etcd/tick':
        state.clockTimer = null;
        return goOn(state, ctx);
      case 'etcd/restored':
        return;
      case 'etcd/no-leader': {
        const since = state.leaderlessSince;
        if (since >= 0 && ctx.monotonic - since >= NO_LEADER_AFTER) cancelLeaderless(state, ctx);
        return;
      }
      case 'etcd/backup':
        return lateOperations.code.makeBackup(state, ctx);
      case 'etcd/expire-leases':
        expireLeases(state, ctx);
        return goOn(state, ctx);
      case 'etcd/expire-requests':
        return expireRequests(state, ctx);
      case 'etcd/retry-reads':
        retryReads(state, ctx);
        return goOn(state, ctx);
      case 'etcd/defragmented': {
        const held = state.defragmenting?.held ?? [];
        lateOperations.code.defragmented(state, ctx);
        for (const { client, request } of held) serve(state, ctx, client, request);
        return goOn(state, ctx);
      }
      case 'etcd/written':
        return;
      case 'etcd/removed':
        ctx.log('the member has been permanently removed from the cluster');
        return ctx.exit(1);
      case 'etcd/leave':
        return ctx.exit(1);
      default:
        if (message.type.startsWith('raft/')) {
          if (state.joining === null) heard(state, ctx, message as RaftMessage);
        } else if ('header' in message) passBack(state, ctx, message);
        else if (ctx.from !== null) {
          serve(state, ctx, ctx.from, message as EtcdRequest);
          goOn(state, ctx);
        }
    }
  },
});

/** Something that may tell a member who it is: then it takes up what came before. */
function whileJoining(state: EtcdState, ctx: Context, act: () => void): void {
  const held = state.joining?.held ?? [];
  act();
  if (state.joining !== null) return;
  for (const { client, request } of held) serve(state, ctx, client, request);
  goOn(state, ctx);
}

/** A client's request. */
function serve(state: EtcdState, ctx: Context, client: ProcessId, request: EtcdRequest): void {
  if (request.type === 'etcd/restore') return restore(state, ctx, client, request);
  const busy = state.joining ?? state.defragmenting;
  if (busy !== null) {
    busy.held.push({ client, request });
    return;
  }
  const { id } = request;
  switch (request.type) {
    case 'etcd/txn':
    case 'etcd/compact':
    case 'etcd/lease-grant':
    case 'etcd/lease-revoke':
    case 'etcd/alarm':
    case 'etcd/publish':
      return propose(state, ctx, client, request);
    case 'etcd/member-change':
      return lateOperations.code.changeMembers(state, ctx, client, request);
    case 'etcd/range':
      state.counters.ranges++;
      if (request.serializable === true) return ctx.send(client, answerOf(state, client, request));
      return isLearner(state) ? fail(state, ctx, client, id, NOT_FOR_LEARNER) : beginRead(state, ctx, client, request);
    case 'etcd/progress':
    case 'etcd/member-list':
      if (request.linearizable !== true) return ctx.send(client, answerOf(state, client, request));
      if (!isLearner(state)) return beginRead(state, ctx, client, request);
      return request.type === 'etcd/member-list'
        ? ctx.send(client, answerOf(state, client, request))
        : fail(state, ctx, client, id, NOT_FOR_LEARNER);
    case 'etcd/lease-keepalive':
      return keepAlive(state, ctx, client, request);
    case 'etcd/watch-create':
      return createWatch(state, ctx, client, request);
    case 'etcd/watch-cancel':
      removeWatcher(state.watchers, client, id);
      return;
    case 'etcd/status':
      return ctx.send(client, statusOf(state, id));
    case 'etcd/alarm-list': {
      const answer: EtcdAnswer = { type: 'etcd/alarms-answer', id, header: headerOf(state), alarms: state.alarms };
      return ctx.send(client, answer);
    }
    case 'etcd/defragment':
      return lateOperations.code.defragment(state, ctx, client, id);
    case 'etcd/move-leader':
      return lateOperations.code.moveLeader(state, ctx, client, request);
    case 'etcd/snapshot':
      return lateOperations.code.sendSnapshot(state, ctx, client, request);
  }
}
