/** One run in search of a seed that breaks a law: what was done to a cluster is done again by another seed, with faults of chance. */
import { seedState, StatefulRandom } from '#engine/kernel/random';
import { type Micros, MINUTE, SECOND } from '#engine/kernel/time';
import type { ClusterSpec, Engine, RecordedInput, Recording } from '../door';
import { newEngine, wholeRecording } from '../engine';
import type { Fault } from '../records';
import type { Breach, LawName } from './report';

const SLICE_EVENTS = 500;
/** A cluster comes up in peace. */
const PEACE: Micros = 2 * MINUTE;
const MOST_PAUSE: Micros = 40 * SECOND;
const MOST_SPAN: Micros = 3 * MINUTE;

export interface Sighting {
  readonly law: LawName;
  readonly breach: Breach;
  /** To be opened as a shared run: it ends where the law was seen broken. */
  readonly recording: Recording;
}

export interface TrialOptions {
  readonly seed: number;
  readonly cluster: ClusterSpec;
  /** What is done in each run. */
  readonly inputs: readonly RecordedInput[];
  readonly faults: boolean;
  readonly until: Micros;
}

type Chance = Pick<StatefulRandom, 'below'>;
const pick = <T>(random: Chance, from: readonly T[]): T => from[random.below(from.length)]!;

function anyFault(random: Chance, engine: Engine): Fault | null {
  const machines = engine.observe(null).machines.filter(({ role }) => role !== 'laptop');
  if (machines.length === 0) return null;
  const { name: machine, processes } = pick(random, machines);
  switch (random.below(6)) {
    case 0:
      return { type: 'power-off', machine };
    case 1:
      return { type: 'reboot', machine };
    case 2:
      return { type: 'kill-process', process: pick(random, processes).id };
    case 3:
      return { type: 'pause-process', process: pick(random, processes).id };
    case 4:
      return { type: 'cut-cable', machine, direction: pick(random, ['in', 'out', 'both'] as const) };
    default:
      return { type: 'partition', from: [machine], to: [pick(random, machines).name], oneWay: random.below(2) === 0 };
  }
}

/** @returns the first law that is seen broken, or null when all hold to the end */
export function trial({ seed, cluster, inputs, faults, until }: TrialOptions): Sighting | null {
  const engine = newEngine({ seed, cluster });
  const random = new StatefulRandom(seedState(seed, 'trial'));
  const due: { readonly id: string; readonly at: Micros }[] = [];
  let next = faults ? PEACE + random.below(MOST_PAUSE) : Infinity;
  let given = 0;
  let number = 0;
  while (engine.now < until) {
    const heal = due[0]?.at ?? Infinity;
    const input = inputs[given]?.at ?? Infinity;
    const stop = Math.min(until, heal, input, next);
    const { stopped } = engine.run(stop, { events: SLICE_EVENTS });
    const broken = engine.laws().laws.find(({ breach }) => breach !== null);
    const breach = broken?.breach ?? null;
    if (broken !== undefined && breach !== null) return { law: broken.law, breach, recording: wholeRecording(engine) };
    if (stopped !== 'until' || engine.now >= until) continue;
    if (input <= engine.now) engine.input(inputs[given++]!.action);
    else if (heal <= engine.now) engine.input({ type: 'heal', id: due.shift()!.id });
    else {
      const fault = anyFault(random, engine);
      const id = `trial-${++number}`;
      if (fault !== null) {
        engine.input({ type: 'fault', id, fault });
        due.push({ id, at: engine.now + SECOND + random.below(MOST_SPAN) });
        due.sort((a, b) => a.at - b.at);
      }
      next = engine.now + SECOND + random.below(MOST_PAUSE);
    }
  }
  return null;
}
