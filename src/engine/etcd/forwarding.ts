/** What only the leader can answer: a member asks it in its client's place. @source etcd server/etcdserver/v3_server.go (LeaseRenew), server.go (PromoteMember) */
import type { Context, ProcessId } from '#engine/kernel/process';
import { armTimeout, type EtcdState, headerOf } from './state';
import type { EtcdAnswer, EtcdRequest } from './wire';

/** @returns false when nobody leads, or it is this member itself */
export function forwardToLeader(state: EtcdState, ctx: Context, client: ProcessId, request: EtcdRequest): boolean {
  const leader = state.peers.get(state.raft.leader);
  if (leader === undefined) return false;
  const id = state.nextProposal++;
  state.forwarded.set(id, { client, id: request.id, since: ctx.monotonic });
  armTimeout(state, ctx);
  const message: EtcdRequest = { ...request, id };
  ctx.send(leader.process, message);
  return true;
}

/** The leader has answered. */
export function passBack(state: EtcdState, ctx: Context, answer: EtcdAnswer): void {
  const asker = state.forwarded.get(answer.id);
  if (asker === undefined) return;
  state.forwarded.delete(answer.id);
  const message: EtcdAnswer = { ...answer, id: asker.id, header: headerOf(state) };
  ctx.send(asker.client, message);
}
