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
interface Known {
  readonly decision: Decision;
  /** Rules that allow it for some names only. */
  readonly named: readonly Granted[];
}

interface UserGrants {
  readonly namespaces: Map<string, { readonly granted: readonly Granted[]; readonly errors: readonly string[] }>;
  readonly known: Map<string, Known>;
}

interface View {
  readonly caches: readonly WatchCache[];
  readonly revisions: number[];
  readonly histories: (readonly unknown[])[];
  grants: WeakMap<UserInfo, UserGrants>;
}

const GROUP = 'rbac.authorization.k8s.io';
const RESOURCES = ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'].map((name) => `${name}.${GROUP}`);
const KEPT_DECISIONS = 4096;

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
  const named: Granted[] = [];
  for (const each of granted) {
    if (!ruleMatches(each.rule, of)) continue;
    if (of.resource === '' || (each.rule.resourceNames ?? []).length === 0)
      return { decision: allowedBy(each), named: [] };
    named.push(each);
  }
  const texts = [...new Set(errors)];
  const reason = texts.length === 0 ? '' : texts.length === 1 ? `RBAC: ${texts[0]}` : `RBAC: [${texts.join(', ')}]`;
  return { decision: { allowed: false, reason }, named };
}

/** Whether the roles allow a request. */
export function authorizeByRoles(state: ApiServerState, of: Attributes): Decision {
  const view = viewOf(state);
  const grants = grantsOf(view, of.user);
  const key = `${of.verb} ${of.resource} ${of.group} ${of.subresource} ${of.namespace} ${of.path}`;
  let known = grants.known.get(key);
  if (known === undefined) {
    if (grants.known.size >= KEPT_DECISIONS) grants.known.clear();
    grants.known.set(key, (known = decide(view, grants, of)));
  }
  if (known.named.length > 0) {
    const granted = known.named.find(({ rule }) => nameMatches(rule, of.name));
    if (granted !== undefined) return allowedBy(granted);
  }
  return known.decision;
}
