/**
 * What Go's HTTP client says when no answer comes, as a Status that a component can pass on.
 *
 * @source net/http, net (Go); client-go rest/request.go
 */
import type { Status } from '#engine/api/types';
import type { ProcessId } from '#engine/kernel/process';
import type { RequestSpec } from './state';

const PORT = 6443;

const machineOf = (server: ProcessId): string => server.slice(0, server.indexOf('/'));

/** Nobody listens on the API server's port. */
export const dialRefused = (server: ProcessId): string =>
  `dial tcp ${machineOf(server)}:${PORT}: connect: connection refused`;

/** The machine does not answer at all. */
export const dialTimeout = (server: ProcessId): string => `dial tcp ${machineOf(server)}:${PORT}: i/o timeout`;

/** No name server answers. @source Go net/dnsclient_unix.go, and the dialer's own deadline before it gives up */
export const lookUpTimeout = (name: string): string => `dial tcp: lookup ${name}: i/o timeout`;

/** The process at the other end has ended, and its machine said so. */
export const connectionReset = (machine: string, server: ProcessId): string =>
  `read tcp ${machine}->${machineOf(server)}:${PORT}: read: connection reset by peer`;

/** A ping was not answered. */
export const connectionLost = 'http2: client connection lost';

/** The request's own time is up. */
export const requestTimeout = 'net/http: request canceled (Client.Timeout exceeded while awaiting headers)';

const GO_METHOD = { GET: 'Get', POST: 'Post', PUT: 'Put', PATCH: 'Patch', DELETE: 'Delete' } as const;

/** `Post "https://control-plane-1:6443/api/v1/…": <why>` as a Status. */
export function networkFailure(
  server: ProcessId,
  spec: RequestSpec,
  why: string,
  reason: 'ServiceUnavailable' | 'Timeout',
): Status {
  const url = `https://${machineOf(server)}:${PORT}${spec.path}${queryText(spec.query)}`;
  return Object.freeze({
    apiVersion: 'v1',
    kind: 'Status',
    metadata: {},
    status: 'Failure',
    message: `${GO_METHOD[spec.method]} "${url}": ${why}`,
    reason,
  } as const);
}

function queryText(query: RequestSpec['query']): string {
  const parts = Object.entries(query ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}
