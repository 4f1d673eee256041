/** Runs a scenario on an engine, in virtual time, through the Engine door only. */
import type { Engine } from '#engine/cluster/door';
import { carryOut, type Outcome, waitForNodes } from './carry-out';
import type { Scenario } from './scenario';
import { type Witness, World } from './world';

export interface StepReport extends Outcome {
  /** From 1; 0 is the start of the cluster, which is reported only when it fails. */
  readonly step: number;
  readonly name: string;
  /** When it was over: virtual seconds. */
  readonly time: number;
}

/** What `kubarium run` prints. */
export interface Report {
  readonly scenario: string | null;
  readonly seed: number;
  readonly passed: boolean;
  /** The engine's state at the end. */
  readonly hash: string;
  /** Virtual seconds at the end. */
  readonly time: number;
  readonly steps: readonly StepReport[];
}

export interface RunOptions {
  /** Texts by the paths that the scenario names. */
  readonly files?: ReadonlyMap<string, string>;
  readonly seed?: number;
  readonly witness?: Witness;
}

/** How long a cluster may take to come up, in virtual microseconds. */
const START_WITHIN = 300_000_000;
const SECOND = 1_000_000;

/**
 * Waits until all nodes are Ready, then takes step after step. A step that fails does not keep the rest from being
 * taken: the report says of each what came of it.
 *
 * @param engine - a new one of the scenario's cluster, with nothing run yet
 */
export function runScenario(scenario: Scenario, engine: Engine, options: RunOptions = {}): Report {
  const { files = new Map<string, string>(), seed = scenario.seed, witness = null } = options;
  const world = new World(engine, witness);
  const steps: StepReport[] = [];
  const report = (step: number, name: string, outcome: Outcome): void => {
    steps.push({ step, name, time: world.now / SECOND, ...outcome });
  };
  const { nodes, controlPlanes } = scenario.cluster;
  const start = waitForNodes(nodes + controlPlanes, START_WITHIN, world);
  if (start.ok) {
    for (const [index, step] of scenario.steps.entries()) {
      report(index + 1, step.name, carryOut(step, `step-${index + 1}`, files, world));
    }
  } else report(0, 'start the cluster', start);
  return {
    scenario: scenario.name,
    seed,
    passed: steps.every(({ ok }) => ok),
    hash: engine.hash(),
    time: world.now / SECOND,
    steps,
  };
}
