/**
 * Custom objects as the rows of a Table.
 *
 * @source kubernetes apiextensions-apiserver/pkg/registry/customresource/tableconvertor/tableconvertor.go,
 *   pkg/apiserver/helpers.go (serveDefaultColumnsIfEmpty)
 */
import type { JsonValue } from '../json';
import { type Cell, type KindTable, sinceText, type TableColumn, UNKNOWN } from '../printers/printer';
import { timestampError } from '../timestamp';
import type { CustomResourceDefinition, KubeObject } from '../types';
import { findJsonPath, type JsonPath, parseJsonPath, printedValue } from './json-path';

type Column = NonNullable<CustomResourceDefinition['spec']['versions'][number]['additionalPrinterColumns']>[number];

const NAME: TableColumn = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description:
    'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
  priority: 0,
};

/** Where a definition names no columns. */
const AGE: readonly Column[] = [
  {
    name: 'Age',
    type: 'date',
    description:
      'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata',
    jsonPath: '.metadata.creationTimestamp',
  },
];

const headerOf = ({ name, type, format = '', description, priority = 0, jsonPath }: Column): TableColumn => ({
  name,
  type: type as TableColumn['type'],
  format,
  description: description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
  priority,
});

/** A table of the columns that a definition names; a path that cannot be read ends them, as upstream. */
export function tableOfColumns(
  given: readonly Column[] = [],
): (objects: readonly KubeObject[], now: number) => KindTable {
  const all = given.length === 0 ? AGE : given;
  const paths = all.map(({ jsonPath }) => parseJsonPath(jsonPath));
  const bad = paths.indexOf(null);
  const columns = bad < 0 ? all : all.slice(0, bad);
  const headers = [NAME, ...columns.map(headerOf)];
  return (objects, now) => ({
    columns: headers,
    rows: objects.map((object) => ({
      object,
      cells: [object.metadata.name, ...columns.map(({ type }, index) => cellOf(type, paths[index]!, object, now))],
    })),
  });
}

function cellOf(type: string, path: JsonPath, object: KubeObject, now: number): Cell | null {
  const [value] = findJsonPath(path, object as unknown as JsonValue);
  if (value === undefined) return null;
  switch (type) {
    case 'string':
      return printedValue(value);
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return typeof value === 'string' ? dateOf(value, now) : null;
    default:
      return null;
  }
}

const dateOf = (text: string, now: number): string =>
  text === '' ? UNKNOWN : timestampError(text) === undefined ? sinceText(text, now) : '<invalid>';
