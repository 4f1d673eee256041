/**
 * OpenAPI as it goes over HTTP: the documents that the API server names in its answers, with their hashes, made when first asked.
 *
 * @source kube-openapi pkg/handler/handler.go, pkg/handler3/handler.go
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { groupVersions, openApiV2, openApiV3 } from './openapi/documents';
import type { Json, Models } from './openapi/models';

export interface DocumentAnswer {
  readonly code: 200 | 301;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. Empty for a redirection. */
  readonly bytes: Uint8Array;
}

const YEAR_S = 365 * 24 * 3600;
const V3 = 'openapi/v3';

/** The models that the build put beside the program; null where it runs from its sources. */
export function readModels(): Models | null {
  try {
    return JSON.parse(readFileSync(new URL('api-models.json', import.meta.url), 'utf8')) as Models;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

interface Made {
  readonly bytes: Uint8Array;
  readonly hash: string;
}

function made(document: Json): Made {
  const bytes = Buffer.from(JSON.stringify(document));
  return { bytes, hash: createHash('sha512').update(bytes).digest('hex').toUpperCase() };
}

export class Documents {
  readonly #models: Models;
  readonly #made = new Map<string, Made>();

  constructor(models: Models) {
    this.#models = models;
  }

  /**
   * What to answer where the API server named a document.
   *
   * @param name - as in `ApiResponse.document`, e.g. `openapi/v3/apis/apps/v1`
   * @param hash - the parameter `hash` of the request
   * @param added - the body of the API server's answer: paths of the index for what custom resources add
   * @param now - for the header Expires, ms since 1970
   */
  answer(name: string, hash: string | null, added: unknown, now: number): DocumentAnswer | null {
    const document = name === V3 ? made(this.#index(added)) : this.#document(name);
    if (document === null) return null;
    const headers = { etag: `"${document.hash}"`, vary: 'Accept' };
    if (hash === null) return { code: 200, headers, bytes: document.bytes };
    if (hash !== document.hash) {
      return { code: 301, headers: { location: `/${name}?hash=${document.hash}` }, bytes: new Uint8Array() };
    }
    const expires = new Date(now + YEAR_S * 1000).toUTCString();
    return { code: 200, headers: { ...headers, 'cache-control': 'public, immutable', expires }, bytes: document.bytes };
  }

  #document(name: string): Made | null {
    const known = this.#made.get(name);
    if (known !== undefined) return known;
    const json =
      name === 'openapi/v2'
        ? openApiV2(this.#models)
        : name.startsWith(`${V3}/`)
          ? openApiV3(this.#models, name.slice(V3.length + 1))
          : null;
    if (json === null) return null;
    const document = made(json);
    this.#made.set(name, document);
    return document;
  }

  #index(added: unknown): Json {
    const own = groupVersions().map((part) => {
      const { hash } = this.#document(`${V3}/${part}`)!;
      return [part, { serverRelativeURL: `/${V3}/${part}?hash=${hash}` }] as const;
    });
    const { paths = {} } = (added ?? {}) as { readonly paths?: Json };
    return { paths: { ...Object.fromEntries(own), ...paths } };
  }
}
