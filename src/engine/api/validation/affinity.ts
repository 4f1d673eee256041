/** Rules of what narrows the scheduler's choice: affinity, spread constraints, gates. @source kubernetes pkg/apis/core/validation/validation.go */
import { duplicate, forbidden, invalid, notSupported, required, type FieldError } from '../field-error';
import { dnsSubdomainErrors, labelKeyErrors, labelValueErrors } from '../names';
import type { PodSpec } from '../types';
import { validateLabelSelector } from './label-selector';
import { invalidAll } from './object-meta';

type Affinity = NonNullable<PodSpec['affinity']>;
type NodeAffinity = NonNullable<Affinity['nodeAffinity']>;
export type NodeSelectorTerm = NonNullable<
  NodeAffinity['requiredDuringSchedulingIgnoredDuringExecution']
>['nodeSelectorTerms'][number];
type NodeRequirement = NonNullable<NodeSelectorTerm['matchExpressions']>[number];
type PodAffinity = NonNullable<Affinity['podAffinity']>;
type PodAffinityTerm = NonNullable<PodAffinity['requiredDuringSchedulingIgnoredDuringExecution']>[number];
type SpreadConstraint = NonNullable<PodSpec['topologySpreadConstraints']>[number];

function validateNodeRequirement(requirement: NodeRequirement, path: string): FieldError[] {
  const { key, operator } = requirement;
  const values = requirement.values ?? [];
  const errors: FieldError[] = [];
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0)
        errors.push(required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) {
        errors.push(forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
      }
      break;
    case 'Gt':
    case 'Lt':
      if (values.length !== 1) {
        errors.push(required(`${path}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
      }
      break;
    default:
      errors.push(invalid(`${path}.operator`, operator ?? '', 'not a valid selector operator'));
  }
  errors.push(...invalidAll(`${path}.key`, key, labelKeyErrors(key)));
  for (const [at, value] of values.entries()) {
    errors.push(...invalidAll(`${path}.values[${at}]`, value, labelValueErrors(value)));
  }
  return errors;
}

function validateNodeField(requirement: NodeRequirement, path: string): FieldError[] {
  const { key, operator } = requirement;
  const values = requirement.values ?? [];
  const errors: FieldError[] = [];
  if (operator !== 'In' && operator !== 'NotIn') {
    errors.push(invalid(`${path}.operator`, operator ?? '', 'not a valid selector operator'));
  } else if (values.length !== 1) {
    errors.push(
      required(`${path}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"),
    );
  }
  if (key !== 'metadata.name') return [...errors, invalid(`${path}.key`, key, 'not a valid field selector key')];
  return [
    ...errors,
    ...values.flatMap((value, at) => invalidAll(`${path}.values[${at}]`, value, dnsSubdomainErrors(value))),
  ];
}

/** A term that a preference leaves out is an empty one. */
const validateNodeTerm = (term: NodeSelectorTerm = {}, path: string): FieldError[] => [
  ...(term.matchExpressions ?? []).flatMap((item, at) =>
    validateNodeRequirement(item, `${path}.matchExpressions[${at}]`),
  ),
  ...(term.matchFields ?? []).flatMap((item, at) => validateNodeField(item, `${path}.matchFields[${at}]`)),
];

/** The terms of a NodeSelector, of which one must hold. */
export const validateNodeSelectorTerms = (
  terms: readonly NodeSelectorTerm[] | undefined,
  field: string,
): FieldError[] =>
  terms === undefined || terms.length === 0
    ? [required(field, 'must have at least one node selector term')]
    : terms.flatMap((term, at) => validateNodeTerm(term, `${field}[${at}]`));

const validateWeight = (weight = 0, field: string): FieldError[] =>
  weight >= 1 && weight <= 100 ? [] : [invalid(field, weight, 'must be in the range 1-100')];

function validateNodeAffinity(affinity: NodeAffinity, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const needed = affinity.requiredDuringSchedulingIgnoredDuringExecution;
  if (needed !== undefined) {
    const field = `${path}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`;
    errors.push(...validateNodeSelectorTerms(needed.nodeSelectorTerms, field));
  }
  for (const [at, term] of (affinity.preferredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
    const field = `${path}.preferredDuringSchedulingIgnoredDuringExecution[${at}]`;
    errors.push(
      ...validateWeight(term.weight, `${field}.weight`),
      ...validateNodeTerm(term.preference, `${field}.preference`),
    );
  }
  return errors;
}

function validateTopologyKey(key: string | undefined, field: string): FieldError[] {
  const errors = key ? [] : [required(field, 'can not be empty')];
  return [...errors, ...invalidAll(field, key ?? '', labelKeyErrors(key ?? ''))];
}

const NO_TERM = {} as PodAffinityTerm;

const validatePodTerm = (term: PodAffinityTerm = NO_TERM, path: string): FieldError[] => [
  ...validateLabelSelector(term.labelSelector, `${path}.labelSelector`),
  ...validateLabelSelector(term.namespaceSelector, `${path}.namespaceSelector`),
  ...validateTopologyKey(term.topologyKey, `${path}.topologyKey`),
];

const validatePodAffinity = (affinity: PodAffinity, path: string): FieldError[] => [
  ...(affinity.requiredDuringSchedulingIgnoredDuringExecution ?? []).flatMap((term, at) =>
    validatePodTerm(term, `${path}.requiredDuringSchedulingIgnoredDuringExecution[${at}]`),
  ),
  ...(affinity.preferredDuringSchedulingIgnoredDuringExecution ?? []).flatMap((term, at) => {
    const field = `${path}.preferredDuringSchedulingIgnoredDuringExecution[${at}]`;
    return [
      ...validateWeight(term.weight, `${field}.weight`),
      ...validatePodTerm(term.podAffinityTerm, `${field}.podAffinityTerm`),
    ];
  }),
];

export function validateAffinity(affinity: Affinity, path: string): FieldError[] {
  return [
    ...(affinity.nodeAffinity ? validateNodeAffinity(affinity.nodeAffinity, `${path}.nodeAffinity`) : []),
    ...(affinity.podAffinity ? validatePodAffinity(affinity.podAffinity, `${path}.podAffinity`) : []),
    ...(affinity.podAntiAffinity ? validatePodAffinity(affinity.podAntiAffinity, `${path}.podAntiAffinity`) : []),
  ];
}

const UNSATISFIABLE = ['DoNotSchedule', 'ScheduleAnyway'] as const;
const INCLUSION = ['Honor', 'Ignore'] as const;

export function validateSpreadConstraints(all: readonly SpreadConstraint[], path: string): FieldError[] {
  return all.flatMap((constraint, index) => {
    const field = `${path}[${index}]`;
    const { maxSkew, topologyKey, whenUnsatisfiable, minDomains } = constraint;
    const errors: FieldError[] = [];
    if (!(maxSkew > 0)) errors.push(invalid(`${field}.maxSkew`, maxSkew ?? 0, 'must be greater than zero'));
    if (!topologyKey) errors.push(required(`${field}.topologyKey`, 'can not be empty'));
    if (!(UNSATISFIABLE as readonly string[]).includes(whenUnsatisfiable)) {
      errors.push(notSupported(`${field}.whenUnsatisfiable`, whenUnsatisfiable ?? '', UNSATISFIABLE));
    }
    const repeated = all
      .slice(index + 1)
      .some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable);
    if (repeated) {
      errors.push(duplicate(`${field}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`));
    }
    if (minDomains !== undefined) {
      if (minDomains <= 0) errors.push(invalid(`${field}.minDomains`, minDomains, 'must be greater than zero'));
      if (whenUnsatisfiable !== 'DoNotSchedule') {
        const detail = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
        errors.push(invalid(`${field}.minDomains`, minDomains, detail));
      }
    }
    for (const name of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
      const policy = constraint[name];
      if (policy !== undefined && !(INCLUSION as readonly string[]).includes(policy)) {
        errors.push(notSupported(`${field}.${name}`, policy, INCLUSION));
      }
    }
    if ((constraint.matchLabelKeys ?? []).length > 0 && constraint.labelSelector === undefined) {
      errors.push(forbidden(`${field}.matchLabelKeys`, 'must not be specified when labelSelector is not set'));
    }
    return [...errors, ...validateLabelSelector(constraint.labelSelector, `${field}.labelSelector`)];
  });
}

export function validateSchedulingGates(gates: NonNullable<PodSpec['schedulingGates']>, path: string): FieldError[] {
  const seen = new Set<string>();
  return gates.flatMap(({ name }, index) => {
    const errors = invalidAll(`${path}[${index}]`, name, labelKeyErrors(name));
    if (seen.has(name)) errors.push(duplicate(`${path}[${index}]`, name));
    seen.add(name);
    return errors;
  });
}
