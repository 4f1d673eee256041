/** The pulses under way, beside the store: they change sixty times a second and only the canvas that paints them cares. */
import { withHeartbeats, type Pulse } from './pulses';

export interface PulseBoard {
  add(machines: readonly string[], nowMs: number): void;
  current(): readonly Pulse[];
  /** Calls when pulses begin; returns the way to stop. One listener: the canvas. */
  onBegin(listener: () => void): () => void;
}

export function createPulseBoard(): PulseBoard {
  let pulses: readonly Pulse[] = [];
  let listener: (() => void) | null = null;
  return {
    add(machines, nowMs) {
      if (machines.length === 0) return;
      pulses = withHeartbeats(pulses, machines, nowMs);
      listener?.();
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
