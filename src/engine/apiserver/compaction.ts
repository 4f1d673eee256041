/**
 * Compaction of etcd: every five minutes to where it stood five minutes earlier. Several API servers agree by a
 * record in etcd itself: whoever raises its version compacts.
 *
 * @source kubernetes apiserver/pkg/storage/etcd3/compact.go
 */
import type { EtcdAnswer, Op } from '#engine/etcd/wire';
import type { Context } from '#engine/kernel/process';
import { type Micros, MINUTE } from '#engine/kernel/time';
import { sendCompact, sendTxn } from './etcd-connection';
import type { ApiServerState } from './state';

export const COMPACT_EVERY: Micros = 5 * MINUTE;
const RECORD = 'compact_rev_key';

/** Tries to be the one that compacts this time. */
export function beginCompaction(state: ApiServerState, ctx: Context): void {
  const { version } = state.compaction;
  const put: Op = { op: 'put', key: RECORD, value: String(state.etcd.revision), bytes: 20 };
  const compare = [{ key: RECORD, target: 'version', result: '=', value: version }] as const;
  const id = sendTxn(state.etcd, ctx, { compare, success: [put], failure: [{ op: 'range', key: RECORD }] });
  state.pending.set(id, { type: 'compact-record' });
}

/** Learns who compacts; compacts to the revision of five minutes ago. */
export function compactionAnswered(state: ApiServerState, ctx: Context, answer: EtcdAnswer): void {
  if (answer.type !== 'etcd/txn-answer') return;
  const { compaction } = state;
  const target = compaction.revision;
  compaction.revision = answer.header.revision;
  if (!answer.succeeded) {
    const [record] = answer.results;
    compaction.version = record?.op === 'range' ? (record.kvs[0]?.version ?? 0) : 0;
    return;
  }
  compaction.version++;
  if (target > 0) state.pending.set(sendCompact(state.etcd, ctx, target), { type: 'compact' });
}
