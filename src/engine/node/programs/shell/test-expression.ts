/** `test`, `[` and `[[`. */
import { expandText, matchesPattern } from './expand';
import { absolute, fileText, isDirectory } from './files';
import type { ShellHost } from './host';
import type { ShellWord, Test } from './instructions';
import type { ShellState } from './state';

/** The arguments of `test` and `[`. */
export function testArguments(args: readonly string[], state: ShellState, host: ShellHost): boolean {
  const or = args.lastIndexOf('-o');
  if (or > 0) return testArguments(args.slice(0, or), state, host) || testArguments(args.slice(or + 1), state, host);
  const and = args.lastIndexOf('-a');
  if (and > 0) return testArguments(args.slice(0, and), state, host) && testArguments(args.slice(and + 1), state, host);
  if (args[0] === '!') return !testArguments(args.slice(1), state, host);
  if (args.length === 1) return args[0] !== '';
  if (args.length === 2) return testUnary(args[0] ?? '', args[1] ?? '', state, host);
  if (args.length === 3) return testBinary(args[0] ?? '', args[1] ?? '', args[2] ?? '', false);
  return false;
}

function testUnary(operator: string, operand: string, state: ShellState, host: ShellHost): boolean {
  const path = absolute(operand, state);
  switch (operator) {
    case '-n':
      return operand !== '';
    case '-z':
      return operand === '';
    case '-f':
    case '-r':
    case '-w':
      return fileText(path, host) !== undefined;
    case '-x':
      return fileText(path, host) !== undefined || path.startsWith('/bin/') || path.startsWith('/usr/bin/');
    case '-d':
      return isDirectory(path, host);
    case '-e':
      return fileText(path, host) !== undefined || isDirectory(path, host);
    case '-s':
      return (fileText(path, host) ?? '') !== '';
    default:
      return false;
  }
}

function testBinary(left: string, operator: string, right: string, patterns: boolean): boolean {
  switch (operator) {
    case '=':
    case '==':
      return patterns ? matchesPattern(left, right) : left === right;
    case '!=':
      return patterns ? !matchesPattern(left, right) : left !== right;
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '-eq':
      return Number(left) === Number(right);
    case '-ne':
      return Number(left) !== Number(right);
    case '-lt':
      return Number(left) < Number(right);
    case '-le':
      return Number(left) <= Number(right);
    case '-gt':
      return Number(left) > Number(right);
    case '-ge':
      return Number(left) >= Number(right);
    default:
      return false;
  }
}

/** `[[ … ]]`. */
export function runTest(test: Test, state: ShellState, host: ShellHost): boolean {
  const text = (word: ShellWord): string => expandText(word, state);
  switch (test.of) {
    case 'unary':
      return testUnary(test.operator, text(test.operand), state, host);
    case 'binary':
      return testBinary(text(test.left), test.operator, text(test.right), true);
    case 'not':
      return runTest(test.operand, state, host) !== test.odd;
    case 'logical':
      return test.operator === '&&'
        ? test.operands.every((part) => runTest(part, state, host))
        : test.operands.some((part) => runTest(part, state, host));
  }
}
