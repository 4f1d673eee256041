/**
 * What `/livez` and `/readyz` find out of etcd: a linearizable read, at most one in two seconds; in between the last result counts.
 *
 * @source kubernetes apiserver/pkg/storage/storagebackend/factory/etcd3.go (newETCD3Check), storagebackend/config.go (DefaultHealthcheckTimeout)
 * @simplified the checks `etcd` and `etcd-readiness` share one read
 */
import type { Context, Message } from '#engine/kernel/process';
import { type Micros, SECOND } from '#engine/kernel/time';
import { sendRange } from './etcd-connection';
import { healthOf, looksAtEtcd, reportReadiness } from './health';
import { sendResponse } from './respond';
import type { ApiServerState, HealthAsk } from './state';

/** How long the read may take, and how long its result counts. */
const TIMEOUT: Micros = 2 * SECOND;

export interface EtcdProbeTimer extends Message {
  readonly type: 'apiserver/etcd-probe-timeout';
  readonly id: number;
}

/** Asks etcd in somebody's behalf, who is answered afterwards. @returns false when what is known is enough */
export function probeEtcd(state: ApiServerState, ctx: Context, ask: HealthAsk): boolean {
  const { etcdProbe, etcd } = state;
  if (!etcd.up || etcdProbe.id !== 0 || !looksAtEtcd(ask)) return false;
  if (etcdProbe.askedAt >= 0 && ctx.monotonic - etcdProbe.askedAt < TIMEOUT) return false;
  etcdProbe.askedAt = ctx.monotonic;
  etcdProbe.id = sendRange(etcd, ctx, { key: '/registry/health' });
  etcdProbe.waiting = ask;
  state.pending.set(etcdProbe.id, { type: 'etcd-probe' });
  const timer: EtcdProbeTimer = { type: 'apiserver/etcd-probe-timeout', id: etcdProbe.id };
  ctx.after(TIMEOUT, timer);
  return true;
}

/** The read is answered, or takes too long. */
export function probed(state: ApiServerState, ctx: Context, id: number, ok: boolean): void {
  const { etcdProbe } = state;
  if (etcdProbe.id !== id) return;
  state.pending.delete(id);
  state.etcd.sent.delete(id);
  etcdProbe.id = 0;
  etcdProbe.failed = !ok;
  reportReadiness(state, ctx);
  const { waiting } = etcdProbe;
  etcdProbe.waiting = null;
  if (waiting === null) return;
  const health = healthOf(state, waiting);
  if (health !== null) sendResponse(state, ctx, waiting.asker, health.code, health.body);
}
