/** A zone's ground on the stage, and the place where its next worker would stand. */
import type { NodeProps } from '@xyflow/react';
import { Plus } from 'lucide-react';
import { memo } from 'react';
import { useCommands } from '../state/commands';
import { useText } from '../text/text';
import type { AddMachineFlowNode, ZoneFlowNode } from './flow-nodes';

export const ZoneNode = memo(function ZoneNode({ data: { name } }: NodeProps<ZoneFlowNode>) {
  return (
    <div className="zone" data-kind="Zone" data-name={name}>
      <span className="zone-name">{name}</span>
    </div>
  );
});

export const AddMachineNode = memo(function AddMachineNode({ data: { zone } }: NodeProps<AddMachineFlowNode>) {
  const text = useText();
  const commands = useCommands();
  return (
    <button
      type="button"
      className="add-machine nodrag"
      aria-label={text.machine.addTo(zone)}
      onClick={() => commands.addMachine(zone)}
    >
      <Plus size={14} strokeWidth={2.2} aria-hidden="true" />
      {text.machine.add}
    </button>
  );
});
