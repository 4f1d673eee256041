/** TCP connections to a port of a pod, by the simulation's port-forward: what is sent before one stands is kept. */
import type { Asking, Conductor, Hear } from './conductor';

const DATA = 0;
const ERROR = 1;
/** Virtual time, µs, that a standing clock gives for an answer to what was sent. */
const ANSWER_SPAN = 10_000_000;

export interface PodConnection {
  /** Sends bytes to the pod's port; `end`: no more will come. */
  send(data: Buffer, end: boolean): void;
  cancel(): void;
}

/** What comes of it. */
export interface PodEnds {
  data(bytes: Buffer): void;
  error(text: string): void;
  closed(): void;
}

/** @param asking - for the pod's `portforward` */
export function connectPod(
  conductor: Conductor,
  asking: Pick<Asking, 'method' | 'path' | 'credentials' | 'userAgent'>,
  port: string,
  ends: PodEnds,
): PodConnection {
  let open = false;
  let early: { readonly data: Buffer; readonly end: boolean }[] = [];
  const send = (data: Buffer, end: boolean): void => {
    conductor.send(ticket, DATA, data, end);
    conductor.grant(ticket, ANSWER_SPAN);
  };
  const hear: Hear = (message) => {
    if (!open) {
      if (message?.type !== 'api/response' || message.code !== 101) {
        const { message: why = 'the connection was lost' } = (
          message?.type === 'api/response' ? (message.body ?? {}) : {}
        ) as { readonly message?: string };
        ends.error(why);
        return ends.closed();
      }
      open = true;
      for (const { data, end } of early) send(data, end);
      early = [];
      return;
    }
    if (message?.type !== 'api/stream-chunk') return ends.closed();
    const bytes = Buffer.from(message.data, 'latin1');
    if (message.channel === ERROR) ends.error(bytes.toString());
    else if (bytes.length > 0) ends.data(bytes);
    conductor.grant(ticket, ANSWER_SPAN);
  };
  const ticket = conductor.ask({ ...asking, query: { ports: port }, upgrade: true }, hear);
  return {
    send: (data, end) => void (open ? send(data, end) : early.push({ data, end })),
    cancel: () => conductor.cancel(ticket),
  };
}
