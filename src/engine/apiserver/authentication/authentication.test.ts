import { describe, expect, it } from 'vitest';
import { certified, type Credentials } from '../wire';
import { TestApi } from '../testing';
import { authenticate } from './authenticate';

const api = new TestApi();
const userOf = (credentials: Credentials) => authenticate(api.state, credentials, 0);

describe('Authentication', () => {
  it('takes the common name of a certificate as the user and its organizations as groups', () => {
    expect(userOf(certified('system:node:node-1', 'system:nodes'))).toEqual({
      username: 'system:node:node-1',
      groups: ['system:nodes', 'system:authenticated'],
      extra: {
        'authentication.kubernetes.io/credential-id': [expect.stringMatching(/^X509SHA256=[0-9a-f]{64}$/) as string],
      },
    });
  });

  it('calls who shows nothing anonymous', () => {
    expect(userOf({})).toEqual({ username: 'system:anonymous', groups: ['system:unauthenticated'] });
  });

  it('answers a bad token with 401 and does not fall back to anonymous', () => {
    const answer = api.ask('GET', '/api/v1/namespaces', undefined, { credentials: { token: 'nonsense' } });
    expect(answer).toMatchObject({
      code: 401,
      body: { status: 'Failure', message: 'Unauthorized', reason: 'Unauthorized', code: 401 },
    });
  });
});
