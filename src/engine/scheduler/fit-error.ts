/**
 * The text of an attempt that found no node.
 *
 * @source kubernetes pkg/scheduler/framework/types.go (FitError)
 */
import { byteOrder } from '#engine/api/json';
import type { Status } from './status';

export const NO_NODES = 'no nodes available to schedule pods';

/** @source kubernetes pkg/apis/core/validation/events.go (NoteLengthLimit), pkg/scheduler/schedule_one.go (truncateMessage) */
const NOTE_LENGTH_LIMIT = 1024;

export interface Diagnosis {
  /** How many nodes there are. */
  readonly nodes: number;
  /** Of the nodes that were turned down one by one. */
  readonly tally: ReadonlyMap<Status, number>;
  /** Of all other nodes. */
  readonly absent: Status | null;
  /** Not empty: the pod was turned down before any node was looked at. */
  readonly preFilterMessage: string;
  readonly postFilterMessage: string;
}

/** e.g. `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable. preemption: …`. */
export function fitErrorMessage(diagnosis: Diagnosis): string {
  let message = `0/${diagnosis.nodes} nodes are available:`;
  if (diagnosis.preFilterMessage !== '') {
    message += ` ${diagnosis.preFilterMessage}.`;
  } else {
    const lines = [...reasonHistogram(diagnosis)].map(([reason, count]) => `${count} ${reason}`);
    if (lines.length > 0) message += ` ${lines.sort(byteOrder).join(', ')}.`;
  }
  return diagnosis.postFilterMessage === '' ? message : `${message} ${diagnosis.postFilterMessage}`;
}

/** How many of the first `count` statuses are which. */
export function tallyOf(statuses: readonly Status[], count = statuses.length): Map<Status, number> {
  const tally = new Map<Status, number>();
  for (let i = 0, same = 1; i < count; i++, same++) {
    const status = statuses[i]!;
    // Neighbours often have the same status.
    if (i + 1 < count && statuses[i + 1] === status) continue;
    tally.set(status, (tally.get(status) ?? 0) + same);
    same = 0;
  }
  return tally;
}

/** How many nodes gave each reason. A node counts once for each of its reasons. */
function reasonHistogram({ nodes, tally, absent }: Diagnosis): Map<string, number> {
  const histogram = new Map<string, number>();
  let others = nodes;
  const add = ({ reasons }: Status, count: number): void => {
    others -= count;
    for (const reason of reasons) histogram.set(reason, (histogram.get(reason) ?? 0) + count);
  };
  for (const [status, count] of tally) add(status, count);
  if (absent !== null && others > 0) add(absent, others);
  return histogram;
}

/** What an Event can carry of a message. Reasons are ASCII, so that characters are bytes. */
export const truncatedNote = (message: string): string =>
  message.length <= NOTE_LENGTH_LIMIT ? message : `${message.slice(0, NOTE_LENGTH_LIMIT - 4)} ...`;
