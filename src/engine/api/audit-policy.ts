/**
 * Audit policies, and what keeps a document from being one: an API server that is given such a file does not start.
 *
 * @source kubernetes staging/src/k8s.io/apiserver/pkg/apis/audit/{v1/types,validation/validation}.go, pkg/audit/policy/reader.go
 * @simplified a value of the wrong type is told of in our own words
 */
import { errorText, type FieldError, invalid, notSupported, required } from './field-error';
import { isJsonObject } from './json';
import { dnsSubdomainErrors } from './names';

export type Level = 'None' | 'Metadata' | 'Request' | 'RequestResponse';
export type Stage = 'RequestReceived' | 'ResponseStarted' | 'ResponseComplete';

interface GroupResources {
  /** Absent: the core group. */
  readonly group?: string;
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}

export interface PolicyRule {
  readonly level: Level;
  readonly users?: readonly string[];
  readonly userGroups?: readonly string[];
  readonly verbs?: readonly string[];
  readonly resources?: readonly GroupResources[];
  readonly namespaces?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly omitStages?: readonly Stage[];
  readonly omitManagedFields?: boolean;
}

/** `audit.k8s.io/v1`, kind `Policy`. */
export interface AuditPolicy {
  readonly rules?: readonly PolicyRule[];
  readonly omitStages?: readonly Stage[];
  readonly omitManagedFields?: boolean;
}

type Shape = 'a string' | 'true or false' | readonly [Shape] | { readonly [field: string]: Shape };

const TEXTS: Shape = ['a string'];
const COMMON: { readonly [field: string]: Shape } = { omitStages: TEXTS, omitManagedFields: 'true or false' };
const POLICY: Shape = {
  apiVersion: 'a string',
  kind: 'a string',
  metadata: { name: 'a string', creationTimestamp: 'a string' },
  ...COMMON,
  rules: [
    {
      level: 'a string',
      users: TEXTS,
      userGroups: TEXTS,
      verbs: TEXTS,
      namespaces: TEXTS,
      nonResourceURLs: TEXTS,
      resources: [{ group: 'a string', resources: TEXTS, resourceNames: TEXTS }],
      ...COMMON,
    },
  ],
};

/** Where a value is not as the type has it. Null counts as absent. */
function misfits(value: unknown, shape: Shape, at: string): readonly string[] {
  if (value === null) return [];
  if (typeof shape === 'string') {
    return (shape === 'a string' ? typeof value === 'string' : typeof value === 'boolean')
      ? []
      : [`${at}: must be ${shape}`];
  }
  if (Array.isArray(shape)) {
    const [of] = shape as readonly [Shape];
    if (!Array.isArray(value)) return [`${at}: must be a list`];
    return value.flatMap((item, index) => misfits(item, of, `${at}[${index}]`));
  }
  const known = shape as { readonly [field: string]: Shape };
  if (!isJsonObject(value)) return [`${at === '' ? 'it' : `${at}:`} must be a map`];
  return Object.entries(value).flatMap(([field, child]) => {
    const path = at === '' ? field : `${at}.${field}`;
    return Object.hasOwn(known, field)
      ? misfits(child, known[field]!, path)
      : [`strict decoding error: unknown field ${JSON.stringify(path)}`];
  });
}

const LEVELS = ['None', 'Metadata', 'Request', 'RequestResponse'] as const;
const STAGES: readonly string[] = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'];

/** All that is wrong with what is meant to be an audit policy, in words. */
export function auditPolicyErrors(value: unknown): readonly string[] {
  const wrong = misfits(value ?? [], POLICY, '');
  if (wrong.length > 0) return wrong;
  const { apiVersion, kind, rules } = value as AuditPolicy & { readonly apiVersion?: string; readonly kind?: string };
  if (apiVersion !== 'audit.k8s.io/v1' || kind !== 'Policy') {
    return [`unknown group version field ${apiVersion ?? ''}, Kind=${kind ?? ''} in policy`];
  }
  const errors = (rules ?? []).flatMap((rule, index) => ruleErrors(rule, `rules[${index}]`));
  if (errors.length > 0) return errors.map(errorText);
  return (rules ?? []).length === 0 ? ['loaded illegal policy with 0 rules'] : [];
}

function ruleErrors(rule: PolicyRule, at: string): readonly FieldError[] {
  const { nonResourceURLs, resources, namespaces } = rule;
  const urls = nonResourceURLs ?? [];
  const level: string = rule.level ?? '';
  const mixed = urls.length > 0 && (resources ?? []).length + (namespaces ?? []).length > 0;
  return [
    ...(level === ''
      ? [required(`${at}.level`)]
      : LEVELS.some((known) => known === level)
        ? []
        : [notSupported(`${at}.level`, level, LEVELS)]),
    ...urls.flatMap((url, index) => urlErrors(url, `${at}.nonResourceURLs[${index}]`)),
    ...(resources ?? []).flatMap(({ group, resources: names, resourceNames }) => [
      ...groupErrors(group ?? '', `${at}.resources.group`),
      ...((resourceNames ?? []).length > 0 && (names ?? []).length === 0
        ? [
            invalid(
              `${at}.resources.resourceNames`,
              resourceNames,
              'using resourceNames requires at least one resource',
            ),
          ]
        : []),
    ]),
    ...(rule.omitStages ?? []).flatMap((stage, index) =>
      STAGES.includes(stage)
        ? []
        : [invalid(`${at}.omitStages[${index}]`, stage, `allowed stages are ${STAGES.join(',')}`)],
    ),
    ...(mixed
      ? [invalid(`${at}.nonResourceURLs`, urls, 'rules cannot apply to both regular resources and non-resource URLs')]
      : []),
  ];
}

function groupErrors(group: string, at: string): readonly FieldError[] {
  const texts = group === '' ? [] : dnsSubdomainErrors(group);
  return texts.length === 0 ? [] : [invalid(at, group, texts.join(','))];
}

function urlErrors(url: string, at: string): readonly FieldError[] {
  if (url === '*') return [];
  return [
    ...(url.startsWith('/') ? [] : [invalid(at, url, "non-resource URL rules must begin with a '/' character")]),
    ...(url.slice(0, -1).includes('*')
      ? [invalid(at, url, "non-resource URL wildcards '*' must be the final character of the rule")]
      : []),
  ];
}
