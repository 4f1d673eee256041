/**
 * The public rows of the corpus: five minutes after `kubectl apply -f` each has come
 * to what its row says. The manifests stay outside the repository: without them there is nothing to test here.
 */
import { afterAll, describe, expect, it } from 'vitest';
import type { Engine } from '#engine/cluster/door';
import { newEngine } from '#engine/cluster/engine';
import '#engine/cluster/late-code';
import type { ObjectRecord, PodRecord } from '#engine/cluster/records';
import { DEFAULT_CLUSTER } from '#engine/cluster/topology';
import { CORPUS_PLACE, corpusRows, corpusText, hasCorpus } from './testing-corpus';

const MINUTE = 60_000_000;

/** Rows that end otherwise here, and why. */
const OTHERWISE: Readonly<Record<string, readonly [outcome: string, why: string]>> = {
  'gcp-microservices-demo/kubernetes-manifests-adservice.yaml': [
    'accepted-and-ready',
    'every well-formed name of an image exists unless it says that it does not',
  ],
  'gcp-microservices-demo/release-kubernetes-manifests.yaml': [
    'crash-or-fail',
    'an init container asks a Service, and pods have no network to Services',
  ],
  'ingress-nginx/deploy-static-provider-cloud-deploy.yaml': [
    'accepted-pending',
    'the job that makes a Secret runs an image that nobody knows: a program that only listens',
  ],
  'kubernetes-examples/archived-cluster-dns-dns-frontend-pod.yaml': [
    'accepted-and-ready',
    'an image that nobody knows',
  ],
  'kubernetes-examples/archived-storage-redis-redis-controller.yaml': [
    'accepted-and-ready',
    'an image that nobody knows',
  ],
  'kubernetes-website/controllers-job-backoff-limit-per-index-example.yaml': ['accepted-and-ready', 'no Python here'],
  'kubernetes-website/controllers-job-backoff-limit-per-index-failindex.yaml': ['accepted-and-ready', 'no Python here'],
  'kubernetes-website/pods-init-containers.yaml': ['crash-or-fail', 'pods have no network to outside'],
  'kubernetes-website/service-access-frontend-deployment.yaml': [
    'accepted-and-ready',
    'an image of its own: nobody knows that it looks for `hello`',
  ],
  'kubernetes-examples/archived-cpu-manager-exclusive-4.yaml': [
    'accepted-and-ready',
    'workers have four CPUs, and nothing of the system on them that asks for any',
  ],
  'kubernetes-website/pods-inject-envars-file-container.yaml': ['completes', 'EnvFiles is on by default in 1.35'],
  'kubernetes-website/pods-pod-nginx-specific-node.yaml': [
    'object-only',
    'the pod is bound to a node that does not exist: the pod garbage collector deletes it within a minute',
  ],
};
/** Minutes until a row is decided, where five are too few: a CronJob that is due every ten. */
const LONGER: Readonly<Record<string, number>> = { 'podinfo/deploy-bases-database-cronjob-rollup-daily.yaml': 11 };

interface Wanting {
  readonly items: readonly {
    readonly metadata: { readonly uid: string; readonly ownerReferences?: readonly unknown[] };
    readonly spec?: { readonly replicas?: number; readonly suspend?: boolean };
    readonly status?: {
      readonly active?: readonly unknown[] | number;
      readonly conditions?: readonly { readonly type: string }[];
    };
  }[];
}
const WORKLOADS = [
  '/apis/apps/v1/deployments',
  '/apis/apps/v1/statefulsets',
  '/apis/apps/v1/daemonsets',
  '/api/v1/replicationcontrollers',
  '/apis/apps/v1/replicasets',
  '/apis/batch/v1/jobs',
];

function ask(engine: Engine, path: string): Wanting {
  engine.input({ type: 'request', ticket: path, method: 'GET', path });
  engine.run(engine.now + 1_000_000, { events: Infinity });
  return engine.observe(null).answers.find(({ ticket }) => ticket === path)!.body as Wanting;
}

/** Whether anything asks for pods, beside what was there before. */
const wantsPods = (engine: Engine, before: ReadonlySet<string>): boolean =>
  WORKLOADS.some((path) =>
    ask(engine, path).items.some(({ metadata, spec }) => !before.has(metadata.uid) && spec?.replicas !== 0),
  );

function outcomeOf(engine: Engine, file: string, before: ReadonlySet<string>): string {
  const { set, answers } = engine.observe(null);
  const answer = answers.find(({ ticket }) => ticket === file);
  if (answer?.ok !== true) return 'rejected';
  const isNew = (object: ObjectRecord): object is PodRecord => object.kind === 'Pod' && !before.has(object.uid);
  const pods = set.filter(isNew).filter(({ deletionAt }) => deletionAt === null);
  if (pods.length === 0) return wantsPods(engine, before) ? 'accepted-pending' : 'object-only';
  if (pods.some(({ restarts, phase }) => restarts > 0 || phase === 'Failed')) return 'crash-or-fail';
  if (pods.every(({ phase }) => phase === 'Succeeded')) return 'completes';
  return pods.every(({ ready, phase }) => ready || phase === 'Succeeded') ? 'accepted-and-ready' : 'accepted-pending';
}

describe.skipIf(!hasCorpus)(`outcomes of the corpus in ${CORPUS_PLACE}`, () => {
  const engine = newEngine({ seed: 1, cluster: { ...DEFAULT_CLUSTER, nodes: 3, zones: 1 } });
  engine.run(20_000_000, { events: Infinity });
  const saved = engine.save();
  const counts = new Map<string, number>();
  afterAll(() => console.info(`corpus: ${[...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ')}`));

  it.for(corpusRows())('$file: $outcome', ({ file, outcome }) => {
    engine.restore(saved);
    const before = new Set(engine.observe(null).set.map(({ uid }) => uid));
    engine.input({ type: 'apply', ticket: file, manifest: corpusText(file) });
    const end = engine.now + (LONGER[file] ?? 5) * MINUTE;
    while (engine.run(end, { events: Infinity }).stopped !== 'until');
    const found = outcomeOf(engine, file, before);
    expect(found).toBe(OTHERWISE[file]?.[0] ?? outcome.replace(/"?([\w-]+).*/, '$1'));
    counts.set(found, (counts.get(found) ?? 0) + 1);
  });
});
