/**
 * The size of the backend: what is used in it, and the file, which never shrinks by itself: pages that a compaction frees
 * are used again, and given back only by a defragmentation. Above the quota a member raises the alarm NOSPACE, and
 * from then on no member takes anything that needs room until it is disarmed.
 *
 * @source etcd server/storage/quota.go, server/etcdserver/apply/apply.go (applierV3Capped, quotaApplierV3)
 * @simplified sizes are counted, there are no pages: what is free is free at once, and never in the wrong place
 */
import type { EtcdState } from './state';
import { txnBytes } from './txn';
import type { Proposal } from './wire';

const PAGE = 4096;
/** Of an empty backend: five pages. */
const EMPTY_BYTES = 5 * PAGE;
/** What a revision costs beside its key and value. */
const REVISION_BYTES = 64;
/** What granting a lease counts for. */
const LEASE_BYTES = 64;

/** @source etcd server/storage/quota.go (DefaultQuotaBytes) */
const DEFAULT_QUOTA = 2 * 1024 ** 3;

export const quotaOf = ({ args }: EtcdState): number => args.quotaBytes ?? DEFAULT_QUOTA;

/** Bytes that are used. */
export const bytesInUse = ({ store }: EtcdState): number =>
  EMPTY_BYTES + store.bytes + REVISION_BYTES * (store.live.size + store.history.length);

const inPages = (bytes: number): number => Math.ceil(bytes / PAGE) * PAGE;

/** Entries were applied: the file has grown if they did not fit into it. */
export function backendGrew(state: EtcdState): void {
  const used = bytesInUse(state);
  if (used > state.fileBytes) state.fileBytes = inPages(used);
}

/** The free pages are given back. */
export function shrinkBackend(state: EtcdState): void {
  state.fileBytes = inPages(bytesInUse(state));
}

/** Bytes that a proposal adds; 0 for what needs no room. */
function costOf(proposal: Proposal): number {
  if (proposal.type === 'etcd/lease-grant') return LEASE_BYTES;
  if (proposal.type !== 'etcd/txn') return 0;
  const puts = proposal.success.some(({ op }) => op === 'put') || proposal.failure.some(({ op }) => op === 'put');
  return puts ? txnBytes(proposal) : 0;
}

/** Whether there is no room for a proposal here. */
export function quotaExceeded(state: EtcdState, proposal: Proposal): boolean {
  const quota = quotaOf(state);
  // Far from it: most stores never come near their quota.
  if (state.fileBytes < quota / 2) return false;
  const cost = costOf(proposal);
  return cost > 0 && state.fileBytes + cost >= quota;
}

/** Whether the alarm forbids a proposal. */
export const appliedCapped = ({ alarms }: EtcdState, proposal: Proposal): boolean =>
  alarms.length > 0 && costOf(proposal) > 0;
