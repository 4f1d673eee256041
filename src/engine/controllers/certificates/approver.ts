/**
 * Approves the certificates that kubelets ask for when they join, and when they renew them.
 *
 * @source kubernetes pkg/controller/certificates/approver/sarapprove.go
 * @simplified whether the asker may is read from the roles in the controller's caches instead of by a SubjectAccessReview
 */
import { decodeBase64 } from '#engine/api/base64';
import { lateApi } from '#engine/api/late';
import { timestamp } from '#engine/api/timestamp';
import type { CertificateSigningRequest } from '#engine/api/types';
import { NOTHING, type Plan, type Situation, type View } from '#engine/client/plan';
import { ruleAllows } from '#engine/apiserver/authorization/rules';
import { conditionNamed } from './conditions';

const KUBELET_CLIENT = 'kubernetes.io/kube-apiserver-client-kubelet';
const USAGES = new Set(['client auth', 'digital signature', 'key encipherment']);

/** What asking for such a certificate is called among the rights, and what is said when it is approved. */
const RECOGNIZED = [
  {
    self: true,
    subresource: 'selfnodeclient',
    message: 'Auto approving self kubelet client certificate after SubjectAccessReview.',
  },
  {
    self: false,
    subresource: 'nodeclient',
    message: 'Auto approving kubelet client certificate after SubjectAccessReview.',
  },
];

/** @param name - of the CertificateSigningRequest */
export function approveRequest(view: View, name: string, { now }: Pick<Situation, 'now'>): Plan {
  const request = view.get('CertificateSigningRequest', '', name);
  if (request === undefined || (request.status?.certificate ?? '') !== '') return NOTHING;
  if (conditionNamed(request, 'Approved') !== undefined || conditionNamed(request, 'Denied') !== undefined)
    return NOTHING;
  const { spec } = request;
  const subject = lateApi.code.readRequest(decodeBase64(spec.request) ?? '');
  if (spec.signerName !== KUBELET_CLIENT || typeof subject === 'string') return NOTHING;
  if (subject.organizations.join() !== 'system:nodes' || !subject.commonName.startsWith('system:node:')) return NOTHING;
  if (!(spec.usages ?? []).includes('client auth') || !(spec.usages ?? []).every((usage) => USAGES.has(usage)))
    return NOTHING;
  const own = subject.commonName === spec.username;
  const found = RECOGNIZED.find(({ self, subresource }) => (!self || own) && mayAsk(view, request, subresource));
  if (found === undefined) return NOTHING;
  const time = timestamp(now);
  const condition = {
    type: 'Approved',
    status: 'True',
    reason: 'AutoApproved',
    message: found.message,
    lastUpdateTime: time,
    lastTransitionTime: time,
  };
  const status = { ...request.status, conditions: [...(request.status?.conditions ?? []), condition] };
  const approved: CertificateSigningRequest = { ...request, status };
  return {
    steps: [{ op: 'update', object: approved, subresource: 'approval' }],
    because: `${spec.username ?? ''} may have kubelet certificates`,
  };
}

/** Whether a role of the cluster lets the asker create this subresource of certificate requests. */
function mayAsk(view: View, { spec }: CertificateSigningRequest, subresource: string): boolean {
  const user = { username: spec.username ?? '', groups: spec.groups ?? [] };
  const asked = {
    user,
    verb: 'create',
    group: 'certificates.k8s.io',
    resource: 'certificatesigningrequests',
    subresource,
    namespace: '',
    name: '',
    path: '',
  };
  return view.list('ClusterRoleBinding').some(({ roleRef, subjects }) => {
    const bound = (subjects ?? []).some(({ kind, name, namespace }) =>
      kind === 'Group'
        ? user.groups.includes(name)
        : user.username === (kind === 'User' ? name : `system:serviceaccount:${namespace ?? ''}:${name}`),
    );
    const rules = bound ? (view.get('ClusterRole', '', roleRef.name)?.rules ?? []) : [];
    return rules.some((rule) => ruleAllows(rule, asked));
  });
}
