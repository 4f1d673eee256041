/**
 * Roles and bindings.
 *
 * @source kubernetes pkg/apis/rbac/v1/defaults.go, pkg/apis/rbac/validation/validation.go
 */
import { type FieldError, goStruct, invalid, notSupported, required } from '../field-error';
import { genericRules } from '../generic-rules';
import { deepEqual } from '../json';
import type { KindRules } from '../kind-rules';
import { dnsSubdomainErrors, pathSegmentErrors } from '../names';
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../types';
import { validateLabelSelector } from '../validation/label-selector';
import { invalidAll } from '../validation/object-meta';

const GROUP = 'rbac.authorization.k8s.io';

type Rule = NonNullable<Role['rules']>[number];

const isEmpty = (list: readonly unknown[] | undefined | null): boolean => (list ?? []).length === 0;

function ruleErrors(rule: Rule, field: string, namespaced: boolean): FieldError[] {
  const errors: FieldError[] = [];
  if (isEmpty(rule.verbs)) errors.push(required(`${field}.verbs`, 'verbs must contain at least one value'));
  if (!isEmpty(rule.nonResourceURLs)) {
    const urls = `${field}.nonResourceURLs`;
    if (namespaced)
      errors.push(invalid(urls, rule.nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs'));
    if (!isEmpty(rule.apiGroups) || !isEmpty(rule.resources) || !isEmpty(rule.resourceNames))
      errors.push(
        invalid(urls, rule.nonResourceURLs, 'rules cannot apply to both regular resources and non-resource URLs'),
      );
    return errors;
  }
  if (isEmpty(rule.apiGroups))
    errors.push(required(`${field}.apiGroups`, 'resource rules must supply at least one api group'));
  if (isEmpty(rule.resources))
    errors.push(required(`${field}.resources`, 'resource rules must supply at least one resource'));
  return errors;
}

const rulesErrors = (rules: Role['rules'], namespaced: boolean): FieldError[] =>
  (rules ?? []).flatMap((rule, index) => ruleErrors(rule, `rules[${index}]`, namespaced));

export const roleRules: KindRules<Role> = genericRules<Role>({
  name: pathSegmentErrors,
  validate: ({ rules }) => rulesErrors(rules, true),
});

export const clusterRoleRules: KindRules<ClusterRole> = genericRules<ClusterRole>({
  clusterScoped: true,
  name: pathSegmentErrors,
  validate({ rules, aggregationRule }) {
    const errors = rulesErrors(rules, false);
    if (aggregationRule === undefined) return errors;
    const field = 'aggregationRule.clusterRoleSelectors';
    const selectors = aggregationRule.clusterRoleSelectors ?? [];
    if (selectors.length === 0)
      return [required(field, 'at least one clusterRoleSelector required if aggregationRule is non-nil'), ...errors];
    return [
      ...selectors.flatMap((selector, index) => validateLabelSelector(selector, `${field}[${index}]`)),
      ...errors,
    ];
  },
});

type AnyBinding = RoleBinding | ClusterRoleBinding;
type Subject = NonNullable<RoleBinding['subjects']>[number];

function withGroups<T extends AnyBinding>(binding: T): T {
  const { roleRef, subjects } = binding;
  const missing = (subject: Subject): boolean =>
    (subject.apiGroup ?? '') === '' && (subject.kind === 'User' || subject.kind === 'Group');
  const refIsWhole = (roleRef?.apiGroup ?? '') !== '';
  if (refIsWhole && !(subjects ?? []).some(missing)) return binding;
  return {
    ...binding,
    roleRef: refIsWhole ? roleRef : { ...roleRef, apiGroup: GROUP },
    ...(subjects === undefined
      ? {}
      : { subjects: subjects.map((subject) => (missing(subject) ? { ...subject, apiGroup: GROUP } : subject)) }),
  };
}

function subjectErrors(subject: Subject, field: string, namespaced: boolean): FieldError[] {
  const errors: FieldError[] = [];
  if ((subject.name ?? '') === '') errors.push(required(`${field}.name`));
  const group = subject.apiGroup ?? '';
  switch (subject.kind) {
    case 'ServiceAccount':
      if ((subject.name ?? '') !== '')
        errors.push(...invalidAll(`${field}.name`, subject.name, dnsSubdomainErrors(subject.name)));
      if (group !== '') errors.push(notSupported(`${field}.apiGroup`, group, ['']));
      if (!namespaced && (subject.namespace ?? '') === '') errors.push(required(`${field}.namespace`));
      return errors;
    case 'User':
    case 'Group':
      if (group !== GROUP) errors.push(notSupported(`${field}.apiGroup`, group, [GROUP]));
      return errors;
    default:
      errors.push(notSupported(`${field}.kind`, subject.kind, ['ServiceAccount', 'User', 'Group']));
      return errors;
  }
}

function bindingErrors({ roleRef, subjects }: AnyBinding, namespaced: boolean): FieldError[] {
  const errors: FieldError[] = [];
  if (roleRef.apiGroup !== GROUP) errors.push(notSupported('roleRef.apiGroup', roleRef.apiGroup, [GROUP]));
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  if (!kinds.includes(roleRef.kind)) errors.push(notSupported('roleRef.kind', roleRef.kind ?? '', kinds));
  if ((roleRef.name ?? '') === '') errors.push(required('roleRef.name'));
  else errors.push(...invalidAll('roleRef.name', roleRef.name, pathSegmentErrors(roleRef.name)));
  (subjects ?? []).forEach((subject, index) =>
    errors.push(...subjectErrors(subject, `subjects[${index}]`, namespaced)),
  );
  return errors;
}

function refErrors({ roleRef }: AnyBinding, old: AnyBinding): FieldError[] {
  if (deepEqual(roleRef, old.roleRef)) return [];
  const { apiGroup, kind, name } = roleRef;
  return [invalid('roleRef', goStruct({ APIGroup: apiGroup, Kind: kind, Name: name }), 'cannot change roleRef')];
}

export const roleBindingRules: KindRules<RoleBinding> = genericRules<RoleBinding>({
  name: pathSegmentErrors,
  applyDefaults: withGroups,
  validate: (binding) => bindingErrors(binding, true),
  validateUpdate: refErrors,
});

export const clusterRoleBindingRules: KindRules<ClusterRoleBinding> = genericRules<ClusterRoleBinding>({
  clusterScoped: true,
  name: pathSegmentErrors,
  applyDefaults: withGroups,
  validate: (binding) => bindingErrors(binding, false),
  validateUpdate: refErrors,
});
