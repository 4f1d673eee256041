import { describe, expect, it } from 'vitest';
import { seedState, StatefulRandom } from '#engine/kernel/random';
import { MINUTE, SECOND, type Micros } from '#engine/kernel/time';
import type { Action, Engine, Recording } from './door';
import { ENGINE_VERSION, engineOf, newEngine, wholeRecording } from './engine';
import { deployment, manifests, service } from './testing';
import { DEFAULT_CLUSTER } from './topology';

const WEB = manifests(deployment('web', { replicas: 6 }), service('web'));
const END: Micros = 10 * MINUTE;

/** Story A as a plan of inputs: a worker loses its power and gets it back. */
const INPUTS: readonly { readonly at: Micros; readonly action: Action }[] = [
  { at: 5 * SECOND, action: { type: 'apply', ticket: 'web', manifest: WEB } },
  { at: 30 * SECOND, action: { type: 'fault', id: 'off', fault: { type: 'power-off', machine: 'node-1' } } },
  { at: 7 * MINUTE + 1, action: { type: 'heal', id: 'off' } },
];

const RECORDING: Recording = {
  version: ENGINE_VERSION,
  seed: 1,
  cluster: DEFAULT_CLUSTER,
  inputs: INPUTS,
  until: END,
  hash: '',
};

/** The story from its beginning, all inputs still to come. */
const fresh = (seed = 1): Engine => engineOf({ ...RECORDING, seed }, { freeze: true });

/** Runs to the end; `slice` says how far the next call may go. */
function play(
  engine: Engine,
  slice: (engine: Engine) => { until: Micros; events: number },
  look?: (engine: Engine) => void,
): string {
  while (engine.now < END || engine.run(END, { events: 1 }).events > 0) {
    const { until, events } = slice(engine);
    engine.run(Math.min(END, until), { events });
    look?.(engine);
  }
  return engine.hash();
}

const whole = () => ({ until: Infinity, events: Infinity });
const expected = play(fresh(), whole);

describe('one seed gives one history', () => {
  it('again from a recording', () => {
    const engine = fresh();
    play(engine, whole);
    const recording = structuredClone(engine.recording());
    expect(recording).toMatchObject({ seed: 1, until: END, hash: expected });
    const again = engineOf(recording, { freeze: true });
    again.run(recording.until, { events: Infinity });
    expect(again.hash()).toBe(expected);
    expect(again.recording()).toEqual(recording);
  });

  it('again from a recording that was made in the middle of a moment, with more inputs to come', () => {
    const engine = fresh();
    engine.run(Infinity, { events: 3_000 });
    while (engine.run(engine.now, { events: 0 }).stopped === 'until') engine.run(Infinity, { events: 1 });
    const recording = wholeRecording(engine);
    const again = engineOf(recording, { freeze: true });
    again.run(recording.until, { events: Infinity });
    expect(again.hash()).toBe(recording.hash);
  });

  it('whatever the slices of time and the budgets', () => {
    const random = new StatefulRandom(seedState(7, 'slices'));
    const slicings: ((engine: Engine) => { until: Micros; events: number })[] = [
      (engine) => ({ until: engine.now + SECOND, events: Infinity }),
      (engine) => ({ until: engine.now + 16_667, events: Infinity }),
      (engine) => ({ until: engine.now + 7 * MINUTE, events: 1 }),
      () => ({ until: Infinity, events: 17 }),
      () => ({ until: Infinity, events: 1000 }),
      (engine) => ({ until: engine.now + 123_457, events: 100 }),
      (engine) => ({ until: engine.now + random.below(20 * SECOND), events: 1 + random.below(500) }),
      (engine) => ({ until: engine.now + random.below(2 * SECOND), events: Infinity }),
      () => ({ until: Infinity, events: 1 + random.below(5000) }),
      (engine) => ({ until: engine.now + 61 * SECOND, events: 1 + random.below(50) }),
    ];
    for (const [index, slicing] of slicings.entries())
      expect([index, play(fresh(), slicing)]).toEqual([index, expected]);
  });

  it('and another seed another one', () => {
    expect(play(fresh(2), whole)).not.toBe(expected);
  });

  it('whether or not anybody looks', () => {
    const engine = fresh();
    let cursor: ReturnType<Engine['observe']>['cursor'] | null = null;
    const hash = play(
      engine,
      (now) => ({ until: now.now + 20 * SECOND, events: Infinity }),
      (now) => {
        const before = now.hash();
        const frame = now.observe(cursor);
        cursor = frame.cursor;
        now.observe(null);
        for (const { kind, namespace, name } of frame.set.slice(0, 20)) {
          now.object({ kind, namespace, name });
          now.why({ kind, namespace, name });
        }
        now.recording();
        now.save();
        expect(now.hash()).toBe(before);
      },
    );
    expect(hash).toBe(expected);
  });

  it('also when it is saved, cloned and restored at any moment', () => {
    const random = new StatefulRandom(seedState(11, 'saves'));
    const moments = Array.from({ length: 20 }, () => random.below(END)).sort((a, b) => a - b);
    const engine = fresh();
    for (const at of moments) {
      engine.run(at, { events: Infinity });
      // In the middle of a moment too.
      engine.run(END, { events: random.below(300) });
      const copy = structuredClone(engine.save());
      const restored = fresh();
      restored.run(random.below(20 * SECOND), { events: Infinity });
      restored.restore(copy);
      expect([at, restored.hash()]).toEqual([at, engine.hash()]);
      play(restored, whole);
      expect([at, restored.hash()]).toEqual([at, expected]);
      expect(restored.recording()).toEqual({ ...RECORDING, hash: expected });
    }
  }, 120_000);

  it('and a saved state is a value: what happens later does not change it', () => {
    const engine = fresh();
    engine.run(20 * SECOND, { events: Infinity });
    const saved = engine.save();
    const hash = engine.hash();
    engine.run(2 * MINUTE, { events: Infinity });
    const [fork, other] = [fresh(), fresh()];
    fork.restore(saved);
    expect(fork.hash()).toBe(hash);
    fork.run(2 * MINUTE, { events: Infinity });
    expect(fork.hash()).toBe(engine.hash());
    other.restore(saved);
    expect(other.hash()).toBe(hash);
  });

  it('an input that comes while it runs is recorded with its moment, also in the middle of one', () => {
    const engine = newEngine({ seed: 3, freeze: true, cluster: { ...DEFAULT_CLUSTER, nodes: 2 } });
    engine.run(5 * SECOND, { events: 777 });
    const stamped = engine.input({ type: 'apply', ticket: 'web', manifest: WEB });
    expect(stamped).toBeGreaterThanOrEqual(engine.now);
    engine.run(MINUTE, { events: Infinity });
    const recording = engine.recording();
    expect(recording.inputs.map(({ at }) => at)).toEqual([stamped]);
    const again = engineOf(recording, { freeze: true });
    again.run(MINUTE, { events: Infinity });
    expect(again.hash()).toBe(engine.hash());
  });

  it('and a state of another version, or another seed, is refused', () => {
    const engine = fresh();
    const saved = engine.save();
    expect(() => engine.restore({ ...saved, version: 'other' })).toThrow('this state was saved by other');
    expect(() => fresh(2).restore(saved)).toThrow('this state is of seed 1, not 2');
    expect(() => engineOf({ ...RECORDING, version: 'other' })).toThrow('this recording was made by other');
  });
});
