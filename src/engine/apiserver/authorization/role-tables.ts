/**
 * Roles and bindings in short, and the objects that they stand for.
 *
 * A line of a table of roles is a name, then rules after `|` with `;` between them. A rule is verbs, groups, resources and names, lists
 * with commas: `R` is get, list and watch; `W` all that writes; `RW` both; `U` what reads and updates; `-` is the core group; `.k8s.io` is
 * left out. `E` is the rule that lets events be written; `/…` are paths to be got. A line of a table of bindings is a name, a role
 * (`=`: of the same name) and subjects: `u:` a user, `g:` a group, `s:` a service account of kube-system. What is namespaced has its
 * namespace in front. `~` stands for `system:controller:`, `^` for `system:`.
 */
import type { KubeObjectInput } from '#engine/api/types';
import type { Creation } from '../creation';
import type { PolicyRule } from './rules';

export interface RoleTables {
  readonly clusterRoles: string;
  readonly clusterRoleBindings: string;
  readonly roles: string;
  readonly roleBindings: string;
}

type Marks = Pick<NonNullable<KubeObjectInput['metadata']>, 'annotations' | 'labels'>;

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update'];
const VERBS: Readonly<Record<string, readonly string[]>> = {
  R: READ,
  W: WRITE,
  RW: [...READ, ...WRITE].toSorted(),
  U: [...READ, 'patch', 'update'].toSorted(),
};
const PLAIN_GROUPS = new Set(['*', 'apps', 'autoscaling', 'batch', 'extensions', 'policy']);
const EVENTS: PolicyRule = {
  apiGroups: ['', 'events.k8s.io'],
  resources: ['events'],
  verbs: ['create', 'patch', 'update'],
};
const RBAC = 'rbac.authorization.k8s.io';

/** What marks the objects that the API server itself makes. */
export const MARKS: Marks = {
  annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
};

export const lines = (text: string): string[] => text.split('\n');
const unabridged = (text: string): string => text.replace('~', 'system:controller:').replace('^', 'system:');
const groupOf = (text: string): string => (text === '-' ? '' : PLAIN_GROUPS.has(text) ? text : `${text}.k8s.io`);

function ruleOf(text: string): PolicyRule {
  if (text === 'E') return EVENTS;
  if (text.startsWith('/')) return { nonResourceURLs: text.split(','), verbs: ['get'] };
  const [verbs = '', groups = '', resources, names] = text.split(' ');
  const list = VERBS[verbs] ?? verbs.split(',');
  if (resources === undefined) return { nonResourceURLs: groups.split(','), verbs: list };
  return {
    apiGroups: groups.split(',').map(groupOf),
    ...(names === undefined ? {} : { resourceNames: names.split(',') }),
    resources: resources.split(','),
    verbs: list,
  };
}

const rulesOf = (text: string): PolicyRule[] => text.split(';').map(ruleOf);

/** The rules of one role of a table. */
export const rulesIn = (table: string, name: string): PolicyRule[] =>
  rulesOf(
    lines(table)
      .find((line) => line.startsWith(`${name}|`))!
      .slice(name.length + 1),
  );

function subjectOf(text: string): object {
  const name = unabridged(text.slice(2));
  if (text.startsWith('s:')) return { kind: 'ServiceAccount', name, namespace: 'kube-system' };
  return { apiGroup: RBAC, kind: text.startsWith('u:') ? 'User' : 'Group', name };
}

function creation(kind: string, namespace: string, name: string, marks: Marks, more: object): Creation {
  const apiVersion = `${RBAC}/v1`;
  const resource = `${kind.toLowerCase()}s`;
  const path = `/apis/${apiVersion}/${namespace === '' ? resource : `namespaces/${namespace}/${resource}`}`;
  return {
    path,
    body: { apiVersion, kind, metadata: { name, ...(namespace === '' ? {} : { namespace }), ...marks }, ...more },
  };
}

const aggregateTo = (level: string) => ({ [`${RBAC}/aggregate-to-${level}`]: 'true' });

/** A ClusterRole whose rules are those of all that carry its label; `into`: and which carries another's. */
export const aggregatedRole = (name: string, into?: string): Creation =>
  creation('ClusterRole', '', name, withLabels(into === undefined ? {} : aggregateTo(into)), {
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: aggregateTo(name) }] },
  });

const withLabels = (labels: Readonly<Record<string, string>>): Marks => ({
  ...MARKS,
  labels: { ...MARKS.labels, ...labels },
});

function role(line: string, namespaced: boolean, marks: Marks): Creation {
  const bar = line.indexOf('|');
  const place = line.slice(0, bar);
  const space = place.indexOf(' ');
  const name = unabridged(place.slice(space + 1));
  const level = /aggregate-to-(.*)/.exec(name)?.[1];
  return creation(
    namespaced ? 'Role' : 'ClusterRole',
    place.slice(0, Math.max(space, 0)),
    name,
    level === undefined ? marks : withLabels(aggregateTo(level)),
    { rules: rulesOf(line.slice(bar + 1)) },
  );
}

function binding(line: string, namespaced: boolean, marks: Marks): Creation {
  const words = line.split(' ');
  const namespace = namespaced ? words.shift()! : '';
  const [short = '', ref = '', ...subjects] = words;
  const name = unabridged(short);
  const kind = namespaced ? 'Role' : 'ClusterRole';
  return creation(`${kind}Binding`, namespace, name, marks, {
    roleRef: { apiGroup: RBAC, kind, name: ref === '=' ? name : unabridged(ref) },
    ...(subjects.length === 0 ? {} : { subjects: subjects.map(subjectOf) }),
  });
}

/** The objects of these tables. */
export const roleObjects = (marks: Marks, tables: RoleTables): Creation[] => [
  ...lines(tables.clusterRoles).map((line) => role(line, false, marks)),
  ...lines(tables.clusterRoleBindings).map((line) => binding(line, false, marks)),
  ...lines(tables.roles).map((line) => role(line, true, marks)),
  ...lines(tables.roleBindings).map((line) => binding(line, true, marks)),
];
