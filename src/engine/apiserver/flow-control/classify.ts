/**
 * Which flow schema a request belongs to: of those that match, the one with the lowest precedence, then the first by name.
 *
 * @source kubernetes staging/src/k8s.io/apiserver/pkg/util/flowcontrol/rule.go, apf_controller.go (startRequest)
 */
import { byteOrder } from '#engine/api/json';
import type { FlowSchema, PriorityLevelConfiguration } from '#engine/api/types';
import type { UserInfo } from '../authentication/user';
import { type Attributes, resourcePath } from '../authorization/attributes';

type Rules = NonNullable<NonNullable<FlowSchema['spec']>['rules']>[number];
type Subject = Rules['subjects'][number];
type ResourceRule = NonNullable<Rules['resourceRules']>[number];
type PathRule = NonNullable<Rules['nonResourceRules']>[number];

const ACCOUNT_PREFIX = 'system:serviceaccount:';

/** Whether `list` names `text`, or everything. */
const names = (list: readonly string[] | undefined, text: string): boolean =>
  list !== undefined && ((list.length === 1 && list[0] === '*') || list.includes(text));

function isSubject({ username, groups }: UserInfo, { kind, user, group, serviceAccount }: Subject): boolean {
  switch (kind) {
    case 'User':
      return user !== undefined && (user.name === '*' || user.name === username);
    case 'Group':
      return group !== undefined && (group.name === '*' || groups.includes(group.name));
    case 'ServiceAccount': {
      if (serviceAccount === undefined) return false;
      const { namespace, name } = serviceAccount;
      const prefix = `${ACCOUNT_PREFIX}${namespace}:`;
      return name === '*' ? username.startsWith(prefix) : username === prefix + name;
    }
    default:
      return false;
  }
}

function fitsResource(of: Attributes, rule: ResourceRule): boolean {
  if (!names(rule.verbs, of.verb) || !names(rule.resources, resourcePath(of)) || !names(rule.apiGroups, of.group))
    return false;
  return of.namespace === '' ? rule.clusterScope === true : names(rule.namespaces, of.namespace);
}

const fitsPath = ({ verb, path }: Attributes, rule: PathRule): boolean =>
  names(rule.verbs, verb) &&
  rule.nonResourceURLs.some((url) => {
    if (url === '*' || url === path) return true;
    const prefix = url.endsWith('*') ? url.slice(0, -1) : url;
    return path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);
  });

const fits = (of: Attributes, { subjects, resourceRules, nonResourceRules }: Rules): boolean =>
  subjects.some((subject) => isSubject(of.user, subject)) &&
  (of.resource === ''
    ? (nonResourceRules ?? []).some((rule) => fitsPath(of, rule))
    : (resourceRules ?? []).some((rule) => fitsResource(of, rule)));

export interface FlowConfig {
  /** Of those whose level exists, in the order in which they are looked at. */
  readonly schemas: readonly FlowSchema[];
  readonly levels: ReadonlyMap<string, PriorityLevelConfiguration>;
  /** Of the limited ones, by name. */
  readonly limits: ReadonlyMap<string, number>;
}

/** `--max-requests-inflight` and `--max-mutating-requests-inflight`, together. */
const ALL_SEATS = 600;

const sharesOf = ({ spec }: PriorityLevelConfiguration): number =>
  spec?.limited?.nominalConcurrencyShares ?? spec?.exempt?.nominalConcurrencyShares ?? 0;

/** @source apf_controller.go (finishQueueSetReconfigsLocked: the nominal limit is rounded up) */
export function configOf(schemas: readonly FlowSchema[], levels: readonly PriorityLevelConfiguration[]): FlowConfig {
  const byName = new Map(levels.map((level) => [level.metadata.name, level]));
  const shares = levels.reduce((sum, level) => sum + sharesOf(level), 0);
  const precedence = ({ spec }: FlowSchema): number => spec?.matchingPrecedence ?? 0;
  return {
    schemas: schemas
      .filter(({ spec }) => byName.has(spec?.priorityLevelConfiguration.name ?? ''))
      .toSorted((a, b) => precedence(a) - precedence(b) || byteOrder(a.metadata.name, b.metadata.name)),
    levels: byName,
    limits: new Map(
      levels
        .filter(({ spec }) => spec?.type === 'Limited')
        .map((level) => [level.metadata.name, Math.ceil((ALL_SEATS * sharesOf(level)) / Math.max(1, shares))]),
    ),
  };
}

export const schemaFor = (of: Attributes, { schemas }: FlowConfig): FlowSchema | undefined =>
  schemas.find(({ spec }) => (spec?.rules ?? []).some((rules) => fits(of, rules)));

/** What tells the flows of one schema apart. */
export function distinguisherOf({ spec }: FlowSchema, { user, namespace }: Attributes): string {
  switch (spec?.distinguisherMethod?.type) {
    case 'ByUser':
      return user.username;
    case 'ByNamespace':
      return namespace;
    default:
      return '';
  }
}
