/** What the layout places, as React Flow's nodes. Pure; each node has its size and no handles, so that none is measured. */
import type { Node } from '@xyflow/react';
import type { Box, ChipSize, StageLayout } from './layout';

export type ControlPlaneFlowNode = Node<{ readonly name: string; readonly isAlone: boolean }, 'control-plane'>;
export type ZoneFlowNode = Node<{ readonly name: string }, 'zone'>;
export type AddMachineFlowNode = Node<{ readonly zone: string }, 'add-machine'>;
export type MachineFlowNode = Node<
  {
    readonly name: string;
    readonly chip: ChipSize;
    /** Only what can be touched: the rest is painted. */
    readonly painted: boolean;
  },
  'machine'
>;

export type StageFlowNode = ControlPlaneFlowNode | ZoneFlowNode | AddMachineFlowNode | MachineFlowNode;

const placed = ({ x, y, width, height }: Box) => ({
  position: { x, y },
  width,
  height,
  measured: { width, height },
  handles: [],
});

/** All nodes of the stage, from back to front; only the machines when the rest is `painted`. */
export function stageNodes(layout: StageLayout, painted = false): readonly StageFlowNode[] {
  const machines = workerNodes(layout, painted);
  if (painted) return machines;
  return [
    ...layout.zones.map((zone): ZoneFlowNode => ({
      id: `zone/${zone.name}`,
      type: 'zone',
      data: { name: zone.name },
      draggable: false,
      zIndex: 0,
      ...placed(zone),
    })),
    ...layout.controlPlanes.map(({ name, ...box }): ControlPlaneFlowNode => ({
      id: name,
      type: 'control-plane',
      data: { name, isAlone: layout.controlPlanes.length === 1 },
      zIndex: 2,
      ...placed(box),
    })),
    ...machines,
    ...layout.zones.map(({ name, add }): AddMachineFlowNode => ({
      id: `add/${name}`,
      type: 'add-machine',
      data: { zone: name },
      draggable: false,
      zIndex: 1,
      ...placed(add),
    })),
  ];
}

const workerNodes = ({ workers, chip }: StageLayout, painted: boolean): readonly MachineFlowNode[] =>
  workers.map(({ name, ...box }) => ({
    id: name,
    type: 'machine',
    data: { name, chip, painted },
    zIndex: 2,
    ...placed(box),
  }));
