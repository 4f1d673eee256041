/**
 * `/healthz`, `/livez`, `/readyz` and `/version`.
 *
 * @source kubernetes apiserver/pkg/server/healthz/healthz.go, apimachinery/pkg/version/types.go
 */
import type { ApiServerState } from './state';

export const VERSION = Object.freeze({
  major: '1',
  minor: '35',
  emulationMajor: '1',
  emulationMinor: '35',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '34',
  gitVersion: 'v1.35.5',
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2026-01-01T00:00:00Z',
  goVersion: 'go1.25.9',
  compiler: 'gc',
  platform: 'linux/amd64',
});

const ENDPOINTS: ReadonlySet<string> = new Set(['healthz', 'livez', 'readyz']);

interface Check {
  readonly name: string;
  readonly ok: boolean;
}

function checksOf(state: ApiServerState, endpoint: string): Check[] {
  const cachesReady = [...state.caches.values()].every((cache) => cache.ready);
  const checks: Check[] = [
    { name: 'ping', ok: true },
    { name: 'log', ok: true },
    { name: 'etcd', ok: state.etcd.up },
  ];
  if (endpoint === 'readyz') {
    checks.push({ name: 'etcd-readiness', ok: state.etcd.up }, { name: 'informer-sync', ok: cachesReady });
  }
  checks.push(
    { name: 'poststarthook/start-system-namespaces-controller', ok: state.bootstrap.done },
    { name: 'poststarthook/start-kubernetes-service-cidr-controller', ok: true },
    { name: 'poststarthook/bootstrap-controller', ok: state.bootstrap.done },
    { name: 'poststarthook/scheduling/bootstrap-system-priority-classes', ok: state.bootstrap.done },
  );
  if (endpoint === 'readyz') checks.push({ name: 'shutdown', ok: true });
  return checks;
}

/** Answers a health path with text; null when the path is none. */
export function healthOf(
  state: ApiServerState,
  path: string,
  query: Readonly<Record<string, string>> | undefined,
): { readonly code: number; readonly body: string } | null {
  const [, endpoint = '', ...rest] = path.split('/');
  if (!ENDPOINTS.has(endpoint)) return null;
  let checks = checksOf(state, endpoint);
  if (rest.length > 0) {
    checks = checks.filter((check) => check.name === rest.join('/'));
    if (checks.length === 0) return null;
  }
  const excluded = query?.['exclude'];
  const lines = checks.map((check) =>
    check.name === excluded
      ? `[+]${check.name} excluded: ok`
      : check.ok
        ? `[+]${check.name} ok`
        : `[-]${check.name} failed: reason withheld`,
  );
  const unmatched = excluded !== undefined && !checks.some((check) => check.name === excluded);
  if (unmatched) lines.push(`warn: some health checks cannot be excluded: no matches for ${JSON.stringify(excluded)}`);
  const failed = checks.some((check) => !check.ok && check.name !== excluded);
  if (failed) return { code: 500, body: `${lines.join('\n')}\n${endpoint} check failed\n` };
  if (query?.['verbose'] === undefined) return { code: 200, body: 'ok' };
  return { code: 200, body: `${lines.join('\n')}\n${endpoint} check passed\n` };
}
