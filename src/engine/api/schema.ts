/** Which fields each type of the API has, read from the generated table on first use. */
import { LateCode } from '#engine/late/late-code';
import { SCHEMA } from './schema.generated';

/** A field's type: a scalar's letter, `[` list of, `{` map of, or the name of a type (see `schema.generated.ts`). */
export type TypeCode = string;
export type TypeFields = ReadonlyMap<string, TypeCode>;

const tables = new Map<string, TypeFields>();

/** The types of which a starting cluster has nothing. */
export const lateSchema = new LateCode<string>('the rest of the schema');

const linesOf = (schema: string): ReadonlyMap<string, string> =>
  new Map(schema.split('\n').map((line) => [line.split(' ', 1)[0]!, line]));

let firstLines: ReadonlyMap<string, string> | undefined;
let lateLines: ReadonlyMap<string, string> | undefined;

/** A type's line of the generated tables. */
function lineOf(type: string): string | undefined {
  firstLines ??= linesOf(SCHEMA);
  return firstLines.get(type) ?? (lateLines ??= linesOf(lateSchema.code)).get(type);
}

/** The fields of a type, or undefined when there is no such type. */
export function fieldsOfType(type: string): TypeFields | undefined {
  const known = tables.get(type);
  if (known !== undefined) return known;
  const text = lineOf(type);
  if (text === undefined) return undefined;
  const fields = new Map<string, TypeCode>();
  for (const entry of text.split(' ').slice(1)) {
    const colon = entry.lastIndexOf(':');
    fields.set(asName(entry.slice(0, colon)), asName(entry.slice(colon + 1)));
  }
  tables.set(type, fields);
  return fields;
}

/** A text as names of members are held: one object for all of the same letters, so that comparing two is looking at one place. */
const asName = (text: string): string => Object.keys({ [text]: null })[0]!;

/** Whether a code names a type with fields. */
export const isTypeName = (code: TypeCode): boolean => code.length > 1 && code[0] !== '[' && code[0] !== '{';

/** The element's code of a list or map. */
export const elementCode = (code: TypeCode): TypeCode => code.slice(1);

/** A type as Go prints it in errors: `string`, `[]v1.Container`, `map[string]string`. */
export function goType(code: TypeCode): string {
  switch (code) {
    case 's':
    case 't':
    case 'm':
      return 'string';
    case 'b':
      return 'bool';
    case 'i':
    case 'x':
      return 'int32';
    case 'l':
      return 'int64';
    case 'f':
      return 'float64';
    case 'y':
      return '[]uint8';
    case '{q':
      return 'v1.ResourceList';
    case '*':
      return 'interface {}';
  }
  if (code[0] === '[') return `[]${goType(elementCode(code))}`;
  if (code[0] === '{') return `map[string]${goType(elementCode(code))}`;
  return `v1.${code.slice(code.indexOf('.') + 1)}`;
}
