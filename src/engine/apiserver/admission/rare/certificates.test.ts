import '#engine/api/late-api';
import { describe, expect, it } from 'vitest';
import { encodeBase64 } from '#engine/api/base64';
import { certificateRequest } from '#engine/api/certificate';
import { get, message, TestApi } from '../../testing';
import { certified } from '../../wire';

const PATH = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const api = new TestApi();
const clerk = { credentials: certified('clerk') };
const spec = (more: object = {}) => ({
  request: encodeBase64(certificateRequest({ commonName: 'jane', organizations: ['dev'] })),
  signerName: 'kubernetes.io/kube-apiserver-client',
  usages: ['client auth'],
  ...more,
});
const approval = (name: string) => {
  const request = get(api, `${PATH}/${name}`);
  return { ...request, status: { conditions: [{ type: 'Approved', status: 'True', reason: 'Fine' }] } };
};
const rights = (name: string, resource: string, verb: string) => {
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const group = 'certificates.k8s.io';
  api.want('POST', `${rbac}/clusterroles`, {
    metadata: { name },
    rules: [{ apiGroups: [group], resources: [resource], verbs: [verb] }],
  });
  api.want('POST', `${rbac}/clusterrolebindings`, {
    metadata: { name },
    roleRef: { kind: 'ClusterRole', name },
    subjects: [{ kind: 'User', name: 'clerk' }],
  });
  api.advance(1000);
};

describe('A certificate request', () => {
  it('is in the name of whoever made it, whatever he says', () => {
    const body = { metadata: { name: 'a' }, spec: spec({ username: 'admin', groups: ['system:masters'] }) };
    expect(api.want('POST', PATH, body)).toMatchObject({
      spec: { username: 'kubernetes-super-admin', groups: ['system:masters', 'system:authenticated'] },
    });
  });

  it('is approved by who may approve for its signer only, and its spec stays as it is', () => {
    rights('update', 'certificatesigningrequests/approval', 'update');
    const denied = api.ask('PUT', `${PATH}/a/approval`, approval('a'), clerk);
    expect(message(denied)).toBe(
      'certificatesigningrequests.certificates.k8s.io "a" is forbidden: user not permitted to approve requests with signerName "kubernetes.io/kube-apiserver-client"',
    );
    rights('approve', 'signers', 'approve');
    const approved = { ...approval('a'), spec: spec({ usages: ['any'] }) };
    expect(api.ask('PUT', `${PATH}/a/approval`, approved, clerk).code).toBe(200);
    expect(get(api, `${PATH}/a`)).toMatchObject({
      spec: { usages: ['client auth'] },
      status: { conditions: [{ type: 'Approved', reason: 'Fine', lastUpdateTime: '2026-01-01T00:00:01Z' }] },
    });
  });

  it.each([
    [spec({ usages: [] }), 'CertificateSigningRequest.certificates.k8s.io "b" is invalid: spec.usages: Required value'],
    [
      spec({ expirationSeconds: 5 }),
      'CertificateSigningRequest.certificates.k8s.io "b" is invalid: spec.expirationSeconds: Invalid value: 5: may not specify a duration less than 600 seconds (10 minutes)',
    ],
    [
      spec({ request: encodeBase64(certificateRequest({ commonName: 'x', organizations: ['system:masters'] })) }),
      'certificatesigningrequests.certificates.k8s.io "b" is forbidden: use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed',
    ],
  ])('%#: is refused', (given, text) => {
    expect(message(api.ask('POST', PATH, { metadata: { name: 'b' }, spec: given }))).toBe(text);
  });
});
