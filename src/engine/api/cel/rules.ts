/**
 * The rules of one node of a schema, compiled.
 *
 * @source kubernetes apiextensions-apiserver/pkg/apiserver/schema/cel/compilation.go
 */
import type { ValidationRule } from '../custom/json-schema';
import { estimatedCost } from './estimate';
import { childrenOf, compile, kubernetes, type Program } from './program';
import type { Expr } from './ast';
import { type Declared, MAX_REQUEST } from './schema-types';
import { BOOL, optionalOf, sameType, STRING } from './types';

export interface CompiledRule {
  /** Null: the rule is empty, or wrong. */
  readonly program: Program | null;
  readonly error: string | null;
  readonly usesOldSelf: boolean;
  /** Of one evaluation, at most. */
  readonly cost: number;
  readonly message: Program | null;
  readonly messageError: string | null;
  readonly messageCost: number;
}

const NOTHING: CompiledRule = {
  program: null,
  error: null,
  usesOldSelf: false,
  cost: 0,
  message: null,
  messageError: null,
  messageCost: 0,
};

/** How often data of this type may be in an object at most. */
export const maxCardinality = ({ minSize }: Declared): number => Math.floor(MAX_REQUEST / (minSize + 1));

export function compileRule(rule: ValidationRule, declared: Declared): CompiledRule {
  const { rule: source = '', messageExpression = '', optionalOldSelf } = rule;
  if (source.trim() === '') return NOTHING;
  const { type } = declared;
  const oldSelf = optionalOldSelf === true ? optionalOf(type) : type;
  const environment = kubernetes().withVariables({ self: type, oldSelf });
  const compiled = compile(source, environment);
  if (compiled.errors !== undefined) return { ...NOTHING, error: `compilation failed: ${compiled.errors}` };
  const { program } = compiled;
  if (!sameType(program.type, BOOL)) return { ...NOTHING, error: 'cel expression must evaluate to a bool' };
  const made: CompiledRule = {
    ...NOTHING,
    program,
    usesOldSelf: uses(program.expr, program.checked.names, 'oldSelf'),
    cost: estimatedCost(program, declared),
  };
  if (messageExpression === '') return made;
  const message = compile(messageExpression, environment);
  if (message.errors !== undefined)
    return { ...made, messageError: `messageExpression compilation failed: ${message.errors}` };
  if (!sameType(message.program.type, STRING))
    return { ...made, messageError: 'messageExpression must evaluate to a string' };
  return { ...made, message: message.program, messageCost: estimatedCost(message.program, declared) };
}

const uses = (expr: Expr, names: ReadonlyMap<number, string>, name: string): boolean =>
  (expr.type === 'ident' && expr.name === name && names.get(expr.id) === name) ||
  childrenOf(expr).some((child) => uses(child, names, name));
