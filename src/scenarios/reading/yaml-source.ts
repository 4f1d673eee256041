/** A YAML document as data, and where in its text each part of the data stands. */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  type ScalarTag,
} from 'yaml';

/** The way to a part of a document: keys and indexes. */
export type Place = readonly (string | number)[];

export interface Position {
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

export interface Problem extends Position {
  /** e.g. `spec.steps[2].wait`; empty: the whole document. */
  readonly path: string;
  readonly message: string;
}

export interface YamlSource {
  readonly data: unknown;
  positionOf(place: Place): Position;
}

export type ParsedYaml =
  { readonly ok: true; readonly source: YamlSource } | { readonly ok: false; readonly problems: readonly Problem[] };

/** Longer texts are refused unread. */
const MAX_LENGTH = 4 * 1024 * 1024;
const MAX_ALIASES = 100;

/** `0755` is octal in a manifest, so it is in the objects that a scenario holds. */
const octal: ScalarTag = {
  identify: () => false,
  default: true,
  tag: 'tag:yaml.org,2002:int',
  test: /^[-+]?0[0-7]+$/,
  resolve: (text) => Number.parseInt(text, 8),
};

/** Reads a text that holds one YAML document (JSON is YAML too). */
export function parseYaml(text: string): ParsedYaml {
  const start: Position = { line: 1, column: 1 };
  const refuse = (message: string, at = start): ParsedYaml => ({ ok: false, problems: [{ path: '', message, ...at }] });
  if (text.length > MAX_LENGTH) return refuse(`the file is longer than ${MAX_LENGTH / 1024 / 1024} MiB`);
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    merge: true,
    prettyErrors: false,
    logLevel: 'silent',
    customTags: (tags) => [octal, ...tags],
  });
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  if (!('length' in documents) || documents.length === 0 || documents[0] === undefined)
    return refuse('the file is empty');
  const errors = documents.flatMap((document) => document.errors);
  if (errors.length > 0) {
    return { ok: false, problems: errors.map(({ message, pos }) => ({ path: '', message, ...positionAt(pos[0]) })) };
  }
  const [first, second] = documents;
  if (second !== undefined) return refuse('a second document; a scenario file holds one', positionAt(second.range[0]));
  try {
    const data: unknown = first.toJS({ maxAliasCount: MAX_ALIASES });
    if (data === null || data === undefined) return refuse('the file is empty');
    return { ok: true, source: { data, positionOf: (place) => positionAt(offsetOf(first, place)) } };
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/** Where a part begins: its key, or the item itself; of one that is not there, the nearest thing around it. */
function offsetOf(document: Document.Parsed, place: Place): number {
  let node: Node | null = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const step of place) {
    if (isAlias(node)) node = node.resolve(document) ?? null;
    if (isMap(node)) {
      const pair = (node.items as Pair<Node, Node | null>[]).find(
        ({ key }) => isScalar(key) && String(key.value) === String(step),
      );
      if (pair === undefined) return offset;
      offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof step === 'number') {
      node = (node.items[step] as Node | undefined) ?? null;
      offset = node?.range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}

/** `spec.steps[2].wait`. */
export function pathText(place: Place): string {
  let text = '';
  for (const step of place) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[\w-]+$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

/** `demo.yaml:12:7: spec.steps[1].wait: "soon" is no duration`. */
export const formatProblem = ({ path, line, column, message }: Problem, file: string): string =>
  `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`;
