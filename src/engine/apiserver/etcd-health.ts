/** Whether etcd is there, and what happens when it goes and when it comes back. */
import type { Context, Message } from '#engine/kernel/process';
import { goOn } from './answers';
import { disconnected, PING_TIMEOUT, PING_WHEN_QUIET, RECONNECT_EVERY, reconnected } from './etcd-connection';
import { feedsLost, resumeFeeds } from './feed';
import { reportReadiness } from './health';
import type { ApiServerState } from './state';
import { tick } from './tick';

/** The connection to etcd broke. Writes under way may or may not have happened. */
export function lostEtcd(state: ApiServerState, ctx: Context): void {
  const { etcd } = state;
  if (!etcd.up) return;
  ctx.log(`W logging.go:55] [core] grpc: addrConn.createTransport failed to connect to {Addr: "${etcd.server}"}`);
  feedsLost(state);
  for (const id of disconnected(etcd)) {
    const pending = state.pending.get(id);
    state.pending.delete(id);
    if (pending === undefined) continue;
    const error = 'rpc error: code = Unavailable desc = error reading from server: EOF';
    goOn(state, ctx, pending, { type: 'etcd/error', id, header: { member: 0, term: 0, index: 0, revision: 0 }, error });
  }
  reportReadiness(state, ctx);
  ctx.after(RECONNECT_EVERY, tick('apiserver/etcd-reconnect'));
}

/** Asks whether etcd is there again. */
export function tryEtcd(state: ApiServerState, ctx: Context): void {
  if (state.etcd.up) return;
  pingEtcd(state, ctx);
  ctx.after(RECONNECT_EVERY, tick('apiserver/etcd-reconnect'));
}

function pingEtcd(state: ApiServerState, ctx: Context): void {
  const { etcd } = state;
  state.pending.delete(etcd.ping);
  const id = etcd.nextId++;
  etcd.ping = id;
  state.pending.set(id, { type: 'ping' });
  ctx.send(etcd.server, { type: 'etcd/progress', id } as Message);
}

/** etcd has answered a health check. */
export function pingAnswered(state: ApiServerState, ctx: Context): void {
  const { etcd } = state;
  etcd.ping = 0;
  if (etcd.up) return;
  ctx.monitor(etcd.server);
  resumeFeeds(state, ctx);
  reconnected(etcd, ctx);
  reportReadiness(state, ctx);
}

/** A connection that has been quiet is asked whether it still is one. */
export function checkEtcd(state: ApiServerState, ctx: Context): void {
  const { etcd } = state;
  if (!etcd.up || ctx.monotonic - etcd.lastHeard < PING_WHEN_QUIET) return;
  pingEtcd(state, ctx);
  ctx.after(PING_TIMEOUT, tick('apiserver/etcd-ping-timeout'));
}
