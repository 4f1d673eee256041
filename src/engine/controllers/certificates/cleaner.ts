/**
 * Clears old requests for certificates away, looking once an hour: those that were approved and got their certificate, were denied
 * or failed an hour ago, and those that nobody has decided for a day.
 *
 * @source kubernetes pkg/controller/certificates/cleaner/cleaner.go (pollingInterval, approvedExpiration, deniedExpiration, pendingExpiration)
 * @simplified that a certificate has expired is no reason of its own: its request went long before
 */
import { parseTimestamp } from '#engine/api/timestamp';
import type { CertificateSigningRequest } from '#engine/api/types';
import { type Plan, type Situation, type View, defineController } from '#engine/client/plan';
import { type Micros, MINUTE } from '#engine/kernel/time';
import { remove } from '../steps';
import { conditionNamed } from './conditions';

const HOUR: Micros = 60 * MINUTE;
const DECIDED = HOUR;
const PENDING = 24 * HOUR;

export const csrCleaner = defineController({
  name: 'certificatesigningrequest-cleaner-controller',
  component: 'certificate-controller',
  watches: ['CertificateSigningRequest'],
  initialMemory: null,
  workers: 1,
  keysFor: () => [],
  initialKeys: () => ['requests'],
  reconcile: (view, _key, situation) => cleanRequests(view, situation),
});

function isOld(request: CertificateSigningRequest, now: Micros): boolean {
  const { metadata, status } = request;
  const since = (text: string | undefined): Micros => now - parseTimestamp(text ?? '');
  const decision = ['Denied', 'Failed', 'Approved']
    .map((type) => conditionNamed(request, type))
    .find((condition) => condition !== undefined);
  if (decision === undefined) return since(metadata.creationTimestamp) > PENDING;
  return (
    (decision.type !== 'Approved' || status?.certificate !== undefined) && since(decision.lastUpdateTime) > DECIDED
  );
}

export function cleanRequests(view: View, { now }: Pick<Situation, 'now'>): Plan {
  const old = view.list('CertificateSigningRequest').filter((request) => isOld(request, now));
  return {
    steps: old.map((request) => remove(request)),
    again: HOUR,
    ...(old.length === 0 ? null : { because: `${old.length} certificate requests are old` }),
  };
}
