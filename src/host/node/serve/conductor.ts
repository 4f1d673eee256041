/**
 * Runs an engine beside the wall clock: as fast as `speed` says, as far as an answer needs when somebody waits for one, as
 * fast as it goes when it is to advance. Knows no sockets: clock and timers are handed in.
 */
import type { Action, Engine } from '#engine/cluster/door';

/** What it needs of its surroundings. */
export interface Surroundings {
  /** Real time, ms. */
  now(): number;
  /** Calls once after so many ms; 0: as soon as other tasks had their turn. */
  later(delay_ms: number, call: () => unknown): void;
  /** The engine broke: nothing runs from now on. */
  broken(error: unknown): void;
}

export interface Pace {
  /** Virtual over real time; Infinity: as fast as it goes. */
  readonly speed: number;
  readonly paused: boolean;
}

type Said = Parameters<NonNullable<Parameters<Engine['listen']>[0]>>[0];

/** What is said to a request. Null: nothing will come any more, the connection is gone. */
export type Hear = (message: NonNullable<Said['message']> | null) => void;

type RequestAction = Extract<Action, { type: 'request' }>;
export type Asking = Omit<RequestAction, 'type' | 'ticket' | 'streaming'>;
export type Credentials = NonNullable<RequestAction['credentials']>;

/** Somebody who waits for a moment of virtual time. */
interface Errand {
  readonly until: number;
  readonly done: () => void;
}

/** Longest stretch of real time without returning to the event loop, ms. */
const SLICE_MS = 12;
/** Events between two looks at the clock. */
const CHUNK_EVENTS = 500;
/** Real time between two slices when the run keeps its pace, ms. */
const REST_MS = 4;
/** What the run may fall behind before it gives up catching up, ms of real time. */
const MAX_DEBT_MS = 250;
/** Longer than kubectl on the laptop waits: whoever hears nothing by then has no laptop. Virtual µs. */
const SILENCE = 90_000_000;
/** How far a run without a target goes at a time. */
const FAR = 3_600_000_000;

export class Conductor {
  readonly engine: Engine;
  readonly #around: Surroundings;
  #pace: Pace;
  /** The slice that comes next, by number, and whether it only comes after a rest. */
  #slices = 0;
  #next: 'none' | 'at once' | 'after a rest' = 'none';
  #stopped = false;
  #tickets = 0;
  /** Real and virtual time from which the target is reckoned. */
  #originReal: number;
  #originVirtual: number;
  /** Who hears what is said to requests that are not over. */
  readonly #open = new Map<string, Hear>();
  /** Requests to which nothing was said yet, in their order, and until when something may be: virtual time. */
  readonly #unanswered = new Map<string, number>();
  /** Streams for which a standing clock goes on until something is said to them, and until when: virtual time. */
  readonly #granted = new Map<string, number>();
  #errands: Errand[] = [];
  #heard: Said[] = [];

  constructor(engine: Engine, pace: Pace, around: Surroundings) {
    this.engine = engine;
    this.#pace = pace;
    this.#around = around;
    this.#originReal = around.now();
    this.#originVirtual = engine.now;
    engine.listen((said) => this.#heard.push(said));
    this.#wake();
  }

  get pace(): Pace {
    return this.#pace;
  }

  /** Requests that are not over. */
  get open(): number {
    return this.#open.size;
  }

  setPace(pace: Pace): void {
    this.#pace = pace;
    this.#rebase();
    this.#wake();
  }

  /** Sends a request from the laptop. `hear` is told what is said to it. @returns its ticket, for `cancel` */
  ask(asking: Asking, hear: Hear): string {
    const ticket = `http-${++this.#tickets}`;
    const at = this.engine.input({ ...asking, type: 'request', ticket, streaming: true });
    this.#open.set(ticket, hear);
    this.#unanswered.set(ticket, at + SILENCE);
    this.#wake();
    return ticket;
  }

  /** Sends bytes on a channel of a stream. @param end - nothing more comes on it */
  send(ticket: string, channel: number, data: Buffer, end: boolean): void {
    if (!this.#open.has(ticket) || this.#stopped) return;
    const text = data.toString('latin1');
    this.engine.input({ type: 'stream-data', ticket, channel, data: text, ...(end ? { end } : {}) });
    this.#wake();
  }

  /** While the clock stands still: lets virtual time go on until something is said to a stream, but not longer than `span` (µs). */
  grant(ticket: string, span: number): void {
    if (!this.#open.has(ticket)) return;
    this.#granted.set(ticket, this.engine.now + span);
    this.#wake();
  }

  /** Nobody waits for this request any more. One that is over: nothing happens. */
  cancel(ticket: string): void {
    this.#unanswered.delete(ticket);
    this.#granted.delete(ticket);
    if (!this.#open.delete(ticket) || this.#stopped) return;
    this.engine.input({ type: 'cancel', request: ticket });
    this.#wake();
  }

  /** Carries out an action that has no answer, now, also while the clock stands still. */
  act(action: Action): Promise<void> {
    return this.#until(this.engine.input(action));
  }

  /** Lets so much virtual time pass (µs), as fast as it goes. */
  advance(duration: number): Promise<void> {
    return this.#until(this.engine.now + duration);
  }

  /** Puts another state in the engine's place. All that is open ends. */
  replace(restore: () => void): Promise<void> {
    restore();
    this.#heard = [];
    for (const { done } of this.#errands.splice(0)) done();
    this.#endAll();
    this.#rebase();
    return this.act({ type: 'cancel' });
  }

  /** Runs no further. Whoever waits hears that nothing will come. */
  stop(): void {
    this.#stopped = true;
    this.engine.listen(null);
    this.#endAll();
  }

  #until(until: number): Promise<void> {
    return new Promise((done) => {
      this.#errands.push({ until, done });
      this.#wake();
    });
  }

  #wake(): void {
    if (this.#next !== 'at once') this.#schedule('at once', 0);
  }

  #schedule(next: 'at once' | 'after a rest', delay_ms: number): void {
    if (this.#stopped) return;
    this.#next = next;
    const number = ++this.#slices;
    this.#around.later(delay_ms, () => number === this.#slices && this.#slice());
  }

  #slice(): void {
    this.#next = 'none';
    if (this.#stopped) return;
    try {
      if (this.#run()) this.#wake();
      else if (!this.#pace.paused) this.#schedule('after a rest', REST_MS);
    } catch (error) {
      this.stop();
      this.#around.broken(error);
    }
  }

  /** Runs for at most a slice. @returns whether there is more to do right now */
  #run(): boolean {
    const start = this.#around.now();
    const { engine } = this;
    for (;;) {
      const target = this.#target(start);
      if (target === null) return false;
      const waits = this.#unanswered.size > 0 || (this.#pace.paused && this.#granted.size > 0);
      const budget = waits ? ({ events: CHUNK_EVENTS, breakpoint: 'said' } as const) : { events: CHUNK_EVENTS };
      const { stopped } = engine.run(target, budget);
      this.#deliver();
      this.#settle();
      if (stopped === 'until' && !this.#isUrgent()) return this.#pace.speed === Infinity && !this.#pace.paused;
      if (this.#around.now() - start >= SLICE_MS) {
        this.#forgive(start);
        return true;
      }
    }
  }

  #isUrgent(): boolean {
    return this.#unanswered.size > 0 || this.#errands.length > 0;
  }

  /** Virtual time to run to; null: it stands still. */
  #target(realNow: number): number | null {
    const { engine } = this;
    if (this.#errands.length > 0) return Math.min(...this.#errands.map(({ until }) => until));
    if (this.#unanswered.size > 0) return engine.now + SILENCE;
    if (!this.#pace.paused) return this.#paced(realNow);
    return this.#granted.size > 0 ? Math.max(...this.#granted.values()) : null;
  }

  #paced(realNow: number): number {
    const { now } = this.engine;
    if (this.#pace.speed === Infinity) return now + FAR;
    const target = Math.floor(this.#originVirtual + (realNow - this.#originReal) * 1000 * this.#pace.speed);
    if (target >= now) return target;
    // An answer took the run ahead of its pace, which goes on from here.
    this.#rebase();
    return now;
  }

  /** Tells those who wait what was said, in its order. */
  #deliver(): void {
    for (const { ticket, message } of this.#heard.splice(0)) {
      if (ticket === null || message === null) this.#endAll();
      else this.#hand(ticket, message);
    }
    for (const [ticket, deadline] of this.#granted) if (deadline <= this.engine.now) this.#granted.delete(ticket);
    for (const [ticket, deadline] of this.#unanswered) {
      if (deadline > this.engine.now) return;
      this.#hand(ticket, null);
    }
  }

  #hand(ticket: string, message: Said['message']): void {
    const hear = this.#open.get(ticket);
    if (hear === undefined) return;
    this.#unanswered.delete(ticket);
    this.#granted.delete(ticket);
    const goesOn =
      message?.type === 'api/watch-events' ||
      message?.type === 'api/stream-chunk' ||
      (message?.type === 'api/response' && message.streaming === true);
    if (!goesOn) this.#open.delete(ticket);
    hear(message);
  }

  #endAll(): void {
    const ended = [...this.#open.values()];
    this.#open.clear();
    this.#unanswered.clear();
    this.#granted.clear();
    for (const hear of ended) hear(null);
  }

  #settle(): void {
    if (this.#errands.length === 0) return;
    const { now } = this.engine;
    const met = this.#errands.filter(({ until }) => until <= now);
    if (met.length === 0) return;
    this.#errands = this.#errands.filter(({ until }) => until > now);
    this.#rebase();
    for (const { done } of met) done();
  }

  /** The pace goes on from here. */
  #rebase(): void {
    this.#originReal = this.#around.now();
    this.#originVirtual = this.engine.now;
  }

  /** A run that cannot keep its pace goes as fast as it can and owes nothing. */
  #forgive(realNow: number): void {
    const { speed, paused } = this.#pace;
    if (paused || speed === Infinity) return;
    if (this.#paced(realNow) - this.engine.now > MAX_DEBT_MS * 1000 * speed) this.#rebase();
  }
}
