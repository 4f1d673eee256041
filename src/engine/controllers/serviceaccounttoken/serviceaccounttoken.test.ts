/** Vectors: kubernetes pkg/controller/serviceaccount/tokens_controller_test.go */
import { describe, expect, it } from 'vitest';
import { decodeBase64, encodeBase64 } from '#engine/api/base64';
import type { KubeObject, Secret } from '#engine/api/types';
import { verifiedClaims } from '#engine/apiserver/authentication/jwt';
import type { Change } from '#engine/client/plan';
import { at, meta } from '../testing/builders';
import { situation, viewOfObjects } from '../testing/view';
import { tokensController as controller } from './controller';

const account: KubeObject = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: meta('ServiceAccount', 'robot', { uid: 'u1' }),
};
const NAME = 'kubernetes.io/service-account.name';
const UID = 'kubernetes.io/service-account.uid';
const secret = (annotations: Record<string, string>, over: Partial<Secret> = {}): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: meta('Secret', 'token', { annotations }),
  type: 'kubernetes.io/service-account-token',
  ...over,
});
const plan = (...objects: readonly KubeObject[]) =>
  controller.reconcile(
    viewOfObjects(objects),
    'default/token',
    situation({ settings: { clusterCidr: '', serviceAccountKey: 'key' } }),
  );
const filledBy = (...objects: readonly KubeObject[]): Secret => {
  const [step] = plan(...objects).steps;
  expect(step?.op).toBe('update');
  return (step as { object: Secret }).object;
};

describe('a Secret that asks for the token of a service account', () => {
  it('gets it, with the certificate and the namespace', () => {
    const { metadata, data } = filledBy(account, secret({ [NAME]: 'robot' }));
    expect(metadata.annotations).toEqual({ [NAME]: 'robot', [UID]: 'u1' });
    expect(data).toMatchObject({ namespace: encodeBase64('default'), 'ca.crt': expect.any(String) as string });
    const token = decodeBase64(data?.['token'] ?? '') ?? '';
    expect(verifiedClaims(token, 'key')).toEqual({
      iss: 'kubernetes/serviceaccount',
      'kubernetes.io/serviceaccount/namespace': 'default',
      'kubernetes.io/serviceaccount/secret.name': 'token',
      'kubernetes.io/serviceaccount/service-account.name': 'robot',
      'kubernetes.io/serviceaccount/service-account.uid': 'u1',
      sub: 'system:serviceaccount:default:robot',
    });
  });

  it('keeps a token that it has, and gets back what somebody took', () => {
    const whole = filledBy(account, secret({ [NAME]: 'robot' }));
    expect(plan(account, whole).steps).toEqual([]);
    const { 'ca.crt': _gone, ...data } = whole.data ?? {};
    const less: Secret = { ...whole, data };
    expect(filledBy(account, less).data).toEqual(whole.data);
  });

  it.each<[string, readonly KubeObject[]]>([
    ['goes when there is no such account', [secret({ [NAME]: 'robot' })]],
    ['goes when the account is another of that name', [account, secret({ [NAME]: 'robot', [UID]: 'u0' })]],
  ])('%s', (_, objects) => expect(plan(...objects).steps).toMatchObject([{ op: 'delete', target: { name: 'token' } }]));

  it.each<[string, Secret]>([
    ['of another type is none', secret({ [NAME]: 'robot' }, { type: 'Opaque' })],
    [
      'that is going is left alone',
      { ...secret({ [NAME]: 'robot' }), metadata: meta('Secret', 'token', { deletionTimestamp: at(1) }) },
    ],
  ])('%s', (_, object) => expect(plan(account, object).steps).toEqual([]));

  it('is looked at when it comes and when its account goes', () => {
    const view = viewOfObjects([
      secret({ [NAME]: 'robot' }),
      secret({ [NAME]: 'other' }, { metadata: meta('Secret', 'b') }),
    ]);
    const keys = (object: KubeObject, type: string): readonly string[] =>
      controller.keysFor({ kind: object.kind, type, object } as Change, view);
    expect([
      keys(account, 'deleted'),
      keys(account, 'added'),
      keys(secret({}), 'added'),
      keys(secret({}), 'deleted'),
    ]).toEqual([['default/token'], [], ['default/token'], []]);
  });
});
