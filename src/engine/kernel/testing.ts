/** Toy processes and machines for tests of the kernel itself. */
import { Kernel } from './kernel';
import type { Definitions, KernelOptions } from './run';
import type { MachineSpec } from './machine';
import { defineProcess, type Message, type ProcessDefinition, type ProcessId, type ProcessSpec } from './process';
import { MILLISECOND } from './time';

interface ChatterArgs {
  readonly peers: readonly ProcessId[];
}

interface ChatterState {
  readonly peers: readonly ProcessId[];
  readonly heard: string[];
  ticks: number;
  lastDraw: number;
}

/** Sends to random peers at random moments, writes what it hears to disk and syncs it now and then. */
export const chatter: ProcessDefinition<ChatterState, ChatterArgs> = defineProcess({
  kind: 'chatter',
  start(ctx, args: ChatterArgs): ChatterState {
    args.peers.forEach((peer) => ctx.monitor(peer));
    ctx.after(ctx.random('pace').below(2 * MILLISECOND), { type: 'tick' });
    return { peers: args.peers, heard: [...(ctx.disk.read('heard') as string[])], ticks: 0, lastDraw: 0 };
  },
  handle(state, message, ctx) {
    if (message.type === 'tick') {
      state.ticks++;
      state.lastDraw = ctx.random('peer').word();
      ctx.send(state.peers[state.lastDraw % state.peers.length]!, {
        type: 'word',
        text: `${ctx.self}#${state.ticks}`,
      } as Message);
      const timer = ctx.after(5 * MILLISECOND, { type: 'never' });
      if (state.lastDraw % 3 > 0) ctx.cancel(timer);
      ctx.after(1 + ctx.random('pace').below(2 * MILLISECOND), { type: 'tick' });
      return;
    }
    const line = message.type === 'word' ? (message as Message & { text: string }).text : `${message.type}@${ctx.now}`;
    state.heard.push(line);
    ctx.disk.append('heard', line, line.length);
    if (state.heard.length % 3 === 0) ctx.disk.sync('heard', { type: 'synced' });
  },
});

export const definitionsOf = (...definitions: readonly ProcessDefinition<never, never>[]): Definitions =>
  new Map(definitions.map((definition) => [definition.kind, definition]));

/** A machine of a test: one rack and zone, boots at once, plenty of disk. */
export function testMachine(
  name: string,
  units: readonly ProcessSpec[],
  place: Partial<MachineSpec> = {},
): MachineSpec {
  return { name, rack: 'r1', zone: 'z1', diskBytes: 1e9, bootTime: 0, units, facts: {}, ...place };
}

/** Three machines with a chatter each, switched on. */
export function chatteringKernel(options: KernelOptions, restartAfter: number | null = 3 * MILLISECOND): Kernel {
  const names = ['a', 'b', 'c'];
  const kernel = new Kernel(options, definitionsOf(chatter as ProcessDefinition<never, never>));
  for (const name of names) {
    const peers = names.filter((other) => other !== name).map((other) => `${other}/chatter`);
    const unit = { name: 'chatter', kind: 'chatter', args: { peers }, restartAfter };
    kernel.addMachine(testMachine(name, [unit], { zone: name === 'c' ? 'z2' : 'z1' }));
    kernel.powerOn(name);
  }
  return kernel;
}
