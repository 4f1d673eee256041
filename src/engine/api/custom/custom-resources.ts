/** The resources that a CustomResourceDefinition adds. @source kubernetes apiextensions-apiserver/pkg/apiserver/customresource_handler.go */
import type { Conversion } from '../convert/conversion';
import type { JsonObject } from '../json';
import { hasCondition } from '../meta';
import { resourceInfo, type ResourceInfo } from '../resource-info';
import type { CustomResourceDefinition, KubeObject, KubeObjectInput } from '../types';
import { coerceObject, EmbeddedError } from './coerce';
import { tableOfColumns } from './columns';
import type { CustomResource } from './custom-resource';
import { customRules } from './custom-rules';
import { customScale } from './custom-scale';
import type { JsonSchema } from './json-schema';
import { typedSchema } from './typed-schema';
import { uncalled } from '../validation/webhook-client';
import { compareVersions } from './version-priority';

type Definition = CustomResourceDefinition;
type Version = Definition['spec']['versions'][number];

const schemaOf = ({ schema }: Version): JsonSchema =>
  (schema?.openAPIV3Schema as unknown as JsonSchema | undefined) ?? PRESERVING;
const PRESERVING: JsonSchema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** An object as a version has it: nothing but its apiVersion and what its schema says is another. */
function inVersion(object: KubeObjectInput, apiVersion: string, schema: JsonSchema): KubeObject {
  const renamed = object.apiVersion === apiVersion ? object : { ...object, apiVersion };
  const coerced = coerceObject(renamed as unknown as JsonObject, schema).object as unknown as KubeObject;
  return coerced === object ? coerced : Object.freeze(coerced);
}

/** @source kubernetes apiextensions-apiserver/pkg/apiserver/conversion/webhook_converter.go, apiserver/pkg/util/webhook/client.go */
const WEBHOOK_TIMEOUT_SECONDS = 30;

/** Between versions that only have different names and schemas (strategy None). */
const renaming = (store: string, stored: string, served: string, schema: JsonSchema): Conversion => ({
  store,
  toStored: (object) => ({ ...object, apiVersion: stored }),
  fromStored: (object) => inVersion(object, served, schema),
});

function deprecationOf(definition: Definition, version: Version): readonly string[] {
  if (version.deprecated !== true) return [];
  if (version.deprecationWarning !== undefined) return [version.deprecationWarning];
  const { group, names, versions } = definition.spec;
  const [better] = versions
    .filter(({ served, deprecated, name }) => served && deprecated !== true && compareVersions(name, version.name) < 0)
    .toSorted((a, b) => compareVersions(a.name, b.name));
  const use = better === undefined ? '' : `; use ${group}/${better.name} ${names.kind}`;
  return [`${group}/${version.name} ${names.kind} is deprecated${use}`];
}

/** A resource for each version of each definition, preferred versions first. */
export const customResources = (definitions: readonly Definition[]): ResourceInfo[] =>
  definitions.flatMap(resourcesOf).toSorted((a, b) => compareVersions(a.version, b.version));

/** A resource for each version, those that are not served hidden. */
function resourcesOf(definition: Definition): ResourceInfo[] {
  const { group, scope, versions } = definition.spec;
  const names = definition.status?.acceptedNames ?? definition.spec.names;
  const storage = versions.find((version) => version.storage) ?? versions[0];
  if (storage === undefined) return [];
  const cluster = scope === 'Cluster';
  const terminating = hasCondition(definition.status?.conditions, 'Terminating');
  const stored = { apiVersion: `${group}/${storage.name}`, schema: schemaOf(storage) };
  return versions.map((version) => {
    const apiVersion = `${group}/${version.name}`;
    const schema = schemaOf(version);
    const subresources = ['status', 'scale'].filter((name) => name in (version.subresources ?? {}));
    return resourceInfo(apiVersion, names.kind, {
      resource: names.plural,
      schema: 'CustomResource',
      singular: names.singular ?? names.kind.toLowerCase(),
      cluster,
      prefix: `${group}/${names.plural}`,
      allowUnconditionalUpdate: false,
      rules: customRules(version, schema, !cluster),
      custom: customOf(definition, version, stored, terminating),
      ...(version.served ? {} : { hidden: true }),
      ...(names.shortNames?.length ? { short: names.shortNames.join(' ') } : {}),
      ...(names.categories?.length ? { categories: names.categories.join(' ') } : {}),
      ...(subresources.length === 0 ? {} : { subresources: subresources.join(' ') }),
      ...(version === storage
        ? {}
        : { conversion: renaming(`${names.plural}.${group}`, stored.apiVersion, apiVersion, schema) }),
    });
  });
}

function customOf(
  definition: Definition,
  version: Version,
  stored: { readonly apiVersion: string; readonly schema: JsonSchema },
  terminating: boolean,
): CustomResource {
  const { group, names, conversion } = definition.spec;
  const apiVersion = `${group}/${version.name}`;
  const schema = schemaOf(version);
  const isStored = apiVersion === stored.apiVersion;
  const webhook = conversion?.strategy === 'Webhook' && !isStored;
  const scale = version.subresources?.scale;
  const types = new Map<boolean, ReturnType<typeof typedSchema>>();
  return {
    listKind: names.listKind ?? `${names.kind}List`,
    schema: version.schema === undefined ? null : schema,
    decode(object) {
      try {
        const { object: coerced, unknown } = coerceObject(object as unknown as JsonObject, schema);
        return { object: coerced as unknown as KubeObject, unknown };
      } catch (error) {
        if (error instanceof EmbeddedError) return { error: error.message };
        throw error;
      }
    },
    fromEtcd: (object) => inVersion(object, stored.apiVersion, stored.schema),
    toEtcd: (object) => (isStored ? object : inVersion(object, stored.apiVersion, stored.schema)),
    type(whole) {
      let type = types.get(whole);
      if (type === undefined) types.set(whole, (type = typedSchema(schema, whole)));
      return type;
    },
    table: tableOfColumns(version.additionalPrinterColumns),
    ...(scale === undefined ? {} : { scale: customScale(scale) }),
    warnings: deprecationOf(definition, version),
    terminating,
    unconvertible: webhook
      ? `conversion webhook for ${stored.apiVersion}, Kind=${names.kind} failed: ${uncalled(conversion?.webhook?.clientConfig ?? {}, WEBHOOK_TIMEOUT_SECONDS)}`
      : null,
  };
}
