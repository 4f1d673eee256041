// long: a table of all that a definition is refused for
import { describe, expect, it } from 'vitest';
import { errorText } from '../field-error';
import { customResourceDefinitionRules as rules } from '../kinds/custom-resource-definition';
import type { CustomResourceDefinition } from '../types';
import { markedForDeletion, withCleanup } from './lifecycle';

const VERSION = { name: 'v1', served: true, storage: true };
const ROOT = { type: 'object', properties: { spec: { type: 'object' } } };

interface Parts {
  readonly spec?: object;
  readonly names?: object;
  readonly version?: object;
  readonly schema?: object;
  readonly metadata?: object;
}

function made({ spec, names, version, schema = ROOT, metadata }: Parts): CustomResourceDefinition {
  const object = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com', ...metadata },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget', ...names },
      versions: [{ ...VERSION, schema: { openAPIV3Schema: schema }, ...version }],
      ...spec,
    },
  };
  return rules.prepareForCreate(rules.applyDefaults(object as unknown as CustomResourceDefinition));
}

const errors = (parts: Parts): string[] => rules.validate(made(parts)).map(errorText);
/** A schema of one property of the spec. */
const property = (schema: object): Parts => ({
  schema: { type: 'object', properties: { spec: { type: 'object', properties: { a: schema } } } },
});
const A = 'spec.validation.openAPIV3Schema.properties[spec].properties[a]';
const LABEL =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const ALLOWED =
  'only [Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations] fields are allowed at the root of the schema if the status subresource is enabled';

// apiextensions-apiserver/pkg/apis/apiextensions/validation/validation_test.go
describe('a CustomResourceDefinition', () => {
  it('may be a sound one', () => {
    expect(errors({})).toEqual([]);
    expect(made({})).toMatchObject({
      metadata: { generation: 1 },
      spec: { names: { singular: 'widget', listKind: 'WidgetList' }, conversion: { strategy: 'None' } },
      status: { storedVersions: ['v1'] },
    });
  });

  it.each<[string, Parts, string[]]>([
    [
      'a name of its own',
      { metadata: { name: 'widget.example.com' } },
      ['metadata.name: Invalid value: "widget.example.com": must be spec.names.plural+"."+spec.group'],
    ],
    [
      'a group without a dot',
      { spec: { group: 'example' }, metadata: { name: 'widgets.example' } },
      ['spec.group: Invalid value: "example": should be a domain with at least one dot'],
    ],
    [
      'a scope that is none',
      { spec: { scope: 'Cosmic' } },
      ['spec.scope: Unsupported value: "Cosmic": supported values: "Cluster", "Namespaced"'],
    ],
    ['no scope', { spec: { scope: undefined } }, ['spec.scope: Required value']],
    [
      'names that are no labels',
      { names: { kind: 'Wid get', singular: 'Widget', shortNames: ['W'], listKind: 'WidgetList' } },
      [
        `spec.names.singular: Invalid value: "Widget": ${LABEL}`,
        `spec.names.kind: Invalid value: "Wid get": may have mixed case, but should otherwise match: ${LABEL}`,
        `spec.names.shortNames[0]: Invalid value: "W": ${LABEL}`,
      ],
    ],
    [
      'a list named as its items',
      { names: { listKind: 'Widget' } },
      ['spec.names.listKind: Invalid value: "Widget": kind and listKind may not be the same'],
    ],
    [
      'no version that is stored',
      { version: { storage: false } },
      [
        'spec.versions: Invalid value: [{"Name":"v1","Served":true,"Storage":false,"Deprecated":false,"DeprecationWarning":null,"Schema":null,"Subresources":null,"AdditionalPrinterColumns":null,"SelectableFields":null}]: must have exactly one version marked as storage version',
        'status.storedVersions: Invalid value: null: must have at least one stored version',
      ],
    ],
    [
      'a version without schema',
      { version: { schema: undefined } },
      ['spec.versions[0].schema.openAPIV3Schema: Required value'],
    ],
    [
      'a warning that nobody needs',
      { version: { deprecationWarning: 'old' } },
      ['spec.versions[0].deprecationWarning: Invalid value: "old": can only be set for deprecated versions'],
    ],
    [
      'unknown fields in general',
      { spec: { preserveUnknownFields: true } },
      [
        'spec.preserveUnknownFields: Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
      ],
    ],
    [
      'columns that cannot be',
      {
        version: {
          additionalPrinterColumns: [
            { name: '', type: 'text', jsonPath: 'spec.a' },
            { name: 'B', type: 'string', format: 'x', jsonPath: '' },
          ],
        },
      },
      [
        'spec.additionalPrinterColumns[0].name: Required value',
        'spec.additionalPrinterColumns[0].type: Invalid value: "text": must be one of boolean,date,integer,number,string',
        'spec.additionalPrinterColumns[0].JSONPath: Invalid value: "spec.a": must be a simple json path starting with .',
        'spec.additionalPrinterColumns[1].format: Invalid value: "x": must be one of byte,date,date-time,double,float,int32,int64,password',
        'spec.additionalPrinterColumns[1].JSONPath: Required value',
      ],
    ],
    [
      'a scale elsewhere',
      {
        version: {
          subresources: {
            scale: { specReplicasPath: '.status.replicas', statusReplicasPath: '', labelSelectorPath: '.meta.a' },
          },
        },
      },
      [
        'spec.subresources.scale.specReplicasPath: Invalid value: ".status.replicas": should be a json path under .spec',
        'spec.subresources.scale.statusReplicasPath: Required value',
        'spec.subresources.scale.labelSelectorPath: Invalid value: ".meta.a": should be a json path under either .spec or .status',
      ],
    ],
    [
      'selectable fields',
      {
        ...property({ type: 'array', items: { type: 'string' } }),
        version: {
          selectableFields: [
            { jsonPath: '.spec.a' },
            { jsonPath: '.spec.b' },
            { jsonPath: '' },
            { jsonPath: '.spec["a"]' },
          ],
        },
      },
      [
        'spec.selectableFields[0].jsonPath: Invalid value: ".spec.a": must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
        'spec.selectableFields[1].jsonPath: Invalid value: ".spec.b": is an invalid path: does not refer to a valid field',
        'spec.selectableFields[2].jsonPath: Required value',
        'spec.selectableFields[3].jsonPath: Invalid value: ".spec[\\"a\\"]": is an invalid path: array notation is not allowed',
      ],
    ],
    [
      'a conversion by nobody',
      { spec: { conversion: { strategy: 'Webhook' } } },
      [
        'spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook',
        'spec.conversion.conversionReviewVersions: Required value',
      ],
    ],
    [
      'a conversion by a plain URL',
      {
        spec: {
          conversion: {
            strategy: 'Webhook',
            webhook: { clientConfig: { url: 'http://u@h/?q' }, conversionReviewVersions: ['v2'] },
          },
        },
      },
      [
        `spec.conversion.webhookClientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme; desired format: https://host[/path]`,
        'spec.conversion.webhookClientConfig.url: Invalid value: "u": user information is not permitted in the URL',
        'spec.conversion.webhookClientConfig.url: Invalid value: "q": query parameters are not permitted in the URL',
        'spec.conversion.conversionReviewVersions: Invalid value: ["v2"]: must include at least one of v1, v1beta1',
      ],
    ],
    [
      'a schema of a status subresource with more at its root',
      { schema: { ...ROOT, minProperties: 1 }, version: { subresources: { status: {} } } },
      [
        `spec.validation.openAPIV3Schema: Invalid value: {"minProperties":1,"properties":{"spec":{"type":"object"}},"type":"object"}: ${ALLOWED}`,
      ],
    ],
    [
      'schemas that differ, each at its version',
      {
        spec: {
          versions: [
            { ...VERSION, schema: { openAPIV3Schema: ROOT } },
            {
              name: 'v2',
              served: true,
              storage: false,
              schema: { openAPIV3Schema: { type: 'object', properties: { spec: {} } } },
            },
          ],
        },
      },
      [
        'spec.versions[1].schema.openAPIV3Schema.properties[spec].type: Required value: must not be empty for specified object fields',
      ],
    ],
  ])('is refused with %s', (_, parts, expected) => {
    expect(errors(parts)).toEqual(expected);
  });

  const old = made({});
  const status = { ...old.status, conditions: [{ type: 'Established', status: 'True' }] };
  const established = { ...old, status } as CustomResourceDefinition;
  const updated = (parts: Parts): string[] => {
    const next = rules.prepareForUpdate(made(parts), established);
    return rules.validateUpdate(next, established).map(errorText);
  };
  it.each<[string, Parts, string[]]>([
    ['the scope', { spec: { scope: 'Cluster' } }, ['spec.scope: Invalid value: "Cluster": field is immutable']],
    ['the kind', { names: { kind: 'Thing' } }, ['spec.names.kind: Invalid value: "Thing": field is immutable']],
    [
      'what was stored',
      { version: { name: 'v2' } },
      [
        'status.storedVersions[0]: Invalid value: "v1": missing from spec.versions; v1 was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in v1 and removes v1 from status.storedVersions',
      ],
    ],
  ])('may not change %s once it is established', (_, parts, expected) => {
    expect(updated(parts)).toEqual(expected);
  });

  it('warns of formats that mean nothing, once', () => {
    const odd = made(property({ type: 'array', items: { type: 'string', format: 'phone' } }));
    expect(rules.warnings?.(odd)).toEqual(['unrecognized format "phone"']);
    expect(rules.warnings?.(odd, odd)).toEqual([]);
  });

  it('that never was established goes without its objects', () => {
    const marked = markedForDeletion(old, 0);
    const looked = withCleanup(marked, 0, 0)!;
    const released = withCleanup(looked, 0, 0)!;
    expect(released.metadata.finalizers).toBeUndefined();
    expect(released.status?.conditions).toMatchObject([{ reason: 'NeverEstablished', status: 'False' }]);
  });
});

// apiextensions-apiserver/pkg/apiserver/schema/validation_test.go, validation_test.go (x-kubernetes-*), defaulting/validation_test.go
describe('the schema of a definition', () => {
  it.each<[string, Parts, string[]]>([
    [
      'no type at the root',
      { schema: { properties: {} } },
      ['spec.validation.openAPIV3Schema.type: Required value: must not be empty at the root'],
    ],
    [
      'a list at the root',
      { schema: { type: 'array', items: { type: 'string' } } },
      ['spec.validation.openAPIV3Schema.type: Invalid value: "array": must be object at the root'],
    ],
    [
      'a map at the root',
      { schema: { type: 'object', additionalProperties: { type: 'string' } } },
      ['spec.validation.openAPIV3Schema.additionalProperties: Forbidden: must not be used at the root'],
    ],
    [
      'a null at the root',
      { schema: { ...ROOT, nullable: true } },
      ['spec.validation.openAPIV3Schema.nullable: Forbidden: nullable cannot be true at the root'],
    ],
    ['no type', property({}), [`${A}.type: Required value: must not be empty for specified object fields`]],
    [
      'items without a type',
      property({ type: 'array', items: {} }),
      [`${A}.items.type: Required value: must not be empty for specified array items`],
    ],
    ['a list of nothing', property({ type: 'array' }), [`${A}.items: Required value: must be specified`]],
    [
      'a type that is none',
      property({ type: 'text' }),
      [
        `${A}.type: Unsupported value: "text": supported values: "array", "boolean", "integer", "number", "object", "string"`,
      ],
    ],
    [
      'types where values are narrowed',
      property({ type: 'string', anyOf: [{ type: 'string', description: 'x' }], not: { nullable: true } }),
      [
        `${A}.anyOf[0].description: Forbidden: must be empty to be structural`,
        `${A}.anyOf[0].type: Forbidden: must be empty to be structural`,
        `${A}.not.nullable: Forbidden: must be false to be structural`,
      ],
    ],
    [
      'a number or a text, as it is written',
      property({ 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] }),
      [],
    ],
    [
      'fields that are narrowed and not there',
      { schema: { ...ROOT, anyOf: [{ properties: { b: { minimum: 1 } } }] } },
      [
        'spec.validation.openAPIV3Schema.properties[b]: Required value: because it is defined in spec.validation.openAPIV3Schema.anyOf[0].properties[b]',
      ],
    ],
    [
      'a pattern that is none',
      property({ type: 'string', pattern: '(' }),
      [
        `${A}.pattern: Invalid value: "(": must be a valid regular expression, but isn't: error parsing regexp: missing closing ): \`(\``,
      ],
    ],
    [
      'rules for metadata',
      {
        schema: {
          type: 'object',
          properties: { metadata: { type: 'object', properties: { labels: { type: 'object' } } } },
        },
      },
      [
        'spec.validation.openAPIV3Schema.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified',
      ],
    ],
    [
      'a kind that is no text',
      { schema: { type: 'object', properties: { kind: { type: 'integer' } } } },
      ['spec.validation.openAPIV3Schema.properties[kind].type: Invalid value: "integer": must be string'],
    ],
    [
      'references',
      property({ type: 'object', $ref: '#/x', definitions: { x: { type: 'string' } } }),
      [`${A}.definitions: Forbidden: definitions is not supported`, `${A}.$ref: Forbidden: $ref is not supported`],
    ],
    [
      'unique items',
      property({ type: 'array', uniqueItems: true, items: { type: 'string' } }),
      [`${A}.uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic`],
    ],
    [
      'properties and others',
      property({ type: 'object', properties: { b: { type: 'string' } }, additionalProperties: false }),
      [`${A}.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive`],
    ],
    [
      'unknown fields that go',
      property({ type: 'object', 'x-kubernetes-preserve-unknown-fields': false }),
      [`${A}.x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined`],
    ],
    [
      'a list type that is none',
      property({ type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'bag' }),
      [`${A}.x-kubernetes-list-type: Unsupported value: "bag": supported values: "atomic", "set", "map"`],
    ],
    [
      'a map without keys',
      property({ type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'map' }),
      [`${A}.x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map`],
    ],
    [
      'a map whose key may be missing',
      property({
        type: 'array',
        items: { type: 'object', properties: { k: { type: 'string' } } },
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['k', 'l'],
      }),
      [
        `${A}.x-kubernetes-list-map-keys: Invalid value: ["k","l"]: entries must all be names of item properties`,
        `${A}.items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property`,
      ],
    ],
    [
      'a set of objects',
      property({ type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'set' }),
      [
        `${A}.items.x-kubernetes-map-type: Invalid value: null: must be atomic as item of a list with x-kubernetes-list-type=set`,
      ],
    ],
    [
      'a map type of a text',
      property({ type: 'string', 'x-kubernetes-map-type': 'solid' }),
      [
        `${A}.type: Invalid value: "string": must be object if x-kubernetes-map-type is specified`,
        `${A}.x-kubernetes-map-type: Unsupported value: "solid": supported values: "atomic", "granular"`,
      ],
    ],
    [
      'a default of another type',
      property({ type: 'integer', default: 'x' }),
      [`${A}.default: Invalid value: "string":  in body must be of type integer: "string"`],
    ],
    [
      'a default with unknown fields',
      property({ type: 'object', default: { b: 1 } }),
      [`${A}.default: Invalid value: {"b":1}: must not have unknown fields`],
    ],
    [
      'a default in metadata',
      { schema: { type: 'object', properties: { metadata: { type: 'object', default: {} } } } },
      [
        'spec.validation.openAPIV3Schema.properties[metadata].default: Forbidden: must not be set in top-level metadata',
      ],
    ],
    [
      'rules without form',
      property({
        type: 'string',
        'x-kubernetes-validations': [
          { rule: ' ' },
          { rule: "self !=\n''" },
          { rule: 'true', reason: 'Because', fieldPath: '.x' },
        ],
      }),
      [
        `${A}.x-kubernetes-validations[0].rule: Required value: rule is not specified`,
        `${A}.x-kubernetes-validations[1].message: Required value: message must be specified if rule contains line breaks`,
        `${A}.x-kubernetes-validations[2].reason: Unsupported value: "Because": supported values: "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"`,
        `${A}.x-kubernetes-validations[2].fieldPath: Invalid value: ".x": must be a valid path`,
      ],
    ],
    [
      'an embedded object that is none',
      property({
        type: 'string',
        'x-kubernetes-embedded-resource': true,
        'x-kubernetes-preserve-unknown-fields': true,
      }),
      [`${A}.type: Invalid value: "string": must be object if x-kubernetes-embedded-resource is true`],
    ],
  ])('with %s', (_, parts, expected) => {
    expect(errors(parts)).toEqual(expected);
  });
});
