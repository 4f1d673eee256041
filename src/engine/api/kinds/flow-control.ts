/**
 * Priority and fairness of requests.
 *
 * @source kubernetes pkg/apis/flowcontrol/validation/validation.go, pkg/apis/flowcontrol/v1/defaults.go
 * @simplified rules of a FlowSchema are checked for what must be there; mandatory objects may be changed
 */
import { forbidden, invalid, required, type FieldError } from '../field-error';
import { genericRules } from '../generic-rules';
import type { KindRules } from '../kind-rules';
import { dnsSubdomainErrors } from '../names';
import { withChanges, withDefaults } from '../structural-sharing';
import type { FlowSchema, PriorityLevelConfiguration } from '../types';
import { eachOf, oneOf, requiredText } from '../validation/field-rules';

type Rule = NonNullable<NonNullable<FlowSchema['spec']>['rules']>[number];
type LevelSpec = NonNullable<PriorityLevelConfiguration['spec']>;
type Limited = NonNullable<LevelSpec['limited']>;

const needs = (list: readonly unknown[] | undefined, field: string, detail: string): FieldError[] =>
  list?.length ? [] : [required(field, detail)];

const VERBS = 'verbs must contain at least one value';

const policyErrors = ({ subjects, resourceRules, nonResourceRules }: Rule, field: string): FieldError[] => [
  ...needs(subjects, `${field}.subjects`, 'subjects must contain at least one value'),
  ...needs(
    [...(resourceRules ?? []), ...(nonResourceRules ?? [])],
    field,
    'at least one of resourceRules and nonResourceRules has to be non-empty',
  ),
  ...eachOf(resourceRules, `${field}.resourceRules`, (rule, path) => [
    ...needs(rule.verbs, `${path}.verbs`, VERBS),
    ...needs(rule.apiGroups, `${path}.apiGroups`, 'resource rules must supply at least one api group'),
    ...needs(rule.resources, `${path}.resources`, 'resource rules must supply at least one resource'),
    ...(rule.clusterScope === true
      ? []
      : needs(
          rule.namespaces,
          `${path}.namespaces`,
          'resource rules that are not cluster scoped must supply at least one namespace',
        )),
  ]),
  ...eachOf(nonResourceRules, `${field}.nonResourceRules`, (rule, path) => [
    ...needs(rule.verbs, `${path}.verbs`, VERBS),
    ...needs(rule.nonResourceURLs, `${path}.nonResourceURLs`, 'nonResourceURLs must contain at least one value'),
  ]),
];

export const flowSchemaRules: KindRules<FlowSchema> = genericRules<FlowSchema>({
  clusterScoped: true,
  generation: true,
  status: {},
  applyDefaults: (schema) =>
    schema.spec === undefined || schema.spec.matchingPrecedence
      ? schema
      : withChanges(schema, { spec: { ...schema.spec, matchingPrecedence: 1000 } }),
  validate({ metadata, spec }) {
    const precedence = spec?.matchingPrecedence ?? 0;
    const field = 'spec.matchingPrecedence';
    const errors: FieldError[] = [];
    if (precedence <= 0) errors.push(invalid(field, precedence, 'must be a positive value'));
    if (precedence > 10_000) errors.push(invalid(field, precedence, 'must not be greater than 10000'));
    if (precedence === 1 && metadata.name !== 'exempt')
      errors.push(invalid(field, precedence, "only the schema named 'exempt' may have matchingPrecedence 1"));
    return [
      ...errors,
      ...requiredText(
        'spec.priorityLevelConfiguration.name',
        spec?.priorityLevelConfiguration?.name,
        dnsSubdomainErrors,
        'must reference a priority level',
      ),
      ...eachOf(spec?.rules, 'spec.rules', policyErrors),
    ];
  },
});

function limitedErrors({
  nominalConcurrencyShares: shares = 0,
  lendablePercent = 0,
  limitResponse,
}: Limited): FieldError[] {
  const field = 'spec.limited';
  const { type, queuing } = limitResponse ?? {};
  const response = `${field}.limitResponse`;
  const errors: FieldError[] = [];
  if (shares < 0) errors.push(invalid(`${field}.nominalConcurrencyShares`, shares, 'must be a non-negative integer'));
  errors.push(...oneOf(`${response}.type`, type, ['Queue', 'Reject']));
  if (type === 'Reject' && queuing !== undefined)
    errors.push(forbidden(`${response}.queuing`, 'must be nil if limited.limitResponse.type is not Limited'));
  if (type === 'Queue' && queuing === undefined)
    errors.push(required(`${response}.queuing`, 'must not be empty if limited.limitResponse.type is Limited'));
  if (lendablePercent < 0 || lendablePercent > 100)
    errors.push(invalid(`${field}.lendablePercent`, lendablePercent, 'must be between 0 and 100, inclusive'));
  return errors;
}

function withLimits(limited: Limited): Limited {
  const queuing = limited.limitResponse?.queuing;
  const shared = withDefaults(limited, { nominalConcurrencyShares: 30, lendablePercent: 0 });
  return queuing === undefined
    ? shared
    : withChanges(shared, {
        limitResponse: withChanges(limited.limitResponse ?? { type: 'Queue' }, {
          queuing: withDefaults(queuing, { handSize: 8, queues: 64, queueLengthLimit: 50 }),
        }),
      });
}

export const priorityLevelRules: KindRules<PriorityLevelConfiguration> = genericRules<PriorityLevelConfiguration>({
  clusterScoped: true,
  generation: true,
  status: {},
  applyDefaults(level) {
    const { spec } = level;
    if (spec === undefined) return level;
    const { limited, exempt } = spec;
    return withChanges(level, {
      spec: withChanges(spec, {
        limited: limited && withLimits(limited),
        exempt: exempt && withDefaults(exempt, { nominalConcurrencyShares: 0, lendablePercent: 0 }),
      }),
    });
  },
  validate({ metadata, spec }) {
    const { type, limited, exempt } = spec ?? {};
    const errors: FieldError[] = [];
    if ((metadata.name === 'exempt') !== (type === 'Exempt'))
      errors.push(invalid('spec.type', type ?? '', "type must be 'Exempt' if and only if name is 'exempt'"));
    if (type === 'Exempt') {
      if (limited !== undefined) errors.push(forbidden('spec.limited', 'must be nil if the type is not Limited'));
    } else if (type === 'Limited') {
      if (exempt !== undefined) errors.push(forbidden('spec.exempt', 'must be nil if the type is Limited'));
      if (limited === undefined) errors.push(required('spec.limited', 'must not be empty when type is Limited'));
      else errors.push(...limitedErrors(limited));
    } else errors.push(...oneOf('spec.type', type, ['Exempt', 'Limited']));
    return errors;
  },
});
