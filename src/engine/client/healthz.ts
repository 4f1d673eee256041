/** How a component that is a client of the API answers its kubelet's HTTP probes (`/livez`, `/healthz`): by answering. */
import type { Context, Message } from '#engine/kernel/process';

export interface HealthzRequest extends Message {
  readonly type: 'healthz/request';
  readonly id: number;
}

export interface HealthzAnswer extends Message {
  readonly type: 'healthz/answer';
  readonly id: number;
  /** HTTP status code. */
  readonly code: number;
}

/** @returns whether the message was a probe */
export function answerHealthz(message: Message, ctx: Context): boolean {
  if (message.type !== 'healthz/request') return false;
  if (ctx.from !== null) {
    const answer: HealthzAnswer = { type: 'healthz/answer', id: (message as HealthzRequest).id, code: 200 };
    ctx.send(ctx.from, answer);
  }
  return true;
}
