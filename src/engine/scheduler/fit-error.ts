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
  readonly statuses: readonly Status[];
  /** How many of these statuses count: the first. Absent: all. */
  readonly rejected?: number;
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

/** How many nodes gave each reason. A node counts once for each of its reasons. */
export function reasonHistogram({
  nodes,
  statuses,
  absent,
  rejected: known = statuses.length,
}: Diagnosis): Map<string, number> {
  const counts = new Map<Status, number>();
  for (let i = 0, same = 1; i < known; i++, same++) {
    const status = statuses[i]!;
    // Neighbours often have the same status.
    if (i + 1 < known && statuses[i + 1] === status) continue;
    counts.set(status, (counts.get(status) ?? 0) + same);
    same = 0;
  }
  if (absent !== null && known < nodes) counts.set(absent, nodes - known);

  const histogram = new Map<string, number>();
  for (const [{ reasons }, count] of counts) {
    for (const reason of reasons) histogram.set(reason, (histogram.get(reason) ?? 0) + count);
  }
  return histogram;
}

/** What an Event can carry of a message. Reasons are ASCII, so that characters are bytes. */
export const truncatedNote = (message: string): string =>
  message.length <= NOTE_LENGTH_LIMIT ? message : `${message.slice(0, NOTE_LENGTH_LIMIT - 4)} ...`;
