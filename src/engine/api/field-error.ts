/**
 * What is wrong with one field of an object, in the words of the API server.
 * @source kubernetes apimachinery/pkg/util/validation/field/errors.go
 */
import { canonicalJson } from './json';

export type FieldErrorType =
  | 'FieldValueRequired'
  | 'FieldValueInvalid'
  | 'FieldValueTypeInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueDuplicate'
  | 'FieldValueNotFound';

export interface FieldError {
  /** The `reason` of the cause in a Status. */
  readonly type: FieldErrorType;
  /** e.g. `spec.containers[0].name`. */
  readonly field: string;
  /** The refused value; absent where it is never printed. `null` prints as `null`. */
  readonly value?: unknown;
  readonly detail: string;
}

const WORDS: Readonly<Record<FieldErrorType, string>> = {
  FieldValueRequired: 'Required value',
  FieldValueInvalid: 'Invalid value',
  FieldValueTypeInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueNotFound: 'Not found',
};

export const required = (field: string, detail = ''): FieldError => ({ type: 'FieldValueRequired', field, detail });

export const invalid = (field: string, value: unknown, detail: string): FieldError => ({
  type: 'FieldValueInvalid',
  field,
  value,
  detail,
});

/** @param supported - printed in the order given */
export const notSupported = (field: string, value: unknown, supported: readonly string[]): FieldError => ({
  type: 'FieldValueNotSupported',
  field,
  value,
  detail: `supported values: ${supported.map((text) => quote(text)).join(', ')}`,
});

export const forbidden = (field: string, detail: string): FieldError => ({
  type: 'FieldValueForbidden',
  field,
  detail,
});

export const duplicate = (field: string, value: unknown, detail = ''): FieldError => ({
  type: 'FieldValueDuplicate',
  field,
  value,
  detail,
});

export const notFoundValue = (field: string, value: unknown): FieldError => ({
  type: 'FieldValueNotFound',
  field,
  value,
  detail: '',
});

/** @param max - bytes; negative when the limit is not told */
export const tooLong = (field: string, max: number): FieldError => ({
  type: 'FieldValueTooLong',
  field,
  detail: max < 0 ? 'value is too long' : `may not be more than ${max} ${max === 1 ? 'byte' : 'bytes'}`,
});

export const tooMany = (field: string, actual: number, max: number): FieldError => ({
  type: 'FieldValueTooMany',
  field,
  value: actual,
  detail: max < 0 ? 'has too many items' : `must have at most ${max} ${max === 1 ? 'item' : 'items'}`,
});

/** The body: everything after the field, e.g. `Invalid value: -1: must be greater than or equal to 0`. */
export function errorBody(error: FieldError): string {
  const value = error.value === undefined ? '' : `: ${printedValue(error.value)}`;
  const detail = error.detail === '' ? '' : `: ${error.detail}`;
  return `${WORDS[error.type]}${value}${detail}`;
}

/** `field: body`. An error of the whole object has no field and prints `[]`. */
export const errorText = (error: FieldError): string => `${error.field || '[]'}: ${errorBody(error)}`;

/** Several errors as one text: alone as it is, together `[a, b]`, each text once. */
export function aggregateText(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(errorText))];
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
}

function printedValue(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return canonicalJsonInOrder(value);
}

/** Structs print their fields in declared order, maps sorted: whoever makes the error gives structs in that order. */
function canonicalJsonInOrder(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJsonInOrder).join(',')}]`;
  return escapedJson(isOrdered(value) ? JSON.stringify(value.fields) : canonicalJson(value));
}

/** As Go's encoder writes letters that mean something in HTML. */
export const escapedJson = (json: string): string =>
  json.replace(/[<>&\u2028\u2029]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);

interface Ordered {
  readonly ordered: true;
  readonly fields: Readonly<Record<string, unknown>> | readonly unknown[];
}
const isOrdered = (value: unknown): value is Ordered =>
  typeof value === 'object' && value !== null && (value as Partial<Ordered>).ordered === true;

/** A value that prints as a Go struct: its fields in the order given instead of sorted. */
export const goStruct = (fields: Ordered['fields']): Ordered => ({ ordered: true, fields });

/** The fields of a struct of an internal version by their Go names: what prints when one is not set, or the struct that it holds. */
export interface GoShape {
  readonly [field: string]: '' | null | GoShape;
}

/** An object as it prints in the internal version: all fields, in the order and by the names that Go declares. */
export const goInternal = (value: object, shape: GoShape): Ordered => goStruct(internalFields(value, shape));

function internalFields(value: object, shape: GoShape): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(shape)) {
    const field = name.replace(/^[A-Z]+(?=[A-Z][a-z])|^[A-Z]/, (letters) => letters.toLowerCase());
    const given = (value as Readonly<Record<string, unknown>>)[field];
    if (given === undefined) fields[name] = inner === '' ? '' : null;
    else if (inner === '' || inner === null) fields[name] = given;
    else
      fields[name] = Array.isArray(given)
        ? given.map((item: object) => internalFields(item, inner))
        : internalFields(given as object, inner);
  }
  return fields;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/** A string as Go's %q prints it. */
export function quote(text: string): string {
  let result = '"';
  for (const symbol of text) {
    const code = symbol.codePointAt(0) ?? 0;
    const escape = SHORT_ESCAPES[symbol];
    if (escape !== undefined) result += escape;
    else if (code < 0x20 || code === 0x7f) result += `\\x${code.toString(16).padStart(2, '0')}`;
    else if (code >= 0x80 && code < 0xa0) result += `\\u${code.toString(16).padStart(4, '0')}`;
    else result += symbol;
  }
  return `${result}"`;
}
