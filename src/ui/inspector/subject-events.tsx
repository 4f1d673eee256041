/** The Events about one thing, oldest first, as `kubectl describe` lists them. */
import { useShallow } from 'zustand/react/shallow';
import type { Subject } from '#engine/cluster/records';
import { useUi } from '../state/store';
import { formatVirtualTime } from '../text/virtual-time';
import { useText } from '../text/text';

const SHOWN = 100;

export function SubjectEvents({ subject }: { subject: Subject }) {
  const text = useText();
  const { kind, namespace, name } = subject;
  const events = useUi(
    useShallow((state) =>
      state.mirror.eventLog
        .filter(({ regarding }) => {
          return (
            regarding.kind === kind && regarding.name === name && (kind === 'Node' || regarding.namespace === namespace)
          );
        })
        .slice(-SHOWN),
    ),
  );
  if (events.length === 0) return <p className="quiet">{text.inspector.noEvents}</p>;
  return (
    <ol className="story">
      {events.map((event) => (
        <li key={event.uid} data-type={event.type}>
          <time>{formatVirtualTime(event.lastSeen)}</time>
          <strong>{event.reason}</strong> {event.message}
          <span className="quiet"> {text.inspector.eventSource(event.component, event.count)}</span>
        </li>
      ))}
    </ol>
  );
}
