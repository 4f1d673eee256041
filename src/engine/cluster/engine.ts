/** The engine behind its door: a cluster that can be run, influenced, observed, explained, saved and restored. */
import { LateCode } from '#engine/late/late-code';
import type { KernelOptions } from '#engine/kernel/run';
import type { CauseRecord } from '#engine/kernel/causes';
import { copyCounted, copyPlain, deepFreeze } from '#engine/kernel/plain-data';
import type { EventId } from '#engine/kernel/process';
import { exposeKernel, hashKernel, loadKernel, type SavedKernel } from '#engine/kernel/save';
import type { Micros } from '#engine/kernel/time';
import { type Cluster, type ClusterState, newCluster } from './cluster';
import type {
  Action,
  Budget,
  Checkpoint,
  CloserLook,
  CloserLooks,
  ClusterSpec,
  Cursor,
  Engine,
  Frame,
  RecordedInput,
  Recording,
  RunResult,
  SavedEngine,
  Why,
} from './door';
import type { Said } from '#engine/kubectl/invocation';
import type { breakpointOf } from './milestones';
import type { closerLook } from './looks';
import { Observer } from './observe/observer';
import type { LawReport } from './laws/report';
import type { Laws } from './laws/laws';
import type { Subject } from './records';
import type { explainSubject } from './why';
import type { explainAbsence } from './why-not';

/** Recordings and saved states of another version are refused: they would not give the same run. */
export const ENGINE_VERSION = 'kubarium.dev/engine-1';

/** Measured: an hour of the default cluster, a checkpoint a minute, with what they alone keep alive. */
const BYTES_PER_OBJECT = 170;

interface SavedState {
  readonly seed: number;
  readonly spec: ClusterSpec;
  readonly kernel: SavedKernel;
  readonly cluster: ClusterState;
  readonly inputs: readonly RecordedInput[];
  /** What was shared because it is immutable: frozen again after a clone, which thaws. */
  readonly immutable: readonly object[];
}

export interface EngineOptions extends KernelOptions {
  readonly cluster: ClusterSpec;
}

/** Tells why something is as it is. Nobody asks before the code that comes late is there. */
export const explainer = new LateCode<{
  readonly explainSubject: typeof explainSubject;
  readonly explainAbsence: typeof explainAbsence;
  readonly closerLook: typeof closerLook;
}>('the explanation of causes');

/** Holds the laws of a cluster. */
export const lawBook = new LateCode<typeof Laws>('the laws');

/** Where a run stops before its time. */
export const breakpoints = new LateCode<typeof breakpointOf>('breakpoints');

/** A new engine at virtual time 0. */
export const newEngine = (options: EngineOptions): Engine => new ClusterEngine(options);

/**
 * An engine at the start of a recording, with all its inputs still to come: `run(recording.until)` replays it.
 *
 * @throws Error when another version made the recording
 */
export function engineOf(recording: Recording, options: Omit<KernelOptions, 'seed'> = {}): Engine {
  if (recording.version !== ENGINE_VERSION) {
    throw new Error(
      `this recording was made by ${recording.version}; this is ${ENGINE_VERSION}, which would not give the same run`,
    );
  }
  const engine = new ClusterEngine({ ...options, seed: recording.seed, cluster: recording.cluster });
  engine.expect(recording.inputs);
  return engine;
}

/** The run so far, to be played again. All of this moment is in it: nobody could stop in the middle of one again. */
export function wholeRecording(engine: Engine): Recording {
  while (engine.run(engine.now, { events: Infinity }).stopped !== 'until');
  return engine.recording();
}

class ClusterEngine implements Engine {
  readonly #options: EngineOptions;
  readonly #cluster: Cluster;
  #inputs: RecordedInput[] = [];
  #observer: Observer;
  #lives = 1;
  /** Null: nobody has asked. */
  #laws: Laws | null = null;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#cluster = newCluster(options.cluster, options);
    this.#observer = new Observer(this.#cluster.kernel, this.#lives);
  }

  get now(): Micros {
    return this.#cluster.kernel.now;
  }

  get nextEvent(): EventId {
    return this.#cluster.kernel.causes.next;
  }

  run(until: Micros, budget: Budget): RunResult {
    const { kernel } = this.#cluster;
    const reached = budget.breakpoint === undefined ? null : breakpoints.code(budget.breakpoint, kernel);
    let met: RunResult['met'];
    const pause = reached === null ? undefined : (): boolean => (met = reached() ?? undefined) !== undefined;
    const { events, stopped } = kernel.run(until, budget.events, pause);
    return { now: kernel.now, events, stopped, ...(met === undefined ? {} : { met }) };
  }

  input(action: Action): Micros {
    const at = this.#cluster.kernel.input(action);
    this.#inputs.push(Object.freeze({ at, action }));
    return at;
  }

  get inputs(): readonly RecordedInput[] {
    return this.#inputs;
  }

  expect(inputs: readonly RecordedInput[]): void {
    const { kernel } = this.#cluster;
    const past = this.#inputs.length - kernel.inputs.length;
    const coming = inputs.slice(past);
    // What waits of a moment that has begun stays: nothing new could be scheduled for it.
    const others = kernel.inputs.findIndex(({ at }, i) => at > kernel.lastHandledAt || coming[i]?.at !== at);
    const waiting = others < 0 ? kernel.inputs.length : others;
    this.#inputs.length = past + waiting;
    kernel.inputs = kernel.inputs.slice(0, waiting);
    for (const input of coming.slice(waiting)) {
      kernel.scheduleInput({ at: input.at, input: input.action });
      this.#inputs.push(Object.freeze(input));
    }
  }

  event(id: EventId): CauseRecord | null {
    return this.#cluster.kernel.causeOf(id);
  }

  observe(cursor: Cursor | null): Frame {
    return this.#observer.frame(cursor, [...this.#cluster.state.faults.active.values()]);
  }

  listen(listener: ((said: Said) => void) | null): void {
    this.#cluster.kernel.listener = listener as ((word: object) => void) | null;
  }

  object(subject: Subject): unknown {
    return this.#observer.object(subject);
  }

  objects(): readonly unknown[] {
    this.#observer.catchUp();
    return [...this.#observer.belief.objects()];
  }

  why(subject: Subject, absentFrom?: string): Why {
    const { kernel } = this.#cluster;
    this.#observer.catchUp();
    const sources = { kernel, belief: this.#observer.belief, inputs: this.#inputs };
    const { explainSubject, explainAbsence } = explainer.code;
    return absentFrom === undefined ? explainSubject(sources, subject) : explainAbsence(sources, subject, absentFrom);
  }

  look<What extends CloserLook>(what: What): CloserLooks[What['type']] {
    return explainer.code.closerLook(this.#cluster.kernel, what);
  }

  laws(): LawReport {
    const { kernel, state } = this.#cluster;
    this.#laws ??= new lawBook.code(kernel, null);
    return this.#laws.look(state.faults.active.size, this.#inputs);
  }

  save(): SavedEngine {
    const immutable: object[] = [];
    return this.#saved(immutable, (shared) => immutable.push(shared)).saved;
  }

  checkpoint(): Checkpoint {
    return this.#saved([]);
  }

  #saved(immutable: readonly object[], onShared?: (shared: object) => void): Checkpoint {
    const { kernel, spec, state } = this.#cluster;
    const whole = { kernel: exposeKernel(kernel), cluster: state, inputs: this.#inputs };
    const { copy, objects } = copyCounted(whole, onShared);
    const saved: SavedState = { seed: kernel.seed, spec, ...copy, immutable };
    return { saved: { version: ENGINE_VERSION, state: saved }, bytes: objects * BYTES_PER_OBJECT };
  }

  /** @throws Error when another version, seed or cluster made the state */
  restore(saved: SavedEngine): void {
    if (saved.version !== ENGINE_VERSION)
      throw new Error(`this state was saved by ${saved.version}; this is ${ENGINE_VERSION}`);
    const state = saved.state as SavedState;
    if (state.seed !== this.#options.seed)
      throw new Error(`this state is of seed ${state.seed}, not ${this.#options.seed}`);
    for (const shared of state.immutable) deepFreeze(shared);
    const { kernel, cluster, inputs } = copyPlain({
      kernel: state.kernel,
      cluster: state.cluster,
      inputs: state.inputs,
    });
    loadKernel(this.#cluster.kernel, kernel);
    this.#cluster.state = cluster;
    this.#inputs = [...inputs];
    this.#observer = new Observer(this.#cluster.kernel, ++this.#lives);
    if (this.#laws !== null) this.#laws = new lawBook.code(this.#cluster.kernel, this.#laws);
  }

  hash(): string {
    return hashKernel(this.#cluster.kernel);
  }

  recording(): Recording {
    const { kernel } = this.#cluster;
    const { seed, now } = kernel;
    return {
      version: ENGINE_VERSION,
      seed,
      cluster: this.#cluster.spec,
      inputs: this.#inputs.filter(({ at }) => at <= now),
      until: now,
      // A run that is looked at in its past expects more, which is not in the recording.
      hash: hashKernel(
        kernel,
        kernel.inputs.filter(({ at }) => at <= now),
      ),
    };
  }
}
