/** Command lines: what a command takes, and what is wrong with what it was given. */
import { parseArgs } from 'node:util';
import { hint } from '#scenarios/reading/closest-word';

export interface Command {
  readonly name: string;
  /** What stands after the command, e.g. `SCENARIO.yaml`: exactly one. Null: nothing does. */
  readonly operand: string | null;
  /** Options that take a value, by name; the value's name in the help. */
  readonly options: Readonly<Record<string, string>>;
  readonly help: string;
}

export type ParsedArgs =
  | { readonly type: 'help' }
  | { readonly type: 'wrong'; readonly message: string }
  | { readonly type: 'run'; readonly operand: string; readonly options: Readonly<Record<string, string>> };

const wrong = (message: string): ParsedArgs => ({ type: 'wrong', message });

/** Takes the arguments after the command's name. */
export function parseCommandLine(command: Command, args: readonly string[]): ParsedArgs {
  const { name, operand, options } = command;
  const known = Object.keys(options);
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      ...Object.fromEntries(known.map((option) => [option, { type: 'string' as const }])),
    },
  });
  const operands: string[] = [];
  const values: Record<string, string> = {};
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    if (token.name === 'help') return { type: 'help' };
    if (!known.includes(token.name)) return wrong(`unknown option ${token.rawName}${optionHint(token.name, known)}`);
    if (token.value === undefined || (token.value.startsWith('--') && !token.inlineValue)) {
      return wrong(`option ${token.rawName} needs a value: ${token.rawName} ${options[token.name]}`);
    }
    if (values[token.name] !== undefined) return wrong(`option ${token.rawName} stands there twice`);
    values[token.name] = token.value;
  }
  const [first, second] = operands;
  if (operand === null) {
    return first === undefined
      ? { type: 'run', operand: '', options: values }
      : wrong(`kubarium ${name} takes no more words; "${first}" is one too many`);
  }
  if (first === undefined) return wrong(`kubarium ${name} needs ${operand}`);
  if (second !== undefined) return wrong(`kubarium ${name} takes one ${operand}; "${second}" is one too many`);
  return { type: 'run', operand: first, options: values };
}

function optionHint(name: string, known: readonly string[]): string {
  const closest = hint(name, known);
  return closest.replace('"', '"--');
}
