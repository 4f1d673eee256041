import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Kernel } from './kernel';
import type { ProcessRecordState } from './machine';
import { setCable } from './network';
import { copyPlain } from './plain-data';
import { defineProcess, type Message, type ProcessDefinition } from './process';
import { exposeKernel, hashKernel, loadKernel } from './save';
import { chatteringKernel, definitionsOf, testMachine } from './testing';
import { MILLISECOND, SECOND } from './time';

type Deed =
  | { readonly type: 'off' | 'on' | 'cut' | 'join'; readonly machine: string }
  | { readonly type: 'kill' | 'pause' | 'resume'; readonly machine: string };

function carryOut(kernel: Kernel, deed: Deed): void {
  const process = `${deed.machine}/chatter`;
  switch (deed.type) {
    case 'off':
      return kernel.powerOff(deed.machine);
    case 'on':
      return kernel.powerOn(deed.machine);
    case 'cut':
      return setCable(kernel.machine(deed.machine).nic, { in: false, out: true });
    case 'join':
      return setCable(kernel.machine(deed.machine).nic, { in: true, out: true });
    case 'kill':
      return kernel.kill(process);
    case 'pause':
      return kernel.pause(process);
    case 'resume':
      return kernel.resume(process);
  }
}

const deeds = fc.array(
  fc.record({
    after: fc.integer({ min: 0, max: 8 * MILLISECOND }),
    deed: fc.record({
      type: fc.constantFrom<Deed['type']>('off', 'on', 'cut', 'join', 'kill', 'pause', 'resume'),
      machine: fc.constantFrom('a', 'b', 'c'),
    }),
  }),
  { maxLength: 8 },
);

const END = 60 * MILLISECOND;

function newRun(seed: number, story: readonly { after: number; deed: unknown }[]): Kernel {
  const kernel = chatteringKernel({ seed, freeze: true });
  kernel.onInput((input) => carryOut(kernel, input as Deed));
  let at = 0;
  for (const { after, deed } of story) {
    at += after;
    kernel.scheduleInput({ at, input: deed });
  }
  return kernel;
}

function runWhole(kernel: Kernel): Kernel {
  kernel.run(END, Infinity);
  return kernel;
}

const chatterOf = (kernel: Kernel, machine: string): ProcessRecordState => kernel.processes.get(`${machine}/chatter`)!;

describe('a run', () => {
  it('has the same hash for the same seed and inputs, and another for another seed', () => {
    fc.assert(
      fc.property(fc.integer(), deeds, (seed, story) => {
        const first = hashKernel(runWhole(newRun(seed, story)));
        expect(hashKernel(runWhole(newRun(seed, story)))).toBe(first);
        expect(hashKernel(runWhole(newRun(seed + 1, story)))).not.toBe(first);
      }),
      { numRuns: 40 },
    );
  });

  it('has the same hash in whatever slices of time and events it is granted', () => {
    const slices = fc.array(
      fc.record({ time: fc.integer({ min: 0, max: END }), events: fc.integer({ min: 0, max: 30 }) }),
    );
    fc.assert(
      fc.property(fc.integer(), deeds, slices, (seed, story, grants) => {
        const sliced = newRun(seed, story);
        for (const { time, events } of grants.sort((a, b) => a.time - b.time)) sliced.run(time, events);
        expect(hashKernel(runWhole(sliced))).toBe(hashKernel(runWhole(newRun(seed, story))));
      }),
      { numRuns: 60 },
    );
  });

  it('stamps a live input so that its recording gives the same run', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 6 }), (seed, pauses) => {
        const live = newRun(seed, []);
        const recorded: { at: number; input: Deed }[] = [];
        for (const events of pauses) {
          live.run(END / 2, events);
          const input: Deed = { type: events % 2 === 0 ? 'kill' : 'cut', machine: 'abc'[events % 3]! };
          recorded.push({ at: live.input(input), input });
        }
        const replayed = newRun(seed, []);
        recorded.forEach((input) => replayed.scheduleInput(input));
        expect(hashKernel(runWhole(replayed))).toBe(hashKernel(runWhole(live)));
      }),
      { numRuns: 60 },
    );
  });

  it('goes on after restore(save()) at any event as if it had never been interrupted', () => {
    fc.assert(
      fc.property(fc.integer(), deeds, fc.integer({ min: 0, max: 400 }), (seed, story, events) => {
        const original = newRun(seed, story);
        original.run(END, events);
        const saved = structuredClone(copyPlain(exposeKernel(original)));

        const restored = chatteringKernel({ seed });
        restored.onInput((input) => carryOut(restored, input as Deed));
        loadKernel(restored, copyPlain(saved));

        expect(hashKernel(restored)).toBe(hashKernel(original));
        expect(hashKernel(runWhole(restored))).toBe(hashKernel(runWhole(original)));
      }),
      { numRuns: 60 },
    );
  });

  it('goes on after a restore although what comes next meets a cut way (seed -403196701)', () => {
    const original = newRun(-403196701, [{ after: 4139, deed: { type: 'cut', machine: 'b' } }]);
    original.run(END, 40);
    const restored = chatteringKernel({ seed: -403196701 });
    loadKernel(restored, copyPlain(exposeKernel(original)));
    expect(hashKernel(runWhole(restored))).toBe(hashKernel(runWhole(original)));
  });

  it('is not moved by a draw that is added for one purpose', () => {
    const draws = (extra: boolean): number[] => {
      const seen: number[] = [];
      const drawer = defineProcess<null>({
        kind: 'drawer',
        start(ctx) {
          if (extra) ctx.random('added').word();
          for (let i = 0; i < 5; i++) seen.push(ctx.random('old').word());
          return null;
        },
        handle() {},
      });
      const kernel = new Kernel({ seed: 7 }, definitionsOf(drawer as ProcessDefinition<never, never>));
      kernel.addMachine(testMachine('m', [{ name: 'd', kind: 'drawer', args: null, restartAfter: null }]));
      kernel.powerOn('m');
      kernel.run(SECOND, Infinity);
      return seen;
    };
    expect(draws(true)).toEqual(draws(false));
  });
});

describe('a machine', () => {
  it('keeps through a power cut exactly what was synced', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('append', 'replace', 'sync', 'wait'), { maxLength: 30 }), (steps) => {
        let written: string[] = [];
        let safe: string[] = [];
        const syncing: string[][] = [];
        const writer = defineProcess<null>({
          kind: 'writer',
          start: () => null,
          handle(_state, message, ctx) {
            const text = `r${ctx.now}`;
            if (message.type === 'append') {
              ctx.disk.append('f', text, 10);
              written = [...written, text];
            } else if (message.type === 'replace') {
              ctx.disk.replace('f', [text], 10);
              written = [text];
            } else if (message.type === 'sync') {
              ctx.disk.sync('f', { type: 'done' });
              syncing.push(written);
            } else if (message.type === 'done') safe = syncing.shift()!;
          },
        });
        const kernel = new Kernel({ seed: 1 }, definitionsOf(writer as ProcessDefinition<never, never>));
        const machine = kernel.addMachine(
          testMachine('m', [{ name: 'w', kind: 'writer', args: null, restartAfter: null }]),
        );
        kernel.powerOn('m');
        kernel.run(1, Infinity);
        for (const type of steps) {
          if (type === 'wait') kernel.run(kernel.now + 5 * MILLISECOND, Infinity);
          else kernel.deliver('m/w', { type });
          kernel.run(kernel.now + 100, Infinity);
        }
        kernel.powerOff('m');
        expect(machine.disk.files.get('f')?.current.records ?? []).toEqual(safe);
      }),
      { numRuns: 200 },
    );
  });

  it('shows a process that was killed and started again what it had written, synced or not', () => {
    const kernel = chatteringKernel({ seed: 3 });
    kernel.run(30 * MILLISECOND, Infinity);
    const heard = [...(chatterOf(kernel, 'a').state as { heard: string[] }).heard];
    kernel.kill('a/chatter');
    kernel.start('a/chatter');
    expect((chatterOf(kernel, 'a').state as { heard: string[] }).heard).toEqual(heard);
  });

  it('ends its processes without a word when its power is cut, and with a reset when only they are killed', () => {
    for (const [deed, told] of [
      ['powerOff', false],
      ['kill', true],
    ] as const) {
      const kernel = chatteringKernel({ seed: 5 }, null);
      kernel.run(10 * MILLISECOND, Infinity);
      if (deed === 'kill') kernel.kill('a/chatter');
      else kernel.powerOff('a');
      kernel.run(12 * MILLISECOND, Infinity);
      const { heard } = chatterOf(kernel, 'b').state as { heard: string[] };
      expect(heard.some((line) => line.startsWith('kernel/down'))).toBe(told);
    }
  });

  it('starts its units again when power is back, after its boot time', () => {
    const kernel = new Kernel({ seed: 1 }, definitionsOf());
    const machine = kernel.addMachine(testMachine('m', [], { bootTime: 4 * SECOND }));
    kernel.powerOn('m');
    kernel.run(4 * SECOND - 1, Infinity);
    expect(machine.power).toBe('booting');
    kernel.run(4 * SECOND, Infinity);
    expect(machine.power).toBe('on');
  });
});

describe('a link', () => {
  const wordsFrom = (kernel: Kernel, listener: string, speaker: string): string[] =>
    (chatterOf(kernel, listener).state as { heard: string[] }).heard.filter((line) => line.startsWith(`${speaker}/`));

  it('delivers nothing while it is cut, and one way only if only that way is cut', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 20 * MILLISECOND }), (seed, at) => {
        const kernel = chatteringKernel({ seed });
        kernel.run(at, Infinity);
        setCable(kernel.machine('a').nic, { in: false, out: true });
        const before = wordsFrom(kernel, 'a', 'b').length + wordsFrom(kernel, 'a', 'c').length;
        const spoken = wordsFrom(kernel, 'b', 'a').length;
        kernel.run(at + 30 * MILLISECOND, Infinity);
        expect(wordsFrom(kernel, 'a', 'b').length + wordsFrom(kernel, 'a', 'c').length).toBe(before);
        expect(wordsFrom(kernel, 'b', 'a').length).toBeGreaterThan(spoken);
      }),
      { numRuns: 30 },
    );
  });

  it('delivers what was sent while it was cut once it is whole again, in order, unless one end has hung up', () => {
    for (const hungUp of [false, true]) {
      const kernel = chatteringKernel({ seed: 6 });
      kernel.run(10 * MILLISECOND, Infinity);
      setCable(kernel.machine('a').nic, { in: true, out: false });
      kernel.run(15 * MILLISECOND, Infinity);
      if (hungUp) kernel.hangUp('b/chatter', 'a/chatter');
      setCable(kernel.machine('a').nic, { in: true, out: true });
      kernel.run(SECOND, Infinity);
      const heard = ['b', 'c'].flatMap((listener) => wordsFrom(kernel, listener, 'a'));
      const numbers = heard.map((line) => Number(line.slice(line.indexOf('#') + 1))).sort((x, y) => x - y);
      const gaps = numbers.filter((number, index) => index > 0 && number !== numbers[index - 1]! + 1);
      expect(gaps.length > 0).toBe(hungUp);
    }
  });

  it('delivers nothing between two groups that are partitioned', () => {
    const kernel = chatteringKernel({ seed: 9 });
    kernel.fabric.partitions = [{ id: 'p', from: ['a'], to: ['b'] }];
    kernel.run(40 * MILLISECOND, Infinity);
    expect(wordsFrom(kernel, 'b', 'a')).toEqual([]);
    expect(wordsFrom(kernel, 'a', 'b').length).toBeGreaterThan(0);
    expect(wordsFrom(kernel, 'c', 'a').length).toBeGreaterThan(0);
  });

  it('keeps the order of what is sent from one machine to another, also under loss', () => {
    const kernel = chatteringKernel({ seed: 11 });
    kernel.machine('a').nic.loss = 0.1;
    kernel.run(5 * SECOND, Infinity);
    const numbers = wordsFrom(kernel, 'b', 'a').map((line) => Number(line.slice(line.indexOf('#') + 1)));
    expect(numbers.length).toBeGreaterThan(100);
    expect(numbers).toEqual([...numbers].sort((x, y) => x - y));
  });
});

describe('a process', () => {
  it('is refused by a machine where nobody listens', () => {
    const refused: Message[] = [];
    const caller = defineProcess<null>({
      kind: 'caller',
      start(ctx) {
        ctx.send('b/nobody', { type: 'hello' });
        return null;
      },
      handle(_state, message) {
        refused.push(message);
      },
    });
    const kernel = new Kernel({ seed: 1 }, definitionsOf(caller as ProcessDefinition<never, never>));
    kernel.addMachine(testMachine('b', []));
    kernel.powerOn('b');
    kernel.run(1, Infinity);
    kernel.addMachine(testMachine('a', [{ name: 'caller', kind: 'caller', args: null, restartAfter: null }]));
    kernel.powerOn('a');
    kernel.run(SECOND, Infinity);
    expect(refused).toEqual([{ type: 'kernel/refused', to: 'b/nobody', message: { type: 'hello' } }]);
  });

  it('handles what came while it was paused when it goes on, in order', () => {
    const kernel = chatteringKernel({ seed: 2 });
    kernel.run(10 * MILLISECOND, Infinity);
    kernel.pause('a/chatter');
    const { handled } = chatterOf(kernel, 'a');
    kernel.run(30 * MILLISECOND, Infinity);
    expect(chatterOf(kernel, 'a').handled).toBe(handled);
    kernel.resume('a/chatter');
    kernel.run(30 * MILLISECOND + 1, Infinity);
    expect(chatterOf(kernel, 'a').handled).toBeGreaterThan(handled);
  });

  it('reads what came while it was paused from a sender that has ended since, unless it has closed that connection', () => {
    for (const closes of [false, true]) {
      const heard: string[] = [];
      const speaker = defineProcess<{ said: number }>({
        kind: 'speaker',
        start: (ctx) => (ctx.after(MILLISECOND, { type: 'tick' }), { said: 0 }),
        handle(state, _message, ctx) {
          ctx.send('a/listener', { type: `${ctx.now < 10 * MILLISECOND ? 'old' : 'new'} ${++state.said}` });
          ctx.after(MILLISECOND, { type: 'tick' });
        },
      });
      const listener = defineProcess<null>({
        kind: 'listener',
        start(ctx) {
          ctx.monitor('b/speaker');
          return null;
        },
        handle(_state, { type }, ctx) {
          heard.push(type);
          if (!closes || heard.length !== 3) return;
          ctx.hangUp('b/speaker');
          ctx.monitor('b/speaker');
        },
      });
      const kernel = new Kernel(
        { seed: 1 },
        definitionsOf(speaker as ProcessDefinition<never, never>, listener as ProcessDefinition<never, never>),
      );
      for (const [machine, kind] of [
        ['b', 'speaker'],
        ['a', 'listener'],
      ] as const) {
        kernel.addMachine(testMachine(machine, [{ name: kind, kind, args: null, restartAfter: null }]));
        kernel.powerOn(machine);
        kernel.run(1, Infinity);
      }
      kernel.run(2 * MILLISECOND, Infinity);
      kernel.pause('a/listener');
      kernel.run(10 * MILLISECOND, Infinity);
      kernel.powerOff('b');
      kernel.powerOn('b');
      kernel.run(14 * MILLISECOND, Infinity);
      kernel.resume('a/listener');
      kernel.run(14 * MILLISECOND + 1, Infinity);
      const old = heard.filter((word) => word.startsWith('old'));
      const then = heard.slice(old.length);
      expect(closes ? old.length : Math.min(old.length, 4)).toBe(closes ? 3 : 4);
      expect(then.slice(0, closes ? 1 : 2)).toEqual(closes ? ['new 1'] : ['kernel/down', 'new 1']);
    }
  });

  it('is found by its events: each names the event that caused it, back to the start', () => {
    const kernel = chatteringKernel({ seed: 4, causes: 100_000 });
    kernel.run(20 * MILLISECOND, Infinity);
    let event = kernel.causes.next - 1;
    let links = 0;
    while (event >= 0) {
      const record = kernel.causeOf(event)!;
      expect(record.cause).toBeLessThan(event);
      event = record.cause;
      links++;
    }
    expect(links).toBeGreaterThan(3);
  });

  it('lets go of the oldest causes only', () => {
    const kernel = chatteringKernel({ seed: 4, causes: 1024 });
    kernel.run(3 * SECOND, Infinity);
    const last = kernel.causes.next - 1;
    expect(kernel.causeOf(0)).toBeNull();
    expect(kernel.causeOf(last - 1024)).not.toBeNull();
  });
});
