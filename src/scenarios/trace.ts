/**
 * A run as a list of what happened: inputs, API writes, Kubernetes Events and the components' log lines, in order of
 * their times. One run gives one trace, so two of them can be compared line by line.
 */
import type { Action, Frame } from '#engine/cluster/door';
import { formatClock } from './durations';
import type { Witness } from './world';

export type TraceEntry =
  | { readonly time: string; readonly type: 'input'; readonly action: Action }
  | {
      readonly time: string;
      readonly type: 'write';
      readonly from: string;
      readonly verb: string;
      /** e.g. `pods/binding default/web-0`. */
      readonly object: string;
      readonly code: number;
    }
  | {
      readonly time: string;
      readonly type: 'event';
      readonly reason: string;
      /** `Kind/name`. */
      readonly regarding: string;
      readonly message: string;
      readonly from: string;
      readonly level: 'Normal' | 'Warning';
      readonly count: number;
    }
  | { readonly time: string; readonly type: 'log'; readonly from: string; readonly text: string };

interface Timed {
  readonly at: number;
  readonly entry: TraceEntry;
}

/** Keeps a trace of a run. */
export class Trace implements Witness {
  readonly #timed: Timed[] = [];
  readonly #seen = new Map<string, string>();

  input(at: number, action: Action): void {
    this.#add(at, { time: formatClock(at), type: 'input', action });
  }

  frame({ set, writes, logs }: Frame): void {
    for (const { at, from, verb, resource, subresource, namespace, name, code } of writes) {
      const path = subresource === '' ? resource : `${resource}/${subresource}`;
      const object = `${path} ${namespace === '' ? name : `${namespace}/${name}`}`;
      this.#add(at, { time: formatClock(at), type: 'write', from, verb, object, code });
    }
    for (const record of set) {
      if (record.kind !== 'Event') continue;
      const { uid, reason, regarding, message, component, type, count, lastSeen } = record;
      const version = `${count} ${lastSeen} ${message}`;
      if (this.#seen.get(uid) === version) continue;
      this.#seen.set(uid, version);
      const about = `${regarding.kind}/${regarding.name}`;
      const time = formatClock(lastSeen);
      this.#add(lastSeen, {
        time,
        type: 'event',
        reason,
        regarding: about,
        message,
        from: component,
        level: type,
        count,
      });
    }
    for (const { at, process, text } of logs)
      this.#add(at, { time: formatClock(at), type: 'log', from: process, text });
  }

  /** In order of time; of what happened at once, in the order in which it was told. */
  get entries(): readonly TraceEntry[] {
    return [...this.#timed].sort((a, b) => a.at - b.at).map(({ entry }) => entry);
  }

  /** One JSON value a line. */
  get text(): string {
    return this.entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  }

  #add(at: number, entry: TraceEntry): void {
    this.#timed.push({ at, entry });
  }
}
