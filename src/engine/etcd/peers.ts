/**
 * The ways to the other members. What is sent on a way that is closed is held up by the network; when a peer owes an
 * answer for five seconds its connection is given up, and tried anew twice a second with whatever is to be sent then.
 *
 * @source etcd server/etcdserver/api/rafthttp/{peer,stream,peer_status}.go (ConnReadTimeout, ConnWriteTimeout)
 */
import type { Context, Message, ProcessId } from '#engine/kernel/process';
import { type Micros, MILLISECOND, SECOND } from '#engine/kernel/time';
import { noticeHeartbeat } from './disk-trouble';
import { idText } from './members';
import type { RaftMessage } from './raft/messages';
import { reportSnapshotFailure, reportUnreachable } from './raft/replication';
import type { EtcdState, Peer } from './state';

const GIVEN_UP_AFTER: Micros = 5 * SECOND;
const DIAL_EVERY: Micros = 500 * MILLISECOND;

const newPeer = (process: ProcessId): Peer => ({
  process,
  heartbeatAt: -1,
  heard: false,
  active: true,
  waitingSince: -1,
  dialedAt: -DIAL_EVERY,
});

/** Brings the list of peers in line with who belongs to the group. */
export function refreshPeers(state: EtcdState): void {
  for (const { id, process } of state.membership.byId.values()) {
    if (id !== state.member && state.peers.get(id)?.process !== process) state.peers.set(id, newPeer(process));
  }
  for (const id of state.membership.removed) state.peers.delete(id);
}

/** Sends to another member, as far as its way is open. */
export function sendToPeer(state: EtcdState, ctx: Context, message: RaftMessage): void {
  const peer = state.peers.get(message.to);
  if (peer === undefined) return;
  if (message.type === 'raft/heartbeat') noticeHeartbeat(state, ctx, message.to, peer);
  const now = ctx.monotonic;
  if (peer.active && peer.waitingSince >= 0 && now - peer.waitingSince > GIVEN_UP_AFTER) {
    lostPeer(state, ctx, message.to, 'i/o timeout');
  }
  if (!peer.active) {
    if (now - peer.dialedAt < DIAL_EVERY) return;
    peer.dialedAt = now;
    ctx.hangUp(peer.process);
  }
  if (peer.waitingSince < 0) peer.waitingSince = now;
  ctx.send(peer.process, message);
}

/** A member has been heard. */
export function heardPeer(state: EtcdState, ctx: Context, id: number): void {
  let peer = state.peers.get(id);
  if (peer === undefined) {
    if (ctx.from === null) return;
    peer = newPeer(ctx.from);
    state.peers.set(id, peer);
  }
  peer.waitingSince = -1;
  peer.heard = true;
  if (peer.active) return;
  peer.active = true;
  ctx.log(`peer became active {"peer-id":"${idText(state.cluster, id)}"}`);
}

function lostPeer(state: EtcdState, ctx: Context, id: number, error: string): void {
  const peer = state.peers.get(id);
  if (peer === undefined || !peer.active) return;
  peer.active = false;
  peer.dialedAt = ctx.monotonic - DIAL_EVERY;
  reportUnreachable(state.raft, id);
  reportSnapshotFailure(state.raft, id);
  const text = idText(state.cluster, id);
  ctx.log(`peer became inactive (message send to peer failed) {"peer-id":"${text}","error":"${error}"}`);
}

/** A member begins a new life: nothing is under way to it. */
export function peerStarts(state: EtcdState, process: ProcessId): void {
  for (const [id, peer] of state.peers) if (peer.process === process) reportSnapshotFailure(state.raft, id);
}

/** Nobody listens there. */
export function refusedByPeer(state: EtcdState, ctx: Context, process: ProcessId, message: Message): void {
  for (const [id, peer] of state.peers) {
    if (peer.process !== process || !message.type.startsWith('raft/')) continue;
    peer.waitingSince = -1;
    lostPeer(state, ctx, id, 'connect: connection refused');
    peer.dialedAt = ctx.monotonic;
  }
}
