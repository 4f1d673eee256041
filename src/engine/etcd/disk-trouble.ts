/**
 * What a member says when its disk does not keep up, or takes nothing more.
 *
 * @source etcd server/storage/wal/wal.go (sync, warnSyncDuration), server/etcdserver/raft.go (processMessages, start), server/etcdserver/txn/util.go (warnOfExpensiveReadOnlyRangeRequest)
 */
import { goMilliseconds } from '#engine/kernel/go-duration';
import type { Context } from '#engine/kernel/process';
import { type Micros, MILLISECOND, SECOND } from '#engine/kernel/time';
import { idText } from './members';
import { type EtcdState, type Peer, TICK, type WaitingRead } from './state';
import type { EtcdAnswer } from './wire';

const SLOW_SYNC: Micros = 1 * SECOND;
const LATE_HEARTBEAT: Micros = 2 * TICK;
const SLOW_READ: Micros = 100 * MILLISECOND;

const pathOf = (file: string): string => `/var/lib/etcd/member/${file}`;

/** Linux' word for a write to a file of the data directory that finds no room. */
export const noSpaceFor = (file: string): string => `write ${pathOf(file)}: no space left on device`;

/** A snapshot that cannot be read is passed over. @source etcd server/etcdserver/api/snap/snapshotter.go (loadSnap) */
export const brokenSnapshot = (file: string): string =>
  `failed to read a snap file {"path":"${pathOf(file)}","error":"snap: crc mismatch"}`;

/** An fsync of the log has come to its end. */
export function noticeSync(ctx: Context, since: Micros): void {
  const took = ctx.monotonic - since;
  if (took <= SLOW_SYNC) return;
  ctx.log(`slow fdatasync {"took":"${goMilliseconds(took)}","expected-duration":"${goMilliseconds(SLOW_SYNC)}"}`);
}

/** A heartbeat goes out to another member. */
export function noticeHeartbeat({ cluster }: EtcdState, ctx: Context, to: number, peer: Peer): void {
  const since = peer.heartbeatAt;
  peer.heartbeatAt = ctx.monotonic;
  if (since < 0 || ctx.monotonic - since <= LATE_HEARTBEAT) return;
  const exceeded = goMilliseconds(ctx.monotonic - since - LATE_HEARTBEAT);
  ctx.log(
    `leader failed to send out heartbeat on time; took too long, leader is overloaded likely from slow disk {"to":"${idText(cluster, to)}","heartbeat-interval":"${goMilliseconds(TICK)}","expected-duration":"${goMilliseconds(LATE_HEARTBEAT)}","exceeded-duration":"${exceeded}"}`,
  );
}

/** A linearizable read is answered. */
export function noticeRead(ctx: Context, { request, since }: WaitingRead, answer: EtcdAnswer): void {
  const took = ctx.monotonic - since;
  if (took <= SLOW_READ || request.type !== 'etcd/range') return;
  const { key, rangeEnd, limit } = request.range;
  const end = rangeEnd === undefined ? '' : `range_end:\\"${rangeEnd}\\" `;
  const most = limit === undefined ? '' : `limit:${limit} `;
  const { kvs } = answer.type === 'etcd/range-answer' ? answer.result : { kvs: [] };
  const size = kvs.reduce((sum, { bytes }) => sum + bytes, 0);
  ctx.log(
    `apply request took too long {"took":"${goMilliseconds(took)}","expected-duration":"${goMilliseconds(SLOW_READ)}","prefix":"read-only range ","request":"key:\\"${key}\\" ${end}${most}","response":"range_response_count:${kvs.length} size:${size}"}`,
  );
}

/** The disk is full: nothing that Raft wants to be safe can be. The member ends. */
export function endWithoutSpace(
  ctx: Context,
  what: 'Raft hard state and entries' | 'Raft snapshot' | 'snapshot',
  file: string,
): void {
  ctx.log(`failed to save ${what} {"error":"${noSpaceFor(file)}"}`);
  ctx.exit(1);
}
