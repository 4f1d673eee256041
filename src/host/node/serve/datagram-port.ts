/**
 * A UDP port on the loopback address whose clients each have a flow to an endpoint of their own, for as long as datagrams come
 * and go: what conntrack does on a node.
 *
 * @source Linux Documentation/networking/nf_conntrack-sysctl.rst (nf_conntrack_udp_timeout, …_stream)
 */
import { createSocket, type Socket } from 'node:dgram';
import type { PodConnection, PodEnds } from './pod-connection';

const UNANSWERED_MS = 30_000;
const ANSWERED_MS = 120_000;
const MAX_FLOWS = 1024;

interface Flow {
  readonly pod: PodConnection;
  idle: NodeJS.Timeout;
}

export interface DatagramEnds {
  /** A new client. Null: nobody takes its datagrams. */
  open(client: string, ends: PodEnds): PodConnection | null;
  listening(): void;
  failed(error: NodeJS.ErrnoException): void;
  /** How many clients have a flow. */
  counted(flows: number): void;
}

export class DatagramPort {
  readonly #ends: DatagramEnds;
  readonly #socket: Socket;
  /** By address and port of the client, the oldest first. */
  readonly #flows = new Map<string, Flow>();
  #closed = false;

  constructor(address: string, port: number, ends: DatagramEnds) {
    this.#ends = ends;
    this.#socket = createSocket('udp4');
    this.#socket.once('listening', () => ends.listening());
    this.#socket.on('error', (error) => ends.failed(error));
    this.#socket.on('message', (data, { address: from, port: fromPort }) => this.#take(data, from, fromPort));
    this.#socket.bind({ address, port, exclusive: true });
  }

  /** Its clients' flows end with it. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const client of this.#flows.keys()) this.#end(client);
    this.#socket.close();
  }

  #take(data: Buffer, address: string, port: number): void {
    const client = `${address}:${port}`;
    const flow = this.#flows.get(client) ?? this.#begin(client, address, port);
    if (flow === null) return;
    flow.idle.refresh();
    flow.pod.send(data, false);
  }

  #begin(client: string, address: string, port: number): Flow | null {
    const [oldest] = this.#flows.keys();
    if (this.#flows.size >= MAX_FLOWS && oldest !== undefined) this.#end(oldest);
    const after = (delay: number): NodeJS.Timeout => setTimeout(() => this.#end(client), delay).unref();
    let answered = false;
    const pod = this.#ends.open(address, {
      data: (bytes) => {
        if (this.#closed) return;
        // What is too long for a datagram is lost, as it is on a wire.
        this.#socket.send(bytes, port, address, () => undefined);
        const flow = this.#flows.get(client);
        if (answered || flow === undefined) return void flow?.idle.refresh();
        answered = true;
        clearTimeout(flow.idle);
        flow.idle = after(ANSWERED_MS);
      },
      error: () => undefined,
      closed: () => this.#end(client),
    });
    if (pod === null) return null;
    const flow = { pod, idle: after(UNANSWERED_MS) };
    this.#flows.set(client, flow);
    this.#ends.counted(this.#flows.size);
    return flow;
  }

  #end(client: string): void {
    const flow = this.#flows.get(client);
    if (flow === undefined) return;
    this.#flows.delete(client);
    clearTimeout(flow.idle);
    flow.pod.cancel();
    this.#ends.counted(this.#flows.size);
  }
}
