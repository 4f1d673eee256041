/** What every command works with: its flags, its namespace, who it is, and how the server is asked. */
import type { RequestSpec } from '#engine/client/client';
import type { Credentials } from '#engine/apiserver/wire';
import type { Status } from '#engine/api/types';
import { connectionFailed, statusText } from './errors';
import { type Doing, Failure, type Kubectl, type Reply, request } from './effects';
import { type Flags, spanOf } from './flags';
import type { Config } from './kubeconfig';

export interface Call {
  readonly kubectl: Kubectl;
  readonly flags: Flags;
  /** e.g. `kubectl get`. */
  readonly command: string;
  readonly config: Config;
  /** The namespace that counts, and whether it was given by a flag. */
  readonly namespace: string;
  readonly namespaceGiven: boolean;
  /** Who asks; absent: the certificate of the laptop's kubeconfig. */
  readonly credentials: Credentials | null;
}

export const ADMIN: Credentials = Object.freeze({
  certificate: Object.freeze({
    commonName: 'kubernetes-admin',
    organizations: Object.freeze(['kubeadm:cluster-admins']),
  }),
});

/** Who the flags say that is asking; null: the kubeconfig's user. */
export function credentialsOf(flags: Flags): Credentials | null {
  const user = flags.text('as');
  if (user === '' && !flags.has('token')) return null;
  const groups = flags.list('as-group');
  const uid = flags.text('as-uid');
  return {
    ...ADMIN,
    ...(flags.has('token') ? { token: flags.text('token') } : {}),
    ...(user === ''
      ? {}
      : { impersonate: { user, ...(uid === '' ? {} : { uid }), ...(groups.length === 0 ? {} : { groups }) } }),
  };
}

/** @source client-go/rest/config.go (DefaultKubernetesUserAgent) */
const USER_AGENT = 'kubectl/v1.35.5 (linux/amd64) kubernetes/0000000';

/** The request with what all of them carry. */
export function carried(call: Call, spec: RequestSpec): RequestSpec {
  const within = spanOf(call.flags.text('request-timeout', '0'));
  return {
    userAgent: USER_AGENT,
    ...spec,
    ...(within === null || within === 0 ? null : { timeout: within }),
    ...(call.credentials === null ? null : { credentials: call.credentials }),
  };
}

/** Asks the server; whatever it answers is an answer. */
export function* ask(call: Call, spec: RequestSpec): Doing<Reply> {
  const reply = yield* request(carried(call, spec));
  if (reply.code === 0) throw connectionFailed(reply.body as Status);
  return reply;
}

/** Asks the server; a refusal ends the command. `doing`: what it was about, e.g. `error when creating "f.yaml"`. */
export function* want<T>(call: Call, spec: RequestSpec, doing = ''): Doing<T> {
  const reply = yield* ask(call, spec);
  if (!reply.ok) throw refusal(reply, doing);
  return reply.body as T;
}

/** What the server has refused, as the end of a command. */
export function refusal(reply: Reply, doing = ''): Failure {
  const status = statusOf(reply);
  return new Failure(statusText(status, doing), 1, status);
}

const NOT_SERVED = 'the server could not find the requested resource';

/**
 * A refused list in kubectl's words. @source cli-runtime/pkg/resource/query_param_verifier.go, helper.go (EnhanceListError)
 *
 * @param what - e.g. `/v1, Resource=pods`
 */
export function listRefusal(
  reply: Reply,
  what: string,
  query: Readonly<Record<string, string>>,
  path: string,
): Failure {
  const status = statusOf(reply);
  if (status.reason !== 'BadRequest' && status.reason !== 'NotFound') return refusal(reply);
  const { labelSelector = '', fieldSelector = '' } = query;
  const quoted = JSON.stringify(what);
  const doing =
    labelSelector === '' && fieldSelector === ''
      ? `Unable to list ${quoted}`
      : `Unable to find ${quoted} that match label selector ${JSON.stringify(labelSelector)}, field selector ${JSON.stringify(fieldSelector)}`;
  // The words of the client itself say what it was asked.
  const asked = status.message === NOT_SERVED ? ` (get ${path})` : '';
  const whole = { ...status, message: `${doing}: ${status.message ?? ''}${asked}` };
  return new Failure(statusText(whole), 1, whole);
}

export function statusOf({ body, code }: Reply): Status {
  if (typeof body === 'object' && body !== null) return body;
  const message = code === 404 ? NOT_SERVED : typeof body === 'string' ? body.trim() : 'unknown';
  return {
    apiVersion: 'v1',
    kind: 'Status',
    metadata: {},
    status: 'Failure',
    code,
    message,
    ...(code === 404 ? { reason: 'NotFound' } : {}),
  };
}

/** Complains about how the command was written. */
export const usage = (call: Pick<Call, 'command'>, text: string): Failure =>
  new Failure(`error: ${text}\nSee '${call.command} -h' for help and examples`);

/** A text as it is, all else as JSON. */
export const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));

export const failed = (text: string): Failure => new Failure(text.startsWith('error: ') ? text : `error: ${text}`);
