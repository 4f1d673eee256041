/**
 * What of a request is to be told: the first rule that fits decides.
 *
 * @source kubernetes staging/src/k8s.io/apiserver/pkg/apis/audit/v1/types.go (Policy), pkg/audit/policy/checker.go
 */
import type { AuditPolicy, Level, PolicyRule, Stage } from '#engine/api/audit-policy';
import { type Attributes, resourcePath } from '../authorization/attributes';

/** What a rule makes of a request. */
export interface AuditConfig {
  readonly level: Level;
  readonly omitStages: readonly Stage[];
  readonly omitManagedFields: boolean;
}

const isEmpty = (list: readonly unknown[] | undefined): boolean => list === undefined || list.length === 0;
const allows = (list: readonly string[] | undefined, text: string): boolean =>
  list === undefined || list.length === 0 || list.includes(text);

function namesResource(pattern: string, of: Attributes): boolean {
  if (pattern === '*' || pattern === resourcePath(of)) return true;
  const { resource, subresource } = of;
  return subresource !== '' && (pattern === `${resource}/*` || pattern === `*/${subresource}`);
}

function fitsResource({ namespaces, resources }: PolicyRule, of: Attributes): boolean {
  if (of.resource === '' || !allows(namespaces, of.namespace)) return false;
  return (
    isEmpty(resources) ||
    (resources ?? []).some(({ group = '', resources: patterns, resourceNames }) => {
      if (group !== of.group) return false;
      if (isEmpty(patterns)) return true;
      return allows(resourceNames, of.name) && (patterns ?? []).some((pattern) => namesResource(pattern, of));
    })
  );
}

const fitsPath = ({ nonResourceURLs = [] }: PolicyRule, { resource, path }: Attributes): boolean =>
  resource === '' &&
  nonResourceURLs.some(
    (url) => url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.slice(0, -1))),
  );

function fits(rule: PolicyRule, of: Attributes): boolean {
  const { users, userGroups, verbs, namespaces, resources, nonResourceURLs } = rule;
  if (!allows(users, of.user.username) || !allows(verbs, of.verb)) return false;
  if (!isEmpty(userGroups) && !of.user.groups.some((group) => userGroups?.includes(group))) return false;
  if (!isEmpty(namespaces) || !isEmpty(resources)) return fitsResource(rule, of);
  return isEmpty(nonResourceURLs) || fitsPath(rule, of);
}

const NOTHING: AuditConfig = { level: 'None', omitStages: [], omitManagedFields: false };

export function auditConfig(
  { rules = [], omitStages = [], omitManagedFields = false }: AuditPolicy,
  of: Attributes,
): AuditConfig {
  const rule = rules.find((candidate) => fits(candidate, of));
  if (rule === undefined) return NOTHING;
  return {
    level: rule.level,
    omitStages: [...omitStages, ...(rule.omitStages ?? [])],
    omitManagedFields: rule.omitManagedFields ?? omitManagedFields,
  };
}
