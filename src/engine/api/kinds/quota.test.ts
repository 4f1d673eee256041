/** @source kubernetes pkg/apis/core/validation/validation_test.go (ResourceQuota, LimitRange), pkg/apis/core/v1/defaults_test.go */
import { describe, expect, it } from 'vitest';
import { createRefusal, defaulted, updateRefusal } from '../testing';

const quota = (spec: object) => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota' as const,
  metadata: { name: 'q' },
  spec,
});
const range = (...limits: readonly object[]) => ({
  apiVersion: 'v1',
  kind: 'LimitRange' as const,
  metadata: { name: 'l' },
  spec: { limits },
});
const container = (limits: object) => range({ type: 'Container', ...limits });

const Q = 'ResourceQuota "q" is invalid: ';
const L = 'LimitRange "l" is invalid: ';
const ITEM = 'spec.limits[0]';

describe('what may not be created', () => {
  it.each([
    [
      'unknown resource',
      quota({ hard: { foo: '1' } }),
      `${Q}[spec.hard[foo]: Invalid value: "foo": must be a standard resource type or fully qualified, spec.hard[foo]: Invalid value: "foo": must be a standard resource for quota]`,
    ],
    [
      'less than nothing',
      quota({ hard: { cpu: '-1' } }),
      `${Q}spec.hard[cpu]: Invalid value: "-1": must be greater than or equal to 0`,
    ],
    ['half a pod', quota({ hard: { pods: '500m' } }), `${Q}spec.hard[pods]: Invalid value: "500m": must be an integer`],
    [
      'half a count',
      quota({ hard: { 'count/jobs.batch': '500m' } }),
      `${Q}spec.hard[count/jobs.batch]: Invalid value: "500m": must be an integer`,
    ],
    [
      'all that may be',
      quota({
        hard: { 'requests.cpu': '1', 'count/jobs.batch': '1', 'requests.nvidia.com/gpu': '4', 'hugepages-2Mi': '2Mi' },
      }),
      undefined,
    ],
    ['unknown scope', quota({ scopes: ['Some'] }), `${Q}spec.scopes: Invalid value: ["Some"]: unsupported scope`],
    [
      'scope of no pods',
      quota({ hard: { services: '1' }, scopes: ['Terminating'] }),
      `${Q}spec.scopes: Invalid value: ["Terminating"]: unsupported scope applied to resource`,
    ],
    [
      'conflict',
      quota({ hard: { pods: '1' }, scopes: ['BestEffort', 'NotBestEffort'] }),
      `${Q}spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: conflicting scopes`,
    ],
    [
      'selector without values',
      quota({
        hard: { pods: '1' },
        scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In' }] },
      }),
      `${Q}spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when \`operator\` is 'In' or 'NotIn' for scope selector`,
    ],
    [
      'type',
      range({ type: 'Node' }),
      `${L}${ITEM}.type: Invalid value: "Node": must be a standard limit type or fully qualified`,
    ],
    ['type twice', range({ type: 'Pod' }, { type: 'Pod' }), `${L}spec.limits[1].type: Duplicate value: "Pod"`],
    [
      'default of a pod',
      range({ type: 'Pod', default: { cpu: '1' } }),
      `${L}${ITEM}.default: Forbidden: may not be specified when \`type\` is 'Pod'`,
    ],
    [
      'claim without sizes',
      range({ type: 'PersistentVolumeClaim' }),
      `${L}${ITEM}.limits: Required value: either minimum or maximum storage value is required, but neither was provided`,
    ],
    [
      'min above max',
      range({ type: 'Pod', min: { cpu: '2' }, max: { cpu: '1' } }),
      `${L}${ITEM}.min[cpu]: Invalid value: "2": min value 2 is greater than max value 1`,
    ],
    [
      'default above max',
      container({ default: { cpu: '2' }, defaultRequest: { cpu: '1' }, max: { cpu: '1' } }),
      `${L}${ITEM}.default[cpu]: Invalid value: "1": default value 2 is greater than max value 1`,
    ],
    [
      'request above limit',
      container({ default: { cpu: '1' }, defaultRequest: { cpu: '2' } }),
      `${L}${ITEM}.defaultRequest[cpu]: Invalid value: "2": default request value 2 is greater than default limit value 1`,
    ],
    [
      'ratio below one',
      container({ maxLimitRequestRatio: { cpu: '800m' } }),
      `${L}${ITEM}.maxLimitRequestRatio[cpu]: Invalid value: "800m": ratio 800m is less than 1`,
    ],
    [
      'ratio beyond min and max',
      range({ type: 'Pod', min: { cpu: '1' }, max: { cpu: '2' }, maxLimitRequestRatio: { cpu: '10' } }),
      `${L}${ITEM}.maxLimitRequestRatio[cpu]: Invalid value: "10": ratio 10 is greater than max/min = 2.000000`,
    ],
  ])('%s', (_, manifest, message) => {
    expect(createRefusal(manifest)).toBe(message);
  });
});

it('keeps the scopes of a quota', () => {
  expect(updateRefusal(quota({ scopes: ['BestEffort'] }), quota({}))).toBe(
    `${Q}spec.scopes: Invalid value: null: field is immutable`,
  );
});

it('fills limits of containers from max, requests from limits, then from min', () => {
  expect(
    defaulted(container({ max: { cpu: '2' }, min: { cpu: '100m', memory: '1Mi' }, default: { memory: '2Mi' } })).spec
      ?.limits[0],
  ).toEqual({
    type: 'Container',
    max: { cpu: '2' },
    min: { cpu: '100m', memory: '1Mi' },
    default: { cpu: '2', memory: '2Mi' },
    defaultRequest: { cpu: '2', memory: '2Mi' },
  });
  expect(defaulted(container({ min: { cpu: '1' } })).spec?.limits[0]).toEqual({
    type: 'Container',
    min: { cpu: '1' },
    defaultRequest: { cpu: '1' },
  });
});
