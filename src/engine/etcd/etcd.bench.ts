import { defineProcess, type ProcessDefinition, type ProcessId } from '#engine/kernel/process';
import { testMachine } from '#engine/kernel/testing';
import { SECOND } from '#engine/kernel/time';
import { EtcdGroup, memberProcess, putRequest } from './testing';
import type { EtcdRequest } from './wire';

/** Real microseconds that `work` takes. */
function micros(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) * 1000;
}

const settled = (group: EtcdGroup): EtcdGroup => {
  group.elect();
  group.advance(SECOND);
  return group;
};

/** Writes again as soon as the last write is acknowledged. */
const writer = defineProcess<{ done: number }, { readonly server: ProcessId }>({
  kind: 'writer',
  start(ctx, { server }) {
    ctx.send(server, write(0));
    return { done: 0 };
  },
  handle(state, message, ctx) {
    if (message.type === 'etcd/txn-answer' && ctx.from !== null) ctx.send(ctx.from, write(++state.done));
  },
});
const write = (id: number): EtcdRequest => ({ ...putRequest(`k${id % 1000}`, id, { bytes: 500 }), id });

/** One writer, one write after the other: what a write costs when nothing shares its way. */
function writeAlone(size: number): number {
  const clients = [writer as ProcessDefinition<never, never>];
  const group = settled(new EtcdGroup(size, { freeze: false, clients }));
  const args = { server: memberProcess(group.leader) };
  group.kernel.addMachine(testMachine('client', [{ name: 'writer', kind: 'writer', args, restartAfter: null }]));
  group.kernel.powerOn('client');
  const done = (): number => (group.kernel.processes.get('client/writer')!.state as { done: number }).done;
  group.advance(20 * SECOND);
  const before = done();
  const took = micros(() => group.advance(60 * SECOND));
  return took / (done() - before);
}

/** A hundred writers at a time. */
function writeMany(size: number): number {
  const group = settled(new EtcdGroup(size, { freeze: false }));
  const { leader } = group;
  const count = 50_000;
  const write = (): void => {
    for (let i = 0; i < count; i += 100) {
      for (let j = 0; j < 100; j++) group.send(leader, putRequest(`k${(i + j) % 1000}`, i, { bytes: 500 }));
      group.advance(5_000);
    }
  };
  write();
  return micros(write) / count;
}

/** How many milliseconds of real time a follower takes to catch up with so many entries. */
function catchUp(entries: number): number {
  const group = settled(new EtcdGroup(3, { freeze: false }));
  const { leader } = group;
  const late = group.numbers.find((number) => number !== leader)!;
  group.powerOff(late);
  for (let i = 0; i < entries; i += 1_000) {
    for (let j = 0; j < 1_000; j++) group.send(leader, putRequest(`k${(i + j) % 5000}`, i, { bytes: 500 }));
    group.advance(50_000);
  }
  group.advance(SECOND);
  const { revision } = group.member(leader).store;
  group.powerOn(late);
  return (
    micros(() => {
      while (group.find(late)?.store.revision !== revision) group.advance(10_000);
    }) / 1000
  );
}

/** Bytes of heap that grow between the middle and the end of so many revisions, with a compaction every 50,000. */
function heapOf(revisions: number): number {
  const group = settled(new EtcdGroup(1, { freeze: false }));
  const collect = (globalThis as { gc?: () => void }).gc ?? ((): void => undefined);
  const heap = (): number => {
    collect();
    return (globalThis as unknown as { process: { memoryUsage(): { heapUsed: number } } }).process.memoryUsage()
      .heapUsed;
  };
  let middle = 0;
  for (let i = 0; i < revisions; i += 1_000) {
    if (i === revisions / 2) middle = heap();
    for (let j = 0; j < 1_000; j++) group.send(1, putRequest(`k${j}`, { i, text: `value ${i}` }, { bytes: 500 }));
    group.advance(50_000);
    if (i % 50_000 === 0 && i > 0)
      group.ask(1, { type: 'etcd/compact', revision: group.member(1).store.revision - 1_000 });
  }
  return Math.max(0, heap() - middle);
}

/** Virtual over real time of members that have nothing to do. */
function idle(size: number): number {
  const group = settled(new EtcdGroup(size, { freeze: false }));
  const seconds = 20_000;
  group.advance(1_000 * SECOND);
  return seconds / (micros(() => group.advance(seconds * SECOND)) / 1e6);
}

const lower = { unit: 'µs', better: 'lower' } as const;

export const benchmarks = [
  { name: 'etcd/write-1-member', ...lower, note: 'real time, one after the other', run: () => writeAlone(1) },
  { name: 'etcd/write-3-members', ...lower, note: 'real time, one after the other', run: () => writeAlone(3) },
  { name: 'etcd/write-5-members', ...lower, note: 'real time, one after the other', run: () => writeAlone(5) },
  { name: 'etcd/write-3-members-batched', ...lower, note: 'real time, 100 at a time', run: () => writeMany(3) },
  { name: 'etcd/write-5-members-batched', ...lower, note: 'real time, 100 at a time', run: () => writeMany(5) },
  {
    name: 'etcd/catch-up-100000-entries',
    unit: 'ms',
    better: 'lower',
    note: 'real time from power on to level, snapshot and log, of three members',
    run: () => catchUp(100_000),
  },
  {
    name: 'etcd/heap-growth-1000000-revisions',
    unit: 'bytes',
    better: 'lower',
    note: 'between the middle and the end, compaction every 50,000',
    run: () => heapOf(1_000_000),
  },
  {
    name: 'etcd/idle-3-members-speedup',
    unit: 'x',
    better: 'higher',
    note: 'virtual over real time',
    run: () => idle(3),
  },
] as const;
