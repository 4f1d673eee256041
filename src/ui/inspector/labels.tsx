/** Labels, as small tags. */
import { useText } from '../text/text';

export function Labels({ labels }: { labels: Readonly<Record<string, string>> }) {
  const text = useText();
  const entries = Object.entries(labels);
  if (entries.length === 0) return null;
  return (
    <ul className="labels" aria-label={text.inspector.labels}>
      {entries.map(([name, value]) => (
        <li key={name}>{value === '' ? name : `${name}=${value}`}</li>
      ))}
    </ul>
  );
}
