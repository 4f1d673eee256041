/** Heartbeats on their way: which are begun, where each of them is, when it has arrived. Pure. */
import type { WriteRecord } from '#engine/cluster/records';
import { isHeartbeat } from '../state/mirror';

export interface Pulse {
  readonly machine: string;
  readonly startedMs: number;
}

export const PULSE_MS = 900;
/** Real time between two pulses on one wire: at high speed one pulse stands for many heartbeats. */
const GAP_MS = 650;
const ALIVE_CAP = 60;

/** Machines from which a heartbeat has come to the API server, each once. */
export function heartbeatsFrom(writes: readonly WriteRecord[]): readonly string[] {
  const machines = new Set<string>();
  for (const write of writes) {
    if (isHeartbeat(write) && write.from.endsWith('/kubelet')) machines.add(write.name);
  }
  return [...machines];
}

/** The pulses under way after some heartbeats have come. Those that have arrived are left out. */
export function withHeartbeats(pulses: readonly Pulse[], machines: readonly string[], nowMs: number): readonly Pulse[] {
  const alive = pulses.filter(({ startedMs }) => nowMs - startedMs < PULSE_MS);
  const added = machines
    .filter((machine) => !alive.some((pulse) => pulse.machine === machine && nowMs - pulse.startedMs < GAP_MS))
    .map((machine) => ({ machine, startedMs: nowMs }));
  return [...alive, ...added].slice(-ALIVE_CAP);
}

/** How far along the wire (0: machine, 1: API server); slows down as it arrives. */
export function pulseProgress(pulse: Pulse, nowMs: number): number {
  const part = Math.min(1, Math.max(0, (nowMs - pulse.startedMs) / PULSE_MS));
  return 1 - (1 - part) ** 2;
}
