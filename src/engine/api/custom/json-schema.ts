/**
 * Schemas of custom resources, as definitions carry them.
 *
 * @source kubernetes apiextensions-apiserver/pkg/apis/apiextensions/v1/types_jsonschema.go, pkg/apiserver/schema/structural.go
 */
import { isJsonObject, type JsonValue } from '../json';

export interface ValidationRule {
  readonly rule?: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
  readonly fieldPath?: string;
  readonly optionalOldSelf?: boolean;
}

type Schemas = Readonly<Record<string, JsonSchema>>;

export interface JsonSchema {
  readonly $ref?: string;
  readonly $schema?: string;
  readonly additionalItems?: unknown;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly allOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly default?: JsonValue;
  readonly definitions?: Schemas;
  readonly dependencies?: Readonly<Record<string, unknown>>;
  readonly description?: string;
  readonly enum?: readonly JsonValue[];
  readonly example?: JsonValue;
  readonly exclusiveMaximum?: boolean;
  readonly exclusiveMinimum?: boolean;
  readonly externalDocs?: unknown;
  readonly format?: string;
  readonly id?: string;
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly maxItems?: number;
  readonly maxLength?: number;
  readonly maxProperties?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly minLength?: number;
  readonly minProperties?: number;
  readonly minimum?: number;
  readonly multipleOf?: number;
  readonly not?: JsonSchema;
  readonly nullable?: boolean;
  readonly oneOf?: readonly JsonSchema[];
  readonly pattern?: string;
  readonly patternProperties?: Schemas;
  readonly properties?: Schemas;
  readonly required?: readonly string[];
  readonly title?: string;
  readonly type?: string;
  readonly uniqueItems?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-map-type'?: string;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[];
}

/** The schema of a list's items. A list of schemas, one an item, is refused in definitions. */
export const itemsOf = ({ items }: JsonSchema): JsonSchema | undefined => (isJsonObject(items) ? items : undefined);

/** The schema of what a map holds besides its properties; undefined where there is none or anything goes. */
export const additionalOf = ({ additionalProperties }: JsonSchema): JsonSchema | undefined =>
  isJsonObject(additionalProperties) ? additionalProperties : undefined;

export const propertyOf = ({ properties }: JsonSchema, name: string): JsonSchema | undefined =>
  properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined;

/** What holds for a member of a map: a property's schema, or that of all others. */
export const memberOf = (schema: JsonSchema, name: string): JsonSchema | undefined =>
  propertyOf(schema, name) ?? additionalOf(schema);

export const isEmbedded = (schema: JsonSchema): boolean => schema['x-kubernetes-embedded-resource'] === true;

/** Fields of an object that its schema does not decide about. */
export const META_FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/** A member's path: `spec.replicas`, or `replicas` at the root. */
export const childPath = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** The path of a map's entry as field errors have it: `spec.labels[app]`. */
export const keyPath = (path: string, name: string): string => `${path}[${name}]`;
