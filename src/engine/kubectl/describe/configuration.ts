/** Configuration, accounts and rights. @source kubernetes kubectl/pkg/describe/describe.go */
import { decodeBase64, utf8Bytes } from '#engine/api/base64';
import { byteOrder } from '#engine/api/json';
import type { ClusterRole, ConfigMap, RoleBinding, Secret, ServiceAccount } from '#engine/api/types';
import { ask } from '../call/context';
import type { Doing } from '../call/effects';
import { type Description, describeEvents, goList, NONE } from './description';

export function* describeConfigMap(d: Description, map: ConfigMap): Doing<void> {
  d.head(map);
  d.marks(map);
  d.write(0, '\nData\n====\n');
  for (const key of Object.keys(map.data ?? {}).sort(byteOrder)) d.write(0, `${key}:\n----\n${map.data![key]}\n\n`);
  d.write(0, '\nBinaryData\n====\n');
  for (const key of Object.keys(map.binaryData ?? {}).sort(byteOrder))
    d.write(0, `${key}: ${bytesOf(map.binaryData![key]!)} bytes\n`);
  d.write(0, '\n');
  yield* describeEvents(d, map);
}

const bytesOf = (encoded: string): number => {
  const text = decodeBase64(encoded);
  return text === undefined ? 0 : utf8Bytes(text).length;
};

export function describeSecret(d: Description, secret: Secret): void {
  d.head(secret);
  d.marks(secret);
  d.write(0, `\nType:  ${secret.type ?? ''}\n\nData\n====\n`);
  for (const key of Object.keys(secret.data ?? {}).sort(byteOrder)) {
    const value = secret.data![key]!;
    const shown = key === 'token' && secret.type === 'kubernetes.io/service-account-token';
    d.field(key, shown ? decodeBase64(value) : `${bytesOf(value)} bytes`);
  }
}

export function* describeServiceAccount(d: Description, account: ServiceAccount): Doing<void> {
  d.head(account);
  d.marks(account);
  const secrets = yield* ask(d.call, {
    method: 'GET',
    path: `/api/v1/namespaces/${account.metadata.namespace}/secrets`,
    query: { limit: '500' },
  });
  const there = secrets.ok ? (secrets.body as { readonly items: readonly Secret[] }).items : null;
  const names = (account.imagePullSecrets ?? []).map(({ name = '' }) =>
    there === null || there.some(({ metadata }) => metadata.name === name) ? name : `${name} (not found)`,
  );
  if (names.length === 0) d.field('Image pull secrets', NONE);
  names.forEach((name, index) => d.line(0, `${index === 0 ? 'Image pull secrets:' : ' '.repeat(19)}\t${name}`));
  yield* describeEvents(d, account);
}

type Rule = NonNullable<ClusterRole['rules']>[number];

/** Rules with one group and resource each, verbs of the same put together. @source kubectl/pkg/util/rbac/rbac.go (CompactRules) */
export function compactRules(rules: readonly Rule[]): readonly Rule[] {
  const simple = new Map<string, { readonly rule: Rule; readonly verbs: string[] }>();
  const rest: Rule[] = [];
  for (const rule of rules.flatMap(brokenDown)) {
    const { apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [], verbs } = rule;
    if (nonResourceURLs.length > 0 || resources.length !== 1 || apiGroups.length !== 1 || resourceNames.length > 1) {
      rest.push(rule);
      continue;
    }
    const key = JSON.stringify([apiGroups, resources, resourceNames]);
    const known = simple.get(key);
    if (known === undefined) simple.set(key, { rule, verbs: [...verbs] });
    else known.verbs.push(...verbs);
  }
  return [...[...simple.values()].map(({ rule, verbs }) => ({ ...rule, verbs })), ...rest];
}

function brokenDown({
  apiGroups = [],
  resources = [],
  resourceNames = [],
  nonResourceURLs = [],
  verbs,
}: Rule): readonly Rule[] {
  const broken: Rule[] = [];
  for (const group of apiGroups)
    for (const resource of resources)
      for (const verb of verbs) {
        const plain: Rule = { verbs: [verb], apiGroups: [group], resources: [resource] };
        if (resourceNames.length === 0) broken.push(plain);
        for (const name of resourceNames) broken.push({ ...plain, resourceNames: [name] });
      }
  for (const url of nonResourceURLs) for (const verb of verbs) broken.push({ verbs: [verb], nonResourceURLs: [url] });
  return broken;
}

/** The text by which rules are sorted: Go's own. */
const goRule = ({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: Rule): string =>
  `&PolicyRule{Verbs:${goList(verbs)},APIGroups:${goList(apiGroups)},Resources:${goList(resources)},ResourceNames:${goList(resourceNames)},NonResourceURLs:${goList(nonResourceURLs)},}`;

export const sortedRules = (rules: readonly Rule[]): readonly Rule[] =>
  rules.toSorted((a, b) => byteOrder(goRule(a), goRule(b)));

/** `deployments.apps/scale`. */
export function ruleResource({ resources = [], apiGroups = [] }: Rule): string {
  const [whole = ''] = resources;
  const [resource = '', ...sub] = whole.split('/');
  const [group = ''] = apiGroups;
  return `${resource}${group === '' ? '' : `.${group}`}${sub.length === 0 ? '' : `/${sub.join('/')}`}`;
}

export function describeRole(d: Description, role: ClusterRole): void {
  d.field('Name', role.metadata.name);
  d.marks(role);
  d.line(0, 'PolicyRule:');
  d.line(1, 'Resources\tNon-Resource URLs\tResource Names\tVerbs');
  d.line(1, '---------\t-----------------\t--------------\t-----');
  for (const rule of sortedRules(compactRules(role.rules ?? [])))
    d.line(
      1,
      `${ruleResource(rule)}\t${goList(rule.nonResourceURLs)}\t${goList(rule.resourceNames)}\t${goList(rule.verbs)}`,
    );
}

export function describeBinding(d: Description, binding: RoleBinding): void {
  d.field('Name', binding.metadata.name);
  d.marks(binding);
  d.line(0, 'Role:');
  d.field('Kind', binding.roleRef.kind, 1);
  d.field('Name', binding.roleRef.name, 1);
  d.line(0, 'Subjects:');
  d.line(1, 'Kind\tName\tNamespace');
  d.line(1, '----\t----\t---------');
  for (const { kind, name, namespace = '' } of binding.subjects ?? []) d.line(1, `${kind}\t${name}\t${namespace}`);
}
