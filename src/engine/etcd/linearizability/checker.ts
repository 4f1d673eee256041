/**
 * Whether a history of concurrent operations could have happened one after the other: Wing and Gong's search with Lowe's
 * memoisation, as Porcupine does it. An operation takes effect at one moment between its call and its return; one that
 * never returned may take effect at any moment after its call, or never.
 *
 * @source Wing and Gong, Testing and Verifying Concurrent Objects (1993); Lowe, Testing for Linearizability (2017); anishathalye/porcupine
 */

export interface Operation<Op> {
  /** Moments of one order: a call and a return never share one. */
  readonly call: number;
  /** Infinity: nobody knows what became of it. */
  readonly return: number;
  /** What was asked, and what was answered. */
  readonly op: Op;
}

/** What an object does. */
export interface Model<State extends string | number, Op> {
  readonly initial: State;
  /** The state after an operation; undefined: it cannot have been answered so in this state. */
  readonly step: (state: State, op: Op) => State | undefined;
}

/** `steps`: how often the model was asked. `unknown`: it was asked too often, the search was given up. */
export interface Verdict {
  readonly outcome: 'linearizable' | 'violation' | 'unknown';
  readonly steps: number;
  /** The most operations that could be put in a row. */
  readonly longest: number;
}

/** A call or a return in the order of time; both of one operation know each other. */
interface Node {
  readonly id: number;
  /** The return, if this is the call of an operation that returned. */
  returns: Node | null;
  readonly isCall: boolean;
  previous: Node | null;
  next: Node | null;
}

const newNode = (id: number, isCall: boolean): Node => ({ id, isCall, returns: null, previous: null, next: null });

function unlink({ previous, next }: Node): void {
  previous!.next = next;
  if (next !== null) next.previous = previous;
}

function relink(node: Node): void {
  node.previous!.next = node;
  if (node.next !== null) node.next.previous = node;
}

/** @returns the head of the list of all calls and returns in order */
function timeline(history: readonly Operation<unknown>[]): Node {
  const moments: { readonly at: number; readonly node: Node }[] = [];
  for (const [id, operation] of history.entries()) {
    const call = newNode(id, true);
    moments.push({ at: operation.call, node: call });
    if (operation.return === Infinity) continue;
    call.returns = newNode(id, false);
    moments.push({ at: operation.return, node: call.returns });
  }
  moments.sort((a, b) => a.at - b.at);
  const head = newNode(-1, false);
  let last = head;
  for (const { node } of moments) {
    last.next = node;
    node.previous = last;
    last = node;
  }
  return head;
}

/** @param budget - the most steps of the model */
export function checkLinearizable<State extends string | number, Op>(
  { initial, step }: Model<State, Op>,
  history: readonly Operation<Op>[],
  budget = 2_000_000,
): Verdict {
  const head = timeline(history);
  const seen = new Set<string>();
  const placed: { readonly node: Node; readonly before: State }[] = [];
  let open = history.filter((operation) => operation.return !== Infinity).length;
  let state = initial;
  let done = 0n;
  let steps = 0;
  let longest = 0;
  let node = head.next;
  while (open > 0) {
    if (node?.isCall === true) {
      if (++steps > budget) return { outcome: 'unknown', steps, longest };
      const after = step(state, history[node.id]!.op);
      const withIt = done | (1n << BigInt(node.id));
      const place = after === undefined ? '' : `${withIt.toString(36)} ${after}`;
      if (after === undefined || seen.has(place)) {
        node = node.next;
        continue;
      }
      seen.add(place);
      placed.push({ node, before: state });
      longest = Math.max(longest, placed.length);
      state = after;
      done = withIt;
      unlink(node);
      if (node.returns !== null) {
        unlink(node.returns);
        open--;
      }
      node = head.next;
      continue;
    }
    // Somebody has returned who is not placed yet: what was placed last was placed too early.
    const last = placed.pop();
    if (last === undefined) return { outcome: 'violation', steps, longest };
    state = last.before;
    done &= ~(1n << BigInt(last.node.id));
    if (last.node.returns !== null) {
      relink(last.node.returns);
      open++;
    }
    relink(last.node);
    node = last.node.next;
  }
  return { outcome: 'linearizable', steps, longest };
}
