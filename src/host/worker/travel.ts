/**
 * Looking back: brings the host's engine to other moments and tracks, keeps the checkpoints that this takes, and compares
 * tracks. Late code: the host does without until somebody moves.
 */
import type { Engine } from '#engine/cluster/door';
import { differences, firstDivergence } from '#engine/cluster/rewind/divergence';
import { History, type KeptTracks } from '#engine/cluster/rewind/history';
import { CheckpointPace } from '#engine/cluster/rewind/ladder';
import type { Micros } from '#engine/kernel/time';
import type { Comparison, Pace, StepUnit, TimeRequest, TimeStatus } from './protocol';

/** What of the host takes part. */
export interface Traveller {
  readonly engine: Engine;
  pace: Pace;
  /** Another engine of the same cluster and seed, at virtual time 0. */
  fresh(): Engine;
  /** Real time, ms. */
  now(): number;
  /** Resolves after other tasks had their turn. */
  turn(): Promise<void>;
  /** The engine is about to stand elsewhere: nobody waits for what was under way. */
  leave(): void;
  /** Runs on to a moment without showing what is between, then shows it. */
  runTo(at: Micros): Promise<void>;
  /** Shows where the engine stands, perhaps in the middle of a moment, and leaves it there. */
  stand(): void;
}

const FIRST_TRACK = 'main';
/** Longest stretch of real time without returning to the event loop, ms. */
const SLICE_MS = 12;
const SLICE_EVENTS = 2_000;
/** Differences that are told: nobody reads more. */
const MOST_DIFFERENCES = 200;

export class Travel {
  readonly #host: Traveller;
  readonly #history: History;
  readonly #checkpoints = new CheckpointPace();
  #version = 0;
  /** How many inputs there were when the version was made. */
  #inputs: number;
  /** How the run went before somebody looked back. */
  #paceBefore: Pace | null = null;
  #requests: Promise<unknown> = Promise.resolve();

  /** @param kept - tracks that were kept with the run that goes on */
  constructor(host: Traveller, kept: KeptTracks | null) {
    this.#host = host;
    this.#inputs = host.engine.inputs.length;
    this.#history = new History(host.engine, () => host.fresh(), FIRST_TRACK, kept);
  }

  /** What is to be kept of other tracks with the run; null: there are none. */
  get kept(): KeptTracks | null {
    return this.#history.kept();
  }

  get isPast(): boolean {
    return this.#history.isPast;
  }

  get status(): TimeStatus {
    const { current, isPast, tracks } = this.#history;
    return {
      version: this.#version,
      past: isPast,
      track: current.id,
      end: current.end,
      tracks: tracks.map(({ id, name, parent, end, inputs }) => ({
        id,
        name,
        parent: parent?.track ?? null,
        from: parent?.at ?? 0,
        end,
        inputs: inputs.map(({ at }) => at),
      })),
    };
  }

  /** The host's engine stands further on: perhaps in the present, perhaps something was done. */
  moved(): void {
    const { length } = this.#host.engine.inputs;
    if (!this.#history.arrives() && length === this.#inputs) return;
    this.#inputs = length;
    this.#version++;
  }

  /** The host's engine has worked so long since it was asked last, real ms, until `now`. */
  worked(ms: number, now: number): void {
    this.moved();
    if (!this.#checkpoints.worked(ms)) return;
    this.#history.keep();
    this.#checkpoints.made(this.#host.now() - now);
  }

  /** Requests are carried out one after another. */
  carryOut(request: TimeRequest): Promise<Comparison | null> {
    const done = this.#requests.then(() => this.#carryOut(request));
    this.#requests = done.catch(() => undefined);
    return done;
  }

  async #carryOut(request: TimeRequest): Promise<Comparison | null> {
    const history = this.#history;
    switch (request.type) {
      case 'seek':
        await this.#move(() => history.seek(request.at, request.track), request.at);
        return null;
      case 'back':
        return this.#back(request.unit);
      case 'present':
        await this.#move(() => history.toPresent(request.track), 'end');
        if (this.#paceBefore !== null) this.#host.pace = this.#paceBefore;
        this.#paceBefore = null;
        return null;
      case 'branch':
        await this.#move(() => history.branch(request.name));
        return null;
      case 'rename':
        history.rename(request.track, request.name);
        await this.#move(() => undefined);
        return null;
      case 'remove':
        history.remove(request.track);
        await this.#move(() => undefined);
        return null;
      case 'compare':
        return this.#compare(request.tracks, request.at);
    }
  }

  /** Stands elsewhere, runs on to `at`, and shows it. Absent: there, `end`: the end of the track. */
  async #move(go: () => void, at?: Micros | 'end'): Promise<void> {
    const host = this.#host;
    if (!this.isPast) this.#paceBefore = host.pace;
    host.leave();
    host.pace = { type: 'paused' };
    go();
    this.#version++;
    await host.runTo(at === 'end' ? this.#history.current.end : (at ?? host.engine.now));
  }

  /** Another engine looks for the event, so that nothing is seen but the moment before it. At the start of the run: nothing happens. */
  async #back(unit: StepUnit): Promise<null> {
    const host = this.#host;
    const history = this.#history;
    if (!this.isPast) this.#paceBefore = host.pace;
    host.pace = { type: 'paused' };
    for (let limit = host.engine.nextEvent; limit > 0;) {
      const searcher = history.engineBeforeEvent(limit);
      const from = searcher.nextEvent;
      const events = await this.#eventsBeforeLast(searcher, limit, unit);
      if (events >= 0) {
        const there = history.engineBeforeEvent(limit);
        for (let left = events; left > 0; await host.turn())
          left -= there.run(Infinity, { events: Math.min(left, SLICE_EVENTS) }).events;
        host.leave();
        history.standWith(there);
        this.#version++;
        host.stand();
        return null;
      }
      limit = from;
    }
    return null;
  }

  /**
   * Runs another engine on to an event.
   *
   * @returns how many it handled before the last one that a step of this unit stops at; −1: there was none
   */
  async #eventsBeforeLast(engine: Engine, end: number, unit: StepUnit): Promise<number> {
    let handled = 0;
    let last = -1;
    let start = this.#host.now();
    while (engine.nextEvent < end) {
      // An event has two numbers when it brings word of a new life: so many do not run past the end.
      const events = Math.min(SLICE_EVENTS, Math.max(1, Math.floor((end - engine.nextEvent) / 2)));
      const result = engine.run(Infinity, unit === 'event' ? { events } : { events, breakpoint: unit });
      handled += result.events;
      if (unit === 'event' || result.stopped === 'breakpoint') last = handled - 1;
      if (this.#host.now() - start < SLICE_MS) continue;
      await this.#host.turn();
      start = this.#host.now();
    }
    return last;
  }

  async #compare(ids: readonly [number, number], asked?: Micros): Promise<Comparison> {
    const history = this.#history;
    const ends = ids.map((id) => history.tracks.find((track) => track.id === id)?.end ?? 0) as [Micros, Micros];
    const at = asked ?? Math.min(...ends);
    const steps = firstDivergence(...history.pair(...ids), ends);
    let start = this.#host.now();
    let step = steps.next();
    while (!step.done) {
      if (this.#host.now() - start >= SLICE_MS) {
        await this.#host.turn();
        start = this.#host.now();
      }
      step = steps.next();
    }
    const sides = ids.map((id) => history.engineBefore(at, id)) as [Engine, Engine];
    for (const side of sides) {
      // To the end of the moment: a side that was kept there has seen all of it.
      while (side.run(at, { events: SLICE_EVENTS }).stopped !== 'until') await this.#host.turn();
    }
    const found = differences(...sides);
    return {
      tracks: ids,
      at,
      divergence: step.value,
      differences: found.slice(0, MOST_DIFFERENCES),
      more: Math.max(0, found.length - MOST_DIFFERENCES),
    };
  }
}
