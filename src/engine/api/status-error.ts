/**
 * The refusals of an API server as `Status` objects, in its own words. A refusal is data: it is answered, never thrown.
 * @source kubernetes apimachinery/pkg/api/errors/errors.go, apimachinery/pkg/apis/meta/v1/types.go
 */
import { aggregateText, errorBody, type FieldError } from './field-error';
import type { Status } from './types';

type StatusDetails = NonNullable<Status['details']>;
type StatusCause = NonNullable<StatusDetails['causes']>[number];

export interface Failure {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details?: StatusDetails;
}

/** What a message calls a resource: plural and group. */
export interface GroupResource {
  readonly group: string;
  readonly resource: string;
}

/** `pods`, `deployments.apps`. */
export const groupResourceText = ({ group, resource }: GroupResource): string =>
  group === '' ? resource : `${resource}.${group}`;

/** What a validation message calls a kind: `Pod`, `Deployment.apps`. */
export interface GroupKind {
  readonly group: string;
  readonly kind: string;
}

const NO_METADATA = Object.freeze({});

/** A failed answer of code, reason, message and details. */
export function failure({ code, reason, message, details }: Failure): Status {
  return Object.freeze({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: NO_METADATA,
    status: 'Failure',
    message,
    ...(reason === '' ? {} : { reason }),
    ...(details === undefined ? {} : { details: Object.freeze(details) }),
    code,
  });
}

/** The answer to a request that has no object to answer with, e.g. the deletion of a kind that does not return itself. */
export const success = (details?: StatusDetails): Status =>
  Object.freeze({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: NO_METADATA,
    status: 'Success',
    ...(details === undefined ? {} : { details: Object.freeze(details) }),
    code: 200,
  });

/** Whether a Status has this reason. */
export const hasReason = (status: Status, reason: string): boolean => status.reason === reason;

const detailsOf = (of: GroupResource, name: string): StatusDetails => ({
  ...(name === '' ? {} : { name }),
  ...(of.group === '' ? {} : { group: of.group }),
  kind: of.resource,
});

export const notFound = (of: GroupResource, name: string): Status =>
  failure({
    code: 404,
    reason: 'NotFound',
    message: `${groupResourceText(of)} "${name}" not found`,
    details: detailsOf(of, name),
  });

/** Credentials that are no good. */
export const unauthorized = (): Status => failure({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' });

/** A path that no handler serves. */
export const unknownPath = (): Status =>
  failure({
    code: 404,
    reason: 'NotFound',
    message: 'the server could not find the requested resource',
    details: {},
  });

export const alreadyExists = (of: GroupResource, name: string, terminating = false): Status =>
  failure({
    code: 409,
    reason: 'AlreadyExists',
    message: `${terminating ? 'object is being deleted: ' : ''}${groupResourceText(of)} "${name}" already exists`,
    details: detailsOf(of, name),
  });

/** All eight tries to generate a name were taken. */
export const generateNameConflict = (of: GroupResource, name: string, retryAfterSeconds = 1): Status =>
  failure({
    code: 409,
    reason: 'AlreadyExists',
    message: `${groupResourceText(of)} "${name}" already exists, the server was not able to generate a unique name for the object`,
    details: { ...detailsOf(of, name), retryAfterSeconds },
  });

/** Cause of a stale `metadata.resourceVersion`. */
export const OPTIMISTIC_LOCK_CAUSE =
  'the object has been modified; please apply your changes to the latest version and try again';

export const conflict = (of: GroupResource, name: string, cause: string = OPTIMISTIC_LOCK_CAUSE): Status =>
  failure({
    code: 409,
    reason: 'Conflict',
    message: `Operation cannot be fulfilled on ${groupResourceText(of)} "${name}": ${cause}`,
    details: detailsOf(of, name),
  });

/** Validation refused the object. `causes` keep every error; the message prints equal texts once. */
export const invalid = (kind: GroupKind, name: string, errors: readonly FieldError[]): Status =>
  failure({
    code: 422,
    reason: 'Invalid',
    message: `${kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`} "${name}" is invalid: ${aggregateText(errors)}`,
    details: {
      ...(name === '' ? {} : { name }),
      ...(kind.group === '' ? {} : { group: kind.group }),
      ...(kind.kind === '' ? {} : { kind: kind.kind }),
      causes: errors.map((error): StatusCause => ({
        reason: error.type,
        message: errorBody(error),
        ...(error.field === '' ? {} : { field: error.field }),
      })),
    },
  });

export const badRequest = (message: string): Status => failure({ code: 400, reason: 'BadRequest', message });

/** @param name - empty when the request names no object */
export const forbidden = (of: GroupResource, name: string, cause: string, causes?: StatusCause[]): Status =>
  failure({
    code: 403,
    reason: 'Forbidden',
    message:
      of.resource === ''
        ? `forbidden: ${cause}`
        : `${groupResourceText(of)}${name === '' ? '' : ` "${name}"`} is forbidden: ${cause}`,
    details: {
      ...(of.resource === '' ? {} : detailsOf(of, name)),
      ...(causes === undefined ? {} : { causes }),
    },
  });

/** A write into a namespace that is going away. @source apiserver/pkg/admission/plugin/namespace/lifecycle */
export const namespaceTerminating = (of: GroupResource, name: string, namespace: string): Status =>
  forbidden(of, name, `unable to create new content in namespace ${namespace} because it is being terminated`, [
    {
      reason: 'NamespaceTerminating',
      message: `namespace ${namespace} is being terminated`,
      field: 'metadata.namespace',
    },
  ]);

/** A path that is served for other methods. */
export const unknownMethod = (): Status =>
  failure({
    code: 405,
    reason: 'MethodNotAllowed',
    message: 'the server does not allow this method on the requested resource',
    details: {},
  });

/** What a custom resource does not take. */
export const methodNotAllowed = (of: GroupResource, verb: string): Status =>
  failure({
    code: 405,
    reason: 'MethodNotAllowed',
    message: `${verb} is not supported on resources of kind "${groupResourceText(of)}"`,
    details: detailsOf(of, ''),
  });

/** A revision or a continue token that is no longer there. */
export const expired = (message: string): Status => failure({ code: 410, reason: 'Expired', message });

/** A watch asked for history that has been dropped. @source apiserver/pkg/storage/cacher */
export const tooOldResourceVersion = (asked: number | string, oldest: number | string): Status =>
  expired(`too old resource version: ${asked} (${oldest})`);

export const requestEntityTooLarge = (limitBytes = 3_145_728): Status =>
  failure({
    code: 413,
    reason: 'RequestEntityTooLarge',
    message: `Request entity too large: limit is ${limitBytes}`,
  });

export const unsupportedMediaType = (accepted: readonly string[]): Status =>
  failure({
    code: 415,
    reason: 'UnsupportedMediaType',
    message: `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  });

export const tooManyRequests = (message: string, retryAfterSeconds: number, causes?: StatusCause[]): Status =>
  failure({
    code: 429,
    reason: 'TooManyRequests',
    message,
    details: {
      ...(retryAfterSeconds > 0 ? { retryAfterSeconds } : {}),
      ...(causes === undefined ? {} : { causes }),
    },
  });

export const serviceUnavailable = (message: string): Status =>
  failure({ code: 503, reason: 'ServiceUnavailable', message });

export const internalError = (text: string): Status =>
  failure({
    code: 500,
    reason: 'InternalError',
    message: `Internal error occurred: ${text}`,
    details: { causes: [{ message: text }] },
  });

/** An error that the server passes on as it is: code 500, no reason. */
export const plainError = (message: string): Status => failure({ code: 500, reason: '', message });

export const timeout = (text: string, retryAfterSeconds = 0): Status =>
  failure({
    code: 504,
    reason: 'Timeout',
    message: `Timeout: ${text}`,
    details: { ...(retryAfterSeconds > 0 ? { retryAfterSeconds } : {}) },
  });

/** A client asked for a revision that this server has not seen yet. @source apiserver/pkg/storage/errors.go */
export const tooLargeResourceVersion = (
  asked: number | string,
  current: number | string,
  retryAfterSeconds = 1,
): Status =>
  failure({
    code: 504,
    reason: 'Timeout',
    message: `Timeout: Too large resource version: ${asked}, current: ${current}`,
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      ...(retryAfterSeconds > 0 ? { retryAfterSeconds } : {}),
    },
  });
