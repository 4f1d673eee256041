/**
 * ValidatingAdmissionPolicies: what they refuse, and in which words; what they tell the audit log.
 *
 * @source kubernetes apiserver/pkg/admission/plugin/policy/validating/{dispatcher,validator,plugin}.go
 */
import { escapedJson } from '#engine/api/field-error';
import { ANNOTATION, CONDITION, MESSAGE, PolicyCompiler, type PolicyProgram } from '#engine/api/cel/policy';
import type { ResourceInfo } from '#engine/api/registry';
import { forbidden } from '#engine/api/status-error';
import type {
  KubeObject,
  Status,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '#engine/api/types';
import { utf8Length } from '#engine/api/validation/object-meta';
import type { Surroundings } from '../../surroundings';
import { admit, type AdmissionPlugin, type AdmissionRequest, annotate, refuse, warn } from '../plugin';
import { Activation, askedOf, conditionsHold, OutOfBudget, type PolicyVariables, type Result } from './activation';
import { type Asked, matchResources } from './match';
import { collectParams, paramResource } from './params';

/** Of all validations of a policy for one parameter. */
const BUDGET = 10_000_000;
const MAX_MESSAGE_BYTES = 5 * 1024;
const MAX_ANNOTATION_LENGTH = 10 * 1024;
const FAILURE = 'validation.policy.admission.k8s.io/validation_failure';

type Spec = NonNullable<ValidatingAdmissionPolicy['spec']>;
type Validation = NonNullable<Spec['validations']>[number];
type Sourced = PolicyProgram & { readonly source: string };

interface CompiledPolicy {
  readonly conditions: readonly Sourced[];
  readonly variables: PolicyVariables;
  readonly validations: readonly Sourced[];
  readonly messages: readonly (Sourced | null)[];
  readonly annotations: readonly Sourced[];
}

/** An object of the API never changes, so that its expressions are compiled once. */
const compiledPolicies = new WeakMap<ValidatingAdmissionPolicy, CompiledPolicy>();

function compiledOf(policy: ValidatingAdmissionPolicy): CompiledPolicy {
  let known = compiledPolicies.get(policy);
  if (known === undefined) {
    known = compilePolicy(policy.spec ?? {});
    compiledPolicies.set(policy, known);
  }
  return known;
}

function compilePolicy(spec: Spec): CompiledPolicy {
  const params = spec.paramKind !== undefined;
  const { variables = [], validations = [], matchConditions = [], auditAnnotations = [] } = spec;
  const compiler = new PolicyCompiler(variables.length > 0);
  const plain = new PolicyCompiler(false);
  const declared = { params, authorizer: true };
  const made = new Map(variables.map(({ name, expression }) => [name, compiler.variable(name, expression, params)]));
  return {
    variables: made,
    conditions: matchConditions.map(({ expression }) => ({
      source: expression,
      ...plain.compile(expression, declared, CONDITION),
    })),
    validations: validations.map(({ expression }) => ({
      source: expression,
      ...compiler.compile(expression, declared, CONDITION),
    })),
    messages: validations.map(({ messageExpression: text = '' }) =>
      text === '' ? null : { source: text, ...compiler.compile(text, { params, authorizer: false }, MESSAGE) },
    ),
    annotations: auditAnnotations.map(({ valueExpression: text }) => ({
      source: text,
      ...compiler.compile(text.trim(), declared, ANNOTATION),
    })),
  };
}

interface Denial {
  readonly message: string;
  readonly reason?: string | undefined;
  /** Of the validation. */
  readonly index: number;
}

interface Outcome {
  readonly denied: readonly Denial[];
  /** What the audit log is told, by key. */
  readonly notes: readonly (readonly [key: string, value: string])[];
  readonly annotationErrors: readonly string[];
}

/** What is against a request for one parameter. Errors count unless they are to be ignored. */
function denialsOf(
  policy: ValidatingAdmissionPolicy,
  asked: Asked,
  matched: ResourceInfo,
  params: KubeObject | null,
  around: Surroundings,
): Outcome {
  const spec = policy.spec ?? {};
  const ignores = spec.failurePolicy === 'Ignore';
  const failed = (message: string, index = 0): Denial[] => (ignores ? [] : [{ message, index }]);
  const { conditions, variables, validations, messages, annotations } = compiledOf(policy);
  const activation = (authorizer: boolean): Activation =>
    new Activation(asked, matched, around, { params, authorizer, variables });
  const nothing = { denied: [], notes: [], annotationErrors: [] };
  const holds = conditionsHold(conditions, activation(true));
  if (holds === false) return nothing;
  if (holds !== true) return { ...nothing, denied: failed(holds) };
  try {
    const { results, left } = activation(true).evaluate(validations, BUDGET);
    const texts = textsOf(activation(false), messages, left);
    const denied = results.flatMap(({ value, error }, at): Denial[] => {
      if (error !== undefined) return failed(error, at);
      if (typeof texts === 'string') return failed(`failed messageExpression: ${texts}`, at);
      if (value === true) return [];
      const validation = spec.validations![at]!;
      return [{ message: messageOf(validation, texts[at]), reason: validation.reason, index: at }];
    });
    const noted = activation(false).evaluate(annotations, BUDGET).results;
    const notes = noted.flatMap(({ value }, at) => {
      const text = typeof value === 'string' ? value.trim() : '';
      return text === '' ? [] : [[spec.auditAnnotations![at]!.key, text] as const];
    });
    return { denied, notes, annotationErrors: ignores ? [] : noted.flatMap(({ error }) => error ?? []) };
  } catch (error) {
    if (error instanceof OutOfBudget) return { ...nothing, denied: failed(error.message) };
    throw error;
  }
}

/** What the message expressions come to; a text when the budget does not suffice. */
function textsOf(
  activation: Activation,
  messages: CompiledPolicy['messages'],
  budget: number,
): readonly Result[] | string {
  try {
    return activation.evaluate(messages, budget).results;
  } catch (error) {
    if (error instanceof OutOfBudget) return error.message;
    throw error;
  }
}

function messageOf({ expression, message = '' }: Validation, text: Result | undefined): string {
  const said = typeof text?.value === 'string' ? text.value.trim() : '';
  if (said !== '' && utf8Length(said) <= MAX_MESSAGE_BYTES && !said.includes('\n')) return said;
  return message.trim() || `failed expression: ${expression.trim()}`;
}

interface Refusal extends Omit<Denial, 'index'> {
  readonly policy: string;
  /** Absent: the policy itself cannot be used. */
  readonly binding?: string;
}

export const validatingPolicies: AdmissionPlugin = (request, object, around) => {
  const asked = askedOf(request, object);
  const bindings = around.all(
    'validatingadmissionpolicybindings.admissionregistration.k8s.io',
  ) as readonly ValidatingAdmissionPolicyBinding[];
  const names = [...new Set(bindings.map(({ spec }) => spec?.policyName ?? ''))];
  for (const name of names.sort()) {
    const policy = around.find('validatingadmissionpolicies.admissionregistration.k8s.io', '', name);
    if (policy === undefined) continue;
    const own = bindings.filter(({ spec }) => spec?.policyName === name);
    const refusal = applyPolicy(policy as ValidatingAdmissionPolicy, own, asked, around);
    if (refusal !== null) return refuse(statusOf(request, refusal));
  }
  return admit(object);
};

/** The first refusal of a policy with all its bindings. */
function applyPolicy(
  policy: ValidatingAdmissionPolicy,
  bindings: readonly ValidatingAdmissionPolicyBinding[],
  asked: Asked,
  around: Surroundings,
): Refusal | null {
  const { name } = policy.metadata;
  const { matchConstraints = {}, paramKind, failurePolicy } = policy.spec ?? {};
  const matched = matchResources(matchConstraints, asked, around);
  if (matched === null) return null;
  const configured = (what: string, message: string, binding?: string): Refusal | null =>
    failurePolicy === 'Ignore'
      ? null
      : {
          policy: name,
          message: `failed to configure ${what}: ${message}`,
          ...(binding === undefined ? {} : { binding }),
        };
  const info = paramKind === undefined ? undefined : paramResource(paramKind, around);
  if (typeof info === 'string') return configured('policy', info);
  let first: Refusal | null = null;
  const noted = new Map<string, string[]>();
  for (const binding of bindings) {
    const { name: bound } = binding.metadata;
    const { matchResources: only, paramRef, validationActions } = binding.spec ?? {};
    if (only !== undefined && matchResources(only, asked, around) === null) continue;
    const params = collectParams(info, paramRef, asked.request.namespace, around);
    if (typeof params === 'string') {
      first ??= configured('binding', params, bound);
      continue;
    }
    for (const param of params) {
      const { denied, notes, annotationErrors } = denialsOf(policy, asked, matched, param, around);
      for (const { index, ...denial } of denied) {
        if (validationActions.includes('Deny')) first ??= { ...denial, policy: name, binding: bound };
        if (validationActions.includes('Audit')) {
          const { message } = denial;
          const failure = { message, policy: name, binding: bound, expressionIndex: index, validationActions };
          annotate(asked.request, FAILURE, escapedJson(JSON.stringify([failure])));
        }
        if (validationActions.includes('Warn')) {
          const text = `Validation failed for ValidatingAdmissionPolicy '${name}' with binding '${bound}': ${denial.message}`;
          warn(asked.request, text);
        }
      }
      for (const message of annotationErrors) first ??= { message, policy: name, binding: bound };
      for (const [key, value] of notes) {
        const values = noted.get(key) ?? [];
        const shown = value.slice(0, MAX_ANNOTATION_LENGTH);
        if (!values.includes(shown)) noted.set(key, [...values, shown]);
      }
    }
  }
  for (const [key, values] of noted) annotate(asked.request, `${name}/${key}`, values.join(', '));
  return first;
}

const CODES: Readonly<Record<string, number>> = { Forbidden: 403, Unauthorized: 401, RequestEntityTooLarge: 413 };

function statusOf({ info, shownName }: AdmissionRequest, { policy, binding, message, reason }: Refusal): Status {
  const by = binding === undefined ? '' : ` with binding '${binding}'`;
  const text = `ValidatingAdmissionPolicy '${policy}'${by} denied request: ${message}`;
  const given = reason || 'Invalid';
  return {
    ...forbidden(info, shownName, text, [{ message: text }]),
    reason: given,
    code: CODES[given] ?? 422,
  };
}
