/** What is under way on the stage's wires: which pulses are begun, where each of them is, when it has arrived. Pure. */
import type { PeerMessageRecord, WriteRecord } from '#engine/cluster/records';
import { isHeartbeat } from '../state/mirror';

/** A kubelet's heartbeat, or what a message between etcd members is. */
export type PulseKind = 'lease' | PeerMessageRecord['what'];

export interface Pulse {
  readonly wire: string;
  readonly kind: PulseKind;
  /** May be a little later than now: the rounds of an election are shown one after the other. */
  readonly startedMs: number;
}

export const PULSE_MS = 900;
/** Real time between two pulses of one kind on one wire: at high speed one pulse stands for many. */
const GAP_MS = 650;
/** Real time between the rounds of an election. */
const ROUND_MS = 450;
const ALIVE_CAP = 90;

/** Machines from which a heartbeat has come to the API server, each once. */
export function heartbeatsFrom(writes: readonly WriteRecord[]): readonly string[] {
  const machines = new Set<string>();
  for (const write of writes) {
    if (isHeartbeat(write) && write.from.endsWith('/kubelet')) machines.add(write.name);
  }
  return [...machines];
}

/** The pulses under way after some heartbeats have come. Those that have arrived are left out. */
export const withHeartbeats = (
  pulses: readonly Pulse[],
  machines: readonly string[],
  nowMs: number,
): readonly Pulse[] =>
  withPulses(
    pulses,
    machines.map((wire) => ({ wire, kind: 'lease', startedMs: nowMs })),
    nowMs,
  );

function withPulses(pulses: readonly Pulse[], begun: readonly Pulse[], nowMs: number): readonly Pulse[] {
  const alive = pulses.filter(({ startedMs }) => nowMs - startedMs < PULSE_MS);
  const added = begun.filter(
    ({ wire, kind, startedMs }) =>
      !alive.some((pulse) => pulse.wire === wire && pulse.kind === kind && startedMs - pulse.startedMs < GAP_MS),
  );
  return [...alive, ...added].slice(-ALIVE_CAP);
}

const machineOf = (process: string): string => process.slice(0, process.indexOf('/'));

/** The wire that a message between two members travels. */
export const peerWire = (from: string, to: string): string => `${from}>${to}`;

/** The rounds of an election, in their order; what comes after them waits until they are shown. */
const ROUNDS: readonly PulseKind[] = ['pre-vote', 'pre-vote-answer', 'vote', 'vote-answer'];

/** The pulses under way after messages between etcd members have arrived. */
export function withPeerMessages(
  pulses: readonly Pulse[],
  messages: readonly PeerMessageRecord[],
  nowMs: number,
): readonly Pulse[] {
  let free = nowMs;
  for (const { kind, startedMs } of pulses) if (ROUNDS.includes(kind)) free = Math.max(free, startedMs + ROUND_MS);
  const begun: Pulse[] = [];
  const begin = (kinds: (kind: PulseKind) => boolean): boolean => {
    const those = messages.filter(({ what }) => kinds(what));
    for (const { from, to, what } of those)
      begun.push({ wire: peerWire(machineOf(from), machineOf(to)), kind: what, startedMs: free });
    return those.length > 0;
  };
  for (const round of ROUNDS) if (begin((kind) => kind === round)) free += ROUND_MS;
  begin((kind) => !ROUNDS.includes(kind));
  return withPulses(pulses, begun, nowMs);
}

/** How far along the wire (0: where it began, 1: arrived), slower as it arrives; below 0: not begun. */
export function pulseProgress(pulse: Pulse, nowMs: number): number {
  if (nowMs < pulse.startedMs) return -1;
  const part = Math.min(1, (nowMs - pulse.startedMs) / PULSE_MS);
  return 1 - (1 - part) ** 2;
}
