import { describe, expect, it } from 'vitest';
import { bind, message, pod, PODS, withAccount } from './testing';
import { certified } from './wire';

const api = withAccount();
const SELF = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const SAR = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
const ACCOUNT = '/api/v1/namespaces/default/serviceaccounts/default/token';
const ask = (path: string, spec: object, more = {}) => api.ask('POST', path, { spec }, more);
const status = (path: string, spec: object, more = {}) => (ask(path, spec, more).body as { status: unknown }).status;
const jane = { credentials: certified('jane', 'dev') };

describe('Reviews', () => {
  it('tell who one is (kubectl auth whoami)', () => {
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const { code, body } = api.ask('POST', path, {}, jane);
    expect(code).toBe(201);
    expect(body).toMatchObject({
      kind: 'SelfSubjectReview',
      status: { userInfo: { username: 'jane', groups: ['dev', 'system:authenticated'] } },
    });
  });

  it('tell what one may do (kubectl auth can-i), and why', () => {
    const list = { resourceAttributes: { verb: 'list', resource: 'pods', namespace: 'default' } };
    expect(status(SELF, list)).toEqual({ allowed: true });
    expect(status(SELF, list, jane)).toEqual({ allowed: false });
    expect(status(SELF, { nonResourceAttributes: { verb: 'get', path: '/version' } }, jane)).toEqual({
      allowed: true,
      reason:
        'RBAC: allowed by ClusterRoleBinding "system:discovery" of ClusterRole "system:discovery" to Group "system:authenticated"',
    });
    expect(status(SAR, { ...list, user: 'system:kube-scheduler' })).toMatchObject({ allowed: true });
    expect(status(SAR, { ...list, user: 'system:node:n', groups: ['system:nodes'] })).toEqual({
      allowed: false,
      reason: 'can only list/watch pods with spec.nodeName field selector',
    });
  });

  it('tell all that one may do (kubectl auth can-i --list)', () => {
    expect(
      status('/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', { namespace: 'default' }, jane),
    ).toMatchObject({
      resourceRules: [
        { verbs: ['create'], apiGroups: ['authorization.k8s.io'] },
        { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
      ],
      incomplete: false,
    });
  });

  it.each([
    [
      SELF,
      {},
      'SelfSubjectAccessReview.authorization.k8s.io "" is invalid: spec.resourceAttributes: Invalid value: "resourceAttributes": exactly one of nonResourceAttributes or resourceAttributes must be specified',
    ],
    [
      SAR,
      { resourceAttributes: {} },
      'SubjectAccessReview.authorization.k8s.io "" is invalid: spec.user: Invalid value: "": at least one of user or group must be specified',
    ],
    [
      '/apis/authorization.k8s.io/v1/namespaces/default/localsubjectaccessreviews',
      { user: 'x', resourceAttributes: { namespace: 'other' } },
      'LocalSubjectAccessReview.authorization.k8s.io "" is invalid: spec.resourceAttributes.namespace: Invalid value: "other": must match metadata.namespace',
    ],
    [
      ACCOUNT,
      { expirationSeconds: 5 },
      'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 5: may not specify a duration less than 10 minutes',
    ],
    [ACCOUNT, { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'none' } }, 'pods "none" not found'],
    [
      ACCOUNT,
      { boundObjectRef: { kind: 'Job', apiVersion: 'batch/v1', name: 'j' } },
      'cannot bind token to object of type batch/v1, Kind=Job',
    ],
  ])('%s of %j is refused', (path, spec, text) => expect(message(ask(path, spec))).toBe(text));

  it('are not stored', () => {
    expect(api.ask('GET', SAR).code).toBe(405);
  });
});

describe('A token on request (kubectl create token)', () => {
  const review = (token: string) => status('/apis/authentication.k8s.io/v1/tokenreviews', { token });
  const tokenOf = (spec: object) => (status(ACCOUNT, spec) as { token: string }).token;

  it('is that of its service account, and says so to a review', () => {
    const token = tokenOf({});
    expect(token.split('.')).toHaveLength(3);
    expect(review(token)).toMatchObject({
      authenticated: true,
      user: {
        username: 'system:serviceaccount:default:default',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
      },
      audiences: ['https://kubernetes.default.svc.cluster.local'],
    });
    expect(review('nonsense')).toEqual({ user: {}, error: 'invalid bearer token' });
  });

  it('bound to a pod knows its node and ends with it', () => {
    api.want('POST', PODS, pod('p'));
    bind(api, 'p', 'node-1');
    const token = tokenOf({ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p' } });
    expect(review(token)).toMatchObject({
      user: { extra: { 'authentication.kubernetes.io/pod-name': ['p'] } },
    });
    api.want('DELETE', `${PODS}/p?gracePeriodSeconds=0`);
    api.advance(1000);
    expect(review(token)).toEqual({
      user: {},
      error: '[invalid bearer token, service account token has been invalidated]',
    });
  });
});
