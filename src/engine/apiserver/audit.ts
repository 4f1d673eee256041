/**
 * The audit log: every request that was to change something, with what came of it.
 *
 * @source kubernetes staging/src/k8s.io/apiserver/pkg/apis/audit/v1/types.go (level Metadata, stage ResponseComplete)
 */
import type { EventId, ProcessId } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import type { WriteVerb } from './state';

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

/** Records that are kept at least. */
export const KEPT_AUDIT_RECORDS = 4096;
