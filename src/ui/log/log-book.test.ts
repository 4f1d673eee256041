// long: one run of a real cluster, and its log looked at from all sides
import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine, Frame } from '#engine/cluster/door';
import '#engine/cluster/late-code';
import { newEngine } from '#engine/cluster/engine';
import { SECOND } from '#engine/kernel/time';
import type { EngineLink } from '#host/worker/protocol';
import { startingCluster } from '#scenarios/starting-clusters';
import { createUiStore, type UiStore } from '../state/store';
import { LOG_SOURCES, type LogFilter } from '../state/view-slice';
import { hostStatus } from '../testing/builders';
import { csvOf, jsonOf } from './export-rows';
import { traceEvents, traceOf, type TraceEvent } from './export-trace';
import { groupedLines } from './log-groups';
import { LogBook } from './log-book';
import { createLogFeed } from './log-feed';
import type { LogRow } from './log-row';

const ALL: LogFilter = { sources: LOG_SOURCES, warningsOnly: false, namespace: '', kind: '', text: '' };
const RUN = { seed: 7, scenario: 'default' };
const status = hostStatus({});

let engine: Engine;
let store: UiStore;
let book: LogBook;
let rows: readonly LogRow[];

const linkTo = (of: Engine): Pick<EngineLink, 'look'> => ({
  look: async (what) => (what.type === 'inputs' ? of.inputs.slice(what.from) : []) as never,
});

function tell(frame: Frame): void {
  store.getState().applyFrame(frame, status, 0);
  store.getState().logFeed.add(frame, status);
}

beforeAll(async () => {
  engine = newEngine({ seed: RUN.seed, cluster: startingCluster('default').spec });
  store = createUiStore();
  let { cursor } = engine.observe(null);
  tell(engine.observe(null)); // kept until the book is there
  book = new LogBook(store, linkTo(engine), store.getState().logFeed);
  const runTo = (seconds: number): void => {
    for (let at = engine.now; at < seconds * SECOND;) {
      at = Math.min(at + SECOND, seconds * SECOND);
      while (engine.run(at, { events: 1e6 }).stopped !== 'until');
      const frame = engine.observe(cursor);
      ({ cursor } = frame);
      tell(frame);
    }
  };
  runTo(20);
  engine.input({ type: 'fault', id: 'f', fault: { type: 'power-off', machine: 'node-1' } });
  runTo(75);
  engine.input({ type: 'heal', id: 'f' });
  engine.input({ type: 'shell', session: 's', ticket: 't', line: 'kubectl get nodes' });
  runTo(110);
  tell(engine.observe(null)); // as after a rewind: everything anew
  await new Promise((resolve) => setTimeout(resolve, 150));
  ({ rows } = book.view({ ...ALL }));
}, 60_000);

const of = (source: LogRow['source']): readonly LogRow[] => rows.filter((row) => row.source === source);

describe('the log of a cluster that lost a node', () => {
  it('has rows from everywhere, in order of time, each with a name of its own', () => {
    expect(LOG_SOURCES.filter((source) => of(source).length === 0)).toEqual([]);
    expect(rows.every(({ at }, index) => index === 0 || rows[index - 1]!.at <= at)).toBe(true);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
    expect(book.view({ ...ALL }).counts).toMatchObject({ fault: 2, input: 1, event: of('event').length });
  });

  it('says what was done and what came of it', () => {
    expect(of('fault').map(({ reason, object, severity }) => [reason, object, severity])).toEqual([
      ['power-off', 'node-1', 'warning'],
      ['power-off', 'node-1', 'normal'],
    ]);
    expect(of('input')).toMatchObject([{ reason: 'shell', message: '$ kubectl get nodes' }]);
    expect(of('event')).toContainEqual(
      expect.objectContaining({ reason: 'NodeNotReady', object: 'node/node-1', subject: expect.anything() as object }),
    );
  });

  it('has requests with who, what and code, and the event that they arrived in', () => {
    const binding = of('audit').find(({ message }) => message.includes('/binding'))!;
    expect(binding).toMatchObject({ from: 'system:kube-scheduler', reason: 'create 201' });
    expect(engine.event(binding.event!)).not.toBeNull();
  });

  it('has logs with their levels, and what Raft says apart', () => {
    expect(of('log')).toContainEqual(
      expect.objectContaining({ reason: 'leaderelection.go:271', from: 'control-plane-1/kube-scheduler' }),
    );
    expect(of('raft').map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^[0-9a-f]{16} became leader at term 1$/),
    );
  });

  it('is narrowed by source, severity, namespace, kind and words; the same list until something changes', () => {
    const faults: LogFilter = { ...ALL, sources: ['fault'] };
    expect(book.view(faults).rows).toHaveLength(2);
    expect(book.view(faults)).toBe(book.view(faults));
    const bad = book.view({ ...ALL, warningsOnly: true }).rows;
    expect(bad.length).toBeGreaterThan(0);
    expect(bad.every(({ severity }) => severity !== 'normal')).toBe(true);
    const pods = book.view({ ...ALL, kind: 'Pod', namespace: 'default' }).rows;
    expect(pods.length).toBeGreaterThan(8);
    expect(pods.every(({ subject }) => subject?.kind === 'Pod' && subject.namespace === 'default')).toBe(true);
    const found = book.view({ ...ALL, text: ' NODENOTREADY ' }).rows;
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThan(rows.length / 4);
  });

  it('is gathered by object, the worst and the latest of each in its head', () => {
    const events = book.view({ ...ALL, sources: ['event'] }).rows;
    const heads = groupedLines(events, new Set(), true);
    expect(heads.reduce((sum, line) => sum + (line.type === 'group' ? line.size : 0), 0)).toBe(events.length);
    const node = heads.find((line) => line.type === 'group' && line.key === '/node/node-1')!;
    if (node.type !== 'group') throw new Error('it is a head');
    const open = groupedLines(events, new Set([node.key]), true);
    expect(open).toHaveLength(heads.length + node.size);
    expect(open[open.findIndex((line) => line.type === 'group' && line.key === node.key) + 1]).toEqual({
      type: 'row',
      row: node.last,
    });
  });
});

/**
 * What is wrong with a trace.
 * @source Trace Event Format: required fields by phase; nesting of duration events by thread and of async events by id
 */
function mistakes(events: readonly TraceEvent[]): readonly string[] {
  const wrong: string[] = [];
  const named = new Set<string>();
  const threads = new Map<string, string[]>();
  const asyncs = new Map<string, string[]>();
  let last = -Infinity;
  for (const event of events) {
    const { name, ph, ts, pid, tid, cat, id, s, args } = event;
    const say = (what: string): void => void wrong.push(`${what}: ${JSON.stringify(event)}`);
    if (typeof name !== 'string' || name === '') say('no name');
    if (!Number.isSafeInteger(ts) || ts < 0) say('ts is no count of microseconds');
    if (!Number.isSafeInteger(pid) || !Number.isSafeInteger(tid)) say('pid or tid is no number');
    if (ph === 'M') {
      if (name === 'process_name' || name === 'thread_name') {
        if (typeof args?.['name'] !== 'string') say('metadata without a name');
        named.add(name === 'process_name' ? `${pid}` : `${pid}/${tid}`);
      }
      continue;
    }
    if (ts < last) say('not in order');
    last = ts;
    if (!named.has(`${pid}`)) say('its process has no name');
    if (ph === 'C') {
      if (!Object.values(args ?? {}).every((value) => typeof value === 'number')) say('a counter without numbers');
      continue;
    }
    if (!named.has(`${pid}/${tid}`)) say('its thread has no name');
    if (cat === undefined) say('no category');
    if (ph === 'i') {
      if (s !== 't') say('an instant without a scope');
      continue;
    }
    const key = ph === 'B' || ph === 'E' ? `${pid}/${tid}` : `${cat}/${id}`;
    if ((ph === 'b' || ph === 'e') && id === undefined) say('async without an id');
    const stacks = ph === 'B' || ph === 'E' ? threads : asyncs;
    const stack = stacks.get(key) ?? [];
    stacks.set(key, stack);
    if (ph === 'B' || ph === 'b') stack.push(name);
    else if (stack.pop() !== name) say('ends what is not open');
  }
  for (const [key, stack] of [...threads, ...asyncs]) if (stack.length > 0) wrong.push(`${key} is left open`);
  return wrong;
}

describe('the trace for Perfetto', () => {
  it('keeps to the trace event format', () => {
    const events = traceEvents(rows, engine.now);
    expect(mistakes(events)).toEqual([]);
    expect(new Set(events.map(({ ph }) => ph))).toEqual(new Set(['M', 'i', 'B', 'E', 'b', 'e', 'C']));
    const file: unknown = JSON.parse(traceOf(rows, engine.now, RUN));
    expect(file).toEqual({ displayTimeUnit: 'ms', otherData: RUN, traceEvents: events });
  });

  it('shows a pod from its binding to its start, the fault while it lasted, and who led etcd', () => {
    const events = traceEvents(rows, engine.now);
    const fault = events.filter(({ cat, ph }) => cat === 'fault' && ph !== 'i');
    expect(fault.map(({ ph, name, ts }) => [ph, name, Math.round(ts / SECOND)])).toEqual([
      ['b', 'power-off node-1', 20],
      ['e', 'power-off node-1', 75],
    ]);
    expect(events.filter(({ ph }) => ph === 'B')).toMatchObject([{ name: 'leader, term 1', cat: 'raft' }]);
    const pod = events.find(({ cat, ph, name }) => cat === 'pod' && ph === 'b' && name.startsWith('default/web-'))!;
    const story = events.filter(({ id, cat }) => cat === 'pod' && id === pod.id).map(({ ph, name }) => `${ph} ${name}`);
    expect(story.slice(0, 5)).toEqual([
      `b ${pod.name}`,
      'b starting',
      'b pulling the image',
      'e pulling the image',
      'e starting',
    ]);
  });
});

const row = (change: Partial<LogRow>): LogRow => ({ ...rows[0]!, at: 1_234_567, ...change });

/** CSV read back by the rules of RFC 4180. */
function readCsv(text: string): readonly (readonly string[])[] {
  const lines: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r\n|$)/g)) {
    lines.at(-1)!.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
    if (end === '\r\n') lines.push([]);
  }
  return lines.slice(0, -1);
}

describe('files for other tools', () => {
  it.each([
    ['=HYPERLINK("http://evil.example")', '\'=HYPERLINK("http://evil.example")'],
    ['+1+1', "'+1+1"],
    ['-2', "'-2"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['  =1', "'  =1"],
    ["'=1", "''=1"],
    ['＝1', "'＝1"],
    ['plain, with "quotes"\nand lines', 'plain, with "quotes"\nand lines'],
    ['\u001b[2J\u0000', '␛[2J␀'],
  ])('a cell of CSV says %j and runs nothing', (message, cell) => {
    const [head, line] = readCsv(csvOf([row({ message })]));
    expect(line).toHaveLength(10);
    expect(line![head!.indexOf('message')]).toBe(cell);
    expect(line![0]).toBe('00:00:01.234567');
  });

  it('every row of the run is one line of CSV and one object of JSON', () => {
    expect(readCsv(csvOf(rows))).toHaveLength(rows.length + 1);
    const file = JSON.parse(jsonOf(rows, RUN)) as { run: object; rows: { message: string }[] };
    expect(file.run).toEqual(RUN);
    expect(file.rows.map(({ message }) => message)).toEqual(rows.map(({ message }) => message));
  });

  it('a line of a megabyte fits into a cell, and into a trace', () => {
    const long = row({ message: '<b>'.repeat(350_000) });
    expect(csvOf([long]).length).toBeLessThan(33_000);
    expect(traceOf([long], SECOND, RUN).length).toBeLessThan(5_000);
  });
});

describe('a long run', () => {
  it('keeps the last hundred thousand rows, those that pass too', async () => {
    const [long, feed] = [createUiStore(), createLogFeed()];
    const kept = new LogBook(long, linkTo(engine), feed);
    const warnings: LogFilter = { ...ALL, warningsOnly: true };
    kept.view(warnings);
    const { cursor } = engine.observe(null);
    const [write] = engine.observe(null).writes;
    for (let part = 0; part < 24; part++) {
      const writes = Array.from({ length: 5_000 }, (_, index) => {
        const number = part * 5_000 + index;
        return { ...write!, at: number * 100, code: number % 10 === 0 ? 409 : 200 };
      });
      feed.add({ ...engine.observe(cursor), writes, now: part * 500_000 }, status);
    }
    await new Promise((resolve) => setTimeout(resolve, 150)); // it tells of news ten times a second
    const narrow = kept.view(warnings);
    const { rows: all, counts } = kept.view({ ...ALL });
    expect(all.length).toBeGreaterThanOrEqual(100_000);
    expect(all.length).toBeLessThan(110_000);
    expect(counts.audit).toBe(all.length);
    expect(narrow.rows).toHaveLength(all.length / 10);
    expect(all.at(-1)!.at).toBe(119_999 * 100);
  });
});
