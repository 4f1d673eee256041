/**
 * How kubectl says that something failed.
 *
 * @source kubernetes staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go (StandardErrorMessage, statusCausesToAggrError)
 */
import type { Status } from '#engine/api/types';

/** A failure of the API server, or of the way to it, in kubectl's words. `doing` is e.g. `error when creating "STDIN"`. */
export function errorText(status: Status, doing: string): string {
  const message = status.message ?? '';
  if (status.code === undefined || status.code === 0) return connectionText(message);
  if (status.reason === 'Invalid' && doing === '') return invalidText(status);
  const reason = status.reason === undefined || status.reason === '' ? '' : ` (${status.reason})`;
  return `Error from server${reason}: ${doing === '' ? message : `${doing}: ${message}`}`;
}

/** A 422 as kubectl lists it when no file name stands before it. */
function invalidText(status: Status): string {
  const what = `The ${status.details?.kind ?? ''} "${status.details?.name ?? ''}" is invalid`;
  const causes = (status.details?.causes ?? []).map(({ field, message }) =>
    field === undefined || field === '' ? (message ?? '') : `${field}: ${message ?? ''}`,
  );
  const distinct = [...new Set(causes)];
  if (distinct.length === 0) return what;
  return distinct.length === 1
    ? `${what}: ${distinct[0]}`
    : `${what}: ${distinct.map((text) => `\n* ${text}`).join('')}`;
}

function connectionText(message: string): string {
  const refused = /dial tcp ([^:\s]+(?::\d+)?): connect: connection refused/.exec(message);
  if (refused !== null) {
    return `The connection to the server ${refused[1]} was refused - did you specify the right host or port?`;
  }
  return `Unable to connect to the server: ${message.replace(/^[A-Z][a-z]+ "[^"]*": /, '')}`;
}
