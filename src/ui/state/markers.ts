/** What is worth a mark on the timeline: faults as they begin and end, nodes as they fall and rise. Pure. */
import type { EventRecord, Fault, FaultRecord, MachineRecord } from '#engine/cluster/records';
import type { Micros } from '#engine/kernel/time';

export interface Marker {
  readonly id: string;
  readonly at: Micros;
  readonly what: 'fault' | 'healed' | 'node-not-ready' | 'node-ready' | 'leader';
  /** For a fault its type, else empty. */
  readonly fault: Fault['type'] | '';
  /** The machine, process or zone that it is about; may be empty. */
  readonly about: string;
}

const MARKER_CAP = 200;

/** The machine, process, zone, pod or rack that a fault hits. */
export function faultTarget(fault: Fault): string {
  if ('machine' in fault) return fault.machine;
  if ('process' in fault) return fault.process;
  if ('zone' in fault) return fault.zone;
  if ('pod' in fault) return fault.pod;
  if ('rack' in fault) return fault.rack;
  return '';
}

const NODE_MARKERS: Readonly<Record<string, Marker['what']>> = {
  NodeNotReady: 'node-not-ready',
  NodeReady: 'node-ready',
};

/** Who led the etcd group last, as far as was seen. */
export interface Leadership {
  readonly machine: string;
  readonly term: number;
}

/** Who leads the etcd group after a frame: of those who say so the one with the latest term. The same when that is no news. */
export function leadershipAfter(before: Leadership | null, machines: readonly MachineRecord[]): Leadership | null {
  let latest = before;
  for (const { name, processes } of machines) {
    for (const { raft } of processes) {
      if (raft?.role === 'leader' && raft.term > (latest?.term ?? 0)) latest = { machine: name, term: raft.term };
    }
  }
  return latest;
}

/** A mark where another term began with a leader: not for the first that was seen, nor for a member that is alone. */
export function leaderMarker(before: Leadership | null, after: Leadership | null, now: Micros): Marker | null {
  if (before === null || after === null || after.machine === before.machine) return null;
  return { id: `leader/${after.term}`, at: now, what: 'leader', fault: '', about: after.machine };
}

/** The markers after a frame. The same array when there is nothing new. */
export function addMarkers(
  markers: readonly Marker[],
  faultsBefore: readonly FaultRecord[],
  faultsNow: readonly FaultRecord[],
  events: readonly EventRecord[],
  now: Micros,
  leader: Marker | null = null,
): readonly Marker[] {
  const added: Marker[] = leader === null ? [] : [leader];
  for (const { id, at, fault } of faultsNow) {
    if (faultsBefore.some((other) => other.id === id)) continue;
    added.push({ id: `fault/${id}`, at, what: 'fault', fault: fault.type, about: faultTarget(fault) });
  }
  for (const { id, fault } of faultsBefore) {
    if (faultsNow.some((other) => other.id === id)) continue;
    added.push({ id: `healed/${id}`, at: now, what: 'healed', fault: fault.type, about: faultTarget(fault) });
  }
  for (const event of events) {
    const what = NODE_MARKERS[event.reason];
    if (what === undefined || event.regarding.kind !== 'Node') continue;
    // A node that becomes Ready for the first time has only booted.
    if (
      what === 'node-ready' &&
      !markers.some((marker) => marker.what === 'node-not-ready' && marker.about === event.regarding.name)
    ) {
      continue;
    }
    const id = `${event.reason}/${event.regarding.name}/${event.lastSeen}`;
    if (markers.some((marker) => marker.id === id)) continue;
    added.push({ id, at: event.lastSeen, what, fault: '', about: event.regarding.name });
  }
  const news = added.filter(({ id }) => !markers.some((marker) => marker.id === id));
  if (news.length === 0) return markers;
  return [...markers, ...news].sort((a, b) => a.at - b.at).slice(-MARKER_CAP);
}
