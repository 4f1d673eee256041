/**
 * Which requests a policy, a binding or a webhook is about.
 *
 * @source kubernetes apiserver/pkg/admission/plugin/policy/matching/matching.go, plugin/webhook/predicates/{rules,namespace,object}
 */
import { matchesSelector } from '#engine/api/label-selector';
import type { ResourceInfo } from '#engine/api/registry';
import type { KubeObject, ValidatingAdmissionPolicy } from '#engine/api/types';
import type { Surroundings } from '../../surroundings';
import type { AdmissionRequest } from '../plugin';

export type MatchResources = NonNullable<NonNullable<ValidatingAdmissionPolicy['spec']>['matchConstraints']>;
type Rule = Omit<NonNullable<MatchResources['resourceRules']>[number], 'resourceNames'> & {
  readonly resourceNames?: readonly string[];
};

/** A request with its objects, as matching looks at it. */
export interface Asked {
  readonly request: AdmissionRequest;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  /** Absent on delete. */
  readonly object: KubeObject | undefined;
  readonly old: KubeObject | undefined;
  /** Empty where the object has none yet. */
  readonly name: string;
}

const has = (list: readonly string[] | undefined, wanted: string): boolean =>
  list !== undefined && (list.includes('*') || list.includes(wanted));

function isOfResource(rule: Rule, resource: string, subresource: string): boolean {
  return (rule.resources ?? []).some((text) => {
    const [name = '', sub = ''] = text.split('/');
    return (name === '*' || name === resource) && (sub === '*' || sub === subresource);
  });
}

function isAbout(rule: Rule, { request, operation, name }: Asked, info: ResourceInfo): boolean {
  const names = rule.resourceNames ?? [];
  const namespaced = request.namespace !== '' && info.resource !== 'namespaces';
  const scope = rule.scope ?? '*';
  return (
    has(rule.operations, operation) &&
    has(rule.apiGroups, info.group) &&
    has(rule.apiVersions, info.version) &&
    isOfResource(rule, info.resource, request.subresource) &&
    (scope === '*' || (scope === 'Namespaced') === namespaced) &&
    (names.length === 0 || names.includes(name))
  );
}

/**
 * The resource by which the rules are about a request: its own, or the same in another version or group where equivalent ones
 * count too. Null: they are not about it.
 */
export function matchedBy(
  rules: readonly Rule[],
  matchPolicy: string | undefined,
  asked: Asked,
  around: Surroundings,
): ResourceInfo | null {
  const { info } = asked.request;
  if (rules.some((rule) => isAbout(rule, asked, info))) return info;
  if (matchPolicy === 'Exact') return null;
  const others = around.resources.all.filter(
    (other) => other !== info && other.store !== '' && other.store === info.store,
  );
  return others.find((other) => rules.some((rule) => isAbout(rule, asked, other))) ?? null;
}

type Selectors = Pick<MatchResources, 'namespaceSelector' | 'objectSelector'>;

/** The labels of the namespace that a request is in; null: it is in none, so that no selector keeps it out. */
function namespaceLabels({ request, object }: Asked, around: Surroundings): Readonly<Record<string, string>> | null {
  const { info, namespace, subresource, verb } = request;
  if (info.store === 'namespaces' && subresource === '' && verb === 'create') return object?.metadata.labels ?? {};
  const name = info.store === 'namespaces' ? request.operation.name : namespace;
  if (name === '') return null;
  return around.find('namespaces', '', name)?.metadata.labels ?? {};
}

/** Whether the labels of namespace and object are such as are asked for; one of the two objects of an update is enough. */
export function isSelected(
  { namespaceSelector, objectSelector }: Selectors,
  asked: Asked,
  around: Surroundings,
): boolean {
  if (namespaceSelector !== undefined) {
    const labels = namespaceLabels(asked, around);
    if (labels !== null && !matchesSelector(namespaceSelector, labels)) return false;
  }
  const { object, old } = asked;
  return (
    objectSelector === undefined ||
    Object.keys(objectSelector).length === 0 ||
    [object, old].some((one) => one !== undefined && matchesSelector(objectSelector, one.metadata.labels))
  );
}

/** By which resource a policy or a binding is about a request; null: it is not. */
export function matchResources(match: MatchResources, asked: Asked, around: Surroundings): ResourceInfo | null {
  if (!isSelected(match, asked, around)) return null;
  const { matchPolicy, resourceRules = [], excludeResourceRules = [] } = match;
  if (matchedBy(excludeResourceRules, matchPolicy, asked, around) !== null) return null;
  if (resourceRules.length === 0) return asked.request.info;
  return matchedBy(resourceRules, matchPolicy, asked, around);
}
