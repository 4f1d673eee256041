/** A control-plane machine: a machine like others, drawn with the components that run on it. */
import type { NodeProps } from '@xyflow/react';
import { memo, type CSSProperties } from 'react';
import { useUi } from '../state/store';
import { useText } from '../text/text';
import { ApiServerPart, ControllersPart, EtcdPart, SchedulerPart } from './control-plane-parts';
import type { ControlPlaneFlowNode } from './flow-nodes';
import { MachineBelief, MachineHead } from './machine-head';
import { machineStatus } from './machine-status';
import { PodGrid } from './pod-grid';
import { useMachineHands } from './use-machine-hands';

type ChipVariables = CSSProperties & Record<'--chip-size' | '--chip-gap', string>;
const CHIP: ChipVariables = { '--chip-size': '16px', '--chip-gap': '5px' };

export const ControlPlaneNode = memo(function ControlPlaneNode({ data: { name } }: NodeProps<ControlPlaneFlowNode>) {
  const text = useText();
  const machine = useUi((state) => state.mirror.machines.get(name));
  const node = useUi((state) => state.mirror.nodes.get(name));
  const podCount = useUi((state) => state.mirror.podsByNode.get(name)?.length ?? 0);
  const selected = useUi((state) => state.selectedKey === `Machine//${name}`);
  const lifted = useUi((state) => state.lifted === name);
  const overDock = useUi((state) => state.lifted === name && state.overDock);
  const hands = useMachineHands(name);
  const status = machineStatus(machine, node, text);

  return (
    <article
      className="machine control-plane"
      data-kind="Machine"
      data-name={name}
      data-namespace=""
      data-state={status.state}
      data-power={machine?.power ?? 'off'}
      data-selected={selected}
      data-lifted={lifted}
      data-over-dock={overDock}
      aria-label={text.machine.label(name, status.words, podCount)}
      style={CHIP}
      {...hands}
    >
      <div className="control-plane-head">
        <MachineHead name={name} machine={machine} node={node} status={status} />
        {podCount > 0 ? <PodGrid name={name} machine={machine} /> : null}
        <MachineBelief name={name} node={node} status={status} />
      </div>
      <div className="parts">
        <EtcdPart machine={name} />
        <ApiServerPart machine={name} />
        <SchedulerPart machine={name} />
        <ControllersPart machine={name} />
      </div>
    </article>
  );
});
