import { describe, expect, it } from 'vitest';
import { appendRecord } from './disk';
import { Kernel } from './kernel';
import { copyPlain } from './plain-data';
import { defineProcess, type Down, type Message, type ProcessDefinition } from './process';
import { exposeKernel, hashKernel, loadKernel } from './save';
import { definitionsOf, testMachine } from './testing';
import { MILLISECOND } from './time';

interface ParentState {
  readonly ended: (number | undefined)[];
}
interface Order extends Message {
  readonly type: 'spawn' | 'end' | 'beat' | 'die';
  readonly code?: number;
}

const CHILD = { name: 'child', kind: 'child', args: { lives: 3 }, restartAfter: null };

/** Spawns a child when it is told, and notes how each ended. */
const parent = defineProcess<ParentState>({
  kind: 'parent',
  start: () => ({ ended: [] }),
  handle(state, message, ctx) {
    const told = message as Order | Down;
    if (told.type === 'spawn' && !ctx.isTaken('child')) ctx.spawn(CHILD);
    if (told.type === 'end') ctx.end('m/child', told.code ?? 0);
    if (told.type === 'kernel/down') state.ended.push(told.code);
  },
});

/** Beats a few times and ends by itself with code 3; `die` ends it in its first message. */
const child = defineProcess<{ beats: number }, { lives: number }>({
  kind: 'child',
  start(ctx, { lives }) {
    if (ctx.disk.read('refuse').length > 0) ctx.exit(1);
    ctx.after(MILLISECOND, { type: 'beat' });
    return { beats: lives };
  },
  handle(state, message, ctx) {
    if (message.type === 'die') return ctx.exit(7);
    if (--state.beats === 0) ctx.exit(3);
    else ctx.after(MILLISECOND, { type: 'beat' });
  },
});

function newRun(): Kernel {
  const kernel = new Kernel(
    { seed: 1, freeze: true },
    definitionsOf(parent as ProcessDefinition<never, never>, child as ProcessDefinition<never, never>),
  );
  kernel.addMachine(testMachine('m', [{ name: 'parent', kind: 'parent', args: null, restartAfter: 5 * MILLISECOND }]));
  kernel.powerOn('m');
  kernel.run(0, Infinity);
  return kernel;
}

const tell = (kernel: Kernel, order: Order, to = 'm/parent'): void => {
  kernel.deliver(to, order);
  kernel.run(kernel.now + 500, Infinity);
};
const endedOf = (kernel: Kernel): readonly unknown[] => (kernel.processes.get('m/parent')!.state as ParentState).ended;
const statusOf = (kernel: Kernel): string | undefined => kernel.processes.get('m/child')?.status;

describe('a process that was spawned', () => {
  it('runs, and tells its parent alone the code that it ended with', () => {
    const kernel = newRun();
    tell(kernel, { type: 'spawn' });
    expect(statusOf(kernel)).toBe('running');
    kernel.run(10 * MILLISECOND, Infinity);
    expect(statusOf(kernel)).toBe('down');
    tell(kernel, { type: 'spawn' });
    tell(kernel, { type: 'die' }, 'm/child');
    tell(kernel, { type: 'spawn' });
    tell(kernel, { type: 'end', code: 143 });
    tell(kernel, { type: 'spawn' });
    kernel.kill('m/child');
    kernel.run(20 * MILLISECOND, Infinity);
    expect(endedOf(kernel)).toEqual([3, 7, 143, 137]);
  });

  it('tells its parent also when it ends in its start', () => {
    const kernel = newRun();
    appendRecord(kernel.machine('m').disk, 'refuse', 'yes', 3);
    tell(kernel, { type: 'spawn' });
    expect(endedOf(kernel)).toEqual([1]);
  });

  it('ends with its parent and does not come back by itself, nor with power', () => {
    const kernel = newRun();
    tell(kernel, { type: 'spawn' });
    kernel.kill('m/parent');
    expect(statusOf(kernel)).toBe('down');
    kernel.run(9 * MILLISECOND, Infinity);
    expect(statusOf(kernel)).toBe('down');
    tell(kernel, { type: 'spawn' });
    expect(statusOf(kernel)).toBe('running');
    kernel.powerOff('m');
    kernel.powerOn('m');
    kernel.run(12 * MILLISECOND, Infinity);
    expect(kernel.processes.get('m/parent')!.status).toBe('running');
    expect(statusOf(kernel)).toBe('down');
  });

  it('goes on after a restore at any event, also between being spawned and starting', () => {
    const kernel = newRun();
    kernel.deliver('m/parent', { type: 'spawn' });
    for (let events = 0; events < 8; events++) {
      const restored = newRun();
      loadKernel(restored, copyPlain(exposeKernel(kernel)));
      const whole = newRun();
      loadKernel(whole, copyPlain(exposeKernel(kernel)));
      restored.run(9 * MILLISECOND, 1);
      const again = newRun();
      loadKernel(again, copyPlain(exposeKernel(restored)));
      for (const run of [again, whole]) run.run(9 * MILLISECOND, Infinity);
      expect(hashKernel(again)).toBe(hashKernel(whole));
      expect(endedOf(again)).toEqual([3]);
      kernel.run(9 * MILLISECOND, 1);
      if (statusOf(kernel) === 'down') break;
    }
  });
});
