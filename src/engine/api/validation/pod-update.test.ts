import { describe, expect, it } from 'vitest';
import '../late-api';
import { resourceByKind } from '../registry';
import { defaulted, updateRefusal } from '../testing';
import type { KubeObject } from '../types';

const pod = (spec: object, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod' as const,
  metadata: { name: 'p', ...metadata },
  spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec },
});
const toleration = (fields: object) => ({ tolerations: [fields] });
const gated = { schedulingGates: [{ name: 'g' }] };
const affine = (...terms: object[]) => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } },
});
const inZone = { matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] };
const onSsd = { matchExpressions: [...inZone.matchExpressions, { key: 'ssd', operator: 'Exists' }] };
const notInZone = { matchExpressions: [{ key: 'zone', operator: 'In', values: ['b'] }] };

// validation.md 1.3 "Pod update": pkg/apis/core/validation/validation.go (ValidatePodUpdate)
describe('an update of a pod', () => {
  it.each<[string, object, object, string | undefined]>([
    [
      'init containers',
      {},
      { initContainers: [{ name: 'i', image: 'x' }] },
      'spec.initContainers: Forbidden: pod updates may not add or remove containers',
    ],
    [
      'a deadline below 0',
      {},
      { activeDeadlineSeconds: -1 },
      '[spec.activeDeadlineSeconds: Invalid value: -1: must be between 1 and 2147483647, inclusive, spec.activeDeadlineSeconds: Invalid value: -1: must be between 0 and 2147483647, inclusive]',
    ],
    [
      'a later deadline',
      { activeDeadlineSeconds: 5 },
      { activeDeadlineSeconds: 6 },
      'spec.activeDeadlineSeconds: Invalid value: 6: must be less than or equal to previous value',
    ],
    ['an earlier deadline', { activeDeadlineSeconds: 5 }, { activeDeadlineSeconds: 4 }, undefined],
    [
      'no deadline any more',
      { activeDeadlineSeconds: 5 },
      {},
      'spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive integer to nil value',
    ],
    [
      'a toleration taken away',
      toleration({ key: 'a', operator: 'Exists' }),
      {},
      'spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds',
    ],
    [
      'more tolerations',
      toleration({ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 }),
      {
        tolerations: [
          { key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 9 },
          { key: 'b', operator: 'Exists' },
        ],
      },
      undefined,
    ],
    [
      'a new gate',
      gated,
      { schedulingGates: [{ name: 'g' }, { name: 'x' }] },
      "spec.schedulingGates[1].name: Forbidden: only deletion is allowed, but found new scheduling gate 'x'",
    ],
    ['no gate any more', gated, {}, undefined],
    [
      'more of nodeSelector, gated',
      { ...gated, nodeSelector: { a: '1' } },
      { ...gated, nodeSelector: { a: '1', b: '2' } },
      undefined,
    ],
    [
      'other nodeSelector, gated',
      { ...gated, nodeSelector: { a: '1' } },
      { ...gated, nodeSelector: { a: '2' } },
      'spec.nodeSelector: Invalid value: {"a":"2"}: only additions to spec.nodeSelector are allowed (no mutations or deletions)',
    ],
    ['more of node affinity, gated', { ...gated, ...affine(inZone) }, { ...gated, ...affine(onSsd) }, undefined],
    ['a first node affinity, gated', gated, { ...gated, ...affine(inZone) }, undefined],
    [
      'more terms, gated',
      { ...gated, ...affine(inZone) },
      { ...gated, ...affine(inZone, onSsd) },
      'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Invalid value: [{"MatchExpressions":[{"Key":"zone","Operator":"In","Values":["a"]}],"MatchFields":null},{"MatchExpressions":[{"Key":"zone","Operator":"In","Values":["a"]},{"Key":"ssd","Operator":"Exists","Values":null}],"MatchFields":null}]: no additions/deletions to non-empty NodeSelectorTerms list are allowed',
    ],
    [
      'another term, gated',
      { ...gated, ...affine(inZone) },
      { ...gated, ...affine(notInZone) },
      'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]: Invalid value: {"MatchExpressions":[{"Key":"zone","Operator":"In","Values":["b"]}],"MatchFields":null}: only additions are allowed (no mutations or deletions)',
    ],
  ])('%s', (_what, old, next, expected) =>
    expect(updateRefusal(pod(old), pod(next))?.replace('Pod "p" is invalid: ', '')).toBe(expected),
  );

  // ValidatePodEphemeralContainersUpdate, ValidatePodResize
  it('by its subresources changes one thing', () => {
    const { subresources, prepareForCreate } = resourceByKind('v1', 'Pod')!.rules;
    const errors = (name: string, old: object, next: object): readonly string[] => {
      const before = prepareForCreate(defaulted(pod(old)));
      const rules = subresources![name]!;
      return rules
        .validate(rules.prepare(defaulted(pod(next)) as KubeObject, before), before)
        .map(({ field, detail }) => `${field}: ${detail}`);
    };
    const init = (cpu: string) => ({ initContainers: [{ name: 'i', image: 'x', resources: { requests: { cpu } } }] });
    expect(errors('resize', init('1'), init('2'))).toEqual([
      'spec.initContainers[0].resources: resources for non-sidecar init containers are immutable',
    ]);
    const debug = (more: object) => ({ ephemeralContainers: [{ name: 'd', image: 'x', ...more }] });
    expect(
      errors('ephemeralcontainers', {}, debug({ ports: [{ containerPort: 80 }], targetContainerName: 'z' })),
    ).toEqual([
      'spec.ephemeralContainers[0].targetContainerName: ',
      'spec.ephemeralContainers[0].ports: cannot be set for an Ephemeral Container',
    ]);
  });

  it('leaves labels and annotations free', () => {
    expect(updateRefusal(pod({}), pod({}, { labels: { a: 'b' }, annotations: { c: 'd' } }))).toBeUndefined();
  });
});
