/**
 * Whether the defaults in a schema are what the schema says.
 *
 * @source kubernetes apiextensions-apiserver/pkg/apiserver/schema/defaulting/validation.go
 */
import { type FieldError, invalid } from '../field-error';
import { byteOrder, deepEqual } from '../json';
import { prune } from './coerce';
import { isEmbedded, itemsOf, type JsonSchema, keyPath, META_FIELDS } from './json-schema';
import { asRoot, embeddedErrors } from './node-checks';
import { validateValue } from './validate-value';
import { walk } from './walk';

export const defaultErrors = (schema: JsonSchema, field: string): FieldError[] =>
  errorsAt(asRoot(schema), field, false);

/** @param insideMeta - in an embedded object's metadata, which is checked as such when there is one */
function errorsAt(schema: JsonSchema, field: string, insideMeta: boolean): FieldError[] {
  const items = itemsOf(schema);
  const properties = schema.properties ?? {};
  return [
    ...ownErrors(schema, `${field}.default`, insideMeta && !isEmbedded(schema)),
    ...(items === undefined ? [] : errorsAt(items, `${field}.items`, insideMeta && !isEmbedded(schema))),
    ...Object.keys(properties)
      .toSorted(byteOrder)
      .flatMap((name) => {
        const meta = isEmbedded(schema) ? META_FIELDS.has(name) : insideMeta;
        return errorsAt(properties[name]!, keyPath(`${field}.properties`, name), meta);
      }),
  ];
}

function ownErrors(schema: JsonSchema, field: string, insideMeta: boolean): readonly FieldError[] {
  const { default: value } = schema;
  if (value === undefined || value === null) return [];
  const errors: FieldError[] = [];
  if (!insideMeta) {
    const pruned = prune(value, schema, '', []);
    if (!deepEqual(pruned, value)) errors.push(invalid(field, value, 'must not have unknown fields'));
    const embedded = walk(schema, value, undefined, field, embeddedErrors);
    if (embedded.length > 0) return [...errors, ...embedded];
  }
  return [...errors, ...validateValue(schema, value, undefined, field)];
}
