/** Kinds about requests. @source kubernetes pkg/apis/admissionregistration/validation/validation_test.go, pkg/apis/flowcontrol/validation/validation_test.go */
import { describe, expect, it } from 'vitest';
import { createRefusal, defaulted } from '../testing';

const of = (apiVersion: string, kind: string, name: string, fields: object) =>
  ({ apiVersion, kind, metadata: { name }, ...fields }) as never;
const ADMISSION = 'admissionregistration.k8s.io/v1';
const RULE = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };
const HOOK = {
  name: 'a.example.com',
  clientConfig: { service: { name: 's', namespace: 'n' } },
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
  rules: [RULE],
};
const hook = (fields: object, ...more: readonly object[]) =>
  of(ADMISSION, 'ValidatingWebhookConfiguration', 'w', { webhooks: [{ ...HOOK, ...fields }, ...more] });
const policy = (spec: object) =>
  of(ADMISSION, 'ValidatingAdmissionPolicy', 'p', {
    spec: { matchConstraints: { resourceRules: [RULE] }, validations: [{ expression: 'true' }], ...spec },
  });
const binding = (spec: object) => of(ADMISSION, 'ValidatingAdmissionPolicyBinding', 'b', { spec });
const level = (spec: object) => of('flowcontrol.apiserver.k8s.io/v1', 'PriorityLevelConfiguration', 'l', { spec });
const schema = (spec: object) =>
  of('flowcontrol.apiserver.k8s.io/v1', 'FlowSchema', 'f', {
    spec: { priorityLevelConfiguration: { name: 'global-default' }, ...spec },
  });

const W = 'ValidatingWebhookConfiguration.admissionregistration.k8s.io "w" is invalid: webhooks';
const P = 'ValidatingAdmissionPolicy.admissionregistration.k8s.io "p" is invalid: ';
const B = 'ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io "b" is invalid: ';
const L = 'PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io "l" is invalid: ';
const F = 'FlowSchema.flowcontrol.apiserver.k8s.io "f" is invalid: ';

describe('what may not be created', () => {
  it.each([
    ['a sound webhook', hook({}), undefined],
    [
      'short name',
      hook({ name: 'a.b' }),
      `${W}[0].name: Invalid value: "a.b": should be a domain with at least three segments separated by dots`,
    ],
    ['name twice', hook({}, HOOK), `${W}[1].name: Duplicate value: "a.example.com"`],
    [
      'no side effects told',
      hook({ sideEffects: undefined }),
      `${W}[0].sideEffects: Required value: must specify one of None, NoneOnDryRun`,
    ],
    [
      'timeout',
      hook({ timeoutSeconds: 31 }),
      `${W}[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds`,
    ],
    [
      'versions',
      hook({ admissionReviewVersions: ['v2'] }),
      `${W}[0].admissionReviewVersions: Invalid value: ["v2"]: must include at least one of v1, v1beta1`,
    ],
    [
      'no client',
      hook({ clientConfig: {} }),
      `${W}[0].clientConfig: Required value: exactly one of url or service is required`,
    ],
    [
      'every operation and more',
      hook({ rules: [{ ...RULE, operations: ['*', 'CREATE'] }] }),
      `${W}[0].rules[0].operations: Invalid value: ["*","CREATE"]: if '*' is present, must not specify other operations`,
    ],
    ['a sound policy', policy({}), undefined],
    ['matching nothing', policy({ matchConstraints: undefined }), `${P}spec.matchConstraints: Required value`],
    [
      'nothing to do',
      policy({ validations: [] }),
      `${P}[spec.validations: Required value: validations or auditAnnotations must contain at least one item, spec.auditAnnotations: Required value: validations or auditAnnotations must contain at least one item]`,
    ],
    [
      'an expression that names nothing',
      policy({ validations: [{ expression: 'object.x == y' }] }),
      `${P}spec.validations[0].expression: Invalid value: "object.x == y": compilation failed: ERROR: <input>:1:13: undeclared reference to 'y' (in container '')\n | object.x == y\n | ............^`,
    ],
    [
      'an expression that is none',
      policy({ validations: [{ expression: 'object.x <' }] }),
      `${P}spec.validations[0].expression: Invalid value: "object.x <": compilation failed: ERROR: <input>:1:11: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n | object.x <\n | ..........^`,
    ],
    [
      'an expression that decides nothing',
      policy({ validations: [{ expression: 'object.x' }] }),
      `${P}spec.validations[0].expression: Invalid value: "object.x": must evaluate to bool but got dyn`,
    ],
    [
      'a message that is no text',
      policy({ validations: [{ expression: 'true', messageExpression: '1', message: ' ', reason: 'Odd' }] }),
      `${P}[spec.validations[0].messageExpression: Invalid value: "1": must evaluate to string but got int, spec.validations[0].message: Invalid value: " ": message must be non-empty if specified, spec.validations[0].reason: Unsupported value: "Odd": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge", "Unauthorized"]`,
    ],
    [
      'a condition twice',
      policy({
        matchConditions: [
          { name: 'a', expression: 'true' },
          { name: 'a', expression: '1' },
        ],
      }),
      `${P}[spec.matchConditions[1].expression: Invalid value: "1": must evaluate to bool but got int, spec.matchConditions[1].name: Duplicate value: "a"]`,
    ],
    [
      'variables that come before those they name',
      policy({
        variables: [
          { name: 'in', expression: 'variables.b' },
          { name: 'b', expression: '1' },
        ],
        validations: [{ expression: 'variables.b == "x"' }],
      }),
      `${P}[spec.variables[0].name: Invalid value: "in": name is not a valid CEL identifier, spec.variables[0].expression: Invalid value: "variables.b": compilation failed: ERROR: <input>:1:10: undefined field 'b'\n | variables.b\n | .........^, spec.validations[0].expression: Invalid value: "variables.b == \\"x\\"": compilation failed: ERROR: <input>:1:13: found no matching overload for '_==_' applied to '(int, string)'\n | variables.b == "x"\n | ............^]`,
    ],
    [
      'a condition of a webhook',
      hook({ matchConditions: [{ name: 'a', expression: 'request.x' }] }),
      `${W}[0].matchConditions[0].expression: Invalid value: "request.x": compilation failed: ERROR: <input>:1:8: undefined field 'x'\n | request.x\n | .......^`,
    ],
    [
      'parameters without a name',
      binding({ policyName: 'p', validationActions: ['Deny'], paramRef: {} }),
      `${B}[spec.paramRef: Required value: one of name or selector must be specified, spec.paramRef.parameterNotFoundAction: Required value]`,
    ],
    [
      'no actions',
      binding({ policyName: 'p' }),
      `${B}spec.validationActions: Required value: at least one validation action is required`,
    ],
    [
      'deny and warn',
      binding({ policyName: 'p', validationActions: ['Deny', 'Warn'] }),
      `${B}spec.validationActions: Invalid value: ["Deny","Warn"]: must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)`,
    ],
    [
      'limits missing',
      level({ type: 'Limited' }),
      `${L}spec.limited: Required value: must not be empty when type is Limited`,
    ],
    [
      'another exempt level',
      level({ type: 'Exempt' }),
      `${L}spec.type: Invalid value: "Exempt": type must be 'Exempt' if and only if name is 'exempt'`,
    ],
    [
      'first schema',
      schema({ matchingPrecedence: 1 }),
      `${F}spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1`,
    ],
    [
      'no level',
      schema({ priorityLevelConfiguration: {} }),
      `${F}spec.priorityLevelConfiguration.name: Required value: must reference a priority level`,
    ],
  ])('%s', (_, manifest, message) => {
    expect(createRefusal(manifest)).toBe(message);
  });
});

it('fills what is left out', () => {
  expect(defaulted(hook({}))).toMatchObject({
    webhooks: [
      {
        failurePolicy: 'Fail',
        matchPolicy: 'Equivalent',
        namespaceSelector: {},
        objectSelector: {},
        timeoutSeconds: 10,
        rules: [{ scope: '*' }],
        clientConfig: { service: { port: 443 } },
      },
    ],
  });
  expect(defaulted(policy({}))).toMatchObject({
    spec: { failurePolicy: 'Fail', matchConstraints: { matchPolicy: 'Equivalent', resourceRules: [{ scope: '*' }] } },
  });
  expect(defaulted(schema({}))).toMatchObject({ spec: { matchingPrecedence: 1000 } });
  expect(
    defaulted(level({ type: 'Limited', limited: { limitResponse: { type: 'Queue', queuing: {} } } })),
  ).toMatchObject({
    spec: {
      limited: {
        nominalConcurrencyShares: 30,
        lendablePercent: 0,
        limitResponse: { queuing: { handSize: 8, queues: 64, queueLengthLimit: 50 } },
      },
    },
  });
});

describe('what an expression of a policy may name', () => {
  it.each([
    [
      'no params without their kind',
      { validations: [{ expression: 'params.x == 1' }] },
      "undeclared reference to 'params'",
    ],
    [
      'no authorizer in messages',
      { validations: [{ expression: 'true', messageExpression: 'authorizer.x' }] },
      "undeclared reference to 'authorizer'",
    ],
    [
      'texts in annotations',
      { auditAnnotations: [{ key: 'a b', valueExpression: '1' }] },
      'spec.auditAnnotations[0].valueExpression: Invalid value: "1": must evaluate to one of [string null_type] but got int',
    ],
    [
      'a kind of parameters that can be',
      { paramKind: { apiVersion: 'a/b/c', kind: 'K' } },
      'spec.paramKind.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c',
    ],
  ])('%s', (_, spec, text) => expect(createRefusal(policy(spec))).toContain(text));
});
