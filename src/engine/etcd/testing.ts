/** A small world for tests of a server: the real kernel, the server's machine, and a laptop that sends what it is told to and keeps what comes. */
import { Kernel } from '#engine/kernel/kernel';
import { defineProcess, type Message, type ProcessDefinition, type ProcessId } from '#engine/kernel/process';
import { definitionsOf, testMachine } from '#engine/kernel/testing';
import { type Micros, MILLISECOND } from '#engine/kernel/time';

interface Errand extends Message {
  readonly type: 'errand';
  readonly to: ProcessId;
  readonly message: Message;
}

/** Sends on what the test tells it, and keeps the rest. */
const mailbox = defineProcess<{ received: Message[] }>({
  kind: 'mailbox',
  start: () => ({ received: [] }),
  handle(state, message, ctx) {
    const errand = message as Errand;
    if (message.type === 'errand') ctx.send(errand.to, errand.message);
    else state.received.push(message);
  },
});

/** Where the test itself sits. */
export const CLIENT = 'laptop/client';
const SERVER_MACHINE = 'control-plane-1';

export interface ServerSpec {
  readonly name: string;
  readonly definition: ProcessDefinition<never, never>;
  readonly args: unknown;
}

export class TestWorld {
  readonly kernel: Kernel;

  /** @param freeze - deeply, all that is sent or stored: finds writers of shared data, costs time */
  constructor(servers: readonly ServerSpec[], freeze = true, seed = 1) {
    const definitions = [...servers.map(({ definition }) => definition), mailbox as ProcessDefinition<never, never>];
    this.kernel = new Kernel({ seed, freeze }, definitionsOf(...definitions));
    const units = servers.map(({ name, definition, args }) => ({
      name,
      kind: definition.kind,
      args,
      restartAfter: null,
    }));
    this.kernel.addMachine(testMachine(SERVER_MACHINE, units));
    this.kernel.addMachine(
      testMachine('laptop', [{ name: 'client', kind: 'mailbox', args: null, restartAfter: null }]),
    );
    this.kernel.powerOn('laptop');
    this.kernel.powerOn(SERVER_MACHINE);
    this.advance(MILLISECOND);
  }

  /** Sends from the client. */
  send(to: ProcessId, message: Message): void {
    const errand: Errand = { type: 'errand', to, message };
    this.kernel.deliver(CLIENT, errand);
  }

  /** What has come to the client since the last time. */
  take(): Message[] {
    return this.stateOf<{ received: Message[] }>(CLIENT).received.splice(0);
  }

  stateOf<State>(id: ProcessId): State {
    return this.kernel.processes.get(id)!.state as State;
  }

  /** Runs so many µs further. */
  advance(micros: Micros): void {
    this.kernel.run(this.kernel.now + micros, Infinity);
  }

  stop(id: ProcessId): void {
    this.kernel.kill(id);
  }

  boot(id: ProcessId): void {
    this.kernel.start(id);
  }

  restart(id: ProcessId): void {
    this.kernel.kill(id);
    this.kernel.start(id);
  }

  /** The server's machine loses its power and gets it back at once. */
  losePower(): void {
    this.kernel.powerOff(SERVER_MACHINE);
    this.kernel.powerOn(SERVER_MACHINE);
  }
}
