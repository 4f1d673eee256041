/** @source kubernetes pkg/controller/resourcequota/resource_quota_controller_test.go (TestSyncResourceQuota) */
import '#engine/api/late-api';
import '../late-controllers';
import { describe, expect, it } from 'vitest';
import type { KubeObject, ResourceQuota } from '#engine/api/types';
import type { Change } from '#engine/client/plan';
import { meta, pod } from '../testing/builders';
import { viewOfObjects } from '../testing/view';
import { resourceQuotaController } from './controller';
import { reconcileQuota } from './reconcile';

type Lists = Record<string, string>;

const quota = (hard: Lists, spec: object = {}, status: object = {}): ResourceQuota =>
  ({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: meta('ResourceQuota', 'quota'),
    spec: { hard, ...spec },
    status,
  }) as unknown as ResourceQuota;
const podWith = (name: string, requests: Lists, phase = 'Running', priorityClassName?: string) =>
  pod(name, {
    spec: {
      containers: [{ name: 'c', image: 'i', resources: { requests } }],
      ...(priorityClassName === undefined ? {} : { priorityClassName }),
    },
    status: { phase: phase as 'Running' },
  });
const small = { cpu: '100m', memory: '1Gi' };
const PODS = [podWith('a', small), podWith('b', small), podWith('c', small, 'Failed')];
const HARD = { cpu: '3', memory: '100Gi', pods: '5' };

const counted = (given: ResourceQuota, ...objects: readonly KubeObject[]) =>
  reconcileQuota(viewOfObjects([given, ...objects]), 'default/quota', { now: 0 });
const statusOf = (...given: Parameters<typeof counted>): unknown => {
  const [step] = counted(...given).steps;
  return step?.op === 'update' ? (step.object as ResourceQuota).status : undefined;
};

describe('resource quota controller', () => {
  it.each<[name: string, quota: ResourceQuota, objects: readonly KubeObject[], used: Lists]>([
    ['pods that have ended count for nothing', quota(HARD), PODS, { cpu: '200m', memory: '2Gi', pods: '2' }],
    ['no pod in scope', quota(HARD, { scopes: ['BestEffort'] }), PODS, { cpu: '0', memory: '0', pods: '0' }],
    [
      'best effort',
      quota(HARD, { scopes: ['BestEffort'] }),
      [podWith('a', {}), podWith('b', {}), podWith('c', small)],
      { cpu: '0', memory: '0', pods: '2' },
    ],
    [
      'priority classes',
      quota(HARD, { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'Exists' }] } }),
      [podWith('a', small, 'Running', 'p'), podWith('b', { cpu: '500m', memory: '50Gi' }, 'Running', 'p')],
      { cpu: '600m', memory: '51Gi', pods: '2' },
    ],
    [
      'objects',
      quota({ 'count/pods': '9', configmaps: '9', 'count/configmaps': '9' }),
      [...PODS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: meta('ConfigMap', 'm') }],
      { 'count/pods': '3', configmaps: '1', 'count/configmaps': '1' },
    ],
    [
      'what nobody counts keeps its value, if it has one',
      quota({ 'count/a.b': '1', 'count/c.d': '1' }, {}, { hard: {}, used: { 'count/a.b': '1' } }),
      [],
      { 'count/a.b': '1' },
    ],
  ])('%s', (_, given, objects, used) => {
    expect(statusOf(given, ...objects)).toEqual({ hard: given.spec?.hard, used });
  });

  it('writes nothing when nothing has changed, and looks again after five minutes', () => {
    const status = { hard: { ...HARD, cpu: '3000m' }, used: { cpu: '0.2', memory: '2Gi', pods: '2' } };
    expect(counted(quota(HARD, {}, status), ...PODS)).toEqual({ steps: [], again: 300_000_000 });
  });

  it('looks again when something ends that a quota counts', () => {
    const status = { hard: HARD, used: {} };
    const view = viewOfObjects([quota(HARD, {}, status)]);
    const keys = (change: unknown): readonly string[] => resourceQuotaController.keysFor(change as Change, view);
    const running = PODS[0]!;
    expect(keys({ kind: 'Pod', type: 'added', object: running })).toEqual([]);
    expect(keys({ kind: 'Pod', type: 'deleted', object: running })).toEqual(['default/quota']);
    expect(keys({ kind: 'Pod', type: 'updated', object: PODS[2], old: running })).toEqual(['default/quota']);
    expect(keys({ kind: 'Pod', type: 'updated', object: running, old: running })).toEqual([]);
    expect(keys({ kind: 'ConfigMap', type: 'deleted', object: running })).toEqual([]);
    const next = quota({ ...HARD, pods: '6' });
    expect(keys({ kind: 'ResourceQuota', type: 'updated', object: next, old: quota(HARD) })).toEqual(['default/quota']);
    expect(keys({ kind: 'ResourceQuota', type: 'updated', object: next, old: next })).toEqual([]);
  });
});
