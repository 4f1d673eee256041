/** HTTP requests for pods whose program is a process of the simulation: passed on to it, and its answers back. */
import type { HttpRequest, HttpResponse } from '#engine/apiserver/stream-wire';
import type { Context, ProcessId } from '#engine/kernel/process';
import type { ContainerdState } from './state';

/** Nobody waits for an answer behind so many others. */
const MOST = 256;

export function relay(state: ContainerdState, to: ProcessId, request: HttpRequest, ctx: Context): void {
  if (ctx.from === null) return;
  const relays = (state.relays ??= new Map());
  const id = state.nextProbe++;
  relays.set(id, { from: ctx.from, id: request.id });
  if (relays.size > MOST) relays.delete(relays.keys().next().value ?? 0);
  const { to: _, ...rest } = request;
  const passed: HttpRequest = { ...rest, id };
  ctx.send(to, passed);
}

export function relayed(state: ContainerdState, response: HttpResponse, ctx: Context): void {
  const asker = state.relays?.get(response.id);
  if (asker === undefined) return;
  state.relays?.delete(response.id);
  const passed: HttpResponse = { ...response, id: asker.id };
  ctx.send(asker.from, passed);
}
