/**
 * Which of the media types that a client takes it gets, and how a body is written in it.
 *
 * @source kubernetes apiserver/pkg/endpoints/handlers/negotiation/negotiate.go, handlers/responsewriters/writers.go
 */
import { stringify } from 'yaml';

export type MediaType = 'application/json' | 'application/yaml';

/** What it is that a client wants; null: nothing that is served. */
export function negotiated(accept: string | undefined): MediaType | null {
  const clauses = (accept ?? '')
    .split(',')
    .map((clause) => clause.split(';').map((part) => part.trim()))
    .filter(([type]) => type !== '')
    .filter(([, ...parameters]) => isServedForm(parameters))
    .map(([type = '', ...parameters]) => ({ type: type.toLowerCase(), quality: qualityOf(parameters) }))
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  if (clauses.length === 0) return accept === undefined || accept.trim() === '' ? 'application/json' : null;
  for (const { type } of clauses) {
    if (type === 'application/json' || type === 'application/*' || type === '*/*') return 'application/json';
    if (type === 'application/yaml') return type;
  }
  return null;
}

/** What objects can be answered as instead of themselves. @source apiserver/pkg/endpoints/handlers/rest.go (AllowsMediaTypeTransform) */
const FORMS = ['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'];

/** Whether a clause asks for objects as they are, or in a form that there is. */
function isServedForm(parameters: readonly string[]): boolean {
  const valueOf = (name: string): string | undefined =>
    parameters.find((parameter) => parameter.startsWith(`${name}=`))?.slice(name.length + 1);
  const [form, group, version] = ['as', 'g', 'v'].map(valueOf);
  if (form === undefined && group === undefined && version === undefined) return true;
  return group === 'meta.k8s.io' && ['v1', 'v1beta1'].includes(version ?? '') && FORMS.includes(form ?? '');
}

function qualityOf(parameters: readonly string[]): number {
  const given = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = given === undefined ? 1 : Number(given.slice(2));
  return Number.isFinite(quality) ? quality : 0;
}

/** Tools that people read with. @source apiserver/pkg/endpoints/handlers/negotiation (isPrettyPrint) */
const READERS = ['curl', 'Wget', 'Mozilla/5.0'];

/** Whether JSON is to be indented: asked for, or for a person's eyes. */
export function isPretty(pretty: string | null, userAgent: string | undefined): boolean {
  if (pretty !== null) return pretty !== '0' && pretty !== 'false';
  return READERS.some((reader) => userAgent?.startsWith(reader) === true);
}

export function written(body: unknown, mediaType: MediaType, pretty: boolean): string {
  if (mediaType === 'application/yaml') return stringify(body, { lineWidth: 0 });
  return pretty ? JSON.stringify(body, null, 2) : `${JSON.stringify(body)}\n`;
}

/** Larger answers are compressed for those who can take it. @source handlers/responsewriters/writers.go (defaultGzipThresholdBytes) */
const GZIP_FROM_BYTES = 128 * 1024;

export const isCompressed = (bytes: number, acceptEncoding: string | undefined): boolean =>
  bytes > GZIP_FROM_BYTES &&
  (acceptEncoding ?? '').split(',').some((encoding) => encoding.split(';')[0]!.trim() === 'gzip');

/** The value of a Warning header. @source apimachinery/pkg/util/net/http.go (NewWarningHeader) */
export const warningText = (text: string): string =>
  `299 - "${text
    .replace(/\p{Cc}+/gu, ' ')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')}"`;
