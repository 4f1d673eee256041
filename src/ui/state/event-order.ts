/** Keeps Kubernetes Events in the order in which they were last seen. */
import type { EventRecord } from '#engine/cluster/records';

const bySight = (a: EventRecord, b: EventRecord): number =>
  a.lastSeen - b.lastSeen || (a.uid < b.uid ? -1 : a.uid > b.uid ? 1 : 0);

/**
 * The log after some Events have come, changed or expired. Gives the same array when nothing changed. New Events nearly
 * always belong at the end, so sorting everything is the exception.
 */
export function withChangedEvents(
  log: readonly EventRecord[],
  changed: readonly EventRecord[],
  gone: ReadonlySet<string>,
): readonly EventRecord[] {
  if (changed.length === 0 && gone.size === 0) return log;
  const latest = new Map(changed.map((record) => [record.uid, record]));
  const kept = log.filter((record) => !latest.has(record.uid) && !gone.has(record.uid));
  if (latest.size === 0 && kept.length === log.length) return log;
  const arrived = [...latest.values()].sort(bySight);
  const first = arrived[0];
  const last = kept.at(-1);
  const merged = [...kept, ...arrived];
  return first && last && bySight(last, first) > 0 ? merged.sort(bySight) : merged;
}
