import '#engine/api/late-api';
import { describe, expect, it } from 'vitest';
import { decodeBase64, encodeBase64 } from '#engine/api/base64';
import { certificateRequest, type Subject } from '#engine/api/certificate';
import type { CertificateSigningRequest, KubeObject } from '#engine/api/types';
import { MINUTE } from '#engine/kernel/time';
import { situation, viewOfObjects } from '../testing/view';
import { approveRequest } from './approver';
import { cleanRequests } from './cleaner';
import { signRequest } from './signer';

const KUBELET: Subject = { commonName: 'system:node:n1', organizations: ['system:nodes'] };
const GROUP = 'system:bootstrappers:kubeadm:default-node-token';
const CLIENT_USAGES: NonNullable<CertificateSigningRequest['spec']['usages']> = ['client auth', 'digital signature'];

function csr(
  subject: Subject,
  signer: string,
  more: object = {},
  conditions: readonly string[] = [],
): CertificateSigningRequest {
  const spec = {
    request: encodeBase64(certificateRequest(subject)),
    signerName: `kubernetes.io/${signer}`,
    usages: CLIENT_USAGES,
    username: 'system:bootstrap:abcdef',
    groups: [GROUP],
    ...more,
  };
  return {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name: 'c', uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec,
    status: { conditions: conditions.map((type) => ({ type, status: 'True' })) },
  };
}

const rbac = (kind: string, name: string, more: object): KubeObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  metadata: { name, uid: name, resourceVersion: '1', creationTimestamp: '' },
  ...more,
});
const right = (subresource: string, group: string) => [
  rbac('ClusterRole', subresource, {
    rules: [
      {
        apiGroups: ['certificates.k8s.io'],
        resources: [`certificatesigningrequests/${subresource}`],
        verbs: ['create'],
      },
    ],
  }),
  rbac('ClusterRoleBinding', subresource, {
    roleRef: { kind: 'ClusterRole', name: subresource },
    subjects: [{ kind: 'Group', name: group }],
  }),
];
const stepOf = (plan: { readonly steps: readonly unknown[] }) =>
  plan.steps[0] as { readonly subresource: string; readonly object: CertificateSigningRequest } | undefined;

// pkg/controller/certificates/approver/sarapprove_test.go
describe('The approver', () => {
  const approve = (request: CertificateSigningRequest, rights: readonly KubeObject[]) =>
    stepOf(approveRequest(viewOfObjects([request, ...rights]), 'c', situation()))?.object.status?.conditions?.[0]
      ?.message;

  it('approves a joining kubelet whose group may ask for it', () => {
    const request = csr(KUBELET, 'kube-apiserver-client-kubelet');
    expect(approve(request, right('nodeclient', GROUP))).toBe(
      'Auto approving kubelet client certificate after SubjectAccessReview.',
    );
    expect(approve(request, right('nodeclient', 'others'))).toBeUndefined();
  });

  it('approves a kubelet that renews its own', () => {
    const renewing = { username: 'system:node:n1', groups: ['system:nodes'] };
    expect(
      approve(csr(KUBELET, 'kube-apiserver-client-kubelet', renewing), right('selfnodeclient', 'system:nodes')),
    ).toBe('Auto approving self kubelet client certificate after SubjectAccessReview.');
  });

  it.each([
    ['another signer', csr(KUBELET, 'kube-apiserver-client')],
    ['another name', csr({ ...KUBELET, commonName: 'jane' }, 'kube-apiserver-client-kubelet')],
    ['other usages', csr(KUBELET, 'kube-apiserver-client-kubelet', { usages: ['client auth', 'server auth'] })],
    ['what is denied', csr(KUBELET, 'kube-apiserver-client-kubelet', {}, ['Denied'])],
  ])('leaves %s to people', (_what, request) => expect(approve(request, right('nodeclient', GROUP))).toBeUndefined());
});

// pkg/controller/certificates/signer/signer_test.go
describe('The signer', () => {
  const sign = (request: CertificateSigningRequest) =>
    stepOf(signRequest(viewOfObjects([request]), 'c', situation()))?.object.status;

  it('gives what is approved its certificate', () => {
    const { certificate = '' } = sign(csr(KUBELET, 'kube-apiserver-client-kubelet', {}, ['Approved'])) ?? {};
    expect(decodeBase64(certificate)).toMatch(
      /^-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n$/,
    );
  });

  it('fails what its signer does not sign', () => {
    const jane = csr({ commonName: 'jane', organizations: ['dev'] }, 'kube-apiserver-client-kubelet', {}, ['Approved']);
    expect(sign(jane)?.conditions?.[1]).toMatchObject({ type: 'Failed', reason: 'SignerValidationFailure' });
  });

  it.each([
    ['what nobody approved', csr(KUBELET, 'kube-apiserver-client')],
    ['what failed', csr(KUBELET, 'kube-apiserver-client', {}, ['Approved', 'Failed'])],
    ["other signers'", csr(KUBELET, 'else', { signerName: 'example.com/x' }, ['Approved'])],
  ])('leaves %s alone', (_what, request) => expect(sign(request)).toBeUndefined());
});

// pkg/controller/certificates/cleaner/cleaner_test.go
describe('the cleaner of certificate requests', () => {
  it.each<[string, number, string, boolean, boolean]>([
    ['no longer than a day undecided', 23 * 60, '', false, false],
    ['longer than a day undecided', 25 * 60, '', false, true],
    ['approved and issued less than an hour ago', 59, 'Approved', true, false],
    ['approved and issued more than an hour ago', 61, 'Approved', true, true],
    ['approved and not issued', 61, 'Approved', false, false],
    ['denied less than an hour ago', 59, 'Denied', false, false],
    ['denied more than an hour ago', 61, 'Denied', false, true],
    ['failed more than an hour ago', 61, 'Failed', false, true],
  ])('one that is %s', (_, minutes, type, issued, goes) => {
    const lastUpdateTime = '2026-01-01T00:00:00Z';
    const conditions = type === '' ? [] : [{ type, status: 'True' as const, lastUpdateTime }];
    const request = csr(KUBELET, 'kube-apiserver-client-kubelet');
    const status = { conditions, ...(issued ? { certificate: 'eA==' } : {}) };
    const { steps } = cleanRequests(
      viewOfObjects([{ ...request, status } as KubeObject]),
      situation({ now: minutes * MINUTE }),
    );
    expect(steps.map(({ op }) => op)).toEqual(goes ? ['delete'] : []);
  });
});
