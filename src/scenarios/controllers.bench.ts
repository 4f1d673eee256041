/** What the controllers of a large cluster cost: 500 workers, measured through the Engine door. */
import type { Engine } from '#engine/cluster/door';
import { newEngine } from '#engine/cluster/engine';
import '#engine/cluster/late-code';
import { startingCluster } from './starting-clusters';

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const NODES = 500;
const PODS = 10_000;
const NAMESPACE = 'large';

function runTo(engine: Engine, until: number): void {
  while (engine.run(until, { events: Infinity }).stopped !== 'until');
}

function largeCluster(): Engine {
  const engine = newEngine({ seed: 1, cluster: { ...startingCluster('default').spec, nodes: NODES, manifests: [] } });
  runTo(engine, 2 * MINUTE);
  return engine;
}

const deployment = (name: string, replicas: number): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: ${NAMESPACE}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: nginx, image: 'nginx:1.27'}]}
`;

interface Took {
  /** Of real time. */
  readonly ms: number;
  /** Of virtual time. */
  readonly seconds: number;
}

/** Looks once a virtual second. */
function waitUntil(engine: Engine, isMet: () => boolean): Took {
  const [start, begun] = [performance.now(), engine.now];
  while (!isMet()) {
    if (engine.now > begun + 30 * MINUTE) throw new Error('it takes more than half an hour');
    runTo(engine, engine.now + SECOND);
  }
  return { ms: performance.now() - start, seconds: (engine.now - begun) / SECOND };
}

function scale(engine: Engine, deployments: number): Took {
  const names = Array.from({ length: deployments }, (_, index) => `web-${index}`);
  const manifest = [
    `{apiVersion: v1, kind: Namespace, metadata: {name: ${NAMESPACE}}}`,
    ...names.map((name) => deployment(name, PODS / deployments)),
  ].join('\n---\n');
  engine.input({ type: 'apply', ticket: 'large', manifest });
  let complete = 0;
  const isComplete = (name: string): boolean => {
    const object = engine.object({ kind: 'Deployment', namespace: NAMESPACE, name });
    return (
      (object as { status?: { availableReplicas?: number } } | null)?.status?.availableReplicas === PODS / deployments
    );
  };
  return waitUntil(engine, () => {
    while (complete < names.length && isComplete(names[complete]!)) complete += 1;
    return complete === names.length;
  });
}

function deleteNamespace(engine: Engine): Took {
  engine.input({ type: 'request', ticket: 'gone', method: 'DELETE', path: `/api/v1/namespaces/${NAMESPACE}` });
  return waitUntil(engine, () => engine.object({ kind: 'Namespace', namespace: '', name: NAMESPACE }) === null);
}

const told = ({ ms, seconds }: Took): { value: number; beside: string } => ({
  value: Math.round(ms),
  beside: `${seconds} virtual seconds`,
});

const RATE =
  'the controllers’ client lets 20 a virtual second, so that 500 nodes’ heartbeats of these minutes are in it';

export const benchmarks = [
  {
    name: 'controllers/10000-pods-running-ms',
    unit: 'ms',
    better: 'lower' as const,
    note: `real time in Node from applying a Deployment of 10,000 to all available on 500 workers; ${RATE}`,
    run: () => told(scale(largeCluster(), 1)),
  },
  {
    name: 'controllers/1000-deployments-running-ms',
    unit: 'ms',
    better: 'lower' as const,
    note: `the same for 1,000 Deployments of 10`,
    run: () => told(scale(largeCluster(), 1_000)),
  },
  {
    name: 'controllers/namespace-deletion-ms',
    unit: 'ms',
    better: 'lower' as const,
    note: 'real time from deleting the namespace of those 10,000 pods to its end',
    run: () => {
      const engine = largeCluster();
      scale(engine, 1);
      return told(deleteNamespace(engine));
    },
  },
];
