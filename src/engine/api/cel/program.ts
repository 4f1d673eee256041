/**
 * Expressions in the environment of Kubernetes 1.35: compiled with its errors, run within its limits.
 *
 * @source kubernetes apiserver/pkg/cel/environment/base.go, apiserver/pkg/apis/cel/config.go; cel-go cel/validator.go
 */
import type { Expr } from './ast';
import { check, type Checked } from './checker';
import { declare, type Environment } from './environment';
import { CostExceeded, Evaluation, type Variables } from './evaluator';
import { rights } from './library/authorizer';
import { formats, quantities, semvers } from './library/kubernetes';
import { lists, optionals, sets } from './library/lists';
import { network, urls } from './library/network';
import { standard } from './library/standard';
import { strings } from './library/strings';
import { parse } from './parser';
import { compileRegExp } from '../regexp/regexp';
import { displayErrors, type SourceError } from './source';
import { parseDuration, parseMoment } from './time';
import type { Type } from './types';
import { EvaluationError, type Value } from './values';

/** Of one evaluation of one expression. */
export const PER_CALL_LIMIT = 1_000_000;

export interface Program {
  readonly source: string;
  readonly expr: Expr;
  readonly checked: Checked;
  /** What it comes to. */
  readonly type: Type;
}

export type Compiled =
  | { readonly program: Program; readonly errors?: undefined }
  /** As the issues of cel-go show them. */
  | { readonly errors: string };

let base: Environment | null = null;

/** The functions of Kubernetes; variables are added to it. */
export const kubernetes = (): Environment =>
  (base ??= declare([standard, optionals, strings, lists, sets, urls, rights, quantities, network, formats, semvers]));

export function compile(source: string, environment: Environment): Compiled {
  const parsed = parse(source);
  if (parsed.errors !== undefined) return { errors: displayErrors(source, parsed.errors) };
  const checked = check(parsed.expr, environment);
  if (checked.errors.length > 0) return { errors: displayErrors(source, checked.errors) };
  const wrong: SourceError[] = [];
  checkLiterals(parsed.expr, wrong);
  if (wrong.length > 0) return { errors: displayErrors(source, wrong) };
  const type = checked.types.get(parsed.expr.id)!;
  return { program: { source, expr: parsed.expr, checked, type } };
}

/** Texts of durations, moments and patterns that cannot be read are found before anything runs. */
function checkLiterals(expr: Expr, errors: SourceError[]): void {
  if (expr.type === 'call') checkLiteral(expr, errors);
  for (const child of childrenOf(expr)) checkLiterals(child, errors);
}

function checkLiteral({ name, target, args }: Extract<Expr, { type: 'call' }>, errors: SourceError[]): void {
  const arg = args[name === 'matches' && target === null ? 1 : 0];
  if (arg?.type !== 'literal' || typeof arg.value !== 'string') return;
  const refuse = (what: string): void => {
    errors.push({ offset: arg.offset, message: `invalid ${what} argument` });
  };
  if (name === 'matches' && !compileRegExp(arg.value).ok) refuse('matches');
  if (target !== null) return;
  if (name === 'duration' && parseDuration(arg.value) === null) refuse('duration');
  if (name === 'timestamp' && !isMoment(arg.value)) refuse('timestamp');
}

function isMoment(text: string): boolean {
  try {
    parseMoment(text);
    return true;
  } catch (error) {
    if (error instanceof EvaluationError) return false;
    throw error;
  }
}

/** All expressions right below one. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.type) {
    case 'literal':
    case 'ident':
    case 'object':
      return [];
    case 'select':
      return [expr.operand];
    case 'call':
      return expr.target === null ? expr.args : [expr.target, ...expr.args];
    case 'list':
      return expr.elements;
    case 'map':
      return expr.entries.flatMap(({ key, value }) => [key, value]);
    case 'comprehension':
      return [expr.range, expr.init, expr.condition, expr.step, expr.result];
  }
}

export interface Outcome {
  /** Undefined: there is an error. */
  readonly value?: Value;
  readonly error?: string;
  readonly cost: number;
}

export function evaluate({ expr, checked }: Program, variables: Variables, limit = PER_CALL_LIMIT): Outcome {
  const evaluation = new Evaluation(checked, variables, limit);
  try {
    return { value: evaluation.run(expr), cost: evaluation.cost };
  } catch (error) {
    if (error instanceof EvaluationError || error instanceof CostExceeded)
      return { error: error.message, cost: evaluation.cost };
    throw error;
  }
}
