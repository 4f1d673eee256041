/**
 * One random run: a random cluster with random workloads, changes by a person, then changes and faults, then everything is
 * healed and made good, and the cluster is left alone. `safety.ts` judges every step, `settled.ts` what has come of it.
 */
import type { KernelOptions } from '#engine/kernel/run';
import type { ProcessDefinition } from '#engine/kernel/process';
import { seedState, StatefulRandom } from '#engine/kernel/random';
import { type Micros, MILLISECOND, MINUTE, SECOND } from '#engine/kernel/time';
import { kubeControllerManager } from '#engine/controllers/controller-manager';
import { type Cluster, newCluster } from '../cluster';
import { definitions } from '../definitions';
import type { ClusterSpec } from '../door';
import '../late-code';
import { stateOf } from '../observe/truth';
import { clock } from '../testing-transcript';
import { DEFAULT_CLUSTER } from '../topology';
import { Changes } from './changes';
import { Faults } from './faults';
import { Person } from './person';
import { Safety } from './safety';
import { unsettled } from './settled';
import { Sight } from '../observe/sight';
import { chance, NAMESPACES, pick } from './workloads';

export interface RunOptions {
  readonly seed: number;
  /** A changed controller manager: a planted bug. */
  readonly manager?: ProcessDefinition<never, never>;
  /** The only workloads that are made, by the prefix of their names, e.g. `cron`. */
  readonly favour?: string;
  readonly kernel?: Omit<KernelOptions, 'seed'>;
}

export interface RunReport {
  /** Virtual µs. */
  readonly time: Micros;
  readonly events: number;
  readonly writes: number;
  readonly changes: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
}

/** Between two looks at what machines run. */
const STEP: Micros = 500 * MILLISECOND;
/** Only changes by a person: what follows in no time must hold to the letter. */
const PEACE: Micros = 3 * MINUTE;
const CHAOS: Micros = 7 * MINUTE;
/** Longer than the longest back-off (10 min of a Job's) and all that follows from it: by then all must have settled. */
const CALM: Micros = 25 * MINUTE;
/** Once all has settled: nothing may be written any more, and it must stay as it is. */
const REST: Micros = 5 * MINUTE;
/** A reconcile each 5 s for those that look around by themselves, and some for what kubelets tell of their nodes. */
const RECONCILES_A_MINUTE = 30;

/** For each machine, a control plane counting three times: heartbeats, probes, elections. */
const EVENTS_A_SECOND = 25;

/** What goes on in a cluster at rest: heartbeats, and that a claim without a pod waits for one. */
const IDLE_WRITES = [
  '/registry/leases/',
  '/registry/masterleases/',
  '/registry/minions/',
  ...NAMESPACES.map((namespace) => `/registry/events/${namespace}/data-db-`),
];

function anyCluster(random: StatefulRandom): ClusterSpec {
  const controlPlanes = chance(random, 12) ? 3 : 1;
  return { ...DEFAULT_CLUSTER, controlPlanes, nodes: 1 + random.below(6), zones: 1 + random.below(3) };
}

export class Run {
  readonly cluster: Cluster;
  readonly random: StatefulRandom;
  readonly sight: Sight;
  readonly person: Person;
  readonly changes: Changes;
  readonly faults: Faults;
  readonly safety: Safety;
  writes = 0;
  /** Told of each write at rest. */
  restless: Map<string, number> | null = null;

  constructor({ seed, manager, favour, kernel = {} }: RunOptions) {
    this.random = new StatefulRandom(seedState(seed, 'convergence'));
    const code = manager === undefined ? definitions : new Map([...definitions, [manager.kind, manager]]);
    this.cluster = newCluster(anyCluster(this.random), { ...kernel, seed }, code);
    this.sight = new Sight(this.cluster.kernel);
    this.person = new Person(this.cluster.kernel);
    this.changes = new Changes(this.random, this.sight, this.person, favour ?? null);
    this.faults = new Faults(this.cluster.kernel, this.random, this.person);
    this.safety = new Safety(this.cluster.kernel, this.sight, this.changes.doings);
  }

  get now(): Micros {
    return this.cluster.kernel.now;
  }

  look(): void {
    this.sight.look((write) => {
      this.writes++;
      this.safety.take(write);
      if (this.restless !== null && !IDLE_WRITES.some((prefix) => write.key.startsWith(prefix)))
        this.restless.set(write.key, (this.restless.get(write.key) ?? 0) + 1);
    });
  }

  /** Lets so much time pass and watches. */
  pass(duration: Micros): void {
    const { kernel } = this.cluster;
    const end = this.now + duration;
    while (this.now < end) {
      const until = Math.min(end, this.now + STEP);
      if (this.faults.isWaiting) kernel.run(until, Infinity, () => this.faults.springs());
      else kernel.run(until, Infinity);
      this.look();
      this.safety.machines();
    }
  }

  boot(): void {
    const { spec } = this.cluster;
    const nodes = spec.nodes + spec.controlPlanes;
    const isUp = (): boolean =>
      this.sight.list('Node').filter(({ status, spec: { taints = [] } }) => {
        const ready = status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;
        return ready && taints.every(({ key }) => key === 'node-role.kubernetes.io/control-plane');
      }).length === nodes;
    while (!isUp() && this.now < 2 * MINUTE) this.pass(SECOND);
  }

  begin(): void {
    this.changes.begin();
    this.pass(SECOND);
    for (let left = 3 + this.random.below(4); left > 0; left--) this.changes.add();
    this.pass(this.random.below(60) * SECOND);
  }

  peace(): void {
    for (const end = this.now + PEACE; this.now < end;) {
      this.changes.happen(this.now);
      for (let left = 1 + this.random.below(6); left > 0; left--) {
        this.pass(pick(this.random, [SECOND, 5 * SECOND, 8 * SECOND]));
        this.changes.goOn();
      }
    }
  }

  chaos(duration = CHAOS): void {
    this.safety.quietSince = null;
    for (const end = this.now + duration; this.now < end;) {
      if (chance(this.random, 45)) this.faults.happen(this.now);
      else this.changes.happen(this.now);
      for (let left = 1 + this.random.below(4); left > 0; left--) {
        this.pass(pick(this.random, [200 * MILLISECOND, 3 * SECOND, 10 * SECOND]));
        this.faults.act(this.now);
        this.changes.goOn();
      }
    }
    this.faults.end();
  }

  /** Everything works again, and what a person did to hold things up is taken back. */
  calm(): void {
    this.pass(90 * SECOND);
    for (const end = this.now + 5 * MINUTE; this.now < end && !this.changes.makeGood();) this.pass(10 * SECOND);
    this.pass(MINUTE);
    const isSettled = (): boolean => unsettled(this.cluster.kernel, this.sight).length === 0;
    for (const end = this.now + CALM; this.now < end && !isSettled();) this.pass(MINUTE);
    this.rest();
  }

  rest(): void {
    this.restless = new Map();
    const before = this.reconciles();
    const { handled } = this.cluster.kernel;
    this.pass(REST);
    const aSecond = (this.cluster.kernel.handled - handled) / (REST / SECOND);
    const { nodes, controlPlanes } = this.cluster.spec;
    if (aSecond > EVENTS_A_SECOND * (nodes + 3 * controlPlanes))
      this.safety.violations.push(`at rest there are ${aSecond} events a second`);
    for (const [key, count] of this.restless) this.safety.violations.push(`at rest ${key} is written ${count} times`);
    for (const [name, count] of this.reconciles()) {
      const aMinute = (count - (before.get(name) ?? 0)) / (REST / MINUTE);
      if (aMinute > RECONCILES_A_MINUTE) this.safety.violations.push(`at rest ${name} looks ${aMinute} times a minute`);
    }
    this.safety.violations.push(...unsettled(this.cluster.kernel, this.sight));
  }

  /** How many plans each controller has made. */
  reconciles(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const process of this.cluster.kernel.processes.values())
      for (const { name, nextRun } of stateOf(process, kubeControllerManager)?.set.states.values() ?? [])
        counts.set(name, (counts.get(name) ?? 0) + nextRun);
    return counts;
  }
}

/** @throws Error of the engine with the seed and the moment in front of it */
export function runOnce(options: RunOptions): RunReport {
  const run = new Run(options);
  try {
    run.boot();
    run.begin();
    run.peace();
    run.chaos();
    run.calm();
  } catch (error) {
    throw new Error(`seed ${options.seed} at ${clock(run.now)}`, { cause: error });
  }
  return {
    time: run.now,
    events: run.cluster.kernel.handled,
    writes: run.writes,
    changes: run.changes.count,
    faults: Object.fromEntries(run.faults.counts),
    violations: [...new Set(run.safety.violations)],
  };
}
