/** Objects that were applied once and are in no manifest any more. @source kubernetes kubectl/pkg/cmd/apply/prune.go */
import type { KubeObject } from '#engine/api/types';
import { type Call, failed, want } from '../call/context';
import { kindText, pathOf, type Resource, resourceOfKind } from '../call/discovery';
import type { Doing } from '../call/effects';
import { fetched, type Given } from '../call/targets';
import { LAST_APPLIED } from '../last-applied';
import { dryRunOf, dryRunSuffix } from './writing';

/** In the order in which they are looked through. @source kubectl/pkg/util/prune/prune.go */
const NAMESPACED = [
  ...[
    'v1/ConfigMap',
    'v1/Endpoints',
    'v1/PersistentVolumeClaim',
    'v1/Pod',
    'v1/ReplicationController',
    'v1/Secret',
    'v1/Service',
  ],
  ...['batch/v1/Job', 'batch/v1/CronJob', 'networking.k8s.io/v1/Ingress', 'apps/v1/DaemonSet', 'apps/v1/Deployment'],
  ...['apps/v1/ReplicaSet', 'apps/v1/StatefulSet'],
];
const CLUSTER_SCOPED = ['v1/Namespace', 'v1/PersistentVolume'];

export function* prune(call: Call, given: readonly Given[], applied: readonly KubeObject[]): Doing<void> {
  const kept = new Set(applied.map(({ metadata }) => metadata.uid));
  const namespaces = [...new Set(given.flatMap(({ resource, namespace }) => (resource.namespaced ? [namespace] : [])))];
  if (!call.namespaceGiven)
    call.kubectl.err(
      'W1121 00:00:00.000000       1 prune.go:71] Deprecated: kubectl apply will no longer prune non-namespaced resources by default when used with the --namespace flag in a future release. To preserve the current behaviour, list the resources you want to target explicitly in the --prune-allowlist flag.\n',
    );
  const allowed = call.flags.list('prune-allowlist');
  const kinds =
    allowed.length === 0 ? [...NAMESPACED, ...CLUSTER_SCOPED] : allowed.map((text) => text.replace(/^core\//, ''));
  const resources: Resource[] = [];
  for (const text of kinds) {
    const slash = text.lastIndexOf('/');
    const resource = yield* resourceOfKind(call, text.slice(0, slash), text.slice(slash + 1));
    if (resource === null) throw failed(`error parsing GroupVersionKind ${text}`);
    resources.push(resource);
  }
  for (const namespace of namespaces)
    for (const resource of resources) if (resource.namespaced) yield* pruneIn(call, resource, namespace, kept);
  for (const resource of resources) if (!resource.namespaced) yield* pruneIn(call, resource, '', kept);
}

function* pruneIn(
  call: Call,
  resource: Resource,
  namespace: string,
  kept: ReadonlySet<string | undefined>,
): Doing<void> {
  const selector = call.flags.text('selector');
  const found = yield* fetched(
    call,
    { resource, namespace, name: null },
    selector === '' ? {} : { labelSelector: selector },
  );
  for (const { object, name, namespace: place } of found) {
    if (kept.has(object.metadata.uid) || object.metadata.annotations?.[LAST_APPLIED] === undefined) continue;
    if (dryRunOf(call) !== 'client')
      yield* want(call, {
        method: 'DELETE',
        path: pathOf(resource, place, name),
        body: { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' },
        ...(dryRunOf(call) === 'server' ? { query: { dryRun: 'All' } } : {}),
      });
    call.kubectl.out(`${kindText(resource)}/${name} pruned${dryRunSuffix(call)}\n`);
  }
}
