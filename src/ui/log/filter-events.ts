/** Which Events the log shows. Pure. */
import type { EventRecord } from '#engine/cluster/records';
import type { EventFilter } from '../state/view-slice';

/** The object of an Event as `kubectl get events` prints it: `pod/web-0`. */
export const eventObject = ({ regarding }: EventRecord): string => `${regarding.kind.toLowerCase()}/${regarding.name}`;

function matchesText(event: EventRecord, text: string): boolean {
  return (
    event.message.toLowerCase().includes(text) ||
    event.reason.toLowerCase().includes(text) ||
    eventObject(event).includes(text)
  );
}

/** The Events that pass, in the same order; the same array when all do. */
export function filterEvents(events: readonly EventRecord[], filter: EventFilter): readonly EventRecord[] {
  const text = filter.text.trim().toLowerCase();
  if (!filter.warningsOnly && filter.namespace === '' && text === '') return events;
  return events.filter(
    (event) =>
      (!filter.warningsOnly || event.type === 'Warning') &&
      (filter.namespace === '' || event.regarding.namespace === filter.namespace) &&
      (text === '' || matchesText(event, text)),
  );
}
