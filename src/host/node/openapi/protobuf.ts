/**
 * The document of the second version in protobuf, the only form in which kubectl asks for it.
 *
 * @source google/gnostic openapiv2/OpenAPIv2.proto
 */
import type { Json } from '#engine/api/openapi/models';

const VARINT = 0;
const BYTES = 2;

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}

const tagged = (field: number, bytes: Buffer): Buffer =>
  Buffer.concat([varint((field << 3) | BYTES), varint(bytes.length), bytes]);
const NOTHING = Buffer.alloc(0);

const message = (field: number, ...parts: readonly Buffer[]): Buffer => tagged(field, Buffer.concat(parts));
const text = (field: number, value: unknown): Buffer =>
  typeof value === 'string' && value !== '' ? tagged(field, Buffer.from(value)) : NOTHING;
const truth = (field: number, value: unknown): Buffer =>
  value === true ? Buffer.concat([varint((field << 3) | VARINT), varint(1)]) : NOTHING;
const texts = (field: number, values: unknown): Buffer =>
  Array.isArray(values) ? Buffer.concat(values.map((value) => tagged(field, Buffer.from(String(value))))) : NOTHING;

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const entriesOf = (value: unknown): [string, Json][] =>
  isJson(value) ? Object.entries(value).filter((entry): entry is [string, Json] => isJson(entry[1])) : [];
const itemsOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isJson) : []);

/** A value of any kind, as YAML, of which JSON is a part. */
const anything = (field: number, value: unknown): Buffer => message(field, text(2, JSON.stringify(value)));

/** Fields that begin with `x-`, as pairs of name and value. */
const extensions = (field: number, object: Json): Buffer =>
  Buffer.concat(
    Object.entries(object)
      .filter(([name]) => name.startsWith('x-'))
      .map(([name, value]) => message(field, text(1, name), anything(2, value))),
  );

function schema(object: Json): Buffer {
  const { additionalProperties, enum: values, items, properties, type } = object;
  return Buffer.concat([
    text(1, object['$ref']),
    text(2, object['format']),
    text(4, object['description']),
    texts(19, object['required']),
    ...(Array.isArray(values) ? values.map((value) => anything(20, value)) : []),
    isJson(additionalProperties) ? message(21, message(1, schema(additionalProperties))) : NOTHING,
    type === undefined ? NOTHING : message(22, text(1, type)),
    isJson(items) ? message(23, message(1, schema(items))) : NOTHING,
    properties === undefined ? NOTHING : message(25, named(1, properties, schema)),
    extensions(31, object),
  ]);
}

/** The entries of a map, each as name and value. */
const named = (field: number, map: unknown, encode: (object: Json) => Buffer): Buffer =>
  Buffer.concat(entriesOf(map).map(([name, value]) => message(field, text(1, name), message(2, encode(value)))));

function parameter(object: Json): Buffer {
  const { name, description, required, type, uniqueItems, schema: body } = object;
  const where = object['in'];
  if (where === 'body') {
    const parts = [text(1, description), text(2, name), text(3, where), truth(4, required)];
    return message(1, message(1, ...parts, isJson(body) ? message(5, schema(body)) : NOTHING));
  }
  const common = [truth(1, required), text(2, where), text(3, description), text(4, name)];
  const inQuery = where === 'query';
  const own = inQuery ? [text(6, type), truth(20, uniqueItems)] : [text(5, type), truth(19, uniqueItems)];
  return message(1, message(2, message(inQuery ? 3 : 4, ...common, ...own)));
}

const parameters = (field: number, list: unknown): Buffer =>
  Buffer.concat(itemsOf(list).map((item) => message(field, parameter(item))));

function response(object: Json): Buffer {
  const { description, schema: body } = object;
  return message(1, text(1, description), isJson(body) ? message(2, message(1, schema(body))) : NOTHING);
}

const operation = (object: Json): Buffer =>
  Buffer.concat([
    texts(1, object['tags']),
    text(3, object['description']),
    text(5, object['operationId']),
    texts(6, object['produces']),
    texts(7, object['consumes']),
    parameters(8, object['parameters']),
    message(9, named(1, object['responses'], response)),
    texts(10, object['schemes']),
    extensions(13, object),
  ]);

const METHODS = [
  ['get', 2],
  ['put', 3],
  ['post', 4],
  ['delete', 5],
  ['patch', 8],
] as const;

function pathItem(object: Json): Buffer {
  const operations = METHODS.map(([method, field]) => {
    const found = object[method];
    return isJson(found) ? message(field, operation(found)) : NOTHING;
  });
  return Buffer.concat([...operations, parameters(9, object['parameters'])]);
}

const apiKey = (object: Json): Buffer =>
  message(2, text(1, object['type']), text(2, object['name']), text(3, object['in']), text(4, object['description']));

/** @param document - of the second version, as `openApiV2` makes it */
export function protobufOf(document: Json): Uint8Array {
  const info = (document['info'] ?? {}) as Json;
  const requirements = itemsOf(document['security']).map((requirement) =>
    message(12, ...Object.keys(requirement).map((name) => message(1, text(1, name), message(2)))),
  );
  return Buffer.concat([
    text(1, document['swagger']),
    message(2, text(1, info['title']), text(2, info['version'])),
    message(8, named(2, document['paths'], pathItem)),
    message(9, named(1, document['definitions'], schema)),
    ...requirements,
    message(13, named(1, document['securityDefinitions'], apiKey)),
  ]);
}
