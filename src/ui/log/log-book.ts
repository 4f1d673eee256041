/**
 * All rows of the event log, oldest first: Kubernetes Events as the mirror has them, and what the frames tell of logs,
 * audit, votes and inputs. Tells its readers at most ten times a second that there is more.
 */
import type { RecordedInput } from '#engine/cluster/door';
import type { EventRecord } from '#engine/cluster/records';
import type { Micros } from '#engine/kernel/time';
import type { EngineLink } from '#host/worker/protocol';
import type { UiStore } from '../state/store';
import { LOG_SOURCES, type LogFilter, type LogSource } from '../state/view-slice';
import { enLog } from '../text/en-log';
import { zhLog } from '../text/zh-log';
import type { LogFeed } from './log-feed';
import { passes } from './log-filter';
import { eventRow, inputRow, logRow, peerRow, writeRow, type LogRow } from './log-row';

/** Rows that are kept, Events apart: those expire in the API server. The oldest go in bulk. */
const KEPT = 100_000;
const SURPLUS = 10_000;
/** Real milliseconds between two words to the readers. */
const PAUSE_MS = 100;

export interface LogView {
  /** Those that pass, oldest first. */
  readonly rows: readonly LogRow[];
  /** All rows there are, by source. */
  readonly counts: Readonly<Record<LogSource, number>>;
}

const noCounts = (): Record<LogSource, number> => ({ event: 0, log: 0, audit: 0, raft: 0, fault: 0, input: 0 });

/** Puts a row where it belongs by time: nearly always at the end. */
function insert(rows: LogRow[], row: LogRow): void {
  let place = rows.length;
  while (place > 0 && rows[place - 1]!.at > row.at) place--;
  if (place === rows.length) rows.push(row);
  else rows.splice(place, 0, row);
}

/** Two lists in order of time as one. */
function merged(a: readonly LogRow[], b: readonly LogRow[]): readonly LogRow[] {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const all: LogRow[] = [];
  let next = 0;
  for (const row of a) {
    while (next < b.length && b[next]!.at < row.at) all.push(b[next++]!);
    all.push(row);
  }
  while (next < b.length) all.push(b[next++]!);
  return all;
}

export class LogBook {
  readonly #store: UiStore;
  readonly #link: Pick<EngineLink, 'look'>;
  readonly #rowOfEvent = new WeakMap<EventRecord, LogRow>();
  readonly #readers = new Set<() => void>();
  /** All but Events. */
  #rows: LogRow[] = [];
  #counts = noCounts();
  /** Those of `#rows` that pass `#filter`. */
  #passed: LogRow[] = [];
  #filter: LogFilter | null = null;
  #passes: (row: LogRow) => boolean = () => true;
  #view: LogView | null = null;
  #number = 0;
  #now: Micros = 0;
  #inputs: RecordedInput[] = [];
  #inputsAsked = 0;
  #timeVersion = -1;
  /** The readers are about to be told. */
  #due = false;

  constructor(store: UiStore, link: Pick<EngineLink, 'look'>, feed: LogFeed) {
    this.#store = store;
    this.#link = link;
    feed.hear((frame, { time }) => {
      if (frame.full) this.#forget();
      this.#now = frame.now;
      const rows = [
        ...frame.writes.map((write) => writeRow(write, this.#number++)),
        ...frame.logs.map((record) => logRow(record, this.#number++)),
        ...frame.peerMessages.flatMap((message) => peerRow(message, this.#number++) ?? []),
      ].sort((a, b) => a.at - b.at);
      for (const row of rows) this.#add(row);
      this.#letGo();
      const version = time?.version ?? 0;
      if (frame.full || version !== this.#timeVersion) {
        this.#timeVersion = version;
        void this.#askInputs();
      }
      if (rows.length > 0 || frame.full) this.#changed();
    });
    let { eventLog } = store.getState().mirror;
    let { language } = store.getState();
    store.subscribe((state) => {
      if (state.language !== language) {
        ({ language } = state);
        this.#dropInputs();
        void this.#askInputs();
      }
      if (state.mirror.eventLog === eventLog) return;
      ({ eventLog } = state.mirror);
      this.#changed();
    });
  }

  /** Calls when there is something else to be shown. @returns the way to stop */
  readonly subscribe = (reader: () => void): (() => void) => {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  };

  /** The same value until something has changed. */
  view(filter: LogFilter): LogView {
    if (filter !== this.#filter) {
      this.#filter = filter;
      this.#passes = passes(filter);
      this.#passed = this.#rows.filter(this.#passes);
      this.#view = null;
    }
    if (this.#view !== null) return this.#view;
    const events = this.#store.getState().mirror.eventLog;
    const shown: LogRow[] = [];
    for (const event of events) {
      const row = this.#eventRow(event);
      if (this.#passes(row)) shown.push(row);
    }
    this.#view = { rows: merged(shown, this.#passed.slice()), counts: { ...this.#counts, event: events.length } };
    return this.#view;
  }

  #eventRow(event: EventRecord): LogRow {
    const known = this.#rowOfEvent.get(event);
    if (known !== undefined) return known;
    const made = eventRow(event);
    this.#rowOfEvent.set(event, made);
    return made;
  }

  #add(row: LogRow): void {
    insert(this.#rows, row);
    this.#counts[row.source]++;
    if (this.#passes(row)) insert(this.#passed, row);
  }

  #letGo(): void {
    if (this.#rows.length < KEPT + SURPLUS) return;
    this.#rows = this.#rows.slice(-KEPT);
    this.#recount();
  }

  #recount(): void {
    this.#counts = noCounts();
    for (const { source } of this.#rows) this.#counts[source]++;
    this.#passed = this.#rows.filter(this.#passes);
  }

  #forget(): void {
    this.#rows = [];
    this.#passed = [];
    this.#counts = noCounts();
    this.#inputs = [];
    this.#inputsAsked++;
  }

  #dropInputs(): void {
    this.#rows = this.#rows.filter(({ id }) => !id.startsWith('input/'));
    this.#recount();
    this.#inputs = [];
  }

  /** What was done since it was asked last. Of answers that cross only the last counts. */
  async #askInputs(): Promise<void> {
    const asked = ++this.#inputsAsked;
    let inputs: readonly RecordedInput[];
    try {
      inputs = await this.#link.look({ type: 'inputs', from: this.#inputs.length });
    } catch {
      return; // The engine is gone: what is shown is what there is.
    }
    if (asked !== this.#inputsAsked) return;
    const { language, text } = this.#store.getState();
    const words = {
      text: language === 'zh' ? zhLog : enLog,
      marker: text.timeline.marker,
      faultOf: (id: string) => this.#fault(id),
    };
    for (const input of inputs) {
      if (input.at > this.#now) break; // Still to come: somebody looks at the past.
      this.#inputs.push(input);
      const row = inputRow(input, this.#inputs.length, words);
      if (row !== null) this.#add(row);
    }
    this.#changed();
  }

  #fault(id: string): Extract<RecordedInput['action'], { type: 'fault' }>['fault'] | null {
    for (const { action } of this.#inputs) if (action.type === 'fault' && action.id === id) return action.fault;
    return null;
  }

  #changed(): void {
    if (this.#due) return;
    this.#due = true;
    setTimeout(() => {
      this.#due = false;
      this.#view = null;
      for (const reader of this.#readers) reader();
    }, PAUSE_MS);
  }
}

export const allCount = (counts: LogView['counts']): number =>
  LOG_SOURCES.reduce((sum, source) => sum + counts[source], 0);
