/**
 * Who may speak to the server at all: only pages and programs that call it by a loopback name. A page of another site that
 * had its name point here (DNS rebinding) still says its own name in `Host`, and a page that posts from elsewhere says so in `Origin`.
 */
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Why a request is turned away; null: it may come in. */
export function turnedAway(host: string | undefined, origin: string | undefined): string | null {
  if (host === undefined || !isLoopback(host)) {
    return `the Host ${JSON.stringify(host ?? '')} is no loopback name: this server is for localhost only`;
  }
  if (origin === undefined) return null;
  const [, authority] = /^https?:\/\/([^/]+)$/.exec(origin) ?? [];
  return authority !== undefined && isLoopback(authority)
    ? null
    : `the Origin ${JSON.stringify(origin)} is no loopback name: this server is for localhost only`;
}

function isLoopback(authority: string): boolean {
  const [, name] = /^(\[[^\]]*\]|[^:]+)(?::\d{1,5})?$/.exec(authority.toLowerCase()) ?? [];
  return name !== undefined && LOOPBACK.has(name);
}
