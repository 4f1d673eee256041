/** What may change in the spec of an existing pod. @source kubernetes pkg/apis/core/validation/validation.go (ValidatePodUpdate) */
import { forbidden, goInternal, type GoShape, invalid, type FieldError } from '../field-error';
import { goDiff, goPodSpec } from '../go-types';
import { deepEqual, semanticEqual } from '../json';
import { without } from '../structural-sharing';
import type { Container, PodSpec, Toleration } from '../types';
import type { NodeSelectorTerm } from './affinity';

const MUTABLE_FIELDS =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';
const MAX_INT32 = 2_147_483_647;

export function validatePodSpecUpdate(next: PodSpec, old: PodSpec): FieldError[] {
  for (const name of ['containers', 'initContainers'] as const) {
    if ((next[name] ?? []).length !== (old[name] ?? []).length) {
      return [forbidden(`spec.${name}`, 'pod updates may not add or remove containers')];
    }
  }
  const errors = [
    ...validateDeadline(next, old),
    ...validateTolerationsUpdate(next, old),
    ...validateGates(next, old),
    ...(isGated(old) ? validateGated(next, old) : []),
  ];
  const wanted = masked(next, old);
  if (!semanticEqual(wanted, masked(old, old))) {
    const { activeDeadlineSeconds, tolerations, schedulingGates } = old;
    const kept = { activeDeadlineSeconds, tolerations, schedulingGates };
    const diff = goDiff(goPodSpec(old), goPodSpec({ ...wanted, ...kept }));
    errors.push(forbidden('spec', `${MUTABLE_FIELDS}\n${diff}`));
  }
  return errors;
}

function validateDeadline(next: PodSpec, old: PodSpec): FieldError[] {
  const field = 'spec.activeDeadlineSeconds';
  const after = next.activeDeadlineSeconds;
  const before = old.activeDeadlineSeconds;
  if (after !== undefined) {
    if (after < 0 || after > MAX_INT32) return [invalid(field, after, `must be between 0 and ${MAX_INT32}, inclusive`)];
    if (before !== undefined && before < after) {
      return [invalid(field, after, 'must be less than or equal to previous value')];
    }
    return [];
  }
  return before === undefined ? [] : [invalid(field, null, 'must not update from a positive integer to nil value')];
}

const withoutSeconds = (toleration: Toleration): Toleration => {
  const { tolerationSeconds: _seconds, ...rest } = toleration;
  return rest;
};

function validateTolerationsUpdate(next: PodSpec, old: PodSpec): FieldError[] {
  if (next.tolerations === old.tolerations) return [];
  const after = (next.tolerations ?? []).map(withoutSeconds);
  const kept = (old.tolerations ?? []).every((before) => after.some((item) => deepEqual(item, withoutSeconds(before))));
  return kept
    ? []
    : [forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')];
}

function validateGates(next: PodSpec, old: PodSpec): FieldError[] {
  const before = new Set((old.schedulingGates ?? []).map(({ name }) => name));
  return (next.schedulingGates ?? []).flatMap(({ name }, index) =>
    before.has(name)
      ? []
      : [
          forbidden(
            `spec.schedulingGates[${index}].name`,
            `only deletion is allowed, but found new scheduling gate '${name}'`,
          ),
        ],
  );
}

/** A spec with everything that may change put back to what it was. */
function masked(spec: PodSpec, old: PodSpec): PodSpec {
  const oldGrace = old.terminationGracePeriodSeconds ?? 0;
  const graceMayBecomeOne = oldGrace < 0 && spec.terminationGracePeriodSeconds === 1;
  const { activeDeadlineSeconds: _deadline, tolerations: _tolerations, schedulingGates: _gates, ...given } = spec;
  const rest = isGated(old) ? without(given, 'nodeSelector', 'affinity') : given;
  return {
    ...rest,
    containers: maskedImages(spec.containers, old.containers),
    ...(spec.initContainers === undefined
      ? {}
      : { initContainers: maskedImages(spec.initContainers, old.initContainers ?? []) }),
    ...(graceMayBecomeOne ? { terminationGracePeriodSeconds: oldGrace } : {}),
    ...(isGated(old) ? maskedGated(spec, old) : {}),
  };
}

const isGated = (old: PodSpec): boolean => (old.schedulingGates ?? []).length > 0;

const REQUIREMENT: GoShape = { Key: '', Operator: '', Values: null };
const TERM: GoShape = { MatchExpressions: REQUIREMENT, MatchFields: REQUIREMENT };
const TERMS = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';

const termsOf = (spec: PodSpec): readonly NodeSelectorTerm[] =>
  spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];

const printedTerm = (term: NodeSelectorTerm): unknown => goInternal(term, TERM);

/** Whether a term has what it had, in the same places, and perhaps more behind. An empty term stays empty. */
function hasOnlyAdditions(next: NodeSelectorTerm, old: NodeSelectorTerm): boolean {
  const parts = ['matchExpressions', 'matchFields'] as const;
  if (parts.every((part) => (old[part] ?? []).length === 0))
    return parts.every((part) => (next[part] ?? []).length === 0);
  return parts.every((part) => {
    const before = old[part] ?? [];
    return semanticEqual((next[part] ?? []).slice(0, before.length), before);
  });
}

/** While a pod is gated, labels may be added to its nodeSelector and its node affinity may be narrowed. */
function validateGated(next: PodSpec, old: PodSpec): FieldError[] {
  const errors: FieldError[] = [];
  const before = old.nodeSelector ?? {};
  if (!Object.keys(before).every((key) => next.nodeSelector?.[key] === before[key])) {
    const detail = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)';
    errors.push(invalid('spec.nodeSelector', next.nodeSelector ?? null, detail));
  }
  const terms = termsOf(next);
  const oldTerms = termsOf(old);
  if (oldTerms.length === 0) return errors;
  if (terms.length !== oldTerms.length) {
    const detail = 'no additions/deletions to non-empty NodeSelectorTerms list are allowed';
    return [...errors, invalid(TERMS, terms.map(printedTerm), detail)];
  }
  for (const [index, term] of terms.entries()) {
    if (hasOnlyAdditions(term, oldTerms[index] ?? {})) continue;
    const detail = 'only additions are allowed (no mutations or deletions)';
    errors.push(invalid(`${TERMS}[${index}]`, printedTerm(term), detail));
  }
  return errors;
}

/** What `validateGated` judges, put back to what it was. */
function maskedGated({ affinity }: PodSpec, old: PodSpec): Partial<PodSpec> {
  const nodeAffinity = old.affinity?.nodeAffinity;
  const { nodeAffinity: _judged, ...others } = affinity ?? {};
  const kept = { ...others, ...(nodeAffinity === undefined ? {} : { nodeAffinity }) };
  const none = old.affinity === undefined && Object.keys(kept).length === 0;
  return {
    ...(old.nodeSelector === undefined ? {} : { nodeSelector: old.nodeSelector }),
    ...(none ? {} : { affinity: kept }),
  };
}

const maskedImages = (containers: readonly Container[], old: readonly Container[]): Container[] =>
  containers.map((container, index) => {
    const before = old[index];
    if (before === undefined || before === container) return container;
    const { image: _image, ...rest } = container;
    return before.image === undefined ? rest : { ...rest, image: before.image };
  });
