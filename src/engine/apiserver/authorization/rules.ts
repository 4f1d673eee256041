/** Rules of roles: what one allows, how a denial is told. @source kubernetes pkg/apis/rbac/v1/evaluation_helpers.go */
import { type Attributes, resourcePath } from './attributes';

export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

export const NONE: readonly string[] = [];
export const has = (list: readonly string[] | undefined, value: string): boolean =>
  list !== undefined && (list.includes('*') || list.includes(value));

function resourceMatches(rule: PolicyRule, resource: string, subresource: string): boolean {
  for (const given of rule.resources ?? NONE) {
    if (given === '*') return true;
    if (given === (subresource === '' ? resource : `${resource}/${subresource}`)) return true;
    if (subresource !== '' && given === `*/${subresource}`) return true;
  }
  return false;
}

export const urlMatches = (given: string, path: string): boolean =>
  given === '*' || given === path || (given.endsWith('*') && path.startsWith(given.slice(0, -1)));

/** Whether a rule allows a request, whatever its object's name. */
export function ruleMatches(rule: PolicyRule, of: Attributes): boolean {
  if (!has(rule.verbs, of.verb)) return false;
  if (of.resource === '') return (rule.nonResourceURLs ?? NONE).some((given) => urlMatches(given, of.path));
  return has(rule.apiGroups, of.group) && resourceMatches(rule, of.resource, of.subresource);
}

/** Whether a rule names this object or limits itself to none. */
export const nameMatches = (rule: PolicyRule, name: string): boolean =>
  (rule.resourceNames ?? NONE).length === 0 || rule.resourceNames!.includes(name);

/** Whether a rule allows a request. */
export const ruleAllows = (rule: PolicyRule, of: Attributes): boolean =>
  ruleMatches(rule, of) && (of.resource === '' || nameMatches(rule, of.name));

/** The request as its denial tells it. @source apiserver/pkg/endpoints/handlers/responsewriters/errors.go (forbiddenMessage) */
export function denialText(of: Attributes, reason: string): string {
  const user = `User ${JSON.stringify(of.user.username)}`;
  let text: string;
  if (of.resource === '') text = `${user} cannot ${of.verb} path ${JSON.stringify(of.path)}`;
  else {
    const where = of.namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(of.namespace)}`;
    text = `${user} cannot ${of.verb} resource "${resourcePath(of)}" in API group "${of.group}" ${where}`;
  }
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return reason === '' ? escaped : `${escaped}: ${reason}`;
}
