/** Expansion of words: variables, substitutions, arithmetic, field splitting, patterns. */
import type { Arithmetic, ShellWord, WordPart } from './instructions';
import type { ShellState } from './state';

/** The fields that words expand to. */
export const expandWords = (words: readonly ShellWord[], state: ShellState): string[] =>
  words.flatMap((word) => expandFields(word, state));

/** The fields of one word: unquoted expansions are split at white space. */
export function expandFields(word: ShellWord, state: ShellState): string[] {
  const only = word[0];
  if (word.length === 1 && only?.of === 'text') return [only.text];
  let fields: string[] = [];
  let open: string | null = null;
  for (const part of word) {
    if (part.of === 'variable' && part.quoted && part.name === '@') {
      const values = state.positional.slice(1);
      values.forEach((value, i) => {
        if (i > 0 && open !== null) fields.push(open);
        open = i === 0 ? (open ?? '') + value : value;
      });
      continue;
    }
    if (part.of === 'range') {
      const step = part.from <= part.to ? 1 : -1;
      const items: string[] = [];
      for (let i = part.from; step > 0 ? i <= part.to : i >= part.to; i += step) items.push(String(i));
      const prefix: string = open ?? '';
      fields = [...fields, ...items.slice(0, -1).map((item) => prefix + item)];
      open = prefix + (items[items.length - 1] ?? '');
      continue;
    }
    const text = partText(part, state);
    if (part.quoted || part.of === 'text') {
      open = (open ?? '') + text;
      continue;
    }
    const pieces = splitFields(text);
    if (pieces.length === 0) continue;
    pieces.forEach((piece, i) => {
      if (i > 0 || startsWithSpace(text)) {
        if (open !== null) fields.push(open);
        open = piece;
      } else open = (open ?? '') + piece;
    });
  }
  if (open !== null) fields.push(open);
  return fields;
}

/** The word as one text, never split: assignments, redirections, `case`. */
export const expandText = (word: ShellWord, state: ShellState): string =>
  word.map((part) => partText(part, state)).join('');

const startsWithSpace = (text: string): boolean =>
  text.startsWith(' ') || text.startsWith('\n') || text.startsWith('\t');
const splitFields = (text: string): string[] => text.split(/[ \t\n]+/).filter((piece) => piece !== '');

function partText(part: WordPart, state: ShellState): string {
  switch (part.of) {
    case 'text':
      return part.text;
    case 'slot':
      return state.slots[part.slot] ?? '';
    case 'arithmetic':
      return String(evaluate(part.expression, state));
    case 'range':
      return `{${part.from}..${part.to}}`;
    case 'variable':
      return variableText(part, state);
  }
}

function variableText(part: Extract<WordPart, { of: 'variable' }>, state: ShellState): string {
  const value = variableValue(part.name, state);
  if (part.length) return String((value ?? '').length);
  const operand = (): string => (part.operand === null ? '' : expandText(part.operand, state));
  const absent = part.operator.startsWith(':') ? value === undefined || value === '' : value === undefined;
  switch (part.operator) {
    case '-':
    case ':-':
      return absent ? operand() : (value ?? '');
    case '=':
    case ':=':
      if (!absent) return value ?? '';
      state.variables[part.name] = operand();
      return state.variables[part.name] ?? '';
    case '+':
    case ':+':
      return absent ? '' : operand();
    case '#':
    case '##':
    case '%':
    case '%%':
      return removePattern(value ?? '', operand(), part.operator);
    default:
      return value ?? '';
  }
}

export function variableValue(name: string, state: ShellState): string | undefined {
  switch (name) {
    case '?':
      return String(state.status);
    case '$':
      return '1';
    case '#':
      return String(Math.max(0, state.positional.length - 1));
    case '@':
    case '*':
      return state.positional.slice(1).join(' ');
    case '!':
      return state.jobs.length === 0 ? '' : String(6 + state.jobs.length);
    case 'PWD':
      return state.cwd;
  }
  return /^[0-9]+$/.test(name) ? state.positional[Number(name)] : state.variables[name];
}

function removePattern(value: string, pattern: string, operator: string): string {
  const ends = operator.startsWith('#') ? value.length : 0;
  const lengths = Array.from({ length: value.length + 1 }, (_, i) => i);
  const longest = operator.length === 2;
  if (ends > 0) {
    for (const length of longest ? lengths.reverse() : lengths) {
      if (matchesPattern(value.slice(0, length), pattern)) return value.slice(length);
    }
  } else {
    for (const length of longest ? lengths.reverse() : lengths) {
      if (matchesPattern(value.slice(value.length - length), pattern)) return value.slice(0, value.length - length);
    }
  }
  return value;
}

/** Whether a text matches a shell pattern of `*`, `?` and literals. Time is at most text × pattern. */
export function matchesPattern(text: string, pattern: string): boolean {
  let t = 0;
  let p = 0;
  let star = -1;
  let retry = 0;
  while (t < text.length) {
    const wanted = pattern[p];
    if (wanted === '*') {
      star = p++;
      retry = t;
    } else if (wanted !== undefined && (wanted === '?' || wanted === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++retry;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/** Integer arithmetic as in `$((…))`. What is no number counts as 0. */
export function evaluate(expression: Arithmetic, state: ShellState): number {
  switch (expression.of) {
    case 'word': {
      const text = expandText(expression.word, state).trim();
      return toInteger(/^[A-Za-z_][A-Za-z0-9_]*$/.test(text) ? (variableValue(text, state) ?? '0') : text);
    }
    case 'choice':
      return evaluate(expression.test, state) !== 0
        ? evaluate(expression.then, state)
        : evaluate(expression.otherwise, state);
    case 'unary': {
      const value = evaluate(expression.operand, state);
      if (expression.operator === '++' || expression.operator === '--') {
        const next = value + (expression.operator === '++' ? 1 : -1);
        assign(expression.operand, next, state);
        return expression.prefix ? next : value;
      }
      return expression.operator === '-'
        ? -value
        : expression.operator === '!'
          ? Number(value === 0)
          : expression.operator === '~'
            ? ~value
            : value;
    }
    case 'binary': {
      if (expression.operator === '&&')
        return Number(evaluate(expression.left, state) !== 0 && evaluate(expression.right, state) !== 0);
      if (expression.operator === '||')
        return Number(evaluate(expression.left, state) !== 0 || evaluate(expression.right, state) !== 0);
      const right = evaluate(expression.right, state);
      if (isAssignment(expression.operator)) {
        const value =
          expression.operator === '='
            ? right
            : operate(expression.operator.slice(0, -1), evaluate(expression.left, state), right);
        assign(expression.left, value, state);
        return value;
      }
      return operate(expression.operator, evaluate(expression.left, state), right);
    }
  }
}

const ASSIGNMENTS = ['=', '+=', '-=', '*=', '/=', '%='];
const isAssignment = (operator: string): boolean => ASSIGNMENTS.includes(operator);
const toInteger = (text: string): number => (/^-?[0-9]{1,15}$/.test(text) ? Number(text) : 0);

function assign(target: Arithmetic, value: number, state: ShellState): void {
  if (target.of === 'word') state.variables[target.name] = String(value);
}

function operate(operator: string, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0 ? 0 : Math.trunc(left / right);
    case '%':
      return right === 0 ? 0 : left % right;
    case '**':
      return left ** right;
    case '<':
      return Number(left < right);
    case '<=':
      return Number(left <= right);
    case '>':
      return Number(left > right);
    case '>=':
      return Number(left >= right);
    case '==':
      return Number(left === right);
    case '!=':
      return Number(left !== right);
    case '&':
      return left & right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    case '<<':
      return left << right;
    case '>>':
      return left >> right;
    case ',':
      return right;
    default:
      return 0;
  }
}
