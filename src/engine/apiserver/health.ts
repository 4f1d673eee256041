/**
 * `/healthz`, `/livez`, `/readyz` and `/version`.
 *
 * @source kubernetes apiserver/pkg/server/healthz/healthz.go, apimachinery/pkg/version/types.go
 */
import type { Context } from '#engine/kernel/process';
import type { ApiServerState, Asker, HealthAsk } from './state';
import type { ApiRequest } from './wire';

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

/** Tells load balancers whether this server is ready, as far as what lasts is concerned. */
export const reportReadiness = ({ bootstrap, etcd, etcdProbe, masterLeases }: ApiServerState, ctx: Context): void =>
  ctx.setReady(bootstrap.done && etcd.up && !etcdProbe.failed && masterLeases.stopping === 0);

/**
 * What is looked at, in order. A hook of which nothing is left to do once the process runs is done.
 *
 * @source kubernetes pkg/controlplane/{instance.go,apiserver/server.go}, kube-aggregator/pkg/apiserver/apiserver.go (AddPostStartHook)
 */
function checksOf(state: ApiServerState, endpoint: string): Check[] {
  const bootstrapped = state.bootstrap.done;
  // What has been read once stays so.
  const informed = bootstrapped || [...state.caches.values()].every((cache) => cache.ready);
  const definitions =
    bootstrapped || state.caches.get('customresourcedefinitions.apiextensions.k8s.io')?.ready === true;
  const stored = state.etcd.up && !state.etcdProbe.failed;
  const check = (name: string, ok = true): Check => ({ name, ok });
  const hook = (name: string, ok = true): Check => ({ name: `poststarthook/${name}`, ok });
  const ready = endpoint === 'readyz';
  return [
    check('ping'),
    check('log'),
    check('etcd', stored),
    ...(ready ? [check('etcd-readiness', stored), check('informer-sync', informed)] : []),
    hook('start-apiserver-admission-initializer', informed),
    hook('generic-apiserver-start-informers', informed),
    hook('priority-and-fairness-config-consumer', informed),
    hook('priority-and-fairness-filter'),
    hook('storage-object-count-tracker-hook'),
    hook('start-apiextensions-informers', definitions),
    hook('start-apiextensions-controllers', definitions),
    hook('crd-informer-synced', definitions),
    hook('start-system-namespaces-controller', bootstrapped),
    hook('start-cluster-authentication-info-controller'),
    hook('start-kube-apiserver-identity-lease-controller'),
    hook('start-kube-apiserver-identity-lease-garbage-collector'),
    hook('start-legacy-token-tracking-controller'),
    hook('start-kubernetes-service-cidr-controller'),
    hook('bootstrap-controller', bootstrapped),
    hook('rbac/bootstrap-roles', bootstrapped),
    hook('scheduling/bootstrap-system-priority-classes', bootstrapped),
    hook('apiservice-registration-controller'),
    hook('apiservice-discovery-controller'),
    hook('kube-apiserver-autoregistration'),
    check('autoregister-completion'),
    hook('apiservice-openapi-controller'),
    hook('apiservice-openapiv3-controller'),
    ...(ready ? [check('shutdown', state.masterLeases.stopping === 0)] : []),
  ];
}

/** What a request wants to know. */
export function healthAsk(asker: Asker, { path, query, repeated }: ApiRequest): HealthAsk {
  const { exclude, verbose } = query ?? {};
  const excluded = repeated?.['exclude'] ?? (exclude === undefined ? [] : [exclude]);
  return { asker, path, verbose: verbose !== undefined, excluded };
}

const ETCD_CHECKS: readonly string[] = ['etcd', 'etcd-readiness'];

/** Whether an answer depends on etcd. */
export function looksAtEtcd({ path, excluded }: HealthAsk): boolean {
  const [, endpoint = '', only] = path.split('/');
  const looks = ETCD_CHECKS.slice(0, endpoint === 'readyz' ? 2 : 1);
  return only === undefined ? looks.some((name) => !excluded.includes(name)) : looks.includes(only);
}

/** Answers a health path with text; null when the path is none. */
export function healthOf(
  state: ApiServerState,
  { path, verbose, excluded }: HealthAsk,
): { readonly code: number; readonly body: string } | null {
  const [, endpoint = '', ...rest] = path.split('/');
  if (!ENDPOINTS.has(endpoint)) return null;
  const checks = checksOf(state, endpoint);
  if (rest.length > 0) {
    const only = checks.find(({ name }) => name === rest.join('/'));
    if (only === undefined) return null;
    return only.ok ? { code: 200, body: 'ok' } : { code: 500, body: `internal server error: ${reasonOf(only.name)}\n` };
  }
  const isExcluded = ({ name }: Check): boolean => excluded.includes(name);
  const lines = checks.map((check) =>
    isExcluded(check)
      ? `[+]${check.name} excluded: ok`
      : check.ok
        ? `[+]${check.name} ok`
        : `[-]${check.name} failed: reason withheld`,
  );
  const unmatched = [...new Set(excluded)].filter((name) => !checks.some((check) => check.name === name)).sort();
  if (unmatched.length > 0) {
    const names = unmatched.map((name) => JSON.stringify(name)).join(',');
    lines.push(`warn: some health checks cannot be excluded: no matches for ${names}`);
  }
  const failed = checks.some((check) => !check.ok && !isExcluded(check));
  if (failed) return { code: 500, body: `${lines.join('\n')}\n${endpoint} check failed\n` };
  return { code: 200, body: verbose ? `${lines.join('\n')}\n${endpoint} check passed\n` : 'ok' };
}

/** Why a check fails, told to whoever asks for it alone. @source apiserver/pkg/server/{hooks,healthz}.go, storagebackend/factory/etcd3.go */
const reasonOf = (check: string): string =>
  ETCD_CHECKS.includes(check)
    ? 'context deadline exceeded'
    : check === 'shutdown'
      ? 'process is shutting down'
      : 'not finished';
