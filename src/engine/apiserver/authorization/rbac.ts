/**
 * The RBAC authorizer: who is bound to which roles, read from the watch caches of the same server. What a user may do is
 * worked out once and remembered until a role or a binding changes.
 *
 * @source kubernetes plugin/pkg/auth/authorizer/rbac/rbac.go, pkg/registry/rbac/validation/rule.go
 */
import type { UserInfo } from '../authentication/user';
import type { ApiServerState } from '../state';
import { objectsUnder, type WatchCache } from '../watch-cache';
import type { Attributes } from './attributes';
import { type PolicyRule, nameMatches, ruleMatches } from './rules';

export interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

export interface RoleRef {
  readonly kind: string;
  readonly name: string;
}

interface Role {
  readonly rules?: readonly PolicyRule[];
}

interface Binding {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly subjects?: readonly Subject[];
  readonly roleRef: RoleRef;
}

/** A rule and how a user came by it. */
interface Granted {
  readonly rule: PolicyRule;
  readonly binding: Binding;
  readonly subject: Subject;
}

export interface Decision {
  readonly allowed: boolean;
  /** Which binding allows it; or what went wrong. */
  readonly reason: string;
}

/** What is known of a kind of request by one user in one namespace, whatever the object's name. */
interface Known extends Pick<Attributes, 'verb' | 'group' | 'subresource' | 'path'> {
  readonly decision: Decision;
  /** Rules that allow it for some names only. */
  readonly named: readonly Granted[];
}

interface UserGrants {
  readonly namespaces: Map<string, { readonly granted: readonly Granted[]; readonly errors: readonly string[] }>;
  /** By namespace, then by resource. */
  readonly known: Map<string, Map<string, Known[]>>;
}

interface View {
  readonly caches: readonly WatchCache[];
  readonly revisions: number[];
  readonly histories: (readonly unknown[])[];
  grants: WeakMap<UserInfo, UserGrants>;
}

const GROUP = 'rbac.authorization.k8s.io';
const RESOURCES = ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'].map((name) => `${name}.${GROUP}`);
/** Of one user. */
const KEPT_NAMESPACES = 1024;
/** Of one user, for one resource in one namespace. */
const KEPT_DECISIONS = 64;

const views = new WeakMap<ApiServerState, View>();

/** What is remembered of a server's policy, emptied when a role or a binding has changed. */
function viewOf(state: ApiServerState): View {
  let view = views.get(state);
  if (view === undefined) {
    const caches = RESOURCES.map((resource) => state.caches.get(resource)!);
    view = { caches, revisions: [-1, -1, -1, -1], histories: [[], [], [], []], grants: new WeakMap() };
    views.set(state, view);
  }
  for (let i = 0; i < 4; i++) {
    const cache = view.caches[i]!;
    if (view.revisions[i] === cache.revision && view.histories[i] === cache.events) continue;
    for (let j = 0; j < 4; j++) {
      view.revisions[j] = view.caches[j]!.revision;
      view.histories[j] = view.caches[j]!.events;
    }
    view.grants = new WeakMap();
    break;
  }
  return view;
}

function grantsOf(view: View, user: UserInfo): UserGrants {
  let grants = view.grants.get(user);
  if (grants === undefined) view.grants.set(user, (grants = { namespaces: new Map(), known: new Map() }));
  return grants;
}

function appliesTo(subject: Subject, user: UserInfo, namespace: string): boolean {
  switch (subject.kind) {
    case 'User':
      return subject.name === user.username;
    case 'Group':
      return user.groups.includes(subject.name);
    case 'ServiceAccount':
      return user.username === `system:serviceaccount:${subject.namespace ?? namespace}:${subject.name}`;
    default:
      return false;
  }
}

const prefixOfNamespace = (cache: WatchCache, namespace: string): string => `${cache.prefix}${namespace}/`;

/** Rules of a role that a binding in `namespace` (`''`: of the cluster) refers to; a text when there is no such role. */
function rulesOfRef({ caches }: View, { kind, name }: RoleRef, namespace: string): readonly PolicyRule[] | string {
  const cache = caches[kind === 'Role' ? 2 : 0]!;
  const key = kind === 'Role' ? prefixOfNamespace(cache, namespace) + name : cache.prefix + name;
  const role = cache.objects.get(key) as Role | undefined;
  if (role !== undefined) return role.rules ?? [];
  return `${kind.toLowerCase()}.${GROUP} "${name}" not found`;
}

/** All rules that a user has in a namespace (`''`: in the whole cluster), those of the cluster first. */
function grantedIn(view: View, grants: UserGrants, user: UserInfo, namespace: string) {
  const known = grants.namespaces.get(namespace);
  if (known !== undefined) return known;
  const before = namespace === '' ? undefined : grantedIn(view, grants, user, '');
  const granted: Granted[] = [...(before?.granted ?? [])];
  const errors: string[] = [...(before?.errors ?? [])];
  const cache = view.caches[namespace === '' ? 1 : 3]!;
  const prefix = namespace === '' ? cache.prefix : prefixOfNamespace(cache, namespace);
  for (const object of objectsUnder(cache, prefix)) {
    const binding = object as unknown as Binding;
    const subject = binding.subjects?.find((each) => appliesTo(each, user, namespace));
    if (subject === undefined) continue;
    const rules = rulesOfRef(view, binding.roleRef, namespace);
    if (typeof rules === 'string') errors.push(rules);
    else for (const rule of rules) granted.push({ rule, binding, subject });
  }
  const found = { granted, errors };
  grants.namespaces.set(namespace, found);
  return found;
}

const quoted = JSON.stringify;

function reasonOf({ binding, subject }: Granted): string {
  const { name, namespace } = binding.metadata;
  const { kind, name: role } = binding.roleRef;
  const binder = namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding';
  const bound = namespace === undefined ? name : `${name}/${namespace}`;
  const who =
    subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace ?? namespace ?? ''}` : subject.name;
  return `RBAC: allowed by ${binder} ${quoted(bound)} of ${kind} ${quoted(role)} to ${subject.kind} ${quoted(who)}`;
}

const allowedBy = (granted: Granted): Decision => ({ allowed: true, reason: reasonOf(granted) });

function decide(view: View, grants: UserGrants, of: Attributes): Known {
  const { granted, errors } = grantedIn(view, grants, of.user, of.namespace);
  const { verb, group, subresource, path } = of;
  const named: Granted[] = [];
  for (const each of granted) {
    if (!ruleMatches(each.rule, of)) continue;
    if (of.resource === '' || (each.rule.resourceNames ?? []).length === 0)
      return { verb, group, subresource, path, decision: allowedBy(each), named: [] };
    named.push(each);
  }
  const texts = [...new Set(errors)];
  const reason = texts.length === 0 ? '' : texts.length === 1 ? `RBAC: ${texts[0]}` : `RBAC: [${texts.join(', ')}]`;
  return { verb, group, subresource, path, decision: { allowed: false, reason }, named };
}

/** What is remembered of requests for a resource in a namespace. */
function knownOf({ known }: UserGrants, { namespace, resource }: Attributes): Known[] {
  let resources = known.get(namespace);
  if (resources === undefined) {
    if (known.size >= KEPT_NAMESPACES) known.clear();
    known.set(namespace, (resources = new Map()));
  }
  let list = resources.get(resource);
  if (list === undefined) {
    if (resources.size >= KEPT_NAMESPACES) resources.clear();
    resources.set(resource, (list = []));
  }
  return list;
}

/** Whether the roles allow a request. */
export function authorizeByRoles(state: ApiServerState, of: Attributes): Decision {
  const view = viewOf(state);
  const grants = grantsOf(view, of.user);
  const list = knownOf(grants, of);
  const { verb, subresource, group, path } = of;
  let known: Known | undefined;
  for (const each of list) {
    if (each.verb !== verb || each.subresource !== subresource || each.group !== group || each.path !== path) continue;
    known = each;
    break;
  }
  if (known === undefined) {
    if (list.length >= KEPT_DECISIONS) list.length = 0;
    list.push((known = decide(view, grants, of)));
  }
  for (const granted of known.named) if (nameMatches(granted.rule, of.name)) return allowedBy(granted);
  return known.decision;
}

/** The rules that a user has in a namespace, and which roles are missing. */
export function rulesFor(
  state: ApiServerState,
  user: UserInfo,
  namespace: string,
): { readonly rules: readonly PolicyRule[]; readonly errors: readonly string[] } {
  const view = viewOf(state);
  const { granted, errors } = grantedIn(view, grantsOf(view, user), user, namespace);
  return { rules: granted.map(({ rule }) => rule), errors };
}

/** The rules of a role that a binding refers to, or that there is none. */
export const rulesOfRole = (state: ApiServerState, ref: RoleRef, namespace: string): readonly PolicyRule[] | string =>
  rulesOfRef(viewOf(state), ref, namespace);
