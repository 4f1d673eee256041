/**
 * The rules in CEL that a definition may have: their form, what they name, and what they may cost together.
 *
 * @source kubernetes apiextensions-apiserver/pkg/apis/apiextensions/validation/{validation,cel_validation}.go
 * @simplified rules inside of allOf are neither compiled nor evaluated
 */
import { compileRule, maxCardinality } from '../cel/rules';
import { type Declared, declaredType } from '../cel/schema-types';
import { type FieldError, forbidden, goStruct, invalid, notSupported, required } from '../field-error';
import { byteOrder } from '../json';
import { fieldPathError } from './field-path';
import { additionalOf, isEmbedded, itemsOf, type JsonSchema, keyPath, type ValidationRule } from './json-schema';

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];
/** Of one expression, and of all in a schema. */
const COST_LIMIT = 10_000_000;
const TOTAL_LIMIT = 100_000_000;

/** Where a node of the schema stands. */
interface Place {
  readonly root: boolean;
  /** How often its data may be in an object; null: as often as they fit. */
  readonly cardinality: number | null;
  /** From here on down nobody can tell what was what before; null: it can be told. */
  readonly uncorrelated: string | null;
}

interface Cost {
  readonly field: string;
  readonly cost: number;
}

class Checker {
  readonly errors: FieldError[] = [];
  readonly #compiles: boolean;
  #total = 0;
  #dearest: Cost[] = [];

  constructor(compiles: boolean) {
    this.#compiles = compiles;
  }

  check(schema: JsonSchema, field: string, place: Place): void {
    const mapCorrelates = (schema['x-kubernetes-map-type'] ?? 'granular') === 'granular';
    const inMap: Place = this.#below(schema, place, mapCorrelates, field);
    const inList: Place = this.#below(schema, place, schema['x-kubernetes-list-type'] === 'map', field);
    const additional = additionalOf(schema);
    if (additional !== undefined) this.check(additional, `${field}.additionalProperties`, inMap);
    const { properties = {} } = schema;
    for (const name of Object.keys(properties).toSorted(byteOrder))
      this.check(properties[name]!, keyPath(`${field}.properties`, name), inMap);
    const items = itemsOf(schema);
    if (items !== undefined) this.check(items, `${field}.items`, inList);
    const rules = schema['x-kubernetes-validations'] ?? [];
    if (rules.length === 0) return;
    const declared = declaredType(schema, place.root || isEmbedded(schema), 'selfType');
    for (const [index, rule] of rules.entries()) {
      const at = `${field}.x-kubernetes-validations[${index}]`;
      this.errors.push(...formErrors(rule, schema, at));
      if (this.#compiles && declared !== null) this.#compile(rule, declared, at, place);
    }
  }

  #below(schema: JsonSchema, place: Place, correlates: boolean, field: string): Place {
    const most = maxElements(schema);
    return {
      root: false,
      cardinality: place.cardinality === null || most === null ? null : place.cardinality * most,
      uncorrelated: place.uncorrelated ?? (correlates ? null : field),
    };
  }

  #compile(rule: ValidationRule, declared: Declared, at: string, { cardinality, uncorrelated }: Place): void {
    const compiled = compileRule(rule, declared);
    const cost = compiled.cost * (cardinality ?? maxCardinality(declared));
    this.#limit(cost, 'estimated rule cost', `${at}.rule`);
    this.#observe({ field: `${at}.rule`, cost });
    const shown = goStruct({
      Rule: rule.rule ?? '',
      Message: rule.message ?? '',
      MessageExpression: rule.messageExpression ?? '',
      Reason: rule.reason ?? null,
      FieldPath: rule.fieldPath ?? '',
      OptionalOldSelf: rule.optionalOldSelf ?? null,
    });
    if (compiled.error !== null) this.errors.push(invalid(`${at}.rule`, shown, compiled.error));
    if (compiled.messageError !== null)
      this.errors.push(invalid(`${at}.messageExpression`, shown, compiled.messageError));
    else if (compiled.message !== null) {
      this.#limit(compiled.messageCost, 'estimated messageExpression cost', `${at}.messageExpression`);
      this.#observe({ field: `${at}.messageExpression`, cost: compiled.messageCost });
    }
    if (compiled.usesOldSelf && uncorrelated !== null && rule.optionalOldSelf !== true) {
      const detail = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelated}`;
      this.errors.push(invalid(`${at}.rule`, rule.rule, detail));
    } else if (!compiled.usesOldSelf && rule.optionalOldSelf !== undefined) {
      const detail = 'may not be set if oldSelf is not used in rule';
      this.errors.push(invalid(`${at}.optionalOldSelf`, rule.optionalOldSelf, detail));
    }
  }

  #limit(cost: number, what: string, field: string): void {
    if (cost > COST_LIMIT) this.errors.push(forbidden(field, costText(what, cost, COST_LIMIT)));
  }

  #observe(one: Cost): void {
    this.#total += one.cost;
    if (one.cost < TOTAL_LIMIT / 100) return;
    this.#dearest = [...this.#dearest, one].sort((a, b) => b.cost - a.cost).slice(0, 4);
  }

  /** What all rules of a schema cost together. */
  checkTotal(field: string): void {
    if (this.#total <= TOTAL_LIMIT) return;
    const contributed =
      'contributed to estimated rule & messageExpression cost total exceeding cost limit for entire OpenAPIv3 schema';
    for (const one of this.#dearest) this.errors.push(forbidden(one.field, contributed));
    const what = 'x-kubernetes-validations estimated rule & messageExpression cost total for entire OpenAPIv3 schema';
    this.errors.push(forbidden(field, costText(what, this.#total, TOTAL_LIMIT)));
  }
}

/** @param compiles - the schema is sound, so that expressions can be compiled */
export function expressionErrors(schema: JsonSchema, field: string, compiles: boolean): FieldError[] {
  const checker = new Checker(compiles);
  checker.check(schema, field, { root: true, cardinality: 1, uncorrelated: null });
  checker.checkTotal(field);
  return checker.errors;
}

/** How many elements there are at most of what is below; null: nobody says. */
function maxElements(schema: JsonSchema): number | null {
  const given =
    schema.type === 'array'
      ? (schema.maxItems ?? null)
      : schema.type === 'object' && schema.additionalProperties !== undefined
        ? (schema.maxProperties ?? null)
        : 1;
  return given === null ? null : Math.max(given, 0);
}

function costText(what: string, cost: number, limit: number): string {
  const factor = cost / limit;
  const shown = factor > 100 ? 'more than 100x' : `${factor.toFixed(factor < 1.5 ? 6 : 1)}x`;
  return `${what} exceeds budget by factor of ${shown} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`;
}

const hasNewline = (text: string): boolean => /[\n\r]/.test(text);

function formErrors(rule: ValidationRule, schema: JsonSchema, at: string): FieldError[] {
  const { message = '', messageExpression = '', fieldPath = '', reason } = rule;
  const errors: FieldError[] = [];
  const text = (rule.rule ?? '').trim();
  if (text === '') errors.push(required(`${at}.rule`, 'rule is not specified'));
  else if (message !== '' && message.trim() === '')
    errors.push(invalid(`${at}.message`, message, 'must be non-empty if specified'));
  else if (hasNewline(message.trim())) errors.push(invalid(`${at}.message`, message, 'must not contain line breaks'));
  else if (hasNewline(text) && message.trim() === '')
    errors.push(required(`${at}.message`, 'message must be specified if rule contains line breaks'));
  if (messageExpression !== '' && messageExpression.trim() === '')
    errors.push(required(`${at}.messageExpression`, 'messageExpression must be non-empty if specified'));
  if (reason !== undefined && !REASONS.includes(reason)) errors.push(notSupported(`${at}.reason`, reason, REASONS));
  if (fieldPath !== '' && fieldPath.trim() === '')
    errors.push(invalid(`${at}.fieldPath`, fieldPath, 'must be non-empty if specified'));
  if (hasNewline(fieldPath)) errors.push(invalid(`${at}.fieldPath`, fieldPath, 'must not contain line breaks'));
  if (fieldPath !== '' && fieldPathError(fieldPath, schema, true) !== null)
    errors.push(invalid(`${at}.fieldPath`, fieldPath, 'must be a valid path'));
  return errors;
}
