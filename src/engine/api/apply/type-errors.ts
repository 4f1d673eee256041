/**
 * Why a configuration is not of its kind, as server-side apply says it.
 * @source sigs.k8s.io/structured-merge-diff typed/{validate,helpers,parser}.go
 */
import { isJsonArray, isJsonObject, type JsonValue } from '../json';
import { goText } from '../patch/strategic-merge';
import { keyText } from './field-set';
import { itemKey, memberType, type Typed } from './typed';

/** All errors as one text; empty when there are none. */
export function typeErrorText(type: Typed, value: unknown): string {
  const errors = errorsOf(type, value, '');
  return errors.length > 1 ? `errors:\n${errors.map((error) => `  ${error}`).join('\n')}` : (errors[0] ?? '');
}

function errorsOf(type: Typed, value: unknown, path: string): string[] {
  if (value === null || value === undefined) return [];
  switch (type.kind) {
    case 'struct':
    case 'map':
      if (!isJsonObject(value)) return [`${path}: expected map, got ${wrapped(value)}`];
      return Object.keys(value).flatMap((name) => {
        const of = memberType(type, name);
        const at = `${path}.${name}`;
        return of === undefined ? [`${at}: field not declared in schema`] : errorsOf(of, value[name], at);
      });
    case 'list':
      return isJsonArray(value) ? itemErrors(type, value, path) : [`${path}: expected list, got ${wrapped(value)}`];
    case 'scalar':
      return scalarErrors(type.code, value, path);
    case 'atomic':
    case 'any':
      return [];
  }
}

/** A value as Go prints the wrapping that it stands in. */
const wrapped = (value: unknown): string => `&{${goText(value as JsonValue)}}`;

function itemErrors(type: Typed, list: readonly JsonValue[], path: string): string[] {
  const seen = new Set<string>();
  return list.flatMap((item, index) => {
    const at = `${path}: element ${index}: associative list with`;
    if (type.keys.length > 0 && item === null) return [`${at} keys may not have a null element`];
    if (type.keys.length > 0 && !isJsonObject(item)) return [`${at} keys may not have non-map elements`];
    const lacking = type.keys.find(
      ({ name, fallback }) => !Object.hasOwn(item as object, name) && fallback === undefined,
    );
    if (lacking !== undefined) {
      return [`${at} keys has an element that omits key field "${lacking.name}" (and doesn't have default value)`];
    }
    const key = itemKey(type, item);
    if (key === undefined) return [];
    if (seen.has(key)) return [`${path}: duplicate entries for key ${keyText(key)}`];
    seen.add(key);
    return errorsOf(type.element, item, path + keyText(key));
  });
}

function scalarErrors(code: string, value: unknown, path: string): string[] {
  const is = typeof value;
  switch (code) {
    case 's':
    case 't':
    case 'm':
    case 'y':
      return is === 'string'
        ? []
        : [`${path}: expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`];
    case 'b':
      return is === 'boolean' ? [] : [`${path}: expected boolean, got ${wrapped(value)}`];
    case 'q':
    case 'x':
      return is === 'object' ? [`${path}: expected any scalar, got ${wrapped(value)}`] : [];
    default:
      return is === 'number' ? [] : [`${path}: expected numeric (int or float), got ${goTypeOf(value)}`];
  }
}

const goTypeOf = (value: unknown): string =>
  typeof value === 'boolean'
    ? 'bool'
    : typeof value === 'string'
      ? 'string'
      : isJsonArray(value)
        ? '[]interface {}'
        : 'map[string]interface {}';

/** A value as Go's `%#v` prints it. */
function goSyntax(value: unknown): string {
  if (isJsonArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.keys(value).map((key) => `${JSON.stringify(key)}:${goSyntax(value[key])}`);
  return `map[string]interface {}{${members.join(', ')}}`;
}
