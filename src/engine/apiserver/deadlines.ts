/** Requests that take too long are given up. */
import { timeout } from '#engine/api/status-error';
import type { Context } from '#engine/kernel/process';
import { type Micros, SECOND } from '#engine/kernel/time';
import { sendResponse } from './respond';
import type { ApiServerState, Pending } from './state';
import { tick } from './tick';
import { finish, timedOut } from './writes';

/** How often requests that take too long are looked for. */
const DEADLINE_CHECK: Micros = 5 * SECOND;

/** Keeps a timer running while anything is pending. */
export function armDeadlines(state: ApiServerState, ctx: Context): void {
  if (state.deadlineTimer) return;
  state.deadlineTimer = true;
  ctx.after(DEADLINE_CHECK, tick('apiserver/deadlines'));
}

const deadlineOf = (pending: Pending): Micros | null =>
  'operation' in pending ? pending.operation.deadline : 'query' in pending ? pending.query.deadline : null;

/** Gives up what has taken too long. */
export function passDeadlines(state: ApiServerState, ctx: Context): void {
  for (const [id, pending] of state.pending) {
    const deadline = deadlineOf(pending);
    if (deadline === null || deadline > ctx.monotonic) continue;
    state.pending.delete(id);
    state.etcd.sent.delete(id);
    if ('operation' in pending) finish(state, ctx, pending.operation, timedOut());
    else if ('query' in pending) {
      const status = timeout('request did not complete within the allotted timeout');
      sendResponse(state, ctx, pending.query.asker, 504, status);
    }
  }
  state.deadlineTimer = false;
  if (state.pending.size > 0) armDeadlines(state, ctx);
}
