/**
 * What the spec and the status of a CustomResourceDefinition must be. Errors name fields as the API server's own form of a
 * definition has them: what all versions have in common stands beside the versions, a schema at `spec.validation`.
 *
 * @source kubernetes apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go, v1/conversion.go
 */
import { type FieldError, forbidden, goStruct, invalid, notSupported, required, tooMany } from '../field-error';
import { semanticEqual } from '../json';
import { dns1035LabelErrors, dnsSubdomainErrors } from '../names';
import type { CustomResourceDefinition } from '../types';
import { eachOf, oneOf } from '../validation/field-rules';
import { immutable } from '../validation/object-meta';
import { webhookClientErrors } from '../validation/webhook-client';
import { defaultErrors } from './default-rules';
import { readFieldPath } from './field-path';
import type { JsonSchema } from './json-schema';
import { schemaErrors } from './schema-rules';
import { structuralErrors } from './structural';

type Spec = CustomResourceDefinition['spec'];
type Version = Spec['versions'][number];
type Names = Spec['names'];
type Subresources = NonNullable<Version['subresources']>;
type Column = NonNullable<Version['additionalPrinterColumns']>[number];

const MAX_SELECTABLE = 8;
const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];

/** A definition as the API server holds it. */
interface Internal {
  readonly schema: Version['schema'];
  readonly subresources: Version['subresources'];
  readonly columns: Version['additionalPrinterColumns'];
  readonly selectable: Version['selectableFields'];
  /** Without what stands above. */
  readonly versions: readonly Version[];
}

function internalOf(versions: readonly Version[]): Internal {
  const common = <K extends keyof Version>(key: K): Version[K] | undefined =>
    versions.every((version) => semanticEqual(version[key], versions[0]?.[key])) ? versions[0]?.[key] : undefined;
  const schema = common('schema');
  const shared: Omit<Internal, 'versions'> = {
    schema,
    subresources: common('subresources'),
    columns: common('additionalPrinterColumns'),
    selectable: schema === undefined ? undefined : common('selectableFields'),
  };
  const rest = versions.map((version): Version => {
    const { schema: own, subresources, additionalPrinterColumns, selectableFields, ...others } = version;
    return {
      ...others,
      ...(shared.schema === undefined && own !== undefined ? { schema: own } : {}),
      ...(shared.subresources === undefined && subresources !== undefined ? { subresources } : {}),
      ...(shared.columns === undefined && additionalPrinterColumns !== undefined ? { additionalPrinterColumns } : {}),
      ...(shared.selectable === undefined && selectableFields !== undefined ? { selectableFields } : {}),
    };
  });
  return { ...shared, versions: rest };
}

/** Versions as Go prints them. */
const printedVersions = (versions: readonly Version[]): unknown =>
  versions.length === 0
    ? null
    : goStruct(
        versions.map((version) => ({
          Name: version.name,
          Served: version.served,
          Storage: version.storage,
          Deprecated: version.deprecated ?? false,
          DeprecationWarning: version.deprecationWarning ?? null,
          Schema: version.schema === undefined ? null : { OpenAPIV3Schema: version.schema.openAPIV3Schema ?? null },
          Subresources: version.subresources ?? null,
          AdditionalPrinterColumns: version.additionalPrinterColumns ?? null,
          SelectableFields: version.selectableFields ?? null,
        })),
      );

const joined = (field: string, value: string | undefined, errors: readonly string[], before = ''): FieldError[] =>
  errors.length === 0 || !value ? [] : [invalid(field, value, before + errors.join(','))];

export function definitionSpecErrors(spec: Spec): FieldError[] {
  const { group, scope, names } = spec;
  const internal = internalOf(spec.versions ?? []);
  const { versions } = internal;
  const anyStatus = (spec.versions ?? []).some(({ subresources }) => subresources?.status !== undefined);
  const noSchema = internal.schema?.openAPIV3Schema === undefined;
  const schemas: FieldError[] = [
    ...groupErrors(group),
    ...(scope ? oneOf('spec.scope', scope, ['Cluster', 'Namespaced']) : [required('spec.scope')]),
    ...versions.flatMap(({ schema }, index) =>
      noSchema && schema?.openAPIV3Schema === undefined
        ? [required(`spec.versions[${index}].schema.openAPIV3Schema`)]
        : [],
    ),
  ];
  const errors: FieldError[] = [];
  if (new Set(versions.map(({ name }) => name)).size < versions.length)
    errors.push(invalid('spec.versions', printedVersions(versions), 'must contain unique version names'));
  if (versions.filter(({ storage }) => storage).length !== 1) {
    const detail = 'must have exactly one version marked as storage version';
    errors.push(invalid('spec.versions', printedVersions(versions), detail));
  }
  for (const name of ['plural', 'singular', 'kind', 'listKind'] as const)
    if (!names?.[name]) errors.push(required(`spec.names.${name}`));
  const ofVersions = versions.flatMap((version, index) => {
    const status = (version.subresources ?? internal.subresources)?.status !== undefined;
    return versionErrors(version, `spec.versions[${index}]`, status);
  });
  return [
    ...schemas,
    ...ofVersions,
    ...errors,
    ...namesErrors(names, 'spec.names'),
    ...validationErrors(internal.schema, anyStatus, 'spec.validation'),
    ...subresourceErrors(internal.subresources, 'spec.subresources'),
    ...eachOf(internal.columns, 'spec.additionalPrinterColumns', columnErrors),
    ...selectableErrors(
      internal.selectable,
      internal.schema?.openAPIV3Schema as JsonSchema | undefined,
      'spec.selectableFields',
    ),
    ...conversionErrors(spec.conversion),
  ];
}

function groupErrors(group: string | undefined): FieldError[] {
  if (!group) return [required('spec.group')];
  const errors = dnsSubdomainErrors(group);
  if (errors.length > 0) return joined('spec.group', group, errors);
  return group.includes('.') ? [] : [invalid('spec.group', group, 'should be a domain with at least one dot')];
}

function versionErrors(version: Version, field: string, status: boolean): FieldError[] {
  const schema = version.schema?.openAPIV3Schema as JsonSchema | undefined;
  const { selectableFields } = version;
  return [
    ...joined(`${field}.name`, version.name || undefined, dns1035LabelErrors(version.name)),
    ...(version.name ? [] : [invalid(`${field}.name`, '', dns1035LabelErrors('').join(','))]),
    ...deprecationErrors(version, `${field}.deprecationWarning`),
    ...validationErrors(version.schema, status, `${field}.schema`),
    ...subresourceErrors(version.subresources, `${field}.subresources`),
    ...eachOf(version.additionalPrinterColumns, `${field}.additionalPrinterColumns`, columnErrors),
    ...selectableErrors(selectableFields, schema, `${field}.selectableFields`),
  ];
}

function deprecationErrors({ deprecated, deprecationWarning: warning }: Version, field: string): FieldError[] {
  if (warning === undefined) return [];
  if (deprecated !== true) return [invalid(field, warning, 'can only be set for deprecated versions')];
  const errors: FieldError[] = [];
  if (warning.length > 256) errors.push(invalid(field, warning, 'must be <= 256 characters long'));
  if (warning === '') errors.push(invalid(field, warning, 'must not be an empty string'));
  const bad = warning.search(/[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u);
  if (bad >= 0) {
    const only = 'must only contain printable UTF-8 characters; non-printable character found at index';
    errors.push(invalid(field, warning, `${only} ${bad}`));
  }
  return errors;
}

export function namesErrors(names: Partial<Names> | undefined, field: string): FieldError[] {
  const { plural, singular, kind, listKind, shortNames, categories } = names ?? {};
  const mixed = 'may have mixed case, but should otherwise match: ';
  const label = (text: string, path: string): FieldError[] =>
    dns1035LabelErrors(text).length === 0 ? [] : [invalid(path, text, dns1035LabelErrors(text).join(','))];
  return [
    ...joined(`${field}.plural`, plural, dns1035LabelErrors(plural)),
    ...joined(`${field}.singular`, singular, dns1035LabelErrors(singular)),
    ...joined(`${field}.kind`, kind, dns1035LabelErrors(kind?.toLowerCase()), mixed),
    ...joined(`${field}.listKind`, listKind, dns1035LabelErrors(listKind?.toLowerCase()), mixed),
    ...eachOf(shortNames, `${field}.shortNames`, label),
    ...(kind && kind === listKind
      ? [invalid(`${field}.listKind`, listKind, 'kind and listKind may not be the same')]
      : []),
    ...eachOf(categories, `${field}.categories`, label),
  ];
}

/** What the root of a schema may say where status has a subresource, under the names that Go has for it. */
const AT_ROOT: readonly (readonly [string, string])[] =
  'description Description,type Type,format Format,title Title,maximum Maximum,exclusiveMaximum ExclusiveMaximum,minimum Minimum,exclusiveMinimum ExclusiveMinimum,maxLength MaxLength,minLength MinLength,pattern Pattern,maxItems MaxItems,minItems MinItems,uniqueItems UniqueItems,multipleOf MultipleOf,required Required,items Items,properties Properties,externalDocs ExternalDocs,example Example,x-kubernetes-preserve-unknown-fields XPreserveUnknownFields,x-kubernetes-validations XValidations'
    .split(',')
    .map((pair) => pair.split(' ') as [string, string]);

function validationErrors(validation: Version['schema'], status: boolean, at: string): FieldError[] {
  const schema = validation?.openAPIV3Schema as JsonSchema | undefined;
  if (schema === undefined) return [];
  const field = `${at}.openAPIV3Schema`;
  const errors = status ? rootErrors(schema, field) : [];
  if (schema.nullable === true) errors.push(forbidden(`${field}.nullable`, 'nullable cannot be true at the root'));
  const structural = structuralErrors(schema, field);
  const own = structural.length > 0 ? structural : defaultErrors(schema, field);
  return [...errors, ...own, ...schemaErrors(schema, field, own.length === 0)];
}

function rootErrors(schema: JsonSchema, field: string): FieldError[] {
  if (schema.type !== undefined && schema.type !== '' && schema.type !== 'object') {
    const detail =
      'only "object" is allowed as the type at the root of the schema if the status subresource is enabled';
    return [invalid(`${field}.type`, schema.type, detail)];
  }
  const known = new Set(AT_ROOT.map(([name]) => name));
  // Nullable has an error of its own besides.
  if (Object.keys(schema).every((name) => known.has(name) || schema[name as keyof JsonSchema] === false)) return [];
  const allowed = AT_ROOT.map(([, name]) => name).join(' ');
  const detail = `only [${allowed}] fields are allowed at the root of the schema if the status subresource is enabled`;
  return [invalid(field, schema, detail)];
}

function pathErrors(path: string | undefined, field: string, roots: readonly string[], detail: string): FieldError[] {
  if (!path) return [required(field)];
  if (!path.startsWith('.')) return [invalid(field, path, 'must be a simple json path starting with .')];
  return roots.some((root) => path.startsWith(root)) ? [] : [invalid(field, path, detail)];
}

function subresourceErrors(subresources: Subresources | undefined, field: string): FieldError[] {
  const { scale } = subresources ?? {};
  if (scale === undefined) return [];
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = scale;
  const either = 'should be a json path under either .spec or .status';
  return [
    ...pathErrors(specReplicasPath, `${field}.scale.specReplicasPath`, ['.spec.'], 'should be a json path under .spec'),
    ...pathErrors(
      statusReplicasPath,
      `${field}.scale.statusReplicasPath`,
      ['.status.'],
      'should be a json path under .status',
    ),
    ...(labelSelectorPath
      ? pathErrors(labelSelectorPath, `${field}.scale.labelSelectorPath`, ['.spec.', '.status.'], either)
      : []),
  ];
}

function columnErrors({ name, type, format, jsonPath }: Column, field: string): FieldError[] {
  const types = `must be one of ${COLUMN_TYPES.join(',')}`;
  return [
    ...(name ? [] : [required(`${field}.name`)]),
    ...(type ? [] : [required(`${field}.type`, types)]),
    ...(type && !COLUMN_TYPES.includes(type) ? [invalid(`${field}.type`, type, types)] : []),
    ...(format && !COLUMN_FORMATS.includes(format)
      ? [invalid(`${field}.format`, format, `must be one of ${COLUMN_FORMATS.join(',')}`)]
      : []),
    ...pathErrors(jsonPath, `${field}.JSONPath`, ['.'], ''),
  ];
}

function selectableErrors(
  fields: Version['selectableFields'],
  schema: JsonSchema | undefined,
  field: string,
): FieldError[] {
  if (fields === undefined || fields.length === 0) return [];
  if (schema === undefined)
    return [invalid(field, '', 'may only be set when `version.schema.openAPIV3Schema` is not included')];
  const seen = new Set<string>();
  const errors = fields.flatMap(({ jsonPath }, index): FieldError[] => {
    const at = `${field}[${index}].jsonPath`;
    if (!jsonPath) return [required(at)];
    const read = readFieldPath(jsonPath, schema, false);
    if (typeof read === 'string') return [invalid(at, jsonPath, `is an invalid path: ${read}`)];
    const repeated = seen.has(read.names.join('.'));
    seen.add(read.names.join('.'));
    const types =
      'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.';
    return [
      ...(read.names[0] === 'metadata' ? [invalid(at, jsonPath, 'must not point to fields in metadata')] : []),
      ...(['string', 'boolean', 'integer'].includes(read.schema.type ?? '') ? [] : [invalid(at, jsonPath, types)]),
      ...(repeated ? [{ type: 'FieldValueDuplicate' as const, field: at, value: jsonPath, detail: '' }] : []),
    ];
  });
  return seen.size > MAX_SELECTABLE ? [...errors, tooMany(field, seen.size, MAX_SELECTABLE)] : errors;
}

function conversionErrors(conversion: Spec['conversion']): FieldError[] {
  if (conversion === undefined) return [];
  const field = 'spec.conversion';
  const { strategy, webhook } = conversion;
  const client = webhook?.clientConfig;
  const versions = webhook?.conversionReviewVersions ?? [];
  const errors = !strategy
    ? [required(`${field}.strategy`)]
    : strategy === 'None' || strategy === 'Webhook'
      ? []
      : [notSupported(`${field}.strategy`, strategy, ['None', 'Webhook'])];
  if (strategy !== 'Webhook') {
    const not = 'should not be set when strategy is not set to Webhook';
    if (client !== undefined) errors.push(forbidden(`${field}.webhookClientConfig`, not));
    if (versions.length > 0) errors.push(forbidden(`${field}.conversionReviewVersions`, not));
    return errors;
  }
  if (client === undefined)
    errors.push(required(`${field}.webhookClientConfig`, 'required when strategy is set to Webhook'));
  else errors.push(...webhookClientErrors(client, `${field}.webhookClientConfig`));
  return [...errors, ...reviewVersionErrors(versions, `${field}.conversionReviewVersions`)];
}

function reviewVersionErrors(versions: readonly string[], field: string): FieldError[] {
  if (versions.length === 0) return [required(field)];
  const errors = versions.flatMap((version, index): FieldError[] =>
    versions.indexOf(version) < index
      ? [invalid(`${field}[${index}]`, version, 'duplicate version')]
      : dns1035LabelErrors(version).map((text) => invalid(`${field}[${index}]`, version, text)),
  );
  if (versions.includes('v1') || versions.includes('v1beta1')) return errors;
  return [...errors, invalid(field, versions, 'must include at least one of v1, v1beta1')];
}

/** Versions that objects may lie in etcd in must stay. */
export function storedVersionErrors(stored: readonly string[] | undefined, versions: readonly Version[]): FieldError[] {
  const field = 'status.storedVersions';
  if (stored === undefined || stored.length === 0)
    return [invalid(field, stored ?? null, 'must have at least one stored version')];
  const missing = (name: string): string =>
    `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`;
  return [
    ...versions
      .filter(({ name, storage }) => storage && !stored.includes(name))
      .map(({ name }) => invalid(field, stored, `must have the storage version ${name}`)),
    ...stored.flatMap((name, index) =>
      versions.some((version) => version.name === name) ? [] : [invalid(`${field}[${index}]`, name, missing(name))],
    ),
  ];
}

/** What may not change in the spec; more of it once the resource is served. */
export const definitionUpdateErrors = (next: Spec, old: Spec, established: boolean): FieldError[] => [
  ...(established
    ? [
        ...immutable('spec.scope', next.scope, old.scope),
        ...immutable('spec.names.kind', next.names?.kind, old.names?.kind),
      ]
    : []),
  ...immutable('spec.group', next.group, old.group),
  ...immutable('spec.names.plural', next.names?.plural, old.names?.plural),
];
