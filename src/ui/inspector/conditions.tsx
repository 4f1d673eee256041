/** The conditions of a status. */
import type { NodeRecord } from '#engine/cluster/records';
import { useText } from '../text/text';

export function Conditions({ conditions }: { conditions: NodeRecord['conditions'] }) {
  const text = useText();
  if (conditions.length === 0) return null;
  return (
    <>
      <h3>{text.inspector.conditions}</h3>
      <ul className="conditions">
        {conditions.map((condition) => (
          <li key={condition.type} title={condition.message}>
            <span>{condition.type}</span>
            <span className="condition-status" data-status={condition.status}>
              {condition.status}
            </span>
            <span className="quiet">{condition.reason}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
