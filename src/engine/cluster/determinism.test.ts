import { describe, expect, it } from 'vitest';
import { seedState, StatefulRandom } from '#engine/kernel/random';
import { MINUTE, SECOND, type Micros } from '#engine/kernel/time';
import type { Action, Engine } from './door';
import { engineOf, newEngine } from './engine';
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

const fresh = (seed = 1): Engine => newEngine({ seed, freeze: true, cluster: DEFAULT_CLUSTER });

/** Runs to the end, giving each input at its moment; `slice` says how far the next call may go. */
function play(engine: Engine, slice: (engine: Engine) => { until: Micros; events: number }, look?: (engine: Engine) => void): string {
  const inputs = [...INPUTS];
  while (engine.now < END) {
    const next = inputs[0]?.at ?? END;
    if (engine.now >= next) {
      engine.input(inputs.shift()!.action);
      continue;
    }
    const { until, events } = slice(engine);
    engine.run(Math.min(next, END, until), { events });
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
    for (const [index, slicing] of slicings.entries()) expect([index, play(fresh(), slicing)]).toEqual([index, expected]);
  });

  it('and another seed another one', () => {
    expect(play(fresh(2), whole)).not.toBe(expected);
  });

  it('whether or not anybody looks', () => {
    const engine = fresh();
    let cursor: ReturnType<Engine['observe']>['cursor'] | null = null;
    const hash = play(
      engine,
      (now) => ({ until: now.now + 5 * SECOND, events: Infinity }),
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
    for (let round = 0; round < 20; round++) {
      const at = random.below(END);
      const events = random.below(300);
      let engine = fresh();
      let saved = false;
      const inputs = [...INPUTS];
      while (engine.now < END) {
        const next = inputs[0]?.at ?? END;
        if (engine.now >= next) {
          engine.input(inputs.shift()!.action);
          continue;
        }
        engine.run(saved ? Math.min(next, END) : Math.min(next, at), { events: Infinity });
        if (saved || engine.now < at) continue;
        // In the middle of a moment too.
        engine.run(Math.min(next, END), { events });
        const copy = structuredClone(engine.save());
        const before = engine.hash();
        const restored = fresh();
        restored.run(3 * SECOND, { events: Infinity });
        restored.restore(copy);
        expect(restored.hash()).toBe(before);
        engine = restored;
        saved = true;
      }
      expect([round, at, engine.hash()]).toEqual([round, at, expected]);
      expect(engine.recording().inputs).toEqual(INPUTS);
    }
  });

  it('and a saved state is a value: what happens later does not change it', () => {
    const engine = fresh();
    engine.run(20 * SECOND, { events: Infinity });
    const saved = engine.save();
    const hash = engine.hash();
    engine.input({ type: 'apply', ticket: 'x', manifest: WEB });
    engine.run(2 * MINUTE, { events: Infinity });
    const fork = fresh();
    fork.restore(saved);
    expect(fork.hash()).toBe(hash);
    fork.run(2 * MINUTE, { events: Infinity });
    const other = fresh();
    other.restore(saved);
    other.run(2 * MINUTE, { events: Infinity });
    expect(other.hash()).toBe(fork.hash());
  });
});
