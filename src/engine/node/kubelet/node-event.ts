import { recordEvent } from '#engine/client/events';
import type { Context } from '#engine/kernel/process';
import type { KubeletState } from './state';

/** An Event about this machine's Node. */
export function nodeEvent(
  state: KubeletState,
  ctx: Context,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): void {
  const { name } = state.args.node;
  recordEvent(state.client, state.recorder, ctx, {
    regarding: { kind: 'Node', name, uid: name },
    type,
    reason,
    message,
  });
}
