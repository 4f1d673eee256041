/**
 * Rules of metadata, the same for every kind but for the name.
 * @source kubernetes apimachinery/pkg/api/validation/objectmeta.go, apis/meta/v1/validation/validation.go
 */
import { forbidden, goStruct, invalid, required, tooLong, type FieldError } from '../field-error';
import { byteOrder, deepEqual } from '../json';
import { dnsLabelErrors, labelKeyErrors, labelValueErrors } from '../names';
import type { KubeObject, OwnerReference } from '../types';

export type NameRule = (name: string) => readonly string[];

const MAX_ANNOTATION_BYTES = 262_144;
const STANDARD_FINALIZERS = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);
export const isStandardFinalizer = (finalizer: string): boolean => STANDARD_FINALIZERS.has(finalizer);
export const UNQUALIFIED_FINALIZER = 'name is neither a standard finalizer name nor is it fully qualified';

/** Invalid-value errors, one a message. */
export const invalidAll = (field: string, value: unknown, messages: readonly string[]): FieldError[] =>
  messages.length === 0 ? [] : messages.map((message) => invalid(field, value ?? '', message));

/** Adds errors to others: most checks find none. */
function add(errors: FieldError[], found: readonly FieldError[]): void {
  for (const error of found) errors.push(error);
}

export const notNegative = (field: string, value: number | undefined): FieldError[] =>
  value !== undefined && value < 0 ? [invalid(field, value, 'must be greater than or equal to 0')] : [];

export function validateLabels(labels: Readonly<Record<string, string>> | undefined, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (labels === undefined || areLabels(labels)) return errors;
  for (const key of Object.keys(labels).sort(byteOrder)) {
    const value = labels[key] ?? '';
    add(errors, invalidAll(field, key, labelKeyErrors(key)));
    add(errors, invalidAll(field, value, labelValueErrors(value)));
  }
  return errors;
}

function areLabels(labels: Readonly<Record<string, string>>): boolean {
  for (const key in labels) {
    if (labelKeyErrors(key).length > 0 || labelValueErrors(labels[key] ?? '').length > 0) return false;
  }
  return true;
}

export function validateAnnotations(
  annotations: Readonly<Record<string, string>> | undefined,
  field: string,
): FieldError[] {
  if (annotations === undefined) return [];
  const errors: FieldError[] = [];
  let size = 0;
  for (const key of Object.keys(annotations).sort(byteOrder)) {
    errors.push(...invalidAll(field, key, labelKeyErrors(key.toLowerCase())));
    size += utf8Length(key) + utf8Length(annotations[key] ?? '');
  }
  if (size > MAX_ANNOTATION_BYTES) errors.push(tooLong(field, MAX_ANNOTATION_BYTES));
  return errors;
}

/** Bytes of a text in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x80) continue;
    if (code >= 0xd800 && code < 0xe000) bytes += 1;
    else bytes += code < 0x800 ? 1 : 2;
  }
  return bytes;
}

/** Metadata of an object that is about to be created. A generateName is tried with its final hyphen masked. */
export function validateObjectMeta(object: KubeObject, namespaced: boolean, nameRule: NameRule): FieldError[] {
  const { metadata } = object;
  const errors: FieldError[] = [];
  const { generateName } = metadata;
  if (generateName !== undefined && generateName !== '') {
    add(errors, invalidAll('metadata.generateName', generateName, nameRule(maskedTrailingDash(generateName))));
  }
  if (!metadata.name) errors.push(required('metadata.name', 'name or generateName is required'));
  else add(errors, invalidAll('metadata.name', metadata.name, nameRule(metadata.name)));
  if (!namespaced) {
    if (metadata.namespace) errors.push(forbidden('metadata.namespace', 'not allowed on this type'));
  } else if (!metadata.namespace) {
    errors.push(required('metadata.namespace'));
  } else {
    add(errors, invalidAll('metadata.namespace', metadata.namespace, dnsLabelErrors(metadata.namespace)));
  }
  add(errors, notNegative('metadata.generation', metadata.generation));
  add(errors, validateLabels(metadata.labels, 'metadata.labels'));
  add(errors, validateAnnotations(metadata.annotations, 'metadata.annotations'));
  if (metadata.ownerReferences !== undefined) add(errors, validateOwnerReferences(object));
  if (metadata.finalizers !== undefined) add(errors, validateFinalizers(metadata.finalizers));
  const { managedFields = NO_ENTRIES } = metadata;
  for (let index = 0; index < managedFields.length; index++) {
    const entry = managedFields[index]!;
    const field = `metadata.managedFields[${index}]`;
    if (entry.operation !== 'Apply' && entry.operation !== 'Update') {
      errors.push(invalid(`${field}.operation`, entry.operation ?? '', 'must be `Apply` or `Update`'));
    }
    if (entry.fieldsType !== undefined && entry.fieldsType !== 'FieldsV1') {
      errors.push(invalid(`${field}.fieldsType`, entry.fieldsType, 'must be `FieldsV1`'));
    }
    if ((entry.manager ?? '').length > 128) errors.push(tooLong(`${field}.manager`, 128));
  }
  return errors;
}

const NO_ENTRIES: NonNullable<KubeObject['metadata']['managedFields']> = [];

const maskedTrailingDash = (name: string): string => (name.endsWith('-') ? `${name.slice(0, -1)}a` : name);

/** Fields in the order in which Go declares them. */
const printedOwner = ({ apiVersion, kind, name, uid, controller, blockOwnerDeletion }: OwnerReference): unknown =>
  goStruct({ apiVersion, kind, name, uid, controller, blockOwnerDeletion });

function validateOwnerReferences({ metadata }: KubeObject): FieldError[] {
  const field = 'metadata.ownerReferences';
  const errors: FieldError[] = [];
  let controller: string | undefined;
  for (const owner of metadata.ownerReferences ?? []) {
    if (!owner.apiVersion)
      errors.push(invalid(`${field}.apiVersion`, owner.apiVersion ?? '', 'version must not be empty'));
    if (!owner.kind) errors.push(invalid(`${field}.kind`, owner.kind ?? '', 'must not be empty'));
    if (!owner.name) errors.push(invalid(`${field}.name`, owner.name ?? '', 'must not be empty'));
    if (!owner.uid) errors.push(invalid(`${field}.uid`, owner.uid ?? '', 'must not be empty'));
    if (owner.apiVersion === 'v1' && owner.kind === 'Event') {
      errors.push(invalid(field, printedOwner(owner), '/v1, Kind=Event is disallowed from being an owner'));
    }
    if (owner.controller !== true) continue;
    const text = `${owner.kind}/${owner.name}`;
    if (controller === undefined) controller = text;
    else {
      const detail = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${text}`;
      errors.push(invalid(field, metadata.ownerReferences?.map(printedOwner), detail));
    }
  }
  return errors;
}

function validateFinalizers(finalizers: readonly string[]): FieldError[] {
  const field = 'metadata.finalizers';
  const errors = finalizers.flatMap((finalizer, index) => {
    const keyErrors = invalidAll(field, finalizer, labelKeyErrors(finalizer));
    if (finalizer.includes('/') || isStandardFinalizer(finalizer)) return keyErrors;
    return [...keyErrors, invalid(`${field}[${index}]`, finalizer, UNQUALIFIED_FINALIZER)];
  });
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.push(invalid(field, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  }
  return errors;
}

/** What may not change in metadata. */
export function validateObjectMetaUpdate(next: KubeObject, old: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  const after = next.metadata;
  const before = old.metadata;
  if (before.deletionTimestamp !== undefined) {
    const added = (after.finalizers ?? []).filter((finalizer) => !(before.finalizers ?? []).includes(finalizer));
    if (added.length > 0) {
      const list = added.toSorted(byteOrder).map((finalizer) => JSON.stringify(finalizer));
      const detail = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list.join(', ')}}`;
      errors.push(forbidden('metadata.finalizers', detail));
    }
  }
  if ((after.generation ?? 0) < (before.generation ?? 0)) {
    errors.push(invalid('metadata.generation', after.generation ?? 0, 'must not be decremented'));
  }
  for (const key of ['name', 'namespace', 'uid', 'creationTimestamp'] as const) {
    errors.push(...immutable(`metadata.${key}`, after[key] ?? '', before[key] ?? ''));
  }
  for (const key of ['deletionTimestamp', 'deletionGracePeriodSeconds'] as const) {
    errors.push(...immutable(`metadata.${key}`, after[key] ?? null, before[key] ?? null));
  }
  return errors;
}

/** `field is immutable` when two values differ. */
export const immutable = (field: string, next: unknown, old: unknown): FieldError[] =>
  deepEqual(next, old) ? [] : [invalid(field, next ?? null, 'field is immutable')];

/** Metadata of an update: what must hold, and what may not change. */
export const validateMetaForUpdate = (
  next: KubeObject,
  old: KubeObject,
  namespaced: boolean,
  nameRule: NameRule,
): FieldError[] => [...validateObjectMetaUpdate(next, old), ...validateObjectMeta(next, namespaced, nameRule)];
