/** Which objects of a resource a list or a watch is about: namespace, label selector, field selector. Plain data. */
import {
  canonicalTerms,
  fieldSelectorError,
  type FieldTerm,
  parseFieldSelector,
  requiredFieldValue,
} from '#engine/api/field-selector';
import { type LabelRequirement, matchesRequirement, parseLabelSelector } from '#engine/api/label-selector';
import type { ResourceInfo } from '#engine/api/registry';
import { badRequest } from '#engine/api/status-error';
import type { KubeObject, Status } from '#engine/api/types';
import { keyOf, prefixOf } from './storage';

export interface Selection {
  /** Empty: all. */
  readonly namespace: string;
  /** The one key it can be about; null: many. */
  readonly key: string | null;
  /** Keys begin so. */
  readonly prefix: string;
  /** The node that selected pods are bound to; null: any. */
  readonly node: string | null;
  readonly labels: readonly LabelRequirement[];
  /** Those that namespace, key and node do not already say. */
  readonly fields: readonly FieldTerm[];
  /** A label or field selector was given. */
  readonly selective: boolean;
}

const NO_LABELS: Readonly<Record<string, string>> = Object.freeze({});

type Query = Readonly<Record<string, string>> | undefined;

export const isSelection = (value: Selection | Status): value is Selection => 'prefix' in value;

/** Reads the selectors of a request. `name` is set when one object is watched by its path. */
export function selectionOf(info: ResourceInfo, namespace: string, name: string, query: Query): Selection | Status {
  const labelText = query?.['labelSelector'] ?? '';
  const fieldText = query?.['fieldSelector'] ?? '';
  let labels: readonly LabelRequirement[] = [];
  let terms: readonly FieldTerm[] = [];
  if (labelText !== '') {
    const parsed = parseLabelSelector(labelText);
    if (!parsed.ok) return badRequest(parsed.error);
    labels = parsed.requirements;
  }
  if (fieldText !== '') {
    const parsed = parseFieldSelector(fieldText);
    if (!parsed.ok) return badRequest(parsed.error);
    const names = info.conversion?.fieldNames ?? NO_LABELS;
    const stored = parsed.terms.map((term) => ({ ...term, field: names[term.field] ?? term.field }));
    const error = fieldSelectorError(info, stored);
    if (error !== undefined) return badRequest(error);
    terms = canonicalTerms(stored);
  }
  const selectedName = requiredFieldValue(terms, 'metadata.name');
  if (name !== '' && selectedName !== undefined && selectedName !== name) {
    return badRequest("fieldSelector metadata.name doesn't match requested name");
  }
  const one = name === '' ? (selectedName ?? '') : name;
  const prefix = prefixOf(info);
  const inNamespace = namespace !== '' || !info.namespaced;
  const node = info.kind === 'Pod' ? (requiredFieldValue(terms, 'spec.nodeName') ?? null) : null;
  return {
    namespace,
    key: one !== '' && inNamespace ? keyOf(prefix, namespace, one) : null,
    prefix: namespace === '' ? prefix : `${prefix}${namespace}/`,
    node,
    labels,
    fields: terms.filter(({ field, operator }) => operator !== '=' || !isIndexed(field, inNamespace, node)),
    selective: labels.length > 0 || terms.length > 0,
  };
}

const isIndexed = (field: string, inNamespace: boolean, node: string | null): boolean =>
  (field === 'metadata.name' && inNamespace) || (field === 'spec.nodeName' && node !== null);

/** Whether an object is selected. */
export function isSelected(selection: Selection, info: ResourceInfo, key: string, object: KubeObject): boolean {
  if (selection.key !== null ? key !== selection.key : !key.startsWith(selection.prefix)) return false;
  if (selection.node !== null && nodeNameOf(object) !== selection.node) return false;
  for (const requirement of selection.labels) {
    if (!matchesRequirement(requirement, object.metadata.labels ?? NO_LABELS)) return false;
  }
  if (selection.fields.length === 0) return true;
  const { rules } = info;
  const fields = rules.field === undefined ? rules.fields(object) : null;
  for (const { field, operator, value } of selection.fields) {
    const is = fields === null ? rules.field?.(object, field) : (fields[field] ?? '');
    if ((is === value) !== (operator === '=')) return false;
  }
  return true;
}

const nodeNameOf = (object: KubeObject): string =>
  (object as KubeObject & { readonly spec?: { readonly nodeName?: string } }).spec?.nodeName ?? '';
