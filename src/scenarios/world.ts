/** The cluster as an observer knows it: frames put together. Looks through the Engine door only and changes nothing. */
import '#engine/cluster/late-code';
import type { Action, Answer, Cursor, Engine, Frame } from '#engine/cluster/door';
import type {
  EventRecord,
  FaultRecord,
  MachineRecord,
  NodeRecord,
  ObjectRecord,
  Subject,
} from '#engine/cluster/records';

/** What else wants to know what happens, e.g. a trace. */
export interface Witness {
  frame(frame: Frame): void;
  input(at: number, action: Action): void;
}

export class World {
  readonly #engine: Engine;
  readonly #witness: Witness | null;
  readonly #records = new Map<string, ObjectRecord>();
  readonly #byKind = new Map<string, Map<string, ObjectRecord>>();
  readonly #answers = new Map<string, Answer>();
  readonly machines = new Map<string, MachineRecord>();
  faults: readonly FaultRecord[] = [];
  #cursor: Cursor | null = null;

  constructor(engine: Engine, witness: Witness | null = null) {
    this.#engine = engine;
    this.#witness = witness;
    this.refresh();
  }

  get now(): number {
    return this.#engine.now;
  }

  /** Runs on by so much virtual time, in microseconds. */
  advance(by: number): void {
    const until = this.#engine.now + by;
    while (this.#engine.run(until, { events: Infinity }).stopped !== 'until');
    this.refresh();
  }

  /** Acts on the cluster and runs on to the moment of it. */
  act(action: Action): void {
    const at = this.#engine.input(action);
    this.#witness?.input(at, action);
    this.advance(Math.max(0, at - this.now));
  }

  /** Takes in what happened since the last look. */
  refresh(): void {
    const frame = this.#engine.observe(this.#cursor);
    this.#cursor = frame.cursor;
    if (frame.full) {
      this.#records.clear();
      this.#byKind.clear();
      this.machines.clear();
    }
    for (const record of frame.set) this.#put(record);
    for (const uid of frame.gone) this.#delete(uid);
    for (const machine of frame.machines) this.machines.set(machine.name, machine);
    for (const name of frame.machinesGone) this.machines.delete(name);
    for (const answer of frame.answers) this.#answers.set(answer.ticket, answer);
    this.faults = frame.faults;
    this.#witness?.frame(frame);
  }

  /** What became of an action; undefined as long as there is no answer. */
  answer(ticket: string): Answer | undefined {
    return this.#answers.get(ticket);
  }

  /** All objects of a kind, in order of their appearance. */
  records(kind: string): Iterable<ObjectRecord> {
    return this.#byKind.get(kind)?.values() ?? [];
  }

  get nodes(): readonly NodeRecord[] {
    return [...this.records('Node')].filter((record) => record.kind === 'Node');
  }

  get events(): readonly EventRecord[] {
    return [...this.records('Event')].filter((record) => record.kind === 'Event');
  }

  /** The whole object, or null when it is gone. */
  object({ kind, namespace, name }: Subject): unknown {
    return this.#engine.object({ kind, namespace, name });
  }

  #put(record: ObjectRecord): void {
    this.#records.set(record.uid, record);
    let ofKind = this.#byKind.get(record.kind);
    if (ofKind === undefined) this.#byKind.set(record.kind, (ofKind = new Map()));
    ofKind.set(record.uid, record);
  }

  #delete(uid: string): void {
    const kind = this.#records.get(uid)?.kind;
    this.#records.delete(uid);
    if (kind !== undefined) this.#byKind.get(kind)?.delete(uid);
  }
}
