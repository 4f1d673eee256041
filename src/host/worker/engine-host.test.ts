// long: one host in one made-up world, looked at from all sides
import { describe, expect, it, vi } from 'vitest';
import { LateCodeMissing } from '#engine/late/late-code';
import type { Frame, Recording } from '#engine/cluster/door';
import { engineOf } from '#engine/cluster/engine';
import { startingCluster } from '#scenarios/starting-clusters';
import { EngineHost } from './engine-host';
import { asListed, type KeepingProblem, runKey, type StoredRun } from './kept-clusters';
import type { Crash, HostStatus, Pace, StartOptions, StepUnit } from './protocol';

const SECOND = 1_000_000;
const EMPTY: StartOptions = { seed: 7, scenario: 'empty', resume: true };
const CONFIG = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: note}\n';

/** A host's surroundings with a clock of their own. Work takes time: each look at the clock finds it so much later. */
class World {
  /** Real ms that pass between two looks at the clock. */
  lookCosts = 1;
  time = 0;
  longestSlice = 0;
  /** What the late code waits for. */
  loading: Promise<unknown> | null = null;
  /** What was stored last. */
  stored: StoredRun | null;
  readonly kept = new Map<string, StoredRun>();
  keepingProblem: KeepingProblem | null = null;
  storedTimes = 0;
  readonly crashes: Crash[] = [];
  readonly frames: { readonly frame: Frame; readonly status: HostStatus; readonly at: number }[] = [];
  readonly host: EngineHost;
  #turns: { readonly at: number; readonly call: () => void }[] = [];

  constructor(stored: StoredRun | null = null) {
    this.stored = stored;
    if (stored !== null) this.kept.set(runKey(stored), stored);
    this.host = new EngineHost({
      now: () => (this.time += this.lookCosts),
      date: () => this.time,
      later: (delay_ms, call) => void this.#turns.push({ at: this.time + delay_ms, call }),
      frame: (frame, status) => void this.frames.push({ frame, status, at: this.time }),
      crash: (crash) => void this.crashes.push(crash),
      checkpoints: {
        load: (key) => Promise.resolve(this.kept.get(key) ?? null),
        store: (run) => {
          this.stored = structuredClone(run);
          this.kept.set(runKey(run), this.stored);
          this.storedTimes++;
          return Promise.resolve(this.keepingProblem);
        },
        list: () => Promise.resolve([...this.kept.values()].map(asListed)),
        remove: (key) => {
          this.kept.delete(key);
          return Promise.resolve();
        },
      },
      clusterNamed: startingCluster,
      loadLateCode: async () => {
        await Promise.all([this.loading, import('#engine/cluster/late-code')]);
        return import('./travel');
      },
      loadApiModels: () => Promise.resolve(),
    });
  }

  get virtual(): number {
    return this.host.engine.now;
  }

  get status(): HostStatus {
    return this.frames.at(-1)!.status;
  }

  get isIdle(): boolean {
    return this.#turns.length === 0;
  }

  /** Gives the host its next turn. @returns false when it wants none before `until` */
  turn(until = Infinity): boolean {
    const next = this.#turns.reduce((a, b) => (b.at < a.at ? b : a), { at: Infinity, call: () => {} });
    if (next.at > until || next.at === Infinity) return false;
    this.#turns.splice(this.#turns.indexOf(next), 1);
    this.time = Math.max(this.time, next.at);
    const began = this.time;
    next.call();
    this.longestSlice = Math.max(this.longestSlice, this.time - began);
    return true;
  }

  /** Lets so many real ms pass. */
  pass(ms: number): void {
    const until = this.time + ms;
    while (this.turn(until));
    this.time = Math.max(this.time, until);
  }

  /** Gives turns until a promise of the host has settled. */
  async settled<Value>(promise: Promise<Value>): Promise<Value> {
    let done = false;
    const result = promise.finally(() => (done = true));
    while (!done) {
      this.turn();
      await new Promise((resolve) => setTimeout(resolve)); // Code that comes late comes by the event loop.
    }
    return result;
  }
}

/** A world whose cluster is up, at a pace. */
async function upWith(pace: Pace, options: StartOptions = EMPTY, stored: StoredRun | null = null): Promise<World> {
  const world = new World(stored);
  await world.host.start(options);
  while (world.host.inFlight) world.turn();
  world.host.setPace(pace);
  return world;
}

const paused: Pace = { type: 'paused' };
const speed = (factor: number): Pace => ({ type: 'speed', factor });

describe('the pace', () => {
  it('does not hold the start up: the cluster comes up as fast as it goes', async () => {
    const world = await upWith(speed(1));
    expect(world.virtual).toBeGreaterThan(2 * SECOND);
    expect(world.time).toBeLessThan(500);
    const ready = new Set(world.frames.flatMap(({ frame }) => frame.set).filter((record) => record.kind === 'Node'));
    expect([...ready].filter((node) => node.ready === 'True').length).toBeGreaterThanOrEqual(5);
  });

  it.each([0.1, 1, 10, 100])('%s times real time is that', async (factor) => {
    const world = await upWith(speed(factor));
    await world.host.prepare(); // as a page does before a cluster at its natural pace is half a minute old
    const before = world.virtual;
    world.pass(20_000);
    const virtualSeconds = (world.virtual - before) / SECOND;
    expect(virtualSeconds).toBeGreaterThan(20 * factor * 0.99);
    expect(virtualSeconds).toBeLessThanOrEqual(20.001 * factor); // the last look at the clock takes a ms
  });

  it.each([1, 100, 10_000])('at %s times real time no slice takes more than 16 ms', async (factor) => {
    const world = await upWith(speed(factor));
    world.longestSlice = 0;
    world.pass(3_000);
    expect(world.longestSlice).toBeLessThanOrEqual(16);
  });

  it('that cannot be kept goes as fast as it goes and owes nothing', async () => {
    const world = await upWith(speed(1));
    world.time += 3_600_000; // the machine slept
    const before = world.virtual;
    world.pass(1_000);
    expect(world.virtual - before).toBeLessThan(600 * SECOND);
  });

  it('max goes on without end, in slices too', async () => {
    const world = await upWith({ type: 'max' });
    await world.host.prepare();
    const before = world.virtual;
    world.longestSlice = 0;
    world.pass(500);
    expect(world.virtual - before).toBeGreaterThan(60 * SECOND);
    expect(world.longestSlice).toBeLessThanOrEqual(16);
  });

  it('paused stands still and asks for no more turns', async () => {
    const world = await upWith(paused);
    world.pass(100);
    const { virtual } = world;
    expect(world.isIdle).toBe(true);
    world.pass(60_000);
    expect(world.virtual).toBe(virtual);
    expect(world.status.pace).toEqual(paused);
  });

  it('sends at most a frame per 8 ms, and at least one in 40 ms, while it runs', async () => {
    const world = await upWith(speed(10));
    world.pass(100);
    world.frames.length = 0;
    world.pass(2_000);
    const gaps = world.frames.slice(1).map(({ at }, index) => at - world.frames[index]!.at);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(8);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(40);
  });
});

describe('what the page asks for', () => {
  it('is answered while the clock stands still: virtual time runs on just as far as the answer needs', async () => {
    const world = await upWith(paused);
    world.pass(100);
    const before = world.virtual;
    const answer = await world.settled(world.host.input({ type: 'apply', ticket: 'a', manifest: CONFIG }));
    expect(answer).toMatchObject({ ticket: 'a', ok: true, output: 'configmap/note created' });
    expect(world.virtual - before).toBeLessThan(SECOND);
    world.pass(1_000);
    expect(world.isIdle).toBe(true);
  });

  it('several at once are all answered', async () => {
    const world = await upWith(paused);
    const answers = await world.settled(
      Promise.all(['a', 'b', 'c'].map((ticket) => world.host.input({ type: 'apply', ticket, manifest: CONFIG }))),
    );
    expect(answers.map((answer) => answer?.ticket)).toEqual(['a', 'b', 'c']);
  });

  it('without an answer is done at once, also while the clock stands still', async () => {
    const world = await upWith(paused);
    const { virtual } = world;
    const fault = { type: 'power-off', machine: 'node-1' } as const;
    expect(await world.settled(world.host.input({ type: 'fault', id: 'f', fault }))).toBeNull();
    expect(world.virtual - virtual).toBeLessThan(SECOND);
    const machines = world.frames.flatMap(({ frame }) => frame.machines);
    expect(machines.findLast(({ name }) => name === 'node-1')?.power).toBe('off');
  });

  it('a step runs to the next write, a skip to the next thing that matters; both pause', async () => {
    const world = await upWith(speed(1));
    world.pass(5_000); // until leaders are elected
    const fault = { type: 'power-off', machine: 'node-1' } as const;
    await world.settled(world.host.input({ type: 'fault', id: 'f', fault }));
    const begin = world.virtual;
    await world.settled(world.host.step('event'));
    expect(world.status.pace).toEqual(paused);
    await world.settled(world.host.step('write'));
    const met = await world.settled(world.host.skip());
    expect(met).toEqual({
      text: 'NodeNotReady: Node node-1 status is now: NodeNotReady',
      subject: { kind: 'Node', namespace: '', name: 'node-1' },
    });
    expect(world.virtual - begin).toBeGreaterThan(38 * SECOND);
    expect(world.virtual - begin).toBeLessThan(60 * SECOND);
    expect(world.status.pace).toEqual(paused);
  });

  it('a step runs to the next reconcile, and back to before the last one of its unit, to the event', async () => {
    const world = await upWith(speed(1));
    await world.host.prepare();
    world.pass(8_000);
    world.host.setPace(paused);
    world.pass(100);
    const manifest = `apiVersion: apps/v1
kind: Deployment
metadata: {name: one}
spec:
  selector: {matchLabels: {app: one}}
  template: {metadata: {labels: {app: one}}, spec: {containers: [{name: a, image: 'nginx:1.27'}]}}`;
    await world.settled(world.host.input({ type: 'apply', ticket: 'one', manifest }));
    const { engine } = world.host;
    const stands = (): readonly [number, string] => [engine.nextEvent, engine.hash()];
    const met = await world.settled(world.host.step('reconcile'));
    expect(met?.subject).toMatchObject({ kind: 'ReplicaSet', namespace: 'default' });
    expect(met?.text).toMatch(/^replicaset-controller: /);
    const planned = stands();
    const other = await world.settled(world.host.step('reconcile'));
    expect(other).not.toEqual(met);
    const created = stands();

    const back = async (unit: StepUnit): Promise<void> => {
      const [from] = stands();
      await world.settled(world.host.time({ type: 'back', unit }));
      const there = stands();
      expect(there[0]).toBeLessThan(from);
      world.pass(200); // it stands there, also in the middle of a moment
      expect(stands()).toEqual(there);
      expect(world.status.pace).toEqual(paused);
      expect(world.status.time?.past).toBe(true);
    };
    await back('reconcile');
    expect(await world.settled(world.host.step('reconcile'))).toEqual(other);
    expect(stands()).toEqual(created);
    await back('reconcile');
    await back('reconcile');
    expect(await world.settled(world.host.step('reconcile'))).toEqual(met);
    expect(stands()).toEqual(planned);
    await back('event');
    await back('event');
    await world.settled(world.host.step('event'));
    await world.settled(world.host.step('event'));
    expect(stands()).toEqual(planned);
    const write = await world.settled(world.host.step('write'));
    expect(write?.text).toMatch(/ (created|updated)$/);
    await back('write');
    expect(await world.settled(world.host.step('write'))).toEqual(write);
    await world.settled(world.host.time({ type: 'present' }));
    expect(stands()).toEqual(created);
    expect(world.status.time?.past).toBe(false);
  });

  it('a step back from the first event changes nothing', async () => {
    const world = await upWith(paused);
    await world.settled(world.host.time({ type: 'seek', at: 1 }));
    const { nextEvent } = world.host.engine;
    await world.settled(world.host.time({ type: 'back', unit: 'write' }));
    expect(world.host.engine.nextEvent).toBe(nextEvent);
  });

  it('waits for code that comes late, and what comes after it waits too', async () => {
    let arrive = (): void => {};
    const world = await upWith(paused);
    world.loading = new Promise((resolve) => (arrive = () => resolve(null)));
    const applied = world.host.input({ type: 'apply', ticket: 'a', manifest: CONFIG });
    const fault = world.host.input({ type: 'fault', id: 'f', fault: { type: 'power-off', machine: 'node-1' } });
    await new Promise((resolve) => setTimeout(resolve));
    expect(world.host.engine.recording().inputs).toEqual([]);
    arrive();
    await world.settled(Promise.all([applied, fault]));
    const { inputs } = world.host.engine.recording();
    expect(inputs.map(({ action }) => action.type)).toEqual(['apply', 'fault']);
  });

  it('is asked for again when its code could not be had', async () => {
    const world = await upWith(paused);
    world.loading = Promise.reject(new Error('offline'));
    const apply = (ticket: string) => world.host.input({ type: 'apply', ticket, manifest: CONFIG });
    await expect(apply('a')).rejects.toThrow('offline');
    world.loading = null;
    expect((await world.settled(apply('b')))?.ok).toBe(true);
  });

  it('that is missed by a cluster which nobody has touched is loaded, and the run is the same, at the same pace', async () => {
    const [plain, mended] = [await upWith(speed(10)), await upWith(speed(10))];
    plain.pass(1_000);
    mended.pass(1_000);
    mended.host.setPace(speed(60)); // After its last checkpoint.
    vi.spyOn(mended.host.engine, 'run').mockImplementationOnce(() => {
      throw new LateCodeMissing('it has not been loaded');
    });
    const before = mended.host.engine;
    mended.pass(100);
    await new Promise((resolve) => setTimeout(resolve));
    mended.pass(1_000);
    expect(mended.host.engine).not.toBe(before);
    expect(mended.virtual).toBeGreaterThan(before.now);
    expect(mended.crashes).toEqual([]);
    expect(mended.status.pace).toEqual(speed(60));
    const end = 300 * SECOND;
    for (const { host } of [plain, mended]) while (host.engine.run(end, { events: 100_000 }).stopped !== 'until');
    expect(mended.host.engine.hash()).toBe(plain.host.engine.hash());
  });

  it('before the start is refused', () => {
    expect(() => new World().host.engine).toThrow('the engine has not been started');
  });
});

describe('checkpoints', () => {
  it('are made every four seconds while the run goes on, and once when it comes to rest', async () => {
    const world = await upWith(speed(10));
    world.storedTimes = 0;
    world.pass(20_500);
    expect(world.storedTimes).toBe(5);
    world.host.setPace(paused);
    world.pass(60_000);
    expect(world.storedTimes).toBe(6);
    expect(world.stored?.pace).toEqual(paused);
  });

  it('are gone on from: the same run at the same pace', async () => {
    const first = await upWith(speed(10));
    first.pass(1_000);
    first.host.checkpoint();
    const second = new World(first.stored);
    await second.host.start(EMPTY);
    expect(second.host.engine.hash()).toBe(first.host.engine.hash());
    second.pass(100);
    expect(second.status).toMatchObject({ resumed: true, pace: speed(10) });
    expect(second.virtual).toBeGreaterThan(first.virtual);
  });

  it('older than what the page has shown are made up for, to the same hash', async () => {
    const first = await upWith(speed(10));
    await first.settled(first.host.input({ type: 'apply', ticket: 'a', manifest: CONFIG }));
    const kept = first.stored;
    first.pass(2_000);
    first.host.setPace(speed(60));
    first.pass(1_000);
    first.host.setPace(paused);
    first.pass(100);

    const second = new World(kept);
    await second.host.start({ ...EMPTY, left: { at: first.virtual, pace: paused } });
    while (second.host.inFlight) second.turn();
    second.pass(1_000);
    expect(second.virtual).toBe(first.virtual);
    expect(second.host.engine.hash()).toBe(first.host.engine.hash());
    expect(second.status.pace).toEqual(paused);
  });

  it.each([
    ['of another seed', { seed: 8 }],
    ['of another cluster', { scenario: 'one-node' }],
    ['that is not wanted', { resume: false }],
  ])('%s are left alone', async (_what, other) => {
    const first = await upWith(speed(10));
    first.pass(30_000);
    const second = await upWith(paused, { ...EMPTY, ...other }, first.stored);
    expect(second.status.resumed).toBe(false);
    expect(second.virtual).toBeLessThan(first.virtual);
  });

  it('of another engine are refused: the run starts anew', async () => {
    const first = await upWith(paused);
    first.pass(100);
    const stored = { ...first.stored!, saved: { ...first.stored!.saved, version: 'kubarium.dev/engine-0' } };
    const second = await upWith(paused, EMPTY, stored);
    second.pass(100);
    expect(second.status.resumed).toBe(false);
  });
});

describe('kept clusters', () => {
  it('go on under a name, with their own seed and cluster whatever the address says', async () => {
    const first = await upWith(paused);
    first.pass(100); // What is due at this very moment happens.
    expect(await first.host.keepAs('Tuesday', false)).toBe(true);
    expect(first.status.name).toBe('Tuesday');
    expect([...first.kept.keys()]).toEqual(['empty#7', 'name:Tuesday']);

    const second = new World(first.stored);
    await second.host.start({ seed: 1, scenario: 'ha', name: 'Tuesday', resume: true });
    second.pass(100);
    expect(second.status).toMatchObject({ seed: 7, scenario: 'empty', name: 'Tuesday', resumed: true });
    expect(second.host.engine.hash()).toBe(first.host.engine.hash());
  });

  it('that are renamed leave nothing behind', async () => {
    const world = await upWith(paused);
    await world.host.keepAs('Tuesday', true);
    await world.host.keepAs('Wednesday', true);
    expect([...world.kept.keys()]).toEqual(['name:Wednesday']);
  });

  it('do not take the name of another', async () => {
    const world = await upWith(paused);
    world.kept.set('name:Tuesday', world.stored!);
    expect(await world.host.keepAs('Tuesday', true)).toBe(false);
    expect(world.host.key).toBe('empty#7');
  });

  it('can be saved as what was done in them', async () => {
    const world = await upWith(paused);
    await world.settled(world.host.input({ type: 'apply', ticket: 'a', manifest: CONFIG }));
    const recording = await world.settled(world.host.recordingOf('empty#7'));
    expect(recording).toMatchObject({ seed: 7, inputs: [{ action: { ticket: 'a' } }] });
    expect(recording?.hash).toBe(world.host.engine.hash());
    expect(await world.settled(world.host.recordingOf('name:nobody'))).toBeNull();
  });

  it('that find no room are told of, until there is some again', async () => {
    const world = await upWith(speed(10));
    world.keepingProblem = 'full';
    world.host.checkpoint();
    await Promise.resolve();
    expect(world.status.unkept).toBe('full');
    world.keepingProblem = null;
    world.host.checkpoint();
    await Promise.resolve();
    expect(world.status.unkept).toBeUndefined();
  });

  it('are kept once when the page goes, however often it says so', async () => {
    const world = await upWith(speed(10));
    world.pass(1_000);
    world.storedTimes = 0;
    for (let times = 0; times < 3; times++) world.host.hide();
    expect(world.storedTimes).toBe(1);
  });
});

describe('looking back', () => {
  const fault = { type: 'power-off', machine: 'node-1' } as const;

  /** Node-1 loses its power in the middle of two virtual minutes. */
  async function afterPowerOff(): Promise<{ readonly world: World; readonly cut: number }> {
    const world = await upWith(speed(60));
    await world.settled(world.host.prepare());
    world.pass(1_000);
    await world.settled(world.host.input({ type: 'fault', id: 'off', fault }));
    const cut = world.virtual;
    world.pass(1_000);
    return { world, cut };
  }

  const powerSeen = (world: World): string | undefined =>
    world.frames.flatMap(({ frame }) => frame.machines).findLast(({ name }) => name === 'node-1')?.power;

  it('shows the moment, paused, and nobody may act there', async () => {
    const { world, cut } = await afterPowerOff();
    world.frames.length = 0;
    await world.settled(world.host.time({ type: 'seek', at: cut - SECOND }));
    world.pass(1_000);
    expect(world.virtual).toBe(cut - SECOND);
    expect(world.frames[0]!.frame.full).toBe(true);
    expect(new Set(world.frames.map(({ frame }) => frame.now))).toEqual(new Set([cut - SECOND]));
    expect(powerSeen(world)).toBe('on');
    expect(world.status).toMatchObject({ pace: paused, time: { past: true, track: 1, tracks: [{ inputs: [cut] }] } });
    await expect(world.host.input({ type: 'heal', id: 'off' })).rejects.toThrow('You look at the past');
  });

  it('tells of what is done: another version of the tracks, with the input', async () => {
    const { world, cut } = await afterPowerOff();
    const { version, tracks } = world.status.time!;
    expect(tracks[0]!.inputs).toEqual([cut]);
    await world.settled(world.host.input({ type: 'heal', id: 'off' }));
    expect(world.status.time!.version).toBeGreaterThan(version);
    expect(world.status.time!.tracks[0]!.inputs).toHaveLength(2);
  });

  it('goes back to the present as it was', async () => {
    const { world, cut } = await afterPowerOff();
    world.host.setPace(paused);
    const [virtual, hash] = [world.virtual, world.host.engine.hash()];
    await world.settled(world.host.time({ type: 'seek', at: cut - 20 * SECOND }));
    expect(world.status.time?.end).toBe(virtual);
    await world.settled(world.host.time({ type: 'present' }));
    expect([world.virtual, world.host.engine.hash()]).toEqual([virtual, hash]);
  });

  it('goes back to the pace of the present, too', async () => {
    const { world, cut } = await afterPowerOff();
    await world.settled(world.host.time({ type: 'seek', at: cut - SECOND }));
    await world.settled(world.host.time({ type: 'seek', at: cut - 2 * SECOND }));
    await world.settled(world.host.time({ type: 'present' }));
    world.pass(100);
    expect(world.status).toMatchObject({ pace: speed(60), time: { past: false } });
  });

  it('plays what happened again, slower if so wanted, until it is the present', async () => {
    const { world, cut } = await afterPowerOff();
    const { virtual } = world;
    await world.settled(world.host.time({ type: 'seek', at: cut - SECOND }));
    world.host.setPace(speed(10));
    world.pass(200);
    expect(powerSeen(world)).toBe('off');
    expect(world.status.time?.past).toBe(true);
    world.host.setPace(speed(100));
    world.pass(2_000);
    expect(world.virtual).toBeGreaterThan(virtual);
    expect(world.status.time?.past).toBe(false);
    expect(await world.settled(world.host.input({ type: 'heal', id: 'off' }))).toBeNull();
  });

  it('keeps the present when the page goes in the past', async () => {
    const { world, cut } = await afterPowerOff();
    world.host.setPace(paused);
    const hash = world.host.engine.hash();
    await world.settled(world.host.time({ type: 'seek', at: cut - SECOND }));
    world.host.checkpoint();
    const second = new World(world.stored);
    await second.host.start(EMPTY);
    expect(second.host.engine.hash()).toBe(hash);
  });

  it('branches, says where the branch and its parent went apart, and keeps both', async () => {
    const { world, cut } = await afterPowerOff();
    await world.settled(world.host.time({ type: 'seek', at: cut - SECOND }));
    await world.settled(world.host.time({ type: 'branch', name: 'other' }));
    expect(world.status).toMatchObject({ pace: paused, time: { past: false, track: 2 } });
    const other = { type: 'power-off', machine: 'node-2' } as const;
    await world.settled(world.host.input({ type: 'fault', id: 'other', fault: other }));
    world.host.setPace(speed(60));
    world.pass(1_000);
    const compared = await world.settled(world.host.time({ type: 'compare', tracks: [1, 2] }));
    expect(compared?.divergence?.first[1]?.text).toBe('You cut the power of node-2.');
    expect(compared?.differences).toContainEqual({
      subject: { kind: 'Machine', namespace: '', name: 'node-1' },
      field: 'power',
      sides: ['off', 'on'],
    });
    world.host.setPace(paused);
    world.host.checkpoint();
    const reloaded = new World(world.stored);
    await reloaded.settled(reloaded.host.start(EMPTY));
    reloaded.pass(100);

    await world.settled(world.host.time({ type: 'present', track: 1 }));
    expect(world.status.time?.track).toBe(1);
    expect(reloaded.status.time).toMatchObject({ track: 2, tracks: [{ id: 1 }, { id: 2, name: 'other' }] });
    await reloaded.settled(reloaded.host.time({ type: 'present', track: 1 }));
    expect(reloaded.status.time).toMatchObject({ track: 1, past: false });
    expect(reloaded.host.engine.hash()).toBe(world.host.engine.hash());
    await world.settled(world.host.time({ type: 'remove', track: 2 }));
    expect(world.status.time?.tracks.map(({ id }) => id)).toEqual([1]);
  });
});

describe('a shared run', () => {
  it('is played to where it was recorded, to the same hash, and can be rewound', async () => {
    const first = await upWith(speed(60));
    await first.settled(first.host.input({ type: 'apply', ticket: 'a', manifest: CONFIG }));
    first.pass(500);
    first.host.engine.run(Infinity, { events: 33 }); // in the middle of a moment
    const recording = structuredClone(first.host.recording());

    const second = new World();
    await second.settled(second.host.start({ seed: 7, scenario: 'shared-1', resume: true, recording }));
    while (second.host.inFlight) second.turn();
    second.pass(100);
    expect(second.virtual).toBe(recording.until);
    expect(second.host.engine.hash()).toBe(recording.hash);
    expect(second.status).toMatchObject({ pace: paused, replayed: true, scenario: 'shared-1' });
    const made = recording.inputs[0]!.at;
    await second.settled(second.host.time({ type: 'seek', at: made - 1 }));
    expect(second.host.engine.object({ kind: 'ConfigMap', namespace: 'default', name: 'note' })).toBeNull();
  });

  it('that ends otherwise says so', async () => {
    const first = await upWith(paused);
    const recording = { ...first.host.recording(), hash: 'other' };
    const second = new World();
    await second.settled(second.host.start({ seed: 7, scenario: 'shared-1', resume: false, recording }));
    while (second.host.inFlight) second.turn();
    second.pass(100);
    expect(second.status.replayed).toBe(false);
  });
});

describe('an engine that throws', () => {
  /** A script may hand over what no page would. It meets kubectl inside the run. */
  const broken = 42 as unknown as string;

  async function crashed(): Promise<World> {
    const world = await upWith(speed(1));
    world.pass(1_000);
    await world.host.prepare();
    void world.host.input({ type: 'apply', ticket: 'broken', manifest: broken });
    for (let turns = 0; world.crashes.length === 0 && turns < 1_000; turns++) {
      await Promise.resolve();
      world.turn();
    }
    return world;
  }

  it('stops, and tells what is needed to see it again', async () => {
    const world = await crashed();
    expect(world.crashes).toHaveLength(1);
    const crash = world.crashes[0]!;
    expect(crash).toMatchObject({ seed: 7, canResume: true });
    expect(crash.events).toBeGreaterThan(0);
    const report = JSON.parse(crash.report) as { message: string; recording: Recording };
    expect(report.message).toBe(crash.message);
    const again = engineOf(report.recording);
    expect(() => again.run(report.recording.until + SECOND, { events: Infinity })).toThrow(crash.message);

    const stored = world.storedTimes;
    world.pass(10_000);
    world.host.checkpoint();
    expect(world.isIdle).toBe(true);
    expect(world.storedTimes).toBe(stored);
  });

  it('goes on from the last checkpoint when asked to', async () => {
    const world = await crashed();
    world.host.resume();
    const before = world.virtual;
    world.pass(10_000);
    expect(world.virtual - before).toBeGreaterThan(9 * SECOND);
    expect(world.crashes).toHaveLength(1);
    expect(world.host.engine.recording().inputs).toEqual([]);
    const answer = await world.settled(world.host.input({ type: 'apply', ticket: 'b', manifest: CONFIG }));
    expect(answer?.ok).toBe(true);
  });

  it('in the middle of a way back goes on in the present, and can go back again', async () => {
    const world = await upWith(speed(1));
    await world.host.prepare();
    world.pass(20_000);
    world.host.setPace(paused);
    const { engine } = world.host;
    const end = world.virtual;
    const run = engine.run.bind(engine);
    let calls = 0;
    engine.run = (until, budget) => {
      if (++calls > 1) throw new Error('broken on the way');
      return run(until, { ...budget, events: 1 });
    };
    let over = false;
    const way = world.host.time({ type: 'seek', at: end - 3 * SECOND }).then(() => (over = true));
    for (let turn = 0; turn < 100 && world.crashes.length === 0; turn++) {
      world.turn();
      await new Promise((resolve) => setTimeout(resolve));
    }
    expect(world.crashes).toMatchObject([{ message: 'broken on the way', canResume: true }]);
    expect(over).toBe(false);

    world.host.resume();
    await way;
    expect(world.virtual).toBe(end);
    await world.settled(world.host.time({ type: 'seek', at: end - 5 * SECOND }));
    expect([world.virtual, world.status.time?.past]).toEqual([end - 5 * SECOND, true]);
    await world.settled(world.host.time({ type: 'present' }));
    expect(world.virtual).toBe(end);
  });
});
