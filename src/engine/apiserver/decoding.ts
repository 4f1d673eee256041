/**
 * Bodies of requests: their media type, their size, and the typed object in them with its defaults.
 *
 * @source kubernetes apiserver/pkg/endpoints/handlers/{create,update,rest}.go
 */
import { cannotBeHandled, decode, decodeAs, type FieldValidation, strictError } from '#engine/api/decode';
import { byteOrder, deepEqual } from '#engine/api/json';
import { mediaTypeOf } from '#engine/api/patch/apply-patch';
import type { ResourceInfo } from '#engine/api/registry';
import { badRequest, requestEntityTooLarge, unsupportedMediaType } from '#engine/api/status-error';
import type { KubeObject, Status } from '#engine/api/types';
import type { ApiRequest } from './wire';

export type DecodedBody =
  | { readonly type: 'object'; readonly object: KubeObject; readonly warnings: readonly string[] }
  | { readonly type: 'refuse'; readonly status: Status };

/** Bytes. */
const MAX_BODY = 3 * 1024 * 1024;
/** @simplified a real server takes `application/vnd.kubernetes.protobuf` too */
const ACCEPTED = ['application/json', 'application/yaml'];

const refuse = (status: Status): DecodedBody => ({ type: 'refuse', status });

interface BodyType {
  readonly apiVersion: string;
  readonly version: string;
  readonly kind: string;
  /** Its name in the schema; null: read as it is. */
  readonly schema: string | null;
}

/** What subresources take instead of the object itself. */
const SUBRESOURCE_BODIES: ReadonlyMap<string, BodyType> = new Map<string, BodyType>([
  ['binding', { apiVersion: 'v1', version: 'v1', kind: 'Binding', schema: 'Binding' }],
  ['eviction', { apiVersion: 'policy/v1', version: 'v1', kind: 'Eviction', schema: null }],
  [
    'token',
    {
      apiVersion: 'authentication.k8s.io/v1',
      version: 'v1',
      kind: 'TokenRequest',
      schema: 'authentication.TokenRequest',
    },
  ],
  ['scale', { apiVersion: 'autoscaling/v1', version: 'v1', kind: 'Scale', schema: null }],
]);

/** Reads the body of a create or update. */
export function decodeBody(
  request: ApiRequest,
  info: ResourceInfo,
  subresource: string,
  validation: FieldValidation,
): DecodedBody {
  const mediaType = mediaTypeOf(request.contentType ?? 'application/json');
  if (!ACCEPTED.includes(mediaType)) return refuse(unsupportedMediaType(ACCEPTED));
  const { body, bodyError } = request;
  if (isTooLarge(request)) return refuse(requestEntityTooLarge());
  const special = SUBRESOURCE_BODIES.get(subresource);
  const expected = special ?? info;
  if (bodyError !== undefined) {
    const yaml = bodyError.startsWith('error converting YAML to JSON');
    const text = yaml ? bodyError : `couldn't get version/kind; json parse error: ${bodyError}`;
    return refuse(badRequest(`the object provided is unrecognized (must be of type ${expected.kind}): ${text}`));
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    const text = `couldn't get version/kind; json parse error: json: cannot unmarshal ${kindOf(body)} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`;
    return refuse(badRequest(`the object provided is unrecognized (must be of type ${expected.kind}): ${text}`));
  }
  const { apiVersion, kind } = body as Partial<KubeObject>;
  if (apiVersion !== undefined && apiVersion !== '' && apiVersion !== expected.apiVersion) {
    const text = `the API version in the data (${apiVersion}) does not match the expected API version (${expected.apiVersion})`;
    return refuse(badRequest(text));
  }
  if (kind !== undefined && kind !== '' && kind !== expected.kind) {
    const version = expected.version;
    const why = `converting (${version}.${kind}) to (${special === undefined ? internalGroup(info) : expected.version}.${expected.kind}): unknown conversion`;
    return refuse(badRequest(`${kind} in version "${version}" cannot be handled as a ${expected.kind}: ${why}`));
  }
  if (info.custom !== undefined && special === undefined && !kind) {
    const text = `Object 'Kind' is missing in '${JSON.stringify(body)}'`;
    return refuse(cannotBeHandled(info, text));
  }
  if (special !== undefined) return decodeSpecial(special, body, validation);
  const decoded = decode(info, body, validation);
  if (!decoded.ok) return refuse(decoded.status);
  const { object, warnings } = withEachOwnerOnce(decoded.object);
  const told = warnings.length === 0 ? decoded.warnings : [...decoded.warnings, ...warnings];
  return { type: 'object', object: completed(info, object), warnings: told };
}

const NO_WARNINGS: readonly string[] = [];

/** @source apiserver/pkg/endpoints/handlers/create.go (dedupOwnerReferencesAndAddWarning) */
export function withEachOwnerOnce(object: KubeObject): { object: KubeObject; warnings: readonly string[] } {
  const owners = object.metadata?.ownerReferences ?? [];
  if (owners.length < 2) return { object, warnings: NO_WARNINGS };
  const isRepeated = (_: unknown, index: number): boolean =>
    owners.slice(0, index).some((other) => deepEqual(other, owners[index]));
  const repeated = owners.filter(isRepeated);
  if (repeated.length === 0) return { object, warnings: NO_WARNINGS };
  const kept = owners.filter((owner, index) => !isRepeated(owner, index));
  const uids = [...new Set(repeated.map(({ uid }) => uid))].sort(byteOrder).join(', ');
  return {
    object: { ...object, metadata: { ...object.metadata, ownerReferences: kept } },
    warnings: [
      `.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${uids}`,
    ],
  };
}

/** What a client sent in some version, as it is stored and with defaults. */
export function completed({ conversion, rules }: ResourceInfo, object: KubeObject): KubeObject {
  return rules.applyDefaults(conversion === undefined ? object : (conversion.toStored(object) as KubeObject));
}

/** The Go package of a group's internal version. */
const internalGroup = ({ group }: ResourceInfo): string => (group === '' ? 'core' : group.split('.', 1)[0]!);

function decodeSpecial(expected: BodyType, body: object, validation: FieldValidation): DecodedBody {
  if (expected.schema === null) return { type: 'object', object: body as KubeObject, warnings: [] };
  const decoded = decodeAs(expected.schema, body);
  const handled = `${expected.kind} in version "${expected.version}" cannot be handled as a ${expected.kind}`;
  if (!decoded.ok) return refuse(badRequest(`${handled}: ${decoded.error}`));
  if (validation === 'Strict' && decoded.violations.length > 0) {
    return refuse(badRequest(`${handled}: ${strictError(decoded.violations)}`));
  }
  return {
    type: 'object',
    object: decoded.value as KubeObject,
    warnings: validation === 'Warn' ? decoded.violations : [],
  };
}

const kindOf = (body: unknown): string =>
  Array.isArray(body) ? 'array' : typeof body === 'boolean' ? 'bool' : typeof body;

export const isTooLarge = ({ contentLength = 0 }: ApiRequest): boolean => contentLength > MAX_BODY;
