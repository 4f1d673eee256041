/**
 * The rules of a schema in CEL, on an object and on what it was before.
 *
 * @source kubernetes apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go
 */
import { valueOf } from '../cel/json-values';
import { evaluate, PER_CALL_LIMIT } from '../cel/program';
import { compileRule, type CompiledRule } from '../cel/rules';
import { type Declared, declaredType } from '../cel/schema-types';
import { NONE, Optional, type Value } from '../cel/values';
import { duplicate, errorText, type FieldError, forbidden, invalid, required } from '../field-error';
import { isJsonArray, isJsonObject, type JsonValue, semanticEqual, sortedKeys } from '../json';
import { utf8Length } from '../validation/object-meta';
import { readFieldPath } from './field-path';
import {
  additionalOf,
  childPath,
  isEmbedded,
  itemsOf,
  type JsonSchema,
  keyPath,
  propertyOf,
  type ValidationRule,
} from './json-schema';
import { oldItems } from './old-items';

/** Of all rules of an object. */
const BUDGET = 10_000_000;
const MAX_MESSAGE_BYTES = 5 * 1024;

interface RuledNode {
  readonly declared: Declared;
  readonly rules: readonly (CompiledRule & { readonly source: ValidationRule })[];
}

/** A schema never changes, so that its rules are compiled once. */
const nodes = new WeakMap<JsonSchema, RuledNode | null>();
const withRules = new WeakMap<JsonSchema, boolean>();

function nodeOf(schema: JsonSchema, root: boolean): RuledNode | null {
  let known = nodes.get(schema);
  if (known === undefined) {
    const rules = schema['x-kubernetes-validations'] ?? [];
    const declared = rules.length === 0 ? null : declaredType(schema, root, 'selfType');
    known =
      declared === null
        ? null
        : { declared, rules: rules.map((source) => ({ source, ...compileRule(source, declared) })) };
    nodes.set(schema, known);
  }
  return known;
}

/** Whether there are rules in a schema, or anywhere below. */
export function hasRules(schema: JsonSchema): boolean {
  let known = withRules.get(schema);
  if (known === undefined) {
    const below = [itemsOf(schema), additionalOf(schema), ...Object.values(schema.properties ?? {})];
    known =
      (schema['x-kubernetes-validations'] ?? []).length > 0 || below.some((one) => one !== undefined && hasRules(one));
    withRules.set(schema, known);
  }
  return known;
}

/** A value and what it was before, where both are known to be the same thing. */
interface Pair {
  readonly value: JsonValue;
  readonly old: JsonValue;
}

interface Place {
  readonly path: string;
  readonly root: boolean;
  readonly old: JsonValue | undefined;
  /** Null: nobody can tell what this was before. */
  readonly pair: Pair | null;
  /** The nearest around it of which that can be told. */
  readonly around: Pair | null;
}

export interface RuleFindings {
  readonly errors: readonly FieldError[];
  /** What is wrong, but was so before and has not been touched. */
  readonly warnings: readonly string[];
}

const NO_FINDINGS: RuleFindings = { errors: [], warnings: [] };

/** Nothing further is evaluated. */
class Spent extends Error {}

/** @param old - absent on create */
export function ruleFindings(schema: JsonSchema, value: JsonValue, old: JsonValue | undefined): RuleFindings {
  if (!hasRules(schema)) return NO_FINDINGS;
  const rules = new Rules();
  try {
    const pair = old === undefined ? null : { value, old };
    rules.visit(schema, value, { path: '', root: true, old, pair, around: null });
  } catch (error) {
    if (!(error instanceof Spent)) throw error;
  }
  return rules;
}

const trimmed = ({ message = '', rule = '' }: ValidationRule): string => (message === '' ? rule : message).trim();

class Rules implements RuleFindings {
  readonly errors: FieldError[] = [];
  readonly warnings: string[] = [];
  #budget = BUDGET;

  visit(schema: JsonSchema, value: JsonValue, place: Place): void {
    if (value === null || !hasRules(schema)) return;
    const node = nodeOf(schema, place.root);
    if (node !== null) this.#evaluate(schema, node, value, place);
    if (isJsonArray(value)) this.#items(schema, value, place);
    else if (isJsonObject(value)) {
      const additional = additionalOf(schema);
      for (const name of sortedKeys(value)) {
        const known = propertyOf(schema, name);
        const below = known ?? additional;
        const path = known === undefined ? keyPath(place.path, name) : childPath(place.path, name);
        if (below !== undefined) this.visit(below, value[name]!, memberPlace(schema, below, value, name, path, place));
      }
    }
  }

  #items(schema: JsonSchema, value: readonly JsonValue[], { path, old, pair, around }: Place): void {
    const items = itemsOf(schema);
    if (items === undefined) return;
    const before = old === undefined ? null : oldItems(schema, old);
    for (const [index, item] of value.entries()) {
      const was = before?.(item);
      this.visit(items, item, {
        path: `${path}[${index}]`,
        root: isEmbedded(items),
        old: was,
        pair: pair === null || was === undefined ? null : { value: item, old: was },
        around: pair ?? around,
      });
    }
  }

  #evaluate(schema: JsonSchema, { declared, rules }: RuledNode, value: JsonValue, place: Place): void {
    const type = schema.type ?? '';
    const path = place.path || '<nil>';
    const self = (): Value => valueOf(value, declared.type);
    const refuse = (detail: string): void => {
      this.errors.push(invalid(path, type, detail));
    };
    for (const rule of rules) {
      const { program, source, usesOldSelf } = rule;
      if (rule.error !== null) refuse(`rule compile error: ${rule.error}`);
      if (program === null || (usesOldSelf && place.old === undefined && source.optionalOldSelf !== true)) continue;
      const before = place.old === undefined ? undefined : valueOf(place.old, declared.type);
      const oldSelf = source.optionalOldSelf === true ? (before === undefined ? NONE : new Optional(before)) : before;
      const variables = { self: self(), oldSelf };
      const outcome = evaluate(program, variables, PER_CALL_LIMIT);
      if (outcome.cost > this.#budget) {
        refuse('validation failed due to running out of cost budget, no further validation rules will be run');
        throw new Spent();
      }
      this.#budget -= outcome.cost;
      if (outcome.error !== undefined) {
        refuse(errorDetail(outcome.error, source));
        if (outcome.error.startsWith('operation cancelled')) throw new Spent();
      } else if (outcome.value !== true) this.#fail(schema, rule, value, place, variables);
    }
  }

  #fail(
    schema: JsonSchema,
    { source, message, usesOldSelf }: RuledNode['rules'][number],
    value: JsonValue,
    place: Place,
    variables: { readonly self: Value; readonly oldSelf: Value | undefined },
  ): void {
    const { type = '' } = schema;
    const path = errorPath(schema, source, place.path);
    const add = (error: FieldError): void => {
      if (!usesOldSelf && isUntouched(place)) this.warnings.push(errorText(error));
      else this.errors.push(error);
    };
    let detail = (source.message ?? '') === '' ? `failed rule: ${trimmed(source)}` : trimmed(source);
    if (message !== null) {
      const { value: said, error, cost } = evaluate(message, variables, PER_CALL_LIMIT);
      const shown = JSON.stringify(source.messageExpression);
      const spent =
        cost > this.#budget
          ? 'messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run'
          : error?.startsWith('operation cancelled') === true
            ? `no further validation rules will be run due to call cost exceeds limit for messageExpression: ${shown}`
            : null;
      if (spent !== null) {
        add(invalid(path, type, spent));
        throw new Spent();
      }
      this.#budget -= cost;
      const text = typeof said === 'string' ? said.trim() : '';
      if (text !== '' && !text.includes('\n') && utf8Length(text) <= MAX_MESSAGE_BYTES) detail = text;
    }
    add(fieldError(path, type === 'object' || type === 'array' ? undefined : value, detail, source.reason));
  }
}

function memberPlace(
  schema: JsonSchema,
  below: JsonSchema,
  value: Readonly<Record<string, JsonValue>>,
  name: string,
  path: string,
  { old, pair, around, root }: Place,
): Place {
  const correlates = (schema['x-kubernetes-map-type'] ?? 'granular') === 'granular';
  const was = correlates && isJsonObject(old) && Object.hasOwn(old, name) ? old[name] : undefined;
  const always = root && (name === 'apiVersion' || name === 'kind');
  return {
    path,
    root: isEmbedded(below),
    old: was,
    pair: pair === null || was === undefined || always ? null : { value: value[name]!, old: was },
    around: always ? null : (pair ?? around),
  };
}

/** Neither this nor, where nobody can tell, what is around it has changed. */
function isUntouched({ pair, around }: Place): boolean {
  const known = pair ?? around;
  return known !== null && semanticEqual(known.value, known.old);
}

function errorPath(schema: JsonSchema, { fieldPath = '' }: ValidationRule, path: string): string {
  const read = fieldPath === '' ? null : readFieldPath(fieldPath, schema, true);
  if (read === null || typeof read === 'string') return path || '<nil>';
  let at = path;
  let below: JsonSchema | undefined = schema;
  for (const name of read.names) {
    const known: JsonSchema | undefined = below && propertyOf(below, name);
    at = known === undefined ? keyPath(at, name) : childPath(at, name);
    below = known ?? (below && additionalOf(below));
  }
  return at;
}

function errorDetail(error: string, rule: ValidationRule): string {
  const said = trimmed(rule);
  if (error.startsWith('no such overload'))
    return `'${error}': call arguments did not match a supported operator, function or macro signature for rule: ${said}`;
  if (error.startsWith('operation cancelled'))
    return `'${error}': no further validation rules will be run due to call cost exceeds limit for rule: ${said}`;
  return `${error} evaluating rule: ${said}`;
}

function fieldError(
  path: string,
  value: JsonValue | undefined,
  detail: string,
  reason: string | undefined,
): FieldError {
  switch (reason) {
    case 'FieldValueForbidden':
      return forbidden(path, detail);
    case 'FieldValueRequired':
      return required(path, detail);
    case 'FieldValueDuplicate':
      return duplicate(path, value);
    default:
      return invalid(path, value, detail);
  }
}
