/**
 * OpenAPI as it goes over HTTP: the documents that the API server names in its answers, with their hashes, made when first asked.
 *
 * @source kube-openapi pkg/handler/handler.go, pkg/handler3/handler.go
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { CustomModel } from '#engine/api/custom/custom-model';
import { groupVersions, openApiV2, openApiV3 } from './openapi/documents';
import type { Json, Models } from '#engine/api/openapi/models';
import { protobufOf } from './openapi/protobuf';

export interface DocumentAnswer {
  readonly code: 200 | 301;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType: string;
  /** Empty for a redirection. */
  readonly bytes: Uint8Array;
}

const YEAR_S = 365 * 24 * 3600;
const V2 = 'openapi/v2';
const V3 = 'openapi/v3';
const JSON_TYPE = 'application/json';
/** How clients ask for the second version in protobuf, and how it is answered. */
const PROTOBUF_WANTED = /application\/com\.github\.proto-openapi\.spec\.v2[@.]v1\.0\+protobuf/;
const PROTOBUF_TYPE = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** What a request says besides its path. */
export interface Wanted {
  /** The header Accept. */
  readonly accept?: string | undefined;
  /** The parameter `hash`. */
  readonly hash?: string | null;
  /** The body of the API server's answer: what custom resources add. */
  readonly added?: unknown;
}

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
  readonly contentType: string;
  readonly bytes: Uint8Array;
  readonly hash: string;
}

function made(bytes: Uint8Array, contentType = JSON_TYPE): Made {
  return { contentType, bytes, hash: createHash('sha512').update(bytes).digest('hex').toUpperCase() };
}

const jsonBytes = (document: Json): Uint8Array => Buffer.from(JSON.stringify(document));

/** A document with what custom resources added to it when it was made. */
interface Remembered extends Made {
  /** Their models, as text. */
  readonly of: string;
}

const customOf = (added: unknown): readonly CustomModel[] =>
  ((added ?? {}) as { readonly custom?: readonly CustomModel[] }).custom ?? [];

export class Documents {
  readonly #models: Models;
  readonly #made = new Map<string, Remembered>();

  constructor(models: Models) {
    this.#models = models;
  }

  /**
   * What to answer where the API server named a document.
   *
   * @param name - as in `ApiResponse.document`, e.g. `openapi/v3/apis/apps/v1`
   * @param now - for the header Expires, ms since 1970
   */
  answer(name: string, { accept = '', hash = null, added }: Wanted, now: number): DocumentAnswer | null {
    const protobuf = name === V2 && PROTOBUF_WANTED.test(accept);
    const custom = customOf(added);
    const document = name === V3 ? made(jsonBytes(this.#index(custom))) : this.#document(name, custom, protobuf);
    if (document === null) return null;
    const { bytes, contentType } = document;
    const headers = { etag: `"${document.hash}"`, vary: 'Accept' };
    if (hash === null) return { code: 200, headers, contentType, bytes };
    if (hash !== document.hash) {
      const location = `/${name}?hash=${document.hash}`;
      return { code: 301, headers: { location }, contentType, bytes: new Uint8Array() };
    }
    const expires = new Date(now + YEAR_S * 1000).toUTCString();
    return { code: 200, headers: { ...headers, 'cache-control': 'public, immutable', expires }, contentType, bytes };
  }

  #document(name: string, custom: readonly CustomModel[], protobuf = false): Made | null {
    const key = protobuf ? `${name}+protobuf` : name;
    const of = JSON.stringify(custom);
    const known = this.#made.get(key);
    if (known?.of === of) return known;
    const json =
      name === V2
        ? openApiV2(this.#models, custom)
        : name.startsWith(`${V3}/`)
          ? openApiV3(this.#models, name.slice(V3.length + 1), custom)
          : null;
    if (json === null) return null;
    const document = protobuf ? made(protobufOf(json), PROTOBUF_TYPE) : made(jsonBytes(json));
    this.#made.set(key, { ...document, of });
    return document;
  }

  #index(custom: readonly CustomModel[]): Json {
    const paths = groupVersions(custom).map((part) => {
      const own = custom.filter(({ group, version }) => part === `apis/${group}/${version}`);
      const { hash } = this.#document(`${V3}/${part}`, own)!;
      return [part, { serverRelativeURL: `/${V3}/${part}?hash=${hash}` }] as const;
    });
    return { paths: Object.fromEntries(paths) };
  }
}
