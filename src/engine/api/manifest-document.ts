/** What a manifest's text says, object by object, and where in the text it says so. Who reads the text comes late. */
import type { JsonObject } from './json';
import { LateCode } from '#engine/late/late-code';

/** Lines and columns count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface ManifestDocument {
  readonly object: JsonObject;
  /** Where the object begins. */
  readonly line: number;
  /** Keys that occur twice, in the words of the YAML decoder: `line 3: key "a" already set in map`. */
  readonly duplicates: readonly string[];
  /** Positions of fields by path, e.g. `spec.containers[0].image`. Read it with `positionOf`. */
  readonly positions: ReadonlyMap<string, Position>;
}

export interface ManifestError extends Position {
  /** In kubectl's words. */
  readonly message: string;
}

export type Manifest =
  | { readonly ok: true; readonly documents: readonly ManifestDocument[] }
  | { readonly ok: false; readonly error: ManifestError };

/** Reads a manifest; `source` is what errors call the text. */
export const manifestReader = new LateCode<(text: string, source?: string) => Manifest>('the reader of manifests');

/** An object that was never text. */
export const documentOf = (object: JsonObject): ManifestDocument => ({
  object,
  line: 1,
  duplicates: [],
  positions: new Map(),
});

/**
 * Where a field stands in the text of its document; the nearest ancestor when the field itself is not there. Paths are those
 * of field errors: `spec.template.spec.containers[0].image`, `data[a.b]`.
 */
export function positionOf(document: ManifestDocument, path: string): Position {
  let rest = path.replace(/\[([^\]0-9][^\]]*)\]/g, '.$1');
  while (rest !== '') {
    const known = document.positions.get(rest);
    if (known !== undefined) return known;
    rest = rest.slice(0, Math.max(rest.lastIndexOf('.'), rest.lastIndexOf('['), 0));
  }
  return { line: document.line, column: 1 };
}
