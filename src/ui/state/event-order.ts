/** Keeps Kubernetes Events in the order in which they were last seen. */
import type { EventRecord } from '#engine/cluster/records';

/** Times of Events are whole seconds; their names end in the nanosecond of their birth, in hexadecimal digits. */
const birthOf = ({ name }: EventRecord): string => name.slice(name.lastIndexOf('.') + 1);

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const bySight = (a: EventRecord, b: EventRecord): number =>
  a.lastSeen - b.lastSeen || byText(birthOf(a), birthOf(b)) || byText(a.uid, b.uid);

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
