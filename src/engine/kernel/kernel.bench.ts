import { Kernel } from './kernel';
import { defineProcess, type ProcessDefinition } from './process';
import { definitionsOf, testMachine } from './testing';

/** Machines that each pass a message on and set a timer at every event: what the kernel itself can do. */
function eventsPerSecond(): number {
  const machines = 50;
  const relay = defineProcess<{ count: number }, { next: string }>({
    kind: 'relay',
    start(ctx) {
      for (let i = 0; i < 20; i++) ctx.after(i, { type: 'tick' });
      return { count: 0 };
    },
    handle(state, message, ctx) {
      state.count++;
      if (message.type === 'tick') ctx.send(`m${state.count % machines}/relay`, { type: 'pass' });
      else ctx.after(10, { type: 'tick' });
    },
  });
  const kernel = new Kernel({ seed: 1 }, definitionsOf(relay as ProcessDefinition<never, never>));
  for (let i = 0; i < machines; i++) {
    kernel.addMachine(testMachine(`m${i}`, [{ name: 'relay', kind: 'relay', args: { next: '' }, restartAfter: null }]));
    kernel.powerOn(`m${i}`);
  }
  kernel.run(Infinity, 200_000);
  const events = 2_000_000;
  const start = performance.now();
  kernel.run(Infinity, events);
  return Math.round(events / ((performance.now() - start) / 1000));
}

export const benchmarks = [
  {
    name: 'kernel/events-per-second',
    unit: 'events/s',
    better: 'higher',
    note: '50 machines, half timers, half messages between machines; 1,000 events pending',
    run: eventsPerSecond,
  },
] as const;
