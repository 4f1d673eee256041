import { describe, expect, it } from 'vitest';
import type { ConfigMap } from '#engine/api/types';
import { applyPlan, world } from '../testing/apply';
import { namespace } from '../testing/builders';
import { viewOfObjects } from '../testing/view';
import { reconcileRootCaCert } from './controller';

describe('root CA certificate publisher', () => {
  const start = world(namespace('default'));
  const published = applyPlan(start, reconcileRootCaCert(viewOfObjects(start.objects), 'default'));

  it('publishes the certificate once', () => {
    expect(published.objects[1]).toMatchObject({ kind: 'ConfigMap', metadata: { name: 'kube-root-ca.crt' } });
    expect(reconcileRootCaCert(viewOfObjects(published.objects), 'default').steps).toEqual([]);
  });
  it('puts it right when somebody changed it', () => {
    const changed = { ...published.objects[1], data: { 'ca.crt': 'mine' } } as ConfigMap;
    expect(reconcileRootCaCert(viewOfObjects([namespace('default'), changed]), 'default').steps).toMatchObject([
      { op: 'update' },
    ]);
  });
});
