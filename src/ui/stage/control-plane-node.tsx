/** A control-plane machine: a machine like others, drawn with the components that run on it. */
import type { NodeProps } from '@xyflow/react';
import { memo } from 'react';
import { ApiServerPart, ControllersPart, EtcdPart, SchedulerPart } from './control-plane-parts';
import type { ControlPlaneFlowNode } from './flow-nodes';
import { MachineCard, type MachineFacts } from './machine-card';
import { MachineBelief, MachineHead } from './machine-head';
import { PodGrid } from './pod-grid';

const CHIP = { size: 16, gap: 5 };

const controlPlaneParts = ({ name, machine, node, status, podCount }: MachineFacts) => (
  <>
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
  </>
);

export const ControlPlaneNode = memo(function ControlPlaneNode({ data: { name } }: NodeProps<ControlPlaneFlowNode>) {
  return (
    <MachineCard name={name} className="machine control-plane" chip={CHIP}>
      {controlPlaneParts}
    </MachineCard>
  );
});
