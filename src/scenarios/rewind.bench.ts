/** What going back costs: checkpoints while a cluster runs, and how long any moment of the last hour takes to be had. */
import type { ClusterSpec, Engine } from '#engine/cluster/door';
import { newEngine } from '#engine/cluster/engine';
import '#engine/cluster/late-code';
import { History } from '#engine/cluster/rewind/history';
import { CheckpointPace } from '#engine/cluster/rewind/ladder';
import { DEFAULT_CLUSTER } from '#engine/cluster/topology';
import { startingCluster } from './starting-clusters';

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const REWINDS = 25;
const WARM_UPS = 100;
/** As large as a slice of the browser's host. */
const SLICE_EVENTS = 500;

interface Rewindable {
  readonly engine: Engine;
  readonly history: History;
  readonly pace: CheckpointPace;
  /** Real time, ms. */
  worked: number;
  kept: number;
}

/** Runs on as a host does, with checkpoints when they are due. */
function runTo(run: Rewindable, until: number): void {
  const { engine, history, pace } = run;
  while (engine.now < until) {
    const start = performance.now();
    engine.run(until, { events: SLICE_EVENTS });
    const end = performance.now();
    run.worked += end - start;
    if (!pace.worked(end - start)) continue;
    history.keep();
    const cost = performance.now() - end;
    run.kept += cost;
    pace.made(cost);
  }
}

function anHourOf(cluster: ClusterSpec, manifest: string | null): Rewindable {
  const fresh = (): Engine => newEngine({ seed: 1, cluster });
  const engine = fresh();
  const run: Rewindable = {
    engine,
    history: new History(engine, fresh, ''),
    pace: new CheckpointPace(),
    worked: 0,
    kept: 0,
  };
  runTo(run, 2 * MINUTE);
  if (manifest !== null) engine.input({ type: 'apply', ticket: 'many', manifest });
  runTo(run, HOUR + 2 * MINUTE);
  return run;
}

/** The longest of rewinds to moments all over the last hour, what is seen there included. */
function longestRewind({ engine, history }: Rewindable): number {
  const end = engine.now;
  let longest = 0;
  for (let i = 0; i < REWINDS; i++) {
    const at = Math.floor(end - HOUR + HOUR * ((i * 0.618) % 1));
    const start = performance.now();
    history.seek(at);
    while (engine.now < at) engine.run(at, { events: Infinity });
    engine.observe(null);
    longest = Math.max(longest, performance.now() - start);
    history.toPresent();
  }
  return Math.round(longest);
}

/** An hour whose code is compiled: a host saves the run every few seconds, so that saving is not slow for long. */
function defaultHour(): Rewindable {
  const { spec } = startingCluster('default');
  const { engine } = anHourOf(spec, null);
  for (let warmUp = 0; warmUp < WARM_UPS; warmUp++) engine.checkpoint();
  return anHourOf(spec, null);
}

const many = `apiVersion: apps/v1
kind: Deployment
metadata: {name: many}
spec:
  replicas: 1000
  selector: {matchLabels: {app: many}}
  template:
    metadata: {labels: {app: many}}
    spec:
      containers:
        - name: nginx
          image: nginx:1.27
          resources: {requests: {cpu: 10m, memory: 16Mi}}
`;

export const benchmarks = [
  {
    name: 'rewind/default-cluster-ms',
    unit: 'ms',
    better: 'lower',
    note: 'longest of 25 rewinds to moments all over the last hour of the default cluster, with the whole picture of the moment',
    run: () => longestRewind(defaultHour()),
  },
  {
    name: 'rewind/100-nodes-ms',
    unit: 'ms',
    better: 'lower',
    note: 'the same with 100 nodes and 1,000 pods that were started in that hour',
    run: () => longestRewind(anHourOf({ ...DEFAULT_CLUSTER, nodes: 100, zones: 3 }, many)),
  },
  {
    name: 'rewind/checkpoints-percent',
    unit: '%',
    better: 'lower',
    note: 'real time spent on checkpoints over that spent on an hour of the default cluster',
    run: () => {
      const { worked, kept } = defaultHour();
      return (100 * kept) / worked;
    },
  },
  {
    name: 'rewind/checkpoints-bytes',
    unit: 'bytes',
    better: 'lower',
    note: 'what the checkpoints of an hour of the default cluster weigh, as they reckon themselves (170 bytes an object, as measured)',
    run: () => defaultHour().history.bytes,
  },
] as const;
