/**
 * Machines' network cards and the ways between them: how long a message travels, and whether it arrives. Machines hang on
 * one fabric; a way between two of them is the sender's card, the fabric (rack, zone), the receiver's card.
 */
import { nextWord, type RandomState } from './random';
import type { Micros } from './time';

/** A machine's cable and card. */
export interface NicState {
  /** Whether the cable carries traffic towards the machine, and away from it. */
  in: boolean;
  out: boolean;
  /** µs that this machine's traffic takes longer than it should, each way. */
  extraLatency: Micros;
  /** Share of packets lost at this card, 0 to 1. A lost packet is sent again, as TCP does. */
  loss: number;
  /** Count losses of power: a message whose count changed on its way is lost. */
  inBreaks: number;
  outBreaks: number;
  readonly jitter: RandomState;
  /** When the last message to a machine arrives: later ones do not overtake it. */
  readonly lastArrival: Map<string, Micros>;
}

/** Where a machine stands. */
export interface Place {
  readonly name: string;
  readonly rack: string;
  readonly zone: string;
  /** Absent: the only one. */
  readonly region?: string;
}

/** Nobody in `from` reaches anybody in `to`. */
export interface Partition {
  readonly id: string;
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** Ways that are slower than they should be, or lose packets: of a zone all that lead into it and out of it, else those between two groups. */
export interface Burden {
  readonly id: string;
  readonly on: { readonly zone: string } | Omit<Partition, 'id'>;
  readonly latency: Micros;
  readonly loss: number;
}

/** Least µs and µs of spread of one way. */
interface Latency {
  readonly least: Micros;
  readonly spread: Micros;
}

/** One way of a message: loopback, same rack, same zone, another zone, another region. Round figures of a public cloud. */
const SAME_RACK: Latency = { least: 120, spread: 80 };
const SAME_ZONE: Latency = { least: 200, spread: 150 };
const OTHER_ZONE: Latency = { least: 500, spread: 300 };
const OTHER_REGION: Latency = { least: 20_000, spread: 2_000 };
export const LOOPBACK: Micros = 25;

/** @source RFC 6298: the least retransmission timeout that Linux uses, doubled by each loss */
const RETRANSMISSION: Micros = 200_000;
/** @source Linux TCP_RETRIES2: after so many losses in a row the connection is given up, and with it the message */
const MAX_RETRANSMISSIONS = 15;
const LONGEST_RETRANSMISSION: Micros = 120_000_000;

export const newNic = (jitter: RandomState): NicState => ({
  in: true,
  out: true,
  extraLatency: 0,
  loss: 0,
  inBreaks: 0,
  outBreaks: 0,
  jitter,
  lastArrival: new Map(),
});

const isOn = ({ on }: Burden, from: Place, to: Place): boolean =>
  'zone' in on
    ? (from.zone === on.zone) !== (to.zone === on.zone)
    : on.from.includes(from.name) && on.to.includes(to.name);

/** What a machine needs to have for messages to come to it. */
interface Reached extends Place {
  readonly nic: NicState;
  readonly hog?: { readonly lag: Micros };
}

function wayBetween(from: Place, to: Place): Latency {
  if (from.zone === to.zone) return from.rack === to.rack ? SAME_RACK : SAME_ZONE;
  return from.region !== undefined && to.region !== undefined && from.region !== to.region ? OTHER_REGION : OTHER_ZONE;
}

/** Messages of one way do not overtake each other. */
function inOrder(nic: NicState, to: string, arrival: Micros): Micros {
  const at = Math.max(arrival, nic.lastArrival.get(to) ?? 0);
  nic.lastArrival.set(to, at);
  return at;
}

/** When a message to a neighbour on the same machine arrives. */
export const localArrivalAt = ({ name, nic, hog }: Reached, now: Micros): Micros =>
  hog === undefined ? now + LOOPBACK : inOrder(nic, name, now + LOOPBACK + hog.lag);

/**
 * When a message that is sent now arrives. Draws from the sender's generator and keeps the order of the way.
 *
 * @returns virtual µs, or −1 when it gets lost for good
 */
export function arrivalAt(from: Reached, to: Reached, now: Micros, burdens: readonly Burden[]): Micros {
  const { least, spread } = wayBetween(from, to);
  let travel = least + Math.floor((nextWord(from.nic.jitter) / 0x1_0000_0000) * spread);
  travel += from.nic.extraLatency + to.nic.extraLatency + (to.hog?.lag ?? 0);

  let kept = (1 - from.nic.loss) * (1 - to.nic.loss);
  for (const burden of burdens) {
    if (!isOn(burden, from, to)) continue;
    travel += burden.latency;
    kept *= 1 - burden.loss;
  }
  const loss = 1 - kept;
  if (loss > 0) {
    let losses = 0;
    while (nextWord(from.nic.jitter) / 0x1_0000_0000 < loss) {
      if (losses === MAX_RETRANSMISSIONS) return -1;
      travel += Math.min(RETRANSMISSION * (1 << losses), LONGEST_RETRANSMISSION);
      losses++;
    }
  }

  return inOrder(from.nic, to.name, now + travel);
}

/** Names the state of a way; a message whose way has another number on arrival was on it when it broke. */
export const wayNumber = (from: NicState, to: NicState): number => from.outBreaks + to.inBreaks;

/** Whether a way is closed now, by a cut cable or a partition. */
export function isClosed(
  from: Place & { nic: NicState },
  to: Place & { nic: NicState },
  partitions: readonly Partition[],
): boolean {
  if (!from.nic.out || !to.nic.in) return true;
  return partitions.some((partition) => partition.from.includes(from.name) && partition.to.includes(to.name));
}

/** Opens or cuts the cable, each way for itself. */
export function setCable(nic: NicState, open: { readonly in: boolean; readonly out: boolean }): void {
  nic.in = open.in;
  nic.out = open.out;
}

/** All that is on its way to or from this machine is lost. */
export function breakTraffic(nic: NicState): void {
  nic.inBreaks++;
  nic.outBreaks++;
  nic.lastArrival.clear();
}
