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
    ...(body.length === 0 && method !== 'POST' && method !== 'PUT'
      ? contentType === undefined
        ? {}
        : { contentType }
      : readBody(body, contentType, method !== 'PATCH')),
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

/**
 * The body as data, and of which type it is: protobuf is told as the JSON that it stands for.
 *
 * @param whole - it is an object: what cannot be read is shown
 */
function readBody(bytes: Buffer, contentType: string | undefined, whole: boolean): Body {
  const mediaType = (contentType ?? 'application/json').split(';')[0]!.trim().toLowerCase();
  if (mediaType === PROTOBUF) return protobufBody(bytes);
  const given = contentType === undefined ? {} : { contentType };
  const yaml = mediaType.endsWith('yaml');
  // Of another type: the API server refuses it by its type.
  if (!yaml && !mediaType.endsWith('json')) return { ...given, body: null };
  const text = bytes.toString('utf8');
  let read: Body;
  try {
    read = { body: JSON.parse(text) as unknown };
  } catch {
    read = yaml ? readYaml(text) : { bodyError: goJsonError(text) };
  }
  if (!whole) return { ...given, ...read };
  // Go leaves a struct as it is where JSON says null.
  if (read.body === null) return { ...given, body: {} };
  const error =
    read.bodyError ?? (typeof read.body === 'object' && !Array.isArray(read.body) ? null : wrongKind(read.body));
  return error === null ? { ...given, ...read } : { ...given, bodyError: `${error} (${summaryOf(bytes)})` };
}

/** @source sigs.k8s.io/json, apimachinery/pkg/runtime/serializer/json/meta.go (SimpleMetaFactory.Interpret) */
function wrongKind(body: unknown): string {
  const kind = Array.isArray(body) ? 'array' : typeof body === 'boolean' ? 'bool' : typeof body;
  return `json: cannot unmarshal ${kind} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`;
}

const SUMMARY_BYTES = 30;

/** The beginning of a body that cannot be read. @source apiserver/pkg/endpoints/handlers/rest.go (summarizeData) */
function summaryOf(bytes: Buffer): string {
  if (bytes.length === 0) return '<empty>';
  const start = bytes.subarray(0, SUMMARY_BYTES);
  const text = start[0] === 0x7b ? start.toString('utf8') : start.toString('hex');
  return bytes.length > SUMMARY_BYTES ? `${text} ...` : text;
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
