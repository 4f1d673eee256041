/**
 * Label selectors: the query syntax (`app=web,tier in (a,b),!canary`) and the LabelSelector of objects, both as a list of
 * requirements that compiles to a predicate.
 * @source kubernetes apimachinery/pkg/labels/selector.go, pkg/apis/meta/v1/helpers.go
 */
import { byteOrder } from './json';
import { errorText, invalid } from './field-error';
import { labelKeyErrors, labelValueErrors } from './names';
import type { LabelSelector } from './types';

export type Labels = Readonly<Record<string, string>>;
export type LabelPredicate = (labels: Labels | undefined) => boolean;

export type LabelOperator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';

export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  /** Sorted. Empty for `exists` and `!`. */
  readonly values: readonly string[];
}

export type ParsedLabelSelector =
  | { readonly ok: true; readonly requirements: readonly LabelRequirement[] }
  | { readonly ok: false; readonly error: string };

const SPECIAL = '=!(),><';
const WHITESPACE = ' \t\r\n';

/** Words and operators of a selector; the end is the empty word. */
function tokens(text: string): string[] {
  const result: string[] = [];
  let at = 0;
  while (at < text.length) {
    const symbol = text.charAt(at);
    if (WHITESPACE.includes(symbol)) {
      at++;
    } else if (SPECIAL.includes(symbol)) {
      const pair = text.slice(at, at + 2);
      const token = pair === '==' || pair === '!=' ? pair : symbol;
      result.push(token);
      at += token.length;
    } else {
      let end = at;
      while (end < text.length && !SPECIAL.includes(text.charAt(end)) && !WHITESPACE.includes(text.charAt(end))) end++;
      result.push(text.slice(at, end));
      at = end;
    }
  }
  return result;
}

const isWord = (token: string): boolean => token !== '' && !SPECIAL.includes(token.charAt(0));

class SelectorSyntaxError extends Error {}
const refuse = (message: string): never => {
  throw new SelectorSyntaxError(message);
};

/** Reads the query syntax (`labelSelector=`, `kubectl -l`). Requirements come sorted by key. */
export function parseLabelSelector(text: string): ParsedLabelSelector {
  try {
    return { ok: true, requirements: readSelector(tokens(text)) };
  } catch (error) {
    if (error instanceof SelectorSyntaxError) return { ok: false, error: error.message };
    throw error;
  }
}

function readSelector(words: readonly string[]): LabelRequirement[] {
  const requirements: LabelRequirement[] = [];
  let at = 0;
  const peek = () => words[at] ?? '';
  const next = () => words[at++] ?? '';

  while (true) {
    const first = peek();
    if (first === '') break;
    if (first !== '!' && !isWord(first)) refuse(`found '${first}', expected: !, identifier, or 'end of string'`);
    requirements.push(readRequirement());
    const separator = next();
    if (separator === '') break;
    if (separator !== ',') refuse(`found '${separator}', expected: ',' or 'end of string'`);
    const following = peek();
    if (following !== '!' && !isWord(following)) refuse(`found '${following}', expected: identifier after ','`);
  }
  return requirements.sort((a, b) => byteOrder(a.key, b.key));

  function readRequirement(): LabelRequirement {
    const fail = (message: string) => refuse(`unable to parse requirement: ${message}`);
    const negated = peek() === '!';
    if (negated) next();
    const key = next();
    if (!isWord(key)) fail(`found '${key}', expected: identifier`);
    const keyErrors = labelKeyErrors(key);
    if (keyErrors.length > 0) fail(errorText(invalid('key', key, keyErrors.join('; '))));
    const operator = peek();
    if (negated || operator === '' || operator === ',') {
      if (negated && operator !== '' && operator !== ',') fail(`found '${operator}', expected: ',' or 'end of string'`);
      return { key, operator: negated ? '!' : 'exists', values: [] };
    }
    next();
    switch (operator) {
      case 'in':
      case 'notin':
        return checked(key, operator, readValues());
      case '=':
      case '==':
      case '!=':
        return checked(key, operator, [readValue()]);
      case '>':
      case '<':
        return checked(key, operator === '>' ? 'gt' : 'lt', [readValue()]);
      default:
        return fail(`found '${operator}', expected: in, notin, =, ==, !=, gt, lt`);
    }
  }

  function readValue(): string {
    const token = peek();
    if (token === '' || token === ',') return '';
    if (!isWord(token)) refuse(`unable to parse requirement: found '${token}', expected: identifier`);
    return next();
  }

  function readValues(): string[] {
    const fail = (message: string) => refuse(`unable to parse requirement: ${message}`);
    const open = next();
    if (open !== '(') fail(`found '${open}' expected: '('`);
    const values = new Set<string>();
    while (true) {
      values.add(isWord(peek()) ? next() : '');
      const separator = next();
      if (separator === ')') break;
      if (separator !== ',') fail(`found '${separator}', expected: ',' or ')'`);
    }
    return [...values].sort(byteOrder);
  }

  function checked(key: string, operator: LabelOperator, values: readonly string[]): LabelRequirement {
    for (const [index, value] of values.entries()) {
      if ((operator === 'gt' || operator === 'lt') && integerOf(value) === undefined) {
        const detail = "for 'Gt', 'Lt' operators, the value must be an integer";
        refuse(`unable to parse requirement: ${errorText(invalid(`values[${index}]`, value, detail))}`);
      }
      const errors = labelValueErrors(value);
      if (errors.length > 0) {
        refuse(
          `unable to parse requirement: ${errorText(invalid(`values[${index}][${key}]`, value, errors.join('; ')))}`,
        );
      }
    }
    return { key, operator, values };
  }
}

const integerOf = (text: string): number | undefined => (/^[+-]?[0-9]{1,18}$/.test(text) ? Number(text) : undefined);

/** Whether labels fulfil one requirement. `!=` and `notin` also hold when the key is absent. */
export function matchesRequirement({ key, operator, values }: LabelRequirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case '=':
    case '==':
    case 'in':
      return value !== undefined && values.includes(value);
    case '!=':
    case 'notin':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case 'gt':
    case 'lt': {
      const left = value === undefined ? undefined : integerOf(value);
      const right = integerOf(values[0] ?? '');
      if (left === undefined || right === undefined) return false;
      return operator === 'gt' ? left > right : left < right;
    }
  }
}

const NO_LABELS: Labels = {};

/** Compiles requirements. None of them matches everything. */
export function compileRequirements(requirements: readonly LabelRequirement[]): LabelPredicate {
  const [only, ...others] = requirements;
  if (only === undefined) return () => true;
  if (others.length === 0) return (labels) => matchesRequirement(only, labels ?? NO_LABELS);
  return (labels) => requirements.every((requirement) => matchesRequirement(requirement, labels ?? NO_LABELS));
}

/** A plain map of labels as requirements (`spec.selector` of Services, nodeSelector). */
export const requirementsOfMap = (labels: Labels): LabelRequirement[] =>
  Object.entries(labels)
    .map(([key, value]): LabelRequirement => ({ key, operator: '=', values: [value] }))
    .sort((a, b) => byteOrder(a.key, b.key));

const OPERATORS: Readonly<Record<string, LabelOperator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
};

/** The requirements of a LabelSelector object, or undefined when an operator is none (validation refuses those). */
export function requirementsOf(selector: LabelSelector): readonly LabelRequirement[] | undefined {
  const result = requirementsOfMap(selector.matchLabels ?? NO_LABELS);
  for (const expression of selector.matchExpressions ?? []) {
    const operator = OPERATORS[expression.operator];
    if (operator === undefined) return undefined;
    result.push({ key: expression.key, operator, values: (expression.values ?? []).toSorted(byteOrder) });
  }
  return result.sort((a, b) => byteOrder(a.key, b.key));
}

const predicates = new WeakMap<LabelSelector, LabelPredicate>();
const nothing: LabelPredicate = () => false;

/** The predicate of a LabelSelector, compiled once per object. No selector matches nothing, an empty one everything. */
export function labelPredicate(selector: LabelSelector | undefined): LabelPredicate {
  if (selector === undefined || selector === null) return nothing;
  const known = predicates.get(selector);
  if (known !== undefined) return known;
  const requirements = requirementsOf(selector);
  const predicate = requirements === undefined ? nothing : compileRequirements(requirements);
  predicates.set(selector, predicate);
  return predicate;
}

/** Whether labels match a LabelSelector. */
export const matchesSelector = (selector: LabelSelector | undefined, labels: Labels | undefined): boolean =>
  labelPredicate(selector)(labels);

/** Whether `labels` hold every pair of `wanted` (Service selectors, nodeSelector). */
export function includesLabels(labels: Labels | undefined, wanted: Labels): boolean {
  for (const key in wanted) {
    if (labels?.[key] !== wanted[key]) return false;
  }
  return true;
}

/** Canonical text: `a=b,c in (d,e),!f`. */
export const formatRequirements = (requirements: readonly LabelRequirement[]): string =>
  requirements
    .map(({ key, operator, values }) => {
      switch (operator) {
        case 'exists':
          return key;
        case '!':
          return `!${key}`;
        case 'in':
        case 'notin':
          return `${key} ${operator} (${values.join(',')})`;
        case 'gt':
          return `${key}>${values[0] ?? ''}`;
        case 'lt':
          return `${key}<${values[0] ?? ''}`;
        default:
          return `${key}${operator}${values[0] ?? ''}`;
      }
    })
    .join(',');

/** A LabelSelector as kubectl prints it: `<none>` when it is empty or absent, `<error>` when it is broken. */
export function formatLabelSelector(selector: LabelSelector | undefined): string {
  if (selector === undefined) return '<none>';
  const requirements = requirementsOf(selector);
  if (requirements === undefined) return '<error>';
  return formatRequirements(requirements) || '<none>';
}

/** Labels as kubectl prints them: sorted `k=v` joined by commas, or `<none>`. */
export function formatLabels(labels: Labels | undefined): string {
  const text = Object.entries(labels ?? NO_LABELS)
    .sort(([a], [b]) => byteOrder(a, b))
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  return text || '<none>';
}
