/**
 * How kubectl says that something failed.
 *
 * @source kubernetes staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go (StandardErrorMessage, statusCausesToAggrError)
 */
import type { Status } from '#engine/api/types';
import type { ManifestRun } from './invocation';

/** A failure of the API server, or of the way to it, in kubectl's words. `doing` is e.g. `error when creating "STDIN"`. */
export function errorText(status: Status, doing: string): string {
  const message = status.message ?? '';
  if (status.code === undefined || status.code === 0) return connectionText(message);
  if (status.reason === 'Invalid' && doing === '') return invalidText(status);
  const reason = status.reason === undefined || status.reason === '' ? '' : ` (${status.reason})`;
  return `Error from server${reason}: ${doing === '' ? message : `${doing}: ${message}`}`;
}

/**
 * All that a call has to say on stderr. An object that is invalid is told about by field when it is the only thing that
 * failed; of several failures each gets its line.
 *
 * @source kubernetes staging/src/k8s.io/kubectl/pkg/cmd/apply/apply.go (Run), pkg/cmd/util/helpers.go (checkErr)
 */
export function errorLines({ errors, refusals, failures }: ManifestRun): string[] {
  const [only] = refusals;
  if (failures !== 1 || only?.status.reason !== 'Invalid') return [...errors];
  return errors.map((text, index) => (index === only.error ? errorText(only.status, '') : text));
}

/** A 422 as kubectl lists it, field by field. */
function invalidText(status: Status): string {
  const { kind = '', name = '' } = status.details ?? {};
  const what = kind === '' && name === '' ? 'The request is invalid' : `The ${kind} "${name}" is invalid`;
  const causes = (status.details?.causes ?? []).map(({ field, message }) => `${field ?? ''}: ${message ?? ''}`);
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
