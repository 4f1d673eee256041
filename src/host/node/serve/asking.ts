/** An HTTP request as a request of the simulation: path, parameters, credentials, body. */
import type { IncomingHttpHeaders } from 'node:http';
import { parse } from 'yaml';
import { goJsonError } from '#engine/api/go-json';
import type { Asking, Credentials } from './conductor';
import { PROTOBUF, readProtobuf } from './protobuf';

export const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);

export interface HttpRequest {
  readonly method: string;
  /** As the request line says it: path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Empty: there is none. */
  readonly body: Buffer;
  readonly credentials: Credentials;
}

export function askingOf({ method, url, headers, body, credentials }: HttpRequest): Asking {
  const cut = url.indexOf('?');
  const path = cut < 0 ? url : url.slice(0, cut);
  const contentType = headers['content-type'];
  const { accept, 'user-agent': userAgent } = headers;
  return {
    method: (method === 'HEAD' ? 'GET' : method) as Asking['method'],
    path,
    ...(cut < 0 ? {} : parametersOf(url.slice(cut + 1))),
    ...(accept === undefined ? {} : { accept }),
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(body.length === 0 ? (contentType === undefined ? {} : { contentType }) : readBody(body, contentType)),
    credentials,
  };
}

function parametersOf(text: string): Pick<Asking, 'query' | 'repeated'> {
  const query: Record<string, string> = {};
  const repeated: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const first = query[name];
    if (first === undefined) query[name] = value;
    else (repeated[name] ??= [first]).push(value);
  }
  return { query, ...(Object.keys(repeated).length === 0 ? {} : { repeated }) };
}

type Body = Pick<Asking, 'body' | 'bodyError' | 'contentType'>;

/** The body as data, and of which type it is: protobuf is told as the JSON that it stands for. */
function readBody(bytes: Buffer, contentType: string | undefined): Body {
  const mediaType = (contentType ?? 'application/json').split(';')[0]!.trim().toLowerCase();
  if (mediaType === PROTOBUF) return protobufBody(bytes);
  const given = contentType === undefined ? {} : { contentType };
  const yaml = mediaType.endsWith('yaml');
  // Of another type: the API server refuses it by its type.
  if (!yaml && !mediaType.endsWith('json')) return { ...given, body: null };
  const text = bytes.toString('utf8');
  try {
    return { ...given, body: JSON.parse(text) as unknown };
  } catch {
    return { ...given, ...(yaml ? readYaml(text) : { bodyError: goJsonError(text) }) };
  }
}

function protobufBody(bytes: Buffer): Body {
  try {
    return { contentType: 'application/json', body: readProtobuf(bytes) };
  } catch {
    return { contentType: PROTOBUF, body: null };
  }
}

function readYaml(text: string): Body {
  try {
    return { body: parse(text, { maxAliasCount: 100, prettyErrors: false, logLevel: 'silent' }) as unknown };
  } catch (error) {
    return {
      bodyError: `error converting YAML to JSON: yaml: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}
