/** What whole clusters cost: time and memory, measured through the Engine door. */
import { getHeapCodeStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ClusterSpec, Engine } from '#engine/cluster/door';
import { newEngine } from '#engine/cluster/engine';
import { DEFAULT_CLUSTER } from '#engine/cluster/topology';
import '#engine/cluster/late-code';
import { waitForNodes } from './carry-out';
import { startingCluster } from './starting-clusters';
import { World } from './world';

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const PODS = 1_000;

function runTo(engine: Engine, until: number): void {
  while (engine.run(until, { events: Infinity }).stopped !== 'until');
}

function idleOnce(): number {
  const engine = newEngine({ seed: 1, cluster: startingCluster('default').spec });
  runTo(engine, 2 * MINUTE);
  const start = performance.now();
  runTo(engine, 2 * MINUTE + HOUR);
  return Math.round(3_600_000 / (performance.now() - start));
}

/** The first hour of a process goes half as fast: V8 compiles meanwhile. */
function idleSpeedup(): { readonly value: number; readonly beside: string } {
  const first = idleOnce();
  idleOnce();
  return { value: medianOf([idleOnce(), idleOnce(), idleOnce()]), beside: `${first} in the first hour of a process` };
}

const medianOf = (three: readonly number[]): number => three.toSorted((a, b) => a - b)[1]!;

const TEN_LARGE_NODES: ClusterSpec = { ...DEFAULT_CLUSTER, nodes: 10, zones: 2, nodePods: 250 };

const thousand = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: many
spec:
  replicas: ${PODS}
  selector:
    matchLabels:
      app: many
  template:
    metadata:
      labels:
        app: many
    spec:
      containers:
        - name: nginx
          image: nginx:1.27
          resources:
            requests:
              cpu: 10m
              memory: 16Mi
`;

/** A cluster that is up, with nothing on it. */
function idleCluster(): Engine {
  const engine = newEngine({ seed: 1, cluster: TEN_LARGE_NODES });
  const world = new World(engine);
  const { ok, error } = waitForNodes(TEN_LARGE_NODES.nodes + TEN_LARGE_NODES.controlPlanes, 5 * MINUTE, world);
  if (!ok) throw new Error(error);
  return engine;
}

/** Applies the Deployment and runs on until it says that all its pods are available: none is without running. */
function runThousand(engine: Engine): void {
  engine.input({ type: 'apply', ticket: 'many', manifest: thousand });
  const available = (): number => {
    const many = engine.object({ kind: 'Deployment', namespace: 'default', name: 'many' });
    return (many as { status?: { availableReplicas?: number } } | null)?.status?.availableReplicas ?? 0;
  };
  const deadline = engine.now + 30 * MINUTE;
  while (available() < PODS) {
    runTo(engine, engine.now + SECOND);
    if (engine.now > deadline) throw new Error(`${available()} of ${PODS} pods run`);
  }
}

function thousandPodsOnce(): number {
  const engine = idleCluster();
  const start = performance.now();
  runThousand(engine);
  return Math.round(performance.now() - start);
}

/** V8 goes on compiling the engine for this many runs. */
const WARM_UPS = 8;

function thousandPodsMs(): number {
  for (let warmUp = 0; warmUp < WARM_UPS; warmUp++) thousandPodsOnce();
  return medianOf([thousandPodsOnce(), thousandPodsOnce(), thousandPodsOnce()]);
}

/** From nothing to all Ready, looked at every virtual second. */
function thousandNodesMs(): number {
  const { spec } = startingCluster('1000-nodes');
  const start = performance.now();
  const world = new World(newEngine({ seed: 1, cluster: spec }));
  const { ok, error } = waitForNodes(spec.nodes + spec.controlPlanes, 2 * MINUTE, world);
  if (!ok) throw new Error(error);
  return Math.round(performance.now() - start);
}

/** Bytes of live objects, what V8 has compiled among them: after collections that find nothing more to free. */
function liveBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let bytes = Infinity;
  for (;;) {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    if (heapUsed + arrayBuffers >= bytes) return bytes;
    bytes = heapUsed + arrayBuffers;
  }
}

function liveDataBytes(): number {
  const bytes = liveBytes();
  const code = getHeapCodeStatistics();
  return bytes - code.code_and_metadata_size - code.bytecode_and_metadata_size;
}

/** Of one engine: the growth since the tenth minute, after each of so many hours. */
function growthByHour(hours: number): readonly number[] {
  const engine = newEngine({ seed: 1, cluster: startingCluster('default').spec });
  runTo(engine, 10 * MINUTE);
  const before = liveDataBytes();
  const growths = Array.from({ length: hours }, (_, index) => {
    runTo(engine, (index + 1) * HOUR);
    return liveDataBytes() - before;
  });
  if (engine.now !== hours * HOUR) throw new Error('the run stopped early'); // also keeps the engine alive until here
  return growths;
}

function growth(): { value: number; beside: string } {
  runTo(newEngine({ seed: 1, cluster: startingCluster('default').spec }), 4 * HOUR); // so that little is compiled later
  const [hour = 0, ...later] = growthByHour(6);
  const [, value = 0] = [hour, ...growthByHour(1), ...growthByHour(1)].sort((a, b) => a - b);
  return { value, beside: `${later.map((bytes) => Math.round(bytes / 1e3)).join(', ')} kB after 2 to 6 hours` };
}

/** Something is done so often: a rollout, other replicas, pods that go, a Job, a node without power for a while. */
const CHURN_EVERY = 10 * SECOND;

function churn(engine: Engine, step: number): void {
  const path = '/apis/apps/v1/namespaces/default/deployments/web';
  const patch = (body: unknown): void => {
    const contentType = 'application/strategic-merge-patch+json';
    engine.input({ type: 'request', ticket: `churn-${step}`, method: 'PATCH', path, contentType, body });
  };
  const annotations = { 'kubarium.dev/step': String(step) };
  switch (step % 6) {
    case 0:
      return patch({ spec: { template: { metadata: { annotations } } } });
    case 1:
      return patch({ spec: { replicas: 4 + (step % 9) } });
    case 2: {
      const query = { labelSelector: 'app=web' };
      const of = '/api/v1/namespaces/default/pods';
      engine.input({ type: 'request', ticket: `churn-${step}`, method: 'DELETE', path: of, query });
      return;
    }
    case 3: {
      const name = `once-${step}`;
      const template = `{spec: {restartPolicy: Never, containers: [{name: a, image: busybox:1.37, command: [sleep, '5']}]}}`;
      const spec = `{ttlSecondsAfterFinished: 60, template: ${template}}`;
      const manifest = `{apiVersion: batch/v1, kind: Job, metadata: {name: ${name}}, spec: ${spec}}`;
      engine.input({ type: 'apply', ticket: `churn-${step}`, manifest });
      return;
    }
    case 4:
      engine.input({ type: 'fault', id: 'off', fault: { type: 'power-off', machine: `node-${1 + (step % 3)}` } });
      return;
    default:
      engine.input({ type: 'heal', id: 'off' });
  }
}

/**
 * In percent, somebody looking on. In the first hour the Events pile up, which a cluster keeps for an hour; from then on as many go as
 * come, and nothing else may grow.
 */
function churningGrowth(): { value: number; beside: string } {
  const engine = newEngine({ seed: 1, cluster: startingCluster('default').spec });
  runTo(engine, MINUTE);
  let { cursor } = engine.observe(null);
  const alive: number[] = [];
  let writes = 0;
  for (let step = 0; alive.length < 4; step++) {
    churn(engine, step);
    runTo(engine, engine.now + CHURN_EVERY);
    const frame = engine.observe(cursor);
    ({ cursor } = frame);
    writes += frame.writes.length;
    if (engine.now >= ((alive.length + 1) * HOUR) / 2) alive.push(liveBytes());
  }
  const [, , before = 0, after = 0] = alive;
  if (engine.now < 2 * HOUR) throw new Error('the run stopped early'); // also keeps the engine alive until here
  return {
    value: (100 * (after - before)) / before,
    beside: `${alive.map((bytes) => (bytes / 1e6).toFixed(1)).join(', ')} MB after each half hour; ${writes} writes`,
  };
}

function thousandPodsBytes(): number {
  const engine = idleCluster();
  const before = liveBytes();
  runThousand(engine);
  const after = liveBytes();
  if (engine.observe(null).machines.length === 0) throw new Error('the machines are gone');
  return after - before;
}

export const benchmarks = [
  {
    name: 'idle/5-machines-speedup',
    unit: 'x',
    better: 'higher',
    note: 'virtual over real time: an hour of the default cluster with its app running, nobody watching, after 2 min; median of three after two that warm up the compiler',
    run: idleSpeedup,
  },
  {
    name: 'scale/1000-nodes-ready-ms',
    unit: 'ms',
    better: 'lower',
    note: 'real time in Node from nothing to 1,000 workers Ready, nothing compiled yet; the controllers’ client-side rate limit lets 20 a virtual second',
    run: thousandNodesMs,
  },
  {
    name: 'scale/1000-pods-running-ms',
    unit: 'ms',
    better: 'lower',
    note: 'real time in Node from applying a Deployment of 1,000 to all Running on 10 workers (250 pods each), looked at every virtual second; median of three after eight that warm up the compiler',
    run: thousandPodsMs,
  },
  {
    name: 'scale/1000-pods-cold-ms',
    unit: 'ms',
    better: 'lower',
    note: 'the same as the first thing that a process does, nothing compiled yet',
    run: thousandPodsOnce,
  },
  {
    name: 'scale/1000-pods-heap-bytes',
    unit: 'bytes',
    better: 'lower',
    note: 'live heap after minus before those 1,000 pods, an observer included; collected until nothing more is freed',
    run: thousandPodsBytes,
  },
  {
    name: 'memory/default-cluster-growth-bytes',
    unit: 'bytes',
    better: 'lower',
    note: 'live heap after 60 min of virtual time minus after 10 min, default cluster with its app; what V8 has compiled is not counted; median of three; collected until nothing more is freed',
    run: growth,
  },
  {
    name: 'memory/churning-hour-growth-percent',
    unit: '%',
    better: 'lower',
    note: 'live heap after 120 min of virtual time over that after 90 min, in the second hour, since Events stay for one; default cluster, every 10 s a rollout, other replicas, all pods deleted, a Job, or a node off and on; somebody looks on',
    run: churningGrowth,
  },
] as const;
