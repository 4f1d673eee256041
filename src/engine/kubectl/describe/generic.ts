/** Kinds that have no description of their own: their fields as they are. @source kubernetes kubectl/pkg/describe/describe.go (GenericDescriberFor, smartLabelFor) */
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, sortedKeys } from '#engine/api/json';
import type { CertificateSigningRequest, KubeObject } from '#engine/api/types';
import { decodeBase64 } from '#engine/api/base64';
import { readRequest } from '#engine/api/certificate';
import type { Doing } from '../call/effects';
import { cellText } from '../output/printing';
import { type Description, describeEvents, labelsText, momentText } from './description';

const SHORT = ['API', 'URL', 'UID', 'OSB', 'GUID'];
const SKIPPED = ['managedFields', 'name', 'namespace', 'labels', 'annotations'];

/** `podIP` → `Pod IP`, `apiVersion` → `API Version`. */
function labelFor(field: string): string {
  if (/[^A-Za-z-]/.test(field)) return field;
  const words = field.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[A-Z]|-+/g) ?? [field];
  return words
    .map((word) =>
      SHORT.includes(word.toUpperCase()) ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1),
    )
    .join(' ');
}

export function* describeGeneric(d: Description, object: KubeObject): Doing<void> {
  d.head(object);
  d.marks(object);
  fields(d, object as unknown as JsonObject, 0, '');
  yield* describeEvents(d, object);
}

function fields(d: Description, object: JsonObject, level: number, path: string): void {
  for (const key of sortedKeys(object)) {
    if (path === 'metadata' && SKIPPED.includes(key)) continue;
    const value = object[key]!;
    const label = labelFor(key);
    if (isJsonObject(value)) {
      d.line(level, `${label}:`);
      fields(d, value, level + 1, path === '' ? key : `${path}.${key}`);
    } else if (isJsonArray(value)) {
      d.line(level, `${label}:`);
      items(d, value, level + 1);
    } else d.line(level, `${label}:\t${cellText(value)}`);
  }
}

function items(d: Description, values: readonly JsonValue[], level: number): void {
  for (const value of values) {
    if (isJsonObject(value)) fields(d, value, level, '-');
    else d.line(level, cellText(value));
  }
}

export function* describeRequest(d: Description, request: CertificateSigningRequest): Doing<void> {
  const { metadata, spec, status } = request;
  d.field('Name', metadata.name);
  d.field('Labels', labelsText(metadata.labels));
  d.field('Annotations', labelsText(metadata.annotations));
  d.field('CreationTimestamp', momentText(metadata.creationTimestamp));
  d.field('Requesting User', spec.username ?? '');
  if (spec.signerName) d.field('Signer', spec.signerName);
  if (spec.expirationSeconds !== undefined) d.field('Requested Duration', `${spec.expirationSeconds}s`);
  const types = (status?.conditions ?? []).map(({ type }) => type);
  const state = types.includes('Denied') ? 'Denied' : types.includes('Approved') ? 'Approved' : 'Pending';
  d.field(
    'Status',
    `${state}${types.includes('Failed') ? ',Failed' : ''}${(status?.certificate ?? '') === '' ? '' : ',Issued'}`,
  );
  d.line(0, 'Subject:');
  const read = readRequest(decodeBase64(spec.request) ?? '');
  const { commonName, organizations } = typeof read === 'string' ? { commonName: '', organizations: [] } : read;
  d.line(0, `\tCommon Name:\t${commonName}`);
  d.line(0, '\tSerial Number:\t');
  if (organizations.length > 0) d.line(0, `\tOrganization:\t${organizations.join('\n\t\t')}`);
  yield* describeEvents(d, request);
}
