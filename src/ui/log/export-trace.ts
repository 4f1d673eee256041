/**
 * The log as a trace that Perfetto's UI and chrome://tracing open: a track for each process of each machine, pods from their
 * binding to their start, faults as long as they last, who leads etcd, and how many requests change something. Pure.
 *
 * @source Trace Event Format (the document of Chrome's tracing project): phases M, i, B, E, b, e, C; `ts` in microseconds
 */
import type { Micros } from '#engine/kernel/time';
import { SECOND } from '#engine/kernel/time';
import type { RunName } from './export-rows';
import type { LogRow } from './log-row';
import { shownText } from './shown-text';

export interface TraceEvent {
  readonly name: string;
  readonly cat?: string;
  readonly ph: 'M' | 'i' | 'B' | 'E' | 'b' | 'e' | 'C';
  /** Microseconds. */
  readonly ts: Micros;
  readonly pid: number;
  readonly tid: number;
  /** Of b and e: which belong together. */
  readonly id?: string;
  /** Of i: it is drawn on its thread. */
  readonly s?: 't';
  readonly args?: Readonly<Record<string, unknown>>;
}

const CLUSTER = 'cluster';
const POD_TRACK = 'Pods';
const FAULT_TRACK = 'Faults and inputs';
const MOST_TEXT = 2_000;

/** Numbers for machines and their processes, as they come up. */
class Tracks {
  readonly events: TraceEvent[] = [];
  readonly #pids = new Map<string, number>();
  readonly #tids = new Map<string, number>();

  of(process: string, thread: string): { readonly pid: number; readonly tid: number } {
    let pid = this.#pids.get(process);
    if (pid === undefined) {
      pid = this.#pids.size + 1;
      this.#pids.set(process, pid);
      this.#tell(pid, 0, 'process_name', { name: process });
      this.#tell(pid, 0, 'process_sort_index', { sort_index: pid });
    }
    const key = `${process}/${thread}`;
    let tid = this.#tids.get(key);
    if (tid === undefined) {
      tid = this.#tids.size + 1;
      this.#tids.set(key, tid);
      this.#tell(pid, tid, 'thread_name', { name: thread });
    }
    return { pid, tid };
  }

  ofProcess(id: string): { readonly pid: number; readonly tid: number } {
    const slash = id.indexOf('/');
    return slash < 0 ? this.of(CLUSTER, id) : this.of(id.slice(0, slash), id.slice(slash + 1));
  }

  #tell(pid: number, tid: number, name: string, args: TraceEvent['args'] & object): void {
    this.events.push({ name, ph: 'M', ts: 0, pid, tid, args });
  }
}

/** Stretches of one thing that lie within each other: whatever is inside ends no later than what it is in. */
class Nest {
  readonly #open: string[] = [];
  readonly #tell: (ph: 'b' | 'e', name: string, ts: Micros) => void;

  constructor(tell: (ph: 'b' | 'e', name: string, ts: Micros) => void) {
    this.#tell = tell;
  }

  begin(name: string, ts: Micros): void {
    if (this.#open.includes(name)) return;
    this.#open.push(name);
    this.#tell('b', name, ts);
  }

  end(name: string, ts: Micros): void {
    if (!this.#open.includes(name)) return;
    for (;;) {
      const last = this.#open.pop()!;
      this.#tell('e', last, ts);
      if (last === name) return;
    }
  }

  endAll(ts: Micros): void {
    const first = this.#open[0];
    if (first !== undefined) this.end(first, ts);
  }
}

const STARTING = 'starting';
const PULLING = 'pulling the image';

/** What an Event of a pod begins and ends. */
function onPodEvent(nest: Nest, pod: string, reason: string, at: Micros): void {
  nest.begin(pod, at);
  switch (reason) {
    case 'Scheduled':
      return nest.begin(STARTING, at);
    case 'Pulling':
      return nest.begin(PULLING, at);
    case 'Pulled':
      return nest.end(PULLING, at);
    case 'Started':
    case 'Failed':
      return nest.end(STARTING, at);
    case 'Killing':
      return nest.end(pod, at);
  }
}

/** Who leads etcd, from its members' own words, as stretches on the leader's track. */
function leaders(rows: readonly LogRow[], until: Micros, tracks: Tracks, events: TraceEvent[]): void {
  let open: { readonly process: string; readonly name: string } | null = null;
  const close = (ts: Micros): void => {
    if (open !== null) events.push({ name: open.name, cat: 'raft', ph: 'E', ts, ...tracks.ofProcess(open.process) });
    open = null;
  };
  for (const { source, process, message, at } of rows) {
    const term = source === 'raft' ? /became leader at term (\d+)/.exec(message)?.[1] : undefined;
    if (term === undefined) continue;
    close(at);
    open = { process, name: `leader, term ${term}` };
    events.push({ name: open.name, cat: 'raft', ph: 'B', ts: at, ...tracks.ofProcess(process) });
  }
  close(until);
}

/** Requests that change something, counted for each second in which there are any, and once after. */
function counters(rows: readonly LogRow[], tracks: Tracks, events: TraceEvent[]): void {
  const seconds = new Map<number, number>();
  for (const { source, at } of rows) {
    if (source !== 'audit') continue;
    const second = Math.floor(at / SECOND);
    seconds.set(second, (seconds.get(second) ?? 0) + 1);
    if (!seconds.has(second + 1)) seconds.set(second + 1, 0);
  }
  const { pid } = tracks.of(CLUSTER, FAULT_TRACK);
  const name = 'changing requests per second';
  for (const [second, requests] of seconds) {
    events.push({ name, ph: 'C', ts: second * SECOND, pid, tid: 0, args: { requests } });
  }
}

/**
 * @param rows - oldest first
 * @param until - what lasts on ends here in the trace
 */
export function traceEvents(rows: readonly LogRow[], until: Micros): readonly TraceEvent[] {
  const tracks = new Tracks();
  const events: TraceEvent[] = [];
  const pods = new Map<string, Nest>();
  const faults = new Map<string, Nest>();
  const nestOf = (nests: Map<string, Nest>, cat: string, id: string, track: string): Nest => {
    let nest = nests.get(id);
    if (nest === undefined) {
      const place = tracks.of(CLUSTER, track);
      nests.set(id, (nest = new Nest((ph, name, ts) => events.push({ name, cat, ph, ts, id, ...place }))));
    }
    return nest;
  };
  for (const row of rows) {
    const { at, source, from, reason, message, object, namespace, severity, process } = row;
    const args = { message: shownText(message, MOST_TEXT), object, namespace, severity, from };
    const place =
      source === 'event'
        ? tracks.of(CLUSTER, `Events of ${from}`)
        : process === ''
          ? tracks.of(CLUSTER, FAULT_TRACK)
          : tracks.ofProcess(process);
    const name = shownText(reason === '' ? message : source === 'event' ? `${reason} ${object}` : reason, 80);
    events.push({ name: name === '' ? source : name, cat: source, ph: 'i', ts: at, ...place, s: 't', args });
    if (source === 'event' && row.subject?.kind === 'Pod') {
      const pod = `${namespace}/${row.subject.name}`;
      onPodEvent(nestOf(pods, 'pod', `pod/${pod}`, POD_TRACK), pod, reason, at);
    } else if (source === 'fault' && severity === 'warning') {
      const fault = `${reason} ${object}`.trim();
      nestOf(faults, 'fault', `fault/${fault}`, FAULT_TRACK).begin(fault, at);
    } else if (source === 'fault') faults.get(`fault/${`${reason} ${object}`.trim()}`)?.endAll(at);
  }
  for (const nest of [...pods.values(), ...faults.values()]) nest.endAll(until);
  leaders(rows, until, tracks, events);
  counters(rows, tracks, events);
  return [...tracks.events, ...events.sort((a, b) => a.ts - b.ts)];
}

/** The file itself, one event a line. */
export function traceOf(rows: readonly LogRow[], until: Micros, run: RunName): string {
  const lines = traceEvents(rows, until).map((event) => JSON.stringify(event));
  return `{"displayTimeUnit":"ms","otherData":${JSON.stringify(run)},"traceEvents":[\n${lines.join(',\n')}\n]}\n`;
}
