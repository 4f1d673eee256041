/**
 * The expressions of policies and match conditions: compiled when they are written.
 *
 * @source kubernetes pkg/apis/admissionregistration/validation/validation.go
 */
import { KEYWORDS } from '../cel/lexer';
import { ANNOTATION, CONDITION, type Declared, MESSAGE, PolicyCompiler, type PolicyProgram } from '../cel/policy';
import { duplicate, type FieldError, invalid, notSupported, required, tooMany } from '../field-error';
import { labelKeyErrors } from '../names';
import type { MutatingWebhookConfiguration, ValidatingAdmissionPolicy } from '../types';
import { eachOf } from '../validation/field-rules';
import { invalidAll, utf8Length } from '../validation/object-meta';

type PolicySpec = NonNullable<ValidatingAdmissionPolicy['spec']>;
type Validation = NonNullable<PolicySpec['validations']>[number];
type Variable = NonNullable<PolicySpec['variables']>[number];
type Annotation = NonNullable<PolicySpec['auditAnnotations']>[number];
type MatchCondition = NonNullable<
  NonNullable<MutatingWebhookConfiguration['webhooks']>[number]['matchConditions']
>[number];

const MAX_CONDITIONS = 64;
const MAX_ANNOTATIONS = 20;
const MAX_ANNOTATION_BYTES = 5 * 1024;
const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge', 'Unauthorized'];
const IDENTIFIER = /^[_a-zA-Z][_a-zA-Z0-9]*$/;

const compiled = (field: string, expression: string, { error }: PolicyProgram): FieldError[] =>
  error === undefined ? [] : [invalid(field, expression, error)];

export function matchConditionErrors(
  conditions: readonly MatchCondition[] | undefined,
  params: boolean,
  field: string,
): FieldError[] {
  const all = conditions ?? [];
  const compiler = new PolicyCompiler(false);
  const errors = all.length > MAX_CONDITIONS ? [tooMany(field, all.length, MAX_CONDITIONS)] : [];
  return [
    ...errors,
    ...eachOf(all as Partial<MatchCondition>[], field, ({ name = '', expression = '' }, path) => {
      const text = expression.trim();
      const first = all.findIndex((condition) => condition.name === name);
      return [
        ...(text === ''
          ? [required(`${path}.expression`)]
          : compiled(`${path}.expression`, text, compiler.compile(text, { params, authorizer: true }, CONDITION))),
        ...(name === '' ? [required(`${path}.name`)] : invalidAll(`${path}.name`, name, labelKeyErrors(name))),
        ...(name !== '' && `${field}[${first}]` !== path ? [duplicate(`${path}.name`, name)] : []),
      ];
    }),
  ];
}

/** What is wrong with match conditions, variables, validations and annotations, in this order. */
export function policyExpressionErrors(policy: string, spec: PolicySpec): FieldError[] {
  const { matchConditions, variables = [], validations, auditAnnotations } = spec;
  const params = spec.paramKind !== undefined;
  const declared: Declared = { params, authorizer: true };
  const compiler = new PolicyCompiler(variables.length > 0);
  const errors = [
    ...matchConditionErrors(matchConditions, params, 'spec.matchConditions'),
    ...eachOf(variables as Partial<Variable>[], 'spec.variables', ({ name = '', expression = '' }, field) => [
      ...variableNameErrors(name, `${field}.name`),
      ...(expression.trim() === ''
        ? [required(`${field}.expression`, 'expression is not specified')]
        : compiled(`${field}.expression`, expression, compiler.variable(name, expression, params))),
    ]),
  ];
  if (!validations?.length && !auditAnnotations?.length) {
    const detail = 'validations or auditAnnotations must contain at least one item';
    return [...errors, required('spec.validations', detail), required('spec.auditAnnotations', detail)];
  }
  return [
    ...errors,
    ...eachOf(validations, 'spec.validations', (validation, field) =>
      validationErrors(compiler, validation, declared, field),
    ),
    ...annotationsErrors(compiler, policy, auditAnnotations ?? [], declared),
  ];
}

function variableNameErrors(name: string, field: string): FieldError[] {
  if (name.trim() === '') return [required(field, 'name is not specified')];
  return IDENTIFIER.test(name) && !KEYWORDS.has(name)
    ? []
    : [invalid(field, name, 'name is not a valid CEL identifier')];
}

function validationErrors(
  compiler: PolicyCompiler,
  { expression = '', message = '', messageExpression = '', reason }: Partial<Validation>,
  declared: Declared,
  field: string,
): FieldError[] {
  const errors: FieldError[] =
    expression.trim() === ''
      ? [required(`${field}.expression`, 'expression is not specified')]
      : compiled(`${field}.expression`, expression, compiler.compile(expression, declared, CONDITION));
  const path = `${field}.messageExpression`;
  if (messageExpression !== '' && messageExpression.trim() === '')
    errors.push(invalid(path, messageExpression, 'must be non-empty if specified'));
  else if (messageExpression !== '') {
    const text = compiler.compile(messageExpression, { ...declared, authorizer: false }, MESSAGE);
    errors.push(...compiled(path, messageExpression, text));
  }
  if (message !== '' && message.trim() === '')
    errors.push(invalid(`${field}.message`, message, 'message must be non-empty if specified'));
  else if (/[\n\r]/.test(message.trim()))
    errors.push(invalid(`${field}.message`, message, 'message must not contain line breaks'));
  if (reason !== undefined && !REASONS.includes(reason)) errors.push(notSupported(`${field}.reason`, reason, REASONS));
  return errors;
}

function annotationsErrors(
  compiler: PolicyCompiler,
  policy: string,
  annotations: readonly Partial<Annotation>[],
  declared: Declared,
): FieldError[] {
  const field = 'spec.auditAnnotations';
  const errors =
    annotations.length > MAX_ANNOTATIONS
      ? [invalid(field, annotations, `must not have more than ${MAX_ANNOTATIONS} auditAnnotations`)]
      : [];
  for (const [at, { key = '', valueExpression = '' }] of annotations.entries()) {
    const keyPath = `${field}[${at}].key`;
    const path = `${field}[${at}].valueExpression`;
    if (policy === '') errors.push(invalid(keyPath, key, 'requires metadata.name be non-empty'));
    else errors.push(...invalidAll(keyPath, `${policy}/${key}`, labelKeyErrors(`${policy}/${key}`)));
    const text = valueExpression.trim();
    if (text === '') errors.push(required(path, 'valueExpression is not specified'));
    else if (utf8Length(text) > MAX_ANNOTATION_BYTES)
      errors.push(required(path, `must not exceed ${MAX_ANNOTATION_BYTES} bytes in length`));
    else errors.push(...compiled(path, valueExpression, compiler.compile(text, declared, ANNOTATION)));
    if (annotations.findIndex((other) => other.key === key) < at) errors.push(duplicate(`${field}[${at}].key`, key));
  }
  return errors;
}
