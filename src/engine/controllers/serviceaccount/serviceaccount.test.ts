import { describe, expect, it } from 'vitest';
import type { Change } from '#engine/client/plan';
import { meta, namespace } from '../testing/builders';
import { viewOfObjects } from '../testing/view';
import { reconcileServiceAccount, serviceAccountController } from './controller';

const account = (name: string) => ({
  apiVersion: 'v1' as const,
  kind: 'ServiceAccount' as const,
  metadata: meta('ServiceAccount', name),
});
const keys = (change: Change): readonly string[] => serviceAccountController.keysFor(change, viewOfObjects([]));

// serviceaccounts_controller_test.go
describe('service account controller', () => {
  it('gives an Active namespace its account', () => {
    expect(reconcileServiceAccount(viewOfObjects([namespace('default')]), 'default').steps).toMatchObject([
      { op: 'create', object: { kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } } },
    ]);
    expect(reconcileServiceAccount(viewOfObjects([namespace('default'), account('default')]), 'default').steps).toEqual(
      [],
    );
  });
  it('gives none to a namespace that is being deleted', () => {
    expect(
      reconcileServiceAccount(viewOfObjects([namespace('default', { phase: 'Terminating' })]), 'default').steps,
    ).toEqual([]);
  });
  it('looks again when the account is deleted, and at no other', () => {
    expect(keys({ kind: 'ServiceAccount', type: 'deleted', object: account('default') })).toEqual(['default']);
    expect(keys({ kind: 'ServiceAccount', type: 'deleted', object: account('builder') })).toEqual([]);
  });
});
