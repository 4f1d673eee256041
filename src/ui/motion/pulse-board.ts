/** The pulses and flows under way, beside the store: they change sixty times a second and only the canvas that paints them cares. */
import type { PeerMessageRecord, WriteRecord } from '#engine/cluster/records';
import { rateAt, withMore, type Rate } from './flow';
import type { Flows } from './flow-paint';
import { heartbeatsFrom, withHeartbeats, withPeerMessages, type Pulse } from './pulses';

export interface PulseBoard {
  /** Takes up what came in a frame. */
  add(writes: readonly WriteRecord[], messages: readonly PeerMessageRecord[], nowMs: number): void;
  /** Pods have come to machines, so many to each, too fast to be seen one by one. */
  flow(pods: ReadonlyMap<string, number>, nowMs: number): void;
  current(): readonly Pulse[];
  flows(): Flows;
  /** Calls when something begins to move; returns the way to stop. One listener: the canvas. */
  onBegin(listener: () => void): () => void;
}

/** Heartbeats a second of one machine above which they are no single pulses any more: from about 20× on. */
const BEATS_FLOW_FROM = 1.6;

export function createPulseBoard(): PulseBoard {
  let pulses: readonly Pulse[] = [];
  let listener: (() => void) | null = null;
  const beats = new Map<string, Rate>();
  const flows = { pods: new Map<string, Rate>(), beats: new Map<string, Rate>() };

  const isSingle = (machine: string, nowMs: number): boolean => {
    const flowed = rateAt(beats.get(machine), nowMs) > BEATS_FLOW_FROM;
    const rate = withMore(beats.get(machine), 1, nowMs);
    beats.set(machine, rate);
    if (flowed) flows.beats.set(machine, rate);
    return !flowed;
  };

  return {
    add(writes, messages, nowMs) {
      const machines = heartbeatsFrom(writes);
      const single = machines.filter((machine) => isSingle(machine, nowMs));
      if (single.length > 0) pulses = withHeartbeats(pulses, single, nowMs);
      if (messages.length > 0) pulses = withPeerMessages(pulses, messages, nowMs);
      if (machines.length + messages.length > 0) listener?.();
    },
    flow(pods, nowMs) {
      for (const [machine, count] of pods) flows.pods.set(machine, withMore(flows.pods.get(machine), count, nowMs));
      if (pods.size > 0) listener?.();
    },
    current: () => pulses,
    flows: () => flows,
    onBegin(next) {
      listener = next;
      return () => {
        if (listener === next) listener = null;
      };
    },
  };
}
