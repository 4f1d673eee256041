/** `--sort-by`. @source kubernetes kubectl/pkg/cmd/get/sorter.go */
import { byteOrder, type JsonObject, type JsonValue } from '#engine/api/json';
import { compareQuantities, quantityError } from '#engine/api/quantity';
import { failed } from '../call/context';
import { parseTemplate, relaxedPath, templateValues } from './json-path';
import type { TableRow } from './table';

function sortedBy<T>(items: readonly T[], expression: string, objectOf: (item: T) => JsonObject): T[] {
  const path = relaxedPath(expression);
  const template = parseTemplate(path, '');
  const keyed = items.map((item) => {
    const [value] = templateValues(template, objectOf(item));
    return { item, value };
  });
  if (items.length > 0 && keyed.every(({ value }) => value === undefined))
    throw failed(`couldn't find any field with path ${JSON.stringify(path)} in the list of objects`);
  return keyed.sort((a, b) => compared(a.value, b.value)).map(({ item }) => item);
}

function compared(a: JsonValue | undefined, b: JsonValue | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') {
    if (quantityError(a) === undefined && quantityError(b) === undefined) return compareQuantities(a, b);
    return naturalOrder(a, b);
  }
  return byteOrder(JSON.stringify(a), JSON.stringify(b));
}

/** Runs of digits count as numbers. @source vbom.ml/util/sortorder */
function naturalOrder(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.match(/\d+|\D+/g) ?? []);
  for (let at = 0; at < Math.min(left!.length, right!.length); at++) {
    const [x, y] = [left![at]!, right![at]!];
    if (x === y) continue;
    const digits = /^\d/.test(x) && /^\d/.test(y);
    return digits && Number(x) !== Number(y) ? Number(x) - Number(y) : byteOrder(x, y);
  }
  return left!.length - right!.length;
}

export const sortedObjects = (objects: readonly JsonObject[], expression: string): JsonObject[] =>
  sortedBy(objects, expression, (object) => object);

export const sortedRows = (rows: readonly TableRow[], expression: string): TableRow[] =>
  sortedBy(rows, expression, ({ object }) => object as unknown as JsonObject);
