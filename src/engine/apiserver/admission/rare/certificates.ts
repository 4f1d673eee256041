/**
 * Who may have certificates signed: the request says who asked for it, approving and signing are rights of their own.
 *
 * @source kubernetes plugin/pkg/admission/certificates/{approval,signing,subjectrestriction}, pkg/certauthorization/certauthorization.go,
 *   pkg/registry/certificates/certificates/strategy.go
 */
import { decodeBase64 } from '#engine/api/base64';
import { lateApi } from '#engine/api/late';
import { forbidden } from '#engine/api/status-error';
import { timestamp } from '#engine/api/timestamp';
import type { CertificateSigningRequest } from '#engine/api/types';
import { PRIVILEGED } from '../../authentication/user';
import type { Surroundings } from '../../surroundings';
import { admit, type AdmissionPlugin, type AdmissionRequest, refuse } from '../plugin';

const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client';

export const certificates: AdmissionPlugin = (request, object, around) => {
  if (request.info.kind !== 'CertificateSigningRequest' || request.verb === 'delete') return admit(object);
  const next = object as CertificateSigningRequest;
  if (request.verb === 'create') return request.subresource === '' ? created(request, next) : admit(next);
  const old = request.old as CertificateSigningRequest;
  const { signerName } = old.spec;
  const denied = (right: string): ReturnType<AdmissionPlugin> =>
    refuse(
      forbidden(
        request.info,
        request.shownName,
        `user not permitted to ${right} requests with signerName ${JSON.stringify(signerName)}`,
      ),
    );
  if (request.subresource === 'approval') {
    return maySign(request, around, 'approve', signerName) ? admit(dated(next, around)) : denied('approve');
  }
  const signs = request.subresource === 'status' && old.status?.certificate !== next.status?.certificate;
  if (signs && !maySign(request, around, 'sign', signerName)) return denied('sign');
  return admit(request.subresource === 'status' ? dated(next, around) : next);
};

/** The request of whoever asks for it, in his name. */
function created(request: AdmissionRequest, next: CertificateSigningRequest): ReturnType<AdmissionPlugin> {
  const { username, uid, groups, extra } = request.operation.asker.user;
  const subject = lateApi.code.readRequest(decodeBase64(next.spec?.request ?? '') ?? '');
  if (
    next.spec?.signerName === CLIENT_SIGNER &&
    typeof subject === 'object' &&
    subject.organizations.includes(PRIVILEGED)
  ) {
    const text = `use of ${CLIENT_SIGNER} signer with ${PRIVILEGED} group is not allowed`;
    return refuse(forbidden(request.info, request.shownName, text));
  }
  const { username: _user, uid: _uid, groups: _groups, extra: _extra, ...spec } = next.spec ?? {};
  const asker = {
    username,
    groups: [...groups],
    ...(uid === undefined ? {} : { uid }),
    ...(extra === undefined ? {} : { extra }),
  };
  return admit({ ...next, spec: { ...spec, ...asker } } as CertificateSigningRequest);
}

/** A right on one signer, or on all of its domain. */
function maySign({ operation }: AdmissionRequest, around: Surroundings, verb: string, signer: string): boolean {
  const domain = `${signer.slice(0, signer.indexOf('/'))}/*`;
  return [signer, domain].some(
    (name) =>
      around.authorize({
        user: operation.asker.user,
        verb,
        group: 'certificates.k8s.io',
        resource: 'signers',
        subresource: '',
        namespace: '',
        name,
        path: '',
      }).allowed,
  );
}

/** Conditions that have no time get it. */
function dated(next: CertificateSigningRequest, around: Surroundings): CertificateSigningRequest {
  const conditions = next.status?.conditions ?? [];
  if (conditions.every(({ lastUpdateTime, lastTransitionTime }) => lastUpdateTime && lastTransitionTime)) return next;
  const now = timestamp(around.now);
  return {
    ...next,
    status: {
      ...next.status,
      conditions: conditions.map((condition) => ({
        ...condition,
        lastUpdateTime: condition.lastUpdateTime || now,
        lastTransitionTime: condition.lastTransitionTime || now,
      })),
    },
  };
}
