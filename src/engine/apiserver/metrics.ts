/** `/metrics`: what the API server counts, as Prometheus reads it. @source kubernetes test/instrumentation/documentation/documentation.md */
import { flowFamilies } from './flow-control/flow-metrics';
import { VERSION } from './health';
import { family, type Sample } from './metric-family';
import type { ApiServerState } from './state';

const VERBS = {
  GET: 'get',
  LIST: 'list',
  WATCH: 'watch',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
  DELETECOLLECTION: 'deletecollection',
} as const;

/** The whole page. Families in order of their names. */
export function metricsText(state: ApiServerState): string {
  const { counters, caches, pending } = state;
  const { major, minor, gitVersion, gitCommit, gitTreeState, buildDate, goVersion, compiler, platform } = VERSION;
  const build = {
    build_date: buildDate,
    compiler,
    git_commit: gitCommit,
    git_tree_state: gitTreeState,
    git_version: gitVersion,
    go_version: goVersion,
    major,
    minor,
    platform,
  };
  let mutating = 0;
  let reading = 0;
  for (const { type } of pending.values()) {
    if (type === 'write' || type === 'read-current' || type === 'look-up') mutating++;
    else if (type === 'get' || type === 'list-page' || type === 'progress') reading++;
  }
  const objects = [...caches.values()].filter(({ ready }) => ready);
  return [
    family(
      'apiserver_current_inflight_requests',
      'gauge',
      '[STABLE] Maximal number of currently used inflight request limit of this apiserver per request kind in last second.',
      [
        [{ request_kind: 'mutating' }, mutating],
        [{ request_kind: 'readOnly' }, reading],
      ],
    ),
    ...flowFamilies(state),
    family(
      'apiserver_longrunning_requests',
      'gauge',
      '[STABLE] Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, scope and component. Not all requests are tracked this way.',
      [[{ component: 'apiserver', verb: 'WATCH' }, counters.watchesOpen]],
    ),
    family(
      'apiserver_request_total',
      'counter',
      '[STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.',
      Object.entries(VERBS).map(([verb, counter]): Sample => [{ component: 'apiserver', verb }, counters[counter]]),
    ),
    family(
      'apiserver_resource_objects',
      'gauge',
      '[ALPHA] Number of stored objects at the time of last check split by kind. In case of a fetching error, the value will be -1.',
      objects.map((cache): Sample => [resourceLabels(cache.resource), cache.objects.size]),
    ),
    family('apiserver_watch_events_total', 'counter', '[ALPHA] Number of events sent in watch clients', [
      [{}, counters.watchEvents],
    ]),
    family(
      'kubernetes_build_info',
      'gauge',
      "[ALPHA] A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree state, build date, Go version, and compiler from which Kubernetes was built, and platform on which it is running.",
      [[build, 1]],
    ),
  ].join('');
}

function resourceLabels(id: string): Record<string, string> {
  const dot = id.indexOf('.');
  return dot < 0 ? { group: '', resource: id } : { group: id.slice(dot + 1), resource: id.slice(0, dot) };
}
