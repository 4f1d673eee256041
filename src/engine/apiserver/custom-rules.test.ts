/**
 * Rules in CEL of custom resources, through the API server.
 *
 * @source kubernetes apiextensions-apiserver/test/integration/{validation,ratcheting}_test.go,
 *   https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
 */
import { describe, expect, it } from 'vitest';
import { SECOND } from '#engine/kernel/time';
import { MERGE, message, TestApi } from './testing';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const CRONTABS = '/apis/stable.example.com/v1/namespaces/default/crontabs';

const definition = (rules: readonly object[], more: object = {}) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'crontabs.stable.example.com' },
  spec: {
    group: 'stable.example.com',
    scope: 'Namespaced',
    names: { plural: 'crontabs', kind: 'CronTab' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['replicas'],
                properties: Object.fromEntries(
                  ['minReplicas', 'replicas', 'maxReplicas'].map((name) => [name, { type: 'integer' }]),
                ),
                'x-kubernetes-validations': rules,
                ...more,
              },
            },
          },
        },
      },
    ],
  },
});
const RULES = [
  { rule: 'self.minReplicas <= self.replicas' },
  { rule: 'self.replicas <= self.maxReplicas', message: 'replicas should be smaller than or equal to maxReplicas.' },
  {
    rule: 'self.replicas >= oldSelf.replicas',
    messageExpression: "oldSelf.replicas > 2 ? 'not below three' : 'no less'",
  },
];
const crontab = (spec: object) => ({
  apiVersion: 'stable.example.com/v1',
  kind: 'CronTab',
  metadata: { name: 'c' },
  spec,
});

function serving(rules: readonly object[] = RULES): TestApi {
  const api = new TestApi();
  api.want('POST', DEFINITIONS, definition(rules));
  api.advance(8 * SECOND);
  return api;
}

describe('custom objects', () => {
  it('are refused for all rules that they break', () => {
    const api = serving();
    const refused = api.ask('POST', CRONTABS, crontab({ minReplicas: 3, replicas: 2, maxReplicas: 1 }));
    expect(refused.code).toBe(422);
    expect(message(refused)).toBe(
      'CronTab.stable.example.com "c" is invalid: [spec: Invalid value: failed rule: self.minReplicas <= self.replicas, spec: Invalid value: replicas should be smaller than or equal to maxReplicas.]',
    );
    const missing = api.ask('POST', CRONTABS, crontab({ replicas: 2, maxReplicas: 3 }));
    expect(message(missing)).toBe(
      'CronTab.stable.example.com "c" is invalid: spec: Invalid value: "object": no such key: minReplicas evaluating rule: self.minReplicas <= self.replicas',
    );
  });

  it('are not held against rules while they are wrong in form', () => {
    const refused = serving().ask('POST', CRONTABS, crontab({ minReplicas: 3 }));
    expect(message(refused)).toBe(
      'CronTab.stable.example.com "c" is invalid: [spec.replicas: Required value, <nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation]',
    );
  });

  it('may change as rules of transition say', () => {
    const api = serving();
    api.want('POST', CRONTABS, crontab({ minReplicas: 1, replicas: 2, maxReplicas: 4 }));
    api.want('PATCH', `${CRONTABS}/c`, { spec: { replicas: 3 } }, MERGE);
    expect(message(api.ask('PATCH', `${CRONTABS}/c`, { spec: { replicas: 1 } }, MERGE))).toBe(
      'CronTab.stable.example.com "c" is invalid: spec: Invalid value: not below three',
    );
  });

  it('keep what a later rule would refuse, with a warning, until it is touched', () => {
    const api = serving([]);
    api.want('POST', CRONTABS, crontab({ minReplicas: 3, replicas: 2 }));
    const { spec } = definition(RULES.slice(0, 1));
    api.want('PATCH', `${DEFINITIONS}/crontabs.stable.example.com`, { spec: { versions: spec.versions } }, MERGE);
    api.advance(8 * SECOND);
    const labelled = api.ask('PATCH', `${CRONTABS}/c`, { metadata: { labels: { a: 'b' } } }, MERGE);
    expect(labelled).toMatchObject({
      code: 200,
      warnings: ['spec: Invalid value: failed rule: self.minReplicas <= self.replicas'],
    });
    expect(message(api.ask('PATCH', `${CRONTABS}/c`, { spec: { replicas: 1 } }, MERGE))).toContain('failed rule');
  });
});

describe('a definition', () => {
  it('is refused for rules that cannot be compiled', () => {
    const api = new TestApi();
    expect(message(api.ask('POST', DEFINITIONS, definition([{ rule: 'self.nothing > 0' }])))).toBe(
      'CustomResourceDefinition.apiextensions.k8s.io "crontabs.stable.example.com" is invalid: spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self.nothing \\u003e 0","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: compilation failed: ERROR: <input>:1:5: undefined field \'nothing\'\n | self.nothing > 0\n | ....^',
    );
  });
});
