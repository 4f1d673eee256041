/** What a request proves of who asks: the certificate of its connection, a bearer token, whom it speaks for. */
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { ADMIN } from './certificates';
import type { Credentials } from './conductor';

/** Credentials are compared by identity where they are looked up often: the same ones are the same object. */
const MAX_KEPT = 1000;
const kept = new Map<string, Credentials>();

/** A connection without TLS is the administrator's, as one through `kubectl proxy` is, unless the request brings a token. */
export function credentialsOf(request: IncomingMessage): Credentials | null {
  const token = tokenOf(request);
  const certificate =
    request.socket instanceof TLSSocket ? certificateOf(request.socket) : token === undefined ? ADMIN : null;
  if (certificate === 'refused') return null;
  const impersonate = impersonationOf(request);
  const credentials: Credentials = {
    ...(certificate === null ? {} : { certificate }),
    ...(token === undefined ? {} : { token }),
    ...(impersonate === undefined ? {} : { impersonate }),
  };
  const key = JSON.stringify(credentials);
  const known = kept.get(key);
  if (known !== undefined) return known;
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(key, credentials);
  return credentials;
}

type Certificate = NonNullable<Credentials['certificate']>;

/** The client's certificate; null: it has none; `refused`: one that our authority has not signed. */
function certificateOf(socket: TLSSocket): Certificate | 'refused' | null {
  const { subject } = socket.getPeerCertificate();
  // Without a certificate Node gives an empty object.
  if ((subject as unknown) === undefined) return null;
  if (!socket.authorized) return 'refused';
  const { CN, O } = subject as { readonly CN?: string | string[]; readonly O?: string | string[] };
  return { commonName: [CN ?? ''].flat()[0] ?? '', organizations: [O ?? []].flat() };
}

/** Browsers cannot set headers on a WebSocket: there the token is one of the protocols. */
const TOKEN_PROTOCOL = 'base64url.bearer.authorization.k8s.io.';

function tokenOf(request: IncomingMessage): string | undefined {
  const [, token] = /^bearer +(\S.*)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (token !== undefined) return token.trim();
  const protocols = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim());
  const encoded = protocols.find((protocol) => protocol.startsWith(TOKEN_PROTOCOL))?.slice(TOKEN_PROTOCOL.length);
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64url').toString('utf8');
}

const EXTRA = 'impersonate-extra-';

/** @source kubernetes apiserver/pkg/endpoints/filters/impersonation.go; client-go transport/round_trippers.go */
function impersonationOf({ headersDistinct: headers }: IncomingMessage): Credentials['impersonate'] {
  const [user] = headers['impersonate-user'] ?? [];
  const [uid] = headers['impersonate-uid'] ?? [];
  const groups = headers['impersonate-group'];
  const extra = Object.entries(headers).flatMap(([name, values]): [string, readonly string[]][] =>
    name.startsWith(EXTRA) && values !== undefined ? [[decoded(name.slice(EXTRA.length)), values]] : [],
  );
  if (user === undefined && uid === undefined && groups === undefined && extra.length === 0) return undefined;
  return {
    user: user ?? '',
    ...(uid === undefined ? {} : { uid }),
    ...(groups === undefined ? {} : { groups }),
    ...(extra.length === 0 ? {} : { extra: Object.fromEntries(extra) }),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
