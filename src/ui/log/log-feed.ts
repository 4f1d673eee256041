/** Hands frames on to the event log, and keeps those that came before the log's own code. */
import type { Frame } from '#engine/cluster/door';
import type { HostStatus } from '#host/worker/protocol';

export type FrameTaker = (frame: Frame, status: HostStatus) => void;

export interface LogFeed {
  readonly add: FrameTaker;
  /** From now on this takes the frames; first those that were kept. */
  hear(taker: FrameTaker): void;
}

export function createLogFeed(): LogFeed {
  let kept: Parameters<FrameTaker>[] = [];
  let taker: FrameTaker | null = null;
  return {
    add(...frame) {
      if (taker) return taker(...frame);
      if (frame[0].full) kept = [];
      kept.push(frame);
    },
    hear(next) {
      taker = next;
      for (const frame of kept) next(...frame);
      kept = [];
    },
  };
}
