import { describe, expect, it } from 'vitest';
import { Run } from '#engine/cluster/convergence/run';
import type { Engine, Recording } from '#engine/cluster/door';
import { ENGINE_VERSION, engineOf, newEngine } from '#engine/cluster/engine';
import { DEFAULT_CLUSTER } from '#engine/cluster/topology';
import { seedState, StatefulRandom } from '#engine/kernel/random';
import { hashKernel } from '#engine/kernel/save';
import { MINUTE, SECOND, type Micros } from '#engine/kernel/time';
import type { Pace } from './protocol';
import { Travel } from './travel';

/** `KUBARIUM_SEEDS=200 KUBARIUM_MOMENTS=50 npx vitest run …/travel.test.ts` for the whole campaign. */
const asked = process.env['KUBARIUM_SEEDS'];
const FIRST = Number(process.env['KUBARIUM_FIRST_SEED'] ?? 1);
const SEEDS = Array.from({ length: Number(asked ?? 2) }, (_, index) => FIRST + index);
const MOMENTS = Number(process.env['KUBARIUM_MOMENTS'] ?? 5);
/** As many as the host has in a slice, which take so long. */
const SLICE_EVENTS = 500;
const SLICE_MS = 12;
/** As many as a side of a comparison has between two turns. */
const COMPARED_EVENTS = 2_000;
const EMPTY: Recording = { version: ENGINE_VERSION, seed: 1, cluster: DEFAULT_CLUSTER, inputs: [], until: 0, hash: '' };
const PAUSED: Pace = { type: 'paused' };

/** A random cluster with random workloads, in which a person and chance do things, by the generator of the convergence runs. */
function randomRecording(seed: number): Recording {
  const run = new Run({ seed });
  run.boot();
  run.begin();
  run.chaos((1 + run.random.below(2)) * MINUTE);
  run.pass(SECOND);
  const { kernel, spec } = run.cluster;
  const { inputs } = run.person;
  return { version: ENGINE_VERSION, seed, cluster: spec, inputs, until: kernel.now, hash: hashKernel(kernel) };
}

/** A host that does nothing but travel, with a clock of its own. Each look at the clock finds it a millisecond later. */
class Journey {
  readonly engine: Engine;
  readonly travel: Travel;
  #time_ms = 0;

  constructor(recording: Recording, made: (engine: Engine) => void = () => undefined) {
    this.engine = engineOf(recording);
    const { seed, cluster } = recording;
    this.travel = new Travel(
      {
        engine: this.engine,
        pace: PAUSED,
        fresh: () => {
          const engine = newEngine({ seed, cluster });
          made(engine);
          return engine;
        },
        now: () => ++this.#time_ms,
        turn: () => Promise.resolve(),
        leave: () => undefined,
        stand: () => undefined,
        runTo: (at) => Promise.resolve(this.runTo(at)),
      },
      null,
    );
  }

  /** In the host's slices, with a look at what is seen after each, and checkpoints when they are due. */
  runTo(at: Micros): void {
    let { cursor } = this.engine.observe(null);
    for (let stopped = 'budget'; stopped !== 'until';) {
      ({ stopped } = this.engine.run(at, { events: SLICE_EVENTS }));
      this.#time_ms += SLICE_MS;
      this.travel.worked(SLICE_MS, this.#time_ms);
      ({ cursor } = this.engine.observe(cursor));
    }
    this.travel.moved();
  }
}

describe('two tracks', () => {
  it('are compared when all of the moment has happened on both', async () => {
    const made: Engine[] = [];
    const journey = new Journey(EMPTY, (engine) => made.push(engine));
    const { engine, travel } = journey;
    do engine.run(Infinity, { events: COMPARED_EVENTS });
    while (engine.run(engine.now, { events: 0 }).stopped === 'until');
    const at = engine.now;
    journey.runTo(at + MINUTE);
    await travel.carryOut({ type: 'seek', at });
    await travel.carryOut({ type: 'branch', name: 'other' });
    const hash = engine.hash();
    await travel.carryOut({ type: 'compare', tracks: [1, 2], at });
    expect(made.slice(-2).map((side) => side.hash())).toEqual([hash, hash]);
  });
});

describe('a random run', () => {
  it.each(SEEDS)(
    'rewound to random moments and run on ends in the same hash (seed %i)',
    async (seed) => {
      const recording = randomRecording(seed);
      const { until, hash, inputs, cluster } = recording;
      const journey = new Journey(recording);
      const { engine, travel } = journey;
      journey.runTo(until);
      expect(engine.hash()).toBe(hash);
      const random = new StatefulRandom(seedState(seed, 'rewinding'));
      const ends: (readonly [at: Micros, past: boolean, end: Micros, hash: string])[] = [];
      while (ends.length < MOMENTS) {
        const at = random.below(until);
        await travel.carryOut({ type: 'seek', at });
        expect([engine.now, travel.isPast]).toEqual([at, true]);
        if (random.below(3) === 0) engine.run(until, { events: random.below(300) }); // into the middle of a moment
        if (random.below(3) === 0) continue; // Some look at another moment before they go on.
        journey.runTo(until);
        ends.push([at, travel.isPast, engine.now, engine.hash()]);
      }
      expect(ends).toEqual(ends.map(([at]) => [at, false, until, hash]));
      await travel.carryOut({ type: 'seek', at: random.below(until) });
      await travel.carryOut({ type: 'present' });
      expect([travel.isPast, engine.now, engine.hash()]).toEqual([false, until, hash]);
      if (asked !== undefined)
        console.log(
          JSON.stringify({
            seed,
            rewinds: ends.length,
            equal: ends.filter(([, , , found]) => found === hash).length,
            seconds: Math.round(until / SECOND),
            machines: cluster.nodes + cluster.controlPlanes,
            inputs: inputs.length,
            faults: inputs.filter(({ action }) => action.type === 'fault').length,
            events: engine.nextEvent,
          }),
        );
    },
    600_000,
  );
});
