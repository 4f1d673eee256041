/** Asking the runtime, and giving each answer back to the question that it answers. */
import type { Context } from '#engine/kernel/process';
import type { CriRequest } from '../runtime/cri';
import type { KubeletState, RuntimeAsk } from './state';

type WithoutId<T> = T extends CriRequest ? Omit<T, 'id'> : never;

/** Sends a request to the runtime; `ask` comes back with the answer. */
export function askRuntime(state: KubeletState, ctx: Context, request: WithoutId<CriRequest>, ask: RuntimeAsk): void {
  const id = state.nextAsk++;
  state.asks.set(id, ask);
  ctx.send(state.args.runtime, Object.freeze(Object.assign({ id }, request)));
}
