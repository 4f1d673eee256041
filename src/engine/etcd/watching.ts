/** Watches as a member serves them: from its own store, whoever leads. @source etcd server/etcdserver/api/v3rpc/watch.go */
import type { Context, ProcessId } from '#engine/kernel/process';
import { COMPACTED, NO_LEADER } from './errors';
import { eventsSince, inRange } from './mvcc';
import { type EtcdState, headerOf } from './state';
import { addWatcher, notifyWatchers, removeWatcher, takeDeliveries } from './watch';
import type { EtcdAnswer, KvEvent, WatchCreateRequest } from './wire';

/** Notes changes for the watchers; `deliverChanges` hands them out. */
export function notify(state: EtcdState, events: readonly KvEvent[]): void {
  for (const event of events) notifyWatchers(state.watchers, event);
}

/** Hands out what the watchers of this member have to hear. */
export function deliverChanges(state: EtcdState, ctx: Context): void {
  const header = headerOf(state);
  for (const { watcher, events } of takeDeliveries(state.watchers)) {
    state.counters.watchEvents += events.length;
    const message: EtcdAnswer = { type: 'etcd/watch-events', id: watcher.id, header, events };
    ctx.send(watcher.client, message);
  }
}

/** Opens a watch: what happened since its start comes at once, the rest as it happens. */
export function createWatch(state: EtcdState, ctx: Context, client: ProcessId, request: WatchCreateRequest): void {
  const { store, watchers } = state;
  const { id, range, startRevision } = request;
  if (startRevision > 0 && startRevision < store.compactRevision) return cancelWatch(state, ctx, client, id, COMPACTED);
  const { requireLeader = false } = request;
  if (requireLeader && state.raft.leader === 0) return cancelWatch(state, ctx, client, id, NO_LEADER);
  ctx.monitor(client);
  const start = startRevision > 0 ? startRevision : store.revision + 1;
  addWatcher(watchers, client, id, range, Math.max(start, store.revision + 1), requireLeader);
  const header = headerOf(state);
  if (start <= store.revision) {
    const events = eventsSince(store, start).filter((event) => inRange(range, event.kv.key));
    const caughtUp: EtcdAnswer = { type: 'etcd/watch-events', id, header, events };
    if (events.length > 0) ctx.send(client, caughtUp);
  }
  const created: EtcdAnswer = { type: 'etcd/watch-created', id, header };
  ctx.send(client, created);
}

/** Nobody has led for long: whoever asked for a member that hears of everything is told so. */
export function cancelLeaderless(state: EtcdState, ctx: Context): void {
  const all = [...state.watchers.byClient.values()].flatMap((own) => [...own.values()]);
  for (const { client, id, requireLeader } of all) {
    if (!requireLeader) continue;
    removeWatcher(state.watchers, client, id);
    cancelWatch(state, ctx, client, id, NO_LEADER);
  }
}

/** Ends a watch: it asked for what is compacted away, or for a leader. */
function cancelWatch(state: EtcdState, ctx: Context, client: ProcessId, id: number, reason: string): void {
  const compactRevision = reason === COMPACTED ? state.store.compactRevision : 0;
  const header = headerOf(state);
  const message: EtcdAnswer = { type: 'etcd/watch-canceled', id, header, reason, compactRevision };
  ctx.send(client, message);
}

/**
 * Another store has come in the place of the one of `revision`: its watchers hear what they missed, or, where that is
 * compacted away, that they must begin anew.
 */
export function resumeWatches(state: EtcdState, ctx: Context, revision: number): void {
  const { compactRevision } = state.store;
  const all = [...state.watchers.byClient.values()].flatMap((own) => [...own.values()]);
  for (const { client, id, startRevision } of all) {
    if (Math.max(startRevision, revision + 1) >= compactRevision) continue;
    removeWatcher(state.watchers, client, id);
    cancelWatch(state, ctx, client, id, COMPACTED);
  }
  notify(state, eventsSince(state.store, Math.max(revision + 1, compactRevision)));
  deliverChanges(state, ctx);
}
