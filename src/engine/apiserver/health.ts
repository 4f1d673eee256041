/**
 * `/healthz`, `/livez`, `/readyz` and `/version`.
 *
 * @source kubernetes apiserver/pkg/server/healthz/healthz.go, apimachinery/pkg/version/types.go
 */
import type { Context } from '#engine/kernel/process';
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
