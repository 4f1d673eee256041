/**
 * The signers of the controller manager: what has been approved gets its certificate, if it is a request that the signer signs.
 *
 * @source kubernetes pkg/controller/certificates/signer/signer.go, pkg/apis/certificates/helpers.go
 * @simplified one issuer for all signers; alternative names are not looked at
 */
import { decodeBase64, encodeBase64 } from '#engine/api/base64';
import type { Subject } from '#engine/api/certificate';
import { fnv32a } from '#engine/api/hash';
import { lateApi } from '#engine/api/late';
import { timestamp } from '#engine/api/timestamp';
import type { CertificateSigningRequest } from '#engine/api/types';
import { NOTHING, type Plan, type Situation, type View } from '#engine/client/plan';
import { type Micros, SECOND } from '#engine/kernel/time';
import { updateStatus } from '../steps';
import { conditionNamed } from './conditions';

/** `--cluster-signing-duration`. */
const LONGEST_SECONDS = 365 * 24 * 3600;
/** A certificate is good from a little before it was made. @source signer.go (Backdate) */
const BACKDATE: Micros = 300 * SECOND;
const ISSUER = 'kubernetes';
const NODES = 'system:nodes';
const NODE_PREFIX = 'system:node:';

type Request = CertificateSigningRequest;

const isKubelet = ({ commonName, organizations }: Subject): boolean =>
  organizations.length === 1 && organizations[0] === NODES && commonName.startsWith(NODE_PREFIX);

const onlyUsages = (given: readonly string[], needed: string, optional: readonly string[]): boolean =>
  given.includes(needed) && given.every((usage) => usage === needed || optional.includes(usage));

const KEY_USAGES = ['digital signature', 'key encipherment'];

/** Why a signer does not sign this; empty: it does; null: the signer is none of ours. */
function refusalOf(request: Request, subject: Subject): string | null {
  const { signerName, usages = [], username } = request.spec;
  switch (signerName) {
    case 'kubernetes.io/kube-apiserver-client':
      return onlyUsages(usages, 'client auth', KEY_USAGES) ? '' : `invalid usages: ${usages.join(', ')}`;
    case 'kubernetes.io/kube-apiserver-client-kubelet':
      if (!isKubelet(subject)) return 'subject organization is not system:nodes';
      return onlyUsages(usages, 'client auth', KEY_USAGES)
        ? ''
        : 'usages did not match [client auth digital signature key encipherment]';
    case 'kubernetes.io/kubelet-serving':
      if (!isKubelet(subject)) return 'subject organization is not system:nodes';
      if (username !== subject.commonName) return 'requested common name does not match the requesting user';
      return onlyUsages(usages, 'server auth', KEY_USAGES)
        ? ''
        : 'usages did not match [digital signature key encipherment server auth]';
    case 'kubernetes.io/legacy-unknown':
      return '';
    default:
      return null;
  }
}

/** @param name - of the CertificateSigningRequest */
export function signRequest(view: View, name: string, { now }: Pick<Situation, 'now'>): Plan {
  const request = view.get('CertificateSigningRequest', '', name);
  if (request === undefined || (request.status?.certificate ?? '') !== '') return NOTHING;
  if (conditionNamed(request, 'Approved') === undefined || conditionNamed(request, 'Failed') !== undefined)
    return NOTHING;
  const subject = lateApi.code.readRequest(decodeBase64(request.spec.request) ?? '');
  if (typeof subject === 'string') return NOTHING;
  const refusal = refusalOf(request, subject);
  if (refusal === null) return NOTHING;
  if (refusal !== '') return failed(request, refusal, now);
  const seconds = Math.min(request.spec.expirationSeconds ?? LONGEST_SECONDS, LONGEST_SECONDS);
  const from = Math.max(0, now - BACKDATE);
  const until = now + seconds * SECOND;
  const certificate = lateApi.code.certificateFor(subject, ISSUER, fnv32a(request.metadata.uid), from, until);
  const status = { ...request.status, certificate: encodeBase64(certificate) };
  return {
    steps: [updateStatus({ ...request, status })],
    because: `certificate request ${name} is approved and has no certificate`,
  };
}

function failed(request: Request, message: string, now: Micros): Plan {
  const time = timestamp(now);
  const condition = {
    type: 'Failed',
    status: 'True',
    reason: 'SignerValidationFailure',
    message,
    lastUpdateTime: time,
    lastTransitionTime: time,
  };
  const status = { ...request.status, conditions: [...(request.status?.conditions ?? []), condition] };
  return {
    steps: [updateStatus({ ...request, status })],
    because: `certificate request ${request.metadata.name} is not one that its signer signs`,
  };
}
