import { additionalOf, itemsOf, type JsonSchema } from './json-schema';

/** A schema and all that are in it. */
export function schemasIn(schema: JsonSchema): readonly JsonSchema[] {
  const { allOf = [], anyOf = [], oneOf = [], not, properties = {} } = schema;
  const parts = [
    ...allOf,
    ...anyOf,
    ...oneOf,
    not,
    itemsOf(schema),
    additionalOf(schema),
    ...Object.values(properties),
  ];
  return [schema, ...parts.flatMap((part) => (part === undefined ? [] : schemasIn(part)))];
}
