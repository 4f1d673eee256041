/** A worker machine on the stage: what it is and believes of itself, and its pods. */
import type { NodeProps } from '@xyflow/react';
import { memo } from 'react';
import type { MachineFlowNode } from './flow-nodes';
import { MachineCard, type MachineFacts } from './machine-card';
import { MachineBelief, MachineHead } from './machine-head';
import { PodGrid } from './pod-grid';

const workerParts = ({ name, machine, node, status }: MachineFacts) => (
  <>
    <MachineHead name={name} machine={machine} node={node} status={status} />
    <MachineBelief name={name} node={node} status={status} />
    <PodGrid name={name} machine={machine} />
  </>
);

/** It is painted: here is only what answers to a hand. */
const nothing = (): null => null;

export const MachineNode = memo(function MachineNode({ data: { name, chip, painted } }: NodeProps<MachineFlowNode>) {
  return (
    <MachineCard name={name} className={painted ? 'machine painted' : 'machine'} chip={chip}>
      {painted ? nothing : workerParts}
    </MachineCard>
  );
});
