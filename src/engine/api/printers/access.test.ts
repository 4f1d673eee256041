import { describe, expect, it } from 'vitest';
import { tableFor } from '../print';
import type { KubeObject } from '../types';

const object = (kind: string, more: object): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'x', uid: '', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
  ...more,
});
const cells = (given: KubeObject) => tableFor(given.kind, [given], 70e6).rows[0]?.cells;

// pkg/printers/internalversion/printers_test.go (TestPrintRoleBinding, TestPrintCertificateSigningRequest)
describe('Columns', () => {
  it('of a binding name its role and its subjects by kind', () => {
    const subjects = [
      { kind: 'User', name: 'jane' },
      { kind: 'Group', name: 'dev' },
      { kind: 'Group', name: 'ops' },
      { kind: 'ServiceAccount', name: 'bot', namespace: 'ns' },
    ];
    const binding = object('RoleBinding', { roleRef: { kind: 'Role', name: 'reader' }, subjects });
    expect(cells(binding)).toEqual(['x', 'Role/reader', '70s', 'jane', 'dev, ops', 'ns/bot']);
  });

  it.each([
    [{}, undefined, '<none>', 'Pending'],
    [{ conditions: [{ type: 'Denied' }] }, 3600, '60m', 'Denied'],
    [{ conditions: [{ type: 'Approved' }, { type: 'Failed' }] }, 600, '10m', 'Approved,Failed'],
    [{ conditions: [{ type: 'Approved' }], certificate: 'x' }, 86_400, '24h', 'Approved,Issued'],
  ])('of a certificate request with status %j', (status, expirationSeconds, duration, condition) => {
    const spec = {
      signerName: 's/n',
      username: 'jane',
      ...(expirationSeconds === undefined ? {} : { expirationSeconds }),
    };
    expect(cells(object('CertificateSigningRequest', { spec, status }))).toEqual([
      'x',
      '70s',
      's/n',
      'jane',
      duration,
      condition,
    ]);
  });
});
