/** A worker machine on the stage. Takes a name, selects narrowly, renders when its own facts change. */
import type { NodeProps } from '@xyflow/react';
import { memo, type CSSProperties } from 'react';
import { useUi } from '../state/store';
import { useText } from '../text/text';
import type { MachineFlowNode } from './flow-nodes';
import { MachineBelief, MachineHead } from './machine-head';
import { machineStatus } from './machine-status';
import { PodGrid } from './pod-grid';
import { useMachineHands } from './use-machine-hands';

type ChipVariables = CSSProperties & Record<'--chip-size' | '--chip-gap', string>;

export const MachineNode = memo(function MachineNode({ data: { name, chip } }: NodeProps<MachineFlowNode>) {
  const text = useText();
  const machine = useUi((state) => state.mirror.machines.get(name));
  const node = useUi((state) => state.mirror.nodes.get(name));
  const podCount = useUi((state) => state.mirror.podsByNode.get(name)?.length ?? 0);
  const selected = useUi((state) => state.selectedKey === `Machine//${name}`);
  const lifted = useUi((state) => state.lifted === name);
  const overDock = useUi((state) => state.lifted === name && state.overDock);
  const hands = useMachineHands(name);
  const status = machineStatus(machine, node, text);
  const variables: ChipVariables = { '--chip-size': `${chip.size}px`, '--chip-gap': `${chip.gap}px` };

  return (
    <article
      className="machine"
      data-kind="Machine"
      data-name={name}
      data-namespace=""
      data-state={status.state}
      data-power={machine?.power ?? 'off'}
      data-selected={selected}
      data-lifted={lifted}
      data-over-dock={overDock}
      aria-label={text.machine.label(name, status.words, podCount)}
      style={variables}
      {...hands}
    >
      <MachineHead name={name} machine={machine} node={node} status={status} />
      <MachineBelief name={name} node={node} status={status} />
      <PodGrid name={name} machine={machine} />
    </article>
  );
});
