// long: one host of one engine; its errands, checkpoints and crashes share all of its state
/**
 * Runs an engine in real time: grants it virtual time in slices of at most 12 ms, sends a frame after each, keeps
 * checkpoints, and turns what the page asks into calls of the Engine door. Knows no worker and no page: the clock, the way to
 * be called again and the store are handed in.
 */
import type { Action, Answer, Breakpoint, ClusterSpec, Cursor, Engine, Frame, Recording } from '#engine/cluster/door';
import { LateCodeMissing } from '#engine/late/late-code';
import { newEngine, wholeRecording } from '#engine/cluster/engine';
import type { LawReport } from '#engine/cluster/laws/report';
import type { KeptTracks } from '#engine/cluster/rewind/history';
import type { StartingCluster } from '#scenarios/starting-clusters';
import { type KeepingProblem, type KeptCluster, runKey, type StoredRun } from './kept-clusters';
import type { Comparison, Crash, HostStatus, Met, Pace, StartOptions, StepUnit, TimeRequest } from './protocol';
import { Readiness } from './readiness';
import { Refusal } from './refusal';
import { SpeedMeter } from './speed-meter';
import type * as Late from './travel';

/** What the host needs of its surroundings. */
export interface Surroundings {
  /** Real time, ms. */
  now(): number;
  /** Real time, ms since 1970. */
  date(): number;
  /** Calls once after so many ms; 0: as soon as other tasks had their turn. */
  later(delay_ms: number, call: () => void): void;
  frame(frame: Frame, status: HostStatus): void;
  crash(crash: Crash): void;
  readonly checkpoints: Checkpoints;
  clusterNamed(scenario: string): StartingCluster;
  /** Loads the code that comes late, the host's own too; at once when it is there. */
  loadLateCode(): Promise<typeof Late>;
  /** Loads what OpenAPI tells of all types, which only `kubectl explain` needs. */
  loadApiModels(): Promise<unknown>;
}

/** Where runs are kept so that a reload goes on. */
export interface Checkpoints {
  load(key: string): Promise<StoredRun | null>;
  /** @returns why it could not be kept; null: it is, or a later one of the same run */
  store(run: StoredRun): Promise<KeepingProblem | null>;
  list(): Promise<readonly KeptCluster[]>;
  remove(key: string): Promise<void>;
}

/** Longest stretch of real time without returning to the event loop, ms. */
const SLICE_MS = 12;
/** Events between two looks at the clock. */
const CHUNK_EVENTS = 500;
/** Events between two looks for an answer, and at a cluster that starts. An idle cluster's second has but a few. */
const LOOK_FOR_ANSWER_EVENTS = 1;
const LOOK_AT_START_EVENTS = 100;
/** Real time between frames while the run is at its target, ms. */
const FRAME_MS = 16;
/** What the run may fall behind before it gives up catching up, ms of real time. */
const MAX_DEBT_MS = 250;
const CHECKPOINT_EVERY_MS = 4_000;
/** Keeping a large cluster takes its time: the run has at least so many times as much. */
const CHECKPOINT_SHARE = 50;
/** How much virtual time an answer, or the next thing that matters, may take: µs. */
const ANSWER_WITHIN = 120_000_000;
const SKIP_WITHIN = 3_600_000_000;
/** Virtual time after which a start counts as done even if something never got ready: µs. */
const START_WITHIN = 120_000_000;

/** Something that runs the engine on, whatever the pace, until it is met. */
interface Errand {
  readonly until: number;
  readonly breakpoint?: Breakpoint;
  /** Looks at what changed since the last frame that was sent, after every so many events; true: met. */
  readonly seen?: (frame: Frame) => boolean;
  readonly lookEvery_events?: number;
  /** Nothing is shown before it is met. */
  readonly quiet?: true;
  done(met: Met | null): void;
}

export class EngineHost {
  readonly #around: Surroundings;
  #engine: Engine | null = null;
  #options: StartOptions = { seed: 1, scenario: '', resume: false };
  #spec: ClusterSpec | null = null;
  #unkept: KeepingProblem | null = null;
  #pace: Pace = { type: 'speed', factor: 1 };
  #cursor: Cursor | null = null;
  #resumed = false;
  #replayed: boolean | undefined;
  #crashed = false;
  #holdsLaws = false;
  /** It stands where somebody has stepped to, perhaps in the middle of a moment, which must not go on by itself. */
  #stands = false;
  #scheduled = false;
  /** Real and virtual time from which the target of a finite speed is reckoned. */
  #originReal = 0;
  #originVirtual = 0;
  #sliceBegan = 0;
  #lastFrameAt = -Infinity;
  #nextCheckpointAt = CHECKPOINT_EVERY_MS;
  #lastCheckpoint: StoredRun | null = null;
  /** Events handled when the last frame was sent. */
  #events = 0;
  /** The event that was next when the last checkpoint was made. */
  #keptEvent = -1;
  readonly #errands: Errand[] = [];
  readonly #answers = new Map<string, (answer: Answer) => void>();
  #lateCode: Promise<typeof Late> | null = null;
  #late: typeof Late | null = null;
  #travel: Late.Travel | null = null;
  /** Under way: what is told at `#mend`. */
  #mending: Promise<void> | null = null;
  readonly #meter = new SpeedMeter();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  async start(options: StartOptions): Promise<void> {
    const stored = options.resume ? await this.#around.checkpoints.load(runKey(options)) : null;
    const { seed, scenario } = stored ?? options;
    this.#options = { ...options, seed, scenario };
    const { recording } = options;
    this.#spec = stored?.cluster ?? recording?.cluster ?? this.#around.clusterNamed(scenario).spec;
    if (stored !== null || recording !== undefined) await this.prepare();
    if (stored === null || !this.#resumeFrom(stored)) this.#startAnew();
    else if (options.left !== undefined) this.#goOnTo(options.left);
    this.#wake();
  }

  setPace(pace: Pace): void {
    this.#stands &&= pace.type === 'paused';
    this.#pace = pace;
    this.#rebase();
    this.#lastFrameAt = -Infinity;
    this.#wake();
  }

  /** Runs on by a step and pauses there. Null: nothing within an hour. */
  step(unit: StepUnit): Promise<Met | null> {
    return this.#runToBreakpoint(unit);
  }

  /** Runs on to the next thing that matters and pauses there. Null: nothing within an hour. */
  skip(): Promise<Met | null> {
    return this.#runToBreakpoint('matters');
  }

  #runToBreakpoint(breakpoint: Breakpoint): Promise<Met | null> {
    this.setPace({ type: 'paused' });
    return new Promise((resolve) => this.#runErrand({ until: this.#now() + SKIP_WITHIN, breakpoint, done: resolve }));
  }

  /**
   * Loads what the first action will need. Fresh clusters do without; a restored run and every action wait for it.
   */
  async prepare(): Promise<void> {
    this.#lateCode ??= this.#around.loadLateCode();
    try {
      this.#late = await this.#lateCode;
      if (this.#engine !== null) this.#travel ??= new this.#late.Travel(this.#traveller(), null);
    } catch (error) {
      this.#lateCode = null; // Offline: the next action tries again.
      throw error;
    }
  }

  /** Actions act in the order in which they come. */
  async input(action: Action): Promise<Answer | null> {
    await this.prepare();
    if (action.type === 'shell' && action.line.includes('explain')) await this.#around.loadApiModels();
    await this.#mending;
    const engine = this.engine;
    if (this.#travel?.isPast === true) throw new Refusal('past');
    const at = engine.input(action);
    if (!('ticket' in action)) {
      // An input acts at once, also while the clock stands still: the run goes on to its moment.
      return new Promise((resolve) =>
        this.#runErrand({
          until: at,
          done: () => {
            this.checkpoint();
            resolve(null);
          },
        }),
      );
    }
    return new Promise((resolve) => {
      const { ticket } = action;
      const settle = (answer: Answer | null): void => {
        this.#answers.delete(ticket);
        this.checkpoint();
        resolve(answer);
      };
      this.#answers.set(ticket, settle);
      this.#runErrand({
        until: at + ANSWER_WITHIN,
        seen: (frame) => !this.#answers.has(ticket) || frame.answers.some((answer) => answer.ticket === ticket),
        lookEvery_events: LOOK_FOR_ANSWER_EVENTS,
        done: () => this.#answers.has(ticket) && settle(null),
      });
    });
  }

  /** Goes to other moments and tracks, see `Travel`. */
  async time(request: TimeRequest): Promise<Comparison | null> {
    await this.prepare();
    await this.#mending;
    return this.#travel!.carryOut(request);
  }

  /** From now on the laws are looked at after every slice. */
  async laws(): Promise<LawReport> {
    await this.prepare();
    this.#holdsLaws = true;
    return this.engine.laws();
  }

  get engine(): Engine {
    if (this.#engine === null) throw new Error('the engine has not been started');
    return this.#engine;
  }

  /** All that there is to see, for somebody who has seen nothing; what the page is sent next goes on from there. Null before the start. */
  everything(): { readonly frame: Frame; readonly status: HostStatus } | null {
    if (this.#engine === null) return null;
    const now = this.#around.now();
    this.#sendFrame(now);
    return { frame: this.#engine.observe(null), status: this.#status(now) };
  }

  get inFlight(): boolean {
    return this.#errands.length > 0;
  }

  /** After a crash: the last checkpoint, or a new start where there is none. */
  resume(): void {
    this.#crashed = false;
    if (this.#lastCheckpoint === null || !this.#resumeFrom(this.#lastCheckpoint)) this.#startAnew();
    this.#wake();
  }

  /** The page is about to go, of which it hears more than once. */
  hide(): void {
    if (this.#engine?.nextEvent !== this.#keptEvent || this.#pace !== this.#lastCheckpoint?.pace) this.checkpoint();
  }

  /** Keeps the run as it is now. */
  checkpoint(): void {
    if (this.#engine === null || this.#crashed || this.#travel?.isPast === true) return;
    const began = this.#around.now();
    this.#keptEvent = this.#engine.nextEvent;
    const { seed, scenario, name } = this.#options;
    const run: StoredRun = {
      seed,
      scenario,
      ...(name === undefined ? {} : { name }),
      cluster: this.#spec!,
      pace: this.#pace,
      now: this.#engine.now,
      keptAt: this.#around.date(),
      saved: this.#engine.save(),
      tracks: this.#travel?.kept ?? null,
    };
    this.#lastCheckpoint = run;
    const now = this.#around.now();
    this.#nextCheckpointAt = now + Math.max(CHECKPOINT_EVERY_MS, (now - began) * CHECKPOINT_SHARE);
    void this.#keep(run);
  }

  async #keep(run: StoredRun): Promise<void> {
    const problem = await this.#around.checkpoints.store(run);
    if (problem === this.#unkept) return;
    this.#unkept = problem;
    this.#sendFrame(this.#around.now());
  }

  /** What the run is kept as. */
  get key(): string {
    return runKey(this.#options);
  }

  /**
   * Keeps the run under a name from now on. `moved`: what it was kept as before is let go, otherwise it stays as it was.
   *
   * @returns false: another one has that name
   */
  async keepAs(name: string, moved: boolean): Promise<boolean> {
    const { checkpoints } = this.#around;
    const { key } = this;
    if (key === runKey({ ...this.#options, name })) return true;
    if ((await checkpoints.load(runKey({ ...this.#options, name }))) !== null) return false;
    this.#options = { ...this.#options, name };
    this.checkpoint();
    if (moved) await checkpoints.remove(key);
    this.#sendFrame(this.#around.now());
    return true;
  }

  /** What was done in a kept cluster; null: it is none that this engine can read. */
  async recordingOf(key: string): Promise<Recording | null> {
    const stored = await this.#around.checkpoints.load(key);
    if (stored === null) return null;
    await this.prepare();
    const engine = this.#engineOf(stored);
    return engine === null ? null : wholeRecording(engine);
  }

  #startAnew(): void {
    const { seed } = this.#options;
    const cluster = this.#spec!;
    this.#begin(newEngine({ seed, cluster }), false);
    if (this.#options.recording !== undefined) return this.#play(this.#options.recording);
    const readiness = new Readiness(cluster);
    this.#runErrand({
      until: START_WITHIN,
      seen: (frame) => readiness.seen(frame),
      lookEvery_events: LOOK_AT_START_EVENTS,
      done: () => this.checkpoint(),
    });
  }

  /** A shared run, to where it was recorded. */
  #play({ inputs, until, hash }: Recording): void {
    this.engine.expect(inputs);
    this.#pace = { type: 'paused' };
    this.#runErrand({
      until,
      done: () => {
        this.#replayed = this.engine.hash() === hash;
        this.checkpoint();
      },
    });
  }

  /** The run so far, to be played again. */
  recording(): Recording {
    return wholeRecording(this.engine);
  }

  /** What came after the checkpoint had no inputs, or they would have made another: it comes again just the same. */
  #goOnTo({ at, pace }: NonNullable<StartOptions['left']>): void {
    this.#pace = pace;
    if (at > this.#now()) this.#runErrand({ until: at, done: () => this.checkpoint() });
  }

  /** @returns false when the stored run is of another engine */
  #resumeFrom(stored: StoredRun): boolean {
    const engine = this.#engineOf(stored);
    if (engine === null) return false;
    this.#pace = stored.pace;
    this.#lastCheckpoint = stored;
    this.#begin(engine, true, stored.tracks);
    return true;
  }

  #engineOf({ seed, cluster, saved }: StoredRun): Engine | null {
    const engine = newEngine({ seed, cluster });
    try {
      engine.restore(saved);
      return engine;
    } catch {
      return null;
    }
  }

  #begin(engine: Engine, resumed: boolean, tracks: KeptTracks | null = null): void {
    this.#engine = engine;
    this.#resumed = resumed;
    this.#cursor = null;
    // Whoever went to a moment hears that it is over; nobody else's errand can be done here.
    for (const errand of this.#errands.splice(0)) if (errand.quiet === true) errand.done(null);
    this.#answers.clear();
    this.#lastFrameAt = -Infinity;
    this.#travel = this.#late === null ? null : new this.#late.Travel(this.#traveller(), tracks);
    this.#rebase();
  }

  #traveller(): Late.Traveller {
    const { seed } = this.#options;
    const setPace = (pace: Pace): void => this.setPace(pace);
    const paceNow = (): Pace => this.#pace;
    return {
      engine: this.engine,
      get pace() {
        return paceNow();
      },
      set pace(pace) {
        setPace(pace);
      },
      fresh: () => newEngine({ seed, cluster: this.#spec! }),
      now: () => this.#around.now(),
      turn: () => new Promise((resolve) => this.#around.later(0, resolve)),
      leave: () => {
        if (!this.#travel!.isPast) this.checkpoint();
        for (const errand of this.#errands.splice(0)) errand.done(null);
      },
      stand: () => {
        this.#stands = true;
        this.#sendFrame(this.#around.now());
      },
      runTo: (until) => new Promise((resolve) => this.#runErrand({ until, quiet: true, done: () => resolve() })),
    };
  }

  #runErrand(errand: Errand): void {
    this.#stands = false;
    this.#errands.push(errand);
    this.#wake();
  }

  #now(): number {
    return this.engine.now;
  }

  #rebase(): void {
    if (this.#engine === null) return;
    this.#originReal = this.#around.now();
    this.#originVirtual = this.#engine.now;
  }

  #wake(): void {
    if (this.#scheduled || this.#crashed || this.#engine === null) return;
    this.#scheduled = true;
    this.#around.later(0, () => this.#slice());
  }

  #slice(): void {
    this.#scheduled = false;
    if (this.#crashed) return;
    try {
      const busy = this.#run();
      const now = this.#around.now();
      this.#travel?.worked(now - this.#sliceBegan, now);
      const due = now - this.#lastFrameAt >= FRAME_MS && this.#errands[0]?.quiet !== true;
      if (due) this.#sendFrame(now);
      if (now >= this.#nextCheckpointAt && this.#pace.type !== 'paused') this.checkpoint();
      this.#goOn(busy, due);
    } catch (error) {
      if (error instanceof LateCodeMissing && this.#mending === null) this.#mending = this.#mend(error);
      else this.#reportCrash(error);
    }
  }

  /**
   * A cluster that nobody has touched came to need late code after all: it is loaded, and the run goes again from the last
   * checkpoint, or from its start, to where it broke off. No action has been lost, since all of them wait for late code.
   */
  async #mend(missing: LateCodeMissing): Promise<void> {
    this.#scheduled = true; // It does not run meanwhile.
    const errands = this.#errands.splice(0);
    const at = this.#now();
    try {
      await this.prepare();
      await this.#around.loadApiModels();
      const pace = this.#pace; // Perhaps chosen since the checkpoint was made.
      if (this.#lastCheckpoint === null || !this.#resumeFrom(this.#lastCheckpoint)) this.#startAnew();
      this.#pace = pace;
      this.#runErrand({ until: at, done: () => this.checkpoint() });
      this.#errands.push(...errands);
    } catch {
      this.#reportCrash(missing);
    }
    this.#mending = null;
    this.#scheduled = false;
    this.#wake();
  }

  #goOn(busy: boolean, sent: boolean): void {
    if (busy || this.inFlight) return this.#wake();
    if (this.#pace.type === 'paused' && sent) {
      if (this.engine.nextEvent !== this.#keptEvent) this.checkpoint(); // It may stand here for long.
      return;
    }
    this.#scheduled = true;
    this.#around.later(FRAME_MS / 2, () => this.#slice());
  }

  /** Runs the engine for at most a slice. @returns whether there is more to do right now */
  #run(): boolean {
    const start = (this.#sliceBegan = this.#around.now());
    const errand = this.#errands[0];
    if (this.#stands) return false;
    const target = errand?.until ?? this.#target(start);
    const engine = this.engine;
    const before = engine.now;
    const events = errand?.lookEvery_events ?? CHUNK_EVENTS;
    const budget = errand?.breakpoint === undefined ? { events } : { events, breakpoint: errand.breakpoint };
    for (;;) {
      const result = engine.run(target, budget);
      if (this.#holdsLaws) engine.laws();
      this.#meter.count(result.events);
      if (result.stopped === 'breakpoint') {
        this.#stands = true;
        this.#finish(errand!, result.met!);
        break;
      }
      if (result.stopped === 'until') {
        if (errand === undefined) break;
        this.#finish(errand, null);
        break;
      }
      if (errand?.seen?.(engine.observe(this.#cursor)) === true) {
        this.#finish(errand, null);
        break;
      }
      if (this.#around.now() - start >= SLICE_MS) {
        this.#forgive(start);
        this.#meter.advance(engine.now - before);
        return true;
      }
    }
    this.#meter.advance(engine.now - before);
    return this.inFlight;
  }

  #target(realNow: number): number {
    switch (this.#pace.type) {
      case 'paused':
        return this.engine.now;
      case 'max':
        return this.engine.now + SKIP_WITHIN;
      case 'speed':
        return Math.floor(this.#originVirtual + (realNow - this.#originReal) * 1000 * this.#pace.factor);
    }
  }

  /** A run that cannot keep its pace goes as fast as it can and owes nothing. */
  #forgive(realNow: number): void {
    if (this.#pace.type !== 'speed') return;
    const debt = (this.#target(realNow) - this.engine.now) / (1000 * this.#pace.factor);
    if (debt > MAX_DEBT_MS) this.#rebase();
  }

  #finish(errand: Errand, met: Met | null): void {
    this.#errands.splice(this.#errands.indexOf(errand), 1);
    this.#travel?.moved();
    this.#sendFrame(this.#around.now());
    this.#rebase();
    errand.done(met);
  }

  #sendFrame(now: number): Frame {
    const frame = this.engine.observe(this.#cursor);
    this.#cursor = frame.cursor;
    this.#events = frame.events;
    this.#lastFrameAt = now;
    this.#around.frame(frame, this.#status(now));
    for (const answer of frame.answers) this.#answers.get(answer.ticket)?.(answer);
    return frame;
  }

  #status(now: number): HostStatus {
    return {
      pace: this.#pace,
      measuredSpeed: this.#meter.speed(now),
      eventsPerSecond: this.#meter.eventsPerSecond(now),
      seed: this.#options.seed,
      scenario: this.#options.scenario,
      resumed: this.#resumed,
      ...(this.#options.name === undefined ? {} : { name: this.#options.name }),
      ...(this.#unkept === null ? {} : { unkept: this.#unkept }),
      ...(this.#replayed === undefined ? {} : { replayed: this.#replayed }),
      ...(this.#travel === null ? {} : { time: this.#travel.status }),
    };
  }

  #reportCrash(error: unknown): void {
    this.#crashed = true;
    const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
    const recording = this.#recordingText();
    const report = JSON.stringify({ message, stack, recording }, null, 2);
    this.#around.crash({
      message,
      stack,
      seed: this.#options.seed,
      events: this.#events,
      report,
      canResume: this.#lastCheckpoint !== null,
    });
  }

  /** The recording of a run that broke; its hash may not be computable any more. */
  #recordingText(): unknown {
    try {
      return this.engine.recording();
    } catch (error) {
      return { error: String(error) };
    }
  }
}
