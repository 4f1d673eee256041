/**
 * Whether a value keeps its schema, in the words of the library that Kubernetes asks.
 *
 * @source kube-openapi pkg/validation/validate/{schema,type,schema_props,object_validator,slice_validator,values,result}.go,
 *   pkg/validation/errors/schema.go, kubernetes apiextensions-apiserver/pkg/apiserver/validation/{validation,ratcheting}.go
 */
import { type FieldError, invalid, notSupported, quote, required, tooLong, tooMany } from '../field-error';
import {
  canonicalJson,
  deepEqual,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  sortedKeys,
} from '../json';
import { compileRegExp } from '../regexp/regexp';
import { effectiveFormat, hasFormat } from './formats';
import { additionalOf, itemsOf, type JsonSchema, propertyOf } from './json-schema';
import { oldItems } from './old-items';

/** Where a value was: what stood there before an update, or nothing that could be compared. */
type Old = { readonly value: JsonValue } | null;

interface Place {
  /** As messages say it: empty at the root, members of which may begin with a dot. */
  readonly path: string;
  readonly old: Old;
}

/** What came of it. */
class Result {
  readonly errors: FieldError[] = [];
  readonly #texts = new Set<string>();
  /** How much of a schema was met: decides whose errors are told where one of several schemas should have been. */
  matches = 0;

  /** @param text - tells errors apart: the same is told once */
  add(error: FieldError, text: string): void {
    if (this.#texts.has(text)) return;
    this.#texts.add(text);
    this.errors.push(error);
  }

  merge(other: Result): void {
    const texts = [...other.#texts];
    other.errors.forEach((error, index) => this.add(error, texts[index]!));
    this.matches += other.matches;
  }
}

/** A number as Go prints a float64. */
export function goFloat(value: number): string {
  const scientific = value.toExponential();
  const exponent = Number(scientific.slice(scientific.indexOf('e') + 1));
  if (exponent >= -4 && exponent < 21) return String(value);
  return scientific.replace(/e([+-])(\d)$/, 'e$10$2');
}

const typeName = (value: JsonValue): string => {
  if (isJsonArray(value)) return 'array';
  if (isJsonObject(value)) return 'object';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value === 'boolean' ? 'boolean' : 'string';
};

const typesOf = (schema: JsonSchema): readonly string[] =>
  schema['x-kubernetes-int-or-string'] === true
    ? ['integer', 'string']
    : schema.type === undefined
      ? []
      : [schema.type];

class Validator {
  /** Field errors stand below it; null: at the root. */
  readonly #prefix: string | null;

  constructor(prefix: string | null) {
    this.#prefix = prefix;
  }

  #field(path: string): string {
    const name = path.startsWith('.') ? path.slice(1) : path;
    if (name === '') return this.#prefix ?? '<nil>';
    return this.#prefix === null ? name : `${this.#prefix}.${name}`;
  }

  #invalid(result: Result, path: string, value: unknown, rule: string): void {
    const text = `${path} in body ${rule}`;
    result.add(invalid(this.#field(path), value, text), text);
  }

  #wrongType(result: Result, path: string, type: string, value: string): void {
    const text = `${path} in body must be of type ${type}: ${quote(value)}`;
    result.add({ type: 'FieldValueTypeInvalid', field: this.#field(path), value, detail: text }, text);
  }

  /** An error that has no place of its own. */
  #composite(result: Result, text: string): void {
    result.add(invalid(this.#prefix ?? '<nil>', '', text), text);
  }

  validate(schema: JsonSchema, value: JsonValue, place: Place): Result {
    const result = new Result();
    // An update is not refused for what it leaves as it was.
    if (place.old !== null && deepEqual(place.old.value, value)) return result;
    const { path } = place;
    if (value === null) {
      const types = typesOf(schema);
      if (types.length > 0 && schema.nullable !== true) this.#wrongType(result, path, types.join(','), 'null');
      this.#enum(result, schema, value, path);
      return result;
    }
    const format = effectiveFormat(typesOf(schema).length > 1 ? undefined : schema.type, schema.format);
    this.#type(result, schema, value, path, format);
    this.#composition(result, schema, value, path);
    if (typeof value === 'string') this.#string(result, schema, value, path, format);
    else if (typeof value === 'number') this.#number(result, schema, value, path);
    else if (isJsonArray(value)) this.#list(result, schema, value, place);
    this.#enum(result, schema, value, path);
    if (isJsonObject(value)) this.#object(result, schema, value, place);
    result.matches += 3;
    return result;
  }

  #type(result: Result, schema: JsonSchema, value: JsonValue, path: string, format: string): void {
    const types = typesOf(schema);
    if (types.length === 0 && format === '') return;
    result.matches++;
    const is = typeName(value);
    const text = typeof value === 'string' || isJsonArray(value);
    const asInteger = is === 'integer' && types.includes('number');
    const fits = types.includes(is) || asInteger;
    if (!text && format !== '' && !fits && !(types.length === 0 && typeof value === 'object')) {
      const found = is === 'integer' ? 'int64' : is === 'number' ? 'float64' : '';
      return this.#wrongType(result, path, format, found);
    }
    const numeric = types.includes('number') || types.includes('integer');
    if (!numeric && format !== '' && text) {
      result.matches++;
      return;
    }
    if (!fits) this.#wrongType(result, path, types.join(','), is);
    else result.matches++;
  }

  #composition(result: Result, schema: JsonSchema, value: JsonValue, path: string): void {
    const each = (schemas: readonly JsonSchema[]): Result[] =>
      schemas.map((one) => this.validate(one, value, { path, old: null }));
    if (schema.anyOf?.length) {
      const results = each(schema.anyOf);
      const met = results.find(({ errors }) => errors.length === 0);
      if (met === undefined) {
        this.#composite(result, `${quote(path)} must validate at least one schema (anyOf)`);
        result.merge(best(results));
      } else result.merge(met);
    }
    if (schema.oneOf?.length) {
      const results = each(schema.oneOf);
      const met = results.filter(({ errors }) => errors.length === 0);
      if (met.length === 1) result.merge(met[0]!);
      else {
        const found = met.length === 0 ? 'Found none valid' : `Found ${met.length} valid alternatives`;
        this.#composite(result, `${quote(path)} must validate one and only one schema (oneOf). ${found}`);
        if (met.length === 0) result.merge(best(results));
      }
    }
    if (schema.allOf?.length) {
      const results = each(schema.allOf);
      const met = results.filter(({ errors }) => errors.length === 0).length;
      for (const one of results) result.merge(one);
      if (met < results.length) {
        const none = met === 0 ? '. None validated' : '';
        this.#composite(result, `${quote(path)} must validate all the schemas (allOf)${none}`);
      }
    }
    if (schema.not !== undefined && this.validate(schema.not, value, { path, old: null }).errors.length === 0)
      this.#composite(result, `${quote(path)} must not validate the schema (not)`);
    result.matches++;
  }

  #string(result: Result, schema: JsonSchema, value: string, path: string, format: string): void {
    const { maxLength, minLength, pattern } = schema;
    result.matches++;
    const length = maxLength === undefined && minLength === undefined ? 0 : Array.from(value).length;
    if (maxLength !== undefined && length > maxLength)
      return result.add(tooLong(this.#field(path), maxLength), `${path} too long`);
    if (minLength !== undefined && length < minLength)
      return this.#invalid(result, path, value, `should be at least ${minLength} chars long`);
    if (pattern) {
      const compiled = compileRegExp(pattern);
      const shown = compiled.ok ? pattern : `${pattern}, but pattern is invalid: ${compiled.error}`;
      if (!compiled.ok || !compiled.value.matches(value)) this.#invalid(result, path, value, `should match '${shown}'`);
    }
    if (format === '') return;
    result.matches++;
    if (!hasFormat(format, value)) this.#wrongType(result, path, format, value);
  }

  #number(result: Result, schema: JsonSchema, value: number, path: string): void {
    const { multipleOf, maximum, exclusiveMaximum, minimum, exclusiveMinimum } = schema;
    const integer = Number.isInteger(value);
    const shown = (bound: number): string => (integer ? String(Math.trunc(bound)) : goFloat(bound));
    const limit = (bound: number): number => (integer ? Math.trunc(bound) : bound);
    result.matches++;
    if (multipleOf !== undefined && multipleOf > 0) {
      const factor = integer && multipleOf >= 1 ? Math.trunc(multipleOf) : multipleOf;
      const times = factor < 1 ? (1 / factor) * value : value / factor;
      if (Math.abs(times - Math.round(times)) > 1e-9 * Math.max(1, Math.abs(times)))
        this.#invalid(result, path, value, `should be a multiple of ${shown(factor)}`);
    }
    if (maximum !== undefined && (value > limit(maximum) || (exclusiveMaximum === true && value === limit(maximum))))
      this.#invalid(
        result,
        path,
        value,
        `should be less than ${exclusiveMaximum === true ? '' : 'or equal to '}${shown(maximum)}`,
      );
    if (minimum !== undefined && (value < limit(minimum) || (exclusiveMinimum === true && value === limit(minimum))))
      this.#invalid(
        result,
        path,
        value,
        `should be greater than ${exclusiveMinimum === true ? '' : 'or equal to '}${shown(minimum)}`,
      );
  }

  #list(result: Result, schema: JsonSchema, value: readonly JsonValue[], { path, old }: Place): void {
    const items = itemsOf(schema);
    const before = items === undefined || old === null ? null : oldItems(schema, old.value);
    if (items !== undefined) {
      value.forEach((item, index) => {
        const was = before?.(item);
        const at = { path: `${path}[${index}]`, old: was === undefined ? null : { value: was } };
        result.merge(this.validate(items, item, at));
      });
    }
    const { minItems, maxItems } = schema;
    if (minItems !== undefined && value.length < minItems)
      this.#invalid(result, path, value.length, `should have at least ${minItems} items`);
    if (maxItems !== undefined && value.length > maxItems)
      result.add(tooMany(this.#field(path), value.length, maxItems), `${path} too many items`);
    result.matches += 2;
  }

  #enum(result: Result, schema: JsonSchema, value: JsonValue, path: string): void {
    if (schema.enum === undefined || schema.enum.length === 0) return;
    if (schema.enum.some((one) => deepEqual(one, value))) return;
    const values = schema.enum.map((one) => (typeof one === 'string' ? one : canonicalJson(one)));
    result.add(notSupported(this.#field(path), value, values), `${path} enum`);
  }

  #object(result: Result, schema: JsonSchema, value: JsonObject, { path, old }: Place): void {
    const { minProperties, maxProperties } = schema;
    const names = sortedKeys(value);
    if (minProperties !== undefined && names.length < minProperties)
      return this.#invalid(result, path, names.length, `should have at least ${minProperties} properties`);
    if (maxProperties !== undefined && names.length > maxProperties)
      return result.add(tooMany(this.#field(path), names.length, maxProperties), `${path} too many properties`);
    const before = old !== null && isJsonObject(old.value) ? old.value : null;
    const member = (of: JsonSchema, name: string, at: string): void => {
      const was = before !== null && Object.hasOwn(before, name) ? { value: before[name]! } : null;
      result.merge(this.validate(of, value[name]!, { path: at, old: was }));
    };
    const additional = additionalOf(schema);
    for (const name of names) {
      const known = propertyOf(schema, name);
      if (known !== undefined) member(known, name, path === '' ? name : `${path}.${name}`);
      else if (schema.additionalProperties === false) {
        const text = `${path}.${name} in body is a forbidden property`;
        result.add(invalid(this.#field(path), name, text), text);
      } else if (additional !== undefined) member(additional, name, `${path}.${name}`);
    }
    for (const name of schema.required ?? []) {
      const at = `${path}.${name}`;
      if (!Object.hasOwn(value, name)) result.add(required(this.#field(at)), `${at} in body is required`);
    }
    result.matches++;
  }
}

/** The result of which most was met; the first of several. */
const best = (results: readonly Result[]): Result =>
  results.reduce((most, one) => (one.matches > most.matches ? one : most));

/**
 * What is wrong with a value by its schema.
 *
 * @param old - what stood there before, where this is an update: what it leaves as it was is not refused
 * @param prefix - the path of the value itself; null: it is a whole object
 */
export const validateValue = (
  schema: JsonSchema,
  value: JsonValue,
  old?: JsonValue,
  prefix: string | null = null,
): readonly FieldError[] =>
  new Validator(prefix).validate(schema, value, { path: '', old: old === undefined ? null : { value: old } }).errors;
