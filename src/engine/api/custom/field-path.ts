/**
 * Paths that name one field of a schema: `.spec.size`, `.spec.labels['a.b']`.
 *
 * @source kubernetes apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go (ValidFieldPath)
 */
import { additionalOf, type JsonSchema, propertyOf } from './json-schema';

/** The names in a path, and the schema at its end. */
export interface FieldPath {
  readonly names: readonly string[];
  readonly schema: JsonSchema;
}

/** Delimiters, quoted names, and what stands between them. */
const TOKEN = /'(?:[^'\\]|\\.)*'|[.[\]]|[^.[\]']+|'/y;

const ESCAPES: Readonly<Record<string, string>> = { a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

function tokensOf(path: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(path); found !== null; found = TOKEN.exec(path)) tokens.push(found[0]);
  return tokens;
}

const unquoted = (token: string): string =>
  token.slice(1, -1).replace(/\\(.)/g, (_, letter: string) => ESCAPES[letter] ?? letter);

/**
 * Reads a path along a schema.
 *
 * @param brackets - names may stand in brackets, too
 * @returns what is wrong with it, as text, or the field
 */
export function readFieldPath(path: string, root: JsonSchema, brackets: boolean): FieldPath | string {
  const names: string[] = [];
  let schema = root;
  const tokens = tokensOf(path);
  for (let at = 0; at < tokens.length;) {
    const token = tokens[at++]!;
    let name = tokens[at++];
    if (token === '[') {
      if (!brackets) return 'array notation is not allowed';
      if (name === undefined) return 'unexpected end of JSON path';
      if (name.length < 2 || !name.startsWith("'") || !name.endsWith("'"))
        return `expected single quoted string but got ${name}`;
      name = unquoted(name);
    } else if (token !== '.') return `expected [ or . but got: ${token}`;
    if (name === undefined) return 'unexpected end of JSON path';
    const next: JsonSchema | undefined =
      schema.properties === undefined ? additionalOf(schema) : propertyOf(schema, name);
    if (next === undefined) return 'does not refer to a valid field';
    schema = next;
    names.push(name);
    if (token !== '[') continue;
    const end = tokens[at++];
    if (end === undefined) return 'unexpected end of JSON path';
    if (end !== ']') return `expected ] but got ${end}`;
  }
  return { names, schema };
}

/** What is wrong with a path; null: it names a field. */
export function fieldPathError(path: string, schema: JsonSchema, brackets: boolean): string | null {
  const read = readFieldPath(path, schema, brackets);
  return typeof read === 'string' ? read : null;
}
