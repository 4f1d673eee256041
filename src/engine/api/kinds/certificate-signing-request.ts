/**
 * Requests to be given a certificate.
 *
 * @source kubernetes pkg/registry/certificates/certificates/strategy.go, pkg/apis/certificates/validation/validation.go
 */
import { decodeBase64 } from '../base64';
import { readRequest } from '../certificate';
import { duplicate, type FieldError, invalid, required } from '../field-error';
import { genericRules } from '../generic-rules';
import { deepEqual } from '../json';
import type { KindRules } from '../kind-rules';
import type { CertificateSigningRequest } from '../types';

const LEAST_SECONDS = 600;
const NO_ERRORS: readonly string[] = [];
const DECISIONS: ReadonlySet<string> = new Set(['Approved', 'Denied']);

const EMPTY: CertificateSigningRequest['spec'] = { request: '', signerName: '' };

type Conditions = NonNullable<NonNullable<CertificateSigningRequest['status']>['conditions']>;

function specErrors({ spec = EMPTY }: Partial<CertificateSigningRequest>): FieldError[] {
  const errors: FieldError[] = [];
  const read = readRequest(decodeBase64(spec.request ?? '') ?? '');
  if (typeof read === 'string') errors.push(invalid('spec.request', spec.request ?? '', read));
  const usages = spec.usages ?? [];
  if (usages.length === 0) errors.push(required('spec.usages'));
  usages.forEach((usage, index) => {
    if (usages.indexOf(usage) < index) errors.push(duplicate(`spec.usages[${index}]`, usage));
  });
  const { signerName, expirationSeconds } = spec;
  if ((signerName ?? '') === '') errors.push(required('spec.signerName'));
  else if (!signerName.includes('/')) {
    const text = 'must be a fully qualified domain and path of the form "example.com/signer-name"';
    errors.push(invalid('spec.signerName', signerName, text));
  }
  if (expirationSeconds !== undefined && expirationSeconds < LEAST_SECONDS) {
    const text = `may not specify a duration less than ${LEAST_SECONDS} seconds (10 minutes)`;
    errors.push(invalid('spec.expirationSeconds', expirationSeconds, text));
  }
  return errors;
}

const decisionsOf = (request: CertificateSigningRequest): Conditions =>
  (request.status?.conditions ?? []).filter(({ type }) => DECISIONS.has(type));

function conditionErrors(request: CertificateSigningRequest): FieldError[] {
  const types = decisionsOf(request).map(({ type }) => type);
  if (!types.includes('Approved') || !types.includes('Denied')) return [];
  return [invalid('status.conditions', types[1]!, 'Approved and Denied conditions are mutually exclusive')];
}

const base = genericRules<CertificateSigningRequest>({
  name: () => NO_ERRORS,
  clusterScoped: true,
  status: {},
  // Whoever asked cannot change what for.
  prepareForUpdate: (next, old) => ({ ...next, spec: old.spec }),
  validate: (request) => [...specErrors(request), ...conditionErrors(request)],
});

export const certificateSigningRequestRules: KindRules<CertificateSigningRequest> = {
  ...base,
  /** What the signer says of the request: everything but whether it is approved. */
  prepareForStatusUpdate(next, old) {
    const kept = base.prepareForStatusUpdate(next, old);
    const others = (next.status?.conditions ?? []).filter(({ type }) => !DECISIONS.has(type));
    const conditions = [...decisionsOf(old), ...others];
    return deepEqual(conditions, next.status?.conditions ?? [])
      ? kept
      : { ...kept, status: { ...kept.status, conditions } };
  },
  selectableFields: ['metadata.name', 'spec.signerName'],
  fields: ({ metadata, spec }) => ({ 'metadata.name': metadata.name, 'spec.signerName': spec?.signerName ?? '' }),
};

/** What the `approval` subresource may change: whether the request is approved or denied. */
export function approvalOf(next: CertificateSigningRequest, old: CertificateSigningRequest): CertificateSigningRequest {
  const others = (old.status?.conditions ?? []).filter(({ type }) => !DECISIONS.has(type));
  const { resourceVersion, managedFields } = next.metadata;
  return {
    ...old,
    metadata: { ...old.metadata, resourceVersion, ...(managedFields === undefined ? {} : { managedFields }) },
    status: { ...old.status, conditions: [...others, ...decisionsOf(next)] },
  };
}
