/**
 * Limits of a namespace: quotas and limit ranges.
 *
 * @source kubernetes pkg/apis/core/validation/validation.go (ValidateResourceQuota, ValidateLimitRange), pkg/apis/core/helper/helpers.go, pkg/apis/core/v1/defaults.go (SetDefaults_LimitRangeItem)
 */
import { duplicate, forbidden, invalid, required, type FieldError } from '../field-error';
import { genericRules } from '../generic-rules';
import { deepEqual, sortedKeys } from '../json';
import type { KindRules } from '../kind-rules';
import { labelKeyErrors } from '../names';
import { canonicalQuantity, compareQuantities, isIntegerQuantity, milliValue, type Quantity } from '../quantity';
import { mapShared, withChanges } from '../structural-sharing';
import type { LimitRange, ResourceQuota } from '../types';
import { eachOf } from '../validation/field-rules';
import { invalidAll } from '../validation/object-meta';
import {
  isExtendedResource,
  isOvercommitAllowed,
  isStandardResource,
  validateContainerResourceName,
  validateResourceQuantity,
} from '../validation/resources';

type QuotaSpec = NonNullable<ResourceQuota['spec']>;
type Requirement = NonNullable<NonNullable<QuotaSpec['scopeSelector']>['matchExpressions']>[number];
type Item = NonNullable<LimitRange['spec']>['limits'][number];
type Amounts = Readonly<Record<string, Quantity>>;

/** Names without a domain that are known; those with one are left to `labelKeyErrors`. */
function resourceNameErrors(name: string, field: string): FieldError[] {
  const errors = invalidAll(field, name, labelKeyErrors(name));
  return errors.length > 0 || name.includes('/') || isStandardResource(name)
    ? errors
    : [invalid(field, name, 'must be a standard resource type or fully qualified')];
}

const COUNTED = new Set(
  'pods services replicationcontrollers resourcequotas secrets configmaps persistentvolumeclaims services.nodeports services.loadbalancers'.split(
    ' ',
  ),
);

function amountErrors(list: Amounts | undefined, path: string): FieldError[] {
  return sortedKeys(list ?? {}).flatMap((name) => {
    const field = `${path}[${name}]`;
    const quantity = list?.[name] ?? 0;
    const errors = resourceNameErrors(name, field);
    if (!name.includes('/') && (!isStandardResource(name) || name === 'storage'))
      errors.push(invalid(field, name, 'must be a standard resource for quota'));
    errors.push(...validateResourceQuantity(name, quantity, field));
    return COUNTED.has(name) && !isExtendedResource(name) && !isIntegerQuantity(quantity)
      ? [...errors, invalid(field, canonicalQuantity(quantity), 'must be an integer')]
      : errors;
  });
}

const EXISTS_ONLY = ['Terminating', 'NotTerminating', 'BestEffort', 'NotBestEffort', 'CrossNamespacePodAffinity'];
const SCOPES = [...EXISTS_ONLY, 'PriorityClass', 'VolumeAttributesClass'];
const POD_COMPUTE = ['cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory'];

function scopeFits(scope: string, resource: string): boolean {
  if (resource.includes('/') || !isStandardResource(resource) || !SCOPES.includes(scope)) return true;
  if (scope === 'BestEffort') return resource === 'pods';
  if (scope === 'VolumeAttributesClass') return ['persistentvolumeclaims', 'requests.storage'].includes(resource);
  return resource === 'pods' || POD_COMPUTE.includes(resource);
}

function requirementErrors(requirement: Requirement, selector: unknown, hard: readonly string[]): FieldError[] {
  const { scopeName: scope, operator, values = [] } = requirement;
  const field = 'spec.scopeSelector.matchExpressions';
  const errors: FieldError[] = SCOPES.includes(scope)
    ? []
    : [invalid(`${field}.scopeName`, scope, 'unsupported scope')];
  for (const name of hard)
    if (!scopeFits(scope, name)) errors.push(invalid(field, selector, 'unsupported scope applied to resource'));
  if (EXISTS_ONLY.includes(scope) && operator !== 'Exists') {
    const detail = `must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity`;
    errors.push(invalid(`${field}.operator`, operator, detail));
  }
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0)
      errors.push(
        required(`${field}.values`, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"),
      );
  } else if (operator !== 'Exists' && operator !== 'DoesNotExist')
    errors.push(invalid(`${field}.operator`, operator, 'not a valid selector operator'));
  else if (values.length > 0)
    errors.push(
      invalid(
        `${field}.values`,
        values,
        "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
      ),
    );
  return errors;
}

function quotaErrors(spec: QuotaSpec): FieldError[] {
  const { scopes = [], scopeSelector } = spec;
  const hard = sortedKeys(spec.hard ?? {});
  const refused = (detail: string): FieldError => invalid('spec.scopes', scopes, detail);
  const pairs = [
    ['BestEffort', 'NotBestEffort'],
    ['Terminating', 'NotTerminating'],
  ];
  return [
    ...amountErrors(spec.hard, 'spec.hard'),
    ...scopes.flatMap((scope) => [
      ...(SCOPES.includes(scope) ? [] : [refused('unsupported scope')]),
      ...hard.filter((name) => !scopeFits(scope, name)).map(() => refused('unsupported scope applied to resource')),
    ]),
    ...pairs
      .filter((pair) => pair.every((scope) => (scopes as readonly string[]).includes(scope)))
      .map(() => refused('conflicting scopes')),
    ...(scopeSelector?.matchExpressions ?? []).flatMap((item) => requirementErrors(item, scopeSelector, hard)),
  ];
}

export const resourceQuotaRules: KindRules<ResourceQuota> = genericRules<ResourceQuota>({
  status: {},
  validate: ({ spec }) => quotaErrors(spec ?? {}),
  validateUpdate({ spec: next = {} }, { spec: old = {} }) {
    const set = (scopes: QuotaSpec['scopes']): string[] => [...new Set(scopes)].sort();
    return deepEqual(set(next.scopes), set(old.scopes))
      ? []
      : [invalid('spec.scopes', next.scopes ?? null, 'field is immutable')];
  },
  validateStatusUpdate: ({ status }) => [
    ...amountErrors(status?.hard, 'status.hard'),
    ...amountErrors(status?.used, 'status.used'),
  ],
});

const SIDES = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;

function rangeErrors(item: Item, name: string, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const text = (quantity: Quantity): string => canonicalQuantity(quantity);
  const [max, min, limit, request, ratio] = SIDES.map((side) => item[side]?.[name]);
  const above = (
    side: string,
    shown: Quantity,
    a: Quantity | undefined,
    an: string,
    b: Quantity | undefined,
    bn: string,
  ) => {
    if (a === undefined || b === undefined || compareQuantities(a, b) <= 0) return;
    const detail = `${an} value ${text(a)} is greater than ${bn} value ${text(b)}`;
    errors.push(invalid(`${path}.${side}[${name}]`, text(shown), detail));
  };
  above('min', min ?? 0, min, 'min', max, 'max');
  above('defaultRequest', request ?? 0, min, 'min', request, 'default request');
  above('defaultRequest', request ?? 0, request, 'default request', max, 'max');
  above('defaultRequest', request ?? 0, request, 'default request', limit, 'default limit');
  above('default', min ?? 0, min, 'min', limit, 'default');
  above('default', max ?? 0, limit, 'default', max, 'max');
  if (ratio !== undefined) {
    const field = `${path}.maxLimitRequestRatio[${name}]`;
    if (compareQuantities(ratio, 1) < 0)
      errors.push(invalid(field, text(ratio), `ratio ${text(ratio)} is less than 1`));
    if (min !== undefined && max !== undefined && milliValue(min) > 0) {
      const widest = milliValue(max) / milliValue(min);
      if (milliValue(ratio) / 1000 > widest) {
        const detail = `ratio ${text(ratio)} is greater than max/min = ${widest.toFixed(6)}`;
        errors.push(invalid(field, text(ratio), detail));
      }
    }
  }
  if (!isOvercommitAllowed(name) && limit !== undefined && request !== undefined && compareQuantities(limit, request)) {
    const detail = `default value ${text(limit)} must equal to defaultRequest value ${text(request)} in ${item.type}`;
    errors.push(invalid(`${path}.defaultRequest[${name}]`, text(request), detail));
  }
  return errors;
}

function itemErrors(item: Item, path: string): FieldError[] {
  const type = item.type ?? '';
  const errors = invalidAll(`${path}.type`, type, labelKeyErrors(type));
  if (errors.length === 0 && !type.includes('/') && !['Container', 'PersistentVolumeClaim', 'Pod'].includes(type))
    errors.push(invalid(`${path}.type`, type, 'must be a standard limit type or fully qualified'));
  const names = new Set<string>();
  for (const side of SIDES) {
    const list = item[side] ?? {};
    if (type === 'Pod' && side.startsWith('default')) {
      if (Object.keys(list).length > 0)
        errors.push(forbidden(`${path}.${side}`, "may not be specified when `type` is 'Pod'"));
      continue;
    }
    for (const name of sortedKeys(list)) {
      const field = `${path}.${side}[${name}]`;
      names.add(name);
      errors.push(
        ...(type === 'Pod' || type === 'Container'
          ? validateContainerResourceName(name, field)
          : resourceNameErrors(name, field)),
      );
    }
  }
  if (type === 'PersistentVolumeClaim' && item.min?.['storage'] === undefined && item.max?.['storage'] === undefined)
    errors.push(
      required(`${path}.limits`, 'either minimum or maximum storage value is required, but neither was provided'),
    );
  return [...errors, ...[...names].sort().flatMap((name) => rangeErrors(item, name, path))];
}

function withItemDefaults(item: Item): Item {
  if (item.type !== 'Container') return item;
  const limits = { ...item.max, ...item.default };
  const requests = { ...item.min, ...limits, ...item.defaultRequest };
  return withChanges(item, {
    default: Object.keys(limits).length === 0 ? item.default : limits,
    defaultRequest: Object.keys(requests).length === 0 ? item.defaultRequest : requests,
  });
}

export const limitRangeRules: KindRules<LimitRange> = genericRules<LimitRange>({
  applyDefaults: (range) =>
    range.spec?.limits === undefined
      ? range
      : withChanges(range, {
          spec: withChanges(range.spec, { limits: mapShared(range.spec.limits, withItemDefaults) }),
        }),
  validate: ({ spec }) => {
    const limits = spec?.limits ?? [];
    return eachOf(limits, 'spec.limits', (item, path) => [
      ...(`spec.limits[${limits.findIndex(({ type }) => type === item.type)}]` === path
        ? []
        : [duplicate(`${path}.type`, item.type)]),
      ...itemErrors(item, path),
    ]);
  },
});
