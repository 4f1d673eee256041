/**
 * The network between machines as the kernel runs it: puts messages on their way, decides at the end of it whether they
 * come out, and holds up what meets a closed way.
 */
import type { MachineState, QueuedEvent } from './machine';
import { arrivalAt, type Burden, isClosed, localArrivalAt, type Partition, wayNumber } from './network';
import type { ProcessId } from './process';
import { hangUp, holdUp, loseStalls, release, type Stalls, stallOf, waitLonger } from './stalls';
import type { Micros } from './time';

/** A kernel's message to itself: try again what was held up between two processes. */
export interface SendAgain {
  readonly type: 'kernel/send-again';
  readonly from: ProcessId;
  readonly to: ProcessId;
}

/** What the fabric needs of the kernel. */
export interface FabricHost {
  readonly now: Micros;
  machineAt(address: ProcessId): MachineState | undefined;
  remind(delay: Micros, message: SendAgain): void;
  /** Puts events back into the queue, to be handled now, in order. */
  requeue(events: readonly QueuedEvent[]): void;
}

export class Fabric {
  readonly #host: FabricHost;
  partitions: readonly Partition[] = [];
  burdens: readonly Burden[] = [];
  stalls: Stalls = new Map();
  /** Names that stand for several processes, in their order: what a load balancer or a DNS server knows. */
  names: ReadonlyMap<string, readonly ProcessId[]> = new Map();
  /** Nobody answers who asks for a name. */
  namesAreLost = false;

  constructor(host: FabricHost) {
    this.#host = host;
  }

  /** @returns when a message that is sent now arrives, and its `way`; null when it is lost */
  route(source: MachineState, target: MachineState): { readonly at: Micros; readonly way: number } | null {
    if (source === target) return { at: localArrivalAt(source, this.#host.now), way: source.boots };
    const at = arrivalAt(source, target, this.#host.now, this.burdens);
    return at < 0 ? null : { at, way: wayNumber(source.nic, target.nic) };
  }

  /** Whether what was sent on this way comes out of it now. If not it is lost for good, or held up. */
  arrives(event: QueuedEvent, source: MachineState, target: MachineState): boolean {
    if (source === target) return event.way === target.boots;
    if (event.way !== wayNumber(source.nic, target.nic)) return false;
    const { from, address } = event;
    if (from === null) return !isClosed(source, target, this.partitions);
    const waiting = stallOf(this.stalls, from.id, address);
    if (waiting === undefined && !isClosed(source, target, this.partitions)) return true;
    const stall = holdUp(this.stalls, from.id, address, event, this.#host.now);
    if (stall !== null) this.#host.remind(stall.wait, { type: 'kernel/send-again', from: stall.from, to: stall.to });
    return false;
  }

  /** Tries again what was held up. @returns false when both ends have given it up */
  sendAgain(message: SendAgain): boolean {
    const stall = stallOf(this.stalls, message.from, message.to);
    if (stall === undefined || this.#host.now < stall.due) return false;
    const [source, target] = [this.#host.machineAt(message.from), this.#host.machineAt(message.to)];
    if (source !== undefined && target !== undefined && isClosed(source, target, this.partitions)) {
      this.#host.remind(waitLonger(stall, this.#host.now), message);
      return true;
    }
    release(this.stalls, stall);
    this.#host.requeue(stall.events);
    return true;
  }

  hangUp(one: ProcessId, other: ProcessId): void {
    hangUp(this.stalls, one, other);
  }

  /** A process ends, and its connections with it. */
  lose(process: ProcessId): void {
    loseStalls(this.stalls, process);
  }
}
