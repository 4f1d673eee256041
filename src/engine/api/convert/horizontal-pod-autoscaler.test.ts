import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../types';
import { autoscalerConversion } from './horizontal-pod-autoscaler';

const { fromStored, toStored } = autoscalerConversion;
const metadata = { name: 'web', namespace: 'default', uid: 'u', resourceVersion: '1', creationTimestamp: '' };
const target = { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 5 };
const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } };
const memory = {
  type: 'Resource',
  resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } },
};
const rate = {
  type: 'Pods',
  pods: { metric: { name: 'rate' }, target: { type: 'AverageValue', averageValue: '10' } },
};

const stored = (spec: object, status: object = {}): KubeObject =>
  ({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata, spec, status }) as KubeObject;

// pkg/apis/autoscaling/v1/conversion_test.go
describe('a HorizontalPodAutoscaler', () => {
  it('has its CPU target in a field of its own in v1', () => {
    const older = fromStored(stored({ ...target, metrics: [cpu] }));
    expect(older).toMatchObject({ apiVersion: 'autoscaling/v1', spec: { targetCPUUtilizationPercentage: 60 } });
    expect(older.metadata.annotations).toBeUndefined();
    expect(toStored(older)).toMatchObject({ apiVersion: 'autoscaling/v2', spec: { ...target, metrics: [cpu] } });
  });

  it('carries in annotations what v1 does not know', () => {
    const behavior = { scaleDown: { stabilizationWindowSeconds: 60 } };
    const older = fromStored(stored({ ...target, metrics: [memory, rate, cpu], behavior }));
    expect(older.metadata.annotations).toEqual({
      'autoscaling.alpha.kubernetes.io/metrics':
        '[{"type":"Resource","resource":{"name":"memory","targetAverageValue":"1Gi"}},{"type":"Pods","pods":{"metricName":"rate","targetAverageValue":"10"}}]',
      'autoscaling.alpha.kubernetes.io/behavior': '{"scaleDown":{"stabilizationWindowSeconds":60}}',
    });
    const back = toStored(older) as unknown as { metadata: object; spec: object };
    expect(back.spec).toEqual({ ...target, metrics: [memory, rate, cpu], behavior });
    expect(back.metadata).not.toHaveProperty('annotations');
  });

  it('keeps its conditions and what was measured', () => {
    const status = {
      currentReplicas: 2,
      desiredReplicas: 3,
      currentMetrics: [
        { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 80, averageValue: '80m' } } },
      ],
      conditions: [{ type: 'AbleToScale', status: 'True' }],
    };
    const older = fromStored(stored(target, status));
    expect(older).toMatchObject({ status: { currentReplicas: 2, currentCPUUtilizationPercentage: 80 } });
    expect(toStored(older)).toMatchObject({ status });
  });

  it('survives annotations that are no JSON', () => {
    const annotations = { 'autoscaling.alpha.kubernetes.io/metrics': '{' };
    const older = {
      apiVersion: 'autoscaling/v1',
      kind: 'HorizontalPodAutoscaler',
      metadata: { annotations },
      spec: {},
    };
    expect(toStored(older)).toEqual({ apiVersion: 'autoscaling/v2', kind: older.kind, metadata: {}, spec: {} });
  });
});
