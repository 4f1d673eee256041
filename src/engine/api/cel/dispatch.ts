/**
 * Which overload of a function takes the arguments that there are, and what is said when none does.
 *
 * @source cel-go interpreter/interpretable.go (evalBinary), common/decls/decls.go (MaybeNoSuchOverload), common/types/err.go
 */
import { literalType } from './checker';
import type { Type } from './types';
import { List, Opaque, Optional, typeName, TypeValue, type Value, ValueMap } from './values';

/** Whether a value may be the argument of an overload; what is inside lists and maps is not looked at. */
export function fits(type: Type, value: Value): boolean {
  switch (type.kind) {
    case 'param':
    case 'dyn':
      return true;
    case 'list':
      return value instanceof List;
    case 'map':
      return value instanceof ValueMap;
    case 'opaque':
      return value instanceof Optional
        ? type.name === 'optional_type'
        : value instanceof Opaque && value.type === type.name;
    case 'object':
      return value instanceof ValueMap;
    case 'type':
      return value instanceof TypeValue;
    case 'duration':
    case 'timestamp':
      return typeName(value) === type.name;
    default:
      return typeof value !== 'object' || value === null
        ? literalType(value).kind === type.kind
        : typeName(value) === type.name;
  }
}

/** Types that the first argument of an operator may have; others are told the operator's name. */
const MOMENTS = ['google.protobuf.Duration', 'google.protobuf.Timestamp'];
const NUMBERS = ['int', 'uint', 'double'];
const ORDERED = new Set([...NUMBERS, ...MOMENTS, 'bool', 'string', 'bytes']);
const OPERANDS: Readonly<Record<string, ReadonlySet<string>>> = {
  '_+_': new Set([...NUMBERS, ...MOMENTS, 'string', 'bytes', 'list']),
  '_-_': new Set([...NUMBERS, ...MOMENTS]),
  '_*_': new Set(NUMBERS),
  '_/_': new Set(NUMBERS),
  '_%_': new Set(['int', 'uint']),
  '-_': new Set(['int', 'double', 'google.protobuf.Duration']),
  '_<_': ORDERED,
  '_<=_': ORDERED,
  '_>_': ORDERED,
  '_>=_': ORDERED,
  size: new Set(['string', 'bytes', 'list', 'map']),
  matches: new Set(['string']),
};
/** Functions that say nothing of their arguments. */
const TERSE: ReadonlySet<string> = new Set(['!_', '@in', '_[_]', 'contains', 'startsWith', 'endsWith']);

export function noSuchOverload(name: string, args: readonly Value[]): string {
  const text = 'no such overload';
  const operands = Object.hasOwn(OPERANDS, name) ? OPERANDS[name] : undefined;
  if (operands !== undefined) return operands.has(typeName(args[0]!)) ? text : `${text}: ${name}`;
  return TERSE.has(name) ? text : `${text}: ${name}(${args.map(typeName).join(', ')})`;
}
