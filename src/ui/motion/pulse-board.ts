/** The pulses under way, beside the store: they change sixty times a second and only the canvas that paints them cares. */
import type { PeerMessageRecord, WriteRecord } from '#engine/cluster/records';
import { heartbeatsFrom, withHeartbeats, withPeerMessages, type Pulse } from './pulses';

export interface PulseBoard {
  /** Takes up what came in a frame. */
  add(writes: readonly WriteRecord[], messages: readonly PeerMessageRecord[], nowMs: number): void;
  current(): readonly Pulse[];
  /** Calls when pulses begin; returns the way to stop. One listener: the canvas. */
  onBegin(listener: () => void): () => void;
}

export function createPulseBoard(): PulseBoard {
  let pulses: readonly Pulse[] = [];
  let listener: (() => void) | null = null;
  return {
    add(writes, messages, nowMs) {
      const machines = heartbeatsFrom(writes);
      if (machines.length > 0) pulses = withHeartbeats(pulses, machines, nowMs);
      if (messages.length > 0) pulses = withPeerMessages(pulses, messages, nowMs);
      if (machines.length + messages.length > 0) listener?.();
    },
    current: () => pulses,
    onBegin(next) {
      listener = next;
      return () => {
        if (listener === next) listener = null;
      };
    },
  };
}
