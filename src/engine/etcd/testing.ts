/**
 * A world small enough for tests of one or two processes: messages in order, timers, disks that forget what was not
 * synced, no network. The real world is the kernel.
 */
import type { Context, Disk, EventId, Message, ProcessDefinition, ProcessId } from '#engine/kernel/process';
import { type Random, type RandomState, seedState, StatefulRandom } from '#engine/kernel/random';
import type { Micros } from '#engine/kernel/time';

interface Queued {
  readonly at: Micros;
  readonly seq: EventId;
  readonly to: ProcessId;
  readonly from: ProcessId | null;
  readonly message: Message;
  /** A sync that is done when this is delivered. */
  readonly safe?: { readonly file: File; readonly records: unknown[] };
}

interface File {
  records: unknown[];
  synced: unknown[] | null;
}

interface Running {
  readonly definition: ProcessDefinition<unknown, unknown>;
  readonly args: unknown;
  state: unknown;
}

/** How long an fsync takes here, µs. */
const SYNC_TIME: Micros = 500;

export class SmallWorld {
  now: Micros = 0;
  #seq = 0;
  #queue: Queued[] = [];
  readonly #processes = new Map<ProcessId, Running>();
  readonly #inboxes = new Map<ProcessId, { from: ProcessId | null; message: Message; at: Micros }[]>();
  readonly #files = new Map<string, Map<string, File>>();
  readonly #randoms = new Map<string, RandomState>();
  readonly #monitors = new Set<string>();
  readonly logs: string[] = [];

  /** Starts a process. */
  start<State, Args>(id: ProcessId, definition: ProcessDefinition<State, Args>, args: Args): void {
    const running: Running = { definition: definition as ProcessDefinition<unknown, unknown>, args, state: null };
    this.#processes.set(id, running);
    this.#boot(id, running);
  }

  /** An address whose messages are kept for the test. */
  listen(id: ProcessId): void {
    this.#inboxes.set(id, []);
  }

  /** What came to a listener since the last time. */
  take(id: ProcessId): Message[] {
    return this.#inboxes.get(id)!.splice(0).map((entry) => entry.message);
  }

  send(from: ProcessId, to: ProcessId, message: Message): void {
    this.#push({ at: this.now, seq: 0, to, from, message });
  }

  /** Ends a process and starts it again; with `powerLoss` its machine forgets what was not synced. */
  restart(id: ProcessId, powerLoss: boolean): void {
    this.stop(id, powerLoss);
    this.#boot(id, this.#processes.get(id)!);
  }

  stop(id: ProcessId, powerLoss: boolean): void {
    const running = this.#processes.get(id)!;
    running.state = null;
    this.#queue = this.#queue.filter((entry) => entry.to !== id);
    for (const pair of this.#monitors) {
      const [watching, target] = pair.split('>') as [ProcessId, ProcessId];
      if (target !== id) continue;
      this.#monitors.delete(pair);
      const down = { type: 'kernel/down', process: id };
      this.#push({ at: this.now, seq: 0, to: watching, from: null, message: down });
    }
    if (!powerLoss) return;
    const files = this.#filesOf(id);
    for (const [name, file] of files) {
      if (file.synced === null) files.delete(name);
      else file.records = file.synced.slice();
    }
  }

  boot(id: ProcessId): void {
    this.#boot(id, this.#processes.get(id)!);
  }

  stateOf(id: ProcessId): unknown {
    return this.#processes.get(id)!.state;
  }

  /** Runs until nothing is due before `until`. */
  run(until: Micros): void {
    for (;;) {
      const next = this.#queue[0];
      if (next === undefined || next.at > until) break;
      this.#queue.shift();
      this.now = next.at;
      if (next.safe !== undefined) next.safe.file.synced = next.safe.records;
      const inbox = this.#inboxes.get(next.to);
      if (inbox !== undefined) {
        inbox.push({ from: next.from, message: next.message, at: next.at });
        continue;
      }
      const running = this.#processes.get(next.to);
      if (running === undefined || running.state === null) {
        if (next.from === null) continue;
        const refused = { type: 'kernel/refused', to: next.to, message: next.message };
        this.#push({ at: this.now, seq: 0, to: next.from, from: null, message: refused });
        continue;
      }
      running.definition.handle(running.state, next.message, this.#context(next.to, next.from, next.seq));
    }
    this.now = Math.max(this.now, until);
  }

  /** Runs so many µs further. */
  advance(micros: Micros): void {
    this.run(this.now + micros);
  }

  #boot(id: ProcessId, running: Running): void {
    running.state = running.definition.start(this.#context(id, null, ++this.#seq), running.args);
  }

  #push(entry: Queued): EventId {
    const seq = ++this.#seq;
    const queued: Queued = { ...entry, seq };
    let at = this.#queue.length;
    while (at > 0 && this.#queue[at - 1]!.at > queued.at) at--;
    this.#queue.splice(at, 0, queued);
    return seq;
  }

  #filesOf(id: ProcessId): Map<string, File> {
    const machine = id.slice(0, id.indexOf('/'));
    let files = this.#files.get(machine);
    if (files === undefined) this.#files.set(machine, (files = new Map()));
    return files;
  }

  #disk(id: ProcessId): Disk {
    const files = this.#filesOf(id);
    const fileOf = (name: string): File => {
      let file = files.get(name);
      if (file === undefined) files.set(name, (file = { records: [], synced: null }));
      return file;
    };
    return {
      append: (name, record) => void fileOf(name).records.push(record),
      replace: (name, records) => void (fileOf(name).records = [...records]),
      read: (name) => files.get(name)?.records ?? [],
      remove: (name) => void files.delete(name),
      files: (prefix) => [...files.keys()].filter((name) => name.startsWith(prefix)).sort(),
      sync: (name, done) => {
        const file = fileOf(name);
        const safe = file.records.slice();
        this.#push({ at: this.now + SYNC_TIME, seq: 0, to: id, from: null, message: done, safe: { file, records: safe } });
      },
    };
  }

  #context(self: ProcessId, from: ProcessId | null, event: EventId): Context {
    const random = (purpose: string): Random => {
      const name = `${self} ${purpose}`;
      let state = this.#randoms.get(name);
      if (state === undefined) this.#randoms.set(name, (state = seedState(1, name)));
      return new StatefulRandom(state);
    };
    return {
      now: this.now,
      monotonic: this.now,
      self,
      machine: self.slice(0, self.indexOf('/')),
      from,
      event,
      because: () => undefined,
      random,
      send: (to, message) => void this.#push({ at: this.now, seq: 0, to, from: self, message }),
      after: (delay, message) => this.#push({ at: this.now + delay, seq: 0, to: self, from: null, message }),
      cancel: (timer) => {
        if (timer !== null) this.#queue = this.#queue.filter((entry) => entry.seq !== timer);
      },
      monitor: (target) => void this.#monitors.add(`${self}>${target}`),
      disk: this.#disk(self),
      log: (line) => void this.logs.push(`${self}: ${line}`),
      explain: () => undefined,
    };
  }
}
