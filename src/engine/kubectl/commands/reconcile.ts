/**
 * `kubectl auth reconcile`: roles and bindings get what they lack, and lose what they should not have only when told so.
 *
 * @source kubernetes kubectl/pkg/cmd/auth/reconcile.go, component-helpers/auth/rbac/{reconciliation,validation}
 */
import { deepEqual, type JsonObject } from '#engine/api/json';
import type { ClusterRole, KubeObject, RoleBinding } from '#engine/api/types';
import { ask, type Call, failed, refusal, want } from '../call/context';
import { pathOf, resourceOfKind } from '../call/discovery';
import type { Doing } from '../call/effects';
import { Failures } from '../call/errors';
import { type Given, givenObjects, hasFiles } from '../call/targets';
import { goList } from '../describe/description';
import type { Command } from './command';
import { dryRunOf, tell } from './writing';

type Rule = NonNullable<ClusterRole['rules']>[number];
type Subject = NonNullable<RoleBinding['subjects']>[number];
type Selector = NonNullable<NonNullable<ClusterRole['aggregationRule']>['clusterRoleSelectors']>[number];

const RBAC = 'rbac.authorization.k8s.io/v1';
const PROTECTED = 'rbac.authorization.kubernetes.io/autoupdate';
const KINDS = ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'];

export const reconcileCommand: Command = {
  *run(call) {
    if (!hasFiles(call)) throw failed('must specify one of -f and -k');
    if (call.flags.args.length > 0) throw failed('no arguments are allowed');
    if (dryRunOf(call) === 'server') throw failed('--dry-run=server for command reconcile is not supported yet');
    const failures = new Failures();
    for (const given of yield* givenObjects(call, failures)) {
      const { apiVersion, kind } = given.object;
      if (!KINDS.includes(kind) || !apiVersion.startsWith('rbac.authorization.k8s.io/')) continue;
      if (apiVersion !== RBAC)
        throw failed(
          `only rbac.authorization.k8s.io/v1 is supported: not *${apiVersion.slice(RBAC.length - 2)}.${kind}`,
        );
      yield* reconcile(call, given);
    }
    failures.tell();
    return 0;
  },
};

/** What has to be done, and what the object is then. */
interface Outcome {
  readonly operation: 'none' | 'create' | 'update' | 'recreate';
  readonly object: JsonObject;
  readonly isProtected: boolean;
  readonly missing: readonly string[];
  readonly extra: readonly string[];
}

function* reconcile(call: Call, given: Given): Doing<void> {
  const { resource, namespace, name, object } = given;
  const path = pathOf(resource, namespace, name);
  const isRole = resource.kind.endsWith('Role');
  const reply = yield* ask(call, { method: 'GET', path });
  if (!reply.ok && reply.code !== 404) throw refusal(reply);
  const live = reply.ok ? (reply.body as KubeObject) : null;
  const outcome = isRole ? roleOutcome(call, live, object) : bindingOutcome(call, live, object);
  const written =
    outcome.isProtected || dryRunOf(call) !== 'none' ? outcome.object : yield* carryOut(call, given, outcome);
  yield* tell(call, resource, written, 'reconciled');
  const { err } = call.kubectl;
  if (outcome.operation === 'none') return;
  const caveat = outcome.isProtected ? `, but object opted out (${PROTECTED}: false)` : '';
  err(`\treconciliation required ${outcome.operation}${caveat}\n`);
  const what = isRole ? 'rules' : 'subjects';
  const list = (title: string, all: readonly string[]): void => {
    if (all.length > 0) err(`\t${title}:\n${all.map((one) => `\t\t${one}\n`).join('')}`);
  };
  list(`missing ${what} added`, outcome.missing);
  if (call.flags.on(isRole ? 'remove-extra-permissions' : 'remove-extra-subjects'))
    list(`extra ${what} removed`, outcome.extra);
}

function* carryOut(call: Call, given: Given, { operation, object }: Outcome): Doing<JsonObject> {
  const { resource, namespace, name } = given;
  const path = pathOf(resource, namespace, name);
  if (operation === 'none') return object;
  if (operation === 'update') return yield* want<JsonObject>(call, { method: 'PUT', path, body: object });
  if (operation === 'recreate') yield* ask(call, { method: 'DELETE', path });
  if (namespace !== '') yield* ensureNamespace(call, namespace);
  return yield* want<JsonObject>(call, { method: 'POST', path: pathOf(resource, namespace), body: object });
}

function* ensureNamespace(call: Call, name: string): Doing<void> {
  const resource = (yield* resourceOfKind(call, 'v1', 'Namespace'))!;
  const reply = yield* ask(call, { method: 'GET', path: pathOf(resource, '', name) });
  if (reply.code !== 404) return;
  yield* ask(call, {
    method: 'POST',
    path: pathOf(resource, ''),
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
  });
}

/** The live object with the annotations and labels of the manifest where it has none of its own. */
function marked(live: KubeObject, expected: KubeObject): { readonly object: KubeObject; readonly changed: boolean } {
  const merged = (field: 'annotations' | 'labels'): Readonly<Record<string, string>> => ({
    ...expected.metadata[field],
    ...live.metadata[field],
  });
  const metadata = {
    ...live.metadata,
    ...(Object.keys(merged('annotations')).length === 0 ? {} : { annotations: merged('annotations') }),
    ...(Object.keys(merged('labels')).length === 0 ? {} : { labels: merged('labels') }),
  };
  const changed =
    !deepEqual(metadata.annotations ?? {}, live.metadata.annotations ?? {}) ||
    !deepEqual(metadata.labels ?? {}, live.metadata.labels ?? {});
  return { object: { ...live, metadata }, changed };
}

const optedOut = (live: KubeObject): boolean => live.metadata.annotations?.[PROTECTED] === 'false';

function roleOutcome(call: Call, live: KubeObject | null, given: JsonObject & KubeObject): Outcome {
  const expected = given as unknown as ClusterRole;
  const wanted = expected.rules ?? [];
  if (live === null)
    return { operation: 'create', object: given, isProtected: false, missing: wanted.map(ruleText), extra: [] };
  const removing = call.flags.on('remove-extra-permissions');
  const existing = live as ClusterRole;
  const { object, changed } = marked(live, given);
  const known = existing.rules ?? [];
  const missing = notCovered(known, wanted);
  const aggregated = expected.aggregationRule !== undefined && existing.aggregationRule !== undefined;
  const extra = aggregated ? [] : notCovered(wanted, known);
  const selectorsOf = ({ aggregationRule }: ClusterRole): readonly Selector[] =>
    aggregationRule?.clusterRoleSelectors ?? [];
  const without = (all: readonly Selector[], others: readonly Selector[]): Selector[] =>
    all.filter((one) => !others.some((other) => deepEqual(one, other)));
  const newSelectors = without(selectorsOf(expected), selectorsOf(existing));
  const oldSelectors = without(selectorsOf(existing), selectorsOf(expected));
  const rulesChange = missing.length > 0 || (removing && extra.length > 0);
  const gone = expected.aggregationRule === undefined && existing.aggregationRule !== undefined;
  const selectorsChange = newSelectors.length > 0 || (removing && oldSelectors.length > 0);
  const { aggregationRule: before, ...plain } = object as ClusterRole;
  const clusterRoleSelectors = removing ? selectorsOf(expected) : [...selectorsOf(existing), ...newSelectors];
  const aggregationRule = gone ? undefined : selectorsChange ? { clusterRoleSelectors } : before;
  const rules = !rulesChange ? existing.rules : removing ? wanted : [...known, ...missing];
  const whole = {
    ...plain,
    ...(rules === undefined ? {} : { rules }),
    ...(aggregationRule === undefined ? {} : { aggregationRule }),
  };
  return {
    operation: changed || rulesChange || gone || selectorsChange ? 'update' : 'none',
    object: whole as unknown as JsonObject,
    isProtected: optedOut(live),
    missing: missing.map(ruleText),
    extra: extra.map(ruleText),
  };
}

function bindingOutcome(call: Call, live: KubeObject | null, given: JsonObject & KubeObject): Outcome {
  const expected = given as unknown as RoleBinding;
  const wanted = (expected.subjects ?? []).map(defaulted);
  if (live === null)
    return { operation: 'create', object: given, isProtected: false, missing: wanted.map(subjectText), extra: [] };
  const existing = live as RoleBinding;
  const isProtected = optedOut(live);
  const roleText = ({ roleRef }: RoleBinding): string => `${roleRef.kind}/${roleRef.name}`;
  if (roleText(expected) !== roleText(existing))
    return { operation: 'recreate', object: given, isProtected, missing: [], extra: [] };
  const { object, changed } = marked(live, given);
  const known = existing.subjects ?? [];
  const without = (all: readonly Subject[], others: readonly Subject[]): Subject[] =>
    all.filter((one) => !others.some((other) => subjectText(one) === subjectText(other)));
  const [missing, extra] = [without(wanted, known), without(known, wanted)];
  const removing = call.flags.on('remove-extra-subjects');
  const change = missing.length > 0 || (removing && extra.length > 0);
  const subjects = removing ? wanted : [...known, ...missing];
  return {
    operation: changed || change ? 'update' : 'none',
    object: (change ? { ...object, subjects } : object) as unknown as JsonObject,
    isProtected,
    missing: missing.map(subjectText),
    extra: extra.map(subjectText),
  };
}

/** @source kubernetes pkg/apis/rbac/v1/defaults.go */
const defaulted = (subject: Subject): Subject =>
  subject.apiGroup !== undefined || subject.kind === 'ServiceAccount'
    ? subject
    : { ...subject, apiGroup: 'rbac.authorization.k8s.io' };

const subjectText = ({ kind, apiGroup = '', name, namespace = '' }: Subject): string =>
  `{Kind:${kind} APIGroup:${apiGroup} Name:${name} Namespace:${namespace}}`;

const ruleText = ({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: Rule): string =>
  `{Verbs:${goList(verbs)} APIGroups:${goList(apiGroups)} Resources:${goList(resources)} ResourceNames:${goList(resourceNames)} NonResourceURLs:${goList(nonResourceURLs)}}`;

/** Of the rules those parts, each of one verb and one resource, that the owner's rules do not allow. */
function notCovered(owner: readonly Rule[], rules: readonly Rule[]): Rule[] {
  const parts = rules.flatMap(partsOf);
  const seen = new Set<string>();
  return parts.filter((part) => {
    const text = ruleText(part);
    if (seen.has(text) || owner.some((rule) => allows(rule, part))) return false;
    seen.add(text);
    return true;
  });
}

function partsOf({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: Rule): Rule[] {
  const one = apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      verbs.flatMap((verb): Rule[] => {
        const rule = { apiGroups: [group], resources: [resource], verbs: [verb] };
        return resourceNames.length === 0 ? [rule] : resourceNames.map((name) => ({ ...rule, resourceNames: [name] }));
      }),
    ),
  );
  return [
    ...one,
    ...nonResourceURLs.flatMap((url) => verbs.map((verb): Rule => ({ nonResourceURLs: [url], verbs: [verb] }))),
  ];
}

const has = (all: readonly string[] | undefined, one: string): boolean =>
  all !== undefined && (all.includes('*') || all.includes(one));

/** @source component-helpers/auth/rbac/validation/policy_comparator.go (ruleCovers) */
function allows(
  rule: Rule,
  { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: Rule,
): boolean {
  const [verb = ''] = verbs;
  if (!has(rule.verbs, verb)) return false;
  const [url] = nonResourceURLs;
  if (url !== undefined)
    return (rule.nonResourceURLs ?? []).some(
      (known) => known === '*' || known === url || (known.endsWith('*') && url.startsWith(known.slice(0, -1))),
    );
  const [group = ''] = apiGroups;
  const [resource = ''] = resources;
  const slash = resource.indexOf('/');
  const covers =
    has(rule.resources, resource) || (slash >= 0 && (rule.resources ?? []).includes(`*${resource.slice(slash)}`));
  if (!has(rule.apiGroups, group) || !covers) return false;
  const names = rule.resourceNames ?? [];
  const [name] = resourceNames;
  return names.length === 0 || (name !== undefined && names.includes(name));
}
