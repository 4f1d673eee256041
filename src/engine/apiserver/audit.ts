/**
 * The audit log: every request that was to change something, with what came of it.
 *
 * @source kubernetes staging/src/k8s.io/apiserver/pkg/apis/audit/v1/types.go (level Metadata, stage ResponseComplete)
 */
import type { Context, EventId, ProcessId } from '#engine/kernel/process';
import { appendTo, newRing, type Ring } from '#engine/kernel/ring';
import type { Micros } from '#engine/kernel/time';

export type WriteVerb = 'create' | 'update' | 'patch' | 'delete';

export interface AuditRecord {
  /** The event in which the request arrived. */
  readonly event: EventId;
  /** When it was answered. */
  readonly at: Micros;
  /** The process that asked; empty: the API server itself. */
  readonly from: ProcessId;
  readonly user: string;
  readonly verb: WriteVerb;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly code: number;
}

/** Renewals of Leases have a short list of their own: they would push everything else out of an idle cluster's log. */
export interface AuditLog {
  readonly writes: Ring<AuditRecord>;
  readonly renewals: Ring<AuditRecord>;
}

const KEPT_WRITES = 4096;
const KEPT_RENEWALS = 128;

export const newAuditLog = (): AuditLog => ({ writes: newRing(KEPT_WRITES), renewals: newRing(KEPT_RENEWALS) });

export function recordRequest(log: AuditLog, ctx: Context, record: AuditRecord): void {
  const renewal = record.verb === 'update' && record.resource === 'leases.coordination.k8s.io';
  appendTo(renewal ? log.renewals : log.writes, record);
  if (!renewal) ctx.remember(record);
}
