import { expect, it } from 'vitest';
import type { Pod, PodSpec } from '../types';
import { withLabelKeys } from './pod-label-keys';

const pod = (spec: Partial<PodSpec>): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default', labels: { country: 'Japan', city: 'Kyoto' } },
    spec: { containers: [], ...spec },
  }) as unknown as Pod;

const REGION = { key: 'region', operator: 'In', values: ['Asia'] } as const;
const labelSelector = { matchExpressions: [{ ...REGION, values: ['Asia'] }] };
const keyed = {
  topologyKey: 'zone',
  labelSelector,
  matchLabelKeys: ['country', 'absent'],
  mismatchLabelKeys: ['city'],
};
const merged = {
  ...keyed,
  labelSelector: {
    matchExpressions: [
      REGION,
      { key: 'country', operator: 'In', values: ['Japan'] },
      { key: 'city', operator: 'NotIn', values: ['Kyoto'] },
    ],
  },
};

// kubernetes pkg/registry/core/pod/strategy_test.go (TestApplyMatchLabelKeysAndMismatchLabelKeys)
it('adds what the labels of the pod say to the selectors of its terms', () => {
  const required = { requiredDuringSchedulingIgnoredDuringExecution: [keyed] };
  const preferred = { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: keyed }] };
  expect(withLabelKeys(pod({ affinity: { podAffinity: required, podAntiAffinity: preferred } })).spec.affinity).toEqual(
    {
      podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [merged] },
      podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: merged }] },
    },
  );
});

it('adds it to the selectors of its spread constraints', () => {
  const constraint = { topologyKey: 'zone', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' as const, labelSelector };
  const spec = { topologySpreadConstraints: [{ ...constraint, matchLabelKeys: ['country'] }] };
  expect(withLabelKeys(pod(spec)).spec.topologySpreadConstraints?.[0]?.labelSelector).toEqual({
    matchExpressions: [REGION, { key: 'country', operator: 'In', values: ['Japan'] }],
  });
});

it('leaves a pod as it is when there is nothing to add', () => {
  const terms = [
    { ...keyed, matchLabelKeys: ['absent'], mismatchLabelKeys: [] },
    { topologyKey: 'zone', matchLabelKeys: ['city'] },
  ];
  const without = pod({ affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } } });
  expect(withLabelKeys(without)).toBe(without);
});
