/** The slots of nodes side by side, so that their order is followed without looking at them. Derived from lists that do not change. */
import type { NodeInfo } from './node-info';

const slotsByOrder = new WeakMap<readonly NodeInfo[], Int32Array>();

export function slotsOf(nodes: readonly NodeInfo[]): Int32Array {
  let slots = slotsByOrder.get(nodes);
  if (slots?.length !== nodes.length) {
    slots = Int32Array.from(nodes, ({ slot }) => slot);
    slotsByOrder.set(nodes, slots);
  }
  return slots;
}
