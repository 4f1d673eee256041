/**
 * What the API server asks of custom objects, by the definition's schema.
 *
 * @source kubernetes apiextensions-apiserver/pkg/registry/customresource/{strategy,status_strategy,validator}.go
 */
import { type FieldError, type FieldErrorType, invalid } from '../field-error';
import { isJsonObject, type JsonValue, semanticEqual } from '../json';
import {
  CLUSTER_FIELDS,
  type KindRules,
  metadataFields,
  NAMESPACED_FIELDS,
  withGeneration,
  withStatusOf,
} from '../kind-rules';
import { dnsSubdomainErrors, labelKeyErrors } from '../names';
import { quote } from '../field-error';
import type { CustomResourceDefinition, KubeObject } from '../types';
import {
  UNQUALIFIED_FINALIZER,
  isStandardFinalizer,
  validateMetaForUpdate,
  validateObjectMeta,
  validateObjectMetaUpdate,
} from '../validation/object-meta';
import { scaleErrors } from './custom-scale';
import { readFieldPath } from './field-path';
import type { JsonSchema } from './json-schema';
import { embeddedErrors, listTypeErrors } from './node-checks';
import { hasRules, ruleFindings, type RuleFindings } from './rule-evaluation';
import { validateValue } from './validate-value';
import { walk } from './walk';

type Version = CustomResourceDefinition['spec']['versions'][number];
type Loose = KubeObject & Readonly<Record<string, unknown>>;

const asJson = (object: KubeObject): JsonValue => object as unknown as JsonValue;

/** An object whose apiVersion is that of its schema's version, whatever it is stored as. */
const errorsOf = (schema: JsonSchema, next: KubeObject, old?: KubeObject): readonly FieldError[] =>
  validateValue(schema, asJson(next), old && asJson(old));

/** What is wrong besides types and values. */
function nodeErrors(schema: JsonSchema, next: KubeObject, old?: KubeObject): readonly FieldError[] {
  const was = old && asJson(old);
  const before = was === undefined ? [] : walk(schema, was, undefined, '', listTypeErrors);
  return [
    ...walk(schema, asJson(next), was, '', embeddedErrors),
    // Lists that were wrong already may stay so.
    ...(before.length > 0 ? [] : walk(schema, asJson(next), was, '', listTypeErrors)),
  ];
}

/** Errors that keep rules from being evaluated: they could be wrong about such an object. */
const BLOCKING: ReadonlySet<FieldErrorType> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);
const NOT_CHECKED =
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

/** Of an object that is about to be written: asked for its errors, then for its warnings. */
const found = new WeakMap<KubeObject, RuleFindings>();

/** All errors, with those of the rules in CEL. */
function withRuleErrors(
  errors: readonly FieldError[],
  schema: JsonSchema,
  next: KubeObject,
  old?: KubeObject,
): FieldError[] {
  if (!hasRules(schema)) return [...errors];
  if (errors.some(({ type }) => BLOCKING.has(type))) return [...errors, invalid('<nil>', null, NOT_CHECKED)];
  const findings = ruleFindings(schema, asJson(next), old && asJson(old));
  found.set(next, findings);
  return [...errors, ...findings.errors];
}

/** Names of finalizers without a domain are only warned of. */
const metaErrors = (errors: readonly FieldError[]): FieldError[] =>
  errors.filter(({ detail }) => detail !== UNQUALIFIED_FINALIZER);

function finalizerWarnings({ metadata }: KubeObject, old?: KubeObject): string[] {
  const before = new Set(old?.metadata.finalizers);
  return (metadata.finalizers ?? [])
    .filter((name) => !before.has(name))
    .toSorted()
    .flatMap((name) => [
      ...labelKeyErrors(name).map((error) => `metadata.finalizers: ${quote(name)}: ${error}`),
      ...(name.includes('/') || isStandardFinalizer(name)
        ? []
        : [
            `metadata.finalizers: ${quote(name)}: prefer a domain-qualified finalizer name to avoid accidental conflicts with other finalizer writers`,
          ]),
    ]);
}

/** All that counts for the generation. */
function contentOf(object: KubeObject): object {
  const { metadata: _metadata, apiVersion: _apiVersion, kind: _kind, ...content } = object;
  return content;
}

/** Fields that a version selects by, and where they stand. */
function selectableOf({ selectableFields = [] }: Version, schema: JsonSchema): ReadonlyMap<string, readonly string[]> {
  return new Map(
    selectableFields.flatMap(({ jsonPath }) => {
      const read = readFieldPath(jsonPath, schema, false);
      return typeof read === 'string' ? [] : [[jsonPath.replace(/^\./, ''), read.names] as const];
    }),
  );
}

function textAt(object: KubeObject, names: readonly string[]): string {
  let value: JsonValue | undefined = asJson(object);
  for (const name of names) value = isJsonObject(value) ? value[name] : undefined;
  return value === undefined || value === null || typeof value === 'object' ? '' : String(value);
}

export function customRules(version: Version, schema: JsonSchema, namespaced: boolean): KindRules {
  const { subresources } = version;
  const status = subresources?.status !== undefined;
  const scale = subresources?.scale;
  const selectable = selectableOf(version, schema);
  return {
    // Those of the schema are there as soon as an object has been read.
    applyDefaults: (object) => object,
    prepareForCreate(object) {
      if (!status) return withGeneration(object, 1);
      const { status: _status, ...rest } = object as Loose;
      return withGeneration(rest as KubeObject, 1);
    },
    prepareForUpdate(next, old) {
      const kept = status ? withStatusOf(next, old) : next;
      const changed = !semanticEqual(contentOf(kept), contentOf(old));
      return withGeneration(kept, (old.metadata.generation ?? 0) + (changed ? 1 : 0));
    },
    prepareForStatusUpdate(next, old) {
      const { status: before, ...rest } = old as Loose;
      const { status: after } = next as Loose;
      const { resourceVersion, managedFields } = next.metadata;
      const metadata = { ...old.metadata, resourceVersion, ...(managedFields === undefined ? {} : { managedFields }) };
      if (after === undefined) return { ...rest, metadata };
      return { ...rest, metadata, status: semanticEqual(after, before) ? before : after } as KubeObject;
    },
    validate: (object) =>
      withRuleErrors(
        [
          ...metaErrors(validateObjectMeta(object, namespaced, dnsSubdomainErrors)),
          ...errorsOf(schema, object),
          ...scaleErrors(scale, object, false),
          ...nodeErrors(schema, object),
        ],
        schema,
        object,
      ),
    validateUpdate: (next, old) =>
      withRuleErrors(
        [
          ...metaErrors(validateMetaForUpdate(next, old, namespaced, dnsSubdomainErrors)),
          ...errorsOf(schema, next, old),
          ...scaleErrors(scale, next, false),
          ...nodeErrors(schema, next, old),
        ],
        schema,
        next,
        old,
      ),
    validateStatusUpdate: (next, old) =>
      withRuleErrors(
        [
          ...validateObjectMetaUpdate(next, old),
          ...errorsOf(schema, next, old),
          ...scaleErrors(scale, next, true),
          ...nodeErrors(schema, next, old),
        ],
        schema,
        next,
        old,
      ),
    selectableFields: [...(namespaced ? NAMESPACED_FIELDS : CLUSTER_FIELDS), ...selectable.keys()],
    fields: (object) => ({
      ...metadataFields(object),
      ...Object.fromEntries([...selectable].map(([name, names]) => [name, textAt(object, names)])),
    }),
    warnings: (object, old) => [...finalizerWarnings(object, old), ...(found.get(object)?.warnings ?? [])],
  };
}
