import { describe, expect, it } from 'vitest';
import { resourceByKind } from './registry';
import { createRefusal, defaulted, updateRefusal } from './testing';
import type { KubeObject } from './types';

const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
const hpa = (spec: object = {}) => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler' as const,
  metadata: { name: 'h' },
  spec: { scaleTargetRef, maxReplicas: 5, ...spec },
});
const pdb = (spec: object) => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget' as const,
  metadata: { name: 'p' },
  spec: { selector: { matchLabels: { app: 'a' } }, ...spec },
});
const HPA = 'HorizontalPodAutoscaler.autoscaling "h" is invalid: ';
const PDB = 'PodDisruptionBudget.policy "p" is invalid: ';
const METRIC = 'spec.metrics[0]';
const cpu = (target: object) => hpa({ metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }] });
const up = (rules: object) => hpa({ behavior: { scaleUp: rules } });

// Rendered messages: kubernetes pkg/apis/{autoscaling,policy}/validation/validation.go, 1.35.
describe('autoscalers and budgets', () => {
  it.each([
    ['a sound autoscaler', hpa(), undefined],
    [
      'minReplicas 0',
      hpa({ minReplicas: 0 }),
      `${HPA}spec.minReplicas: Invalid value: 0: must be greater than or equal to 1`,
    ],
    [
      'maxReplicas 0',
      hpa({ maxReplicas: 0 }),
      `${HPA}[spec.maxReplicas: Invalid value: 0: must be greater than 0, spec.maxReplicas: Invalid value: 0: must be greater than or equal to \`minReplicas\`]`,
    ],
    [
      'max below min',
      hpa({ minReplicas: 2, maxReplicas: 1 }),
      `${HPA}spec.maxReplicas: Invalid value: 1: must be greater than or equal to \`minReplicas\``,
    ],
    [
      'no group',
      hpa({ scaleTargetRef: { ...scaleTargetRef, apiVersion: 'v1' } }),
      `${HPA}spec.scaleTargetRef.apiVersion: Invalid value: "v1": apiVersion must specify API group`,
    ],
    [
      'a ReplicationController',
      hpa({ scaleTargetRef: { apiVersion: 'v1', kind: 'ReplicationController', name: 'x' } }),
      undefined,
    ],
    [
      'no kind',
      hpa({ scaleTargetRef: { ...scaleTargetRef, kind: '', name: 'a/b' } }),
      `${HPA}[spec.scaleTargetRef.kind: Required value, spec.scaleTargetRef.name: Invalid value: "a/b": may not contain '/']`,
    ],
    [
      'no metric type',
      hpa({ metrics: [{}] }),
      `${HPA}[${METRIC}.type: Required value: must specify a metric source type, ${METRIC}.type: Unsupported value: "": supported values: "ContainerResource", "External", "Object", "Pods", "Resource"]`,
    ],
    [
      'no source',
      hpa({ metrics: [{ type: 'Pods' }] }),
      `${HPA}${METRIC}.pods: Required value: must populate information for the given metric source`,
    ],
    [
      'no target (hpa of an older form)',
      cpu({}),
      `${HPA}[${METRIC}.resource.target.type: Required value: must specify a metric target type, ${METRIC}.resource.target.type: Invalid value: "": must be either Utilization, Value, or AverageValue, ${METRIC}.resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization]`,
    ],
    [
      'both targets',
      cpu({ type: 'Utilization', averageUtilization: 50, averageValue: '1' }),
      `${HPA}${METRIC}.resource.target.averageValue: Forbidden: may not set both a target raw value and a target utilization`,
    ],
    [
      'values of nothing',
      cpu({ type: 'AverageValue', averageValue: '0' }),
      `${HPA}${METRIC}.resource.target.averageValue: Invalid value: "0": must be positive`,
    ],
    [
      'utilization 0',
      cpu({ type: 'Utilization', averageUtilization: 0 }),
      `${HPA}${METRIC}.resource.target.averageUtilization: Invalid value: 0: must be greater than 0`,
    ],
    [
      'two sources',
      hpa({
        metrics: [
          {
            type: 'Pods',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 5 } },
            pods: { metric: { name: 'm' }, target: { type: 'AverageValue', averageValue: 1 } },
          },
        ],
      }),
      `${HPA}${METRIC}.resource: Forbidden: must populate the given metric source only`,
    ],
    [
      'a window',
      up({ stabilizationWindowSeconds: 3601 }),
      `${HPA}spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600`,
    ],
    [
      'no policies',
      up({ policies: [] }),
      `${HPA}spec.behavior.scaleUp.policies: Required value: must specify at least one Policy`,
    ],
    [
      'a policy',
      up({ policies: [{ type: 'Pods', value: 0, periodSeconds: 1801 }] }),
      `${HPA}[spec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero, spec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800]`,
    ],
    [
      'both counts',
      pdb({ minAvailable: 1, maxUnavailable: 1 }),
      `${PDB}spec: Invalid value: {"MinAvailable":1,"MaxUnavailable":1,"Selector":{"matchLabels":{"app":"a"}},"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set`,
    ],
    [
      'minAvailable 101%',
      pdb({ minAvailable: '101%' }),
      `${PDB}spec.minAvailable: Invalid value: "101%": must not be greater than 100%`,
    ],
    [
      'maxUnavailable -1',
      pdb({ maxUnavailable: -1 }),
      `${PDB}spec.maxUnavailable: Invalid value: -1: must be greater than or equal to 0`,
    ],
    [
      'eviction policy',
      pdb({ unhealthyPodEvictionPolicy: 'X' }),
      `${PDB}spec.unhealthyPodEvictionPolicy: Unsupported value: "X": supported values: "AlwaysAllow", "IfHealthyBudget"`,
    ],
  ])('%s', (_name, manifest, message) => expect(createRefusal(manifest)).toBe(message));

  it('looks at the version of what is scaled only when it changes', () => {
    const old = hpa({ scaleTargetRef: { ...scaleTargetRef, apiVersion: 'v1' } });
    expect(updateRefusal(old, { ...old, spec: { ...old.spec, maxReplicas: 9 } })).toBeUndefined();
    expect(updateRefusal(hpa(), old)).toContain('apiVersion must specify API group');
  });

  // pkg/apis/autoscaling/v2/defaults_test.go
  it('defaults of an autoscaler', () => {
    const cpuAt80 = {
      type: 'Resource',
      resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
    };
    expect(defaulted(hpa()).spec).toEqual({ scaleTargetRef, maxReplicas: 5, minReplicas: 1, metrics: [cpuAt80] });
    expect(defaulted(up({ selectPolicy: 'Min' })).spec?.behavior).toEqual({
      scaleUp: {
        stabilizationWindowSeconds: 0,
        selectPolicy: 'Min',
        policies: [
          { type: 'Pods', value: 4, periodSeconds: 15 },
          { type: 'Percent', value: 100, periodSeconds: 15 },
        ],
      },
      scaleDown: { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
    });
  });

  it('refuses negative counts in a status', () => {
    const old = defaulted(pdb({})) as KubeObject;
    const errors = resourceByKind('policy/v1', 'PodDisruptionBudget')?.rules.validateStatusUpdate?.(
      { ...old, status: { expectedPods: -1 } } as KubeObject,
      old,
    );
    expect(errors).toMatchObject([{ field: 'status.expectedPods', value: -1 }]);
  });
});
