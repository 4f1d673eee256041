/**
 * The text of a manifest (YAML with several documents, or JSON) as objects, each with its place in the text, so that an error
 * of the API server can be shown at its line.
 * @source kubernetes cli-runtime/pkg/resource/visitor.go, sigs.k8s.io/yaml
 */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
  type YAMLParseError,
} from 'yaml';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from './json';
import type { Manifest, ManifestDocument, Position } from './manifest-document';
import { resolvePlainScalar } from './yaml-scalar';

/** Largest manifest, as the API server's limit of a body. */
export const MAX_MANIFEST_CHARACTERS = 3_145_728;
const MAX_NODES = 1_000_000;
const MAX_ALIASED_NODES = 100_000;
const MAX_DEPTH = 200;
/** What is true or false in YAML 1.1 only. */
const WORDS = /^(?:y|n|yes|no|on|off)$/i;

class ManifestProblem extends Error {
  readonly offset: number | undefined;
  constructor(message: string, offset?: number) {
    super(message);
    this.offset = offset;
  }
}

/**
 * Reads a manifest. Empty documents are skipped, a List becomes its items.
 *
 * @param source - what errors call the text, e.g. `web.yaml`
 * @param words - `yes`, `n`, `off` and their like are true or false; else words, as in YAML 1.2
 */
export function parseManifest(text: string, source = 'STDIN', words = true): Manifest {
  const refuse = (message: string, position: Position): Manifest => ({ ok: false, error: { message, ...position } });
  if (text.length > MAX_MANIFEST_CHARACTERS) {
    const message = `error: Request entity too large: limit is ${MAX_MANIFEST_CHARACTERS}`;
    return refuse(message, { line: 1, column: 1 });
  }
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, {
    lineCounter: lines,
    schema: 'failsafe',
    uniqueKeys: false,
    logLevel: 'silent',
    prettyErrors: false,
    version: '1.1',
  });
  const documents: ManifestDocument[] = [];
  for (const document of Array.isArray(parsed) ? parsed : []) {
    const [first] = document.errors;
    const at = (offset: number): Position => {
      const { line, col } = lines.linePos(offset);
      return { line: Math.max(line, 1), column: Math.max(col, 1) };
    };
    const wrapped = (problem: string) => `error: error parsing ${source}: error converting YAML to JSON: ${problem}`;
    if (first !== undefined) {
      const position = at(first.pos[0]);
      const isFlow = /[Ff]low/.test(first.message);
      // Go's parser counts the lines before; its scanner, which finds all else, counts the line itself. Of the first it says none.
      const line = isFlow ? position.line - 1 : position.line;
      const where = position.line === 1 || line === 0 ? '' : `line ${line}: `;
      return refuse(wrapped(`yaml: ${where}${goYamlWords(first)}`), position);
    }
    try {
      documents.push(...readDocument(document, at, words));
    } catch (error) {
      if (!(error instanceof ManifestProblem)) throw error;
      return refuse(wrapped(error.message), at(error.offset ?? 0));
    }
  }
  return { ok: true, documents };
}

function readDocument(document: Document, at: (offset: number) => Position, words: boolean): ManifestDocument[] {
  const converter = new Converter(document, at, words);
  const value = converter.convert(document.contents, '', 0);
  if (value === null) return [];
  const start = offsetOf(document.contents);
  if (!isJsonObject(value)) {
    const kind = isJsonArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    throw new ManifestProblem(`json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`, start);
  }
  const { positions, duplicates } = converter;
  const items = value['items'];
  if (typeof value['kind'] === 'string' && value['kind'].endsWith('List') && isJsonArray(items)) {
    return items.flatMap((item, index) => {
      if (!isJsonObject(item)) return [];
      const own = below(positions, `items[${index}]`);
      return [
        { object: item, line: positions.get(`items[${index}]`)?.line ?? at(start).line, duplicates, positions: own },
      ];
    });
  }
  return [{ object: value, line: at(start).line, duplicates, positions }];
}

/** The positions under a path, as paths from there. */
function below(positions: ReadonlyMap<string, Position>, prefix: string): ReadonlyMap<string, Position> {
  const result = new Map<string, Position>();
  for (const [path, position] of positions) {
    if (path === prefix) result.set('', position);
    else if (path.startsWith(`${prefix}.`)) result.set(path.slice(prefix.length + 1), position);
  }
  return result;
}

const offsetOf = (node: unknown): number =>
  typeof node === 'object' && node !== null ? ((node as { range?: readonly number[] | null }).range?.[0] ?? 0) : 0;

/** From nodes of the YAML parser to JSON, by Kubernetes' rules for scalars, keys, merges and aliases. */
class Converter {
  readonly #words: boolean;
  readonly positions = new Map<string, Position>();
  readonly duplicates: string[] = [];
  private readonly document: Document;
  private readonly at: (offset: number) => Position;
  private nodes = 0;
  private aliased = 0;
  private aliasDepth = 0;

  constructor(document: Document, at: (offset: number) => Position, words: boolean) {
    this.#words = words;
    this.document = document;
    this.at = at;
  }

  convert(node: unknown, path: string, depth: number): JsonValue {
    if (node === null || node === undefined) return null;
    this.nodes++;
    if (this.aliasDepth > 0) this.aliased++;
    if (this.aliased > MAX_ALIASED_NODES || this.nodes > MAX_NODES) {
      throw new ManifestProblem('yaml: document contains excessive aliasing', offsetOf(node));
    }
    if (depth > MAX_DEPTH) throw new ManifestProblem('yaml: exceeded max depth', offsetOf(node));
    if (this.aliasDepth === 0 && !this.positions.has(path)) this.positions.set(path, this.at(offsetOf(node)));
    if (isAlias(node)) {
      const target = node.resolve(this.document);
      if (target === undefined)
        throw new ManifestProblem(`yaml: unknown anchor '${node.source}' referenced`, offsetOf(node));
      if (this.aliasDepth > MAX_DEPTH)
        throw new ManifestProblem(`yaml: anchor '${node.source}' value contains itself`, offsetOf(node));
      this.aliasDepth++;
      const value = this.convert(target, path, depth + 1);
      this.aliasDepth--;
      return value;
    }
    if (isMap(node)) return this.convertMap(node, path, depth);
    if (isSeq(node)) return node.items.map((item, index) => this.convert(item, `${path}[${index}]`, depth + 1));
    if (!isScalar(node)) return null;
    return this.scalar(node.value, node.type, node.tag, offsetOf(node));
  }

  private convertMap(
    node: { items: readonly { key: unknown; value: unknown }[] },
    path: string,
    depth: number,
  ): JsonObject {
    const result: Record<string, JsonValue> = {};
    const merged: JsonObject[] = [];
    const seen = new Set<string>();
    for (const pair of node.items) {
      if (isScalar(pair.key) && pair.key.value === '<<' && pair.key.type === 'PLAIN') {
        merged.push(...this.mergeSources(pair.value, path, depth));
        continue;
      }
      const key = this.keyText(this.convert(pair.key, `${path}~`, depth + 1), pair.key);
      if (seen.has(key)) {
        this.duplicates.push(`line ${this.at(offsetOf(pair.key)).line}: key ${JSON.stringify(key)} already set in map`);
      }
      seen.add(key);
      const field = path === '' ? key : `${path}.${key}`;
      if (this.aliasDepth === 0) this.positions.set(field, this.at(offsetOf(pair.key)));
      const value = this.convert(pair.value, field, depth + 1);
      Object.defineProperty(result, key, { value, writable: true, enumerable: true, configurable: true });
    }
    return merged.length === 0 ? result : Object.assign({}, ...merged.toReversed(), result);
  }

  private mergeSources(node: unknown, path: string, depth: number): JsonObject[] {
    const value = this.convert(node, `${path}~`, depth + 1);
    const sources = isJsonArray(value) ? value : [value];
    return sources.map((source) => {
      if (!isJsonObject(source))
        throw new ManifestProblem('yaml: map merge requires map or sequence of maps as the value', offsetOf(node));
      return source;
    });
  }

  private keyText(key: JsonValue, node: unknown): string {
    if (typeof key === 'string') return key;
    if (typeof key === 'number' || typeof key === 'boolean') return String(key);
    if (key === null) return 'null';
    throw new ManifestProblem(`yaml: invalid map key: ${JSON.stringify(key)}`, offsetOf(node));
  }

  private scalar(value: unknown, type: string | undefined, tag: string | undefined, offset: number): JsonValue {
    const text = typeof value === 'string' ? value : ''; // schema failsafe: any scalar is a string, or nothing
    if ((type !== 'PLAIN' && type !== undefined) || tag === 'tag:yaml.org,2002:str' || tag === '!') {
      return type === undefined && tag === undefined && text === '' ? null : text;
    }
    const resolved = this.#words || !WORDS.test(text) ? resolvePlainScalar(text) : text;
    if (typeof resolved === 'object' && resolved !== null) {
      throw new ManifestProblem(`json: unsupported value: ${resolved.unsupported}`, offset);
    }
    return resolved;
  }
}

/** The parser's errors in the words of Go's YAML package. */
function goYamlWords(error: YAMLParseError): string {
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return 'found character that cannot start any token';
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'mapping values are not allowed in this context';
    case 'MULTILINE_IMPLICIT_KEY':
      return "could not find expected ':'";
    case 'MISSING_CHAR':
      if (error.message.includes('quote')) return 'found unexpected end of stream';
      return error.message.includes(':') ? "could not find expected ':'" : 'did not find expected key';
    case 'BAD_INDENT':
    case 'UNEXPECTED_TOKEN':
      return /flow|end with a/i.test(error.message)
        ? `did not find expected ',' or '${error.message.includes('}') ? '}' : ']'}'`
        : 'did not find expected key';
    case 'BAD_ALIAS':
      return 'did not find expected alphabetic or numeric character';
    default:
      return 'did not find expected key';
  }
}
