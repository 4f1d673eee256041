/**
 * Webhooks and policies of admission.
 *
 * @source kubernetes pkg/apis/admissionregistration/validation/validation.go, pkg/apis/admissionregistration/v1/defaults.go
 */
import { duplicate, forbidden, invalid, required, type FieldError } from '../field-error';
import { genericRules } from '../generic-rules';
import type { KindRules } from '../kind-rules';
import { dns1035LabelErrors, dnsSubdomainErrors, pathSegmentErrors } from '../names';
import { mapShared, withChanges, withDefaults } from '../structural-sharing';
import type {
  MutatingWebhookConfiguration,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  ValidatingWebhookConfiguration,
} from '../types';
import { eachOf, oneOf, requiredText } from '../validation/field-rules';
import { validateLabelSelector } from '../validation/label-selector';
import { invalidAll } from '../validation/object-meta';
import { webhookClientErrors } from '../validation/webhook-client';
import { matchConditionErrors, policyExpressionErrors } from './admission-expressions';

type Hooks = NonNullable<MutatingWebhookConfiguration['webhooks']>;
type Hook = Hooks[number];
type HookRule = NonNullable<Hook['rules']>[number];
type PolicySpec = NonNullable<ValidatingAdmissionPolicy['spec']>;
type ParamKind = NonNullable<PolicySpec['paramKind']>;
type ParamRef = NonNullable<NonNullable<ValidatingAdmissionPolicyBinding['spec']>['paramRef']>;
type MatchResources = NonNullable<PolicySpec['matchConstraints']>;

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const FAILURE_POLICIES = ['Fail', 'Ignore'];
const MATCH_POLICIES = ['Equivalent', 'Exact'];
const ALL = "if '*' is present, must not specify other ";

const withScopes = <R extends HookRule>(rules: R[] | undefined): R[] | undefined =>
  rules && mapShared(rules, (rule) => withDefaults<HookRule>(rule, { scope: '*' }) as R);

function ruleErrors(rule: HookRule, field: string): FieldError[] {
  const part = (name: 'operations' | 'apiGroups' | 'apiVersions', what: string): FieldError[] => {
    const list: readonly string[] = rule[name] ?? [];
    const path = `${field}.${name}`;
    if (list.length === 0) return [required(path)];
    return list.length > 1 && list.includes('*') ? [invalid(path, list, `${ALL}${what}`)] : [];
  };
  return [
    ...part('operations', 'operations'),
    ...eachOf(rule.operations, `${field}.operations`, (operation, path) => oneOf(path, operation, OPERATIONS)),
    ...part('apiGroups', 'API groups'),
    ...part('apiVersions', 'API versions'),
    ...(rule.resources?.length ? [] : [required(`${field}.resources`)]),
    ...(rule.scope === undefined ? [] : oneOf(`${field}.scope`, rule.scope, ['*', 'Cluster', 'Namespaced'])),
  ];
}

/** @source kubernetes apimachinery/pkg/util/validation/validation.go (IsFullyQualifiedName) */
function qualifiedNameErrors(name: string): readonly string[] {
  const errors = dnsSubdomainErrors(name);
  return errors.length > 0 || name.split('.').length > 2
    ? errors
    : ['should be a domain with at least three segments separated by dots'];
}

function versionErrors(versions: readonly string[] = [], field: string): FieldError[] {
  if (versions.length === 0) return [required(field, 'must specify one of v1, v1beta1')];
  const errors = versions.flatMap((version, at) =>
    versions.indexOf(version) < at
      ? [invalid(`${field}[${at}]`, version, 'duplicate version')]
      : invalidAll(`${field}[${at}]`, version, dns1035LabelErrors(version)),
  );
  return versions.includes('v1') || versions.includes('v1beta1')
    ? errors
    : [...errors, invalid(field, versions, 'must include at least one of v1, v1beta1')];
}

function hookErrors(hook: Hook, field: string): FieldError[] {
  const { sideEffects, timeoutSeconds: seconds = 10 } = hook;
  const effects = `${field}.sideEffects`;
  return [
    ...requiredText(`${field}.name`, hook.name, qualifiedNameErrors),
    ...eachOf(hook.rules, `${field}.rules`, ruleErrors),
    ...oneOf(`${field}.failurePolicy`, hook.failurePolicy, FAILURE_POLICIES),
    ...oneOf(`${field}.matchPolicy`, hook.matchPolicy, MATCH_POLICIES),
    ...((sideEffects as string | undefined) === undefined
      ? [required(effects, 'must specify one of None, NoneOnDryRun')]
      : oneOf(effects, sideEffects, ['None', 'NoneOnDryRun'])),
    ...(seconds < 1 || seconds > 30
      ? [invalid(`${field}.timeoutSeconds`, seconds, 'the timeout value must be between 1 and 30 seconds')]
      : []),
    ...validateLabelSelector(hook.namespaceSelector, `${field}.namespaceSelector`),
    ...validateLabelSelector(hook.objectSelector, `${field}.objectSelector`),
    ...webhookClientErrors(hook.clientConfig ?? {}, `${field}.clientConfig`),
    ...versionErrors(hook.admissionReviewVersions, `${field}.admissionReviewVersions`),
    ...matchConditionErrors(hook.matchConditions, false, `${field}.matchConditions`),
  ];
}

function withHookDefaults(hook: Hook, mutating: boolean): Hook {
  const { rules, clientConfig } = hook;
  const service = clientConfig?.service;
  return withChanges(
    withDefaults(hook, {
      failurePolicy: 'Fail',
      matchPolicy: 'Equivalent',
      namespaceSelector: {},
      objectSelector: {},
      timeoutSeconds: 10,
      ...(mutating ? { reinvocationPolicy: 'Never' } : {}),
    }),
    {
      rules: withScopes(rules),
      clientConfig: service && withChanges(clientConfig, { service: withDefaults(service, { port: 443 }) }),
      ...(service === undefined ? { clientConfig } : {}),
    },
  );
}

const hookRules = <T extends MutatingWebhookConfiguration | ValidatingWebhookConfiguration>(
  mutating: boolean,
): KindRules<T> =>
  genericRules<T>({
    clusterScoped: true,
    generation: true,
    applyDefaults(object) {
      const webhooks: Hooks | undefined = object.webhooks;
      if (webhooks === undefined) return object;
      return withChanges<{ webhooks?: Hooks }>(object, {
        webhooks: mapShared(webhooks, (hook) => withHookDefaults(hook, mutating)),
      }) as T;
    },
    validate({ webhooks }) {
      const hooks = (webhooks ?? []) as Hooks;
      return eachOf(hooks, 'webhooks', (hook, field) => [
        ...hookErrors(hook, field),
        ...(`webhooks[${hooks.findIndex(({ name }) => name === hook.name)}]` === field
          ? []
          : [duplicate(`${field}.name`, hook.name)]),
      ]);
    },
  });

export const mutatingWebhookRules = hookRules<MutatingWebhookConfiguration>(true);
export const validatingWebhookRules = hookRules<ValidatingWebhookConfiguration>(false);

const withMatchDefaults = (match: MatchResources | undefined): MatchResources | undefined =>
  match &&
  withChanges(withDefaults(match, { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} }), {
    resourceRules: withScopes(match.resourceRules),
    excludeResourceRules: withScopes(match.excludeResourceRules),
  });

const matchErrors = (match: MatchResources, field: string): FieldError[] => [
  ...oneOf(`${field}.matchPolicy`, match.matchPolicy, MATCH_POLICIES),
  ...validateLabelSelector(match.namespaceSelector, `${field}.namespaceSelector`),
  ...validateLabelSelector(match.objectSelector, `${field}.objectSelector`),
  ...eachOf(match.resourceRules, `${field}.resourceRules`, ruleErrors),
  ...eachOf(match.excludeResourceRules, `${field}.excludeResourceRules`, ruleErrors),
];

/** @source validation.go (validateParamKind, parseGroupVersion) */
function paramKindErrors({ apiVersion = '', kind = '' }: ParamKind, field: string): FieldError[] {
  const path = `${field}.apiVersion`;
  const errors: FieldError[] = [];
  const parts = apiVersion.split('/');
  const [group, version] = parts.length === 1 ? ['', apiVersion] : [parts[0]!, parts[1]!];
  if (apiVersion === '') errors.push(required(path));
  else if (parts.length > 2) errors.push(invalid(path, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  else {
    if (group !== '') errors.push(...joined(path, group, dnsSubdomainErrors(group)));
    if (version === '') errors.push(invalid(path, apiVersion, 'version must be specified'));
    else errors.push(...joined(path, version, dns1035LabelErrors(version)));
  }
  if (kind === '') return [...errors, required(`${field}.kind`)];
  const wrong = dns1035LabelErrors(kind.toLowerCase());
  const prefix = 'may have mixed case, but should otherwise match: ';
  return wrong.length === 0 ? errors : [...errors, invalid(`${field}.kind`, kind, `${prefix}${wrong.join(', ')}`)];
}

const joined = (field: string, value: string, messages: readonly string[]): FieldError[] =>
  messages.length === 0 ? [] : [invalid(field, value, messages.join(','))];

export const admissionPolicyRules: KindRules<ValidatingAdmissionPolicy> = genericRules<ValidatingAdmissionPolicy>({
  clusterScoped: true,
  generation: true,
  status: {},
  applyDefaults(policy) {
    const spec = withDefaults(policy.spec ?? {}, { failurePolicy: 'Fail' });
    return withChanges(policy, {
      spec: withChanges(spec, { matchConstraints: withMatchDefaults(spec.matchConstraints) }),
    });
  },
  validate({ spec = {}, metadata }) {
    const { matchConstraints: match, paramKind } = spec;
    const errors = oneOf('spec.failurePolicy', spec.failurePolicy, FAILURE_POLICIES);
    if (paramKind !== undefined) errors.push(...paramKindErrors(paramKind, 'spec.paramKind'));
    if (match === undefined) errors.push(required('spec.matchConstraints'));
    else {
      errors.push(...matchErrors(match, 'spec.matchConstraints'));
      if (!match.resourceRules?.length) errors.push(required('spec.matchConstraints.resourceRules'));
    }
    return [...errors, ...policyExpressionErrors(metadata.name, spec)];
  },
});

/** @source validation.go (validateParamRef) */
function paramRefErrors(ref: ParamRef, field: string): FieldError[] {
  const { name = '', selector, parameterNotFoundAction: action = '' } = ref;
  const exclusive = 'name and selector are mutually exclusive';
  const errors = name === '' ? [] : invalidAll(`${field}.name`, name, pathSegmentErrors(name));
  if (name !== '' && selector !== undefined) errors.push(forbidden(`${field}.name`, exclusive));
  if (selector !== undefined) {
    errors.push(...validateLabelSelector(selector, `${field}.selector`));
    if (name !== '') errors.push(forbidden(`${field}.selector`, exclusive));
  }
  if (name === '' && selector === undefined) errors.push(required(field, 'one of name or selector must be specified'));
  const path = `${field}.parameterNotFoundAction`;
  return [...errors, ...(action === '' ? [required(path)] : oneOf(path, action, ['Deny', 'Allow']))];
}

export const policyBindingRules = genericRules<ValidatingAdmissionPolicyBinding>({
  clusterScoped: true,
  generation: true,
  applyDefaults: (binding) =>
    binding.spec?.matchResources === undefined
      ? binding
      : withChanges(binding, {
          spec: withChanges(binding.spec, { matchResources: withMatchDefaults(binding.spec.matchResources) }),
        }),
  validate(binding) {
    const spec = binding.spec ?? {};
    const actions = spec.validationActions ?? [];
    const field = 'spec.validationActions';
    const errors = requiredText('spec.policyName', spec.policyName);
    if (spec.paramRef !== undefined) errors.push(...paramRefErrors(spec.paramRef, 'spec.paramRef'));
    // The path is upstream's own slip.
    if (spec.matchResources !== undefined) errors.push(...matchErrors(spec.matchResources, 'spec.matchResouces'));
    for (const [at, action] of actions.entries()) {
      errors.push(...oneOf(`${field}[${at}]`, action, ['Audit', 'Deny', 'Warn']));
      if (actions.indexOf(action) < at) errors.push(duplicate(`${field}[${at}]`, action));
    }
    if (actions.includes('Deny') && actions.includes('Warn')) {
      const detail =
        'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)';
      errors.push(invalid(field, actions, detail));
    }
    if (actions.length === 0) errors.push(required(field, 'at least one validation action is required'));
    return errors;
  },
});
