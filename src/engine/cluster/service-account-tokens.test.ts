import { expect, it } from 'vitest';
import { decodeBase64 } from '#engine/api/base64';
import type { Secret } from '#engine/api/types';
import { MINUTE } from '#engine/kernel/time';
import { bootedStory } from './testing';

const ROBOT = `apiVersion: v1
kind: ServiceAccount
metadata: {name: robot}
---
apiVersion: v1
kind: Secret
metadata: {name: robot-token, annotations: {kubernetes.io/service-account.name: robot}}
type: kubernetes.io/service-account-token
`;

it('a token that stands in a Secret opens the API as its account, until the account goes, and the Secret with it', () => {
  const t = bootedStory({ recorded: false, nodes: 1, zones: 1 });
  t.apply(ROBOT);
  const stored = (): Secret | null => t.object<Secret>('Secret', 'robot-token');
  t.until('it has a token', () => stored()?.data?.['token'] !== undefined, MINUTE);
  const token = decodeBase64(stored()!.data!['token']!)!;
  const ask = (ticket: string): unknown => {
    t.act({ type: 'request', ticket, method: 'GET', path: '/api/v1/namespaces/default/pods', credentials: { token } });
    t.until('an answer', ({ answers }) => answers.has(ticket), MINUTE);
    return t.answers.get(ticket)!.body;
  };
  expect(ask('known')).toMatchObject({
    code: 403,
    message:
      'pods is forbidden: User "system:serviceaccount:default:robot" cannot list resource "pods" in API group "" in the namespace "default"',
  });
  t.request('DELETE', '/api/v1/namespaces/default/serviceaccounts/robot');
  t.until('the Secret goes', () => stored() === null, MINUTE);
  expect(ask('unknown')).toMatchObject({ code: 401 });
});
