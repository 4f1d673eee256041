/** A control-plane machine: a machine like others, drawn with the components that run on it. */
import type { NodeProps } from '@xyflow/react';
import { memo } from 'react';
import { ApiServerPart, ControllersPart, EtcdPart, SchedulerPart } from './control-plane-parts';
import { ApiServerRow, ControllersRow, EtcdRow, SchedulerRow } from './control-plane-rows';
import type { ControlPlaneFlowNode } from './flow-nodes';
import { MachineCard, type MachineFacts } from './machine-card';
import { MachineBelief, MachineHead } from './machine-head';
import { PodGrid } from './pod-grid';

const CHIP = { size: 16, gap: 5 };
const SMALL_CHIP = { size: 12, gap: 4 };

/** The only one: as wide as the stage, with all figures. */
const alone = ({ name, machine, node, status, podCount }: MachineFacts) => (
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

/** One of several, side by side: what tells them apart. */
const oneOfSeveral = ({ name, machine, node, status, podCount }: MachineFacts) => (
  <>
    <MachineHead name={name} machine={machine} node={node} status={status} />
    {status.led === 'ok' ? null : <MachineBelief name={name} node={node} status={status} />}
    <div className="part-rows">
      <EtcdRow machine={name} />
      <ApiServerRow machine={name} />
      <SchedulerRow machine={name} />
      <ControllersRow machine={name} />
    </div>
    {podCount > 0 ? <PodGrid name={name} machine={machine} /> : null}
  </>
);

export const ControlPlaneNode = memo(function ControlPlaneNode({ data }: NodeProps<ControlPlaneFlowNode>) {
  const { name, isAlone } = data;
  return (
    <MachineCard
      name={name}
      className={isAlone ? 'machine control-plane' : 'machine control-plane one-of-several'}
      chip={isAlone ? CHIP : SMALL_CHIP}
    >
      {isAlone ? alone : oneOfSeveral}
    </MachineCard>
  );
});
